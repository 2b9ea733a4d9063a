/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_attach.h - strace -p: the threads that each stands for, which are asked for, followed and shown from
 * the beginning.
 */
#ifndef CLI_STRACE_ATTACH_H
#define CLI_STRACE_ATTACH_H

#include <core/filter.h>
#include "procs.h"
#include "strace_line.h"
#include "strace_opts.h"

struct strace_attach {
	const struct strace_options *o;
	struct strace_line *line;
	struct procs *procs;
	struct filter *filter; /* what the session is asked for */
	unsigned int nthreads[STRACE_MAX]; /* that a -p stands for; 0: it could not be attached */
};

/* Returns 0, or 1 where there is nothing to trace: the exit status. */
int strace_attach_all(struct strace_attach *a);
void strace_attach_tell(const struct strace_attach *a);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_path.h - -P and -e trace-fds=: which calls are about these paths and descriptors.
 */
#ifndef CLI_STRACE_PATH_H
#define CLI_STRACE_PATH_H

#include "facts.h"
#include "strace_opts.h"

struct strace_paths {
	uint32_t n;
	char *path[2 * STRACE_MAX]; /* as given, and what they lead to; owned */
};

/* told: a path led to another; called for each with both. */
int strace_paths_init(struct strace_paths *p, const struct strace_options *o,
		      void (*told)(void *ctx, const char *from, const char *to), void *ctx);
void strace_paths_done(struct strace_paths *p);

/* Neither was asked for, or the call has one of them. */
bool strace_paths_match(const struct strace_paths *p, const struct strace_options *o,
			const struct facts *facts, const struct tr_syscall *rec);

#endif

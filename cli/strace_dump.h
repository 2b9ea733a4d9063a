/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_dump.h - -e read= and -e write=: the data of a call in hexadecimal and as text.
 */
#ifndef CLI_STRACE_DUMP_H
#define CLI_STRACE_DUMP_H

#include "strace_opts.h"
#include "value.h"

/* Lines for a call that returned, if its descriptor and direction are asked for. */
void strace_dump(const struct strace_options *o, const struct call *c, struct buf *out);

#endif

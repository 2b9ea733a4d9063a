/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_call.h - the parts of a line as strace writes them, for those who put lines together: the
 * strace format of all commands, and the strace command.
 */
#ifndef CLI_STRACE_CALL_H
#define CLI_STRACE_CALL_H

#include "render.h"
#include "strace_sink.h"

/* name(arguments. False: the call has not returned, and an argument or its new value is not known. */
bool strace_call_begin(struct strace_sink *s, const struct call *c);

/* A number that nothing is known of, as -e raw shows all. */
void strace_number(struct buf *out, uint64_t v);

/* What follows the equals sign. */
void strace_call_result(struct strace_sink *s, const struct call *c);

/* Whole lines without what is in front: "--- SIGINT {...} ---", "+++ exited with 0 +++". */
void strace_signal(struct strace_sink *s, const struct tr_signal *rec);
void strace_exit(const struct tr_exit *rec, struct buf *out);

#endif

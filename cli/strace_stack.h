/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_stack.h - a stack as strace's -k writes it: a line for each frame.
 */
#ifndef CLI_STRACE_STACK_H
#define CLI_STRACE_STACK_H

#include <core/buf.h>
#include <tracer/event.h>

/* rec was checked. */
void strace_stack(const struct tr_stack *rec, struct buf *out);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * stack.h - by which functions a stopped task came to where it is. That reads the files that the task runs
 * and its debugging information, which may be anybody's: only a daemon that runs for one user does it.
 */
#ifndef STACK_H
#define STACK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct stack; /* what is known of a process, from one stack to the next */

struct stack_frame {
	const char *file;     /* NULL: function is a sentence about what is wrong here */
	const char *function; /* NULL: unknown */
	const char *source;   /* NULL: unknown, or not asked for */
	uint64_t at;	      /* offset in the file; without one an address, 0: none */
	uint64_t offset;      /* in the function */
	uint32_t line;	      /* of the source */
};

/* The strings are valid during the call. False: that is enough. */
typedef bool stack_fn(void *ctx, const struct stack_frame *frame);

bool stack_supported(void);

/* From the innermost frame outwards. *s: NULL at first; it is of one process as long as it runs one program. */
void stack_walk(struct stack **s, uint32_t tgid, uint32_t tid, bool sources, stack_fn *fn, void *ctx);

void stack_free(struct stack *s);

#endif

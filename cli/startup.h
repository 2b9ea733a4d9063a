/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * startup.h - which calls start a program: those of the dynamic loader and the C library from the return of
 * execve to the first call that is the program's own. They are the same in every program, and say nothing of
 * it.
 *
 * They are recognised by what they do, one process at a time: the loader opens and maps libraries and sets up
 * the thread, and unmaps its cache last; the library begins its heap. The first call that is none of these is
 * the program's, and so is all that follows it.
 */
#ifndef CLI_STARTUP_H
#define CLI_STARTUP_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/types.h>
#include <tracer/event.h>
#include "facts.h"

#define STARTUP_MAX 256 /* programs that start at the same time; of more, all calls are shown */

struct startup;

/* NULL: no memory. facts: what is known of descriptors; may be NULL. */
struct startup *startup_new(const struct facts *facts);
void startup_free(struct startup *s);

/*
 * Looks at a record in the order of the stream. True: it is to be hidden. counts: so it is one of those that are
 * told, for it would have been shown. *ret_hidden: where the start of its process ended just before the record,
 * how many calls of it were hidden, else 0.
 */
bool startup_hides(struct startup *s, const struct tr_hdr *rec, bool counts, uint64_t *ret_hidden);

/* How many calls are hidden of programs that have not ended their start. */
uint64_t startup_rest(const struct startup *s);

#endif

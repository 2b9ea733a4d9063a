/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * told.h - the facts (TR_TASK, TR_FD, TR_NEWER) that a stream of records had told up to some point: what a reader
 * must know who begins there. Bounded: what is not needed goes when its process ends, and beyond
 * TOLD_MAX the oldest goes.
 */
#ifndef TOLD_H
#define TOLD_H

#include <stddef.h>
#include <tracer/event.h>

#define TOLD_MAX 16384

struct told;

struct told *told_new(void);
void told_free(struct told *t);

/* The next record of the stream, whole and checked. */
void told_apply(struct told *t, const struct tr_hdr *rec);

/* Every fact that still holds, in the order in which they were told. */
void told_each(const struct told *t, void (*fn)(void *ctx, const struct tr_hdr *rec), void *ctx);

size_t told_bytes(const struct told *t); /* of all these records */

#endif

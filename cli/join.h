/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * join.h - calls made whole: what their records had no room for comes before them in pieces (struct tr_data),
 * which are kept until the call's record comes. Where a piece is missing, what the item has of it ends there,
 * and is marked as cut.
 */
#ifndef CLI_JOIN_H
#define CLI_JOIN_H

#include <stddef.h>
#include <linux/types.h>
#include <tracer/event.h>

#define JOIN_CALL_MAX (2u * TR_DATA_MAX) /* bytes of pieces that are kept of one call: entry and return */
#define JOIN_ALL_MAX (64u << 20)	 /* and of all that are awaited */

struct join;

struct join *join_new(void); /* NULL: no memory */
void join_free(struct join *j);

void join_reset(struct join *j); /* forgets all pieces */

/*
 * A checked record. NULL: it was a piece, and is kept. Else the record, or one made of it and its pieces, which may
 * be longer than TR_RECORD_MAX and stays until the next call.
 */
const struct tr_hdr *join_record(struct join *j, const struct tr_hdr *rec);

size_t join_bytes(const struct join *j); /* that are kept */

#endif

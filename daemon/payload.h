/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * payload.h - how much of a record's captured memory a session gets. A record is made once for all
 * sessions that want the call; what one of them may not have is left out where it is copied into
 * that session's queue.
 */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include <stdint.h>
#include <tracer/bpf_shared.h>
#include "config.h"

/* For every call a bit for each argument that points to contents: what is read, written, sent,
 * received. */
struct payload_map {
	uint8_t contents[TR_ABI_SLOTS][TR_NR_MAX];
};

void payload_map_init(struct payload_map *map);

/* False: the record is a piece of what the level does not allow, and payload_copy leaves all of it out. */
bool payload_allows(const struct payload_map *map, const struct tr_hdr *rec,
		    enum config_payload level);

/*
 * Copies a record to dst, which has room for all of it, with the items that the level allows.
 * Returns the length of the copy, which is also in it.
 */
uint32_t payload_copy(const struct payload_map *map, void *dst, const struct tr_hdr *rec,
		      enum config_payload level);

#endif

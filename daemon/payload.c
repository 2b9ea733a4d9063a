/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * payload.c - see payload.h. A call without an item is shown with the address of what the item
 * held.
 */
#include "payload.h"

#include <string.h>
#include <core/rec.h>
#include <core/table.h>

/* Buffers that hold names, as paths do. */
static bool holds_names(const struct sc_row *row)
{
	static const char *const names[] = {"readlink",	     "readlinkat", "sethostname",
					    "setdomainname", "listxattr",  "llistxattr",
					    "flistxattr",    "listxattrat"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(row->name, names[i]))
			return true;
	return false;
}

static uint8_t contents_of(const struct sc_row *row, unsigned int abi)
{
	struct tr_plan plan;
	uint8_t args = 0;

	sc_plan(row, abi, &plan);
	for (unsigned int i = 0; i < plan.nops; i++)
		if (plan.ops[i].kind == TR_OP_BUF)
			args |= 1u << plan.ops[i].arg;
	return args;
}

void payload_map_init(struct payload_map *map)
{
	memset(map, 0, sizeof(*map));
	for (unsigned int abi = 0; abi < TR_ABI_MAX; abi++)
		for (unsigned int nr = 0; nr < TR_NR_MAX; nr++) {
			const struct sc_row *row = sc_find(abi, nr);

			if (row && !holds_names(row))
				map->contents[abi][nr] = contents_of(row, abi);
		}
}

static uint8_t contents_args(const struct payload_map *map, unsigned int abi, unsigned int nr)
{
	return map->contents[abi % TR_ABI_SLOTS][nr % TR_NR_MAX];
}

static bool is_contents(uint8_t args, const struct tr_item *item)
{
	switch (item->part) {
	case TR_PART_SELF:
		return args >> item->arg & 1;
	case TR_PART_IOV_DATA:
	case TR_PART_MSG_DATA:
		return true;
	default:
		return false;
	}
}

bool payload_allows(const struct payload_map *map, const struct tr_hdr *rec,
		    enum config_payload level)
{
	const struct tr_data *data = (const struct tr_data *)rec;

	if (level == PAYLOAD_FULL || rec->type != TR_DATA)
		return true;
	return level != PAYLOAD_OFF &&
	       !is_contents(contents_args(map, data->abi, data->nr), &data->item);
}

uint32_t payload_copy(const struct payload_map *map, void *dst, const struct tr_hdr *rec,
		      enum config_payload level)
{
	const struct tr_syscall *from = (const struct tr_syscall *)rec;
	const struct tr_item *item = (const struct tr_item *)(from + 1);
	struct tr_syscall *to = dst;
	uint8_t args, *end = dst;

	if (!payload_allows(map, rec, level))
		return 0;
	if (level == PAYLOAD_FULL || rec->type != TR_SYSCALL) {
		memcpy(dst, rec, rec->len);
		return rec->len;
	}
	*to = *from;
	to->nitems = 0;
	end += sizeof(*to);
	args = contents_args(map, from->abi, from->nr);
	for (unsigned int i = 0; level != PAYLOAD_OFF && i < from->nitems; i++) {
		size_t n = sizeof(*item) + ((item->len + 7u) & ~7u);

		if (!is_contents(args, item)) {
			memcpy(end, item, n);
			end += n;
			to->nitems++;
		}
		item = (const struct tr_item *)((const uint8_t *)item + n);
	}
	to->h.len = end - (uint8_t *)dst;
	return to->h.len;
}

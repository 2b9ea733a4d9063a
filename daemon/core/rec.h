/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rec.h - walking records and their items with every length checked, whoever made them.
 */
#ifndef CORE_REC_H
#define CORE_REC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/types.h>
#include <tracer/event.h>

/*
 * The record at p of the n bytes that are left, if it is whole: its length is a multiple of 8, at most
 * TR_RECORD_MAX and n, and holds the fixed part of its type with all items and payload within; nothing is behind
 * the last item.
 * NULL: what follows can't be walked. An unknown type is only checked for its length.
 */
const struct tr_hdr *rec_check(const void *p, size_t n);

/* The number that the task made the call by, as the kernel widens it. */
static inline uint64_t rec_nr(const struct tr_syscall *rec)
{
	return rec->nr == TR_NR_BEYOND && rec->whole_nr ? (uint64_t)rec->whole_nr : rec->nr;
}

/* It tells what others need, and is nothing that happened. */
static inline bool rec_is_fact(const struct tr_hdr *rec)
{
	return rec->type == TR_TASK || rec->type == TR_FD || rec->type == TR_NEWER;
}

/* The first item, NULL if there is none; and the one after item. rec was checked. */
const struct tr_item *rec_item_first(const struct tr_syscall *rec);
const struct tr_item *rec_item_next(const struct tr_syscall *rec, const struct tr_item *item);

/* A frame of a struct tr_stack with its strings, which follow it: file, function, source. */
static inline size_t rec_frame_size(const struct tr_stack_frame *f)
{
	return sizeof(*f) +
	       (((size_t)f->file_len + f->function_len + f->source_len + 7) & ~(size_t)7);
}

static inline const void *rec_item_data(const struct tr_item *item)
{
	return item + 1;
}

/*
 * The best item for a part of an argument: the one that was read at exit if at_exit, else the one
 * of entry; the other one where that does not exist. A whole one before one that a fault cut short
 * (the read was retried). index is that of vector parts, 0 else. NULL if there is none, or if it
 * holds no byte because it could not be read.
 */
const struct tr_item *rec_item_find(const struct tr_syscall *rec, unsigned int arg,
				    unsigned int part, unsigned int index, int at_exit);

#endif

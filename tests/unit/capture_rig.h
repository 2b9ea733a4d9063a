/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * capture_rig.h - a call that the capture interpreter is run for in unit tests: its plan grows operation by operation,
 * its arguments point into this process' own memory, and its record is checked as a reader would.
 */
#ifndef CAPTURE_RIG_H
#define CAPTURE_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <linux/types.h>
#include "core/table.h"
#include "own_memory.h"
#include <tracer/capture.h>
#include <core/rec.h>

struct rig {
	struct tr_capture c;
	struct tr_plan plan;
	uint8_t *pages;	/* two; the second can't be read */
	uint8_t *end;	/* where it begins */
};

static inline int setup(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	if (!rig)
		return -1;
	rig->pages = own_pages(2);
	if (!rig->pages)
		return -1;
	rig->end = rig->pages + PAGE;
	rig->c.string_limit = 32;
	rig->c.wanted = ~0U;
	rig->c.rec.h.type = TR_SYSCALL;
	memset(rig->c.payload, 0xaa, sizeof(rig->c.payload)); /* padding is zeroed, or tests see it */
	*state = rig;
	return 0;
}

static inline int teardown(void **state)
{
	struct rig *rig = *state;

	munmap(rig->pages, 2 * PAGE);
	free(rig);
	return 0;
}

static inline void show_page(struct rig *rig)
{
	assert_int_equal(mprotect(rig->end, PAGE, PROT_READ | PROT_WRITE), 0);
}

static inline struct tr_op *add_op(struct rig *rig, unsigned int kind, unsigned int arg, unsigned int len,
				   unsigned int flags)
{
	struct tr_op *op = &rig->plan.ops[rig->plan.nops++];

	assert_in_range(rig->plan.nops, 1, TR_PLAN_OPS);
	*op = (struct tr_op){ .kind = kind, .arg = arg, .len = len, .flags = flags };
	return op;
}

static inline void arg(struct rig *rig, unsigned int i, const void *p)
{
	rig->c.rec.args[i] = (uintptr_t)p;
}

static inline void run_entry(struct rig *rig)
{
	sc_plan_moments(&rig->plan, 0);
	cap_run(&rig->c, &rig->plan, 0);
}

/* The call returns. Gives the record that results, checked as a reader would. */
static inline const struct tr_syscall *run_exit(struct rig *rig, int64_t ret)
{
	struct tr_syscall *rec = &rig->c.rec;
	static _Alignas(8) uint8_t whole[TR_RECORD_MAX + CAP_ITEM_MAX];

	rec->ret = ret;
	cap_run(&rig->c, &rig->plan, 1);
	assert_true(rig->c.off % 8 == 0);
	assert_true(rig->c.off <= TR_PAYLOAD_MAX + 16);
	rec->h.len = sizeof(*rec) + rig->c.off;
	memcpy(whole, rec, sizeof(*rec));
	memcpy(whole + sizeof(*rec), rig->c.payload, rig->c.off);
	assert_non_null(rec_check(whole, rec->h.len));
	return (const struct tr_syscall *)whole;
}

static inline const struct tr_syscall *run(struct rig *rig, int64_t ret)
{
	run_entry(rig);
	return run_exit(rig, ret);
}

static inline const struct tr_item *only_item(const struct tr_syscall *rec)
{
	assert_int_equal(rec->nitems, 1);
	return rec_item_first(rec);
}

static inline void item_is(const struct tr_item *item, const char *bytes, size_t n, unsigned int flags)
{
	const uint8_t *data = rec_item_data(item);

	assert_int_equal(item->len, n);
	assert_memory_equal(data, bytes, n);
	assert_int_equal(item->flags, flags);
	for (size_t i = n; i % 8; i++)
		assert_int_equal(data[i], 0);
}

#endif

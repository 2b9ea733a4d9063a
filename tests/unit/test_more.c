/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_more.c - what a record has no room for, read over this process' own memory, sent in pieces and joined again:
 * every byte is there, and what is missing is said.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <linux/types.h>
#include "core/table.h"
#include "own_memory.h"

#define PAGES 64

struct rig;
static struct cap_buffer *buffer_of(const void *c);
static int take_piece(const void *c, void *rec, unsigned int len);

#define more_buffer(c) buffer_of(c)
#define more_send(c, rec, len) take_piece(c, rec, len)
#include <tracer/more.h>
#include <core/rec.h>
#include "join.h"

struct rig {
	struct tr_capture c;
	struct cap_buffer buffer;
	struct tr_plan plan;
	struct join *join;
	unsigned int pieces;
	unsigned int room; /* for so many; the others are lost */
	uint8_t *pages; /* the last can't be read */
	uint8_t *end;	/* where it begins */
};

static struct cap_buffer *buffer_of(const void *c)
{
	return &((struct rig *)(uintptr_t)c)->buffer;
}

static int take_piece(const void *c, void *p, unsigned int len)
{
	struct rig *rig = (struct rig *)(uintptr_t)c;

	assert_ptr_equal(rec_check(p, len), p);
	assert_int_equal(((const struct tr_hdr *)p)->len, len);
	if (rig->pieces == rig->room)
		return -1;
	rig->pieces++;
	assert_null(join_record(rig->join, p));
	return 0;
}

static int setup(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	if (!rig)
		return -1;
	rig->pages = own_pages(PAGES);
	if (!rig->pages)
		return -1;
	rig->end = rig->pages + (PAGES - 1) * PAGE;
	for (uint8_t *at = rig->pages; at < rig->end; at++)
		*at = (uint8_t)('0' + (at - rig->pages) % 71);
	rig->c.string_limit = 4096;
	rig->c.wanted = ~0U;
	rig->c.env = 1;
	rig->c.more.limit = TR_DATA_MAX;
	rig->c.rec.h.type = TR_SYSCALL;
	rig->room = ~0U;
	rig->join = join_new();
	*state = rig;
	return rig->join ? 0 : -1;
}

static int teardown(void **state)
{
	struct rig *rig = *state;

	join_free(rig->join);
	munmap(rig->pages, PAGES * PAGE);
	free(rig);
	return 0;
}

static void add_op(struct rig *rig, unsigned int kind, unsigned int arg, unsigned int len, unsigned int flags)
{
	rig->plan.ops[rig->plan.nops++] =
		(struct tr_op){ .kind = kind, .arg = arg, .len = len, .flags = flags };
}

static void arg(struct rig *rig, unsigned int i, const void *p)
{
	rig->c.rec.args[i] = (uintptr_t)p;
}

static void run(struct rig *rig, int at_exit)
{
	sc_plan_moments(&rig->plan, 0);
	cap_run(&rig->c, &rig->plan, at_exit);
	if (rig->c.cut)
		more_run(&rig->c, &rig->plan, at_exit);
}

/* The call returns, and is made whole. */
static const struct tr_syscall *returns(struct rig *rig, int64_t ret)
{
	rig->c.rec.ret = ret;
	run(rig, 1);
	rig->c.rec.h.len = (uint32_t)(sizeof(rig->c.rec) + rig->c.off);
	assert_ptr_equal(rec_check(&rig->c.rec, rig->c.rec.h.len), &rig->c.rec);
	return (const struct tr_syscall *)join_record(rig->join, &rig->c.rec.h);
}

static void assert_item(const struct tr_syscall *rec, unsigned int i, unsigned int part, unsigned int index,
			const void *p, size_t n, unsigned int flags)
{
	const struct tr_item *item = rec_item_find(rec, i, part, index, flags & TR_ITEM_EXIT);

	assert_non_null(item);
	assert_int_equal(item->len, n);
	assert_int_equal(item->flags, flags);
	assert_memory_equal(rec_item_data(item), p, n);
}

static void written(void **state)
{
	struct rig *rig = *state;

	add_op(rig, TR_OP_BUF, 1, 2, TR_OP_ENTRY);
	arg(rig, 1, rig->pages + 123);
	rig->c.rec.args[2] = 200000;
	run(rig, 0);
	assert_in_range(rig->pieces, 200000 / (MORE_FULL + PAGE), 200000 / PAGE + 2);
	assert_item(returns(rig, 5), 1, TR_PART_SELF, 0, rig->pages + 123, 200000, 0);
}

static void what_fits_needs_no_pieces(void **state)
{
	struct rig *rig = *state;

	add_op(rig, TR_OP_BUF, 1, 2, TR_OP_ENTRY);
	arg(rig, 1, rig->pages);
	rig->c.rec.args[2] = 4096;
	run(rig, 0);
	assert_item(returns(rig, 5), 1, TR_PART_SELF, 0, rig->pages, 4096, 0);
	assert_int_equal(rig->pieces, 0);
	assert_int_equal(rig->c.rec.more, 0);
}

static void up_to_the_limit(void **state)
{
	struct rig *rig = *state;

	rig->c.string_limit = 32;
	rig->c.more.limit = 50000;
	add_op(rig, TR_OP_BUF, 1, 2, TR_OP_ENTRY);
	arg(rig, 1, rig->pages);
	rig->c.rec.args[2] = 50001;
	run(rig, 0);
	assert_item(returns(rig, 5), 1, TR_PART_SELF, 0, rig->pages, 50000, TR_ITEM_TRUNC);
}

static void up_to_what_a_call_may_have(void **state)
{
	struct rig *rig = *state;
	const struct tr_syscall *rec;
	struct iovec v[8];
	size_t left = TR_DATA_MAX;

	for (int i = 0; i < 8; i++)
		v[i] = (struct iovec){ rig->pages, (PAGES - 1) * PAGE };
	add_op(rig, TR_OP_IOV, 1, 2, TR_OP_ENTRY);
	arg(rig, 1, v);
	rig->c.rec.args[2] = 8;
	run(rig, 0);
	rec = returns(rig, 5);
	for (unsigned int i = 0; i < 8 && left; i++) {
		size_t n = left < v[i].iov_len ? left : v[i].iov_len;

		assert_item(rec, 1, TR_PART_IOV_DATA, i, rig->pages, n, n < v[i].iov_len ? TR_ITEM_TRUNC : 0);
		left -= n;
	}
}

static void read_at_the_return(void **state)
{
	struct rig *rig = *state;

	add_op(rig, TR_OP_BUF, 1, 2, TR_OP_EXIT);
	arg(rig, 1, rig->pages + 1);
	rig->c.rec.args[2] = 100000;
	run(rig, 0);
	assert_int_equal(rig->pieces, 0);
	assert_item(returns(rig, 65536), 1, TR_PART_SELF, 0, rig->pages + 1, 65536, TR_ITEM_EXIT);
}

static void the_end_is_missing(void **state)
{
	struct rig *rig = *state;

	add_op(rig, TR_OP_BUF, 1, 2, TR_OP_ENTRY);
	arg(rig, 1, rig->end - 20000);
	rig->c.rec.args[2] = 20001;
	run(rig, 0);
	assert_item(returns(rig, 20000), 1, TR_PART_SELF, 0, rig->end - 20000, 20000,
		    TR_ITEM_TRUNC | TR_ITEM_FAULT);
}

static void the_end_comes_with_the_return(void **state)
{
	struct rig *rig = *state;

	add_op(rig, TR_OP_BUF, 1, 2, TR_OP_ENTRY);
	arg(rig, 1, rig->end - 20000);
	rig->c.rec.args[2] = 20001;
	run(rig, 0);
	assert_int_equal(mprotect(rig->end, PAGE, PROT_READ | PROT_WRITE), 0);
	assert_item(returns(rig, 20001), 1, TR_PART_SELF, 0, rig->end - 20000, 20001, 0);
}

static void a_loss_cuts(void **state)
{
	struct rig *rig = *state;
	const struct tr_item *item;

	add_op(rig, TR_OP_BUF, 1, 2, TR_OP_ENTRY);
	arg(rig, 1, rig->pages);
	rig->c.rec.args[2] = 100000;
	rig->room = 3;
	run(rig, 0);
	item = rec_item_find(returns(rig, 5), 1, TR_PART_SELF, 0, 0);
	assert_int_equal(item->flags, TR_ITEM_TRUNC);
	assert_in_range(item->len, 3 * MORE_FULL, 3 * (MORE_FULL + PAGE));
	assert_memory_equal(rec_item_data(item), rig->pages, item->len);
}

/* Those of which the record holds nothing, too. */
static void vectors_and_messages(void **state)
{
	struct rig *rig = *state;
	struct iovec v[5];
	struct msghdr m = { .msg_iov = v, .msg_iovlen = 5, .msg_control = rig->pages, .msg_controllen = 100 };
	const struct tr_syscall *rec;

	for (int i = 0; i < 5; i++)
		v[i] = (struct iovec){ rig->pages + i * 21001, 20000 };
	add_op(rig, TR_OP_IOV, 1, 2, TR_OP_ENTRY);
	add_op(rig, TR_OP_MSGHDR, 3, 4, TR_OP_EXIT);
	arg(rig, 1, v);
	rig->c.rec.args[2] = 5;
	arg(rig, 3, &m);
	run(rig, 0);
	rec = returns(rig, 90000);
	for (unsigned int i = 0; i < 5; i++)
		assert_item(rec, 1, TR_PART_IOV_DATA, i, v[i].iov_base, 20000, 0);
	assert_item(rec, 3, TR_PART_MSG_IOV, 0, v, sizeof(v), TR_ITEM_EXIT);
	for (unsigned int i = 0; i < 5; i++)
		assert_item(rec, 3, TR_PART_MSG_DATA, i, v[i].iov_base, i == 4 ? 10000 : 20000,
			    TR_ITEM_EXIT);
	assert_item(rec, 3, TR_PART_MSG_CONTROL, 0, rig->pages, 100, TR_ITEM_EXIT);
}

static void strings(void **state)
{
	struct rig *rig = *state;
	uint8_t *nul = rig->end - 1;

	for (size_t n = 4090; n < 4100; n++) { /* the NUL in a page and in the next */
		*nul = '\0';
		rig->plan.nops = 0;
		rig->c.off = rig->c.rec.nitems = rig->c.rec.more = 0;
		add_op(rig, TR_OP_STR, 0, 0, TR_OP_ENTRY);
		arg(rig, 0, nul - n);
		run(rig, 0);
		assert_item(returns(rig, 0), 0, TR_PART_SELF, 0, nul - n, n, 0);
	}
	rig->c.off = rig->c.rec.nitems = rig->c.rec.more = 0;
	rig->c.more.limit = 5000;
	arg(rig, 0, nul - 5001);
	run(rig, 0);
	assert_item(returns(rig, 0), 0, TR_PART_SELF, 0, nul - 5001, 5000, TR_ITEM_TRUNC);
	*nul = 'x'; /* no NUL before the page that is missing */
	rig->c.off = rig->c.rec.nitems = rig->c.rec.more = 0;
	rig->c.more.limit = 50000;
	arg(rig, 0, nul - 9000);
	run(rig, 0);
	assert_int_equal(rec_item_find(returns(rig, 0), 0, TR_PART_SELF, 0, 0)->flags,
			 TR_ITEM_TRUNC | TR_ITEM_FAULT);
}

/* More than a record has strings, of many lengths, one empty and one of many pages. */
static void lists_of_strings(void **state)
{
	struct rig *rig = *state;
	char *vec[201], *want = malloc(PAGES * PAGE), *at = want;

	for (int i = 0; i < 200; i++) {
		vec[i] = (char *)rig->pages + i * 150;
		vec[i][149 - i % 149] = '\0';
	}
	vec[7] = (char *)rig->end - 1;
	vec[9] = (char *)rig->end - 30000;
	vec[200] = NULL;
	rig->end[-1] = '\0';
	for (int i = 0; i < 200; i++)
		at = stpcpy(at, vec[i]) + 1;
	rig->c.string_limit = 32;
	add_op(rig, TR_OP_STRV, 1, 0, TR_OP_ENTRY);
	arg(rig, 1, vec);
	run(rig, 0);
	assert_item(returns(rig, 0), 1, TR_PART_ARG_BLOCK, 0, want, (size_t)(at - want), 0);
	free(want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(written, setup, teardown),
		cmocka_unit_test_setup_teardown(what_fits_needs_no_pieces, setup, teardown),
		cmocka_unit_test_setup_teardown(up_to_the_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(up_to_what_a_call_may_have, setup, teardown),
		cmocka_unit_test_setup_teardown(read_at_the_return, setup, teardown),
		cmocka_unit_test_setup_teardown(the_end_is_missing, setup, teardown),
		cmocka_unit_test_setup_teardown(the_end_comes_with_the_return, setup, teardown),
		cmocka_unit_test_setup_teardown(a_loss_cuts, setup, teardown),
		cmocka_unit_test_setup_teardown(vectors_and_messages, setup, teardown),
		cmocka_unit_test_setup_teardown(strings, setup, teardown),
		cmocka_unit_test_setup_teardown(lists_of_strings, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

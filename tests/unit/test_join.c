/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_join.c - calls made whole of their record and its pieces, and what becomes of those that have no record, come
 * twice, or lack one in their middle.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <cmocka.h>
#include <core/rec.h>
#include "build.h"
#include "join.h"

#define CALL 77
#define PIECE 4000

static const struct build_part data_part = { .arg = 1 };
static char text[10 * PIECE];

static int setup(void **state)
{
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i % 23 + i / 1000 % 3);
	*state = join_new();
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	join_free(*state);
	return 0;
}

static void give_part(struct join *j, struct build_part part, uint32_t offset, size_t n, bool last)
{
	struct build b;

	build_piece(&b, CALL, part, offset, text + offset, n);
	b.h.flags = last ? TR_DATA_LAST : 0;
	assert_ptr_equal(rec_check(&b, sizeof(b)), &b.h);
	assert_null(join_record(j, &b.h));
}

static void give(struct join *j, uint32_t offset, size_t n, bool last)
{
	give_part(j, data_part, offset, n, last);
}

/* write(1, text, sizeof(text)) with the first bytes. */
static struct tr_hdr *call(struct build *b, size_t n)
{
	BUILD_CALL(b, "write", sizeof(text), 1, 0x1000, sizeof(text));
	b->call.more = CALL;
	if (n)
		build_item(b, 1, TR_ITEM_TRUNC, text, n);
	return &b->h;
}

/* The call's data as it comes out. */
static const struct tr_item *joined(struct join *j, const struct tr_hdr *rec)
{
	const struct tr_syscall *made = (const struct tr_syscall *)join_record(j, rec);
	const struct tr_item *item = rec_item_find(made, 1, TR_PART_SELF, 0, 0);

	if (item)
		assert_memory_equal(rec_item_data(item), text, item->len);
	return item;
}

static void assert_data(const struct tr_item *item, size_t n, unsigned int flags)
{
	assert_non_null(item);
	assert_int_equal(item->len, n);
	assert_int_equal(item->flags, flags);
}

static void pieces_make_it_whole(void **state)
{
	struct build b;

	for (uint32_t i = 0; i < 10; i++)
		give(*state, i * PIECE, PIECE, i == 9);
	assert_data(joined(*state, call(&b, 32)), sizeof(text), 0);
	assert_int_equal(join_bytes(*state), 0);
	/* They were of that call alone. */
	assert_data(joined(*state, call(&b, 32)), 32, TR_ITEM_TRUNC);
}

static void what_the_record_lacks_is_added(void **state)
{
	struct build_part second = { .arg = 1, .part = TR_PART_IOV_DATA, .index = 1 };
	const struct tr_syscall *made;
	const struct tr_item *item;
	struct build b;

	give(*state, 0, PIECE, true);
	give_part(*state, second, 0, 500, true);
	made = (const struct tr_syscall *)join_record(*state, call(&b, 0));
	assert_int_equal(made->nitems, 2);
	assert_int_equal(made->h.len, sizeof(*made) + 2 * sizeof(*item) + PIECE + 504);
	item = rec_item_find(made, 1, TR_PART_IOV_DATA, 1, 0);
	assert_int_equal(item->len, 500);
	assert_memory_equal(rec_item_data(item), text, 500);
}

static void a_lost_piece_cuts(void **state)
{
	struct build b;

	give(*state, 0, PIECE, false);
	give(*state, 2 * PIECE, PIECE, false);
	give(*state, 3 * PIECE, PIECE, true);
	assert_data(joined(*state, call(&b, 32)), PIECE, TR_ITEM_TRUNC);
	give(*state, PIECE, PIECE, true); /* the first is lost */
	assert_data(joined(*state, call(&b, 32)), 32, TR_ITEM_TRUNC);
	give(*state, 0, PIECE, false); /* the last */
	assert_data(joined(*state, call(&b, 32)), PIECE, TR_ITEM_TRUNC);
}

static void flags_are_those_of_the_last(void **state)
{
	struct build_part cut = { .arg = 1, .flags = TR_ITEM_TRUNC | TR_ITEM_FAULT };
	struct build b;

	give(*state, 0, PIECE, false);
	give_part(*state, cut, PIECE, 0, true);
	assert_data(joined(*state, call(&b, 32)), PIECE, TR_ITEM_TRUNC | TR_ITEM_FAULT);
}

/* What could not be read when the call was made comes again at its return; the record then has it twice. */
static void a_second_try_adds(void **state)
{
	struct build_part cut = { .arg = 1, .flags = TR_ITEM_TRUNC | TR_ITEM_FAULT };
	const struct tr_syscall *made;
	struct build b;

	give(*state, 0, PIECE, false);
	give_part(*state, cut, PIECE, 0, true);
	give(*state, 0, PIECE, false);
	give(*state, PIECE, PIECE, true);
	call(&b, 32);
	build_item(&b, 1, TR_ITEM_TRUNC, text, 100);
	made = (const struct tr_syscall *)join_record(*state, &b.h);
	assert_int_equal(made->nitems, 1);
	assert_data(rec_item_find(made, 1, TR_PART_SELF, 0, 0), 2 * PIECE, 0);
}

static void what_the_record_has_more_of_stays(void **state)
{
	struct build b;

	give(*state, 0, 50, true);
	assert_data(joined(*state, call(&b, 100)), 100, TR_ITEM_TRUNC);
}

static void pieces_of_another_call_are_dropped(void **state)
{
	struct build b;

	give(*state, 0, PIECE, true);
	call(&b, 32);
	b.call.more = CALL + 1;
	assert_ptr_equal(join_record(*state, &b.h), &b.h);
	assert_int_equal(join_bytes(*state), 0);
	give(*state, 0, PIECE, true);
	call(&b, 32);
	b.h.tid++;
	assert_ptr_equal(join_record(*state, &b.h), &b.h);
	assert_int_not_equal(join_bytes(*state), 0);
	build_begin(&b, TR_EXIT, sizeof(b.exit));
	assert_ptr_equal(join_record(*state, &b.h), &b.h);
	assert_int_equal(join_bytes(*state), 0);
}

static void a_call_that_waits_is_told_twice(void **state)
{
	struct build_part back = { .arg = 2, .flags = TR_ITEM_EXIT };
	const struct tr_syscall *made;
	struct build b;

	give(*state, 0, PIECE, true);
	call(&b, 32);
	b.h.flags = TR_F_BLOCKED;
	assert_data(joined(*state, &b.h), PIECE, 0);
	give_part(*state, back, 0, 300, true);
	made = (const struct tr_syscall *)join_record(*state, call(&b, 32));
	assert_data(rec_item_find(made, 1, TR_PART_SELF, 0, 0), PIECE, 0);
	assert_data(rec_item_find(made, 2, TR_PART_SELF, 0, 1), 300, TR_ITEM_EXIT);
	assert_int_equal(join_bytes(*state), 0);
}

static void a_thread_that_executes_becomes_another(void **state)
{
	struct build b;

	give(*state, 0, PIECE, true);
	build_begin(&b, TR_EXEC, sizeof(b.exec));
	b.h.tid = BUILD_PID - 1;
	b.exec.old_tid = BUILD_PID;
	join_record(*state, &b.h);
	call(&b, 32);
	b.h.tid = BUILD_PID - 1;
	assert_data(joined(*state, &b.h), PIECE, 0);
}

static void much_is_cut(void **state)
{
	struct build b;

	/* One call: more than any has. */
	for (unsigned int i = 0; i < 256; i++)
		for (unsigned int k = 0; k < 4; k++)
			give_part(*state, (struct build_part){ .arg = 3, .index = (uint8_t)i }, k * PIECE,
				  PIECE, false);
	assert_in_range(join_bytes(*state), JOIN_CALL_MAX / 2, JOIN_CALL_MAX);
	give(*state, 0, PIECE, true);
	assert_data(joined(*state, call(&b, 32)), 32, TR_ITEM_TRUNC);
	assert_int_equal(join_bytes(*state), 0);

	/* Many whose records never come: the oldest go. */
	for (uint32_t tid = 1; tid <= JOIN_ALL_MAX / PIECE; tid++) {
		build_piece(&b, CALL, data_part, 0, text, PIECE);
		b.h.tid = tid;
		join_record(*state, &b.h);
		assert_true(join_bytes(*state) <= JOIN_ALL_MAX);
	}
	call(&b, 32);
	b.h.tid = 1;
	assert_data(joined(*state, &b.h), 32, TR_ITEM_TRUNC);
	call(&b, 32);
	b.h.tid = JOIN_ALL_MAX / PIECE;
	assert_data(joined(*state, &b.h), PIECE, TR_ITEM_TRUNC);
	join_reset(*state);
	assert_int_equal(join_bytes(*state), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(pieces_make_it_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(what_the_record_lacks_is_added, setup, teardown),
		cmocka_unit_test_setup_teardown(a_lost_piece_cuts, setup, teardown),
		cmocka_unit_test_setup_teardown(flags_are_those_of_the_last, setup, teardown),
		cmocka_unit_test_setup_teardown(a_second_try_adds, setup, teardown),
		cmocka_unit_test_setup_teardown(what_the_record_has_more_of_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(pieces_of_another_call_are_dropped, setup, teardown),
		cmocka_unit_test_setup_teardown(a_call_that_waits_is_told_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(a_thread_that_executes_becomes_another, setup, teardown),
		cmocka_unit_test_setup_teardown(much_is_cut, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

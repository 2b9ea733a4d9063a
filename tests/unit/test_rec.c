/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_rec.c - the record walker believes no length.
 */
#include <core/rec.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "build.h"

static void make_call(struct build *b)
{
	const uint64_t args[TR_MAX_ARGS] = { 0 };

	build_nr(b, 0, 5, args);
	build_item(b, 1, 0, "entry", 5);
	build_item(b, 1, TR_ITEM_EXIT, "exit!", 5);
	build_part(b, (struct build_part){ 2, TR_PART_IOV_DATA, TR_ITEM_EXIT, 1 }, "twelve bytes", 12);
	build_item(b, 3, TR_ITEM_FAULT, "", 0);
}

static void test_walk(void **state)
{
	const struct tr_item *item;
	unsigned int n = 0;
	struct build b;

	(void)state;
	make_call(&b);
	assert_ptr_equal(rec_check(&b, b.h.len), &b.h);
	for (item = rec_item_first(&b.call); item; item = rec_item_next(&b.call, item))
		n++;
	assert_int_equal(n, 4);

	item = rec_item_find(&b.call, 1, TR_PART_SELF, 0, 0);
	assert_memory_equal(rec_item_data(item), "entry", 5);
	item = rec_item_find(&b.call, 1, TR_PART_SELF, 0, 1);
	assert_memory_equal(rec_item_data(item), "exit!", 5);
	item = rec_item_find(&b.call, 2, TR_PART_IOV_DATA, 1, 0); /* only exit has it */
	assert_memory_equal(rec_item_data(item), "twelve bytes", 12);
	assert_null(rec_item_find(&b.call, 2, TR_PART_IOV_DATA, 0, 1));
	assert_null(rec_item_find(&b.call, 3, TR_PART_SELF, 0, 0)); /* could not be read */
}

static void test_no_items(void **state)
{
	const uint64_t args[TR_MAX_ARGS] = { 0 };
	struct build b;

	(void)state;
	build_nr(&b, 1, 0, args);
	assert_non_null(rec_check(&b, b.h.len));
	assert_null(rec_item_first(&b.call));
	assert_null(rec_item_find(&b.call, 0, TR_PART_SELF, 0, 0));
}

static void test_lengths(void **state)
{
	struct build b;
	uint32_t len;

	(void)state;
	make_call(&b);
	len = b.h.len;
	for (size_t n = 0; n < len; n++)
		assert_null(rec_check(&b, n));
	for (b.h.len = 0; b.h.len < len; b.h.len++)
		assert_null(rec_check(&b, sizeof(b)));
	b.h.len = TR_RECORD_MAX + 8;
	assert_null(rec_check(&b, SIZE_MAX));
	b.h.len = len;
	b.call.nitems++;
	assert_null(rec_check(&b, len));
	b.call.nitems -= 2; /* something is behind the last one */
	assert_null(rec_check(&b, len));
	b.call.nitems = 1;
	((struct tr_item *)(&b.call + 1))->len = UINT16_MAX;
	assert_null(rec_check(&b, len));
	make_call(&b);
	((struct tr_item *)(&b.call + 1))->arg = TR_MAX_ARGS;
	assert_null(rec_check(&b, len));
}

static void test_payloads(void **state)
{
	struct tr_stack_frame *frame;
	struct build b;

	(void)state;
	build_path_fd(&b, 3, "/etc/passwd");
	assert_non_null(rec_check(&b, b.h.len));
	b.fd.payload_len += 8;
	assert_null(rec_check(&b, b.h.len));
	build_socket_fd(&b, 3, "\2\0\0\0\0\0\0\0", 8, "", 0);
	assert_non_null(rec_check(&b, b.h.len));
	b.fd.local_len = TR_FD_ADDR + 1;
	assert_null(rec_check(&b, b.h.len));
	b.fd.local_len = 8;
	b.fd.peer_len = 16;
	b.fd.payload_len = TR_FD_ADDR;
	assert_null(rec_check(&b, b.h.len));
	build_begin(&b, TR_EXEC, sizeof(b.exec));
	assert_non_null(rec_check(&b, b.h.len));
	b.exec.filename_len = 1;
	assert_null(rec_check(&b, b.h.len));
	build_begin(&b, TR_STACK, sizeof(b.stack) + sizeof(struct tr_stack_frame) + 8);
	b.stack.nframes = 1;
	frame = (struct tr_stack_frame *)(&b.stack + 1);
	frame->file_len = frame->function_len = 3;
	frame->source_len = 2;
	assert_non_null(rec_check(&b, b.h.len));
	frame->source_len = 3;
	assert_null(rec_check(&b, b.h.len));
	frame->source_len = UINT16_MAX;
	assert_null(rec_check(&b, b.h.len));
	frame->source_len = 0;
	b.stack.nframes = 2;
	assert_null(rec_check(&b, b.h.len));
	build_begin(&b, TR_TYPE_MAX + 5, sizeof(b.h)); /* of a later version: can be skipped */
	assert_non_null(rec_check(&b, b.h.len));
}

/* Whatever bytes come, a checked record can be walked within its length. */
static void test_random(void **state)
{
	struct build b;

	(void)state;
	srandom(1);
	for (int round = 0; round < 200000; round++) {
		size_t len;

		make_call(&b);
		len = b.h.len;
		for (int i = 0; i < 4; i++)
			b.bytes[(size_t)random() % len] = (uint8_t)random();
		if (!rec_check(&b, b.h.len <= sizeof(b) ? b.h.len : sizeof(b)) ||
		    b.h.type != TR_SYSCALL)
			continue;
		for (const struct tr_item *item = rec_item_first(&b.call); item;
		     item = rec_item_next(&b.call, item))
			assert_true((const uint8_t *)(item + 1) + item->len <= b.bytes + b.h.len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),	 cmocka_unit_test(test_no_items),
		cmocka_unit_test(test_lengths),	 cmocka_unit_test(test_payloads),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_payload.c - what is left of a record for a session with a ceiling: still a whole record, without the
 * contents of what is read and written, or without any memory.
 */
#include "payload.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <core/rec.h>
#include "build.h"

#define SECRET "TOPSECRET"

static struct payload_map map;
static _Alignas(8) uint8_t copy[TR_RECORD_MAX];

static int setup(void **state)
{
	(void)state;
	payload_map_init(&map);
	return 0;
}

static void part(struct build *b, uint8_t arg, uint8_t kind, uint8_t index, const char *text)
{
	build_part(b, (struct build_part){.arg = arg, .part = kind, .index = index}, text,
		   strlen(text));
}

static const struct tr_syscall *copied(const struct build *b, enum config_payload level)
{
	uint32_t len = payload_copy(&map, copy, &b->h, level);
	const struct tr_hdr *h = rec_check(copy, len);

	assert_non_null(h);
	assert_int_equal(h->len, len);
	return (const struct tr_syscall *)(const void *)h;
}

static bool has_secret(const struct tr_syscall *rec)
{
	return memmem(rec, rec->h.len, SECRET, strlen(SECRET));
}

static void full_is_untouched(void **state)
{
	struct build b;

	(void)state;
	BUILD_CALL(&b, "write", 9, 1, 0x1000, 9);
	build_str(&b, 1, SECRET);
	assert_memory_equal(copied(&b, PAYLOAD_FULL), &b, b.h.len);
}

static void metadata_has_no_contents(void **state)
{
	static const char *const calls[] = {"read", "write", "pread64", "pwrite64", "sendto",
					    "recvfrom", "getxattr", "setxattr", "add_key"};
	static const uint8_t args[] = {1, 1, 1, 1, 1, 1, 2, 2, 2};

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct build b;

		BUILD_CALL(&b, calls[i], 9, 1, 0x1000, 9);
		build_str(&b, 0, "/some/path");
		build_str(&b, args[i], SECRET);
		build_str(&b, 4, "odd");
		assert_false(has_secret(copied(&b, PAYLOAD_METADATA)));
		assert_int_equal(copied(&b, PAYLOAD_METADATA)->nitems, 2);
	}
}

static void vectors_keep_their_shape(void **state)
{
	const struct tr_syscall *rec;
	struct build b;

	(void)state;
	BUILD_CALL(&b, "sendmsg", 9, 1, 0x1000, 0);
	part(&b, 1, TR_PART_SELF, 0, "a struct msghdr");
	part(&b, 1, TR_PART_MSG_IOV, 0, "iovecs");
	part(&b, 1, TR_PART_MSG_DATA, 0, SECRET);
	part(&b, 1, TR_PART_MSG_DATA, 1, SECRET SECRET);
	part(&b, 1, TR_PART_MSG_CONTROL, 0, "control");
	rec = copied(&b, PAYLOAD_METADATA);
	assert_false(has_secret(rec));
	assert_int_equal(rec->nitems, 3);
	assert_non_null(rec_item_find(rec, 1, TR_PART_MSG_CONTROL, 0, 0));

	BUILD_CALL(&b, "writev", 9, 1, 0x1000, 2);
	part(&b, 1, TR_PART_SELF, 0, "iovecs");
	part(&b, 1, TR_PART_IOV_DATA, 0, SECRET);
	part(&b, 1, TR_PART_IOV_DATA, 1, SECRET);
	rec = copied(&b, PAYLOAD_METADATA);
	assert_false(has_secret(rec));
	assert_int_equal(rec->nitems, 1);
}

static void names_are_no_contents(void **state)
{
	struct build b;

	(void)state;
	BUILD_CALL(&b, "readlink", 9, 0x1000, 0x2000, 9);
	build_str(&b, 0, "/some/link");
	build_item(&b, 1, TR_ITEM_EXIT, "/some/file", 10);
	assert_int_equal(copied(&b, PAYLOAD_METADATA)->nitems, 2);
}

static void off_is_numbers(void **state)
{
	const struct tr_syscall *rec;
	struct build b;

	(void)state;
	BUILD_CALL(&b, "openat", 3, 0, 0x1000, 2);
	build_str(&b, 1, SECRET);
	rec = copied(&b, PAYLOAD_OFF);
	assert_int_equal(rec->h.len, sizeof(*rec));
	assert_int_equal(rec->nitems, 0);
	assert_int_equal(rec->args[2], 2);
	assert_int_equal(rec->ret, 3);
}

static void pieces_are_as_their_items(void **state)
{
	struct payload_map map;
	struct build b;

	(void)state;
	payload_map_init(&map);
	build_piece(&b, 1, (struct build_part){ .arg = 1 }, 0, SECRET, sizeof(SECRET));
	b.data.nr = (uint16_t)sc_nr(sc_by_name("write"), TR_ABI_X86_64);
	assert_int_equal(payload_copy(&map, copy, &b.h, PAYLOAD_FULL), b.h.len);
	assert_memory_equal(copy, &b, b.h.len);
	assert_int_equal(payload_copy(&map, copy, &b.h, PAYLOAD_METADATA), 0);
	assert_false(payload_allows(&map, &b.h, PAYLOAD_METADATA));
	b.data.nr = (uint16_t)sc_nr(sc_by_name("execve"), TR_ABI_X86_64);
	b.data.item.part = TR_PART_ARG_BLOCK;
	assert_true(payload_allows(&map, &b.h, PAYLOAD_METADATA));
	assert_int_equal(payload_copy(&map, copy, &b.h, PAYLOAD_METADATA), b.h.len);
	assert_int_equal(payload_copy(&map, copy, &b.h, PAYLOAD_OFF), 0);
}

static void other_records_are_copied(void **state)
{
	struct build b;

	(void)state;
	build_path_fd(&b, 3, "/etc/hosts");
	assert_memory_equal(copied(&b, PAYLOAD_OFF), &b, b.h.len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_is_untouched),
		cmocka_unit_test(metadata_has_no_contents),
		cmocka_unit_test(vectors_keep_their_shape),
		cmocka_unit_test(names_are_no_contents),
		cmocka_unit_test(off_is_numbers),
		cmocka_unit_test(pieces_are_as_their_items),
		cmocka_unit_test(other_records_are_copied),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}

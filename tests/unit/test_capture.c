/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_capture.c - the capture interpreter over this process' own memory, where it reads one run of bytes: what lies
 * before a page that is missing, what is longer than the limit, what only the return makes readable.
 */
#include "capture_rig.h"

#include <netinet/in.h>
#include <sys/socket.h>

static void test_string(void **state)
{
	struct rig *rig = *state;

	add_op(rig, TR_OP_STR, 1, 0, TR_OP_ENTRY);
	arg(rig, 1, "hello");
	item_is(only_item(run(rig, 0)), "hello", 5, 0);
}

static void test_empty_string(void **state)
{
	struct rig *rig = *state;

	add_op(rig, TR_OP_STR, 0, 0, TR_OP_ENTRY);
	arg(rig, 0, "");
	item_is(only_item(run(rig, 0)), "", 0, 0);
}

/* Exactly as long as the limit is not cut; one more is. */
static void test_string_at_limit(void **state)
{
	static const char s[] = "0123456789abcdef0123456789abcdefg";
	struct rig *rig = *state;
	const struct tr_syscall *rec;
	char fits[33];

	memcpy(fits, s, 32);
	fits[32] = '\0';
	add_op(rig, TR_OP_STR, 0, 0, TR_OP_ENTRY);
	add_op(rig, TR_OP_STR, 1, 0, TR_OP_ENTRY);
	arg(rig, 0, fits);
	arg(rig, 1, s);
	rec = run(rig, 0);
	assert_int_equal(rec->nitems, 2);
	item_is(rec_item_first(rec), s, 32, 0);
	item_is(rec_item_next(rec, rec_item_first(rec)), s, 32, TR_ITEM_TRUNC);
}

static void test_string_of_own_limit(void **state)
{
	struct rig *rig = *state;
	char path[200];

	memset(path, 'p', sizeof(path));
	path[199] = '\0';
	add_op(rig, TR_OP_STR, 0, 0, TR_OP_ENTRY)->size = 4096;
	arg(rig, 0, path);
	item_is(only_item(run(rig, 0)), path, 199, 0);
}

static void test_string_ends_at_page(void **state)
{
	struct rig *rig = *state;

	add_op(rig, TR_OP_STR, 0, 0, TR_OP_ENTRY);
	memcpy(rig->end - 6, "tight", 6);
	arg(rig, 0, rig->end - 6);
	item_is(only_item(run(rig, 0)), "tight", 5, 0);
}

/* No NUL before the page that is missing: what is there is shown, and marked. */
static void test_string_runs_off(void **state)
{
	struct rig *rig = *state;
	const struct tr_syscall *rec;
	const struct tr_item *item;

	add_op(rig, TR_OP_STR, 0, 0, TR_OP_ENTRY);
	memcpy(rig->end - 5, "loose", 5);
	arg(rig, 0, rig->end - 5);
	rec = run(rig, -EFAULT);
	item = rec_item_find(rec, 0, TR_PART_SELF, 0, 0);
	assert_non_null(item);
	item_is(item, "loose", 5, TR_ITEM_TRUNC | TR_ITEM_FAULT);
}

static void test_unreadable_string(void **state)
{
	struct rig *rig = *state;

	add_op(rig, TR_OP_STR, 0, 0, TR_OP_ENTRY);
	arg(rig, 0, rig->end);
	assert_int_equal(run(rig, -EFAULT)->nitems, 0);
	assert_int_equal(rig->c.retry, 1);
}

static void test_null_and_small_pointers(void **state)
{
	struct rig *rig = *state;
	const uint64_t bad[] = { 0, 1, 4095 };

	add_op(rig, TR_OP_STR, 0, 0, TR_OP_ENTRY);
	add_op(rig, TR_OP_BUF, 1, 4, TR_OP_ENTRY);
	add_op(rig, TR_OP_IOV, 2, 4, TR_OP_ENTRY);
	add_op(rig, TR_OP_STRV, 3, 0, TR_OP_ENTRY);
	add_op(rig, TR_OP_MSGHDR, 5, 0, TR_OP_ENTRY);
	rig->c.rec.args[4] = 10;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		for (int k = 0; k < 6; k++)
			if (k != 4)
				rig->c.rec.args[k] = bad[i];
		assert_int_equal(run(rig, 0)->nitems, 0);
	}
}

/* The kernel faulted the page in while it worked: at exit it is there. It is still entry's data. */
static void test_retry_at_exit(void **state)
{
	struct rig *rig = *state;
	struct tr_syscall *rec = &rig->c.rec;

	add_op(rig, TR_OP_STR, 0, 0, TR_OP_ENTRY);
	arg(rig, 0, rig->end);
	run_entry(rig);
	assert_int_equal(rec->nitems, 0);
	show_page(rig);
	memcpy(rig->end, "late", 5);
	item_is(only_item(run_exit(rig, -ENOENT)), "late", 4, 0);
}

static void test_buffer_out(void **state)
{
	struct rig *rig = *state;

	add_op(rig, TR_OP_BUF, 1, 2, TR_OP_ENTRY);
	arg(rig, 1, "write these bytes and no more");
	rig->c.rec.args[2] = 17;
	item_is(only_item(run(rig, 17)), "write these bytes", 17, 0);
}

/* The same bytes, whether a buffer takes the short way or not. */
static void test_buffer_lengths(void **state)
{
	static const char text[] = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOP";
	struct rig *rig = *state;

	add_op(rig, TR_OP_BUF, 0, 1, TR_OP_ENTRY);
	arg(rig, 0, text);
	rig->c.string_limit = 40;
	for (unsigned int n = 0; n <= 50; n++) {
		const struct tr_syscall *rec;

		rig->c.rec.args[1] = n;
		rig->c.rec.nitems = 0;
		rig->c.off = 0;
		memset(rig->c.payload, 0xaa, 256);
		rec = run(rig, n);
		if (!n)
			assert_int_equal(rec->nitems, 0);
		else
			item_is(only_item(rec), text, n < 40 ? n : 40, n > 40 ? TR_ITEM_TRUNC : 0);
	}
}

/* What came in is as long as the result says, and nothing if it failed. */
static void test_buffer_in(void **state)
{
	struct rig *rig = *state;

	add_op(rig, TR_OP_BUF, 1, 2, TR_OP_EXIT);
	arg(rig, 1, "got ten!!! not this");
	rig->c.rec.args[2] = 4096;
	item_is(only_item(run(rig, 10)), "got ten!!!", 10, TR_ITEM_EXIT);
	rig->c.rec.nitems = 0;
	rig->c.off = 0;
	assert_int_equal(run(rig, -EAGAIN)->nitems, 0);
	assert_int_equal(run(rig, 0)->nitems, 0);
}

static void test_buffer_ends_before_hole(void **state)
{
	struct rig *rig = *state;

	add_op(rig, TR_OP_BUF, 0, 1, TR_OP_EXIT);
	memcpy(rig->end - 10, "0123456789", 10);
	arg(rig, 0, rig->end - 10);
	rig->c.rec.args[1] = 30;
	item_is(only_item(run(rig, 10)), "0123456789", 10, TR_ITEM_EXIT);
	rig->c.rec.nitems = 0;
	rig->c.off = 0;
	item_is(only_item(run(rig, 30)), "0123456789", 10, TR_ITEM_EXIT | TR_ITEM_TRUNC | TR_ITEM_FAULT);
}

static void test_huge_lengths(void **state)
{
	struct rig *rig = *state;

	rig->c.string_limit = CAP_ITEM_MAX;
	add_op(rig, TR_OP_BUF, 0, 1, TR_OP_ENTRY);
	add_op(rig, TR_OP_SIZED, 0, 1, TR_OP_ENTRY)->size = 64;
	add_op(rig, TR_OP_ARRAY, 0, 1, TR_OP_ENTRY)->size = 8;
	add_op(rig, TR_OP_BITS, 0, 1, TR_OP_ENTRY);
	add_op(rig, TR_OP_SOCKADDR, 0, 1, TR_OP_ENTRY);
	add_op(rig, TR_OP_IOV, 0, 1, TR_OP_ENTRY);
	arg(rig, 0, rig->pages);
	rig->c.rec.args[1] = ~0ULL;
	run(rig, 0);
}

static void test_payload_overflow(void **state)
{
	struct rig *rig = *state;
	const struct tr_syscall *rec;
	const struct tr_item *item;
	char *big = malloc(8192);
	unsigned int sum = 0;

	assert_non_null(big);
	memset(big, 'b', 8192);
	rig->c.string_limit = CAP_ITEM_MAX;
	for (unsigned int i = 0; i < 4; i++)
		add_op(rig, TR_OP_BUF, i, 5, TR_OP_ENTRY);
	for (unsigned int i = 0; i < 4; i++)
		arg(rig, i, big);
	rig->c.rec.args[5] = 4000;
	rec = run(rig, 0);
	assert_in_range(rec->h.len, 7000, TR_RECORD_MAX);
	assert_in_range(rec->nitems, 2, 4);
	item = rec_item_first(rec);
	item_is(item, big, 4000, 0);
	for (; item; item = rec_item_next(rec, item)) {
		sum += item->len;
		if (item->len < 4000)
			assert_int_equal(item->flags & TR_ITEM_TRUNC, TR_ITEM_TRUNC);
	}
	assert_in_range(sum, 7000, TR_PAYLOAD_MAX);
	free(big);
}

static void test_fixed_in_and_out(void **state)
{
	struct rig *rig = *state;
	const struct tr_syscall *rec;
	uint64_t value = 0x1111;

	add_op(rig, TR_OP_FIXED, 2, 0, TR_OP_ENTRY | TR_OP_EXIT)->size = 8;
	arg(rig, 2, &value);
	run_entry(rig);
	value = 0x2222;
	rec = run_exit(rig, 0);
	assert_int_equal(rec->nitems, 2);
	assert_int_equal(*(uint64_t *)rec_item_data(rec_item_find(rec, 2, 0, 0, 0)), 0x1111);
	assert_int_equal(*(uint64_t *)rec_item_data(rec_item_find(rec, 2, 0, 0, 1)), 0x2222);
}

static void test_exit_on_error(void **state)
{
	struct rig *rig = *state;
	uint64_t v = 5;

	add_op(rig, TR_OP_FIXED, 0, 0, TR_OP_EXIT)->size = 8;
	add_op(rig, TR_OP_FIXED, 1, 0, TR_OP_EXIT | TR_OP_EXIT_ON_ERROR)->size = 8;
	arg(rig, 0, &v);
	arg(rig, 1, &v);
	assert_int_equal(only_item(run(rig, -EINTR))->arg, 1);
}

/* A successful mmap may return what looks negative: only the last page of numbers are errors. */
static void test_large_results_are_no_errors(void **state)
{
	struct rig *rig = *state;
	uint64_t v = 5;

	add_op(rig, TR_OP_FIXED, 0, 0, TR_OP_EXIT)->size = 8;
	arg(rig, 0, &v);
	assert_int_equal(run(rig, -4096)->nitems, 1);
	assert_int_equal(run(rig, -4095)->nitems, 1);
}

static void test_sockaddr_out(void **state)
{
	struct rig *rig = *state;
	struct sockaddr_storage addr = { .ss_family = AF_INET };
	uint32_t len = sizeof(struct sockaddr_in);

	add_op(rig, TR_OP_SOCKADDR, 1, 2, TR_OP_EXIT);
	arg(rig, 1, &addr);
	arg(rig, 2, &len);
	item_is(only_item(run(rig, 3)), (char *)&addr, len, TR_ITEM_EXIT);
	len = 4000; /* longer than any address: what the kernel says is not believed */
	rig->c.rec.nitems = 0;
	rig->c.off = 0;
	item_is(only_item(run(rig, 3)), (char *)&addr, sizeof(addr), TR_ITEM_EXIT);
}

static void test_result_as_length(void **state)
{
	struct rig *rig = *state;
	const struct tr_syscall *rec;

	add_op(rig, TR_OP_RET_BYTES, 0, 0, TR_OP_EXIT)->size = 4096;
	add_op(rig, TR_OP_RET_ARRAY, 1, 0, TR_OP_EXIT)->size = 4;
	arg(rig, 0, "/a/link");
	arg(rig, 1, "aaaabbbbccccddddeeeeffffgggg");
	rec = run(rig, 7);
	item_is(rec_item_find(rec, 0, 0, 0, 1), "/a/link", 7, TR_ITEM_EXIT);
	item_is(rec_item_find(rec, 1, 0, 0, 1), "aaaabbbbccccddddeeeeffffgggg", 28, TR_ITEM_EXIT);
	rig->c.rec.nitems = 0;
	rig->c.off = 0;
	assert_int_equal(run(rig, 0)->nitems, 0);
}

/* mincore: a byte for each page, of which the last may be a part. */
static void test_byte_for_each_page(void **state)
{
	struct rig *rig = *state;
	const struct tr_syscall *rec;

	add_op(rig, TR_OP_PAGES, 0, 1, TR_OP_EXIT)->size = 3;
	arg(rig, 0, "\1\0\1\1");
	rig->c.rec.args[1] = 4097;
	rec = run(rig, 1);
	item_is(rec_item_find(rec, 0, TR_PART_SELF, 0, 1), "\1\0", 2, TR_ITEM_EXIT);
	rig->c.off = 0;
	rig->c.rec.nitems = 0;
	rig->c.rec.args[1] = ~0ULL;
	rec = run(rig, 1);
	item_is(rec_item_find(rec, 0, TR_PART_SELF, 0, 1), "\1\0\1", 3, TR_ITEM_EXIT);
}

static const struct tr_syscall *run_ioctl(struct rig *rig, uint32_t request, const void *p)
{
	rig->c.off = 0;
	rig->c.retry = 0;
	rig->c.rec.nitems = 0;
	rig->c.rec.args[1] = request;
	arg(rig, 2, p);
	return run(rig, 0);
}

/* The request tells how much is read, and when. */
static void test_ioctl(void **state)
{
	struct rig *rig = *state;
	static const uint8_t bytes[1024];
	const struct tr_syscall *rec;

	add_op(rig, TR_OP_IOCTL, 2, 1, TR_OP_ENTRY | TR_OP_EXIT)->size = 512;
	rec = run_ioctl(rig, 0x401c5820, bytes); /* FS_IOC_FSSETXATTR */
	assert_int_equal(only_item(rec)->len, 28);
	assert_int_equal(only_item(rec)->flags, 0);
	rec = run_ioctl(rig, 0x801c581f, bytes); /* FS_IOC_FSGETXATTR */
	assert_int_equal(only_item(rec)->len, 28);
	assert_int_equal(only_item(rec)->flags, TR_ITEM_EXIT);
	rec = run_ioctl(rig, 0xc0189436, bytes); /* FIDEDUPERANGE */
	assert_int_equal(rec->nitems, 2);
	rec = run_ioctl(rig, 0x5413, bytes); /* TIOCGWINSZ does not tell */
	assert_int_equal(rec->nitems, 2);
	assert_int_equal(rec_item_first(rec)->len, 64);
	rec = run_ioctl(rig, 0x50009411, bytes); /* 4,096 bytes are too many */
	assert_int_equal(only_item(rec)->len, 512);
}

/* A netlink message is read beyond the limit; what only looks like data is not. */
static void test_message_data(void **state)
{
	struct rig *rig = *state;
	static const uint32_t message[64] = { 256, 0x3010012, 1 }, data[64] = { 257, 0x3010012, 1 };
	const struct tr_syscall *rec;

	arg(rig, 0, message);
	arg(rig, 1, data);
	rig->c.rec.args[2] = 256;
	add_op(rig, TR_OP_BUF, 0, 2, TR_OP_ENTRY | TR_OP_MESSAGE);
	add_op(rig, TR_OP_BUF, 1, 2, TR_OP_ENTRY | TR_OP_MESSAGE);
	add_op(rig, TR_OP_BUF, 0, 2, TR_OP_ENTRY);
	rec = run(rig, 256);
	assert_int_equal(rec->nitems, 3);
	item_is(rec_item_first(rec), (const char *)message, 256, 0);
	assert_int_equal(rec_item_find(rec, 1, TR_PART_SELF, 0, 0)->len, 32);
}

/* However little of it the session wants: its header is then read for itself. */
static void test_message_data_of_no_limit(void **state)
{
	struct rig *rig = *state;
	static const uint32_t message[64] = { 256, 0x3010012, 1 };

	rig->c.string_limit = 4;
	arg(rig, 0, message);
	rig->c.rec.args[1] = 256;
	add_op(rig, TR_OP_BUF, 0, 1, TR_OP_ENTRY | TR_OP_MESSAGE);
	item_is(only_item(run(rig, 256)), (const char *)message, 256, 0);
	assert_int_equal(rig->c.cut, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_string, setup, teardown),
		cmocka_unit_test_setup_teardown(test_empty_string, setup, teardown),
		cmocka_unit_test_setup_teardown(test_string_at_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_string_of_own_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_string_ends_at_page, setup, teardown),
		cmocka_unit_test_setup_teardown(test_string_runs_off, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unreadable_string, setup, teardown),
		cmocka_unit_test_setup_teardown(test_null_and_small_pointers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_retry_at_exit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_buffer_out, setup, teardown),
		cmocka_unit_test_setup_teardown(test_buffer_lengths, setup, teardown),
		cmocka_unit_test_setup_teardown(test_buffer_in, setup, teardown),
		cmocka_unit_test_setup_teardown(test_buffer_ends_before_hole, setup, teardown),
		cmocka_unit_test_setup_teardown(test_huge_lengths, setup, teardown),
		cmocka_unit_test_setup_teardown(test_payload_overflow, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fixed_in_and_out, setup, teardown),
		cmocka_unit_test_setup_teardown(test_exit_on_error, setup, teardown),
		cmocka_unit_test_setup_teardown(test_large_results_are_no_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_byte_for_each_page, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ioctl, setup, teardown),
		cmocka_unit_test_setup_teardown(test_message_data, setup, teardown),
		cmocka_unit_test_setup_teardown(test_message_data_of_no_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sockaddr_out, setup, teardown),
		cmocka_unit_test_setup_teardown(test_result_as_length, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

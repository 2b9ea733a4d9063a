/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_buf.c - the growing buffer and its numbers, against printf.
 */
#include <core/buf.h>

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static void check(struct buf *b, const char *want)
{
	assert_false(b->failed);
	assert_int_equal(b->len, strlen(want));
	assert_memory_equal(b->p, want, b->len);
	b->len = 0;
}

static const uint64_t samples[] = {
	0, 1, 9, 10, 99, 100, 101, 999, 1000, 12345, 99999, 4294967295u, 4294967296u,
	9223372036854775807ull, 9223372036854775808ull, 18446744073709551615ull,
};

static void test_numbers(void **state)
{
	struct buf b = { 0 };
	char want[64];

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		buf_u64(&b, samples[i]);
		snprintf(want, sizeof(want), "%" PRIu64, samples[i]);
		check(&b, want);
		buf_i64(&b, (int64_t)samples[i]);
		snprintf(want, sizeof(want), "%" PRId64, (int64_t)samples[i]);
		check(&b, want);
		buf_hex(&b, samples[i]);
		snprintf(want, sizeof(want), "%#" PRIx64, samples[i]);
		check(&b, want);
		buf_oct(&b, samples[i]);
		snprintf(want, sizeof(want), "%#" PRIo64, samples[i]);
		check(&b, want);
		buf_u64_pad(&b, samples[i], 9, '0');
		snprintf(want, sizeof(want), "%09" PRIu64, samples[i]);
		check(&b, want);
	}
	buf_done(&b);
}

static void test_padding(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_str(&b, "ab");
	buf_pad(&b, 0, 5);
	buf_pad(&b, 0, 3);
	buf_u64_pad(&b, 7, 3, ' ');
	check(&b, "ab     7");
	buf_done(&b);
}

static void test_growth(void **state)
{
	struct buf b = { 0 };
	size_t total = 0;

	(void)state;
	for (size_t i = 1; i < 3000; i += 7) {
		char block[3000];

		memset(block, (int)(i & 0x7f), i);
		buf_put(&b, block, i);
		buf_char(&b, '\n');
		total += i + 1;
		assert_int_equal(b.len, total);
		assert_int_equal(b.p[total - 2], (int)(i & 0x7f));
		assert_true(b.cap >= b.len);
	}
	buf_done(&b);
	assert_null(b.p);
	assert_int_equal(b.cap, 0);
}

static void test_no_memory(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_str(&b, "kept");
	assert_false(buf_grow(&b, SIZE_MAX - 2));
	assert_true(b.failed);
	assert_int_equal(b.len, 4);
	assert_memory_equal(b.p, "kept", 4);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

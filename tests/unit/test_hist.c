/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_hist.c - histograms: buckets have no gaps, and percentiles are within 7 % of the truth.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <core/hist.h>

static void test_buckets_meet(void **state)
{
	(void)state;
	assert_int_equal(hist_low(0), 0);
	assert_int_equal(hist_low(1), TR_HIST_MIN_NS);
	for (unsigned int i = 0; i < TR_HIST_BUCKETS; i++) {
		assert_int_equal(tr_hist_bucket(hist_low(i)), i);
		assert_int_equal(tr_hist_bucket(hist_high(i) - 1), i);
		if (i)
			assert_true(hist_low(i) == hist_high(i - 1));
	}
	assert_int_equal(tr_hist_bucket(UINT64_MAX), TR_HIST_BUCKETS - 1);
	assert_true(hist_low(TR_HIST_BUCKETS - 1) == 1ULL << TR_HIST_MAX_LOG2);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void within_7_percent(uint64_t *v, size_t n)
{
	static const unsigned int percents[] = {1, 50, 95, 99, 100};
	struct hist h = {0};

	for (size_t i = 0; i < n; i++)
		hist_add(&h, tr_hist_bucket(v[i]), 1);
	qsort(v, n, sizeof(*v), compare);
	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		size_t rank = (n * percents[i] + 99) / 100;
		double truth = (double)v[rank - 1];
		double got = (double)hist_percentile(&h, percents[i], v[0], v[n - 1]);

		assert_true(got >= truth * 0.93 && got <= truth * 1.07);
	}
}

static void test_percentiles(void **state)
{
	static uint64_t v[20000];
	size_t n = sizeof(v) / sizeof(v[0]);
	uint64_t x = 88172645463325252ULL;

	(void)state;
	for (unsigned int shift = 20; shift < 58; shift += 3) {
		for (size_t i = 0; i < n; i++) {
			x ^= x << 13, x ^= x >> 7, x ^= x << 17;
			v[i] = TR_HIST_MIN_NS + (x >> shift) % (1ULL << 37);
		}
		within_7_percent(v, n);
		within_7_percent(v, 1);
		within_7_percent(v, 3);
	}
}

static void test_clamped(void **state)
{
	struct hist h = {0};

	(void)state;
	assert_int_equal(hist_percentile(&h, 50, 0, 0), 0);
	hist_add(&h, tr_hist_bucket(1000), 1);
	assert_int_equal(hist_percentile(&h, 50, 1000, 1000), 1000);
	memset(&h, 0, sizeof(h));
	hist_add(&h, 9999, 5); /* no such bucket */
	assert_true(hist_percentile(&h, 50, 1, 1ULL << 40) == 1ULL << 40);
	memset(&h, 0, sizeof(h));
	hist_add(&h, 0, 5);
	assert_int_equal(hist_percentile(&h, 99, 40, 50), 40);
}

static void test_merge(void **state)
{
	struct hist a = {0}, b = {0};

	(void)state;
	hist_add(&a, 3, UINT64_MAX / 4);
	hist_add(&b, 3, 2);
	hist_add(&b, 200, 1);
	hist_merge(&a, &b);
	assert_true(a.n == UINT64_MAX / 4 + 3 && a.count[3] == UINT64_MAX / 4 + 2);
	assert_int_equal(a.count[200], 1);
	assert_true(hist_percentile(&a, 99, 0, UINT64_MAX) < hist_high(3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buckets_meet),
		cmocka_unit_test(test_percentiles),
		cmocka_unit_test(test_clamped),
		cmocka_unit_test(test_merge),
	};

	return cmocka_run_group_tests_name("hist", tests, NULL, NULL);
}

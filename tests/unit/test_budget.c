/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_budget.c - when a session that costs too much gets less, and when more again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <core/budget.h>

/* How many measurements of `used` it takes until something else is shown. */
static unsigned int until_step(struct budget *b, uint32_t used)
{
	uint32_t before = b->shown;
	unsigned int n = 0;

	while (b->shown == before && n < 1000) {
		budget_next(b, used);
		n++;
	}
	return n;
}

static void within_it_all_is_shown(void **state)
{
	struct budget b;

	(void)state;
	budget_init(&b, 50);
	assert_int_equal(until_step(&b, 50), 1000);
	for (int i = 0; i < 100; i++) {
		budget_next(&b, 51);
		assert_int_equal(budget_next(&b, 49), TR_SHOWN_ALL);
	}
}

static void beyond_it_steps_down(void **state)
{
	struct budget b;

	(void)state;
	budget_init(&b, 50);
	assert_int_equal(until_step(&b, 51), 2);
	assert_int_equal(b.shown, TR_SHOWN_NO_DATA);
	assert_int_equal(until_step(&b, 51), 2);
	assert_int_equal(b.shown, TR_SHOWN_COUNTS);
	assert_int_equal(until_step(&b, 1000), 1000);
	budget_init(&b, 50);
	assert_int_equal(until_step(&b, 151), 1);
}

static void quiet_steps_back(void **state)
{
	struct budget b;

	(void)state;
	budget_init(&b, 50);
	until_step(&b, 1000);
	until_step(&b, 1000);
	assert_int_equal(until_step(&b, 30), 1000);
	assert_int_equal(until_step(&b, 24), 4);
	assert_int_equal(b.shown, TR_SHOWN_NO_DATA);
	assert_int_equal(until_step(&b, 0), 4);
	assert_int_equal(b.shown, TR_SHOWN_ALL);
	assert_int_equal(until_step(&b, 0), 1000);
}

static void too_early_waits_longer(void **state)
{
	unsigned int waits[6];
	struct budget b;

	(void)state;
	budget_init(&b, 50);
	until_step(&b, 1000);
	for (int i = 0; i < 6; i++) {
		waits[i] = until_step(&b, 0);
		until_step(&b, 1000);
	}
	assert_int_equal(waits[0], 4);
	assert_int_equal(waits[1], 8);
	assert_int_equal(waits[2], 16);
	assert_int_equal(waits[4], 64);
	assert_int_equal(waits[5], 64);
}

static void the_smallest_budget_has_a_way_back(void **state)
{
	struct budget b;

	(void)state;
	budget_init(&b, 1);
	until_step(&b, 2);
	assert_int_equal(until_step(&b, 0), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(within_it_all_is_shown),
		cmocka_unit_test(beyond_it_steps_down),
		cmocka_unit_test(quiet_steps_back),
		cmocka_unit_test(too_early_waits_longer),
		cmocka_unit_test(the_smallest_budget_has_a_way_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

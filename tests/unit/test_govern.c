/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_govern.c - sessions that cost more than they may get less, as long as the backend knows them.
 */
#include "hub_rig.h"

#include "govern.h"

#define MS 1000000ULL

static unsigned int shows;

static void count_show(struct backend *b, unsigned int session, enum tr_shown shown)
{
	(void)shown;
	assert_true(b->added >> session & 1);
	shows++;
}

static uint64_t none_unshown(struct backend *b, unsigned int session)
{
	(void)b;
	(void)session;
	return 0;
}

static void no_stats(struct backend *b, struct backend_stats *stats)
{
	(void)b;
	memset(stats, 0, sizeof(*stats));
}

static void begin_nothing(struct backend *b)
{
	(void)b;
}

/* The programs had all processors. */
static int64_t cost_all(struct backend *b)
{
	(void)b;
	return INT64_MAX / 2000;
}

static void test_a_stopped_session_takes_no_step(void **state)
{
	struct rig *rig = *state;
	struct backend_ops ops = fake_ops;
	struct govern g;
	int session = open_session(rig, 0, NULL, NULL);

	ops.show = count_show;
	ops.unshown = none_unshown;
	ops.stats = no_stats;
	ops.cost_begin = begin_nothing;
	ops.cost_end = cost_all;
	govern_init(&g, &ops, &rig->backend, rig->hub);
	govern_add(&g, (unsigned int)session, 10);
	shows = 0;
	for (uint64_t ms = 1000; ms < 2000; ms += 10)
		govern_tick(&g, ms * MS);
	assert_int_equal(shows, 2); /* no data, then no calls */
	govern_end(&g, (unsigned int)session, 2000 * MS);
	govern_add(&g, (unsigned int)session, 10);
	govern_stop(&g, (unsigned int)session);
	hub_stop(rig->hub, session);
	for (uint64_t ms = 2000; ms < 3000; ms += 10)
		govern_tick(&g, ms * MS);
	assert_int_equal(shows, 2);
	govern_end(&g, (unsigned int)session, 3000 * MS);
	assert_int_equal(g.n, 0);
	hub_close(rig->hub, session, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_stopped_session_takes_no_step, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

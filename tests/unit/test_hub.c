/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_hub.c - the queues of sessions. Whatever a client takes or leaves: made = delivered + lost, and the stream says
 * where.
 */
#include "hub_rig.h"

/* Gives calls until n were lost. Returns how many were made. */
static uint64_t overflow(struct rig *rig, int session, uint64_t n)
{
	struct hub_session_stats stats = {};
	uint64_t made = 0;

	while (stats.lost < n) {
		give_call(rig, 1ULL << session, (int64_t)++made);
		assert_int_equal(hub_session_stats(rig->hub, session, &stats), 0);
		assert_int_equal(stats.delivered + stats.lost, made);
		assert_true(made < 10 * QUEUE / sizeof(struct tr_syscall));
	}
	return made;
}

static void test_slow_client(void **state)
{
	struct rig *rig = *state;
	int s = open_session(rig, 0, NULL, NULL);
	uint64_t made = overflow(rig, s, 1000);
	struct read_back rb = {};
	struct tr_end end;

	assert_in_range(evbuffer_get_length(rig->out[0]), QUEUE / 2, QUEUE);
	take_all(rig, 0, &rb);
	assert_int_equal(rb.count[TR_SYSCALL], made - 1000);
	assert_int_equal(rb.last_ret, made - 1000); /* the oldest are kept, without a gap */
	assert_int_equal(rb.count[TR_LOST], 0);

	give_call(rig, 1ULL << s, -7);
	hub_flush(rig->hub, s);
	take_all(rig, 0, &rb);
	assert_int_equal(rb.last_ret, -7);
	assert_true(rb.lost_before_last);
	assert_int_equal(rb.told[TR_LOST_CLIENT], 1000);
	assert_int_equal(rb.told[TR_LOST_RING], 0);
	hub_close(rig->hub, s, &end);
	assert_int_equal(end.produced, made + 1);
	assert_int_equal(end.lost, 1000);
	assert_int_equal(rb.count[TR_SYSCALL] + end.lost, end.produced);
}

/* A client that takes a little now and then loses in few long gaps, and every one is told. */
static void test_halting_client(void **state)
{
	struct rig *rig = *state;
	int s = open_session(rig, 0, NULL, NULL);
	struct read_back rb = {};
	uint64_t made = 0;
	struct tr_end end;

	for (unsigned int round = 0; round < 20; round++) {
		for (unsigned int i = 0; i < 3 * QUEUE / sizeof(struct tr_syscall) / 2; i++, made++)
			give_call(rig, 1ULL << s, 0);
		take_all(rig, 0, &rb);
	}
	hub_close(rig->hub, s, &end);
	take_all(rig, 0, &rb);
	assert_int_equal(end.produced, made);
	assert_int_equal(rb.count[TR_SYSCALL] + end.lost, made);
	assert_int_equal(rb.told[TR_LOST_CLIENT], end.lost);
	assert_in_range(rb.count[TR_LOST], 1, 40);
}

static void test_lagging_until_half(void **state)
{
	struct rig *rig = *state;
	int s = open_session(rig, 0, NULL, NULL);
	struct hub_session_stats before, after;

	overflow(rig, s, 1);
	evbuffer_drain(rig->out[0], 2 * (128u << 10)); /* room, but the queue is not half empty */
	hub_session_stats(rig->hub, s, &before);
	give_call(rig, 1ULL << s, 0);
	hub_session_stats(rig->hub, s, &after);
	assert_int_equal(after.lost, before.lost + 1);
	evbuffer_drain(rig->out[0], evbuffer_get_length(rig->out[0]) - QUEUE / 4);
	give_call(rig, 1ULL << s, 0);
	hub_session_stats(rig->hub, s, &after);
	assert_int_equal(after.lost, before.lost + 1);
	assert_int_equal(after.delivered, before.delivered + 1);
	hub_close(rig->hub, s, NULL);
}

/* One that stops reading costs the others nothing. */
static void test_others_unharmed(void **state)
{
	struct rig *rig = *state;
	int slow = open_session(rig, 0, NULL, NULL), quick = open_session(rig, 1, NULL, NULL);
	struct read_back rb = {};
	struct tr_end end;

	for (unsigned int i = 0; i < 50000; i++) {
		give_call(rig, 1ULL << slow | 1ULL << quick, i);
		if (i % 100 == 0) {
			hub_flush(rig->hub, quick);
			take_all(rig, 1, &rb);
		}
	}
	hub_close(rig->hub, quick, &end);
	take_all(rig, 1, &rb);
	assert_int_equal(end.produced, 50000);
	assert_int_equal(end.lost, 0);
	assert_int_equal(rb.count[TR_SYSCALL], 50000);
	assert_int_equal(rb.count[TR_LOST], 0);
	hub_close(rig->hub, slow, &end);
	assert_int_equal(end.produced, 50000);
	assert_int_not_equal(end.lost, 0);
}

static void test_facts_not_counted(void **state)
{
	struct rig *rig = *state;
	int s = open_session(rig, 0, NULL, NULL);
	struct read_back rb = {};
	struct tr_end end;

	for (uint32_t i = 0; i < 10; i++) {
		give_fact(rig, 1ULL << s, i + 1);
		give_call(rig, 1ULL << s, i);
	}
	hub_close(rig->hub, s, &end);
	take_all(rig, 0, &rb);
	assert_int_equal(rb.count[TR_TASK], 10);
	assert_int_equal(end.produced, 10);
	assert_int_equal(end.lost, 0);
	assert_int_equal(rb.count[TR_LOST] + rb.count[TR_RESET], 0);
}

/* Facts still fit where calls no longer do, so a client that reads again knows what it sees. */
static void test_facts_in_reserve(void **state)
{
	struct rig *rig = *state;
	int s = open_session(rig, 0, NULL, NULL);
	uint64_t made = overflow(rig, s, 10);
	struct read_back rb = {};

	give_fact(rig, 1ULL << s, 77);
	take_all(rig, 0, &rb);
	give_call(rig, 1ULL << s, -1);
	hub_flush(rig->hub, s);
	take_all(rig, 0, &rb);
	assert_int_equal(rb.count[TR_TASK], 1);
	assert_int_equal(rb.count[TR_RESET], 0);
	assert_int_equal(rb.told[TR_LOST_CLIENT], 10);
	assert_int_equal(rb.count[TR_SYSCALL], made - 10 + 1);
	hub_drain(rig->hub, true);
	assert_int_equal(rig->backend.retells, 0);
	hub_close(rig->hub, s, NULL);
}

static void test_reset_after_facts_were_dropped(void **state)
{
	struct rig *rig = *state;
	int s = open_session(rig, 0, NULL, NULL);
	uint64_t made = overflow(rig, s, 10);
	struct read_back rb = {};
	struct tr_end end;

	for (uint32_t i = 0; i < 2 * RESERVE / sizeof(struct tr_task); i++)
		give_fact(rig, 1ULL << s, i + 1);
	assert_in_range(evbuffer_get_length(rig->out[0]), 0, QUEUE + RESERVE);
	take_all(rig, 0, &rb);
	assert_true(rb.count[TR_TASK] < 2 * RESERVE / sizeof(struct tr_task));
	assert_int_equal(rb.count[TR_RESET], 0);
	give_call(rig, 1ULL << s, -1);
	hub_drain(rig->hub, false);
	assert_int_equal(rig->backend.retells, 1);
	hub_drain(rig->hub, false);
	assert_int_equal(rig->backend.retells, 1); /* once is enough */
	hub_flush(rig->hub, s);
	take_all(rig, 0, &rb);
	assert_int_equal(rb.count[TR_RESET], 1);
	assert_int_equal(rb.last_ret, -1);
	assert_true(rb.lost_before_last);
	assert_true(rb.reset_before_last);
	assert_int_equal(rb.facts_after_reset, 0);
	assert_int_equal(rb.told[TR_LOST_CLIENT], 10);
	hub_close(rig->hub, s, &end);
	assert_int_equal(end.produced, made + 1);
	assert_int_equal(end.lost, 10);
}

static void test_ring_losses(void **state)
{
	struct rig *rig = *state;
	int s = open_session(rig, 0, NULL, NULL);
	struct read_back rb = {};
	struct hub_stats stats;
	struct tr_end end;

	give_call(rig, 1ULL << s, 0);
	rig->sink.lost(rig->sink.ctx, s, 5, TR_LOST_RING);
	rig->sink.lost(rig->sink.ctx, s, 6, TR_LOST_RING);
	rig->sink.lost(rig->sink.ctx, 63, 100, TR_LOST_RING); /* nobody's */
	give_call(rig, 1ULL << s, 1);
	rig->sink.lost(rig->sink.ctx, s, 3, TR_LOST_RING); /* told although no record follows */
	hub_close(rig->hub, s, &end);
	take_all(rig, 0, &rb);
	assert_int_equal(rb.count[TR_LOST], 2);
	assert_int_equal(rb.told[TR_LOST_RING], 14);
	assert_int_equal(rb.told[TR_LOST_CLIENT], 0);
	assert_int_equal(rb.lost_ns, BUILD_START_NS + BUILD_DURATION_NS); /* where it happened */
	assert_int_equal(end.produced, 16);
	assert_int_equal(end.lost, 14);
	hub_stats(rig->hub, &stats);
	assert_int_equal(stats.sessions, 0);
	assert_int_equal(stats.delivered, 2);
	assert_int_equal(stats.lost, 14);
}

/* Two sessions of one user share a rate; facts are not counted. */
static void test_rate(void **state)
{
	struct hub_rate rate = {.limit = 100};
	struct rig *rig = *state;
	struct read_back rb[2] = {};
	struct hub_user user;
	struct filter f;
	struct tr_end end;
	int s[2];

	for (unsigned int i = 0; i < 2; i++) {
		user = *to(rig, i);
		user.rate = &rate;
		filter_init(&f);
		s[i] = hub_open(rig->hub, &f, &user, NULL);
	}
	for (unsigned int i = 0; i < 80; i++) {
		give_fact(rig, 1ULL << s[0], i);
		give_call(rig, 1ULL << s[0] | 1ULL << s[1], 0);
	}
	for (unsigned int i = 0; i < 2; i++) {
		hub_close(rig->hub, s[i], &end);
		take_all(rig, i, &rb[i]);
		assert_int_equal(end.produced, 80);
		assert_int_equal(end.lost, 30);
		assert_int_equal(rb[i].told[TR_LOST_RATE], 30);
		assert_int_equal(rb[i].count[TR_SYSCALL], 50);
	}
	assert_int_equal(rb[0].count[TR_TASK], 80);
}

/* A chunk of 128 KB for each few records would be far more memory than the queue says. */
static void test_few_frames_for_slow_clients(void **state)
{
	struct rig *rig = *state;
	int s = open_session(rig, 0, NULL, NULL);
	struct read_back rb = {};

	for (unsigned int i = 0; i < 500; i++) {
		give_call(rig, 1ULL << s, i);
		hub_flush(rig->hub, s);
	}
	hub_close(rig->hub, s, NULL);
	take_all(rig, 0, &rb);
	assert_int_equal(rb.count[TR_SYSCALL], 500);
	assert_int_equal(rb.frames, 2);
}

static void test_own_queue_size(void **state)
{
	struct rig *rig = *state;
	int small = open_session(rig, 0, "queue", "300000"), tiny = open_session(rig, 1, "queue", "1");

	overflow(rig, small, 1);
	assert_in_range(evbuffer_get_length(rig->out[0]), 100000, 300000);
	give_call(rig, 1ULL << tiny, 0); /* however little was asked for, something fits */
	hub_close(rig->hub, small, NULL);
	hub_close(rig->hub, tiny, NULL);
	assert_int_not_equal(evbuffer_get_length(rig->out[1]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_slow_client, setup, teardown),
		cmocka_unit_test_setup_teardown(test_halting_client, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lagging_until_half, setup, teardown),
		cmocka_unit_test_setup_teardown(test_others_unharmed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_facts_not_counted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_facts_in_reserve, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reset_after_facts_were_dropped, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ring_losses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rate, setup, teardown),
		cmocka_unit_test_setup_teardown(test_few_frames_for_slow_clients, setup, teardown),
		cmocka_unit_test_setup_teardown(test_own_queue_size, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_hub_sessions.c - how sessions of the hub begin and end: whose bit is whose, how many there may be, and that
 * nobody is given what is another's.
 */
#include "hub_rig.h"

static void test_bits(void **state)
{
	struct read_back a = {}, b = {};
	struct rig *rig = *state;
	int first = open_session(rig, 0, NULL, NULL), second = open_session(rig, 1, NULL, NULL);

	assert_int_not_equal(first, second);
	give_call(rig, 1ULL << first, 1);
	give_call(rig, 1ULL << second, 2);
	give_call(rig, 1ULL << first | 1ULL << second, 3);
	give_call(rig, 1ULL << 63, 4); /* a session that is no more */
	hub_flush(rig->hub, first);
	hub_flush(rig->hub, second);
	take_all(rig, 0, &a);
	take_all(rig, 1, &b);
	assert_int_equal(a.count[TR_SYSCALL], 2);
	assert_int_equal(b.count[TR_SYSCALL], 2);
	assert_int_equal(a.frames, 1);
	hub_flush(rig->hub, first); /* nothing waits: no empty frame */
	assert_int_equal(evbuffer_get_length(rig->out[0]), 0);
	hub_close(rig->hub, first, NULL);
	hub_close(rig->hub, second, NULL);
	assert_int_equal(rig->backend.added, 0);
}

/* Nobody learns from a record who else watches. */
static void test_own_bit_only(void **state)
{
	struct rig *rig = *state;
	int a = open_session(rig, 0, NULL, NULL), b = open_session(rig, 1, NULL, NULL);
	struct read_back rb = {};

	give_fact(rig, 1ULL << a | 1ULL << b, 1);
	give_call(rig, 1ULL << a | 1ULL << b | 1ULL << 63, 0);
	hub_close(rig->hub, a, NULL);
	hub_close(rig->hub, b, NULL);
	take_all(rig, 1, &rb);
	assert_int_equal(rb.count[TR_SYSCALL], 1);
	assert_int_equal(rb.bits, 1ULL << b);
}

static void test_64_sessions(void **state)
{
	struct rig *rig = *state;
	char err[FILTER_ERR_LEN] = "";
	struct hub_stats stats;
	struct filter f;
	int last;

	for (unsigned int i = 0; i < TR_MAX_SESSIONS; i++)
		assert_true(open_session(rig, i, "comm", "x") >= 0);
	assert_true(rig->backend.added == ~0ULL);
	filter_init(&f);
	assert_int_equal(hub_open(rig->hub, &f, to(rig, TR_MAX_SESSIONS), err), -EBUSY);
	assert_non_null(strstr(err, "64"));
	assert_int_equal(rig->backend.adds, TR_MAX_SESSIONS);
	hub_stats(rig->hub, &stats);
	assert_int_equal(stats.sessions, TR_MAX_SESSIONS);

	hub_close(rig->hub, 17, NULL);
	last = open_session(rig, TR_MAX_SESSIONS, NULL, NULL);
	assert_int_equal(last, 17);
	for (int i = 0; i < TR_MAX_SESSIONS; i++)
		hub_close(rig->hub, i, NULL);
	assert_int_equal(rig->backend.added, 0);
	hub_stats(rig->hub, &stats);
	assert_int_equal(stats.sessions, 0);
}

/* The kernel may still have records of a session that has just ended: its bit is not given out soon. */
static void test_bits_are_reused_late(void **state)
{
	struct rig *rig = *state;
	int first = open_session(rig, 0, NULL, NULL), second;

	hub_close(rig->hub, first, NULL);
	second = open_session(rig, 0, NULL, NULL);
	assert_int_not_equal(first, second);
	give_call(rig, 1ULL << first, 0);
	hub_close(rig->hub, second, NULL);
	assert_int_equal(evbuffer_get_length(rig->out[0]), 0);
}

/* Where it must be, it begins with nothing of what was made for the one before. */
static void test_bit_of_another(void **state)
{
	struct rig *rig = *state;
	const uint64_t args[TR_MAX_ARGS] = {};
	struct build b;

	for (unsigned int i = 0; i < TR_MAX_SESSIONS; i++)
		assert_true(open_session(rig, i, NULL, NULL) >= 0);
	hub_close(rig->hub, 17, NULL);
	build_nr(&b, 1, 0, args);
	b.h.sessions = 1ULL << 17;
	rig->backend.ringed = &b.h;
	assert_int_equal(open_session(rig, TR_MAX_SESSIONS, NULL, NULL), 17);
	hub_drain(rig->hub, true);
	for (int i = 0; i < TR_MAX_SESSIONS; i++)
		hub_close(rig->hub, i, NULL);
	assert_int_equal(evbuffer_get_length(rig->out[TR_MAX_SESSIONS]), 0);
}

static void test_backend_refuses(void **state)
{
	struct rig *rig = *state;
	char err[FILTER_ERR_LEN] = "";
	struct hub_stats stats;
	struct filter f;

	rig->backend.refuse = -ENOENT;
	filter_init(&f);
	assert_int_equal(filter_set(&f, "cgroup", "/gone", err), 0);
	assert_int_equal(hub_open(rig->hub, &f, to(rig, 0), err), -ENOENT);
	assert_string_equal(err, "the fake refuses");
	hub_stats(rig->hub, &stats);
	assert_int_equal(stats.sessions, 0);
	rig->backend.refuse = 0;
	assert_true(open_session(rig, 0, "pid", "42") >= 0);
	assert_int_equal(rig->backend.filters[1]->pid.v[0], 42);
	hub_close(rig->hub, 1, NULL);
}

static void test_stop_then_close(void **state)
{
	struct rig *rig = *state;
	int s = open_session(rig, 0, NULL, NULL);
	struct hub_session_stats stats;
	struct read_back rb = {};
	struct tr_end end;

	hub_stop(rig->hub, s);
	assert_int_equal(rig->backend.added, 0);
	give_call(rig, 1ULL << s, 9); /* was made before and is drained only now */
	hub_close(rig->hub, s, &end);
	take_all(rig, 0, &rb);
	assert_int_equal(rb.last_ret, 9);
	assert_int_equal(end.produced, 1);
	assert_int_equal(hub_session_stats(rig->hub, s, &stats), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_bits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_own_bit_only, setup, teardown),
		cmocka_unit_test_setup_teardown(test_64_sessions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bits_are_reused_late, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bit_of_another, setup, teardown),
		cmocka_unit_test_setup_teardown(test_backend_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stop_then_close, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

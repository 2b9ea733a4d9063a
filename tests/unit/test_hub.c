/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_hub.c - sessions and their queues, fed by a backend that does nothing but remember what it was
 * told. Whatever a client takes or leaves: made = delivered + lost, and the stream says where.
 */
#include "hub.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <core/rec.h>
#include "build.h"

#define QUEUE (1u << 20)
#define RESERVE (QUEUE / 4)

/* The only backend of these tests: a test hands it records through the hub's sink. */
struct backend {
	uint64_t added;	/* bits of live sessions */
	unsigned int adds, retells;
	int refuse;	/* what session_add returns */
	const struct filter *filters[TR_MAX_SESSIONS];
	struct sink sink;
	const struct tr_hdr *ringed; /* comes with the next drain */
};

static int fake_drain(struct backend *b, bool all)
{
	const struct tr_hdr *rec = b->ringed;

	(void)all;
	b->ringed = NULL;
	if (rec)
		b->sink.record(b->sink.ctx, rec);
	return rec != NULL;
}

static int fake_add(struct backend *b, unsigned int session, const struct filter *f,
		    const struct watcher *who, char *err)
{
	(void)who;
	if (b->refuse) {
		snprintf(err, FILTER_ERR_LEN, "the fake refuses");
		return b->refuse;
	}
	b->added |= 1ULL << session;
	b->filters[session] = f;
	b->adds++;
	return 0;
}

static void fake_del(struct backend *b, unsigned int session)
{
	b->added &= ~(1ULL << session);
}

static void fake_retell(struct backend *b)
{
	b->retells++;
}

static const struct backend_ops fake_ops = {
	.name = "fake",
	.drain = fake_drain,
	.session_add = fake_add,
	.session_del = fake_del,
	.retell = fake_retell,
};

struct rig {
	struct backend backend;
	struct hub *hub;
	struct sink sink;
	struct evbuffer *out[TR_MAX_SESSIONS + 1];
	struct hub_user user;
};

static int setup(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	if (!rig)
		return -1;
	rig->hub = hub_new(&fake_ops, QUEUE);
	hub_start(rig->hub, &rig->backend);
	rig->sink = rig->backend.sink = hub_sink(rig->hub);
	for (unsigned int i = 0; i <= TR_MAX_SESSIONS; i++)
		rig->out[i] = evbuffer_new();
	*state = rig;
	return 0;
}

/* The order of the daemon: clients go first, then the hub, whose pool their chunks return to. */
static int teardown(void **state)
{
	struct rig *rig = *state;

	for (unsigned int i = 0; i <= TR_MAX_SESSIONS; i++)
		evbuffer_free(rig->out[i]);
	hub_free(rig->hub);
	free(rig);
	return 0;
}

static const struct hub_user *to(struct rig *rig, unsigned int out)
{
	static const struct watcher who;

	rig->user = (struct hub_user){.out = rig->out[out], .who = &who, .payload = PAYLOAD_FULL};
	return &rig->user;
}

static int open_session(struct rig *rig, unsigned int out, const char *key, const char *value)
{
	char err[FILTER_ERR_LEN] = "";
	struct filter f;
	int r;

	filter_init(&f);
	if (key)
		assert_int_equal(filter_set(&f, key, value, err), 0);
	r = hub_open(rig->hub, &f, to(rig, out), err);
	if (r < 0)
		assert_string_not_equal(err, "");
	return r;
}

static void give_call(struct rig *rig, uint64_t sessions, int64_t ret)
{
	const uint64_t args[TR_MAX_ARGS] = {};
	struct build b;

	build_nr(&b, 1, ret, args);
	b.h.sessions = sessions;
	rig->sink.record(rig->sink.ctx, &b.h);
}

static void give_fact(struct rig *rig, uint64_t sessions, uint32_t tid)
{
	struct build b;

	build_task(&b, tid, "fact");
	b.h.sessions = sessions;
	rig->sink.record(rig->sink.ctx, &b.h);
}

/* What a client read: records by type, and what the TR_LOST among them say. */
struct read_back {
	unsigned int frames, count[TR_TYPE_MAX];
	uint64_t told[TR_LOST_WHERES];
	uint64_t bits; /* of sessions, in any record */
	uint64_t lost_ns; /* of the latest TR_LOST */
	int64_t last_ret;
	bool lost_before_last; /* the last call comes right after a TR_LOST or TR_RESET */
	bool reset_before_last;
	unsigned int facts_after_reset;
};

static void read_record(struct read_back *rb, const struct tr_hdr *rec, unsigned int before)
{
	assert_in_range(rec->type, 1, TR_TYPE_MAX - 1);
	rb->count[rec->type]++;
	rb->bits |= rec->sessions;
	if (rec->type == TR_LOST) {
		const struct tr_lost *lost = (const struct tr_lost *)rec;

		assert_in_range(lost->where, 0, TR_LOST_WHERES - 1);
		assert_int_not_equal(lost->count, 0);
		rb->told[lost->where] += lost->count;
		rb->lost_ns = rec->time_ns;
	} else if (rec->type == TR_SYSCALL) {
		rb->last_ret = ((const struct tr_syscall *)rec)->ret;
		rb->lost_before_last = before == TR_LOST || before == TR_RESET;
		rb->reset_before_last = before == TR_RESET;
	} else if (rec->type == TR_RESET) {
		rb->facts_after_reset = 0;
	} else if (rec->type == TR_TASK) {
		rb->facts_after_reset++;
	}
}

static void read_frames(struct read_back *rb, const uint8_t *p, size_t n)
{
	unsigned int before = 0;

	while (n) {
		struct tr_frame f;

		assert_true(n >= sizeof(f));
		memcpy(&f, p, sizeof(f));
		assert_int_equal(f.type, TR_FRAME_RECORDS);
		assert_in_range(f.len, sizeof(f) + 8, TR_FRAME_MAX);
		assert_true(f.len <= n);
		rb->frames++;
		for (size_t at = sizeof(f); at < f.len;) {
			const struct tr_hdr *rec = rec_check(p + at, f.len - at);

			assert_non_null(rec);
			read_record(rb, rec, before);
			before = rec->type;
			at += rec->len;
		}
		p += f.len;
		n -= f.len;
	}
}

static void take_all(struct rig *rig, unsigned int out, struct read_back *rb)
{
	size_t n = evbuffer_get_length(rig->out[out]);
	uint8_t *copy = malloc(n + 1); /* aligned, which a buffer in pieces is not */

	assert_non_null(copy);
	assert_int_equal(evbuffer_remove(rig->out[out], copy, n), (int)n);
	read_frames(rb, copy, n);
	free(copy);
}

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
		cmocka_unit_test_setup_teardown(test_slow_client, setup, teardown),
		cmocka_unit_test_setup_teardown(test_halting_client, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lagging_until_half, setup, teardown),
		cmocka_unit_test_setup_teardown(test_others_unharmed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_facts_not_counted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_facts_in_reserve, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reset_after_facts_were_dropped, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ring_losses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rate, setup, teardown),
		cmocka_unit_test_setup_teardown(test_own_bit_only, setup, teardown),
		cmocka_unit_test_setup_teardown(test_few_frames_for_slow_clients, setup, teardown),
		cmocka_unit_test_setup_teardown(test_own_queue_size, setup, teardown),
		cmocka_unit_test_setup_teardown(test_64_sessions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bits_are_reused_late, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bit_of_another, setup, teardown),
		cmocka_unit_test_setup_teardown(test_backend_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stop_then_close, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

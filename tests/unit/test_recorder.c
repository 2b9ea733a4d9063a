/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_recorder.c - flight recorders, fed by a backend that does nothing: what they keep, for how long, what goes
 * with the oldest, and when they are to be saved.
 */
#include "recorder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <core/rec.h>
#include "build.h"

#define SECOND 1000000000ULL

struct backend {
	bool refuses;
	unsigned int sessions;
};

static int fake_drain(struct backend *b, bool all)
{
	(void)b;
	(void)all;
	return 0;
}

static int fake_add(struct backend *b, unsigned int session, const struct filter *f,
		    const struct watcher *who, char *err)
{
	(void)session;
	assert_true(f->fds && f->ret_fds && !who->limited);
	if (b->refuses) {
		snprintf(err, FILTER_ERR_LEN, "the fake refuses");
		return -EBUSY;
	}
	b->sessions++;
	return 0;
}

static void fake_del(struct backend *b, unsigned int session)
{
	(void)session;
	b->sessions--;
}

static void fake_retell(struct backend *b)
{
	(void)b;
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
	struct config_recorder config;
	struct recorder *recorder;
	struct payload_map map;
};

static int setup(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	if (!rig)
		return -1;
	rig->hub = hub_new(&fake_ops, 1u << 20);
	hub_start(rig->hub, &rig->backend);
	rig->sink = hub_sink(rig->hub);
	rig->config = (struct config_recorder){.name = "r", .memory_mb = 1, .payload = PAYLOAD_FULL};
	payload_map_init(&rig->map);
	*state = rig;
	return 0;
}

static int teardown(void **state)
{
	struct rig *rig = *state;

	recorder_free(rig->recorder);
	assert_int_equal(rig->backend.sessions, 0);
	hub_free(rig->hub);
	free(rig);
	return 0;
}

static void start(struct rig *rig)
{
	char err[FILTER_ERR_LEN];

	rig->recorder = recorder_new(rig->hub, &rig->config);
	assert_non_null(rig->recorder);
	assert_int_equal(recorder_open(rig->recorder, err), 0);
	assert_true(recorder_is_open(rig->recorder));
}

static void give(struct rig *rig, struct build *b, uint64_t time_ns)
{
	b->h.sessions = ~0ULL;
	b->h.time_ns = time_ns;
	rig->sink.record(rig->sink.ctx, &b->h);
}

static void give_call(struct rig *rig, int64_t ret, uint64_t time_ns)
{
	struct build b;

	BUILD_CALL(&b, "openat", ret, 0);
	build_str(&b, 1, "/some/path");
	give(rig, &b, time_ns);
}

/* Calls that return first, first + 1, ..., until so many bytes were given; the next one's number. */
static int64_t give_bytes(struct rig *rig, int64_t first, size_t bytes, uint64_t time_ns)
{
	struct build b;

	BUILD_CALL(&b, "openat", 0, 0);
	build_str(&b, 1, "/some/path");
	for (size_t given = 0; given < bytes; given += b.h.len)
		give_call(rig, first++, time_ns);
	return first;
}

static void give_task(struct rig *rig, uint32_t tid, const char *comm)
{
	struct build b;

	build_task(&b, tid, comm);
	b.h.tgid = tid;
	give(rig, &b, SECOND);
}

/* What a copy holds. */
struct held {
	unsigned int calls, items;
	int64_t first, last;
	char tasks[64]; /* before the first call */
};

static void read_record(struct held *h, const struct tr_hdr *rec)
{
	const struct tr_syscall *call = (const struct tr_syscall *)rec;
	size_t len = strlen(h->tasks);

	if (rec->type == TR_TASK && !h->calls)
		snprintf(h->tasks + len, sizeof(h->tasks) - len, "%u=%s ", rec->tid,
			 ((const struct tr_task *)rec)->comm);
	if (rec->type != TR_SYSCALL)
		return;
	if (!h->calls++)
		h->first = call->ret;
	else
		assert_int_equal(call->ret, h->last + 1); /* none is missing in between */
	h->last = call->ret;
	h->items += call->nitems;
}

static struct held copy(struct rig *rig, enum config_payload level)
{
	struct evbuffer *to = evbuffer_new();
	struct held h = {};
	size_t n, at = 0;
	uint8_t *all;

	assert_int_equal(recorder_copy(rig->recorder, &rig->map, level, to), 0);
	n = evbuffer_get_length(to);
	all = malloc(n + 1);
	assert_int_equal(evbuffer_remove(to, all, n), (int)n);
	while (at < n) {
		struct tr_frame f;
		size_t end;

		memcpy(&f, all + at, sizeof(f));
		assert_int_equal(f.type, TR_FRAME_RECORDS);
		assert_in_range(f.len, sizeof(f) + 8, n - at);
		end = at + f.len;
		for (at += sizeof(f); at < end; at += ((const struct tr_hdr *)(all + at))->len) {
			assert_non_null(rec_check(all + at, end - at));
			read_record(&h, (const struct tr_hdr *)(all + at));
		}
	}
	free(all);
	evbuffer_free(to);
	return h;
}

static struct recorder_stats stats(const struct rig *rig)
{
	struct recorder_stats s;

	recorder_stats(rig->recorder, &s);
	return s;
}

static void nothing_yet(void **state)
{
	struct rig *rig = *state;

	start(rig);
	assert_int_equal(copy(rig, PAYLOAD_FULL).calls, 0);
	assert_int_equal(stats(rig).bytes, 0);
	assert_int_equal(stats(rig).held_ns, 0);
	recorder_expire(rig->recorder, 1000 * SECOND);
}

/* Also what is in no frame yet; and it stays, however often it is asked. */
static void the_latest_is_there(void **state)
{
	struct rig *rig = *state;
	struct held h;

	start(rig);
	give_task(rig, BUILD_PID, "cat");
	give_call(rig, 1, 5 * SECOND);
	give_call(rig, 2, 8 * SECOND);
	for (int i = 0; i < 2; i++) {
		h = copy(rig, PAYLOAD_FULL);
		assert_int_equal(h.calls, 2);
		assert_int_equal(h.items, 2);
		assert_string_equal(h.tasks, "1234=cat ");
	}
	assert_int_equal(stats(rig).records, 2);
}

static void the_oldest_go(void **state)
{
	struct rig *rig = *state;
	struct held h;
	int64_t next;

	start(rig);
	give_task(rig, BUILD_PID, "cat");
	next = give_bytes(rig, 1, 3u << 20, SECOND);
	h = copy(rig, PAYLOAD_FULL);
	assert_int_equal(h.last, next - 1);
	assert_in_range(h.first, next / 2, next - 1);
	assert_string_equal(h.tasks, "1234=cat "); /* which was told in a frame that is gone */
	assert_in_range(stats(rig).bytes, 1u << 19, (1u << 20) + HUB_FRAME_SIZE);
	assert_int_equal(stats(rig).records, next - 1);
	assert_int_equal(stats(rig).lost, 0);
}

static void a_fact_that_ended_goes(void **state)
{
	struct rig *rig = *state;
	struct build b;

	start(rig);
	give_task(rig, BUILD_PID, "cat");
	give_task(rig, 99, "gone");
	build_begin(&b, TR_EXIT, sizeof(b.exit));
	b.h.tgid = b.h.tid = 99;
	b.exit.last = 1;
	give(rig, &b, SECOND);
	give_bytes(rig, 1, 3u << 20, SECOND);
	assert_string_equal(copy(rig, PAYLOAD_FULL).tasks, "1234=cat ");
}

static void what_is_too_old_goes(void **state)
{
	struct rig *rig = *state;
	int64_t middle, next;
	struct held h;

	rig->config.seconds = 10;
	start(rig);
	middle = give_bytes(rig, 1, 2 * HUB_FRAME_SIZE, 100 * SECOND);
	next = give_bytes(rig, middle, 2 * HUB_FRAME_SIZE, 120 * SECOND);
	assert_int_equal(stats(rig).held_ns, 20 * SECOND);
	recorder_expire(rig->recorder, 109 * SECOND);
	assert_int_equal(copy(rig, PAYLOAD_FULL).first, 1);
	recorder_expire(rig->recorder, 111 * SECOND); /* a frame goes when all of it is too old */
	h = copy(rig, PAYLOAD_FULL);
	assert_in_range(h.first, 2, middle);
	assert_int_equal(h.last, next - 1);
	recorder_expire(rig->recorder, 131 * SECOND);
	assert_in_range(copy(rig, PAYLOAD_FULL).first, middle, next - 1);
}

static void less_for_others(void **state)
{
	struct rig *rig = *state;
	int64_t next;
	struct held h;

	start(rig);
	give_task(rig, BUILD_PID, "cat");
	next = give_bytes(rig, 1, 3u << 20, SECOND);
	h = copy(rig, PAYLOAD_OFF);
	assert_int_equal(h.last, next - 1);
	assert_int_equal(h.calls, copy(rig, PAYLOAD_FULL).calls);
	assert_int_equal(h.items, 0);
	assert_string_equal(h.tasks, "1234=cat ");
	assert_int_equal(copy(rig, PAYLOAD_METADATA).items, h.calls); /* a path is no contents */
}

static bool is_due(struct rig *rig, uint64_t now_ns, const char *expected)
{
	char why[RECORDER_WHY_LEN] = "";

	if (!recorder_is_due(rig->recorder, now_ns, why))
		return false;
	assert_string_equal(why, expected);
	return true;
}

static void saved_when(void **state)
{
	struct rig *rig = *state;

	strcpy(rig->config.save_on, "ENOENT");
	rig->config.save_after = 2;
	rig->config.save_pause = 5;
	start(rig);
	give_call(rig, -EACCES, 10 * SECOND);
	assert_false(is_due(rig, UINT64_MAX, ""));
	give_call(rig, -ENOENT, 10 * SECOND);
	give_call(rig, -ENOENT, 11 * SECOND); /* does not put it off */
	assert_false(is_due(rig, 12 * SECOND - 1, ""));
	assert_true(is_due(rig, 12 * SECOND, "process 1234 failed with ENOENT in openat"));
	assert_false(is_due(rig, UINT64_MAX, "")); /* once */
	give_call(rig, -ENOENT, 14 * SECOND);
	assert_false(is_due(rig, UINT64_MAX, "")); /* in the pause */
	give_call(rig, -ENOENT, 15 * SECOND);
	assert_true(is_due(rig, 17 * SECOND, "process 1234 failed with ENOENT in openat"));
	assert_int_equal(stats(rig).triggers, 4);
}

static void refused(void **state)
{
	char err[FILTER_ERR_LEN] = "";
	struct rig *rig = *state;

	rig->backend.refuses = true;
	rig->recorder = recorder_new(rig->hub, &rig->config);
	assert_int_equal(recorder_open(rig->recorder, err), -EBUSY);
	assert_string_equal(err, "the fake refuses");
	assert_false(recorder_is_open(rig->recorder));
	rig->backend.refuses = false;
	assert_int_equal(recorder_open(rig->recorder, err), 0);
	recorder_free(rig->recorder);
	strcpy(rig->config.filter, "--nonsense");
	rig->recorder = recorder_new(rig->hub, &rig->config);
	assert_int_equal(recorder_open(rig->recorder, err), -EINVAL);
	recorder_free(rig->recorder);
	*rig->config.filter = '\0';
	strcpy(rig->config.save_on, "nonsense");
	rig->recorder = recorder_new(rig->hub, &rig->config);
	assert_int_equal(recorder_open(rig->recorder, err), -EINVAL);
	assert_int_equal(rig->backend.sessions, 0);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(nothing_yet),	      CASE(the_latest_is_there), CASE(the_oldest_go),
		CASE(a_fact_that_ended_goes), CASE(what_is_too_old_goes), CASE(less_for_others),
		CASE(saved_when),	      CASE(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

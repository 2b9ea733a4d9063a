/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hub_rig.h - a hub for tests: fed by a backend that does nothing but remember what it was told, and read as clients
 * read it.
 */
#ifndef HUB_RIG_H
#define HUB_RIG_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <core/rec.h>
#include "build.h"
#include "hub.h"

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

static inline int setup(void **state)
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
static inline int teardown(void **state)
{
	struct rig *rig = *state;

	for (unsigned int i = 0; i <= TR_MAX_SESSIONS; i++)
		evbuffer_free(rig->out[i]);
	hub_free(rig->hub);
	free(rig);
	return 0;
}

static inline const struct hub_user *to(struct rig *rig, unsigned int out)
{
	static const struct watcher who;

	rig->user = (struct hub_user){.out = rig->out[out], .who = &who, .payload = PAYLOAD_FULL};
	return &rig->user;
}

static inline int open_session(struct rig *rig, unsigned int out, const char *key, const char *value)
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

static inline void give_call(struct rig *rig, uint64_t sessions, int64_t ret)
{
	const uint64_t args[TR_MAX_ARGS] = {};
	struct build b;

	build_nr(&b, 1, ret, args);
	b.h.sessions = sessions;
	rig->sink.record(rig->sink.ctx, &b.h);
}

static inline void give_fact(struct rig *rig, uint64_t sessions, uint32_t tid)
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

static inline void read_record(struct read_back *rb, const struct tr_hdr *rec, unsigned int before)
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

static inline void read_frames(struct read_back *rb, const uint8_t *p, size_t n)
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

static inline void take_all(struct rig *rig, unsigned int out, struct read_back *rb)
{
	size_t n = evbuffer_get_length(rig->out[out]);
	uint8_t *copy = malloc(n + 1); /* aligned, which a buffer in pieces is not */

	assert_non_null(copy);
	assert_int_equal(evbuffer_remove(rig->out[out], copy, n), (int)n);
	read_frames(rb, copy, n);
	free(copy);
}

#endif

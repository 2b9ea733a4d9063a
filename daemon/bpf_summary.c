/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bpf_summary.c - reads what the programs counted. The counts of an interval have an epoch in their key:
 * the interval ends when the epoch rises, and is read, and deleted, when no program can still be
 * adding to it. So nothing is lost between reading and deleting.
 */
#include "backend_bpf.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <core/clock.h>
#include <core/newer.h>

void bpf_summary_begin(struct backend *b)
{
	__atomic_add_fetch(&b->cfg->summary_epoch, 1, __ATOMIC_SEQ_CST);
	b->epoch_ns = tr_now_ns();
}

static void place_clear(struct tr_summary_place *place)
{
	place->sum = (struct tr_summary){ .min_ns = UINT64_MAX };
	__atomic_store_n(&place->id, 0, __ATOMIC_RELEASE);
}

void bpf_summary_open(struct backend *b)
{
	for (unsigned int i = 0; i < TR_SUMMARY_PLACES; i++)
		place_clear(&b->places[i]);
}

/* The key of what is in the place; false: nothing is. */
static bool place_key(const struct tr_summary_place *place, struct tr_summary_key *key)
{
	uint64_t id = __atomic_load_n(&place->id, __ATOMIC_ACQUIRE);

	if (!id || id == TR_PLACE_TAKEN)
		return false;
	memcpy(key, &id, sizeof(id));
	key->epoch = place->epoch;
	return true;
}

struct due {
	struct tr_summary_key *keys;
	size_t n, cap;
};

static bool due_add(struct due *due, const struct tr_summary_key *key)
{
	size_t cap = due->cap ? 2 * due->cap : 4096;
	struct tr_summary_key *more;

	if (due->n == due->cap) {
		more = realloc(due->keys, cap * sizeof(*more));
		if (!more)
			return false;
		due->keys = more;
		due->cap = cap;
	}
	due->keys[due->n++] = *key;
	return true;
}

/*
 * Of epochs that have ended, or of all. Older ones are read along: a client that asked twice got them late, not never.
 */
static bool is_due(const struct backend *b, const struct tr_summary_key *key, uint64_t sessions, bool all)
{
	return sessions & bit(key->session) && (all || key->epoch != b->cfg->summary_epoch);
}

/* The keys of these sessions that are in the map. */
static int find_due(struct backend *b, uint64_t sessions, bool all, struct due *due)
{
	struct tr_summary_key key, *prev = NULL;

	while (!bpf_map_get_next_key(b->maps.summaries, prev, &key)) {
		prev = &key;
		if (is_due(b, &key, sessions, all) && !due_add(due, &key))
			return -ENOMEM;
	}
	return 0;
}

struct reader {
	struct backend *b;
	unsigned int session;
	summary_fn *fn;
	void *ctx;
};

static void read_one(const struct reader *r, const struct tr_summary_key *key, const struct tr_summary *sum)
{
	if (key->nr >= NEWER_FIRST && key->nr < TR_NR_MAX && sum->errors < sum->calls &&
	    !sc_find(key->abi, key->nr))
		bpf_newer_tell(r->b, key->nr, bit(r->session), tr_now_ns());
	r->fn(r->ctx, key, sum);
}

static void read_places(const struct reader *r)
{
	struct tr_summary_key key;

	for (unsigned int i = 0; i < TR_SUMMARY_PLACES; i++) {
		struct tr_summary_place *place = &r->b->places[i];

		if (!place_key(place, &key) || !is_due(r->b, &key, bit(r->session), false))
			continue;
		read_one(r, &key, &place->sum);
		place_clear(place);
	}
}

int64_t bpf_summary_end(struct backend *b, unsigned int session, summary_fn *fn, void *ctx)
{
	const struct reader reader = { .b = b, .session = session, .fn = fn, .ctx = ctx };
	struct due due = {};
	struct tr_summary sum;
	int64_t uncounted;

	if (tr_now_ns() - b->epoch_ns < BACKEND_GRACE_NS)
		return -EAGAIN;
	bpf_summary_settle(b, session);
	if (find_due(b, bit(session), false, &due)) {
		free(due.keys);
		return -ENOMEM;
	}
	read_places(&reader);
	for (size_t i = 0; i < due.n; i++) {
		if (bpf_map_lookup_elem(b->maps.summaries, &due.keys[i], &sum))
			continue;
		bpf_map_delete_elem(b->maps.summaries, &due.keys[i]);
		read_one(&reader, &due.keys[i], &sum);
	}
	free(due.keys);
	uncounted = b->uncounted[session];
	b->uncounted[session] = 0;
	return uncounted;
}

/* What the map has of them, at once: who adds to it at this moment adds to what is freed later. */
static void drop_map(struct backend *b, uint64_t sessions)
{
	struct due due = {};

	find_due(b, sessions, true, &due);
	for (size_t i = 0; i < due.n; i++)
		bpf_map_delete_elem(b->maps.summaries, &due.keys[i]);
	free(due.keys);
}

void bpf_summary_drop(struct backend *b, unsigned int session)
{
	drop_map(b, bit(session));
	bpf_newer_forget(b, bit(session)); /* the counts are read after session_del */
	b->dropped |= bit(session);
	b->dropped_ns = tr_now_ns();
}

/*
 * What sessions that are gone have places for, when no program can still be adding to these: that of a bit which is to
 * be another's has been gone for long enough.
 */
void bpf_summary_settle(struct backend *b, unsigned int session)
{
	bool all = tr_now_ns() - b->dropped_ns >= BACKEND_GRACE_NS;
	uint64_t settled = b->dropped & (all ? UINT64_MAX : bit(session));
	struct tr_summary_key key;

	if (!settled)
		return;
	for (unsigned int i = 0; i < TR_SUMMARY_PLACES; i++)
		if (place_key(&b->places[i], &key) && settled & bit(key.session))
			place_clear(&b->places[i]);
	drop_map(b, settled); /* of who began to count when it was dropped */
	b->dropped &= ~settled;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hub.c - see hub.h. Records are gathered in chunks, each one frame; a full chunk is handed to the
 * session's evbuffer by reference and comes back to the pool when the socket has taken it.
 */
#include "hub.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <core/clock.h>
#include <core/rec.h>
#include "payload.h"

#define CHUNK_SIZE HUB_FRAME_SIZE
#define SPARE_SIZE (4 * CHUNK_SIZE) /* libevent asks for as much as the buffer before had */
#define POOL_MAX 64 /* chunks that are kept for reuse: 8 MB */

struct chunk {
	struct chunk *next;
	struct hub *hub;
	uint32_t len;
	uint32_t records; /* in it, facts not counted */
	_Alignas(8) uint8_t data[CHUNK_SIZE];
};

struct session {
	bool used;
	bool lagging;	  /* the queue is full: drop until half of it is free */
	bool forgotten;	  /* a fact was dropped: TR_RESET goes first */
	struct filter filter;
	struct evbuffer *out;
	enum config_payload payload;
	struct hub_rate *rate; /* NULL: no limit */
	const struct hub_keeper *keeper; /* NULL: a client */
	struct chunk *chunk; /* being filled, NULL: none */
	size_t limit;
	uint64_t delivered, lost;
	uint64_t last_ns; /* when the latest record was made */
	uint64_t unsaid[TR_LOST_WHERES]; /* losses to be told in the stream, by enum tr_lost_where */
};

struct hub {
	const struct backend_ops *ops;
	struct backend *backend;
	uint32_t queue_bytes;
	struct chunk *pool;
	unsigned int npool;
	unsigned int next_bit; /* bits are reused as late as possible */
	uint64_t closed_ns[TR_MAX_SESSIONS]; /* when the session that had the bit ended, 0: none did */
	uint64_t delivered, lost;
	bool retell;
	bool filling; /* a queue had little room left when it was looked at last */
	struct payload_map payloads;
	struct session sessions[TR_MAX_SESSIONS];
};

struct hub *hub_new(const struct backend_ops *ops, uint32_t queue_bytes)
{
	struct hub *h = calloc(1, sizeof(*h));

	if (h) {
		h->ops = ops;
		h->queue_bytes = queue_bytes;
		payload_map_init(&h->payloads);
	}
	return h;
}

void hub_start(struct hub *h, struct backend *b)
{
	h->backend = b;
}

void hub_free(struct hub *h)
{
	struct chunk *c;

	if (!h)
		return;
	while ((c = h->pool)) {
		h->pool = c->next;
		free(c);
	}
	free(h);
}

/* Not the last of the memory: where it ends records are lost, but clients still get answers. */
static struct chunk *chunk_new(struct hub *h)
{
	void *spare = malloc(SPARE_SIZE);
	struct chunk *c = spare ? malloc(sizeof(*c)) : NULL;

	free(spare);
	if (c)
		c->hub = h;
	return c;
}

static struct chunk *chunk_get(struct hub *h)
{
	struct chunk *c = h->pool;

	if (c) {
		h->pool = c->next;
		h->npool--;
	} else {
		c = chunk_new(h);
		if (!c)
			return NULL;
	}
	c->len = sizeof(struct tr_frame);
	c->records = 0;
	return c;
}

static void chunk_put(struct chunk *c)
{
	struct hub *h = c->hub;

	if (h->npool == POOL_MAX) {
		free(c);
		return;
	}
	c->next = h->pool;
	h->pool = c;
	h->npool++;
}

static void chunk_sent(const void *data, size_t len, void *arg)
{
	(void)data;
	(void)len;
	chunk_put(arg);
}

static void seal(struct session *s)
{
	struct chunk *c = s->chunk;
	struct tr_frame *f;

	if (!c)
		return;
	s->chunk = NULL;
	f = (struct tr_frame *)c->data;
	*f = (struct tr_frame){.len = c->len, .type = TR_FRAME_RECORDS};
	if (c->len > sizeof(*f) && !evbuffer_add_reference(s->out, c->data, c->len, chunk_sent, c)) {
		if (s->keeper)
			s->keeper->sealed(s->keeper->ctx);
		return;
	}
	/* Without memory all of it is lost, and facts were in it. */
	s->delivered -= c->records;
	s->lost += c->records;
	s->unsaid[TR_LOST_CLIENT] += c->records;
	s->forgotten |= c->len > sizeof(*f);
	chunk_put(c);
}

/* Not even one chunk more than that which is being filled. */
static bool is_filling(const struct session *s, size_t queued)
{
	return queued + 2 * CHUNK_SIZE > s->limit;
}

/* Room for n bytes, NULL if the queue may not grow: facts may use a quarter more than the rest. */
static void *room(struct hub *h, struct session *s, uint32_t n, bool fact)
{
	size_t queued;

	if (s->chunk && CHUNK_SIZE - s->chunk->len >= n)
		return s->chunk->data + s->chunk->len;
	seal(s);
	queued = evbuffer_get_length(s->out);
	if (is_filling(s, queued))
		h->filling = true;
	if (queued + CHUNK_SIZE > (fact ? s->limit + s->limit / 4 : s->limit))
		return NULL;
	s->chunk = chunk_get(h);
	return s->chunk ? s->chunk->data + s->chunk->len : NULL;
}

/* Which other sessions a record is for is nobody's business. */
static bool put(struct hub *h, struct session *s, const struct tr_hdr *rec, bool fact)
{
	struct tr_hdr *p = room(h, s, rec->len, fact);

	if (!p)
		return false;
	s->chunk->len += payload_copy(&h->payloads, p, rec, s->payload);
	p->sessions = 1ULL << (s - h->sessions);
	return true;
}

static bool take_rate(struct hub_rate *rate, uint64_t now_ns)
{
	if (!rate || !rate->limit)
		return true;
	if (now_ns - rate->since_ns >= 1000000000ULL) {
		rate->since_ns = now_ns;
		rate->used = 0;
	}
	return rate->used < rate->limit && ++rate->used;
}

/* A slow client gets no record until it has taken half of its queue: gaps are few and long. */
static bool is_lagging(struct session *s)
{
	if (s->lagging && evbuffer_get_length(s->out) < s->limit / 2)
		s->lagging = false;
	return s->lagging;
}

static bool has_unsaid(const struct session *s)
{
	for (unsigned int where = 0; where < TR_LOST_WHERES; where++)
		if (s->unsaid[where])
			return true;
	return false;
}

static void say_lost(struct hub *h, struct session *s, uint64_t time_ns)
{
	for (unsigned int where = 0; where < TR_LOST_WHERES; where++) {
		struct tr_lost r = {
			.h = {.len = sizeof(r), .type = TR_LOST, .time_ns = time_ns},
			.count = s->unsaid[where],
			.where = where,
		};

		if (s->unsaid[where] && put(h, s, &r.h, true))
			s->unsaid[where] = 0;
	}
}

static void say_forget(struct hub *h, struct session *s, uint64_t time_ns)
{
	struct tr_hdr r = {.len = sizeof(r), .type = TR_RESET, .time_ns = time_ns};

	if (!put(h, s, &r, true))
		return;
	s->forgotten = false;
	h->retell = true;
}

static void lose(struct session *s, enum tr_lost_where where)
{
	s->lost++;
	s->unsaid[where]++;
}

static void session_record(struct hub *h, struct session *s, const struct tr_hdr *rec)
{
	bool fact = rec_is_fact(rec);

	if (!payload_allows(&h->payloads, rec, s->payload))
		return;
	s->last_ns = rec->time_ns;
	if (!fact) {
		if (!take_rate(s->rate, rec->time_ns)) {
			lose(s, TR_LOST_RATE);
			return;
		}
		if (is_lagging(s)) {
			lose(s, TR_LOST_CLIENT);
			return;
		}
		if (has_unsaid(s))
			say_lost(h, s, rec->time_ns);
		if (s->forgotten)
			say_forget(h, s, rec->time_ns);
	}
	if (put(h, s, rec, fact)) {
		s->delivered += !fact;
		s->chunk->records += !fact;
		if (s->keeper)
			s->keeper->record(s->keeper->ctx, rec);
		return;
	}
	if (fact) {
		s->forgotten = true;
		return;
	}
	s->lagging = true;
	lose(s, TR_LOST_CLIENT);
}

static void on_record(void *ctx, const struct tr_hdr *rec)
{
	uint64_t mask = rec->sessions;
	struct hub *h = ctx;

	while (mask) {
		unsigned int i = __builtin_ctzll(mask);

		mask &= mask - 1;
		if (h->sessions[i].used)
			session_record(h, &h->sessions[i], rec);
	}
}

static void on_lost(void *ctx, unsigned int session, uint64_t count, enum tr_lost_where where)
{
	struct hub *h = ctx;
	struct session *s = &h->sessions[session];

	if (!s->used)
		return;
	s->lost += count;
	s->unsaid[where] += count;
}

static bool is_full(void *ctx)
{
	struct hub *h = ctx;

	if (!h->filling)
		return false;
	h->filling = false;
	for (unsigned int i = 0; i < TR_MAX_SESSIONS; i++) {
		const struct session *s = &h->sessions[i];

		if (s->used && is_filling(s, evbuffer_get_length(s->out)))
			h->filling = true;
	}
	return h->filling;
}

struct sink hub_sink(struct hub *h)
{
	return (struct sink){.ctx = h, .record = on_record, .lost = on_lost, .full = is_full};
}

static int free_bit(struct hub *h)
{
	for (unsigned int i = 0; i < TR_MAX_SESSIONS; i++) {
		unsigned int n = (h->next_bit + i) % TR_MAX_SESSIONS;

		if (!h->sessions[n].used) {
			h->next_bit = n + 1;
			return n;
		}
	}
	return -EBUSY;
}

/*
 * What was made for the session that had the bit is not the new one's, which may be another user's: it is in the rings,
 * or for a moment still in the making. Only with 64 sessions is a bit so much in demand that there is a wait.
 */
static void clear_bit(struct hub *h, unsigned int n)
{
	uint64_t passed = tr_now_ns() - h->closed_ns[n];

	if (!h->closed_ns[n])
		return;
	if (passed < BACKEND_GRACE_NS)
		usleep((unsigned int)((BACKEND_GRACE_NS - passed) / 1000 + 1));
	h->ops->drain(h->backend, false);
}

static size_t queue_limit(const struct hub *h, const struct filter *f, const struct hub_user *user)
{
	size_t limit = h->queue_bytes;

	if (user->keeper)
		return SIZE_MAX / 2;
	if (f->queue_bytes && f->queue_bytes < limit)
		limit = f->queue_bytes;
	if (user->queue_max && user->queue_max < limit)
		limit = user->queue_max;
	return limit < HUB_QUEUE_MIN ? HUB_QUEUE_MIN : limit;
}

int hub_open(struct hub *h, struct filter *f, const struct hub_user *user, char *err)
{
	int n = free_bit(h), r;
	struct session *s;

	if (n < 0) {
		snprintf(err, FILTER_ERR_LEN, "all %d sessions are in use: end one first",
			 TR_MAX_SESSIONS);
		filter_done(f);
		return n;
	}
	clear_bit(h, (unsigned int)n);
	s = &h->sessions[n];
	memset(s, 0, sizeof(*s));
	s->filter = *f;
	s->out = user->out;
	s->payload = f->no_data ? PAYLOAD_OFF : user->payload;
	s->filter.no_data = s->payload == PAYLOAD_OFF;
	s->rate = user->rate;
	s->keeper = user->keeper;
	s->limit = queue_limit(h, f, user);
	s->used = true;
	r = h->ops->session_add(h->backend, n, &s->filter, user->who, err);
	if (r) {
		filter_done(&s->filter);
		s->used = false;
		return r;
	}
	return n;
}

void hub_tell(struct hub *h, int session, const struct tr_hdr *rec)
{
	put(h, &h->sessions[session], rec, true);
}

void hub_stop(struct hub *h, int session)
{
	h->ops->session_del(h->backend, session);
}

void hub_close(struct hub *h, int session, struct tr_end *end_x)
{
	struct session *s = &h->sessions[session];

	hub_stop(h, session);
	if (has_unsaid(s))
		say_lost(h, s, s->last_ns);
	seal(s);
	if (end_x)
		*end_x = (struct tr_end){.produced = s->delivered + s->lost, .lost = s->lost};
	h->delivered += s->delivered;
	h->lost += s->lost;
	filter_done(&s->filter);
	s->used = false;
	h->closed_ns[session] = tr_now_ns();
}

int hub_drain(struct hub *h, bool all)
{
	int n = h->ops->drain(h->backend, all);

	if (h->retell) {
		h->retell = false;
		h->ops->retell(h->backend);
	}
	return n;
}

void hub_flush(struct hub *h, int session)
{
	struct session *s = &h->sessions[session];

	/* A chunk for each few records would take far more memory than the queue's limit says. */
	if (!evbuffer_get_length(s->out))
		seal(s);
}

int hub_copy_open(const struct hub *h, int session, struct evbuffer *to)
{
	const struct chunk *c = h->sessions[session].chunk;
	struct tr_frame f = {.type = TR_FRAME_RECORDS};

	if (!c || c->len == sizeof(f))
		return 0;
	f.len = c->len;
	if (evbuffer_add(to, &f, sizeof(f)) ||
	    evbuffer_add(to, c->data + sizeof(f), c->len - sizeof(f)))
		return -ENOMEM;
	return 0;
}

void hub_stats(const struct hub *h, struct hub_stats *stats)
{
	*stats = (struct hub_stats){.delivered = h->delivered, .lost = h->lost};
	for (unsigned int i = 0; i < TR_MAX_SESSIONS; i++) {
		if (!h->sessions[i].used)
			continue;
		stats->sessions += !h->sessions[i].keeper;
		stats->delivered += h->sessions[i].delivered;
		stats->lost += h->sessions[i].lost;
	}
}

int hub_session_stats(const struct hub *h, int session, struct hub_session_stats *stats)
{
	const struct session *s = &h->sessions[session];

	if (!s->used)
		return -ENOENT;
	*stats = (struct hub_session_stats){
		.kind = s->filter.kind,
		.delivered = s->delivered,
		.lost = s->lost,
		.queued_bytes = evbuffer_get_length(s->out),
		.limit_bytes = s->limit,
	};
	return 0;
}

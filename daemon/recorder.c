/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * recorder.c - see recorder.h. The frames wait in an evbuffer that nobody writes anywhere; each is one
 * piece of it, and a ring beside it has their times.
 */
#include "recorder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <core/trigger.h>
#include "told.h"

#define FRAMES_OF_MB ((1u << 20) / HUB_FRAME_SIZE)

struct span {
	uint64_t first_ns, last_ns; /* 0, 0: no record */
};

struct recorder {
	struct config_recorder config;
	struct hub *hub;
	struct hub_keeper keeper;
	int session; /* -1: not recording */
	struct evbuffer *frames;
	struct told *told;   /* what had been told before the oldest of them */
	struct span *spans;  /* of frames; a ring of `max` */
	unsigned int first, n, max;
	struct span open; /* of the frame that is being filled */
	uint64_t open_bytes;
	struct trigger trigger;
	uint64_t due_ns;   /* when it is to be saved, 0: there is no reason */
	uint64_t quiet_ns; /* no reason counts before */
	uint64_t triggers;
	char why[RECORDER_WHY_LEN];
};

static const struct tr_frame *oldest(const struct recorder *r)
{
	struct evbuffer_iovec v;

	return evbuffer_peek(r->frames, -1, NULL, &v, 1) > 0 ? v.iov_base : NULL;
}

static void let_go(struct recorder *r)
{
	const struct tr_frame *f = oldest(r);
	const uint8_t *p = (const uint8_t *)(f + 1), *end;

	if (!f)
		return;
	end = (const uint8_t *)f + f->len;
	for (; p < end; p += ((const struct tr_hdr *)p)->len)
		told_apply(r->told, (const struct tr_hdr *)p);
	evbuffer_drain(r->frames, f->len);
	r->first = (r->first + 1) % r->max;
	r->n--;
}

/* One more frame will be filled beside those that are kept. */
static void on_sealed(void *ctx)
{
	struct recorder *r = ctx;

	r->spans[(r->first + r->n++) % r->max] = r->open;
	r->open = (struct span){};
	r->open_bytes = 0;
	while (r->n >= r->max)
		let_go(r);
}

static void trigger(struct recorder *r, const struct tr_hdr *rec)
{
	char why[TRIGGER_WHY_LEN];

	r->triggers++;
	if (r->due_ns || rec->time_ns < r->quiet_ns)
		return;
	trigger_why(&r->trigger, rec, why);
	snprintf(r->why, sizeof(r->why), "process %u %s", rec->tgid, why);
	r->due_ns = rec->time_ns + r->config.save_after * 1000000000ULL;
	r->quiet_ns = rec->time_ns + r->config.save_pause * 1000000000ULL;
}

static void on_record(void *ctx, const struct tr_hdr *rec)
{
	struct recorder *r = ctx;

	if (!r->open.first_ns)
		r->open.first_ns = rec->time_ns;
	r->open.last_ns = rec->time_ns;
	r->open_bytes += rec->len;
	if (r->config.save_on[0] && trigger_hit(&r->trigger, rec))
		trigger(r, rec);
}

struct recorder *recorder_new(struct hub *hub, const struct config_recorder *config)
{
	struct recorder *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	*r = (struct recorder){.config = *config, .hub = hub, .session = -1};
	r->keeper = (struct hub_keeper){.ctx = r, .sealed = on_sealed, .record = on_record};
	r->max = config->memory_mb * FRAMES_OF_MB;
	r->spans = calloc(r->max, sizeof(*r->spans));
	r->frames = evbuffer_new();
	r->told = told_new();
	if (r->spans && r->frames && r->told)
		return r;
	recorder_free(r);
	return NULL;
}

void recorder_free(struct recorder *r)
{
	if (!r)
		return;
	if (r->session >= 0)
		hub_close(r->hub, r->session, NULL);
	if (r->frames)
		evbuffer_free(r->frames);
	told_free(r->told);
	free(r->spans);
	free(r);
}

int recorder_open(struct recorder *r, char *err)
{
	static const struct watcher everybody = {};
	struct hub_user user = {.out = r->frames,
				.who = &everybody,
				.payload = r->config.payload,
				.keeper = &r->keeper};
	struct filter f;
	int n;

	filter_init(&f);
	n = config_filter(&f, r->config.filter, err);
	if (!n)
		n = trigger_parse(&r->trigger, r->config.save_on, err);
	if (n) {
		filter_done(&f);
		return n;
	}
	f.fds = f.ret_fds = true;
	n = hub_open(r->hub, &f, &user, err);
	if (n < 0)
		return n;
	r->session = n;
	return 0;
}

bool recorder_is_open(const struct recorder *r)
{
	return r->session >= 0;
}

void recorder_expire(struct recorder *r, uint64_t now_ns)
{
	uint64_t keep_ns = r->config.seconds * 1000000000ULL;

	while (keep_ns && r->n && r->spans[r->first].last_ns + keep_ns < now_ns)
		let_go(r);
}

bool recorder_is_due(struct recorder *r, uint64_t now_ns, char *why)
{
	if (!r->due_ns || now_ns < r->due_ns)
		return false;
	r->due_ns = 0;
	memcpy(why, r->why, sizeof(r->why));
	return true;
}

/* Records that are gathered to frames. */
struct gather {
	const struct payload_map *map;
	enum config_payload level;
	struct evbuffer *to;
	uint32_t len;
	int r;
	_Alignas(8) uint8_t frame[64u << 10];
};

static void end_frame(struct gather *g)
{
	struct tr_frame *f = (struct tr_frame *)g->frame;

	*f = (struct tr_frame){.len = g->len, .type = TR_FRAME_RECORDS};
	if (g->len > sizeof(*f) && evbuffer_add(g->to, f, g->len))
		g->r = -ENOMEM;
	g->len = sizeof(*f);
}

static void add_record(void *ctx, const struct tr_hdr *rec)
{
	struct gather *g = ctx;

	if (g->len + rec->len > sizeof(g->frame))
		end_frame(g);
	g->len += payload_copy(g->map, g->frame + g->len, rec, g->level);
}

static void add_frame(struct gather *g, const struct tr_frame *f)
{
	const uint8_t *p = (const uint8_t *)(f + 1), *end = (const uint8_t *)f + f->len;

	for (; p < end; p += ((const struct tr_hdr *)p)->len)
		add_record(g, (const struct tr_hdr *)p);
}

/* Record by record, with what the level allows. */
static int copy_less(const struct recorder *r, struct gather *g)
{
	int n = evbuffer_peek(r->frames, -1, NULL, NULL, 0);
	struct evbuffer *open = evbuffer_new();
	struct evbuffer_iovec *v = calloc(n + 1, sizeof(*v));

	if (!v || !open || hub_copy_open(r->hub, r->session, open)) {
		g->r = -ENOMEM;
	} else {
		n = evbuffer_peek(r->frames, -1, NULL, v, n);
		for (int i = 0; i < n; i++)
			add_frame(g, v[i].iov_base);
		if (evbuffer_get_length(open))
			add_frame(g, (const struct tr_frame *)evbuffer_pullup(open, -1));
		end_frame(g);
	}
	if (open)
		evbuffer_free(open);
	free(v);
	return g->r;
}

int recorder_copy(const struct recorder *r, const struct payload_map *map,
		  enum config_payload level, struct evbuffer *to)
{
	struct gather *g = malloc(sizeof(*g));
	int result;

	if (!g)
		return -ENOMEM;
	*g = (struct gather){.map = map, .level = level, .to = to, .len = sizeof(struct tr_frame)};
	told_each(r->told, add_record, g);
	end_frame(g);
	result = g->r;
	if (!result && level < r->config.payload)
		result = copy_less(r, g);
	else if (!result && evbuffer_get_length(r->frames) &&
		 evbuffer_add_buffer_reference(to, r->frames))
		result = -ENOMEM;
	else if (!result)
		result = hub_copy_open(r->hub, r->session, to);
	free(g);
	return result;
}

const struct config_recorder *recorder_config(const struct recorder *r)
{
	return &r->config;
}

void recorder_stats(const struct recorder *r, struct recorder_stats *stats)
{
	const struct span *first = r->n ? &r->spans[r->first] : &r->open;
	const struct span *last = r->open.first_ns || !r->n ?
					  &r->open :
					  &r->spans[(r->first + r->n - 1) % r->max];
	struct hub_session_stats s = {};

	if (r->session >= 0)
		hub_session_stats(r->hub, r->session, &s);
	*stats = (struct recorder_stats){
		.bytes = evbuffer_get_length(r->frames) + r->open_bytes + told_bytes(r->told),
		.held_ns = last->last_ns - first->first_ns,
		.records = s.delivered,
		.lost = s.lost,
		.triggers = r->triggers,
	};
}

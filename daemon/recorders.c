/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* recorders.c - see recorders.h. */
#include "recorders.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <core/clock.h>
#include "hello.h"
#include "log.h"
#include "save.h"

#define AGAIN_NS 5000000000ULL /* how long one that can't begin is left alone */

struct slot {
	struct recorder *recorder; /* NULL: free */
	bool wanted;		   /* by the configuration that is being read */
	uint64_t tried_ns;
	char why[FILTER_ERR_LEN]; /* it is not recording; what the log has said */
	struct save *save;	  /* a file that is being written */
	char reason[RECORDER_WHY_LEN]; /* for it */
	uint64_t saved, unsaved;
	int failed; /* why the latest could not be saved; the log has said it. 0: it was */
};

struct recorders {
	struct hub *hub;
	const struct config *config;
	const char *backend;
	struct payload_map payloads;
	struct slot slots[CONFIG_RECORDERS_MAX];
};

static void begin(struct slot *s, uint64_t now_ns)
{
	const char *name = recorder_config(s->recorder)->name;
	char err[FILTER_ERR_LEN] = "";

	s->tried_ns = now_ns;
	if (!recorder_open(s->recorder, err)) {
		log_info("recorder %s: recording", name);
		s->why[0] = '\0';
	} else if (strcmp(err, s->why)) {
		log_warn("recorder %s does not record: %s", name, err);
		memcpy(s->why, err, sizeof(s->why));
	}
}

static struct slot *slot_of(struct recorders *rs, const char *name)
{
	for (struct slot *s = rs->slots; s < rs->slots + CONFIG_RECORDERS_MAX; s++)
		if (s->recorder && !strcmp(recorder_config(s->recorder)->name, name))
			return s;
	return NULL;
}

static struct slot *free_slot(struct recorders *rs)
{
	struct slot *s = rs->slots;

	while (s->recorder)
		s++;
	return s;
}

static void add_frame(struct evbuffer *out, uint16_t type, const void *payload, size_t len)
{
	struct tr_frame f = {.len = sizeof(f) + len, .type = type};

	evbuffer_add(out, &f, sizeof(f));
	evbuffer_add(out, payload, len);
}

static int answer(struct recorders *rs, const struct recorder *r, enum config_payload level,
		  uint64_t now_ns, struct evbuffer *out)
{
	struct tr_opened opened = {.time_ns = now_ns};
	struct evbuffer *all = evbuffer_new();
	struct tr_end end = {};
	int result;

	if (!all)
		return -ENOMEM;
	add_frame(all, TR_FRAME_OPENED, &opened, sizeof(opened));
	result = recorder_copy(r, &rs->payloads, level, all);
	add_frame(all, TR_FRAME_END, &end, sizeof(end));
	if (!result)
		evbuffer_add_buffer(out, all);
	evbuffer_free(all);
	return result;
}

static void saving_failed(const struct recorders *rs, struct slot *s, int r)
{
	s->unsaved++;
	if (r == s->failed)
		return;
	s->failed = r;
	log_warn("recorder %s: %s, but it can't be saved in %s: %s",
		 recorder_config(s->recorder)->name, s->reason, rs->config->recordings,
		 r == -EFBIG ? "it is larger than recordings-mb" : strerror(-r));
}

static void begin_save(struct recorders *rs, struct slot *s, uint64_t now_ns)
{
	const struct config_recorder *c = recorder_config(s->recorder);
	struct save_place place = {.dir = rs->config->recordings,
				   .group = rs->config->group,
				   .max_bytes = (uint64_t)rs->config->recordings_mb << 20};
	struct evbuffer *all = evbuffer_new();
	struct tr_hello hello;
	int r = -ENOMEM;

	if (all) {
		hello_fill(&hello, rs->backend);
		add_frame(all, TR_FRAME_HELLO, &hello, sizeof(hello));
		r = answer(rs, s->recorder, c->payload, now_ns, all);
	}
	if (!r)
		r = save_begin(&s->save, &place, c->name, all);
	if (r)
		saving_failed(rs, s, r);
	if (all)
		evbuffer_free(all);
}

static void go_on_saving(struct recorders *rs, struct slot *s)
{
	int r = save_step(s->save);

	if (r > 0)
		return;
	if (r) {
		saving_failed(rs, s, r);
	} else {
		s->saved++;
		s->failed = 0;
		log_info("recorder %s: %s: saved as %s/%s", recorder_config(s->recorder)->name,
			 s->reason, rs->config->recordings, save_name(s->save));
	}
	save_free(s->save);
	s->save = NULL;
}

static void serve_saving(struct recorders *rs, struct slot *s, uint64_t now_ns)
{
	if (s->save)
		go_on_saving(rs, s);
	else if (recorder_is_open(s->recorder) && recorder_is_due(s->recorder, now_ns, s->reason))
		begin_save(rs, s, now_ns);
}

/* There is no later for what is to be saved. */
static void end(struct recorders *rs, struct slot *s, uint64_t now_ns)
{
	while (s->save)
		go_on_saving(rs, s);
	if (s->recorder && recorder_is_open(s->recorder) &&
	    recorder_is_due(s->recorder, UINT64_MAX, s->reason)) {
		begin_save(rs, s, now_ns);
		while (s->save)
			go_on_saving(rs, s);
	}
	recorder_free(s->recorder);
	*s = (struct slot){};
}

static void add(struct recorders *rs, const struct config_recorder *config)
{
	struct slot *s = free_slot(rs);

	s->recorder = recorder_new(rs->hub, config);
	if (!s->recorder) {
		log_err("recorder %s: out of memory", config->name);
		return;
	}
	s->wanted = true;
	begin(s, 0);
}

/* First those go that are not as they are wanted any more: so there is a place for each new one. */
void recorders_reload(struct recorders *rs)
{
	const struct config_recorder *c = rs->config->recorders, *last = c + rs->config->nrecorders;

	for (struct slot *s = rs->slots; s < rs->slots + CONFIG_RECORDERS_MAX; s++)
		s->wanted = false;
	for (; c < last; c++) {
		struct slot *s = slot_of(rs, c->name);

		if (s)
			s->wanted = !memcmp(recorder_config(s->recorder), c, sizeof(*c));
	}
	for (struct slot *s = rs->slots; s < rs->slots + CONFIG_RECORDERS_MAX; s++)
		if (s->recorder && !s->wanted)
			end(rs, s, tr_now_ns());
	for (c = rs->config->recorders; c < last; c++)
		if (!slot_of(rs, c->name))
			add(rs, c);
}

struct recorders *recorders_new(struct hub *hub, const struct config *config, const char *backend)
{
	struct recorders *rs = calloc(1, sizeof(*rs));

	if (!rs)
		return NULL;
	rs->hub = hub;
	rs->config = config;
	rs->backend = backend;
	if (config->nrecorders)
		save_tidy(config->recordings);
	payload_map_init(&rs->payloads);
	recorders_reload(rs);
	return rs;
}

void recorders_free(struct recorders *rs)
{
	if (!rs)
		return;
	for (struct slot *s = rs->slots; s < rs->slots + CONFIG_RECORDERS_MAX; s++)
		end(rs, s, tr_now_ns());
	free(rs);
}

unsigned int recorders_active(const struct recorders *rs)
{
	unsigned int n = 0;

	for (const struct slot *s = rs->slots; s < rs->slots + CONFIG_RECORDERS_MAX; s++)
		n += s->recorder != NULL;
	return n;
}

void recorders_tick(struct recorders *rs, uint64_t now_ns)
{
	for (struct slot *s = rs->slots; s < rs->slots + CONFIG_RECORDERS_MAX; s++) {
		if (!s->recorder)
			continue;
		serve_saving(rs, s, now_ns);
		if (recorder_is_open(s->recorder))
			recorder_expire(s->recorder, now_ns);
		else if (now_ns - s->tried_ns >= AGAIN_NS)
			begin(s, now_ns);
	}
}

static void list_names(const struct recorders *rs, char *names, size_t size)
{
	size_t len = 0;

	names[0] = '\0';
	for (const struct slot *s = rs->slots; s < rs->slots + CONFIG_RECORDERS_MAX; s++)
		if (s->recorder && len < size)
			len += snprintf(names + len, size - len, "%s%s", len ? ", " : "",
					recorder_config(s->recorder)->name);
}

/* The one of that name, or the only one. */
static struct slot *choose(struct recorders *rs, const char *name, char *err)
{
	unsigned int n = recorders_active(rs);
	struct slot *s = NULL;
	char names[128];

	if (name && *name)
		s = slot_of(rs, name);
	else if (n == 1)
		for (s = rs->slots; !s->recorder; s++)
			;
	if (s)
		return s;
	list_names(rs, names, sizeof(names));
	if (!n)
		snprintf(err, FILTER_ERR_LEN,
			 "this tracerd keeps no recorder: tracerd.conf(5) tells how to have one");
	else if (name && *name)
		snprintf(err, FILTER_ERR_LEN, "there is no recorder %.40s; there are: %s", name,
			 names);
	else
		snprintf(err, FILTER_ERR_LEN, "name the recorder; there are: %s", names);
	return NULL;
}

int recorders_dump(struct recorders *rs, const char *name, enum config_payload level,
		   uint64_t now_ns, struct evbuffer *out, char *err)
{
	struct slot *s = choose(rs, name, err);
	int r;

	if (!s)
		return -ENOENT;
	if (!recorder_is_open(s->recorder)) {
		snprintf(err, FILTER_ERR_LEN, "recorder %s does not record: %.180s",
			 recorder_config(s->recorder)->name, s->why);
		return -EAGAIN;
	}
	r = answer(rs, s->recorder, level, now_ns, out);
	if (r)
		snprintf(err, FILTER_ERR_LEN, "tracerd is out of memory");
	return r;
}

void recorders_status(const struct recorders *rs, struct buf *b)
{
	for (const struct slot *s = rs->slots; s < rs->slots + CONFIG_RECORDERS_MAX; s++) {
		struct recorder_stats stats;
		char line[256];

		if (!s->recorder)
			continue;
		recorder_stats(s->recorder, &stats);
		snprintf(line, sizeof(line),
			 "recorder=%s recording=%s bytes=%llu seconds=%.1f records=%llu lost=%llu "
			 "triggers=%llu saved=%llu unsaved=%llu",
			 recorder_config(s->recorder)->name,
			 recorder_is_open(s->recorder) ? "yes" : "no",
			 (unsigned long long)stats.bytes, stats.held_ns / 1e9,
			 (unsigned long long)stats.records, (unsigned long long)stats.lost,
			 (unsigned long long)stats.triggers, (unsigned long long)s->saved,
			 (unsigned long long)s->unsaved);
		buf_put(b, line, strlen(line) + 1);
	}
}

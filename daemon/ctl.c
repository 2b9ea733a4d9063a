/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ctl.c - what clients ask for and get. One timer empties the rings while somebody listens: often
 * when much comes, seldom when nothing does; a ring that fills up faster wakes us itself.
 */
#include "ctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <core/buf.h>
#include <core/clock.h>
#include "ctl_impl.h"
#include "summary.h"

#define TICK_BUSY_US 5000
#define TICK_IDLE_US 25000
#define SCAN_NS 250000000ULL	/* how often blocked calls are looked for */

static void set_tick(struct ctl *ctl, long us)
{
	struct timeval tv = {.tv_usec = us};

	event_add(ctl->tick, &tv);
}

static void stop_ticking(struct ctl *ctl)
{
	if (!ctl->nsessions && !recorders_active(ctl->recorders))
		event_del(ctl->tick);
}

void ctl_end_session(struct client *c, struct tr_end *end_x)
{
	struct hub_session_stats stats;

	govern_end(&c->ctl->govern, c->session, tr_now_ns());
	if (!hub_session_stats(c->ctl->hub, c->session, &stats))
		admit_closed(c->user, stats.limit_bytes);
	hub_close(c->ctl->hub, c->session, end_x);
	if (c->kind == FILTER_SUMMARY)
		c->ctl->ops->summary_drop(c->ctl->backend, (unsigned int)c->session);
	c->session = -1;
	c->state = CLIENT_IDLE;
	c->snapshot = false;
	--c->ctl->nsessions;
	stop_ticking(c->ctl);
}

/* Sends what a summary session counted, if it was asked for and can be read by now. */
static void try_snapshot(struct client *c)
{
	struct ctl *ctl = c->ctl;
	uint64_t now = tr_now_ns();
	struct evbuffer *counts;
	int r;

	if (!c->snapshot)
		return;
	counts = evbuffer_new();
	r = counts ? summary_send(counts, ctl->ops, ctl->backend, c->session, now - c->interval_ns) :
		     -ENOMEM;
	if (!r) {
		hub_flush(ctl->hub, c->session); /* what the counts are of */
		r = evbuffer_add_buffer(c->out, counts);
	}
	if (counts)
		evbuffer_free(counts);
	if (r == -EAGAIN)
		return;
	c->broken |= r != 0;
	c->snapshot = false;
	c->interval_ns = now;
}

static void finish(struct client *c)
{
	struct tr_end end;

	if (c->kind == FILTER_SUMMARY) {
		try_snapshot(c);
		if (c->snapshot)
			return;
	}
	ctl_end_session(c, &end);
	client_send(c, TR_FRAME_END, &end, sizeof(end));
}

static void serve_sessions(struct ctl *ctl)
{
	struct client *c, *next;

	for (c = TAILQ_FIRST(&ctl->clients); c; c = next) {
		next = TAILQ_NEXT(c, entry);
		if (c->session < 0)
			continue;
		if (c->state == CLIENT_STOPPING)
			finish(c);
		else if (c->kind == FILTER_SUMMARY)
			try_snapshot(c);
		if (c->session >= 0)
			hub_flush(ctl->hub, c->session);
		if (!client_flush(c))
			ctl_gone(c);
	}
}

static bool anybody(const struct ctl *ctl, enum client_state state)
{
	const struct client *c;

	TAILQ_FOREACH(c, &ctl->clients, entry)
		if (c->session >= 0 && c->state == state)
			return true;
	return false;
}

static void scan_blocked(struct ctl *ctl)
{
	uint64_t now = tr_now_ns();

	if (now - ctl->scanned_ns < SCAN_NS)
		return;
	ctl->scanned_ns = now;
	ctl->ops->pending(ctl->backend, -1);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct ctl *ctl = arg;
	int n;

	(void)fd;
	(void)what;
	n = hub_drain(ctl->hub, anybody(ctl, CLIENT_STOPPING));
	scan_blocked(ctl);
	set_tick(ctl, n ? TICK_BUSY_US : TICK_IDLE_US);
	recorders_tick(ctl->recorders, tr_now_ns());
	govern_tick(&ctl->govern, tr_now_ns());
	serve_sessions(ctl);
}

static void on_ring(evutil_socket_t fd, short what, void *arg)
{
	struct ctl *ctl = arg;

	(void)fd;
	(void)what;
	hub_drain(ctl->hub, false);
	serve_sessions(ctl);
}

static int start_session(struct client *c, struct filter *f, char *err)
{
	struct hub_user user = {.out = c->out};
	struct hub_session_stats stats;
	struct ctl *ctl = c->ctl;
	int r = admit_session(&ctl->admission, &c->peer, c->user, ctl->nsessions, f, &user, err);

	if (r) {
		filter_done(f);
		return r;
	}
	if (!f->budget && f->kind == FILTER_STREAM && ctl->ops->show)
		f->budget = ctl->config->budget * 10;
	r = hub_open(ctl->hub, f, &user, err);
	if (r >= 0)
		govern_add(&ctl->govern, r, f->kind == FILTER_STREAM ? f->budget : 0);
	if (r >= 0 && !hub_session_stats(ctl->hub, r, &stats))
		admit_opened(c->user, stats.limit_bytes);
	return r;
}

static void open_session(struct client *c, const char *text, size_t len)
{
	struct ctl *ctl = c->ctl;
	char err[FILTER_ERR_LEN] = "";
	struct tr_opened opened = {};
	struct filter f;
	int r;

	if (c->session >= 0) {
		client_error(c, "this connection has a session already");
		return;
	}
	filter_init(&f);
	if (filter_parse(&f, text, len, err)) {
		filter_done(&f);
		client_error(c, err);
		return;
	}
	if (f.stack && !c->peer.sole) {
		filter_done(&f);
		client_error(c, "stacks are told only by a tracerd that is started for it: leave out --socket");
		return;
	}
	c->kind = f.kind;
	r = start_session(c, &f, err);
	if (r < 0) {
		client_error(c, err);
		return;
	}
	c->session = r;
	c->state = CLIENT_OPEN;
	c->interval_ns = opened.time_ns = tr_now_ns();
	opened.session = r;
	client_send(c, TR_FRAME_OPENED, &opened, sizeof(opened));
	if (ctl->nsessions++ == 0)
		set_tick(ctl, TICK_BUSY_US);
	if (c->kind == FILTER_PENDING) {
		r = ctl->ops->pending(ctl->backend, c->session);
		if (r)
			client_error(c, "this kernel can't list what tasks wait for: 5.15 is needed");
		hub_stop(ctl->hub, c->session);
		c->state = CLIENT_STOPPING;
	}
}

static void stop_session(struct client *c)
{
	if (c->state != CLIENT_OPEN) {
		client_error(c, "there is no session to stop");
		return;
	}
	c->state = CLIENT_STOPPING;
	govern_stop(&c->ctl->govern, (unsigned int)c->session);
	hub_stop(c->ctl->hub, c->session);
	if (c->kind == FILTER_SUMMARY) {
		c->snapshot = true;
		c->ctl->ops->summary_begin(c->ctl->backend);
	}
	set_tick(c->ctl, TICK_BUSY_US);
}

static void send_status(struct client *to)
{
	struct ctl *ctl = to->ctl;
	struct buf b = {};
	struct client *c;

	status_add_daemon(&ctl->status, &b, to->user ? "your own processes" : "every process");
	if (to->user)
		status_add_number(&b, "sessions", admit_sessions(to->user));
	else
		status_add_totals(&ctl->status, &b);
	TAILQ_FOREACH(c, &ctl->clients, entry)
		if (c->session >= 0 && (!to->user || c->user == to->user))
			status_add_session(&ctl->status, &b, c->session, c->peer.pid);
	if (!b.failed)
		client_send(to, TR_FRAME_STATUS, b.p, b.len);
	buf_done(&b);
}

/* What recorders hold is of every process. */
static void dump(struct client *c, const char *text, size_t len)
{
	char name[CONFIG_NAME_LEN], err[FILTER_ERR_LEN];
	struct ctl *ctl = c->ctl;

	snprintf(name, sizeof(name), "%.*s", (int)(len < sizeof(name) ? len : sizeof(name)), text);
	if (c->peer.who.limited) {
		client_error(c, "only root and the members of tracerd's group may dump a recorder");
		return;
	}
	hub_drain(ctl->hub, true);
	if (recorders_dump(ctl->recorders, name, c->peer.payload, tr_now_ns(),
				c->out, err))
		client_error(c, err);
}

bool ctl_request(struct client *c, uint16_t type, const void *payload, size_t len)
{
	if (c->session < 0 && evbuffer_get_length(c->out) > CLIENT_ANSWERS_MAX)
		return false;
	switch (type) {
	case TR_FRAME_OPEN:
		open_session(c, payload, len);
		break;
	case TR_FRAME_STOP:
		stop_session(c);
		break;
	case TR_FRAME_SNAPSHOT:
		if (c->state != CLIENT_OPEN || c->kind != FILTER_SUMMARY) {
			client_error(c, "there is no summary session");
			break;
		}
		if (!c->snapshot)
			c->ctl->ops->summary_begin(c->ctl->backend);
		c->snapshot = true;
		break;
	case TR_FRAME_DUMP:
		dump(c, payload, len);
		break;
	case TR_FRAME_STATUS:
		send_status(c);
		break;
	}
	return true;
}

struct ctl *ctl_new(struct event_base *base, const struct backend_ops *ops, struct backend *b,
		    struct hub *hub, const struct config *config)
{
	struct ctl *ctl = calloc(1, sizeof(*ctl));
	int fd;

	if (!ctl)
		return NULL;
	*ctl = (struct ctl){.base = base,
			    .ops = ops,
			    .backend = b,
			    .hub = hub,
			    .listen_fd = -1};
	TAILQ_INIT(&ctl->clients);
	admit_init(&ctl->admission, config);
	ctl->tick = event_new(base, -1, 0, on_tick, ctl);
	ops->ignore(b, getpid(), IGNORED_BY_ALL);
	for (unsigned int i = 0; i < 16 && (fd = ops->fd(b, i)) >= 0; i++) {
		ctl->rings[i] = event_new(base, fd, EV_READ | EV_PERSIST | EV_ET, on_ring, ctl);
		event_add(ctl->rings[i], NULL);
	}
	ctl->config = config;
	govern_init(&ctl->govern, ops, b, hub);
	ctl->recorders = recorders_new(hub, config, ops->name);
	if (!ctl->recorders) {
		ctl_free(ctl);
		return NULL;
	}
	status_init(&ctl->status, ops, b, hub, ctl->recorders);
	if (recorders_active(ctl->recorders))
		set_tick(ctl, TICK_BUSY_US);
	return ctl;
}

void ctl_reload(struct ctl *ctl)
{
	recorders_reload(ctl->recorders);
	if (recorders_active(ctl->recorders))
		set_tick(ctl, TICK_BUSY_US);
	stop_ticking(ctl);
}

void ctl_free(struct ctl *ctl)
{
	struct client *c;

	if (!ctl)
		return;
	if (ctl->nsessions || (ctl->recorders && recorders_active(ctl->recorders))) {
		hub_drain(ctl->hub, true); /* what was done until now is told; it may be a reason to save */
		serve_sessions(ctl);
	}
	while ((c = TAILQ_FIRST(&ctl->clients)))
		ctl_gone(c);
	recorders_free(ctl->recorders);
	for (unsigned int i = 0; i < 16; i++)
		if (ctl->rings[i])
			event_free(ctl->rings[i]);
	if (ctl->listener)
		event_free(ctl->listener);
	if (ctl->rest)
		event_free(ctl->rest);
	if (ctl->tick)
		event_free(ctl->tick);
	if (ctl->listen_fd >= 0)
		close(ctl->listen_fd);
	free(ctl);
}

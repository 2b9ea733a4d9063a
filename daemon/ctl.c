/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ctl.c - see ctl.h. One timer empties the rings while somebody listens: often when much comes, seldom
 * when nothing does; a ring that fills up faster wakes us itself.
 */
#include "ctl.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include <core/buf.h>
#include "client.h"
#include "log.h"
#include "procfs.h"
#include "summary.h"

#define TICK_BUSY_US 5000
#define TICK_IDLE_US 25000
#define SCAN_NS 250000000ULL	/* how often blocked calls are looked for */
#define CLIENTS_MAX 256

TAILQ_HEAD(client_list, client);

struct ctl {
	struct event_base *base;
	const struct backend_ops *ops;
	struct backend *backend;
	struct hub *hub;
	const struct config *config;
	struct event *listener, *tick;
	struct event *rings[16];
	struct client_list clients;
	unsigned int nclients, nsessions;
	int listen_fd;
	uint64_t started_ns, scanned_ns;
	uint64_t rate_ns, rate_events; /* when and at what count the rate was taken last */
	double rate;
};

static uint64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void set_tick(struct ctl *ctl, long us)
{
	struct timeval tv = {.tv_usec = us};

	event_add(ctl->tick, &tv);
}

static void end_session(struct client *c, struct tr_end *end_x)
{
	hub_close(c->ctl->hub, c->session, end_x);
	c->session = -1;
	c->state = CLIENT_IDLE;
	c->snapshot = false;
	if (--c->ctl->nsessions == 0)
		event_del(c->ctl->tick);
}

void ctl_gone(struct client *c)
{
	struct ctl *ctl = c->ctl;

	if (c->session >= 0)
		end_session(c, NULL);
	ctl->ops->ignore(ctl->backend, c->pid, false);
	TAILQ_REMOVE(&ctl->clients, c, entry);
	ctl->nclients--;
	if (c->only)
		event_base_loopbreak(ctl->base);
	client_free(c);
}

/* Sends what a summary session counted, if it was asked for and can be read by now. */
static void try_snapshot(struct client *c)
{
	struct ctl *ctl = c->ctl;
	uint64_t now = now_ns(CLOCK_MONOTONIC);

	if (c->snapshot &&
	    !summary_send(c->out, ctl->ops, ctl->backend, c->session, now - c->interval_ns)) {
		c->snapshot = false;
		c->interval_ns = now;
	}
}

static void finish(struct client *c)
{
	struct tr_end end;

	if (c->kind == FILTER_SUMMARY) {
		try_snapshot(c);
		if (c->snapshot)
			return;
	}
	end_session(c, &end);
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
	uint64_t now = now_ns(CLOCK_MONOTONIC);

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
	if (ctl->nsessions >= ctl->config->max_sessions) {
		snprintf(err, sizeof(err), "there are %u sessions already, which is the limit",
			 ctl->nsessions);
		client_error(c, err);
		return;
	}
	filter_init(&f);
	if (filter_parse(&f, text, len, err)) {
		filter_done(&f);
		client_error(c, err);
		return;
	}
	c->kind = f.kind;
	r = hub_open(ctl->hub, &f, c->out, err);
	if (r < 0) {
		client_error(c, err);
		return;
	}
	c->session = r;
	c->state = CLIENT_OPEN;
	c->interval_ns = opened.time_ns = now_ns(CLOCK_MONOTONIC);
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
	hub_stop(c->ctl->hub, c->session);
	if (c->kind == FILTER_SUMMARY) {
		c->snapshot = true;
		c->ctl->ops->summary_begin(c->ctl->backend);
	}
	set_tick(c->ctl, TICK_BUSY_US);
}

static void add_key(struct buf *b, const char *key, const char *value)
{
	buf_str(b, key);
	buf_char(b, '=');
	buf_str(b, value);
	buf_char(b, '\0');
}

static void add_number(struct buf *b, const char *key, uint64_t v)
{
	buf_str(b, key);
	buf_char(b, '=');
	buf_u64(b, v);
	buf_char(b, '\0');
}

static void add_session(struct buf *b, const struct client *c)
{
	static const char *const kinds[] = {"stream", "summary", "pending"};
	struct hub_session_stats s;
	char line[160];

	if (c->session < 0 || hub_session_stats(c->ctl->hub, c->session, &s))
		return;
	snprintf(line, sizeof(line), "%d kind=%s client=%u delivered=%llu lost=%llu queued=%llu",
		 c->session, kinds[s.kind], c->pid, (unsigned long long)s.delivered,
		 (unsigned long long)s.lost, (unsigned long long)s.queued_bytes);
	add_key(b, "session", line);
}

static uint64_t events_per_second(struct ctl *ctl, uint64_t events)
{
	uint64_t now = now_ns(CLOCK_MONOTONIC);

	if (now - ctl->rate_ns > 200000000ULL) {
		ctl->rate = (events - ctl->rate_events) * 1e9 / (now - ctl->rate_ns);
		ctl->rate_ns = now;
		ctl->rate_events = events;
	}
	return ctl->rate;
}

static void send_status(struct client *to)
{
	struct ctl *ctl = to->ctl;
	struct backend_stats backend;
	struct hub_stats hub;
	struct utsname uts;
	struct buf b = {};
	struct client *c;

	hub_stats(ctl->hub, &hub);
	ctl->ops->stats(ctl->backend, &backend);
	uname(&uts);
	add_key(&b, "server", TRACER_VERSION);
	add_key(&b, "backend", ctl->ops->name);
	add_key(&b, "kernel", uts.release);
	add_number(&b, "uptime_s", (now_ns(CLOCK_MONOTONIC) - ctl->started_ns) / 1000000000ULL);
	add_number(&b, "sessions", hub.sessions);
	add_number(&b, "events", hub.delivered);
	add_number(&b, "events_per_s", events_per_second(ctl, hub.delivered));
	add_number(&b, "lost", hub.lost);
	add_number(&b, "memory_bytes", procfs_own_memory());
	add_number(&b, "ring_bytes", backend.kernel_bytes);
	add_number(&b, "programs_attached", backend.programs);
	TAILQ_FOREACH(c, &ctl->clients, entry)
		add_session(&b, c);
	if (!b.failed)
		client_send(to, TR_FRAME_STATUS, b.p, b.len);
	buf_done(&b);
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
	case TR_FRAME_STATUS:
		send_status(c);
		break;
	}
	return true;
}

static bool in_group(const struct ucred *peer, const char *name)
{
	struct group *group = getgrnam(name);
	struct passwd *user;
	gid_t groups[64];
	int n = 64;

	if (!group)
		return false;
	if (peer->gid == group->gr_gid)
		return true;
	user = getpwuid(peer->uid);
	if (!user || getgrouplist(user->pw_name, peer->gid, groups, &n) < 0)
		return false;
	for (int i = 0; i < n; i++)
		if (groups[i] == group->gr_gid)
			return true;
	return false;
}

static void greet(struct client *c)
{
	struct tr_hello hello = {.version = TR_WIRE_VERSION, .pid = getpid()};

	hello.realtime_offset_ns = now_ns(CLOCK_REALTIME) - now_ns(CLOCK_MONOTONIC);
	snprintf(hello.backend, sizeof(hello.backend), "%s", c->ctl->ops->name);
	snprintf(hello.server, sizeof(hello.server), "%s", TRACER_VERSION);
	client_send(c, TR_FRAME_HELLO, &hello, sizeof(hello));
}

static int add_client(struct ctl *ctl, int fd, bool only)
{
	struct ucred peer = {};
	socklen_t len = sizeof(peer);
	struct client *c;
	char refusal[96];
	bool allowed;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) || ctl->nclients == CLIENTS_MAX) {
		close(fd);
		return -EMFILE;
	}
	allowed = only || peer.uid == 0 || peer.uid == geteuid() || in_group(&peer, ctl->config->group);
	if (!allowed)
		log_warn("refused uid %u: neither root nor in group %s", peer.uid,
			 ctl->config->group);
	c = client_new(ctl, ctl->base, fd);
	if (!c) {
		close(fd);
		return -ENOMEM;
	}
	TAILQ_INSERT_TAIL(&ctl->clients, c, entry);
	ctl->nclients++;
	c->only = only;
	c->pid = peer.pid;
	ctl->ops->ignore(ctl->backend, c->pid, true);
	if (allowed) {
		greet(c);
	} else {
		snprintf(refusal, sizeof(refusal),
			 "only root and members of group %s may use this tracerd", ctl->config->group);
		client_error(c, refusal);
	}
	if (!client_flush(c) || !allowed)
		ctl_gone(c);
	return 0;
}

static void on_accept(evutil_socket_t fd, short what, void *arg)
{
	int client;

	(void)what;
	while ((client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
		add_client(arg, client, false);
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
			    .config = config,
			    .listen_fd = -1};
	TAILQ_INIT(&ctl->clients);
	ctl->started_ns = ctl->rate_ns = now_ns(CLOCK_MONOTONIC);
	ctl->tick = event_new(base, -1, 0, on_tick, ctl);
	ops->ignore(b, getpid(), true);
	for (unsigned int i = 0; i < 16 && (fd = ops->fd(b, i)) >= 0; i++) {
		ctl->rings[i] = event_new(base, fd, EV_READ | EV_PERSIST | EV_ET, on_ring, ctl);
		event_add(ctl->rings[i], NULL);
	}
	return ctl;
}

void ctl_free(struct ctl *ctl)
{
	struct client *c;

	if (!ctl)
		return;
	while ((c = TAILQ_FIRST(&ctl->clients)))
		ctl_gone(c);
	for (unsigned int i = 0; i < 16; i++)
		if (ctl->rings[i])
			event_free(ctl->rings[i]);
	if (ctl->listener)
		event_free(ctl->listener);
	if (ctl->tick)
		event_free(ctl->tick);
	if (ctl->listen_fd >= 0)
		close(ctl->listen_fd);
	free(ctl);
}

int ctl_listen(struct ctl *ctl, int fd)
{
	ctl->listen_fd = fd;
	ctl->listener = event_new(ctl->base, fd, EV_READ | EV_PERSIST, on_accept, ctl);
	return ctl->listener && !event_add(ctl->listener, NULL) ? 0 : -ENOMEM;
}

int ctl_serve_one(struct ctl *ctl, int fd)
{
	return add_client(ctl, fd, true);
}

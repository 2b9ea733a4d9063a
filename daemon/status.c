/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* status.c - see status.h. */
#include "status.h"

#include <stdio.h>
#include <sys/utsname.h>
#include <core/clock.h>
#include "procfs.h"

#define RATE_NS 200000000ULL /* how long is counted at least for a rate */

void status_init(struct status *s, const struct backend_ops *ops, struct backend *b,
		 struct hub *hub, struct recorders *recorders)
{
	*s = (struct status){.ops = ops, .backend = b, .hub = hub, .recorders = recorders};
	s->started_ns = s->rate_ns = tr_now_ns();
}

static void add_key(struct buf *b, const char *key, const char *value)
{
	buf_str(b, key);
	buf_char(b, '=');
	buf_str(b, value);
	buf_char(b, '\0');
}

void status_add_number(struct buf *b, const char *key, uint64_t v)
{
	buf_str(b, key);
	buf_char(b, '=');
	buf_u64(b, v);
	buf_char(b, '\0');
}

void status_add_daemon(const struct status *s, struct buf *b, const char *scope)
{
	struct utsname uts;

	uname(&uts);
	add_key(b, "server", TRACER_VERSION);
	add_key(b, "backend", s->ops->name);
	add_key(b, "kernel", uts.release);
	add_key(b, "scope", scope);
	status_add_number(b, "uptime_s", (tr_now_ns() - s->started_ns) / 1000000000);
}

static uint64_t events_per_second(struct status *s, uint64_t events)
{
	uint64_t now = tr_now_ns();

	if (now - s->rate_ns > RATE_NS) {
		s->rate = (events - s->rate_events) * 1e9 / (now - s->rate_ns);
		s->rate_ns = now;
		s->rate_events = events;
	}
	return s->rate;
}

void status_add_totals(struct status *s, struct buf *b)
{
	struct backend_stats backend;
	struct hub_stats hub;

	hub_stats(s->hub, &hub);
	s->ops->stats(s->backend, &backend);
	status_add_number(b, "sessions", hub.sessions);
	status_add_number(b, "events", hub.delivered);
	status_add_number(b, "events_per_s", events_per_second(s, hub.delivered));
	status_add_number(b, "lost", hub.lost);
	status_add_number(b, "memory_bytes", procfs_own_memory());
	status_add_number(b, "ring_bytes", backend.kernel_bytes);
	status_add_number(b, "programs_attached", backend.programs);
	recorders_status(s->recorders, b);
}

void status_add_session(const struct status *s, struct buf *b, int session, uint32_t client_pid)
{
	static const char *const kinds[] = {"stream", "summary", "pending"};
	struct hub_session_stats stats;
	char line[160];

	if (hub_session_stats(s->hub, session, &stats))
		return;
	snprintf(line, sizeof(line), "%d kind=%s client=%u delivered=%llu lost=%llu queued=%llu",
		 session, kinds[stats.kind], client_pid, (unsigned long long)stats.delivered,
		 (unsigned long long)stats.lost, (unsigned long long)stats.queued_bytes);
	add_key(b, "session", line);
}

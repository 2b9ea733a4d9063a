/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * session.c - a session's loop over socket, signals and time, and its end.
 */
#include "session.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <core/rec.h>
#include <core/clock.h>
#include "msg.h"
#include "session_open.h"

#define SILENCE_NS 15000000000ULL /* a server that says nothing for so long after STOP is dead */
#define SESSION_NICE 10
#define RETRY_MS 100
#define LAST_WRITE_MS 1000 /* how long a reader that does not read is waited for after a signal */

uint64_t session_lost(const struct session *s)
{
	return s->end.lost > s->lost ? s->end.lost : s->lost;
}

static int broken(struct session *s, int r, const char *why)
{
	msg("%s", why);
	s->broken = s->ended = true;
	return r;
}

void session_stop(struct session *s)
{
	if (s->stopping || s->ended)
		return;
	if (s->o->command == CMD_DUMP) { /* all was sent already */
		s->ended = true;
		return;
	}
	s->stopping = true;
	s->heard_ns = tr_now_ns();
	if (s->o->filter.kind != FILTER_PENDING && conn_send(&s->conn, TR_FRAME_STOP, NULL, 0))
		s->ended = true; /* what it has sent before is read below */
}

/*
 * The first goes to the program that was started; one more ends the session, and one more
 * everything.
 */
static void interrupt(struct session *s, int signo, bool from_terminal)
{
	unsigned int patience;

	if (s->ops->interrupt && s->ops->interrupt(s, signo, from_terminal))
		return;
	patience = s->child.pid && !s->child.reaped ? 1 : 0;

	s->interrupts++;
	if (s->interrupts <= patience) {
		if (!from_terminal)
			kill(s->child.pid, signo);
	} else if (!s->stopping) {
		session_stop(s);
	} else {
		s->ended = true;
	}
}

static void take_signals(struct session *s)
{
	int signo, from_terminal;
	enum sig_event event;

	while ((event = sigs_next(&s->sigs, &signo, &from_terminal)) != SIG_EVENT_NONE) {
		if (event == SIG_EVENT_CHILD)
			child_poll(&s->child);
		if (event == SIG_EVENT_RESIZE) {
			output_resize(&s->out);
			if (s->ops->resized)
				s->ops->resized(s);
		}
		if (event == SIG_EVENT_END)
			interrupt(s, signo, from_terminal);
	}
}

static bool has_time(const struct session *s)
{
	return !s->deadline_ns || tr_now_ns() < s->deadline_ns;
}

/* Until a tracerd is there again, nothing is left to be watched, or nobody wants it any more. */
static int await_daemon(struct session *s)
{
	struct pollfd fd = {.fd = s->sigs.fd, .events = POLLIN};
	char err[MSG_LEN];

	while (has_time(s) && !(s->child.pid && s->child.reaped)) {
		if (!session_connect(s, err))
			return 0;
		poll(&fd, 1, RETRY_MS);
		take_signals(s);
		if (s->ended || s->stopping)
			break;
	}
	return -EINTR;
}

/* --reconnect: the same question to the next tracerd, which knows nothing of the one before. */
static int resume(struct session *s)
{
	struct tr_hdr forget = {.len = sizeof(forget), .type = TR_RESET};
	char err[MSG_LEN] = "";

	msg("tracerd closed the connection: waiting for it to come back");
	s->resuming = true;
	conn_close(&s->conn);
	facts_apply(s->facts, &forget);
	join_reset(s->join);
	if (await_daemon(s)) {
		s->ended = true;
		return 0;
	}
	if (session_begin(s, err))
		return broken(s, -EIO, err);
	s->heard_ns = tr_now_ns();
	msg("tracerd is back: what was done meanwhile is not shown");
	return 0;
}

static int take_records(struct session *s, const char *p, size_t n)
{
	while (n) {
		const struct tr_hdr *rec = rec_check(p, n);

		if (!rec)
			return -EPROTO;
		p += rec->len;
		n -= rec->len;
		rec = join_record(s->join, rec);
		if (!rec)
			continue;
		facts_apply(s->facts, rec);
		if (s->procs && !(s->by_thread && rec->type == TR_FORK))
			procs_apply(s->procs, rec, s->o->filter.follow);
		if (rec->type == TR_LOST)
			s->lost += ((const struct tr_lost *)rec)->count;
		s->ops->record(s, rec);
	}
	return 0;
}

static int take_frame(struct session *s, const struct tr_frame *f)
{
	char err[MSG_LEN];
	size_t n;
	const void *p = conn_payload(f, &n);

	switch (f->type) {
	case TR_FRAME_RECORDS:
		return take_records(s, p, n);
	case TR_FRAME_ERROR:
		conn_error_text(f, err);
		msg("%s", err);
		s->broken = true;
		return 0;
	case TR_FRAME_END:
		if (n < sizeof(s->end))
			return -EPROTO;
		memcpy(&s->end, p, sizeof(s->end));
		s->complete = s->ended = true;
		return 0;
	default:
		return s->ops->frame ? s->ops->frame(s, f->type, p, n) : 0;
	}
}

static void flush(struct session *s, int timeout_ms)
{
	int r;

	if (s->stopping)
		timeout_ms = s->interrupts ? LAST_WRITE_MS : -1;
	r = output_flush(&s->out, s->sigs.fd, timeout_ms);
	if (r == -EAGAIN && s->stopping) {
		broken(s, r, "nobody reads the output: the rest of it is dropped");
		s->out.closed = true;
	} else if (r && r != -EAGAIN && r != -EINTR) {
		s->ended = true;
		s->broken |= r != -EPIPE;
	}
	if (s->stopping && !r) /* while we wrote we did not listen */
		s->heard_ns = tr_now_ns();
}

static int take_frames(struct session *s)
{
	const struct tr_frame *f;
	int r = conn_fill(&s->conn);

	s->heard_ns = tr_now_ns();
	while (!r && !s->ended && (f = conn_next(&s->conn, &r))) {
		r = take_frame(s, f);
		if (!r && s->ops->batch)
			s->ops->batch(s);
		if (!r && s->out.buf.len >= OUTPUT_BATCH)
			flush(s, -1);
	}
	if (r)
		return broken(s, r, "what tracerd says can't be understood");
	if (s->conn.eof && !s->ended && !s->stopping && s->o->reconnect)
		return resume(s);
	if (s->conn.eof && !s->ended)
		return broken(s, -EPIPE, s->o->file ? "the recording ends in the middle"
						    : "tracerd closed the connection");
	return 0;
}

/* All that is due by now; returns when the next is, in ms for poll, -1: never. */
static int do_due(struct session *s)
{
	uint64_t now = tr_now_ns(), next = UINT64_MAX;

	if (s->stopping) {
		if (now >= s->heard_ns + SILENCE_NS) {
			broken(s, -ETIMEDOUT, "tracerd does not answer");
			return 0;
		}
		return (int)((s->heard_ns + SILENCE_NS - now) / 1000000 + 1);
	}
	if (s->deadline_ns && now >= s->deadline_ns) {
		session_stop(s);
		return 0;
	}
	if (s->procs && now >= s->prune_ns) {
		procs_prune(s->procs, procs_gone);
		s->prune_ns = now + SESSION_PRUNE_NS;
	}
	if (s->ops->tick && s->o->interval_ns && now >= s->tick_ns) {
		s->ops->tick(s);
		while (s->tick_ns <= now)
			s->tick_ns += s->o->interval_ns;
	}
	if (s->deadline_ns)
		next = s->deadline_ns;
	if (s->procs && s->prune_ns < next)
		next = s->prune_ns;
	if (s->ops->tick && s->o->interval_ns && s->tick_ns < next)
		next = s->tick_ns;
	if (next == UINT64_MAX)
		return -1;
	return next - now >= 3600000000000ULL ? 3600000 : (int)((next - now) / 1000000 + 1);
}

static bool has_unwritten(const struct session *s)
{
	return s->out.buf.len > s->out.written && !s->out.closed;
}

/*
 * What is watched goes first: on a busy host we are the ones who wait, and what waits for us is queued, or
 * counted as lost. Only now, for a child keeps the priority that we had when it was made.
 */
static void give_way(void)
{
	if (getpriority(PRIO_PROCESS, 0) < SESSION_NICE)
		setpriority(PRIO_PROCESS, 0, SESSION_NICE);
}

int session_loop(struct session *s)
{
	give_way();
	take_frames(s); /* what came together with the answer to the first request */
	while (!s->ended) {
		struct pollfd fds[3] = {{.fd = s->conn.fd, .events = POLLIN},
					{.fd = s->sigs.fd, .events = POLLIN},
					{.fd = s->out.fd}};
		int timeout_ms;

		/* Not pid 0 of a child: it has ended, and so have all that came from it. */
		if ((s->child.pid ? s->child.reaped : s->ends_empty) && !procs_count(s->procs))
			session_stop(s);
		timeout_ms = do_due(s);
		if (has_unwritten(s) && !s->ended)
			flush(s, timeout_ms);
		if (s->ended)
			break;
		if (has_unwritten(s)) /* a signal or a deadline came in between */
			timeout_ms = 0;
		if (poll(fds, 3, timeout_ms) < 0)
			continue;
		if (fds[1].revents)
			take_signals(s);
		if (fds[2].revents & (POLLERR | POLLHUP)) /* the reader is gone */
			s->out.closed = s->ended = true;
		if (fds[2].revents & POLLNVAL)
			broken(s, -EBADF, "the output is closed");
		if (fds[0].revents && !s->ended && !has_unwritten(s))
			take_frames(s);
	}
	return s->broken ? -EIO : 0;
}

/* Not after a second Ctrl-C: then the program is left to itself. */
static void wait_child(struct session *s)
{
	struct pollfd fd = {.fd = s->sigs.fd, .events = POLLIN};

	while (!child_poll(&s->child) && s->interrupts < 2) {
		poll(&fd, 1, 1000);
		take_signals(s);
	}
}

static int exit_status(struct session *s)
{
	char err[MSG_LEN];
	int status;

	if (!s->child.pid)
		return s->broken ? 1 : 0;
	wait_child(s);
	if (!s->child.reaped)
		return 128 + SIGINT;
	status = child_exit_status(&s->child, s->o->argv[0], err);
	if (*err)
		msg("%s", err);
	return s->broken ? session_failure(s) : status;
}

int session_close(struct session *s)
{
	int status;

	while (has_unwritten(s)) {
		int r = output_flush(&s->out, s->sigs.fd, s->interrupts ? LAST_WRITE_MS : -1);

		if (r == -EINTR)
			take_signals(s);
		else if (r)
			s->out.closed = true;
		s->broken |= r && r != -EPIPE && r != -EINTR;
	}
	conn_close(&s->conn);
	status = exit_status(s);
	output_done(&s->out);
	if (s->child.report_fd >= 0)
		close(s->child.report_fd);
	procs_free(s->procs);
	facts_free(s->facts);
	join_free(s->join);
	sigs_done(&s->sigs);
	return status;
}

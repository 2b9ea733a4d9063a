/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * session_open.c - how a session begins: the connection, the child that waits until it may run, the
 * question. Where session_open fails, nothing of it is left.
 */
#include "session_open.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <core/clock.h>
#include "msg.h"
#include "trap.h"

#define OPEN_MS 60000 /* attaching takes seconds on a slow machine */

int session_failure(const struct session *s)
{
	return s->o->argv[0] ? EXIT_RUN_FAILED : 1;
}

int session_connect(struct session *s, char *err)
{
	struct conn_where where = {
	    .socket = s->o->socket,
	    .backend = s->o->backend,
	    .wake_fd = s->sigs.end_fd,
	    .running = s->resuming && !s->conn.private_pid,
	};

	return s->o->file ? conn_open_file(&s->conn, s->o->file, err)
			  : conn_open(&s->conn, &where, err);
}

/*
 * A tracer of our own that stops the program at each call: then those that nobody asked for had better not stop. It
 * must follow the children, who have the trap too.
 */
static bool set_trap(struct session *s, struct trap *trap)
{
	struct filter *f = &s->o->filter;

	if (!s->conn.private_pid || strcmp(s->conn.hello.backend, "ptrace") || !f->follow || f->ninject ||
	    !trap_is_worth(f) || !trap_available())
		return false;
	trap_build(trap, f);
	f->trapped = true;
	return true;
}

static int fork_child(struct session *s, char *err)
{
	struct child_tracer tracer = {.pid = (pid_t)s->conn.hello.pid};
	const char *file = s->how ? s->how->path : NULL;
	char path[PATH_MAX], number[16];
	struct trap trap;
	int r = file ? 0 : child_find(s->o->argv[0], path, sizeof(path), err);

	if (r)
		return r;
	if (set_trap(s, &trap))
		tracer.trap = &trap;
	if (!s->procs)
		s->procs = procs_new();
	if (!s->procs || child_fork(&s->child, s->how, file ? file : path, s->o->argv, &s->sigs,
				    &tracer, err))
		return session_failure(s);
	procs_add(s->procs, (uint32_t)s->child.pid, (uint32_t)s->child.pid);
	snprintf(number, sizeof(number), "%d", s->child.pid);
	return filter_set(&s->o->filter, s->by_thread ? "tid" : "pid", number, err)
		   ? session_failure(s)
		   : 0;
}

static int ask(struct session *s, char *err)
{
	char text[TR_FRAME_REQUEST_MAX - sizeof(struct tr_frame)];
	const char *name = s->o->recorder ? s->o->recorder : "";
	ssize_t n;

	if (s->o->file)
		return 0;
	if (s->o->command == CMD_DUMP)
		return conn_send(&s->conn, TR_FRAME_DUMP, name, strlen(name));
	n = filter_format(&s->o->filter, text, sizeof(text));
	if (n < 0)
		return msg_set(err, (int)n, "the filter is too long");
	return conn_send(&s->conn, TR_FRAME_OPEN, text, (size_t)n);
}

int session_begin(struct session *s, char *err)
{
	const struct tr_frame *f;
	int r = ask(s, err);

	while (!r) {
		r = conn_wait(&s->conn, s->sigs.end_fd, OPEN_MS, &f);
		if (!r && f->type == TR_FRAME_OPENED && f->len >= sizeof(*f) + sizeof(struct tr_opened)) {
			struct tr_opened opened;

			memcpy(&opened, f + 1, sizeof(opened));
			s->opened_ns = opened.time_ns;
			return 0;
		}
		if (!r && f->type == TR_FRAME_ERROR) {
			conn_error_text(f, err);
			return -EINVAL;
		}
	}
	return msg_set(err, r, "tracerd did not open the session: %s",
		       r == -EPIPE ? "it closed the connection" : strerror(-r));
}

static int open_all(struct session *s, int out_fd, bool with_child, char *err)
{
	int r;

	if (with_child && !s->how) { /* what can't be run needs no tracerd */
		char path[PATH_MAX];

		r = child_find(s->o->argv[0], path, sizeof(path), err);
		if (r)
			return r;
	}
	s->facts = facts_new();
	s->join = join_new();
	if (!s->facts || !s->join || sigs_init(&s->sigs)) {
		msg_set(err, 0, "out of memory or descriptors");
		return session_failure(s);
	}
	if (output_init(&s->out, s->o, out_fd, err) || session_connect(s, err))
		return session_failure(s);
	r = with_child ? fork_child(s, err) : 0;
	if (r)
		return r;
	return session_begin(s, err) ? session_failure(s) : 0;
}

/* That came while we began: 0 if there is none. */
static int ending_signal(struct session *s)
{
	int signo, from_terminal;
	enum sig_event event;

	while ((event = sigs_next(&s->sigs, &signo, &from_terminal)) != SIG_EVENT_NONE)
		if (event == SIG_EVENT_END)
			return signo;
	return 0;
}

int session_open(struct session *s, struct options *o, int out_fd, bool with_child)
{
	char err[MSG_LEN] = "";
	int status;

	s->o = o;
	s->conn.fd = s->sigs.fd = -1;
	s->child = (struct child){.start_fd = -1, .report_fd = -1};
	status = open_all(s, out_fd, with_child, err);
	if (status) {
		int signo = ending_signal(s);

		if (signo)
			status = 128 + signo;
		else if (*err)
			msg("%s", err);
		child_cancel(&s->child);
		session_close(s);
		return status;
	}
	s->heard_ns = tr_now_ns();
	s->deadline_ns = o->duration_ns ? s->heard_ns + o->duration_ns : 0;
	s->tick_ns = s->heard_ns + o->interval_ns;
	s->prune_ns = s->heard_ns + SESSION_PRUNE_NS;
	if (s->child.pid)
		child_start(&s->child);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cmd_stream.c - watch, run, pending and dump: records as lines in the chosen format, as they come.
 */
#include "cmd.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <core/rec.h>
#include <core/table.h>
#include "msg.h"
#include "render.h"
#include "sieve.h"
#include "startup.h"

/* What run shows of its child: nothing before its first execve. */
enum gate {
	GATE_OPEN,
	GATE_BEFORE_EXEC, /* what comes is still tracectl's own doing */
	GATE_EXEC,	  /* its new program was told, the call that did it was not yet */
};

struct stream {
	struct session s;
	struct render render;
	struct sieve *sieve; /* of dump; else NULL */
	struct startup *startup; /* NULL: start-up calls are shown too */
	enum gate gate;
	_Alignas(8) char held[TR_RECORD_MAX]; /* the EXEC record, to be shown after its call */
	uint32_t first_tid;
	uint64_t events; /* records that were shown */
	uint64_t calls;	 /* of these, calls that returned */
};

static bool is_execve(const struct tr_hdr *rec)
{
	const struct tr_syscall *call = (const struct tr_syscall *)rec;
	const struct sc_row *row = rec->type == TR_SYSCALL ? sc_find(call->abi, call->nr) : NULL;

	return row && (!strcmp(row->name, "execve") || !strcmp(row->name, "execveat"));
}

static bool is_exit(const struct tr_syscall *call)
{
	const struct sc_row *row = sc_find(call->abi, call->nr);

	return row && (row->effects & SC_FX_NO_RETURN) && !(call->h.flags & TR_F_BLOCKED);
}

#define NEW_NAMESPACES 0x7e020000 /* CLONE_NEW* */

/* It made a child, and has nothing else to tell. */
static bool is_fork(const struct tr_syscall *call)
{
	const struct sc_row *row = sc_find(call->abi, call->nr);

	if (!row || call->ret <= 0 || (call->h.flags & (TR_F_BLOCKED | TR_F_NO_RETURN)))
		return false;
	if (!strcmp(row->name, "clone"))
		return !(call->args[0] & NEW_NAMESPACES);
	return !strcmp(row->name, "clone3") || !strcmp(row->name, "fork") || !strcmp(row->name, "vfork");
}

/*
 * What people don't want to hear: of a new program beside the execve that ran it, of a call that made a
 * process beside the process (which is told in time, before anything that it does), of a call that ends one
 * beside its end, and where the question is about calls, of anything else. strace tells signals and exits.
 */
static bool is_noise(const struct options *o, const struct tr_hdr *rec)
{
	const struct filter *f = &o->filter;
	bool about_calls = f->has_syscalls || f->failed || f->ok || f->has_errno || f->slower_ns;

	if (rec->type == TR_LOST || rec->type == TR_BUDGET || strcmp(o->format->name, "human"))
		return false;
	if (rec->type == TR_SYSCALL)
		return !about_calls && (is_fork((const void *)rec) || is_exit((const void *)rec));
	return rec->type == TR_EXEC || about_calls;
}

/* strace names the process on every line as soon as there is more than one. */
static void note_task(struct stream *st, const struct tr_hdr *rec)
{
	if (st->s.procs) {
		st->render.view.multi = procs_count(st->s.procs) > 1;
		return;
	}
	if (!st->first_tid)
		st->first_tid = rec->tid;
	if (rec->tid != st->first_tid)
		st->render.view.multi = true;
}

/* Whether it is hidden as one of the calls that start a program; tells how many were when they end. */
static bool is_startup(struct stream *st, const struct tr_hdr *rec, bool wanted)
{
	uint64_t hidden;
	bool hide = startup_hides(st->startup, rec, wanted, &hidden);

	if (hidden)
		st->s.o->format->hidden(&st->render, rec, hidden, &st->s.out.buf);
	return hide;
}

/* What a recorder holds was made for its own filter. */
static bool is_left_out(const struct stream *st, const struct tr_hdr *rec)
{
	const struct options *o = st->s.o;

	if (!st->sieve)
		return false;
	return !sieve_record(st->sieve, st->s.facts, rec) ||
	       (o->last_ns && rec->time_ns + o->last_ns < st->s.opened_ns);
}

static void show(struct stream *st, const struct tr_hdr *rec)
{
	struct options *o = st->s.o;
	size_t before = st->s.out.buf.len;
	bool wanted;

	if (o->count && st->calls >= o->count)
		return;
	wanted = !is_left_out(st, rec) && !is_noise(o, rec) &&
		 !(match_any(&o->match) && !match_record(&o->match, st->s.facts, rec));
	if ((st->startup && is_startup(st, rec, wanted)) || !wanted)
		return;
	note_task(st, rec);
	o->format->record(&st->render, rec, &st->s.out.buf);
	if (st->s.out.buf.len == before || rec->type == TR_LOST || rec->type == TR_BUDGET)
		return;
	st->events++;
	if (rec->type == TR_SYSCALL && !(rec->flags & TR_F_BLOCKED))
		st->calls++;
	if (o->count && st->calls >= o->count)
		session_stop(&st->s);
}

/* The child of run until its program runs; true: the record was dealt with. */
static bool at_gate(struct stream *st, const struct tr_hdr *rec)
{
	if (rec->tgid != (uint32_t)st->s.child.pid)
		return false;
	if (rec->type == TR_EXEC && st->gate == GATE_BEFORE_EXEC) {
		memcpy(st->held, rec, rec->len);
		st->gate = GATE_EXEC;
		return true;
	}
	if (is_execve(rec)) {
		bool held = st->gate == GATE_EXEC;

		/* A call that failed leaves the gate to the next: sh may be tried for a script. */
		st->gate = GATE_OPEN;
		show(st, rec);
		if (held)
			show(st, (const struct tr_hdr *)(const void *)st->held);
		return true;
	}
	if (st->gate == GATE_BEFORE_EXEC) /* it may die before it got so far */
		return rec->type != TR_EXIT;
	/* The call may not be wanted (-e): then the first other record lets the held one out. */
	st->gate = GATE_OPEN;
	show(st, (const struct tr_hdr *)(const void *)st->held);
	return false;
}

static void on_record(struct session *s, const struct tr_hdr *rec)
{
	struct stream *st = s->ctx;

	if (rec_is_fact(rec) || rec->type == TR_RESET)
		return;
	if (st->gate == GATE_OPEN || !at_gate(st, rec))
		show(st, rec);
}

static void set_width(struct stream *st)
{
	st->render.view.width = st->s.out.is_terminal ? st->s.out.width : 0;
}

static void on_resized(struct session *s)
{
	set_width(s->ctx);
}

static void init_view(struct stream *st)
{
	const struct options *o = st->s.o;
	const struct filter *f = &o->filter;

	st->render.format = o->format;
	st->render.facts = st->s.facts;
	st->render.ids = idnames_new();
	st->render.view = (struct view){
	    .string_limit = f->string_limit,
	    .time = o->time,
	    .color = st->s.out.color,
	    .durations = o->durations,
	    .fds = o->fds,
	    .show_secrets = o->show_secrets,
	    .multi = !st->s.child.pid && (f->follow || f->pid.n + f->tid.n != 1),
	    .pid_column = o->command == CMD_RUN && o->out && f->follow,
	    .is_terminal = st->s.out.is_terminal,
	    .realtime_offset_ns = st->s.conn.hello.realtime_offset_ns,
	};
	set_width(st);
}

static void tell_start(const struct stream *st)
{
	const struct options *o = st->s.o;

	if (o->command == CMD_WATCH && !o->quiet && isatty(STDERR_FILENO))
		msg("watching by %s; Ctrl-C ends it", st->s.conn.hello.backend);
}

static void tell_end(struct stream *st)
{
	const struct session *s = &st->s;
	const struct options *o = s->o;

	if (s->out.closed)
		return;
	if (o->command != CMD_PENDING || strcmp(o->format->name, "human"))
		o->format->end(&st->render, st->events, session_lost(s), &st->s.out.buf);
	else if (!st->events && s->complete && !s->broken && !o->quiet && isatty(STDERR_FILENO))
		msg("nothing is blocked");
}

int stream_command(struct options *o, int out_fd, bool with_child)
{
	static const struct session_ops ops = {.record = on_record, .resized = on_resized};
	struct stream st = {.gate = with_child ? GATE_BEFORE_EXEC : GATE_OPEN};
	char err[MSG_LEN];
	int status;

	st.s.ops = &ops;
	st.s.ctx = &st;
	st.sieve = o->command == CMD_DUMP ? sieve_new(&o->filter, err) : NULL;
	if (o->command == CMD_DUMP && !st.sieve) {
		msg("%s", err);
		return 1;
	}
	status = session_open(&st.s, o, out_fd, with_child);
	if (status) {
		sieve_free(st.sieve);
		return status;
	}
	init_view(&st);
	st.startup = o->quiet_startup ? startup_new(st.s.facts) : NULL;
	tell_start(&st);
	session_loop(&st.s);
	tell_end(&st);
	idnames_free(st.render.ids);
	startup_free(st.startup);
	sieve_free(st.sieve);
	return session_close(&st.s);
}

int cmd_watch(struct options *o)
{
	return stream_command(o, STDOUT_FILENO, false);
}

int cmd_run(struct options *o)
{
	return stream_command(o, STDERR_FILENO, true);
}

int cmd_dump(struct options *o)
{
	return stream_command(o, STDOUT_FILENO, false);
}

int cmd_pending(struct options *o)
{
	return stream_command(o, STDOUT_FILENO, false);
}

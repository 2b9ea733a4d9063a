/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* strace_line.c - see strace_line.h. */
#include "strace_line.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <core/rec.h>
#include "child.h"
#include "msg.h"
#include "strace_count.h"
#include "strace_dump.h"
#include "strace_call.h"

#define NO_NUMBER UINT32_MAX /* of a system call, in front of a line that is about none */

void strace_line_init(struct strace_line *l, const struct strace_options *o, struct buf *buf)
{
	l->o = o;
	l->shared.buf = buf;
	l->shared.fd = -1;
	l->to_stderr = !o->out;
	l->pid_in_file = o->always_pid ||
			 (o->out && !o->separate && (o->follow || o->npids + !!o->argv[0] > 1));
}

static struct strace_task *find(const struct strace_line *l, uint32_t tid)
{
	struct strace_task *t;

	HASH_FIND(hh, l->tasks, &tid, sizeof(tid), t);
	return t;
}

struct strace_task *strace_line_add(struct strace_line *l, uint32_t tgid, uint32_t tid)
{
	struct strace_task *t = find(l, tid);

	if (t)
		return t;
	t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->tid = tid;
	t->tgid = tgid;
	t->nr = NO_NUMBER;
	t->log = &l->shared;
	if (l->o->separate) {
		t->log = &t->own;
		strace_log_open(&t->own, l->o, tid);
	}
	HASH_ADD(hh, l->tasks, tid, sizeof(t->tid), t);
	return t;
}

static void drop(struct strace_line *l, struct strace_task *t)
{
	if (t->log->open == t)
		t->log->open = NULL;
	strace_log_close(&t->own);
	buf_done(&t->begun);
	HASH_DEL(l->tasks, t);
	free(t);
}

void strace_line_done(struct strace_line *l)
{
	struct strace_left *left, *next_left;
	struct strace_task *t, *next;

	HASH_ITER(hh, l->tasks, t, next)
		drop(l, t);
	HASH_ITER(hh, l->left, left, next_left) {
		HASH_DEL(l->left, left);
		free(left);
	}
}

void strace_line_flush(struct strace_line *l)
{
	struct strace_task *t, *next;

	if (!l->o->separate)
		return;
	HASH_ITER(hh, l->tasks, t, next)
		strace_log_flush(&t->own);
}

void strace_line_say(struct strace_line *l, const char *fmt, ...)
{
	char text[MSG_LEN];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!l->to_stderr) {
		msg("%s", text);
		return;
	}
	buf_str(l->shared.buf, program_invocation_name);
	buf_put(l->shared.buf, ": ", 2);
	buf_str(l->shared.buf, text);
	buf_char(l->shared.buf, '\n');
}

static void put_fraction(struct buf *out, uint64_t ns, unsigned int digits)
{
	uint64_t unit = 1;

	for (unsigned int i = digits; i < 9; i++)
		unit *= 10;
	if (!digits)
		return;
	buf_char(out, '.');
	buf_u64_pad(out, ns % 1000000000 / unit, (int)digits, '0');
}

static void put_clock(struct strace_line *l, uint64_t ns, struct buf *out)
{
	int64_t real = (int64_t)(ns + (uint64_t)l->realtime_offset_ns);

	if (l->o->clock == CLOCK_UNIX)
		buf_i64(out, real / 1000000000);
	else
		render_clock(&l->clock, real, out);
	put_fraction(out, (uint64_t)real, l->o->clock_digits);
	buf_char(out, ' ');
}

static void put_relative(struct strace_line *l, struct strace_log *log, uint64_t ns, struct buf *out)
{
	uint64_t since = log->last_ns && ns > log->last_ns ? ns - log->last_ns : 0;
	bool in_brackets = l->o->clock != CLOCK_NONE;

	log->last_ns = ns;
	if (in_brackets)
		buf_put(out, "(+", 2);
	buf_u64_pad(out, since / 1000000000, 6, ' ');
	put_fraction(out, since, l->o->relative_digits);
	buf_str(out, in_brackets ? ") " : " ");
}

/* A name from the facts, else from the process itself. */
static size_t comm_of(void *ctx, uint32_t pid, char *name)
{
	const struct strace_line *l = ctx;
	const struct fact_task *task = facts_task(l->facts, pid);
	char path[64];
	ssize_t n;
	int fd;

	if (task && task->comm_len) {
		memcpy(name, task->comm, task->comm_len);
		return task->comm_len;
	}
	snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, name, TR_COMM_LEN);
	close(fd);
	return n > 1 ? (size_t)n - 1 : 0;
}

static void put_comm(struct strace_line *l, uint32_t tid, struct buf *out)
{
	char name[TR_COMM_LEN];
	size_t n = l->o->decode_pids & STRACE_PIDS_COMM ? comm_of(l, tid, name) : 0;

	if (!n)
		return;
	buf_char(out, '<');
	strace_escape(out, name, n);
	buf_char(out, '>');
}

static void put_pid(struct strace_line *l, const struct strace_task *t, struct buf *out)
{
	size_t from = out->len;

	if (l->pid_in_file) {
		buf_u64(out, t->tid);
		buf_pad(out, from, 5);
		put_comm(l, t->tid, out);
		buf_char(out, ' ');
	} else if (l->to_stderr && HASH_COUNT(l->tasks) > 1) {
		buf_put(out, "[pid ", 5);
		buf_u64_pad(out, t->tid, 5, ' ');
		put_comm(l, t->tid, out);
		buf_put(out, "] ", 2);
	}
}

/* Closes the line that is open, and begins another. Returns where it begins, for columns. */
static size_t lead(struct strace_line *l, struct strace_task *t, uint64_t ns, uint32_t nr)
{
	struct strace_log *log = t->log;
	struct buf *out = log->buf;
	size_t from;

	if (log->open) {
		buf_str(out, " <unfinished ...>\n");
		log->open->unfinished = true;
		log->open = NULL;
	}
	from = out->len;
	put_pid(l, t, out);
	if (l->o->clock != CLOCK_NONE)
		put_clock(l, ns, out);
	if (l->o->relative)
		put_relative(l, log, ns, out);
	if (l->o->number) {
		buf_char(out, '[');
		if (nr == NO_NUMBER)
			buf_put(out, "????", 4);
		else
			buf_u64_pad(out, nr, 4, ' ');
		buf_put(out, "] ", 2);
	}
	return from;
}

static void init_sink(struct strace_line *l, const struct tr_syscall *rec, struct call *c,
		      struct strace_sink *s, struct buf *out)
{
	const struct strace_options *o = l->o;

	*s = (struct strace_sink){
		.s = {&strace_sink_ops, out, strace_calls_has(&o->abbrev, rec->abi, rec->nr), true},
		.facts = o->decode_fds ? l->facts : NULL,
		.tgid = rec->h.tgid,
		.decode_fds = o->decode_fds,
		.hex = (uint8_t)o->hex,
		.consts = o->consts,
		.raw = strace_calls_has(&o->raw, rec->abi, rec->nr),
		.opaque = !strace_calls_has(&o->verbose, rec->abi, rec->nr),
		.arg_names = o->arg_names,
		.comm = o->decode_pids & STRACE_PIDS_COMM ? comm_of : NULL,
		.comm_ctx = l,
	};
	call_init(c, rec, l->facts, o->string_limit);
	c->show_secrets = o->show_secrets;
}

static void put_took(const struct strace_line *l, uint64_t ns, struct buf *out)
{
	buf_put(out, " <", 2);
	buf_u64(out, ns / 1000000000);
	put_fraction(out, ns, l->o->took_digits);
	buf_char(out, '>');
}

/* After the arguments. column is that of the end of them, not counting what is appended here. */
static void put_rest(struct strace_line *l, struct strace_sink *s, const struct call *c, size_t from,
		     bool whole)
{
	struct buf *out = s->s.out;

	if (!whole)
		buf_str(out, " <unfinished ...>");
	buf_put(out, ") ", 2);
	buf_pad(out, from, l->o->column);
	buf_put(out, "= ", 2);
	strace_call_result(s, c);
	if (l->o->took && c->returned)
		put_took(l, c->rec->duration_ns, out);
	buf_char(out, '\n');
}

/* The beginning of a call that waits: the line stays open. */
static void put_begin(struct strace_line *l, struct strace_task *t, const struct tr_syscall *rec)
{
	struct buf *out = t->log->buf;
	size_t from, text;
	struct strace_sink s;
	struct call c;

	if (t->in_call)
		return;
	from = lead(l, t, rec->h.time_ns - rec->duration_ns, rec->nr);
	text = out->len;
	init_sink(l, rec, &c, &s, out);
	strace_call_begin(&s, &c);
	t->in_call = true;
	t->unfinished = false;
	t->begun.len = 0;
	if (out->len > text)
		buf_put(&t->begun, out->p + text, out->len - text);
	t->log->open = t;
	t->log->column = out->len - from;
}

/*
 * The end of a call whose beginning was written: the whole is made and what stands there already is taken
 * off. A beginning that turned out otherwise (memory that could be read only later) is passed over by length.
 */
static bool put_tail(struct strace_task *t, struct strace_sink *s, const struct call *c)
{
	struct buf *out = s->s.out;
	size_t from = out->len, n;
	bool whole = strace_call_begin(s, c);

	n = out->len - from;
	if (n > t->begun.len)
		n = t->begun.len;
	memmove(out->p + from, out->p + from + n, out->len - from - n);
	out->len -= n;
	return whole;
}

static void put_end(struct strace_line *l, struct strace_task *t, const struct tr_syscall *rec)
{
	struct strace_log *log = t->log;
	struct strace_sink s;
	struct call c;
	bool whole;
	size_t from;

	init_sink(l, rec, &c, &s, log->buf);
	if (!t->in_call) {
		from = lead(l, t, rec->h.time_ns - rec->duration_ns, rec->nr);
		whole = strace_call_begin(&s, &c);
	} else if (log->open == t) {
		from = log->buf->len - log->column; /* may have been written: only the difference counts */
		whole = put_tail(t, &s, &c);
	} else {
		from = lead(l, t, rec->h.time_ns, rec->nr);
		buf_put(log->buf, "<... ", 5);
		render_call_name(c.row, rec->nr, log->buf);
		buf_str(log->buf, " resumed>");
		whole = put_tail(t, &s, &c);
	}
	put_rest(l, &s, &c, from, whole);
	strace_dump(l->o, &c, log->buf);
	t->in_call = t->unfinished = false;
	log->open = NULL;
}

static bool wanted(const struct strace_line *l, const struct tr_syscall *rec)
{
	return strace_calls_has(&l->o->trace, rec->abi, rec->nr) &&
	       strace_paths_match(l->paths, l->o, l->facts, rec);
}

static uint32_t status_of(const struct tr_syscall *rec)
{
	if (rec->h.flags & TR_F_NO_RETURN)
		return STATUS_UNFINISHED;
	return sc_is_error(sc_find(rec->abi, rec->nr), rec->ret) ? STATUS_FAILED : STATUS_SUCCESSFUL;
}

static bool by_status(const struct strace_line *l)
{
	return (l->o->status & 31) != 31;
}

/* Of a call that waits, the time until then is what it took of the processor. */
static void count(struct strace_line *l, struct strace_task *t, const struct tr_syscall *rec)
{
	uint64_t ns = t->waits_ns && !l->o->summary_wall ? t->waits_ns : rec->duration_ns;
	bool failed = status_of(rec) == STATUS_FAILED;
	const struct strace_count one = {1, failed, ns, ns, ns};

	t->waits_ns = 0;
	if (!(rec->h.flags & TR_F_NO_RETURN))
		strace_counts_add(l->counts, rec->abi, rec->nr, &one);
}

static void on_call(struct strace_line *l, struct strace_task *t, const struct tr_syscall *rec)
{
	t->nr = rec->nr;
	if (!wanted(l, rec))
		return;
	if (rec->h.flags & TR_F_BLOCKED) {
		t->waits_ns = rec->duration_ns;
		if (!by_status(l) && l->o->summary != SUMMARY_ONLY)
			put_begin(l, t, rec);
		return;
	}
	if (!(l->o->status & status_of(rec)))
		return;
	if (l->counts)
		count(l, t, rec);
	if (l->o->summary != SUMMARY_ONLY)
		put_end(l, t, rec);
	l->calls++;
}

static void on_signal(struct strace_line *l, struct strace_task *t, const struct tr_signal *rec)
{
	if (rec->signo == SIGKILL || l->o->summary == SUMMARY_ONLY || !strace_numbers_has(&l->o->signals, rec->signo))
		return;
	lead(l, t, rec->h.time_ns, t->nr);
	strace_signal(rec, t->log->buf);
	if (rec->signo == SIGSTOP) {
		lead(l, t, rec->h.time_ns, t->nr);
		buf_str(t->log->buf, "--- stopped by SIGSTOP ---\n");
	}
}

static void on_fork(struct strace_line *l, const struct tr_fork *rec)
{
	if (!l->o->follow || find(l, rec->child_tid))
		return;
	if (!strace_line_add(l, rec->child_tgid, rec->child_tid))
		return;
	if (!(l->o->quiet & QUIET_ATTACH))
		strace_line_say(l, "Process %u attached", rec->child_tid);
}

/* A thread takes its process's number over: what it was doing is now the leader's. */
static void on_exec(struct strace_line *l, const struct tr_exec *rec)
{
	struct strace_task *old = find(l, rec->old_tid), *t = find(l, rec->h.tid);

	if (rec->old_tid == rec->h.tid || !old)
		return;
	if (!t)
		t = strace_line_add(l, rec->h.tgid, rec->h.tid);
	if (!t)
		return;
	t->ended = false;
	if (!(l->o->quiet & QUIET_EXECVE) && l->o->summary != SUMMARY_ONLY) {
		lead(l, t, rec->h.time_ns, t->nr);
		buf_str(t->log->buf, "+++ superseded by execve in pid ");
		buf_u64(t->log->buf, rec->old_tid);
		buf_str(t->log->buf, " +++\n");
	}
	t->in_call = old->in_call;
	t->unfinished = old->unfinished;
	t->begun.len = 0;
	buf_put(&t->begun, old->begun.p, old->begun.len);
	if (old->log->open == old)
		old->log->open = t;
	drop(l, old);
}

static void show_exit(struct strace_line *l, struct strace_task *t, const struct tr_exit *rec)
{
	if (!(l->o->quiet & QUIET_EXIT) && l->o->summary != SUMMARY_ONLY) {
		lead(l, t, rec->h.time_ns, t->nr);
		strace_exit(rec, t->log->buf);
	}
	drop(l, t);
}

/* The leader of a process is seen to end when no other thread of it is left. */
static void on_task_exit(struct strace_line *l, struct strace_task *t, const struct tr_exit *rec)
{
	struct strace_task *leader;

	if (!rec->last && rec->h.tid == rec->h.tgid && HASH_COUNT(l->tasks) > 1) {
		t->ended = true;
		t->status = rec->status;
		return;
	}
	show_exit(l, t, rec);
	leader = rec->last ? find(l, rec->h.tgid) : NULL;
	if (leader && leader->ended) {
		struct tr_exit own = *rec;

		own.h.tid = leader->tid;
		own.status = leader->status;
		show_exit(l, leader, &own);
	}
}

static bool is_left(const struct strace_line *l, uint32_t tgid)
{
	struct strace_left *left;

	HASH_FIND(hh, l->left, &tgid, sizeof(tgid), left);
	return left != NULL;
}

static void leave(struct strace_line *l, uint32_t tgid)
{
	struct strace_left *left = is_left(l, tgid) ? NULL : calloc(1, sizeof(*left));

	if (!left)
		return;
	left->tgid = tgid;
	HASH_ADD(hh, l->left, tgid, sizeof(left->tgid), left);
}

static void detach(struct strace_line *l, struct strace_task *t)
{
	if (!(l->o->quiet & QUIET_ATTACH))
		strace_line_say(l, "Process %u detached", t->tid);
	if (t->log->open == t)
		buf_str(t->log->buf, " <detached ...>\n");
	drop(l, t);
}

/* True: the record is about a process that is let alone. */
static bool passes_by(struct strace_line *l, const struct tr_hdr *rec)
{
	const struct tr_fork *fork = (const void *)rec;
	struct strace_task *t;

	if (!l->o->detach_on_execve)
		return false;
	if (rec->type == TR_EXEC && rec->tid != l->gate) {
		leave(l, rec->tgid);
		t = find(l, rec->tid);
		if (t)
			detach(l, t);
	}
	if (!is_left(l, rec->tgid))
		return false;
	if (rec->type == TR_FORK && fork->child_tgid != rec->tgid)
		leave(l, fork->child_tgid);
	return true;
}

static bool is_execve(const struct tr_hdr *rec)
{
	const struct tr_syscall *call = (const struct tr_syscall *)rec;
	const struct sc_row *row = rec->type == TR_SYSCALL ? sc_find(call->abi, call->nr) : NULL;

	return row && !strcmp(row->name, "execve");
}

/* Until its program runs, a child of ours does nothing that is of interest, but for the execve. */
static bool at_gate(struct strace_line *l, const struct tr_hdr *rec)
{
	int e;

	if (rec->type == TR_EXEC)
		l->gate = 0;
	if (is_execve(rec) || rec->type == TR_EXEC)
		return false;
	if (rec->type != TR_EXIT)
		return true;
	e = l->child ? child_exec_errno(l->child) : 0;
	if (e)
		strace_line_say(l, "exec: %s", strerror(e));
	return false;
}

void strace_line_record(struct strace_line *l, const struct tr_hdr *rec)
{
	struct strace_task *t;

	if (l->detached || passes_by(l, rec) || (l->gate && rec->tid == l->gate && at_gate(l, rec)))
		return;
	t = find(l, rec->tid);
	if (rec->type == TR_FORK)
		on_fork(l, (const void *)rec);
	else if (rec->type == TR_EXEC)
		on_exec(l, (const void *)rec);
	else if (rec->type == TR_LOST)
		strace_line_say(l, "%llu events were lost",
				(unsigned long long)((const struct tr_lost *)rec)->count);
	if (!t && (rec->type == TR_SYSCALL || rec->type == TR_SIGNAL))
		t = strace_line_add(l, rec->tgid, rec->tid);
	if (!t)
		return;
	if (rec->type == TR_SYSCALL)
		on_call(l, t, (const void *)rec);
	else if (rec->type == TR_SIGNAL)
		on_signal(l, t, (const void *)rec);
	else if (rec->type == TR_EXIT)
		on_task_exit(l, t, (const void *)rec);
}

void strace_line_detach(struct strace_line *l)
{
	struct strace_task *t, *next;

	if (l->detached)
		return;
	HASH_ITER(hh, l->tasks, t, next) {
		if (l->o->kill_on_exit)
			kill((pid_t)t->tgid, SIGKILL);
		detach(l, t);
	}
	l->detached = true;
}

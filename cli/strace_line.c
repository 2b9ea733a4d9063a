/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* strace_line.c - see strace_line.h. */
#include "strace_line.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <core/rec.h>
#include "child.h"
#include "strace_count.h"
#include "strace_dump.h"
#include "strace_call.h"
#include "strace_stack.h"

static void init_sink(struct strace_line *l, const struct tr_syscall *rec, struct call *c,
		      struct strace_sink *s, struct buf *out)
{
	const struct strace_options *o = l->o;

	*s = (struct strace_sink){
		.s = {
			.ops = &strace_sink_ops,
			.out = out,
			.terse = strace_calls_has(&o->abbrev, rec->abi, rec->nr),
			.all_names = true,
			.ids = l->ids,
		},
		.facts = o->decode_fds ? l->facts : NULL,
		.tgid = rec->h.tgid,
		.decode_fds = o->decode_fds,
		.hex = (uint8_t)o->hex,
		.consts = o->consts,
		.s.apart = o->consts != STRACE_CONSTS_ABBREV,
		.s.wordless = o->consts == STRACE_CONSTS_RAW,
		.raw = strace_calls_has(&o->raw, rec->abi, rec->nr),
		.opaque = !strace_calls_has(&o->verbose, rec->abi, rec->nr),
		.arg_names = o->arg_names,
		.about_pid = o->decode_pids ? strace_line_about : NULL,
		.about_ctx = l,
	};
	call_init(c, rec, l->facts, o->string_limit);
	c->show_secrets = o->show_secrets;
}

static void put_took(const struct strace_line *l, uint64_t ns, struct buf *out)
{
	buf_put(out, " <", 2);
	buf_u64(out, ns / 1000000000);
	strace_put_fraction(out, ns, l->o->took_digits);
	buf_char(out, '>');
}

static void put_tampering(unsigned int flags, struct buf *out)
{
	bool injected = flags & TR_F_INJECTED;

	if (flags & TR_F_POKED)
		buf_str(out, injected ? " (INJECTED: args, retval)" : " (INJECTED: args)");
	else if (injected)
		buf_str(out, " (INJECTED)");
	if (flags & TR_F_DELAYED)
		buf_str(out, " (DELAYED)");
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
	put_tampering(c->rec->h.flags, out);
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
	from = strace_line_lead(l, t, rec->h.time_ns - rec->duration_ns, rec->nr);
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

/* Who asks for calls by how they end sees only then whether this is one. */
static void hold_begin(struct strace_line *l, struct strace_task *t, const struct tr_syscall *rec)
{
	struct strace_sink s;
	struct call c;

	t->held_ns = rec->h.time_ns - rec->duration_ns;
	t->begun.len = 0;
	init_sink(l, rec, &c, &s, &t->begun);
	strace_call_begin(&s, &c);
}

static void put_held(struct strace_line *l, struct strace_task *t)
{
	strace_line_lead(l, t, t->held_ns, t->nr);
	buf_put(t->log->buf, t->begun.p, t->begun.len);
	t->log->open = t;
}

/* Arguments in a text up to where it ends: commas outside of strings and brackets. */
static unsigned int count_args(const struct buf *text)
{
	bool in_string = false;
	unsigned int n = 1;
	int depth = -1; /* in the bracket of the call itself */

	for (size_t i = 0; i < text->len; i++) {
		char c = text->p[i];

		if (in_string && c == '\\')
			i++;
		else if (c == '"')
			in_string = !in_string;
		else if (in_string)
			continue;
		else if (strchr("([{", c))
			depth++;
		else if (strchr(")]}", c))
			depth--;
		else if (c == ',' && !depth)
			n++;
	}
	return n;
}

/* How much of the whole, which is the end of out, stands there already. */
static size_t told(const struct strace_task *t, const struct strace_sink *s, size_t from)
{
	const struct buf *whole = s->s.out, *begun = &t->begun;
	unsigned int n;

	if (whole->len - from >= begun->len && !memcmp(whole->p + from, begun->p, begun->len))
		return begun->len;
	n = count_args(begun);
	if (n >= TR_MAX_ARGS || s->arg_at[n] <= from)
		return whole->len - from;
	return s->arg_at[n] - from + (begun->p[begun->len - 1] == ' ' ? 2 : 0);
}

/*
 * The end of a call whose beginning was written: the whole is made and what stands there already is taken
 * off. A beginning that turned out otherwise, for memory that could be read only later, is passed over by
 * its arguments.
 */
static bool put_tail(struct strace_task *t, struct strace_sink *s, const struct call *c)
{
	struct buf *out = s->s.out;
	size_t from = out->len, n;
	bool whole = strace_call_begin(s, c);

	n = told(t, s, from);
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
		from = strace_line_lead(l, t, rec->h.time_ns - rec->duration_ns, rec->nr);
		whole = strace_call_begin(&s, &c);
	} else if (log->open == t) {
		from = log->buf->len - log->column; /* may have been written: only the difference counts */
		whole = put_tail(t, &s, &c);
	} else {
		from = strace_line_lead(l, t, rec->h.time_ns, rec->nr);
		buf_put(log->buf, "<... ", 5);
		render_call_name(c.row, rec_nr(rec), log->buf);
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

/* Where it was made, 0: that is not known. */
static uint64_t pointer_of(const struct tr_syscall *rec)
{
	const struct tr_item *item = rec_item_find(rec, 0, TR_PART_POINTER, 0, 0);
	uint64_t pointer = 0;

	if (item && item->len == sizeof(pointer))
		memcpy(&pointer, rec_item_data(item), sizeof(pointer));
	return pointer;
}

static void supersede(struct strace_line *l, struct strace_task *old, struct strace_task *t,
		      uint64_t time_ns);

/* A program makes calls by another ABI than the one before. */
static void tell_personality(struct strace_line *l, struct strace_task *t,
			     const struct tr_syscall *rec)
{
	if (t->abi == rec->abi)
		return;
	t->abi = rec->abi;
	if (l->o->quiet & QUIET_PERSONALITY)
		return;
	strace_line_lead(l, t, rec->h.time_ns - rec->duration_ns, t->nr);
	buf_str(t->log->buf, "[ Process PID=");
	buf_u64(t->log->buf, t->tid);
	buf_str(t->log->buf, rec->abi == TR_ABI_I386 ? " runs in 32 bit mode. ]\n" :
						       " runs in 64 bit mode. ]\n");
}

static bool makes_child(const struct tr_syscall *rec)
{
	const struct sc_row *row = sc_find(rec->abi, rec->nr);

	return row && (!strncmp(row->name, "clone", 5) || !strcmp(row->name, "fork") ||
		       !strcmp(row->name, "vfork"));
}

static void name_child(struct strace_line *l, struct strace_task *t, const struct tr_syscall *rec)
{
	if (!l->o->decode_pids || !t->child || (rec->h.flags & TR_F_BLOCKED) || !makes_child(rec))
		return;
	if (rec->ret > 0)
		strace_pidns_born(&l->pidns, t->tid, t->child, (uint32_t)rec->ret);
	t->child = 0;
}

static void on_call(struct strace_line *l, struct strace_task *t, const struct tr_syscall *rec)
{
	struct strace_task *old = t->execs;

	if (old) {
		t->execs = NULL;
		put_begin(l, old, rec);
		supersede(l, old, t, rec->h.time_ns);
	}
	t->pointer = pointer_of(rec);
	t->shown = false;
	t->held_ns = 0;
	t->last = rec->h.flags & TR_F_NO_RETURN;
	tell_personality(l, t, rec);
	name_child(l, t, rec);
	t->nr = rec->nr;
	if (!wanted(l, rec))
		return;
	if (rec->h.flags & TR_F_BLOCKED) {
		t->waits_ns = rec->duration_ns;
		if (!by_status(l) && l->o->summary != SUMMARY_ONLY)
			put_begin(l, t, rec);
		else if (l->o->status & STATUS_DETACHED && l->o->summary != SUMMARY_ONLY)
			hold_begin(l, t, rec);
		return;
	}
	if (!(l->o->status & status_of(rec)))
		return;
	if (l->counts)
		count(l, t, rec);
	if (l->o->summary != SUMMARY_ONLY)
		put_end(l, t, rec);
	t->shown = true;
	l->calls++;
}

static void on_signal(struct strace_line *l, struct strace_task *t, const struct tr_signal *rec)
{
	struct strace_sink s = {.s = {.ops = &strace_sink_ops, .out = t->log->buf},
				.consts = l->o->consts,
				.tgid = rec->h.tgid,
				.about_pid = l->o->decode_pids ? strace_line_about : NULL,
				.about_ctx = l};

	t->shown = t->last = false;
	if (rec->signo == SIGKILL || l->o->summary == SUMMARY_ONLY || !strace_numbers_has(&l->o->signals, rec->signo))
		return;
	t->shown = true;
	t->pointer = rec->pointer;
	strace_line_lead(l, t, rec->h.time_ns, t->nr);
	strace_signal(&s, rec);
	if (rec->signo == SIGSTOP) {
		strace_line_lead(l, t, rec->h.time_ns, t->nr);
		buf_str(t->log->buf, "--- stopped by SIGSTOP ---\n");
	}
}

static void on_fork(struct strace_line *l, const struct tr_fork *rec)
{
	struct strace_task *parent = strace_line_find(l, rec->h.tid), *t;

	if (parent)
		parent->child = rec->child_tid;
	if (!l->o->follow || strace_line_find(l, rec->child_tid))
		return;
	t = strace_line_add(l, rec->child_tgid, rec->child_tid);
	if (!t)
		return;
	t->abi = parent ? parent->abi : t->abi;
	if (!(l->o->quiet & QUIET_ATTACH))
		strace_line_say(l, "Process %u attached", rec->child_tid);
}

/* A thread has taken its process's number over: what it was doing is now the leader's. */
static void supersede(struct strace_line *l, struct strace_task *old, struct strace_task *t,
		      uint64_t time_ns)
{
	uint32_t tid = old->tid;

	if (old->log->open == old) {
		buf_str(old->log->buf, " <pid changed to ");
		buf_u64(old->log->buf, t->tid);
		buf_str(old->log->buf, " ...>\n");
		old->log->open = NULL;
		old->unfinished = true;
	}
	t->ended = false;
	t->in_call = old->in_call;
	t->unfinished = old->unfinished;
	t->begun.len = 0;
	buf_put(&t->begun, old->begun.p, old->begun.len);
	t->nr = old->nr;
	t->abi = old->abi;
	strace_line_drop(l, old);
	if ((l->o->quiet & QUIET_EXECVE) || l->o->summary == SUMMARY_ONLY)
		return;
	strace_line_lead(l, t, time_ns, t->nr);
	buf_str(t->log->buf, "+++ superseded by execve in pid ");
	buf_u64(t->log->buf, tid);
	buf_str(t->log->buf, " +++\n");
}

/* The call will be shown, as soon as its record comes. */
static bool shows_execve(const struct strace_line *l)
{
	const struct sc_row *row = sc_by_name("execve");
	bool shown = false;

	for (unsigned int abi = 0; abi < TR_ABI_MAX; abi++) {
		int nr = sc_nr(row, abi);

		shown |= nr >= 0 && strace_calls_has(&l->o->trace, abi, (unsigned int)nr);
	}
	return shown && !by_status(l) && l->o->summary != SUMMARY_ONLY && !l->o->npaths &&
	       !l->o->has_fds;
}

static void on_exec(struct strace_line *l, const struct tr_exec *rec)
{
	struct strace_task *old = strace_line_find(l, rec->old_tid), *t = strace_line_find(l, rec->h.tid);

	if (rec->old_tid == rec->h.tid || !old)
		return;
	if (!t)
		t = strace_line_add(l, rec->h.tgid, rec->h.tid);
	if (!t)
		return;
	if (!old->in_call && shows_execve(l))
		t->execs = old;
	else
		supersede(l, old, t, rec->h.time_ns);
}

static void show_exit(struct strace_line *l, struct strace_task *t, const struct tr_exit *rec)
{
	int status = (int)rec->status;
	bool quiet = WIFSIGNALED(status) ? !strace_numbers_has(&l->o->signals, WTERMSIG(status)) :
					   l->o->quiet & QUIET_EXIT;

	t->pointer = 0;
	if (!quiet && l->o->summary != SUMMARY_ONLY) {
		strace_line_lead(l, t, rec->h.time_ns, t->nr);
		strace_exit(rec, t->log->buf);
	}
	buf_put(t->log->buf, t->stack.p, t->stack.len);
	strace_line_drop(l, t);
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
	leader = rec->last ? strace_line_find(l, rec->h.tgid) : NULL;
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
	if (t->held_ns)
		put_held(l, t);
	if (t->log->open == t)
		buf_str(t->log->buf, " <detached ...>\n");
	strace_line_drop(l, t);
}

static bool is_execve(const struct tr_hdr *rec)
{
	const struct tr_syscall *call = (const struct tr_syscall *)rec;
	const struct sc_row *row = rec->type == TR_SYSCALL ? sc_find(call->abi, call->nr) : NULL;

	return row && !strcmp(row->name, "execve");
}

/* True: the record is about a process that is let alone. */
static bool passes_by(struct strace_line *l, const struct tr_hdr *rec)
{
	const struct tr_fork *fork = (const void *)rec;
	struct strace_task *t;

	if (!l->o->detach_on_execve)
		return false;
	t = strace_line_find(l, rec->tid);
	if (rec->type == TR_EXEC && rec->tid != l->gate) {
		leave(l, rec->tgid);
		if (t && (t->in_call || !shows_execve(l)))
			detach(l, t);
	} else if (t && is_execve(rec) && is_left(l, rec->tgid)) {
		put_begin(l, t, (const void *)rec);
		detach(l, t);
	}
	if (!is_left(l, rec->tgid))
		return false;
	if (rec->type == TR_FORK && fork->child_tgid != rec->tgid)
		leave(l, fork->child_tgid);
	return true;
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
	t = strace_line_find(l, rec->tid);
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
	else if (rec->type == TR_STACK && t->shown)
		strace_stack((const void *)rec, t->last ? &t->stack : t->log->buf);
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

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_line.c - what the records of tasks do to their lines: which are shown, and when they begin and end.
 * What stands in front of a line is in strace_lead.c, what is told of a call in strace_body.c.
 */
#include "strace_line.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <core/rec.h>
#include "child.h"
#include "strace_call.h"
#include "strace_count.h"
#include "strace_stack.h"

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

/*
 * That a call waits, told after its return: the clocks of two CPUs can differ by more than the task took
 * from one to the other.
 */
static bool is_over(struct strace_task *t, const struct tr_syscall *rec)
{
	uint64_t made_ns = rec->h.time_ns - rec->duration_ns;

	if (rec->h.flags & TR_F_BLOCKED)
		return made_ns <= t->ended_ns;
	t->ended_ns = made_ns;
	return false;
}

static void on_call(struct strace_line *l, struct strace_task *t, const struct tr_syscall *rec)
{
	struct strace_task *old = t->execs;

	if (is_over(t, rec))
		return;
	if (old) {
		t->execs = NULL;
		strace_line_begin(l, old, rec);
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
			strace_line_begin(l, t, rec);
		else if (l->o->status & STATUS_DETACHED && l->o->summary != SUMMARY_ONLY)
			strace_line_hold(l, t, rec);
		return;
	}
	if (!(l->o->status & status_of(rec)))
		return;
	if (l->counts)
		count(l, t, rec);
	if (l->o->summary != SUMMARY_ONLY)
		strace_line_end(l, t, rec);
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
		strace_line_unhold(l, t);
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
		strace_line_begin(l, t, (const void *)rec);
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

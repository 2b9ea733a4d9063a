/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ptrace_task.c - the tasks that are traced: attaching, resuming, letting go. A task that is gone is no error;
 * what kills it is seen when its status is collected.
 */
#include "backend_ptrace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <core/clock.h>
#include "procfs.h"

#define ATTACH_ROUNDS 16
#define ORPHAN_NS 50000000ULL /* its parent tells of a child before that, unless it was killed */

struct ptrace_task *ptrace_task_find(struct backend *b, uint32_t tid)
{
	struct ptrace_task *t;

	HASH_FIND(hh, b->tasks, &tid, sizeof(tid), t);
	return t;
}

struct ptrace_task *ptrace_task_get(struct backend *b, uint32_t tid)
{
	struct ptrace_task *t = ptrace_task_find(b, tid);

	if (t)
		return t;
	t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->tid = tid;
	HASH_ADD(hh, b->tasks, tid, sizeof(t->tid), t);
	return t;
}

static struct ptrace_proc *proc_get(struct backend *b, uint32_t tgid)
{
	struct ptrace_proc *p;

	HASH_FIND(hh, b->procs, &tgid, sizeof(tgid), p);
	if (p)
		return p;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->tgid = tgid;
	p->pidfd = -1;
	HASH_ADD(hh, b->procs, tgid, sizeof(p->tgid), p);
	return p;
}

static void proc_free(struct backend *b, struct ptrace_proc *p)
{
	HASH_DEL(b->procs, p);
	if (p->pidfd >= 0)
		close(p->pidfd);
	free(p->fd_told);
	ptrace_stack_drop(p);
	free(p);
}

int ptrace_task_join(struct backend *b, struct ptrace_task *t, uint32_t tgid)
{
	struct ptrace_proc *p = proc_get(b, tgid);

	if (!p)
		return -ENOMEM;
	p->ntasks++;
	p->nlive++;
	t->proc = p;
	return 0;
}

void ptrace_task_free(struct backend *b, struct ptrace_task *t)
{
	struct ptrace_proc *p = t->proc;

	b->nheld -= t->held;
	b->nfresh -= t->fresh;
	b->nleaving -= t->leaving;
	ptrace_pin_forget(b, t);
	HASH_DEL(b->tasks, t);
	if (p) {
		p->nlive -= !t->exiting;
		if (--p->ntasks == 0)
			proc_free(b, p);
	}
	free(t->inject_counts);
	free(t->capture);
	buf_done(&t->stack);
	free(t);
}

const char *ptrace_scope_remedy(int scope)
{
	if (scope == 1)
		return "root can set it to 0, and `run` works without that";
	return scope == 2 ? "only root may trace, who can also set it to 1 for `run`, or to 0" :
			    "nobody may trace any process until the machine is booted without that";
}

/* Why a task that exists can't be traced. */
static void explain(uint32_t tid, int r, char *why)
{
	struct procfs_status status = {};
	int scope = procfs_ptrace_scope();

	procfs_status(tid, &status);
	if (r != -EPERM && r != -EACCES)
		snprintf(why, FILTER_ERR_LEN, "process %u can't be traced: %s", tid, strerror(-r));
	else if (status.tracer)
		snprintf(why, FILTER_ERR_LEN, "process %u is already traced, by process %u", tid,
			 status.tracer);
	else if (geteuid() && (status.uid != geteuid() || status.euid != geteuid()))
		snprintf(why, FILTER_ERR_LEN,
			 "process %u can't be traced: it belongs to another user", tid);
	else if (scope)
		snprintf(why, FILTER_ERR_LEN,
			 "process %u can't be traced: the sysctl kernel.yama.ptrace_scope is %d; %s", tid,
			 scope, ptrace_scope_remedy(scope));
	else
		snprintf(why, FILTER_ERR_LEN,
			 "process %u can't be traced: it has privileges that this user lacks", tid);
}

/* 1: traced from now on; 0: it was, or there is no such thread any more. */
static int seize(struct backend *b, uint32_t tid, uint32_t tgid, bool trapped, char *why)
{
	struct procfs_status status;
	struct ptrace_task *t = ptrace_task_find(b, tid);
	int r;

	if (t && t->trapped && !trapped) {
		snprintf(why, FILTER_ERR_LEN, "process %u was started to be traced for some calls only",
			 tgid);
		return -EBUSY;
	}
	if (t)
		return 0;
	r = pt_seize(tid, trapped);
	if (r) {
		if (r == -ESRCH || procfs_status(tid, &status) || status.state == 'Z' ||
		    status.state == 'X')
			return 0;
		explain(tid, r, why);
		return r;
	}
	t = ptrace_task_get(b, tid);
	if (!t || ptrace_task_join(b, t, tgid)) {
		/* It was not stopped, and dies with us or is let go with the daemon's end. */
		snprintf(why, FILTER_ERR_LEN, "there is no memory to trace process %u", tgid);
		return -ENOMEM;
	}
	t->fresh = t->cut_off = true;
	t->trapped = trapped;
	b->nfresh++;
	pt_interrupt(tid);
	return 1;
}

static void inherit(struct backend *b, uint32_t tid, uint64_t sessions)
{
	struct ptrace_task *t = ptrace_task_find(b, tid);

	if (t) {
		t->inherited |= sessions;
		t->gen = 0;
	}
}

/* New threads come while the list is read: until a round finds none. Those of traced threads are traced. */
static int attach_process(struct backend *b, uint32_t tgid, uint64_t sessions, bool trapped,
			  char *why)
{
	struct ptrace_tgid *ignored;
	bool more = true;

	HASH_FIND(hh, b->ignored, &tgid, sizeof(tgid), ignored);
	if (ignored) {
		snprintf(why, FILTER_ERR_LEN, "process %u is the tracer itself", tgid);
		return -EPERM;
	}
	for (int round = 0; more && round < ATTACH_ROUNDS; round++) {
		uint32_t *tids;
		size_t n;
		int r = 0;

		more = false;
		if (procfs_threads(tgid, &tids, &n)) {
			snprintf(why, FILTER_ERR_LEN, "there is no process %u", tgid);
			return round ? 0 : -ESRCH;
		}
		for (size_t i = 0; i < n && r >= 0; i++) {
			r = seize(b, tids[i], tgid, trapped, why);
			more |= r > 0;
			inherit(b, tids[i], sessions);
		}
		free(tids);
		if (r < 0)
			return r;
	}
	return 0;
}

static int attach_thread(struct backend *b, uint32_t tid, bool trapped, char *why)
{
	struct procfs_status status;
	int r;

	if (procfs_status(tid, &status)) {
		snprintf(why, FILTER_ERR_LEN, "there is no thread %u", tid);
		return -ESRCH;
	}
	r = seize(b, tid, status.tgid, trapped, why);
	return r < 0 ? r : 0;
}

/* Those that are not traced yet may have children while we list them: until a round finds nobody new. */
static void attach_descendants(struct backend *b, const struct filter *f, uint64_t session)
{
	unsigned int before = 0;
	char why[FILTER_ERR_LEN];

	for (int round = 0; HASH_COUNT(b->tasks) != before && round < ATTACH_ROUNDS; round++) {
		uint32_t *children;
		size_t n;

		before = HASH_COUNT(b->tasks);
		if (procfs_descendants(f->pid.v, f->pid.n, &children, &n))
			return;
		for (size_t i = 0; i < n; i++)
			attach_process(b, children[i], session, f->trapped, why);
		free(children);
	}
}

/* The first failure counts only where nothing could be attached, unless it is a matter of permission. */
int ptrace_attach(struct backend *b, unsigned int session, const struct filter *f, char *err)
{
	size_t gone = 0;
	int r = 0;

	for (uint32_t i = 0; i < f->pid.n && (!r || r == -ESRCH); i++) {
		r = attach_process(b, f->pid.v[i], 0, f->trapped, err);
		gone += r == -ESRCH;
	}
	for (uint32_t i = 0; !f->pid.n && i < f->tid.n && (!r || r == -ESRCH); i++) {
		r = attach_thread(b, f->tid.v[i], f->trapped, err);
		gone += r == -ESRCH;
	}
	if (r == -ESRCH && gone < (f->pid.n ? f->pid.n : f->tid.n))
		r = 0;
	if (!r && f->follow && f->pid.n)
		attach_descendants(b, f, bit(session));
	return r;
}

/* Whether /proc tells what the tasks wait in. */
int ptrace_probe(const struct filter *f, char *err)
{
	const struct filter_ids *ids = f->pid.n ? &f->pid : &f->tid;
	uint64_t args[TR_MAX_ARGS], nr;

	for (uint32_t i = 0; i < ids->n; i++) {
		int r = procfs_syscall(ids->v[i], &nr, args);

		if (r == -EPERM || r == -EACCES) {
			explain(ids->v[i], r, err);
			return r;
		}
	}
	return 0;
}

static void let_go(struct backend *b, struct ptrace_task *t, int signo)
{
	ptrace_unpin(b, t);
	/* -ESRCH: it was killed, and its status must be collected. */
	if (!pt_detach(t->tid, signo))
		ptrace_task_free(b, t);
}

static bool is_wanted(struct backend *b, struct ptrace_task *t)
{
	ptrace_refresh(b, t);
	if (t->keep && t->leaving) {
		t->leaving = false;
		b->nleaving--;
	}
	return t->keep || t->trapped;
}

void ptrace_continue(struct backend *b, struct ptrace_task *t, int signo)
{
	t->listening = false;
	if (t->interrupted)
		pt_hide_interrupt(t->tid);
	if (!is_wanted(b, t))
		let_go(b, t, signo);
	else if (t->trapped && !t->proc->filters && !t->call.active)
		pt_run(t->tid, signo);
	else
		pt_resume(t->tid, signo);
}

void ptrace_stay(struct backend *b, struct ptrace_task *t)
{
	if (!is_wanted(b, t)) {
		let_go(b, t, 0);
		return;
	}
	t->listening = true;
	pt_listen(t->tid);
}

/*
 * A call that would fail with EINTR is not cut off: such a task goes when it comes back. The kernel would
 * start the call again, but with its whole time-out.
 */
static bool waits_with_timeout(const struct ptrace_task *t)
{
	static const char *const names[] = {"epoll_wait",      "epoll_pwait", "epoll_pwait2",
					    "rt_sigtimedwait", "semop",	      "semtimedop",
					    "io_getevents",    "io_pgetevents"};
	const struct sc_row *row;

	row = t->call.active ? sc_find(t->call.abi, t->call.nr) : NULL;
	for (size_t i = 0; row && i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(row->name, names[i]))
			return true;
	return false;
}

void ptrace_release(struct backend *b)
{
	struct ptrace_task *t, *next;

	HASH_ITER(hh, b->tasks, t, next) {
		if (!t->proc || t->exiting || t->leaving || is_wanted(b, t))
			continue;
		if (!t->fresh && !t->listening && waits_with_timeout(t))
			continue;
		t->leaving = true;
		b->nleaving++;
		if (!t->fresh && !pt_interrupt(t->tid))
			t->interrupted = true;
	}
}

/* The task is stopped where it was made, or has not come there yet. */
void ptrace_adopt(struct backend *b, struct ptrace_task *t, const struct ptrace_task *parent,
		  uint32_t tgid, uint64_t inherited)
{
	bool held = t->held;

	if (t->proc || ptrace_task_join(b, t, tgid))
		return;
	ptrace_pin_child(b, parent, t);
	if (parent) {
		t->trapped = parent->trapped;
		t->proc->filters |= parent->proc && parent->proc->filters;
		ptrace_clone_child(parent, t);
	}
	t->inherited |= inherited;
	t->gen = 0;
	if (held) {
		t->held = false;
		b->nheld--;
		ptrace_serve(b, t->tid, t->held_status);
	}
}

/* Children whose parents were killed before they could tell of them. */
void ptrace_adopt_orphans(struct backend *b)
{
	uint64_t now = tr_now_ns();
	struct ptrace_task *t, *next;

	if (!b->nheld)
		return;
	HASH_ITER(hh, b->tasks, t, next) {
		struct procfs_status status;
		struct ptrace_task *parent;

		if (!t->held || now - t->held_ns < ORPHAN_NS)
			continue;
		if (procfs_status(t->tid, &status))
			continue;
		parent = ptrace_task_find(b, status.tgid != t->tid ? status.tgid : status.ppid);
		ptrace_adopt(b, t, parent, status.tgid, parent ? parent->mask & b->cfg.follow : 0);
	}
}

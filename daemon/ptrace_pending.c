/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ptrace_pending.c - calls that have not returned: of traced tasks as their entry was seen, of others as
 * /proc tells, without disturbing them.
 */
#include "backend_ptrace.h"

#include <stdlib.h>
#include <core/clock.h>
#include "procfs.h"

static void untraced(struct backend *b, uint32_t tid, uint32_t tgid, uint64_t inherited,
		     uint64_t session)
{
	struct ptrace_task *t = ptrace_task_get(b, tid);
	uint64_t args[TR_MAX_ARGS], nr;

	if (!t || ptrace_task_join(b, t, tgid))
		return;
	t->inherited = inherited;
	ptrace_refresh(b, t);
	if ((t->mask & session) && !procfs_syscall(tid, &nr, args))
		ptrace_call_waits(b, t, nr, args, session);
	ptrace_task_free(b, t);
}

static void threads_of(struct backend *b, uint32_t tgid, uint64_t inherited, uint64_t session)
{
	struct ptrace_task *t;
	uint32_t *tids;
	size_t n;

	if (procfs_threads(tgid, &tids, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		t = ptrace_task_find(b, tids[i]);
		if (t)
			ptrace_call_tell(b, t, session);
		else
			untraced(b, tids[i], tgid, inherited, session);
	}
	free(tids);
}

static void waits_of(struct backend *b, const struct filter *f, uint64_t session)
{
	struct procfs_status status;
	uint32_t *children;
	size_t n;

	for (uint32_t i = 0; i < f->pid.n; i++)
		threads_of(b, f->pid.v[i], 0, session);
	for (uint32_t i = 0; !f->pid.n && i < f->tid.n; i++)
		if (!procfs_status(f->tid.v[i], &status))
			threads_of(b, status.tgid, 0, session);
	if (!f->follow || !f->pid.n || procfs_descendants(f->pid.v, f->pid.n, &children, &n))
		return;
	for (size_t i = 0; i < n; i++)
		threads_of(b, children[i], session, session);
	free(children);
}

int ptrace_pending(struct backend *b, int session)
{
	uint64_t now = tr_now_ns();
	struct ptrace_task *t, *next;

	if (session >= 0) {
		if (b->filters[session])
			waits_of(b, b->filters[session], bit(session));
		return 0;
	}
	ptrace_adopt_orphans(b);
	if (b->cfg.blocked & b->cfg.active)
		HASH_ITER(hh, b->tasks, t, next)
			ptrace_call_blocked(b, t, now);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ptrace_filter.c - which sessions want a task, by the same rules as the BPF programs have, and a result.
 */
#include "backend_ptrace.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <tracer/result.h>
#include <core/clock.h>
#include "compile.h"
#include "procfs.h"

static bool has_id(const struct filter_ids *ids, uint32_t v)
{
	for (uint32_t i = 0; i < ids->n; i++)
		if (ids->v[i] == v)
			return true;
	return false;
}

static bool has_comm(const struct filter *f, const char *comm)
{
	for (uint32_t i = 0; i < f->ncomm; i++)
		if (!strncmp(f->comm[i], comm, TR_COMM_LEN))
			return true;
	return false;
}

/* What a task is called and who runs it, read only if a filter asks. */
struct who {
	bool known_comm, known_uid;
	char comm[TR_COMM_LEN];
	uint32_t uid;
};

static bool wants_who(const struct filter *f, const struct ptrace_task *t, struct who *w)
{
	struct procfs_status status;

	if (f->ncomm && !w->known_comm) {
		w->known_comm = true;
		procfs_comm(t->proc->tgid, t->tid, w->comm);
	}
	if (f->uid.n && !w->known_uid) {
		w->known_uid = true;
		w->uid = procfs_status(t->tid, &status) ? UINT32_MAX : status.uid;
	}
	return (!f->ncomm || has_comm(f, w->comm)) && (!f->uid.n || has_id(&f->uid, w->uid));
}

void ptrace_refresh(struct backend *b, struct ptrace_task *t)
{
	struct who who = {};

	if (t->gen == b->cfg.gen)
		return;
	t->inherited &= b->cfg.active;
	t->keep = t->mask = t->inherited;
	for (unsigned int i = 0; i < TR_MAX_SESSIONS; i++) {
		const struct filter *f = b->filters[i];

		if (!f || !(b->cfg.active >> i & 1) ||
		    (f->pid.n && !has_id(&f->pid, t->proc->tgid)) ||
		    (f->tid.n && !has_id(&f->tid, t->tid)))
			continue;
		t->keep |= bit(i);
		if (wants_who(f, t, &who))
			t->mask |= bit(i);
	}
	t->gen = b->cfg.gen;
}

uint64_t ptrace_result_sessions(const struct tr_config *cfg, uint64_t mask, int64_t ret, bool error,
				uint64_t duration_ns)
{
	uint64_t e = error ? -ret : 0;

	mask = tr_result_sessions(cfg, mask, e < TR_NR_MAX ? e : TR_NR_MAX - 1);
	return mask & cfg->by_time ? tr_result_slow(cfg, mask, duration_ns) : mask;
}

static int refuse(char *err, const char *sentence)
{
	snprintf(err, FILTER_ERR_LEN, "%s", sentence);
	return -EOPNOTSUPP;
}

int ptrace_session_enter(struct backend *b, unsigned int session, const struct filter *f, char *err)
{
	if (f->budget)
		return refuse(err, "ptrace can't keep to a budget: it stops each call");
	if (!f->pid.n && !f->tid.n)
		return refuse(err, "ptrace can't watch the whole system: give --pid, or use run");
	if (f->ncgroup || f->nunit)
		return refuse(err, "ptrace can't select by cgroup or unit: give --pid alone");
	if (ptrace_stack_add(b, session, f))
		return refuse(err, "stacks need libdw, which this tracerd was built without");
	if (ptrace_inject_add(b, session, f, err)) {
		b->stacks &= ~bit(session);
		return -EINVAL;
	}
	b->filters[session] = f;
	compile_enter(&b->cfg, session, f, tr_now_ns());
	b->cfg.active |= bit(session);
	compile_strings(&b->cfg);
	compile_changed(&b->cfg);
	return 0;
}

void ptrace_session_leave(struct backend *b, unsigned int session)
{
	b->cfg.active &= ~bit(session);
	b->filters[session] = NULL;
	b->stacks &= ~bit(session);
	ptrace_inject_del(b, session);
	compile_strings(&b->cfg);
	compile_changed(&b->cfg);
}

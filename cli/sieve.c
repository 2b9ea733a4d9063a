/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* sieve.c - see sieve.h. */
#include "sieve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "cgroups.h"
#include "msg.h"
#include "procs.h"

#define ANCESTORS_MAX 64

struct sieve {
	const struct filter *f;
	bool by_cgroup;
	struct cgroups cgroups;
	struct procs *followed; /* who passed, and their children */
};

struct sieve *sieve_new(const struct filter *f, char *err)
{
	struct sieve *s = calloc(1, sizeof(*s));

	if (s) {
		s->f = f;
		s->by_cgroup = f->ncgroup || f->nunit;
		s->followed = procs_new();
	}
	if (!s || !s->followed) {
		msg_set(err, -ENOMEM, "out of memory");
		sieve_free(s);
		return NULL;
	}
	if (s->by_cgroup && cgroups_find(&s->cgroups, f, err)) {
		sieve_free(s);
		return NULL;
	}
	return s;
}

void sieve_free(struct sieve *s)
{
	if (!s)
		return;
	cgroups_done(&s->cgroups);
	procs_free(s->followed);
	free(s);
}

static bool has_id(const struct filter_ids *ids, uint32_t id)
{
	for (uint32_t i = 0; i < ids->n; i++)
		if (ids->v[i] == id)
			return true;
	return !ids->n;
}

static bool has_comm(const struct filter *f, const struct fact_task *task)
{
	for (uint32_t i = 0; i < f->ncomm; i++)
		if (strnlen(f->comm[i], TR_COMM_LEN) == task->comm_len &&
		    !memcmp(f->comm[i], task->comm, task->comm_len))
			return true;
	return !f->ncomm;
}

static bool is_chosen(const struct sieve *s, const struct facts *facts, uint32_t tgid, uint32_t tid)
{
	const struct filter *f = s->f;
	const struct fact_task *task;

	if (!has_id(&f->pid, tgid) || !has_id(&f->tid, tid))
		return false;
	if (!f->uid.n && !f->ncomm && !s->by_cgroup)
		return true;
	task = facts_task(facts, tid);
	return task && has_id(&f->uid, task->uid) && has_comm(f, task) &&
	       (!s->by_cgroup || cgroups_has(&s->cgroups, task->cgroup));
}

/* One that was made before the first record is known by its parent only. */
static bool is_wanted(const struct sieve *s, const struct facts *facts, uint32_t tgid, uint32_t tid)
{
	for (unsigned int i = 0; i < ANCESTORS_MAX; i++) {
		const struct fact_task *task;

		if (is_chosen(s, facts, tgid, tid))
			return true;
		if (!s->f->follow)
			return false;
		if (procs_has(s->followed, tid))
			return true;
		task = facts_task(facts, tid);
		if (tid == tgid)
			tgid = task ? task->ppid : 0;
		if (!tgid)
			return false;
		tid = tgid;
	}
	return false;
}

static bool task_passes(struct sieve *s, const struct facts *facts, const struct tr_hdr *rec)
{
	if (!is_wanted(s, facts, rec->tgid, rec->tid))
		return false;
	if (s->f->follow) {
		procs_add(s->followed, rec->tgid, rec->tid);
		procs_apply(s->followed, rec, true);
	}
	return true;
}

static bool result_passes(const struct filter *f, const struct tr_syscall *call,
			  const struct sc_row *row)
{
	bool no_result = call->h.flags & (TR_F_BLOCKED | TR_F_NO_RETURN);
	bool error = !no_result && call->ret < 0 && call->ret >= -(FILTER_ERRNO_MAX - 1) &&
		     !(row && row->effects & SC_FX_NO_ERROR);

	if (f->failed && !error)
		return false;
	if (f->ok && (error || no_result))
		return false;
	return !f->has_errno || (error && f->errnos[-call->ret / 64] >> (-call->ret % 64) & 1);
}

static bool call_passes(const struct filter *f, const struct tr_syscall *call)
{
	const struct sc_row *row = sc_find(call->abi, call->nr);

	if (f->has_syscalls && !(row ? filter_has_id(f, sc_id(row)) : f->unknown_calls))
		return false;
	return call->duration_ns >= f->slower_ns && result_passes(f, call, row);
}

bool sieve_record(struct sieve *s, const struct facts *facts, const struct tr_hdr *rec)
{
	if (rec->type == TR_LOST)
		return true;
	return task_passes(s, facts, rec) &&
	       (rec->type != TR_SYSCALL || call_passes(s->f, (const struct tr_syscall *)rec));
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* sieve.c - see sieve.h. */
#include "sieve.h"

#include <string.h>

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

static bool task_passes(const struct filter *f, const struct facts *facts, const struct tr_hdr *rec)
{
	const struct fact_task *task;

	if (!has_id(&f->pid, rec->tgid) || !has_id(&f->tid, rec->tid))
		return false;
	if (!f->uid.n && !f->ncomm)
		return true;
	task = facts_task(facts, rec->tid);
	return task && has_id(&f->uid, task->uid) && has_comm(f, task);
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

bool sieve_record(const struct filter *f, const struct facts *facts, const struct tr_hdr *rec)
{
	if (rec->type == TR_LOST)
		return true;
	return task_passes(f, facts, rec) &&
	       (rec->type != TR_SYSCALL || call_passes(f, (const struct tr_syscall *)rec));
}

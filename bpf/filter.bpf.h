/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * filter.bpf.h - which sessions want a task, and a result. A session is a bit; the cost of a call
 * does not grow with their number.
 */
#ifndef FILTER_BPF_H
#define FILTER_BPF_H

#include <tracer/result.h>
#include "access.bpf.h"

#define CGROUP_DEPTH 16

static __always_inline __u64 dimension(void *map, const void *key, __u64 any)
{
	__u64 *m;

	if (!(cfg.active & ~any))
		return any;
	m = bpf_map_lookup_elem(map, key);
	return m ? *m | any : any;
}

/* A cgroup stands for everything below it. */
static __always_inline __u64 cgroup_mask(struct task_struct *task)
{
	struct cgroup *cg = BPF_CORE_READ(task, cgroups, dfl_cgrp);
	__u64 mask = cfg.any_cgroup;

	for (int i = 0; i < CGROUP_DEPTH; i++) {
		struct cgroup_subsys_state *parent;
		__u64 id, *m;

		if (!cg)
			break;
		id = BPF_CORE_READ(cg, kn, id);
		m = bpf_map_lookup_elem(&by_cgroup, &id);
		if (m)
			mask |= *m;
		parent = BPF_CORE_READ(cg, self.parent);
		cg = parent ? BPF_CORE_READ(parent, cgroup) : NULL;
	}
	return mask;
}

/* A session that took over a bit has no right to what its predecessor followed. */
GLOBAL __u64 inherited_mask(__u64 inherited, __u64 since_ns)
{
	__u64 younger = 0;

	for (int i = 0; i < TR_MAX_SESSIONS; i++)
		younger |= tr_less(since_ns, cfg.born_ns[i]) << i;
	return inherited & cfg.active & ~younger;
}

static __noinline __u64 task_mask(struct task_struct *task, struct task_state *st)
{
	__u32 tgid = task->tgid, tid = task->pid;
	__u64 allowed, mask = cfg.active;
	struct comm_key comm;
	__u64 *skip;
	__u32 uid;

	skip = bpf_map_lookup_elem(&ignored, &tgid);
	if (skip && *skip == TR_IGNORED)
		return 0;
	if (cfg.limited)
		mask &= ~cfg.limited | (skip ? 0 : owner_sessions(task));
	allowed = mask;
	mask &= dimension(&by_tgid, &tgid, cfg.any_tgid);
	mask &= dimension(&by_tid, &tid, cfg.any_tid);
	if (mask & ~cfg.any_uid) {
		uid = BPF_CORE_READ(task, real_cred, uid.val);
		mask &= dimension(&by_uid, &uid, cfg.any_uid);
	}
	if (mask & ~cfg.any_comm) {
		__builtin_memset(&comm, 0, sizeof(comm));
		BPF_CORE_READ_STR_INTO(&comm.comm, task, comm);
		mask &= dimension(&by_comm, &comm, cfg.any_comm);
	}
	if (mask & ~cfg.any_cgroup)
		mask &= cgroup_mask(task);
	if (st->inherited)
		mask |= inherited_mask(st->inherited, st->inherited_ns) & allowed;
	return mask;
}

/*
 * The sessions that want this task. Cached; what can change the answer is a new generation (any
 * session came or went, or a comm changed), other credentials, or another cgroup. Not cached is whether
 * limited sessions may see it.
 */
static __always_inline __u64 task_sessions(struct task_struct *task, struct task_state *st)
{
	__u32 gen = cfg.gen;

	if (st->gen == gen && st->cred == (__u64)untrusted(task)->real_cred &&
	    st->cgroups == (__u64)untrusted(task)->cgroups)
		return visible_sessions(task, st, st->mask);
	if (st->attach_epoch != cfg.attach_epoch) {
		st->attach_epoch = cfg.attach_epoch;
		st->live = 0;
		st->phase = 0;
		st->reported = 0;
		st->slot = 0;
	}
	if (st->cred != (__u64)untrusted(task)->real_cred)
		st->dumpable = 0;
	st->cred = (__u64)untrusted(task)->real_cred;
	st->cgroups = (__u64)untrusted(task)->cgroups;
	st->mask = task_mask(task, st);
	st->told = 0;
	st->gen = gen;
	return visible_sessions(task, st, st->mask);
}

static __always_inline __u32 call_index(__u32 nr)
{
	return clamp_u32(nr, TR_NR_MAX - 1) & (TR_NR_MAX - 1);
}

static __always_inline __u64 call_sessions(__u32 abi, __u32 nr)
{
	return cfg.calls[abi & (TR_ABI_SLOTS - 1)][call_index(nr)];
}

static __always_inline const struct tr_plan *call_plan(__u32 abi, __u32 nr)
{
	return &cfg.plans[abi & (TR_ABI_SLOTS - 1)][call_index(nr)];
}

GLOBAL __u64 slow_sessions(__u64 mask, __u64 duration)
{
	return tr_result_slow(&cfg, mask, duration);
}

/* Drops the sessions whose result filters say no. */
static __always_inline __u64 result_sessions(__u64 mask, __s64 ret, bool error, __u64 duration)
{
	__u32 e = clamp_u32(error ? -ret : 0, TR_NR_MAX - 1) & (TR_NR_MAX - 1);

	mask = tr_result_sessions(&cfg, mask, e);
	return mask & cfg.by_time ? slow_sessions(mask, duration) : mask;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * access.bpf.h - which tasks limited sessions may see: those that their users could attach to with
 * ptrace. All of a task's uids and gids are the user's, it holds no capability that the user lacks,
 * and its memory is dumpable: it runs no set-id program and gave up no privilege since its last
 * execve. Decided at every call, for a task changes all of this without a call that we could wait
 * for.
 */
#ifndef ACCESS_BPF_H
#define ACCESS_BPF_H

#include "maps.bpf.h"

#define USERNS_DEPTH 4 /* namespaces of a user's own within one another */
#define PIDNS_DEPTH 8
#define DUMPABLE_BITS 3
#define DUMPABLE_USER 1

/* Linux 6.18 made the word a struct. */
struct mm_struct___word {
	unsigned long flags;
} __attribute__((preserve_access_index));

GLOBAL __u64 capable_sessions(__u64 mask, __u64 permitted)
{
	__u64 less = 0;

	for (int i = 0; i < TR_MAX_SESSIONS; i++)
		less |= tr_less(0, permitted & ~cfg.caps[i]) << i;
	return mask & ~less;
}

static __always_inline __u64 owner_lookup(const struct tr_owner *owner)
{
	__u64 *m = bpf_map_lookup_elem(&by_owner, owner);

	return m ? *m : 0;
}

/*
 * Limited sessions whose user the task belongs to. In the user's own namespace capabilities are
 * compared; in one that the user made there, the user has all of them.
 */
static __noinline __u64 owner_sessions(struct task_struct *task)
{
	const struct cred *cred = untrusted(task)->real_cred;
	struct user_namespace *ns = BPF_CORE_READ(cred, user_ns);
	struct tr_owner owner = {
	    .uid = BPF_CORE_READ(cred, uid.val),
	    .gid = BPF_CORE_READ(cred, gid.val),
	};
	__u64 mask, permitted = ~0ULL;

	if (BPF_CORE_READ(cred, euid.val) != owner.uid ||
	    BPF_CORE_READ(cred, suid.val) != owner.uid ||
	    BPF_CORE_READ(cred, egid.val) != owner.gid ||
	    BPF_CORE_READ(cred, sgid.val) != owner.gid)
		return 0;
	bpf_core_read(&permitted, sizeof(permitted), &cred->cap_permitted);
	owner.userns = BPF_CORE_READ(ns, ns.inum);
	mask = owner_lookup(&owner);
	if (mask && permitted)
		mask = capable_sessions(mask, permitted);
	for (int i = 0; i < USERNS_DEPTH; i++) {
		__u32 maker = BPF_CORE_READ(ns, owner.val);

		ns = BPF_CORE_READ(ns, parent);
		if (!ns)
			break;
		owner.userns = BPF_CORE_READ(ns, ns.inum);
		if (maker == owner.uid)
			mask |= owner_lookup(&owner);
	}
	return mask;
}

/* A task on its way out has no memory any more: it is what it was. */
static __always_inline bool is_dumpable(struct task_struct *task, struct task_state *st)
{
	struct mm_struct *mm = untrusted(task)->mm;
	struct mm_struct___word *old = (void *)mm;
	unsigned long flags = 0;
	bool dumpable;

	if (!mm)
		return st->dumpable;
	if (bpf_core_field_exists(mm->flags))
		bpf_core_read(&flags, sizeof(flags), &mm->flags);
	else
		bpf_core_read(&flags, sizeof(flags), &old->flags);
	dumpable = (flags & DUMPABLE_BITS) == DUMPABLE_USER;
	if ((__u64)task == bpf_get_current_task())
		st->dumpable = dumpable;
	return dumpable;
}

/* Limited sessions in whose PID namespace the task is, or in one below it: elsewhere the user could
 * not name it. */
static __always_inline __u64 pidns_sessions(struct task_struct *task)
{
	struct pid_namespace *ns = BPF_CORE_READ(task, nsproxy, pid_ns_for_children);
	__u64 mask = 0;

	for (int i = 0; i < PIDNS_DEPTH; i++) {
		__u32 inum;
		__u64 *m;

		if (!ns)
			break;
		inum = BPF_CORE_READ(ns, ns.inum);
		m = bpf_map_lookup_elem(&by_pidns, &inum);
		if (m)
			mask |= *m;
		ns = BPF_CORE_READ(ns, parent);
	}
	return mask;
}

static __noinline __u64 limited_sessions(struct task_struct *task, struct task_state *st)
{
	return is_dumpable(task, st) ? owner_sessions(task) & pidns_sessions(task) : 0;
}

/* mask without the limited sessions that may not see the task now. */
static __always_inline __u64 visible_sessions(struct task_struct *task, struct task_state *st,
					      __u64 mask)
{
	if (mask & cfg.limited)
		mask &= ~cfg.limited | limited_sessions(task, st);
	return mask;
}

static struct {
	__u64 since_ns; /* when this second began */
	__u64 used;
} rate_used[TR_MAX_SESSIONS];

/*
 * Takes those out of mask that had enough in this second, and counts that: one user's storm is not to fill the rings
 * that all share. Where two CPUs begin a second at once some more may pass.
 */
GLOBAL __u64 within_rate(__u64 mask, __u64 now_ns)
{
	struct tr_counters *n;
	__u64 over = 0, more;
	__u32 zero = 0;

	n = bpf_map_lookup_elem(&counters, &zero);
	if (!n)
		return mask;
	for (int i = 0; i < TR_MAX_SESSIONS; i++) {
		if (!((mask & cfg.limited) >> i & 1) || !cfg.rates[i])
			continue;
		if (now_ns - rate_used[i].since_ns >= 1000000000) {
			rate_used[i].since_ns = now_ns;
			rate_used[i].used = 0;
		}
		more = tr_less(cfg.rates[i] - 1, __sync_fetch_and_add(&rate_used[i].used, 1));
		over |= more << i;
		n->over_rate[i] += more;
	}
	return mask & ~over;
}

#endif

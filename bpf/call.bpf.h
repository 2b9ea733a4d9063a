/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * call.bpf.h - the record of a call: begun when the call is made, ended when it returns, or reported
 * before that; and what becomes of it when sessions come or go meanwhile.
 */
#ifndef CALL_BPF_H
#define CALL_BPF_H

#include "compat.bpf.h"
#include "state.bpf.h"
#include "filter.bpf.h"
#include "emit.bpf.h"
#include "facts.bpf.h"
#include "more.bpf.h"

/* Starts the record of a call: what must be read before the kernel acts on it. */
static __always_inline void call_begin(struct task_struct *task, struct pt_regs *regs, __u32 abi,
				       __u64 nr, __u64 mask, struct tr_capture *c)
{
	const struct tr_plan *plan = call_plan(abi, nr);

	c->off = 0;
	c->retry = 0;
	c->string_limit = tr_record_limit(&cfg, mask);
	c->env = (mask & cfg.env) != 0;
	c->wanted = mask & cfg.whole ? ~0U : plan->said;
	c->rec.h.type = TR_SYSCALL;
	c->rec.h.flags = 0;
	c->rec.nr = nr;
	c->rec.abi = abi;
	c->rec.nitems = 0;
	c->rec.whole_nr = nr == TR_NR_BEYOND ? regs_nr(regs) : 0;
	c->cut = 0;
	c->rec.ret = 0;
	regs_args(regs, abi, c->rec.args);
	if (mask & cfg.pointer)
		cap_pointer(c, regs_pointer(regs));
	if (plan->flags & TR_PLAN_SIGFRAME)
		c->rec.args[0] = regs_sigframe(regs, abi);
	if (plan->fd_args && (mask & cfg.fds))
		need_fd_args(task, plan, c->rec.args, mask & cfg.fds);
}

/* Those of the array that an argument points to. */
static __always_inline void need_fds(const __u64 *args, const struct tr_plan *plan, __u64 sessions)
{
	__u32 array = (plan->fd_array - 1) & 7, count = plan->fd_count & 7;

	if (plan->fd_array && sessions && array < TR_MAX_ARGS && count < TR_MAX_ARGS)
		need_fd_array(args[array], args[count], sessions);
}

static __always_inline void call_capture(struct tr_capture *c, const struct tr_plan *plan, __u64 mask,
					 __u64 time_ns)
{
	if (mask & cfg.data)
		cap_run(c, plan, 0);
	if (c->cut)
		send_more(c, plan, mask, time_ns ? time_ns : bpf_ktime_get_ns(), 0);
}

static __always_inline void call_emit(struct task_struct *task, struct task_state *st,
				struct tr_capture *c, __u64 mask, __u32 flags)
{
	__u32 off = clamp_u32(c->off, TR_PAYLOAD_MAX);
	__u32 len = sizeof(c->rec) + (off & ~7u);

	need_task(task, st, mask);
	c->rec.h.len = len;
	c->rec.h.flags = flags;
	c->rec.h.sessions = mask;
	c->rec.h.tgid = task->tgid;
	c->rec.h.tid = task->pid;
	c->rec.duration_ns = c->rec.h.time_ns - st->start_ns;
	if (emit(&c->rec, clamp_u32(len, sizeof(c->rec) + TR_PAYLOAD_MAX)))
		count_lost(mask);
}

/* The record's end: what only the return tells. */
static __always_inline void call_end(struct task_struct *task, struct task_state *st,
				     const struct tr_plan *plan, long ret, __u64 mask, __u64 now,
				     bool error, __u32 flags)
{
	struct tr_capture *c = capture_get(task, st);

	if (!c) {
		count_lost(mask);
		return;
	}
	c->rec.ret = ret;
	if (flags & TR_F_NO_ENTRY)
		call_capture(c, plan, mask, st->start_ns + 1);
	if (mask & cfg.data)
		cap_run(c, plan, 1);
	if (c->cut)
		send_more(c, plan, mask, st->start_ns + 1, 1);
	if (!error && (mask & cfg.ret_fds)) {
		if (tr_returns_fd(plan, c->rec.args[1]))
			need_fd(task, ret, mask & cfg.ret_fds, AS_RESULT);
		if (plan->flags & TR_PLAN_MAKES_PAIR)
			need_pair(task, c->rec.args[tr_pair_arg(plan)], mask & cfg.ret_fds);
	}
	if ((plan->flags & TR_PLAN_FD_STALE) && (mask & cfg.fds))
		forget_fd(task, c->rec.args[0]);
	if (mask & cfg.limited)
		mask = within_rate(mask, now);
	if (!mask)
		return;
	c->rec.h.time_ns = now;
	call_emit(task, st, c, mask, flags);
}

/*
 * A session gets the call with the arguments that the registers still hold. What they point to is read in call_end:
 * from here the calls would be too deep for the 512 bytes of stack that Linux 6.1 has for all of them.
 */
static __noinline __u64 late_begin(struct task_struct *task, struct pt_regs *regs,
				   struct task_state *st, __u64 sessions)
{
	__u64 mask = sessions & cfg.stream & ~(cfg.counted | st->unshown), nr = regs_nr(regs);
	__u32 abi = task_abi(task);
	struct tr_capture *c;

	mask &= call_sessions(abi, nr);
	if (!mask || (__s64)nr < 0)
		return 0;
	c = capture_make(task, st);
	if (!c)
		return 0;
	st->nr = nr < TR_NR_BEYOND ? nr : TR_NR_BEYOND;
	st->abi = abi;
	st->start_ns = bpf_ktime_get_ns();
	call_begin(task, regs, abi, st->nr, mask, c);
	return mask;
}

/*
 * Sessions came or went while the call was in progress: those that saw it begin and still want the task get
 * it whole. Where there is none of these, it goes to those that came, but not to one that only now wants
 * the task because the call itself changed it (execve, prctl).
 */
static __noinline __u64 late_sessions(struct task_struct *task, struct task_state *st, __u32 *flags)
{
	bool came = st->gen || !st->phase || (st->reported & ~st->live);
	__u64 sessions = task_sessions(task, st);
	__u64 mask = inherited_mask(st->live, st->start_ns) & sessions;

	if (mask || !came || (st->phase & PHASE_EXECED))
		return mask;
	*flags = TR_F_NO_ENTRY;
	return sessions;
}

/* To those who want to know at once that a call waits: what is known of it so far. */
static __always_inline void entry_report(struct task_struct *task, struct task_state *st)
{
	__u64 mask = st->live & cfg.entries & ~st->reported;
	struct tr_capture *c;

	if (!mask)
		return;
	c = capture_get(task, st);
	if (!c || c->retry) /* what could not be read yet would be missing: it waits for the return */
		return;
	st->reported |= mask;
	c->rec.h.time_ns = bpf_ktime_get_ns();
	call_emit(task, st, c, mask, TR_F_BLOCKED);
}

#endif

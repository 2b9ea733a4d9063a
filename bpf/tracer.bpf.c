/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tracer.bpf.c - the programs: what happens when a task enters and leaves a system call, forks, runs
 * a program, ends, changes its name or gets a signal.
 *
 * Every task of the host passes through sys_enter and sys_exit while they are attached, so that the
 * way of a task that nobody asked for is kept to one look into its cached mask.
 */
#include "maps.bpf.h"
#include "call.bpf.h"
#include "exec.bpf.h"
#include "summary.bpf.h"
#include "signal.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("tp_btf/sys_enter")
int BPF_PROG(sys_enter, struct pt_regs *regs, long id)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *st = state_get(task);
	struct tr_capture *c;
	__u64 mask, nr = id;
	__u32 abi;

	if (!st)
		return 0;
	mask = task_sessions(task, st);
	st->live = 0;
	st->reported = 0;
	st->phase = PHASE_ENTERED;
	if (!mask)
		return 0;
	abi = task_abi(task);
	mask &= call_sessions(abi, nr) & cfg.traced;
	if (!mask)
		return 0;
	st->nr = nr < TR_NR_BEYOND ? nr : TR_NR_BEYOND;
	st->abi = abi;
	if (cfg.budgeted) {
		st->unshown = mask & cfg.counted;
		mask &= ~st->unshown;
	}
	if (mask & cfg.stream) {
		c = capture_make(task, st);
		if (c) {
			call_begin(task, regs, abi, st->nr, mask, c);
			need_fds(c->rec.args, call_plan(abi, st->nr), mask & cfg.fds);
			call_capture(c, call_plan(abi, st->nr), mask, 0);
		} else {
			count_lost(mask & cfg.stream);
			mask &= ~cfg.stream;
		}
	}
	st->off_ns = 0;
	st->start_ns = bpf_ktime_get_ns();
	st->live = mask;
	return 0;
}

/* To each session the time that it wants. */
static __always_inline void summarize_both(struct task_struct *task, struct task_state *st, __u64 mask,
					   bool error, __u64 ns)
{
	__u64 cpu = mask & cfg.cpu_time;

	if (cpu)
		summarize(task->tgid, st, cpu, error, ns > st->off_ns ? ns - st->off_ns : 0);
	mask &= ~cpu;
	if (mask)
		summarize(task->tgid, st, mask, error, ns);
}

/* What was decided when the call was made holds, whatever its sessions are shown by now. */
static __noinline int end_unshown(struct task_struct *task, struct task_state *st, long ret)
{
	const struct tr_plan *plan = call_plan(st->abi, st->nr);
	__u64 mask = st->unshown;

	st->unshown = 0;
	if (st->gen != cfg.gen)
		mask = inherited_mask(mask, st->start_ns);
	mask = result_sessions(mask, ret, tr_is_error(plan, ret),
			       bpf_ktime_get_ns() - st->start_ns);
	if (mask)
		count_unshown(mask);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(sys_exit, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *st = state_get(task);
	__u64 mask, now, duration;
	const struct tr_plan *plan;
	__u32 flags = 0;
	bool error;

	if (!st)
		return 0;
	mask = st->live;
	if (st->gen != cfg.gen || (st->reported & ~mask))
		mask = late_sessions(task, st, &flags);
	else
		mask = visible_sessions(task, st, mask);
	if (flags)
		mask = late_begin(task, regs, st, mask);
	st->live = mask;
	if (cfg.budgeted && st->unshown && !is_cut_off(task))
		end_unshown(task, st, ret);
	if (!mask || is_cut_off(task))
		return 0;
	st->live = 0;
	now = bpf_ktime_get_ns();
	duration = now - st->start_ns;
	plan = call_plan(st->abi, st->nr);
	error = tr_is_error(plan, ret);
	mask = result_sessions(mask, ret, error, duration);
	if (mask & cfg.summary) {
		need_task(task, st, mask & cfg.summary);
		summarize_both(task, st, mask & cfg.summary, error, duration);
	}
	if (mask & cfg.stream)
		call_end(task, st, plan, ret, mask & cfg.stream, now, error, flags);
	if (st->phase & PHASE_NOTED)
		tell_noted(task, st);
	return 0;
}

/* Attached only while a session wants to know. The queue of this CPU is locked. */
SEC("tp_btf/sched_switch")
int BPF_PROG(task_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	struct task_state *st = state_find(prev);

	if (st && st->live) {
		if (!preempt)
			entry_report(prev, st);
		if (st->live & cfg.cpu_time)
			st->off_since_ns = bpf_ktime_get_ns();
	}
	if (!cfg.cpu_time)
		return 0;
	st = state_find(next);
	if (st && st->off_since_ns) {
		st->off_ns += bpf_ktime_get_ns() - st->off_since_ns;
		st->off_since_ns = 0;
	}
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_fork, struct task_struct *parent, struct task_struct *child)
{
	struct task_state *st = state_find(parent), *cst;
	struct tr_fork r = {};
	__u64 mask, follow;

	if (!st)
		return 0;
	mask = task_sessions(parent, st) & cfg.traced;
	if (!mask)
		return 0;
	if (st->live)
		entry_report(parent, st);
	follow = mask & cfg.follow;
	cst = state_make(child);
	if (cst) {
		/* Its return from the parent's call is no call of its own. */
		cst->attach_epoch = cfg.attach_epoch;
		cst->phase = PHASE_ENTERED;
		cst->inherited = follow;
		cst->inherited_ns = bpf_ktime_get_ns();
	} else {
		count_lost(follow);
	}
	need_task(parent, st, mask);
	hdr_init(&r.h, sizeof(r), TR_FORK, mask, parent);
	r.child_tgid = child->tgid;
	r.child_tid = child->pid;
	if (emit(&r, sizeof(r)))
		count_lost(mask);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct *task, pid_t old_pid, struct linux_binprm *bprm)
{
	struct task_state *st = old_pid == task->pid ? state_get(task) : state_move(task, old_pid);
	struct scratch *s = scratch_get(0);
	struct tr_capture *c;
	struct tr_exec *r;
	__u64 mask;
	__u32 len;
	long n;

	if (!st || !s)
		return 0;
	st->gen = 0;
	st->dumpable = 0;
	mask = task_sessions(task, st) & cfg.traced;
	st->phase |= PHASE_EXECED;
	/* A call in progress stays with those who saw it begin, unless they lost sight of the task. */
	st->live = inherited_mask(st->live, st->start_ns) & mask;
	if (!mask)
		return 0;
	r = (struct tr_exec *)s->exec;
	hdr_init(&r->h, 0, TR_EXEC, mask, task);
	r->old_tid = old_pid;
	r->pad = 0;
	n = bpf_probe_read_kernel_str(r + 1, 4096, BPF_CORE_READ(bprm, filename));
	n = n > 0 ? n - 1 : 0;
	n = clamp_u32(n, 4095);
	r->filename_len = n;
	*(__u64 *)((char *)(r + 1) + n) = 0;
	len = (sizeof(*r) + n + 7) & ~7u;
	r->h.len = len;
	need_task(task, st, mask);
	if (emit(r, clamp_u32(len, sizeof(*r) + 4096)))
		count_lost(mask);
	c = st->live & cfg.stream ? capture_get(task, st) : NULL;
	if (c)
		exec_recover(task, c, r, st->live);
	return 0;
}

static __always_inline void exit_fill(struct tr_exit *r, struct task_struct *task, __u64 mask,
				      bool last)
{
	hdr_init(&r->h, sizeof(*r), TR_EXIT, mask, task);
	r->status = task->exit_code;
	r->last = last;
	r->utime_ns = task->utime;
	r->stime_ns = task->stime;
}

static __always_inline void exit_report(struct task_struct *task, struct task_state *st, bool last)
{
	struct tr_capture *c;
	struct tr_exit r;
	__u64 mask, live;
	__u32 tid, tgid;

	mask = task_sessions(task, st) & cfg.traced;
	if (!mask)
		return;
	if (cfg.budgeted && st->unshown)
		count_unshown(st->unshown & mask &
			      ~(cfg.failed | cfg.ok | cfg.by_errno | cfg.by_time));
	st->unshown = 0;
	/* exit_group, or a call that a fatal signal cut off: it has no return. */
	live = st->live & mask;
	st->live = 0;
	if (live & cfg.summary & ~cfg.returned)
		summarize(task->tgid, st, live & cfg.summary & ~cfg.returned, false,
			  bpf_ktime_get_ns() - st->start_ns);
	live &= cfg.stream & ~(cfg.failed | cfg.ok | cfg.by_errno | cfg.by_time);
	if (live) {
		c = capture_get(task, st);
		if (c) {
			c->rec.h.time_ns = bpf_ktime_get_ns();
			call_emit(task, st, c, live, TR_F_NO_RETURN);
		}
	}
	need_task(task, st, mask);
	exit_fill(&r, task, mask, last);
	if (emit(&r, sizeof(r)))
		count_lost(mask);
	/* The number may soon be that of another process, which nobody asked for. */
	tid = task->pid;
	bpf_map_delete_elem(&by_tid, &tid);
	tgid = task->tgid;
	if (r.last)
		bpf_map_delete_elem(&by_tgid, &tgid);
}

SEC("tp_btf/sched_process_exit")
int process_exit(__u64 *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx[0];
	struct task_state *st = state_find(task);
	bool last;

	if (!st)
		return 0;
	/* Two threads that end together can both find that none lives. */
	if (tells_group_dead)
		last = ctx[1] & 1;
	else
		last = BPF_CORE_READ(task, signal, live.counter) == 0;
	exit_report(task, st, last);
	capture_free(st);
	state_free(task);
	return 0;
}

SEC("tp_btf/task_rename")
int BPF_PROG(comm_change, struct task_struct *task)
{
	struct task_state *st = state_find(task);

	if (st)
		st->gen = 0;
	return 0;
}

SEC("tp_btf/signal_generate")
int BPF_PROG(signal_generate, int sig, struct kernel_siginfo *info, struct task_struct *task,
	     int group, int result)
{
	struct task_state *st = state_find(task);
	__u64 mask;

	if (!st)
		return 0;
	mask = task_sessions(task, st) & cfg.stream;
	if (!mask)
		return 0;
	if (result == SIGNAL_DELIVERED)
		note_signal(task, sig, info, NOTE_FATAL);
	else if (result == SIGNAL_IGNORED)
		ignored_signal(task, st, sig, info, mask);
	return 0;
}

SEC("tp_btf/signal_deliver")
int BPF_PROG(signal_deliver, int sig, struct kernel_siginfo *info)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *st = state_find(task);
	__u64 mask;

	if (!st)
		return 0;
	mask = task_sessions(task, st) & cfg.stream;
	if (!mask)
		return 0;
	if (sig == SIGKILL && (unsigned long)info < CAP_PAGE)
		tell_fatal(task, st, mask);
	else
		tell_signal(task, st, sig, info, 0, mask);
	return 0;
}

/* The call that a sleeping task is in, if it is in one. */
static __always_inline bool scan_registers(struct task_struct *task, struct tr_pending *p)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	__s64 nr;

	if (!regs)
		return false;
	nr = regs_nr(regs);
	if (nr < 0 || nr > TR_NR_BEYOND)
		return false;
	p->nr = nr;
	p->abi = task_abi(task);
	p->pointer = regs_pointer(regs);
	regs_args(regs, p->abi, p->args);
	return true;
}

/*
 * Walks all tasks. cfg.scan 0: reports, once, the calls that are blocked for longer than TR_BLOCKED_NS to the
 * sessions that follow them; n: tells session n - 1 what every task that it asked for waits in.
 */
SEC("iter/task")
int task_scan(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	__u64 mask, wanted, fds, now = bpf_ktime_get_ns();
	struct tr_pending p = {};
	struct task_state *st;
	const struct tr_plan *plan;

	/* The state of a new task is its parent's to make, and that of one that ends has been freed. */
	if (!task || !untrusted(task)->mm || !task_sleeps(task))
		return 0;
	st = state_get(task);
	if (!st)
		return 0;
	mask = task_sessions(task, st);
	wanted = cfg.scan ? 1ULL << ((cfg.scan - 1) & 63) : cfg.blocked & ~st->reported;
	if (!(mask & wanted) || !scan_registers(task, &p))
		return 0;
	mask &= wanted & call_sessions(p.abi, p.nr);
	p.exact = st->live != 0;
	p.start_ns = st->live ? st->start_ns : BPF_CORE_READ(task, sched_info.last_arrival);
	if (!cfg.scan) {
		if (now - p.start_ns < TR_BLOCKED_NS)
			return 0;
		st->reported |= mask;
	}
	if (!mask)
		return 0;
	need_task(task, st, mask);
	plan = call_plan(p.abi, p.nr);
	fds = mask & cfg.fds;
	if (fds)
		for (int i = 0; i < TR_MAX_ARGS; i++)
			if (plan->fd_args >> i & 1)
				need_fd(task, (__s32)p.args[i], fds, FROM_ITERATOR);
	p.sessions = mask;
	p.tgid = task->tgid;
	p.tid = task->pid;
	bpf_seq_write(ctx->meta->seq, &p, sizeof(p));
	return 0;
}

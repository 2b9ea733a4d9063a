/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * signal.bpf.h - which signal it was. The kernel drops a signal that the process ignores when it is sent, and
 * delivers one that is going to end the process as a SIGKILL without siginfo: both are noted when they are
 * sent, and told when the task would have seen them.
 */
#ifndef SIGNAL_BPF_H
#define SIGNAL_BPF_H

#include "compat.bpf.h"
#include "emit.bpf.h"
#include "facts.bpf.h"

#define SIGKILL 9
#define SI_KERNEL 0x80
#define SI_FIELDS 16 /* offset of the part that depends on the signal, on 64-bit kernels */

/* Results of the tracepoint signal_generate. */
#define SIGNAL_DELIVERED 0
#define SIGNAL_IGNORED 1

enum note { NOTE_FATAL, NOTE_IGNORED };

/* The last signal of each kind that was sent to a task, by tid and kind. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 2048);
	__type(key, __u64);
	__type(value, struct tr_signal);
} signal_notes SEC(".maps");

static __always_inline __u64 note_key(struct task_struct *task, enum note note)
{
	return (__u64)task->pid << 1 | note;
}

/* The verifier takes what a tracepoint passes for addresses, and drops a plain comparison with NULL. */
static __always_inline bool is_null(const void *p)
{
	__u64 v = (__u64)p;

	asm volatile("%0 += 1" : "+r"(v));
	return v < 2;
}

static __always_inline void signal_fill(struct tr_signal *r, int sig, struct kernel_siginfo *info)
{
	__u32 f[8] = {};

	r->signo = sig;
	if ((unsigned long)info < CAP_PAGE) { /* SEND_SIG_NOINFO or SEND_SIG_PRIV, and no address */
		if (!is_null(info)) {
			r->code = SI_KERNEL;
			return;
		}
		r->pid = bpf_get_current_pid_tgid() >> 32;
		r->uid = (__u32)bpf_get_current_uid_gid();
		return;
	}
	bpf_probe_read_kernel(f, sizeof(f), (void *)info + SI_FIELDS);
	r->errnum = BPF_CORE_READ(info, si_errno);
	r->code = BPF_CORE_READ(info, si_code);
	r->pid = f[0];
	r->uid = f[1];
	r->status = f[2];
	r->addr = f[0] | (__u64)f[1] << 32;
	r->value = f[2] | (__u64)f[3] << 32;
	r->utime = f[4] | (__u64)f[5] << 32;
	r->stime = f[6] | (__u64)f[7] << 32;
}

/* Where the task is, 0: unknown. */
static __always_inline __u64 signal_pointer(struct task_struct *task)
{
	struct pt_regs *regs;

	if (!has_task_regs)
		return 0;
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	return regs ? regs_pointer(regs) : 0;
}

static __always_inline int tell_signal(struct task_struct *task, struct task_state *st, int sig,
				       struct kernel_siginfo *info, __u32 flags, __u64 mask)
{
	struct tr_signal r = {};

	need_task(task, st, mask);
	hdr_init(&r.h, sizeof(r), TR_SIGNAL, mask, task);
	r.h.flags = flags;
	r.pointer = signal_pointer(task);
	signal_fill(&r, sig, info);
	if (emit(&r, sizeof(r)))
		count_lost(mask);
	return 0;
}

static __always_inline void note_signal(struct task_struct *task, int sig,
					struct kernel_siginfo *info, enum note note)
{
	__u64 key = note_key(task, note);
	struct tr_signal r = {};

	hdr_init(&r.h, sizeof(r), TR_SIGNAL, 0, task);
	signal_fill(&r, sig, info);
	bpf_map_update_elem(&signal_notes, &key, &r, BPF_ANY);
}

/* A process that waits in a call is told when the call returns, once if the same signal comes again. */
static __always_inline void ignored_signal(struct task_struct *task, struct task_state *st, int sig,
					   struct kernel_siginfo *info, __u64 mask)
{
	if (!st->live) {
		tell_signal(task, st, sig, info, TR_SIG_IGNORED, mask);
		return;
	}
	if (st->phase & PHASE_NOTED)
		return;
	note_signal(task, sig, info, NOTE_IGNORED);
	st->phase |= PHASE_NOTED;
}

static __noinline int tell_note(struct task_struct *task, struct task_state *st, enum note note,
				int sig, __u64 mask)
{
	__u64 key = note_key(task, note);
	struct tr_signal *noted = bpf_map_lookup_elem(&signal_notes, &key), r;

	if (!noted || (sig && noted->signo != sig))
		return 0;
	r = *noted;
	bpf_map_delete_elem(&signal_notes, &key);
	need_task(task, st, mask);
	r.h.sessions = mask;
	r.h.time_ns = bpf_ktime_get_ns();
	r.h.flags = note == NOTE_IGNORED ? TR_SIG_IGNORED : 0;
	r.pointer = signal_pointer(task);
	if (emit(&r, sizeof(r)))
		count_lost(mask);
	return 0;
}

static __always_inline void tell_noted(struct task_struct *task, struct task_state *st)
{
	st->phase &= ~PHASE_NOTED;
	tell_note(task, st, NOTE_IGNORED, 0, st->mask & cfg.stream);
}

/* The signal that ends the process, 0: it ends by exit, or by another thread's execve. */
static __always_inline int fatal_signal(struct task_struct *task)
{
	return BPF_CORE_READ(task, signal, group_exit_code) & 0x7f;
}

/* The signal that ends the process was sent to this thread, which would have seen it. */
static __always_inline bool is_fatal_here(struct task_struct *task)
{
	__u64 key = note_key(task, NOTE_FATAL);
	struct tr_signal *noted = bpf_map_lookup_elem(&signal_notes, &key);
	int sig = fatal_signal(task);

	return noted && sig != SIGKILL && noted->signo == sig;
}

/* SIGKILL itself is seen by nobody: that the process ended says it. */
static __always_inline void tell_fatal(struct task_struct *task, struct task_state *st, __u64 mask)
{
	int sig = fatal_signal(task);

	if (sig && sig != SIGKILL)
		tell_note(task, st, NOTE_FATAL, sig, mask);
}

/*
 * The process ends before the call returns to the program, which is shown when the task ends; but the
 * thread that gets the signal has left the call by then.
 */
static __always_inline bool is_cut_off(struct task_struct *task)
{
	if (!(task->pending.signal.sig[0] >> (SIGKILL - 1) & 1))
		return false;
	return !is_fatal_here(task);
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * compat.bpf.h - everything that differs between architectures and kernel versions.
 */
#ifndef COMPAT_BPF_H
#define COMPAT_BPF_H

#include "maps.bpf.h"

#if defined(__TARGET_ARCH_x86)

#define TS_COMPAT 0x0002

static __always_inline __u32 task_abi(struct task_struct *task)
{
	return task->thread_info.status & TS_COMPAT ? TR_ABI_I386 : TR_ABI_X86_64;
}

/* The registers live where the call's entry left them until it returns, but for ax. */
static __always_inline void regs_args(struct pt_regs *regs, __u32 abi, __u64 *args)
{
	if (abi == TR_ABI_I386) {
		args[0] = (__u32)regs->bx;
		args[1] = (__u32)regs->cx;
		args[2] = (__u32)regs->dx;
		args[3] = (__u32)regs->si;
		args[4] = (__u32)regs->di;
		args[5] = (__u32)regs->bp;
		return;
	}
	args[0] = regs->di;
	args[1] = regs->si;
	args[2] = regs->dx;
	args[3] = regs->r10;
	args[4] = regs->r8;
	args[5] = regs->r9;
}

static __always_inline __u64 regs_nr(struct pt_regs *regs)
{
	return (__s64)(__s32)regs->orig_ax;
}

static __always_inline __u64 regs_pointer(struct pt_regs *regs)
{
	return regs->ip;
}

static __always_inline __u64 regs_sigframe(struct pt_regs *regs, __u32 abi)
{
	return abi == TR_ABI_I386 ? (__u32)regs->sp + TR_SIGFRAME_I386 :
				    regs->sp + TR_SIGFRAME_X86_64;
}

#elif defined(__TARGET_ARCH_arm64)

#define TIF_32BIT 22

static __always_inline __u32 task_abi(struct task_struct *task)
{
	return task->thread_info.flags >> TIF_32BIT & 1 ? TR_ABI_MAX : TR_ABI_AARCH64;
}

static __always_inline void regs_args(struct pt_regs *regs, __u32 abi, __u64 *args)
{
	(void)abi;
	args[0] = regs->orig_x0;
	for (int i = 1; i < TR_MAX_ARGS; i++)
		args[i] = regs->regs[i];
}

static __always_inline __u64 regs_nr(struct pt_regs *regs)
{
	return (__s64)regs->syscallno;
}

static __always_inline __u64 regs_pointer(struct pt_regs *regs)
{
	return regs->pc;
}

static __always_inline __u64 regs_sigframe(struct pt_regs *regs, __u32 abi)
{
	(void)abi;
	return regs->sp + TR_SIGFRAME_AARCH64;
}

#else
#error "unknown architecture"
#endif

/* Linux 5.14 renamed task_struct.state. */
struct task_struct___state {
	long state;
} __attribute__((preserve_access_index));

#define TASK_NEW 0x800 /* it was made, and its fork is still to be told of */
#define PF_EXITING 4

/* Not so a task that is not yet what it will be, or has begun to end. */
static __always_inline bool task_sleeps(struct task_struct *task)
{
	struct task_struct___state *old = (void *)task;
	long state;

	if (bpf_core_field_exists(task->__state))
		state = BPF_CORE_READ(task, __state);
	else
		state = BPF_CORE_READ(old, state);
	return state && !(state & TASK_NEW) && !(BPF_CORE_READ(task, flags) & PF_EXITING);
}

#endif

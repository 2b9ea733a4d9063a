/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ptrace_sys.c - see ptrace_sys.h.
 */
#include "ptrace_sys.h"

#include <elf.h>
#include <errno.h>
#include <linux/audit.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#define OPTIONS                                                                                    \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |  \
	 PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT)

static int request(enum __ptrace_request what, uint32_t tid, void *addr, void *data)
{
	return ptrace(what, (pid_t)tid, addr, data) < 0 ? -errno : 0;
}

static void *number(unsigned long v)
{
	return (void *)v;
}

enum pt_stop pt_stop(int status, int *signo_x)
{
	int signo = WSTOPSIG(status);

	*signo_x = signo;
	switch (status >> 16) {
	case 0:
		return signo == (SIGTRAP | 0x80) ? PT_CALL : PT_SIGNAL;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		return PT_FORK;
	case PTRACE_EVENT_EXEC:
		return PT_EXEC;
	case PTRACE_EVENT_SECCOMP:
		return PT_TRAPPED;
	case PTRACE_EVENT_EXIT:
		return PT_EXIT;
	case PTRACE_EVENT_STOP:
		return signo == SIGTRAP ? PT_TRAP : PT_GROUP;
	}
	return PT_TRAP;
}

int pt_seize(uint32_t tid, bool trapped)
{
	unsigned long options = OPTIONS;

	if (trapped)
		options |= PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL;
	return request(PTRACE_SEIZE, tid, NULL, number(options));
}

int pt_interrupt(uint32_t tid)
{
	return request(PTRACE_INTERRUPT, tid, NULL, NULL);
}

int pt_resume(uint32_t tid, int signo)
{
	return request(PTRACE_SYSCALL, tid, NULL, number(signo));
}

int pt_run(uint32_t tid, int signo)
{
	return request(PTRACE_CONT, tid, NULL, number(signo));
}

int pt_listen(uint32_t tid)
{
	return request(PTRACE_LISTEN, tid, NULL, NULL);
}

int pt_detach(uint32_t tid, int signo)
{
	return request(PTRACE_DETACH, tid, NULL, number(signo));
}

int pt_message(uint32_t tid, unsigned long *value_x)
{
	return request(PTRACE_GETEVENTMSG, tid, NULL, value_x);
}

int pt_peek(uint32_t tid, uint64_t addr, long *word_x)
{
	errno = 0;
	*word_x = ptrace(PTRACE_PEEKDATA, (pid_t)tid, (void *)(uintptr_t)addr, NULL);
	return *word_x == -1 ? -errno : 0;
}

int pt_siginfo(uint32_t tid, siginfo_t *info_x)
{
	return request(PTRACE_GETSIGINFO, tid, NULL, info_x);
}

static uint8_t abi_of(uint32_t arch)
{
	switch (arch) {
	case AUDIT_ARCH_X86_64:
		return TR_ABI_X86_64;
	case AUDIT_ARCH_I386:
		return TR_ABI_I386;
	case AUDIT_ARCH_AARCH64:
		return TR_ABI_AARCH64;
	}
	return TR_ABI_MAX;
}

int pt_poke(uint32_t tid, uint64_t addr, uint64_t value)
{
	return request(PTRACE_POKEDATA, tid, number(addr), number(value));
}

int pt_call(uint32_t tid, struct pt_call *call_x)
{
	struct __ptrace_syscall_info info;
	int r;

	r = request(PTRACE_GET_SYSCALL_INFO, tid, number(sizeof(info)), &info);
	if (r)
		return r;
	call_x->abi = abi_of(info.arch);
	call_x->sp = info.stack_pointer;
	call_x->pointer = info.instruction_pointer;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY || info.op == PTRACE_SYSCALL_INFO_SECCOMP) {
		call_x->op = PT_ENTRY;
		call_x->nr = info.entry.nr;
		memcpy(call_x->args, info.entry.args, sizeof(call_x->args));
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
		call_x->op = PT_RETURN;
		call_x->ret = info.exit.rval;
	} else {
		call_x->op = PT_NONE;
	}
	return 0;
}

#ifdef __x86_64__

static uint64_t reg(uint32_t tid, size_t off)
{
	return ptrace(PTRACE_PEEKUSER, (pid_t)tid, number(off), NULL);
}

#define REG(tid, name) reg(tid, offsetof(struct user, regs.name))
#define USER32_CS 0x23

int pt_interrupted_call(uint32_t tid, struct pt_call *call_x)
{
	bool compat;

	call_x->nr = REG(tid, orig_rax);
	if ((int64_t)call_x->nr < 0)
		return -ENOENT;
	compat = REG(tid, cs) == USER32_CS;
	call_x->op = PT_RETURN;
	call_x->pointer = REG(tid, rip);
	call_x->abi = compat ? TR_ABI_I386 : TR_ABI_X86_64;
	call_x->ret = compat ? (int32_t)REG(tid, rax) : (int64_t)REG(tid, rax);
	if (compat) {
		uint64_t args[] = {REG(tid, rbx), REG(tid, rcx), REG(tid, rdx),
				   REG(tid, rsi), REG(tid, rdi), REG(tid, rbp)};

		for (int i = 0; i < TR_MAX_ARGS; i++)
			call_x->args[i] = (uint32_t)args[i];
	} else {
		uint64_t args[] = {REG(tid, rdi), REG(tid, rsi), REG(tid, rdx),
				   REG(tid, r10), REG(tid, r8),	 REG(tid, r9)};

		memcpy(call_x->args, args, sizeof(args));
	}
	return 0;
}

int pt_set_call(uint32_t tid, int64_t nr)
{
	return request(PTRACE_POKEUSER, tid, number(offsetof(struct user, regs.orig_rax)),
		       number((unsigned long)nr));
}

int pt_set_result(uint32_t tid, int64_t ret)
{
	return request(PTRACE_POKEUSER, tid, number(offsetof(struct user, regs.rax)),
		       number((unsigned long)ret));
}

int pt_set_first_arg(uint32_t tid, uint8_t abi, uint64_t value)
{
	size_t at = abi == TR_ABI_I386 ? offsetof(struct user, regs.rbx) : offsetof(struct user, regs.rdi);

	return request(PTRACE_POKEUSER, tid, number(at), number(value));
}

void pt_hide_interrupt(uint32_t tid)
{
	struct pt_call call;

	if (pt_interrupted_call(tid, &call) || call.ret != -EINTR)
		return;
	request(PTRACE_POKEUSER, tid, number(offsetof(struct user, regs.rax)),
		number(-PT_ERESTARTNOHAND));
}

#else

/* arm64 has decided about the restart before it stops: nothing is left to read or to mend. */
int pt_interrupted_call(uint32_t tid, struct pt_call *call_x)
{
	(void)tid;
	(void)call_x;
	return -ENOENT;
}

int pt_set_call(uint32_t tid, int64_t nr)
{
	int value = (int)nr;
	struct iovec io = {&value, sizeof(value)};

	return request(PTRACE_SETREGSET, tid, number(NT_ARM_SYSTEM_CALL), &io);
}

static int set_first_register(uint32_t tid, uint64_t value)
{
	struct user_regs_struct regs;
	struct iovec io = {&regs, sizeof(regs)};
	int r = request(PTRACE_GETREGSET, tid, number(NT_PRSTATUS), &io);

	if (r)
		return r;
	regs.regs[0] = value;
	return request(PTRACE_SETREGSET, tid, number(NT_PRSTATUS), &io);
}

int pt_set_result(uint32_t tid, int64_t ret)
{
	return set_first_register(tid, (uint64_t)ret);
}

/* Where the call returns, or its child begins, that register has the result. */
int pt_set_first_arg(uint32_t tid, uint8_t abi, uint64_t value)
{
	struct pt_call call;
	int r;

	(void)abi;
	r = pt_call(tid, &call);
	return r || call.op != PT_ENTRY ? r : set_first_register(tid, value);
}

void pt_hide_interrupt(uint32_t tid)
{
	(void)tid;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ptrace_sys.h - the requests of ptrace(2) that the backend makes, in its own words. All return 0 or a
 * negative errno; -ESRCH means that the task was killed, and its status is still to come.
 */
#ifndef PTRACE_SYS_H
#define PTRACE_SYS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <linux/types.h>
#include <tracer/event.h>

enum pt_stop {
	PT_SIGNAL, /* about to get a signal */
	PT_CALL,   /* enters or leaves a system call */
	PT_FORK,   /* made a child, which pt_message names; also a thread */
	PT_EXEC,   /* pt_message names the thread that called execve */
	PT_TRAPPED, /* its seccomp filter traps the call that it enters */
	PT_EXIT,   /* about to end; pt_message gives the status */
	PT_GROUP,  /* stopped as the whole process is, until SIGCONT */
	PT_TRAP,   /* we asked for it, it is new, or its process goes on after a stop */
};

#define PT_CALL_STATUS ((SIGTRAP | 0x80) << 8 | 0x7f) /* of waitpid: PT_CALL */

enum pt_op { PT_NONE, PT_ENTRY, PT_RETURN };

struct pt_call {
	enum pt_op op;
	uint8_t abi;  /* enum tr_abi */
	uint64_t nr;  /* PT_ENTRY */
	uint64_t args[TR_MAX_ARGS];
	uint64_t sp;
	uint64_t pointer; /* where it goes on */
	int64_t ret; /* PT_RETURN */
};

/* What a status of waitpid that is a stop stands for. *signo_x: the signal that makes it stop. */
enum pt_stop pt_stop(int status, int *signo_x);

/* From then on its children are traced too. trapped: it has a filter that needs us; it dies if we do. */
int pt_seize(uint32_t tid, bool trapped);
int pt_interrupt(uint32_t tid);

/* These need a stopped task. signo 0: none. */
int pt_resume(uint32_t tid, int signo); /* to the next stop */
int pt_run(uint32_t tid, int signo);	/* the same, but no call is one, unless it is trapped */
int pt_listen(uint32_t tid);		/* leaves it in its group-stop */
int pt_detach(uint32_t tid, int signo);
int pt_message(uint32_t tid, unsigned long *value_x);
int pt_peek(uint32_t tid, uint64_t addr, long *word_x); /* whatever the pages' protection is */
int pt_siginfo(uint32_t tid, siginfo_t *info_x);
int pt_call(uint32_t tid, struct pt_call *call_x);
int pt_poke(uint32_t tid, uint64_t addr, uint64_t value);
/* While it enters a call: makes it another one, -1: none. While it leaves it: what it returns. */
int pt_set_call(uint32_t tid, int64_t nr);
int pt_set_result(uint32_t tid, int64_t ret);
int pt_set_first_arg(uint32_t tid, uint8_t abi, uint64_t value); /* of the call that it is in */

/*
 * A task that stopped on its way out of a call that was cut off: gives the call with its result, which
 * may be one of the kernel's own (ERESTARTSYS, ...). -ENOENT: it was in no call.
 */
int pt_interrupted_call(uint32_t tid, struct pt_call *call_x);

/*
 * If that result is EINTR, though no handler is going to run: makes the kernel start the call again, so
 * that the task never knows that it was stopped. (A handler that does run makes it EINTR again.)
 */
void pt_hide_interrupt(uint32_t tid);

#define PT_ERESTARTSYS 512
#define PT_ERESTARTNOINTR 513
#define PT_ERESTARTNOHAND 514
#define PT_ERESTART_RESTARTBLOCK 516

static inline bool pt_restarts(int64_t ret)
{
	return ret == -PT_ERESTARTSYS || ret == -PT_ERESTARTNOINTR || ret == -PT_ERESTARTNOHAND ||
	       ret == -PT_ERESTART_RESTARTBLOCK;
}

#endif

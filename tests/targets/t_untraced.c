/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_untraced.c - makes children with CLONE_UNTRACED by clone and clone3. Each says its number to getpriority, a
 * call that nothing else here makes. Prints whether registers and memory are as they were.
 */
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The first argument of the call after it, in the parent and in the child. */
static long raw_clone(uint64_t flags, uint64_t *after)
{
#ifdef __x86_64__
	register long r10 __asm__("r10") = 0;
	register long r8 __asm__("r8") = 0;
	long ret = SYS_clone;
	long first = flags;

	__asm__ volatile("syscall"
			 : "+a"(ret), "+D"(first)
			 : "S"(0L), "d"(0L), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	*after = first;
	return ret;
#else
	*after = flags;
	return syscall(SYS_clone, flags, 0, 0, 0, 0);
#endif
}

static int ended_with(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int main(void)
{
	struct clone_args args = {.flags = CLONE_UNTRACED, .exit_signal = SIGCHLD}, before = args;
	uint64_t flags = CLONE_UNTRACED | SIGCHLD, after = 0;
	long pid = raw_clone(flags, &after);

	if (pid == 0) {
		getpriority(PRIO_PROCESS, 0);
		_exit(after == flags ? 1 : 100);
	}
	printf("clone: %d %d\n", after == flags, ended_with(pid));
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0) {
		getpriority(PRIO_PROCESS, 0);
		_exit(memcmp(&args, &before, sizeof(args)) ? 100 : 2);
	}
	printf("clone3: %d %d\n", !memcmp(&args, &before, sizeof(args)), ended_with(pid));
	return 0;
}

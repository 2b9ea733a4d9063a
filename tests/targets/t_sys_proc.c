/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_sys_proc.c - processes: making and waiting for them, programs, ids, limits, scheduling, prctl, ptrace.
 */
#define _GNU_SOURCE
#include "sys.h"

#include <linux/capability.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/wait.h>

static void mode_wait(void)
{
	struct rusage ru;
	siginfo_t info;
	int status, pid;

	S(wait4, -1, &status, 0, NULL);
	S(wait4, 99999, &status, WNOHANG, NULL);
	pid = (int)S(fork);
	if (!pid)
		_exit(42);
	S(wait4, pid, &status, WUNTRACED | __WALL, &ru);
	pid = (int)S(vfork);
	if (!pid)
		_exit(0);
	S(wait4, -1, NULL, 0, NULL);
	pid = fork();
	if (!pid) {
		raise(SIGSTOP);
		_exit(1);
	}
	S(wait4, pid, &status, WUNTRACED, NULL);
	S(wait4, pid, &status, WNOHANG | WCONTINUED, NULL);
	kill(pid, SIGCONT);
	S(waitid, P_PID, pid, &info, WEXITED | WNOWAIT, NULL);
	S(waitid, P_PID, pid, &info, WEXITED, &ru);
	S(waitid, P_ALL, 0, &info, WEXITED | WNOHANG, NULL);
	S(waitid, P_PGID, 77777, NULL, WEXITED | WSTOPPED, NULL);
	S(waitid, 77, 1, NULL, 0, NULL);
	pid = fork();
	if (!pid)
		kill(getpid(), SIGKILL);
	S(wait4, pid, &status, 0, &ru);
	S(wait4, -1, BAD, 0x10000, BAD);
}

static void mode_clone(void)
{
	static char stack[65536];
	pid_t tid = 0;
	int fd = -1, status;
	struct clone_args args = { .flags = CLONE_PIDFD | CLONE_PARENT_SETTID, .exit_signal = SIGCHLD };
	long pid;

	pid = S(clone, SIGCHLD, NULL, NULL, NULL, NULL);
	if (!pid)
		_exit(1);
	wait(&status);
	pid = S(clone, CLONE_VFORK | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID, NULL, &tid, &tid, NULL);
	if (!pid)
		_exit(2);
	S(wait4, -1, &status, __WCLONE, NULL);
	args.pidfd = (uint64_t)(uintptr_t)&fd;
	args.parent_tid = (uint64_t)(uintptr_t)&tid;
	pid = S(clone3, &args, sizeof(args));
	if (!pid)
		_exit(3);
	S(waitid, P_PIDFD, fd, NULL, WEXITED, NULL);
	S(pidfd_send_signal, fd, SIGTERM, NULL, 0);
	args = (struct clone_args){ .exit_signal = SIGCHLD };
	pid = S(clone3, &args, CLONE_ARGS_SIZE_VER0);
	if (!pid)
		_exit(4);
	wait(&status);
	args.flags = CLONE_THREAD;
	S(clone3, &args, sizeof(args));
	args = (struct clone_args){ .flags = CLONE_VM | CLONE_FS, .stack = (uint64_t)(uintptr_t)stack, .stack_size = 7,
				    .tls = 0x1234, .set_tid = 5, .set_tid_size = 99, .cgroup = 5 };
	S(clone3, &args, sizeof(args));
	S(clone3, &args, 8);
	S(clone3, BAD, sizeof(args));
	S(clone3, NULL, 0);
	S(clone, CLONE_THREAD, NULL, NULL, NULL, NULL);
	S(clone, CLONE_NEWUSER | CLONE_FS | 77, stack, NULL, NULL, NULL);
	S(unshare, CLONE_FILES | CLONE_FS);
	S(unshare, 0x77);
	S(setns, 99, CLONE_NEWNET);
	S(setns, 0, 0);
	S(set_tid_address, &tid);
	fd = (int)S(pidfd_open, getpid(), 0);
	S(pidfd_open, -1, 0);
	S(pidfd_open, 1, 0x77);
	S(pidfd_getfd, fd, 0, 0);
	S(pidfd_getfd, fd, 99, 0);
	S(pidfd_send_signal, fd, 0, NULL, 0);
	S(kcmp, getpid(), getpid(), 0, 0, 0);
	S(kcmp, getpid(), getpid(), 1, 0, 0);
	S(kcmp, 99999, getpid(), 77, 0, 0);
}

static void mode_exec(void)
{
	char *argv[] = { "program", "an argument", "with \"quotes\" and \n",
			 "one that is longer than thirty-two bytes", NULL };
	char *many[60], *envp[] = { "A=1", "B=two", NULL }, *none[] = { NULL };

	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = "arg";
	many[COUNT(many) - 1] = NULL;
	S(execve, "nothing", argv, envp);
	S(execve, "words", argv, NULL);
	S(execve, "tree", none, none);
	S(execve, "nothing", many, envp);
	S(execve, NULL, argv, envp);
	S(execve, "nothing", BAD, BAD);
	S(execveat, AT_FDCWD, "nothing", argv, envp, AT_SYMLINK_NOFOLLOW);
	S(execveat, 99, "", argv, envp, AT_EMPTY_PATH);
	S(execveat, AT_FDCWD, "/bin/true", argv, envp, 0);
}

static void mode_ids(void)
{
	static unsigned int groups[1 << 13] = { 0, 1, 5, 100 };
	unsigned int a, b, c;
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct caps[2];

	S(getuid); S(geteuid); S(getgid); S(getegid);
	S(getresuid, &a, &b, &c);
	S(getresgid, &a, &b, BAD);
	S(setresuid, -1, 0, -1);
	S(setresgid, 0, -1, 0);
	S(setreuid, 0, -1);
	S(setregid, -1, 0);
	S(setfsuid, 0);
	S(setfsgid, 4294967295U);
	S(getgroups, 0, NULL);
	S(setgroups, 4, groups);
	S(getgroups, 40, groups);
	S(getgroups, 2, groups);
	S(setgroups, 40, groups);
	S(setgroups, 1 << 13, groups);
	S(setgroups, 1 << 20, groups);
	S(setgroups, 2, BAD);
	S(getpid); S(gettid); S(getppid); S(getpgrp);
	S(getpgid, 0);
	S(getsid, 0);
	S(getsid, 99999);
	S(setpgid, 0, 0);
	S(setsid);
	S(capget, &head, caps);
	S(setuid, 65534);
	S(setgid, 5);
	S(setuid, 0);
}

static void mode_limits(void)
{
	struct rlimit rl = { 1024, 4096 }, none = { RLIM_INFINITY, RLIM_INFINITY }, kib = { 10 * 1024, 8 << 20 };
	struct rusage ru;
	struct tms tms;

	S(getrlimit, RLIMIT_NOFILE, &rl);
	S(getrlimit, RLIMIT_STACK, &rl);
	S(setrlimit, RLIMIT_CORE, &kib);
	S(setrlimit, RLIMIT_NPROC, &none);
	S(setrlimit, 77, &none);
	S(getrlimit, 77, &rl);
	S(prlimit64, 0, RLIMIT_FSIZE, NULL, &rl);
	S(prlimit64, 0, RLIMIT_CPU, &none, &rl);
	S(prlimit64, 99999, RLIMIT_AS, &kib, NULL);
	S(prlimit64, 0, RLIMIT_RTTIME, BAD, NULL);
	S(getrusage, RUSAGE_SELF, &ru);
	S(getrusage, RUSAGE_CHILDREN, &ru);
	S(getrusage, 77, &ru);
	S(times, &tms);
	S(times, NULL);
}

static void mode_sched(void)
{
	struct sched_param p = { 0 };
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
		uint32_t util_min, util_max;
	} attr = { 0 };
	struct timespec ts;
	uint64_t set[16] = { 1 };
	unsigned int cpu, node;

	S(sched_getscheduler, 0);
	S(sched_setscheduler, 0, SCHED_BATCH, &p);
	S(sched_getscheduler, 0);
	S(sched_setscheduler, 0, SCHED_FIFO | SCHED_RESET_ON_FORK, &p);
	S(sched_setscheduler, 0, 77, &p);
	S(sched_getparam, 0, &p);
	S(sched_setparam, 99999, &p);
	S(sched_get_priority_max, SCHED_FIFO);
	S(sched_get_priority_min, 77);
	S(sched_rr_get_interval, 0, &ts);
	S(sched_getattr, 0, &attr, sizeof(attr), 0);
	attr.size = sizeof(attr);
	attr.policy = SCHED_OTHER;
	attr.nice = 1;
	S(sched_setattr, 0, &attr, 0);
	attr.flags = 0x1;
	S(sched_setattr, 0, &attr, 1);
	S(sched_setattr, 99999, NULL, 0);
	S(sched_getaffinity, 0, sizeof(set), set);
	S(sched_getaffinity, 0, 4, set);
	S(sched_setaffinity, 0, 8, set);
	set[0] = 0x8000000000000003;
	set[1] = 1;
	S(sched_setaffinity, 0, 16, set);
	S(sched_setaffinity, 99999, 8, BAD);
	S(sched_yield);
	S(getpriority, PRIO_PROCESS, 0);
	S(setpriority, PRIO_PGRP, 99999, 5);
	S(setpriority, PRIO_USER, 99999, -5);
	S(getpriority, 77, 0);
	S(getcpu, &cpu, &node, NULL);
	S(ioprio_get, 1, 0);
	S(ioprio_set, 1, 0, 2 << 13 | 4);
	S(ioprio_set, 1, 99999, 3 << 13);
}

static void mode_prctl(void)
{
	char name[16];
	int v;

	S(prctl, PR_SET_NAME, "a name that is too long");
	S(prctl, PR_GET_NAME, name);
	S(prctl, PR_SET_PDEATHSIG, SIGTERM);
	S(prctl, PR_GET_PDEATHSIG, &v);
	S(prctl, PR_GET_DUMPABLE);
	S(prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
	S(prctl, PR_GET_KEEPCAPS);
	S(prctl, PR_SET_KEEPCAPS, 1);
	S(prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	S(prctl, PR_SET_CHILD_SUBREAPER, 1);
	S(prctl, PR_GET_CHILD_SUBREAPER, &v);
	S(prctl, PR_CAPBSET_READ, CAP_SYS_ADMIN);
	S(prctl, PR_CAPBSET_READ, 77);
	S(prctl, PR_GET_SECCOMP);
	S(prctl, PR_GET_SECUREBITS);
	S(prctl, PR_GET_TIMERSLACK);
	S(prctl, PR_SET_TIMERSLACK, 100000);
	S(prctl, PR_GET_TSC, &v);
	S(prctl, PR_SET_PTRACER, -1L);
	S(prctl, PR_GET_THP_DISABLE, 0, 0, 0, 0);
	S(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0);
	S(prctl, PR_GET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, 0, 0, 0);
	S(prctl, PR_MCE_KILL_GET, 0, 0, 0, 0);
	S(prctl, PR_SET_MM, PR_SET_MM_BRK, 0, 0, 0);
	S(prctl, 7777, 1, 2, 3, 4);
	S(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	S(personality, 0xffffffff);
	S(personality, PER_LINUX | ADDR_NO_RANDOMIZE | READ_IMPLIES_EXEC);
	S(personality, 0x77);
#ifdef __x86_64__
	{
		unsigned long base;

		S(arch_prctl, 0x1003 /* ARCH_GET_FS */, &base);
		S(arch_prctl, 0x1011 /* ARCH_GET_CPUID */, 0);
		S(arch_prctl, 0x7777, 5);
	}
#endif
}

static void mode_ptrace(void)
{
	long regs[64];
	struct iovec iov = { regs, sizeof(regs) };
	siginfo_t info;

	S(ptrace, PTRACE_SEIZE, 99999, NULL, 0x1f);
	S(ptrace, PTRACE_PEEKDATA, 99999, regs, &regs[1]);
	S(ptrace, PTRACE_GETREGSET, 99999, 1, &iov);
	S(ptrace, PTRACE_GETSIGINFO, 99999, NULL, &info);
	S(ptrace, PTRACE_SETOPTIONS, 99999, NULL, 3);
	S(ptrace, PTRACE_CONT, 99999, 0, SIGUSR1);
	S(ptrace, 0x7777, 1, 2, 3);
}

static void mode_nothing(void)
{
	syscall(1000, 1, 2, 3, 4, 5, 6);
	syscall(600);
	syscall(-1, 1, 2, 3);
	S(nfsservctl, 1);
	S(vhangup + 5000);
	S(seccomp, 2 /* SECCOMP_GET_ACTION_AVAIL */, 0, &(int){ 0x7fff0000 });
	S(seccomp, 77, 0, NULL);
	S(landlock_create_ruleset, NULL, 0, 1);
	S(landlock_restrict_self, 99, 0);
	S(membarrier, 0, 0, 0);
	S(membarrier, 8, 0, 0);
	S(membarrier, 77, 1, 0);
	S(rseq, BAD, 32, 1, 0x53053053);
	S(restart_syscall);
	S(modify_ldt, 0, BAD, 5);
	S(iopl, 77);
	S(ioperm, 1UL << 40, 5, 1);
	S(sethostname, BAD, 5);
	S(setdomainname, BAD, 5);
	S(reboot, 1, 2, 3, NULL);
	S(swapon, "nothing", 0x8005);
	S(swapoff, "nothing");
	S(acct, "nothing/at/all");
	S(mount, "none", "nothing", "tmpfs", 1 | 2 | 4, "size=1k");
	S(umount2, "nothing", 1 | 2);
	S(delete_module, "no such module", O_NONBLOCK);
	S(init_module, BAD, 5, "opts");
	S(finit_module, 99, "opts", 1);
	S(syslog, 10, NULL, 0);
	S(quotactl, 0x800007 << 8, "nothing", 0, NULL);
	S(userfaultfd, 0x77);
	S(perf_event_open, NULL, 0, -1, -1, 0);
	S(vhangup + 1000);
}

int main(int argc, char **argv)
{
	static const struct mode modes[] = {
		{ "wait", mode_wait },	 { "clone", mode_clone },   { "exec", mode_exec },
		{ "ids", mode_ids },	 { "limits", mode_limits }, { "sched", mode_sched },
		{ "prctl", mode_prctl }, { "ptrace", mode_ptrace }, { "nothing", mode_nothing },
	};

	return run_mode(modes, COUNT(modes), argc, argv);
}

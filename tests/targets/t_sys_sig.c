/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_sys_sig.c - signals: their actions, masks, queues, and deaths by them.
 */
#define _GNU_SOURCE
#include "sys.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#define SIGSET_BYTES 8

static void nothing(int sig)
{
	(void)sig;
}

static void nothing_much(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)info;
	(void)context;
}

static void handle(int sig, int flags)
{
	struct sigaction sa = { .sa_flags = flags };

	if (flags & SA_SIGINFO)
		sa.sa_sigaction = nothing_much;
	else
		sa.sa_handler = nothing;
	sigaction(sig, &sa, NULL);
}

static void mode_action(void)
{
	struct sigaction sa = { .sa_handler = SIG_IGN }, old;
	long raw[4] = { 0, 0x77, 0, 0 };

	sigaction(SIGUSR1, &sa, &old);
	sigaction(SIGUSR1, NULL, &old);
	handle(SIGUSR2, SA_RESTART | SA_NODEFER);
	handle(SIGRTMIN + 1, SA_SIGINFO | SA_RESETHAND | SA_ONSTACK);
	sa.sa_handler = SIG_DFL;
	sa.sa_flags = SA_NOCLDSTOP | SA_NOCLDWAIT;
	sigfillset(&sa.sa_mask);
	sigaction(SIGCHLD, &sa, NULL);
	sigemptyset(&sa.sa_mask);
	sigaddset(&sa.sa_mask, SIGTERM);
	sigaddset(&sa.sa_mask, SIGRTMAX);
	sigaction(SIGHUP, &sa, &old);
	sigaction(SIGKILL, &sa, NULL);
	S(rt_sigaction, SIGUSR1, raw, NULL, SIGSET_BYTES);
	S(rt_sigaction, 77, raw, NULL, SIGSET_BYTES);
	S(rt_sigaction, SIGUSR1, raw, NULL, 4);
	S(rt_sigaction, SIGUSR1, BAD, NULL, SIGSET_BYTES);
	S(rt_sigaction, SIGUSR1, NULL, BAD, SIGSET_BYTES);
}

static void mode_mask(void)
{
	sigset_t set, old;

	sigemptyset(&set);
	S(rt_sigprocmask, SIG_BLOCK, NULL, &old, SIGSET_BYTES);
	S(rt_sigprocmask, SIG_SETMASK, &set, NULL, SIGSET_BYTES);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGINT);
	sigaddset(&set, 33);
	sigaddset(&set, 40);
	S(rt_sigprocmask, SIG_BLOCK, &set, &old, SIGSET_BYTES);
	S(rt_sigprocmask, SIG_UNBLOCK, &set, &old, SIGSET_BYTES);
	sigfillset(&set);
	S(rt_sigprocmask, SIG_SETMASK, &set, &old, SIGSET_BYTES);
	sigdelset(&set, SIGTERM);
	S(rt_sigprocmask, SIG_SETMASK, &set, &old, SIGSET_BYTES);
	S(rt_sigprocmask, 77, &set, &old, SIGSET_BYTES);
	S(rt_sigprocmask, SIG_SETMASK, &set, &old, 16);
	S(rt_sigprocmask, SIG_SETMASK, BAD, NULL, SIGSET_BYTES);
	kill(getpid(), SIGUSR1);
	S(rt_sigpending, &set, SIGSET_BYTES);
	S(rt_sigpending, NULL, SIGSET_BYTES);
}

static void mode_send(void)
{
	siginfo_t info = { .si_code = SI_QUEUE };
	union sigval value = { .sival_int = 77 };
	stack_t stack = { .ss_sp = malloc(SIGSTKSZ), .ss_size = (size_t)SIGSTKSZ }, old;
	int pid = getpid();

	handle(SIGUSR1, SA_SIGINFO);
	handle(SIGUSR2, SA_SIGINFO | SA_ONSTACK);
	handle(SIGRTMIN + 2, SA_SIGINFO);
	S(sigaltstack, &stack, &old);
	S(sigaltstack, NULL, &old);
	stack.ss_flags = SS_DISABLE;
	S(sigaltstack, BAD, NULL);
	S(kill, pid, SIGUSR1);
	S(kill, pid, 0);
	S(kill, pid, 99);
	S(kill, 99999, SIGTERM);
	S(tkill, pid, SIGUSR2);
	S(tgkill, pid, pid, SIGUSR1);
	S(tgkill, pid, 99999, SIGRTMIN);
	sigqueue(pid, SIGUSR1, value);
	sigqueue(pid, SIGRTMIN + 2, value);
	info.si_int = 5;
	S(rt_tgsigqueueinfo, pid, pid, SIGUSR2, &info);
	S(rt_sigqueueinfo, pid, SIGUSR1, NULL);
	S(rt_sigqueueinfo, 99999, SIGTERM, &info);
	S(kill, pid, SIGCHLD);
	S(kill, pid, SIGWINCH);
	S(sigaltstack, &stack, &old);
}

static void mode_wait(void)
{
	struct timespec none = { 0, 0 }, bit = { 0, 1000000 };
	union sigval value = { .sival_int = 5 };
	siginfo_t info;
	sigset_t set;
	char buf[600];
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGALRM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	S(rt_sigtimedwait, &set, &info, &none, SIGSET_BYTES);
	kill(getpid(), SIGUSR1);
	S(rt_sigtimedwait, &set, &info, &none, SIGSET_BYTES);
	sigqueue(getpid(), SIGUSR1, value);
	S(rt_sigtimedwait, &set, &info, NULL, SIGSET_BYTES);
	S(rt_sigtimedwait, &set, NULL, &bit, SIGSET_BYTES);
	S(rt_sigtimedwait, &set, NULL, BAD, SIGSET_BYTES);
	fd = (int)S(signalfd4, -1, &set, SIGSET_BYTES, SFD_NONBLOCK | SFD_CLOEXEC);
	S(signalfd, fd, &set, SIGSET_BYTES);
	S(signalfd4, 0, &set, SIGSET_BYTES, 0x77);
	kill(getpid(), SIGUSR1);
	S(read, fd, buf, 128);
	S(read, fd, buf, 128);
	handle(SIGALRM, 0);
	S(alarm, 1);
	S(alarm, 0);
	ualarm(2000, 0);
	sigemptyset(&set);
	S(rt_sigsuspend, &set, SIGSET_BYTES);
	sigprocmask(SIG_SETMASK, &set, NULL);
	ualarm(2000, 0);
	S(pause);
	ualarm(2000, 0);
	S(clock_nanosleep, 0, 0, &(struct timespec){ 5, 0 }, &bit);
	handle(SIGALRM, SA_RESTART);
	ualarm(2000, 0);
	S(nanosleep, &(struct timespec){ 0, 5000000 }, NULL);
}

static void in_child(void (*die)(void))
{
	int pid = fork(), status;

	if (!pid) {
		touch_pages();
		die();
		_exit(0);
	}
	S(wait4, pid, &status, 0, NULL);
}

static void no_core(void)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
}

static volatile int *nowhere;

static void die_segv(void) { *(nowhere + 4) = 1; }
static void die_kill(void) { raise(SIGKILL); }
static void die_term(void) { kill(getpid(), SIGTERM); }
static void die_abort(void) { abort(); }
static void die_trap(void) { raise(SIGTRAP); }
static void die_rt(void) { raise(SIGRTMIN + 5); }
static void die_group(void) { S(exit_group, 256 + 7); }
static void die_thread(void) { S(exit, 3); }
static void die_alarm(void) { ualarm(1000, 0); for (;;) pause(); }

static void die_pipe(void)
{
	int fds[2];

	(void)!pipe(fds);
	close(fds[0]);
	(void)!write(fds[1], "x", 1);
}

static void die_bus(void)
{
	int fd = open("empty", O_CREAT | O_RDWR, 0600);
	volatile char *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);

	(void)*p;
}

static void die_ill(void)
{
#ifdef __x86_64__
	__asm__ volatile("ud2");
#else
	raise(SIGILL);
#endif
}

static void mode_death(void)
{
	no_core();
	in_child(die_segv);
	in_child(die_kill);
	in_child(die_term);
	in_child(die_abort);
	in_child(die_trap);
	in_child(die_rt);
	in_child(die_group);
	in_child(die_thread);
	in_child(die_alarm);
	in_child(die_pipe);
	in_child(die_bus);
	in_child(die_ill);
}

static void mode_self_kill(void)
{
	kill(getpid(), SIGKILL);
}

static void mode_self_segv(void)
{
	no_core();
	handle(SIGSEGV, (int)(SA_SIGINFO | SA_RESETHAND));
	*nowhere = 1;
}

int main(int argc, char **argv)
{
	static const struct mode modes[] = {
		{ "action", mode_action }, { "mask", mode_mask },     { "send", mode_send },
		{ "wait", mode_wait },	   { "death", mode_death },   { "self_kill", mode_self_kill },
		{ "self_segv", mode_self_segv },
	};

	return run_mode(modes, COUNT(modes), argc, argv);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_forge.c - two threads that call in a storm, and send themselves signals whose code is the one by which the kernel
 * tells a tracer of a system call. Prints how many came.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COUNT 300

static int came;

static void on_signal(int signo)
{
	(void)signo;
	__atomic_add_fetch(&came, 1, __ATOMIC_SEQ_CST);
}

static void *storm(void *none)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = SIGUSR1;
	info.si_code = SIGTRAP | 0x80;
	for (int i = 0; i < COUNT; i++) {
		for (int k = 0; k < 10; k++)
			syscall(SYS_getppid);
		syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGUSR1, &info);
	}
	return none;
}

int main(void)
{
	pthread_t threads[2];

	signal(SIGUSR1, on_signal);
	for (int i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, storm, NULL))
			return 1;
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	printf("came %d\n", came);
	return 0;
}

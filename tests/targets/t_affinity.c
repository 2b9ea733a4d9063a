/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_affinity.c - asks for its affinity mask and its policy between storms of calls: in a process, its child, a thread,
 * and after it has set them. Prints how many CPUs each time, and 100 more where the policy is not SCHED_OTHER.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int storm(void)
{
	cpu_set_t set;

	for (int i = 0; i < 300; i++)
		syscall(SYS_getppid);
	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof(set), &set))
		return -1;
	for (int i = 0; i < 300; i++)
		syscall(SYS_getppid);
	return CPU_COUNT(&set) + (sched_getscheduler(0) == SCHED_OTHER ? 0 : 100);
}

static void *thread(void *count_x)
{
	*(int *)count_x = storm();
	return NULL;
}

static int in_child(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(storm());
	return waitpid(pid, &status, 0) == pid ? WEXITSTATUS(status) : -1;
}

static int in_thread(void)
{
	pthread_t t;
	int n = -1;

	if (!pthread_create(&t, NULL, thread, &n))
		pthread_join(t, NULL);
	return n;
}

int main(void)
{
	struct sched_param none = { 0 };
	cpu_set_t one;
	int cpu;

	printf("process %d\n", storm());
	printf("child %d\n", in_child());
	printf("thread %d\n", in_thread());
	cpu = sched_getcpu();
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	storm();
	printf("set %d\n", sched_setaffinity(0, sizeof(one), &one));
	printf("process %d\n", storm());
	printf("child %d\n", in_child());
	printf("policy %d\n", sched_setscheduler(0, SCHED_BATCH, &none));
	printf("process %d\n", storm());
	printf("child %d\n", in_child());
	printf("same %d\n", sched_getcpu() == cpu);
	return 0;
}

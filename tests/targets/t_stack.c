/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_stack.c - calls that come from known functions: getppid from inner, which outer calls, three deep in a
 * thread; getsid from the handler of a signal. Then it becomes the program that it is given.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static volatile int sink; /* no call is the last thing that a function does */

__attribute__((noinline)) static void inner(int depth)
{
	if (depth)
		inner(depth - 1);
	else
		sink += getppid();
	sink++;
}

__attribute__((noinline)) static void outer(int depth)
{
	inner(depth);
	sink++;
}

static void *thread_main(void *arg)
{
	outer(2);
	return arg;
}

static void on_signal(int signo)
{
	sink += getsid(0);
	sink += signo;
}

int main(int argc, char **argv)
{
	pthread_t thread;

	outer(0);
	signal(SIGUSR1, on_signal);
	raise(SIGUSR1);
	if (pthread_create(&thread, NULL, thread_main, NULL))
		return 1;
	pthread_join(thread, NULL);
	if (argc > 1)
		execv(argv[1], argv + 1);
	return 0;
}

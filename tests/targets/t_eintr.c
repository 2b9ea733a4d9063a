/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_eintr.c - threads that wait in calls which fail with EINTR when a tracer cuts them off carelessly. Says
 * "ready", waits until its input ends, lets all calls succeed, and prints those that did not.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/sem.h>
#include <time.h>
#include <unistd.h>

static int fds[2], sem;

static void *say(const char *what, long ret)
{
	if (ret < 0)
		printf("%s: %s\n", what, strerror(errno));
	return NULL;
}

static void *wait_epoll(void *arg)
{
	struct epoll_event e = {.events = EPOLLIN};
	int ep = epoll_create1(0);

	epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &e);
	return say(arg, epoll_wait(ep, &e, 1, 60000));
}

static void *wait_signal(void *arg)
{
	struct timespec t = {.tv_sec = 60};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	return say(arg, sigtimedwait(&set, NULL, &t));
}

static void *wait_semaphore(void *arg)
{
	struct timespec t = {.tv_sec = 60};
	struct sembuf op = {.sem_op = -1};

	return say(arg, semtimedop(sem, &op, 1, &t));
}

static void *wait_poll(void *arg)
{
	struct pollfd p = {.fd = fds[0], .events = POLLIN};

	return say(arg, poll(&p, 1, 60000));
}

static void *wait_sleep(void *arg)
{
	struct timespec t = {.tv_sec = 0, .tv_nsec = 700000000};

	return say(arg, nanosleep(&t, NULL));
}

int main(void)
{
	static const struct {
		const char *name;
		void *(*run)(void *);
	} waits[] = {{"epoll_wait", wait_epoll},
		     {"sigtimedwait", wait_signal},
		     {"semtimedop", wait_semaphore},
		     {"poll", wait_poll},
		     {"nanosleep", wait_sleep}};
	const int n = sizeof(waits) / sizeof(waits[0]);
	struct sembuf up = {.sem_op = 1};
	pthread_t threads[sizeof(waits) / sizeof(waits[0])];
	sigset_t set;
	char c;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sem = semget(IPC_PRIVATE, 1, 0600);
	if (sem < 0 || pipe(fds))
		return 1;
	for (int i = 0; i < n; i++)
		pthread_create(&threads[i], NULL, waits[i].run, (void *)waits[i].name);
	puts("ready");
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
	if (write(fds[1], "", 1) != 1)
		return 1;
	kill(getpid(), SIGUSR1);
	semop(sem, &up, 1);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	semctl(sem, 0, IPC_RMID);
	puts("done");
	return 0;
}

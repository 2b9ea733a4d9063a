/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_hidden.c - t_hidden MODE: says its pid, then is busy until it is killed, with names that begin with "hidden",
 * calls that nobody else makes, children that come and go, and a thread that waits.
 *   as-is      with whatever rights it has (set-uid, set-gid, file capabilities)
 *   drop U G   having given up root for user U and group G, without a new program
 *   undump     of an ordinary user, having told the kernel that it may not be looked into
 *   mine       of an ordinary user, with names that begin with "mine"
 *   later      as mine, and after a while as undump; then it says its pid again
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *name = "hidden";

static void *wait_long(void *arg)
{
	const struct timespec hour = { 3600, 0 };

	(void)arg;
	prctl(PR_SET_NAME, name);
	nanosleep(&hour, NULL);
	return NULL;
}

static void be_busy(void)
{
	char path[64], comm[16];
	int status, fd;
	pid_t child;

	snprintf(path, sizeof(path), "/nonexistent/%s-file", name);
	snprintf(comm, sizeof(comm), "%s-%d", name, getpid() % 10);
	prctl(PR_SET_NAME, comm);
	fd = open(path, O_RDONLY);
	if (*name == 'h')
		syscall(SYS_timerfd_gettime, fd, NULL);
	else
		syscall(SYS_timerfd_settime, fd, 0, NULL, NULL);
	(void)!write(-1, path, strlen(path));
	child = fork();
	if (child == 0)
		_exit(open(path, O_RDONLY) >= 0);
	waitpid(child, &status, 0);
}

static void arrange(int argc, char **argv)
{
	if (!strcmp(argv[1], "drop") && argc == 4) {
		gid_t gid = atoi(argv[3]);
		uid_t uid = atoi(argv[2]);

		if (setresgid(gid, gid, gid) || setresuid(uid, uid, uid))
			exit(3);
	} else if (!strcmp(argv[1], "undump")) {
		prctl(PR_SET_DUMPABLE, 0);
	} else if (!strcmp(argv[1], "mine")) {
		name = "mine";
	} else if (!strcmp(argv[1], "later")) {
		name = "mine";
		for (int i = 0; i < 20; i++)
			be_busy();
		printf("%d\n", getpid());
		prctl(PR_SET_DUMPABLE, 0);
		name = "hidden";
	}
}

static long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Most of the time it waits, also where all is slow: there are many of it. */
static void pause_after(long spent_us)
{
	long us = spent_us * 9 < 20000 ? 20000 : spent_us * 9 > 200000 ? 200000 : spent_us * 9;
	const struct timespec pause = { 0, us * 1000 };

	nanosleep(&pause, NULL);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc < 2)
		return 2;
	arrange(argc, argv);
	if (pthread_create(&thread, NULL, wait_long, NULL))
		return 1;
	printf("%d\n", getpid());
	fflush(stdout);
	for (;;) {
		long began = now_us();

		be_busy();
		pause_after(now_us() - began);
	}
}

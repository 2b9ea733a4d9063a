/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_sys_thread.c - threads one after the other, so that what each does is the same on every run; and programs that
 * run programs.
 */
#define _GNU_SOURCE
#include "sys.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static void *writer(void *arg)
{
	int *fds = arg;
	char c;

	prctl(PR_SET_NAME, "writer");
	S(write, fds[1], "x", 1);
	S(read, fds[0], &c, 1);
	S(getppid);
	return NULL;
}

static void mode_join(void)
{
	pthread_t t;
	int fds[2];

	(void)!pipe(fds);
	for (int i = 0; i < 4; i++) {
		pthread_create(&t, NULL, writer, fds);
		pthread_join(t, NULL);
	}
}

/* Runs it in a thread while the first one waits for that, which is all that it does from then on. */
static void in_thread(void *(*run)(void *))
{
	pthread_t t;
	int fds[2];

	(void)!pipe(fds);
	pthread_create(&t, NULL, run, fds);
	S(write, fds[1], "x", 1);
	pthread_join(t, NULL);
}

/* The process ends while its first thread waits for another. */
static void *killer(void *fds)
{
	char c;

	S(read, *(int *)fds, &c, 1);
	S(exit_group, 9);
	return NULL;
}

static void mode_exit(void)
{
	in_thread(killer);
}

static void *runner(void *fds)
{
	char *argv[] = { "/proc/self/exe", "nothing", NULL }, c;

	S(read, *(int *)fds, &c, 1);
	S(execve, "/proc/self/exe", argv, environ);
	return NULL;
}

static void mode_exec(void)
{
	in_thread(runner);
}

/* Runs itself, so many times. */
static void mode_chain(void)
{
	char left[8] = "3", *now = getenv("LEFT");
	char *argv[] = { "/proc/self/exe", "chain", NULL };

	if (now)
		left[0] = (char)(now[0] - 1);
	setenv("LEFT", left, 1);
	if (left[0] >= '0')
		S(execve, "/proc/self/exe", argv, environ);
}

/* A child's child outlives its parent. */
static void mode_orphan(void)
{
	int fds[2];
	char c;

	(void)!pipe(fds);
	if (!fork()) {
		if (!fork()) {
			close(fds[1]);
			S(read, fds[0], &c, 1);
		}
		_exit(0);
	}
	wait(NULL);
	close(fds[0]);
	S(write, fds[1], "x", 1);
}

int main(int argc, char **argv)
{
	static const struct mode modes[] = {
		{ "join", mode_join },	 { "exit", mode_exit },	    { "exec", mode_exec },
		{ "chain", mode_chain }, { "orphan", mode_orphan },
	};

	return run_mode(modes, COUNT(modes), argc, argv);
}

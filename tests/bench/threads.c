/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * threads.c - threads COUNT: four threads, two of which call getppid and two read a byte, COUNT times each.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define THREADS 4

struct job {
	pthread_t thread;
	long count;
	int fd; /* -1: getppid */
};

static void *work(void *arg)
{
	struct job *j = arg;
	char byte;

	for (long i = 0; i < j->count; i++) {
		if (j->fd < 0)
			syscall(SYS_getppid);
		else if (read(j->fd, &byte, 1) != 1)
			return NULL;
	}
	return j;
}

int main(int argc, char **argv)
{
	struct job jobs[THREADS];
	void *done;
	int status = 0;

	if (argc != 2) {
		fputs("usage: threads COUNT\n", stderr);
		return 2;
	}
	for (int i = 0; i < THREADS; i++) {
		jobs[i].count = atol(argv[1]);
		jobs[i].fd = i % 2 ? open("/dev/zero", O_RDONLY) : -1;
		if (pthread_create(&jobs[i].thread, NULL, work, &jobs[i]))
			return 1;
	}
	for (int i = 0; i < THREADS; i++)
		if (pthread_join(jobs[i].thread, &done) || !done)
			status = 1;
	return status;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_brief.c - t_brief COUNT: makes so many processes that end at once, eight at a time, as fast as it can; then says
 * how many that was a second.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define AT_ONCE 8

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* The child ends before the parent goes on. */
static pid_t begin_brief(void)
{
	pid_t pid = vfork();

	if (pid == 0)
		_exit(0);
	return pid;
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 0, running = 0;
	double start = now();

	for (int left = count; left || running;) {
		if (!left || running == AT_ONCE) {
			if (wait(NULL) < 0)
				return 1;
			running--;
			continue;
		}
		if (begin_brief() < 0)
			return 1;
		left--;
		running++;
	}
	printf("%.0f\n", count / (now() - start));
	return 0;
}

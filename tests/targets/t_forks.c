/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_forks.c - a fork storm: t_forks COUNT PROGRAM starts PROGRAM so many times, eight at once, and prints
 * the pid of each.
 */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#define AT_ONCE 8

extern char **environ;

int main(int argc, char **argv)
{
	int count, running = 0;

	if (argc < 3)
		return 2;
	count = atoi(argv[1]);
	while (count || running) {
		char *args[] = { argv[2], NULL };
		pid_t pid;

		if (!count || running == AT_ONCE) {
			if (wait(NULL) < 0)
				return 1;
			running--;
			continue;
		}
		if (posix_spawn(&pid, argv[2], NULL, NULL, args, environ))
			return 1;
		printf("%d\n", pid);
		count--;
		running++;
	}
	return 0;
}

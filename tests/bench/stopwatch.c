/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * stopwatch - runs a command and writes how long it took, in nanoseconds, to a file: the time of the
 * command alone, without what a tracer needs to start and to end.
 *
 *     stopwatch FILE CMD [ARG..]
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

int main(int argc, char **argv)
{
	long long start, end;
	int status;
	FILE *out;
	pid_t pid;

	if (argc < 3) {
		fprintf(stderr, "usage: stopwatch FILE CMD [ARG..]\n");
		return 2;
	}
	start = now_ns();
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("stopwatch");
		return 1;
	}
	end = now_ns();
	out = fopen(argv[1], "w");
	if (!out || fprintf(out, "%lld\n", end - start) < 0 || fclose(out)) {
		perror(argv[1]);
		return 1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

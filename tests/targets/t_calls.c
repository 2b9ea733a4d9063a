/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_calls.c - makes a known number of calls: t_calls THREADS GETPPID FAILED-OPEN NANOSLEEP. Each thread
 * makes all of them: getppid, openat of a file that does not exist, nanosleep of 100 us. The threads
 * begin together. Prints nothing, for a write would be a call.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MAX 8192

struct plan {
	pthread_barrier_t start;
	long getppid, open, nanosleep;
};

static void *calls(void *arg)
{
	const struct timespec nap = { 0, 100000 };
	struct plan *plan = arg;

	pthread_barrier_wait(&plan->start);
	for (long i = 0; i < plan->getppid; i++)
		syscall(SYS_getppid);
	for (long i = 0; i < plan->open; i++)
		syscall(SYS_openat, AT_FDCWD, "/nonexistent/file", O_RDONLY, 0);
	for (long i = 0; i < plan->nanosleep; i++)
		syscall(SYS_nanosleep, &nap, NULL);
	return NULL;
}

int main(int argc, char **argv)
{
	struct plan plan = { 0 };
	static pthread_t threads[MAX];
	int n;

	if (argc < 5)
		return 2;
	n = atoi(argv[1]);
	plan.getppid = atol(argv[2]);
	plan.open = atol(argv[3]);
	plan.nanosleep = atol(argv[4]);
	if (n < 1 || n > MAX)
		return 2;
	pthread_barrier_init(&plan.start, NULL, (unsigned int)n);
	for (int i = 1; i < n; i++)
		if (pthread_create(&threads[i], NULL, calls, &plan))
			return 1;
	calls(&plan);
	for (int i = 1; i < n; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

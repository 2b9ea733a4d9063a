/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * calls - makes exactly so many getppid calls, as fast as they go or at a rate, and says how long that took.
 *
 *     calls COUNT [CALLS-PER-SECOND]
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
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
	long long count = argc > 1 ? atoll(argv[1]) : 1000000;
	long long rate = argc > 2 ? atoll(argv[2]) : 0;
	long long start = now_ns(), i;

	for (i = 0; i < count; i++) {
		syscall(SYS_getppid);
		/* The clock is read in user space, without a call. */
		while (rate && i % 64 == 0 && now_ns() - start < i * 1000000000LL / rate)
			;
	}
	printf("%lld calls in %lld ns\n", count, now_ns() - start);
	return 0;
}

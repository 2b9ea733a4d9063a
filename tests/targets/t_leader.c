/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_leader.c - the thread that leads the process ends before the other, which ends it with status 0.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int leads(void)
{
	char text[512] = "";
	FILE *f;

	snprintf(text, sizeof(text), "/proc/self/task/%d/stat", getpid());
	f = fopen(text, "re");
	if (!f)
		return 0;
	if (!fgets(text, sizeof(text), f))
		text[0] = '\0';
	fclose(f);
	return !strstr(text, ") Z");
}

static void *other(void *arg)
{
	const struct timespec pause = {.tv_nsec = 1000000};

	while (leads())
		nanosleep(&pause, NULL);
	return arg;
}

int main(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, other, NULL))
		return 1;
	pthread_exit(NULL);
}

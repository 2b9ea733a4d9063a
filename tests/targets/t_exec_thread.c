/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_exec_thread.c - t_exec_thread PROGRAM: a thread that is not the first executes PROGRAM while the first
 * waits: it takes over the pid of the process, and the first is gone.
 */
#include <pthread.h>
#include <unistd.h>

static void *execute(void *program)
{
	execl(program, program, "from a thread", (char *)NULL);
	_exit(127);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc < 2 || pthread_create(&thread, NULL, execute, argv[1]))
		return 2;
	for (;;)
		pause();
}

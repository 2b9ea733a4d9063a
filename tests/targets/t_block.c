/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_block.c - waits for ever in one call: t_block pipe|futex|nanosleep|accept|poll|wait.
 * t_block late MS: in a read of a pipe that ends after MS milliseconds.
 */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/futex.h>

static void block_pipe(void)
{
	char byte;
	int fds[2];

	if (!pipe(fds))
		(void)!read(fds[0], &byte, 1);
}

static void block_futex(void)
{
	static int word = 7;

	syscall(SYS_futex, &word, FUTEX_WAIT, 7, NULL, NULL, 0);
}

static void block_nanosleep(void)
{
	const struct timespec hour = { 3600, 0 };

	syscall(SYS_nanosleep, &hour, NULL);
}

static void block_accept(void)
{
	const struct sockaddr_un any = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (!bind(fd, (const struct sockaddr *)&any, sizeof(any.sun_family)) && !listen(fd, 1))
		accept(fd, NULL, NULL);
}

static void block_poll(void)
{
	struct pollfd p = { .fd = 0, .events = POLLPRI };

	poll(&p, 1, -1);
}

static void block_wait(void)
{
	pid_t parent = getpid();

	if (fork()) {
		wait(NULL);
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent)
		pause();
}

static void block_late(long ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };
	char byte;
	int fds[2];

	if (pipe(fds))
		return;
	if (!fork()) {
		nanosleep(&time, NULL);
		(void)!write(fds[1], "x", 1);
		_exit(0);
	}
	(void)!read(fds[0], &byte, 1);
	wait(NULL);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*block)(void);
	} ways[] = {
		{ "pipe", block_pipe },	    { "futex", block_futex }, { "nanosleep", block_nanosleep },
		{ "accept", block_accept }, { "poll", block_poll },   { "wait", block_wait },
	};

	if (argc > 2 && !strcmp(argv[1], "late")) {
		block_late(atol(argv[2]));
		return 0;
	}
	for (unsigned int i = 0; argc > 1 && i < sizeof(ways) / sizeof(ways[0]); i++)
		if (!strcmp(argv[1], ways[i].name))
			ways[i].block();
	return 2;
}

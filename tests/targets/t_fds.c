/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_fds.c - writes to descriptors that came about in every way, and what it writes is the path of
 * the file: t_fds MODE DIR. A tracer that shows another path for the descriptor is wrong.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int open_file(const char *path, int flags)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | flags, 0600);

	if (fd < 0)
		exit(3);
	return fd;
}

static void tell(int fd, const char *path)
{
	(void)!write(fd, path, strlen(path));
}

static void mode_dup(const char *a, const char *b)
{
	int fd = open_file(a, 0), other = open_file(b, 0);

	tell(dup(fd), a);
	tell(fcntl(fd, F_DUPFD, 40), a);
	tell(dup2(fd, 50), a);
	tell(dup2(other, 50), b); /* what was open there is no more */
	tell((int)syscall(SYS_dup3, fd, 51, O_CLOEXEC), a);
	tell(fd, a);
	tell(other, b);
}

static void mode_fork(const char *a, const char *b)
{
	int fd = open_file(a, 0);

	if (!fork()) {
		tell(fd, a);
		close(fd);
		if (open_file(b, 0) == fd)
			tell(fd, b);
		_exit(0);
	}
	wait(NULL);
	tell(fd, a); /* the child's is not this one */
}

static void mode_exec(const char *a, const char *b)
{
	char kept[16], name[] = "/proc/self/exe";
	int fd = open_file(a, 0);

	open_file(b, O_CLOEXEC);
	snprintf(kept, sizeof(kept), "%d", fd);
	execl(name, "t_fds", "told", kept, a, b, (char *)NULL);
}

/* After exec: the one is still open, the number of the other is free. */
static void told(int fd, const char *a, const char *b)
{
	tell(fd, a);
	tell(open_file(b, 0), b);
}

static void send_fd(int sock, int fd)
{
	union {
		struct cmsghdr h;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .h = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec iov = { "x", 1 };
	struct msghdr m = { NULL, 0, &iov, 1, control.bytes, sizeof(control.bytes), 0 };

	memcpy(CMSG_DATA(&control.h), &fd, sizeof(fd));
	sendmsg(sock, &m, 0);
}

static int receive_fd(int sock)
{
	union {
		struct cmsghdr h;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { NULL, 0, &iov, 1, control.bytes, sizeof(control.bytes), 0 };
	int fd = -1;

	if (recvmsg(sock, &m, 0) == 1)
		memcpy(&fd, CMSG_DATA(&control.h), sizeof(fd));
	return fd;
}

static void mode_scm(const char *a, const char *b)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		exit(3);
	if (!fork()) {
		close(open_file(b, 0)); /* the number that will be received had another file */
		tell(receive_fd(pair[1]), a);
		_exit(0);
	}
	send_fd(pair[0], open_file(a, 0));
	wait(NULL);
}

static void *reuse(void *path)
{
	for (int i = 0; i < 300; i++) {
		int fd = open(path, O_WRONLY | O_APPEND);

		tell(fd, path);
		close(fd);
	}
	return NULL;
}

/* Numbers go from thread to thread, and each means another file. */
static void mode_threads(const char *a, const char *b)
{
	const char *paths[2] = { a, b };
	pthread_t threads[4];

	close(open_file(a, 0));
	close(open_file(b, 0));
	for (int i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, reuse, (void *)paths[i % 2]))
			exit(3);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}

/* Takes a descriptor out of another process. */
static void mode_pidfd(const char *a, const char *b)
{
	int fd = open_file(a, 0), pidfd, taken, ends[2];
	pid_t child;
	char byte;

	if (pipe(ends))
		exit(3);
	child = fork();
	if (!child) {
		(void)!read(ends[0], &byte, 1);
		_exit(0);
	}
	close(fd);
	open_file(b, 0);
	pidfd = (int)syscall(SYS_pidfd_open, child, 0);
	taken = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	tell(taken, a);
	tell(fd, b);
	(void)!write(ends[1], "x", 1);
	wait(NULL);
}

/* One number, two files, in turn. */
static void mode_reuse(const char *a, const char *b)
{
	for (int i = 0; i < 200; i++) {
		const char *path = i % 2 ? a : b;
		int fd = open_file(path, 0);

		tell(fd, path);
		close(fd);
	}
}

static void mode_pipe(const char *a, const char *b)
{
	char byte;
	int fds[2];

	(void)a;
	(void)b;
	if (!pipe(fds) && write(fds[1], "p", 1) == 1)
		(void)!read(fds[0], &byte, 1);
}

static void mode_range(const char *a, const char *b)
{
	int fd = open_file(a, 0);

	tell(fd, a);
	syscall(SYS_close_range, fd, ~0u, 0);
	fd = open_file(b, 0);
	tell(fd, b);
}

static void mode_rename(const char *a, const char *b)
{
	int fd = open_file(a, 0);

	tell(fd, a);
	close(fd);
	if (rename(a, b))
		exit(3);
	fd = open(b, O_WRONLY);
	tell(fd, b);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*go)(const char *a, const char *b);
	} modes[] = {
		{ "dup", mode_dup },	 { "fork", mode_fork },	  { "exec", mode_exec },
		{ "scm", mode_scm },	 { "reuse", mode_reuse }, { "pipe", mode_pipe },
		{ "range", mode_range }, { "rename", mode_rename }, { "pidfd", mode_pidfd },
		{ "threads", mode_threads },
	};
	char a[512], b[512];

	if (argc == 5 && !strcmp(argv[1], "told")) {
		told(atoi(argv[2]), argv[3], argv[4]);
		return 0;
	}
	if (argc < 3)
		return 2;
	snprintf(a, sizeof(a), "%s/alpha", argv[2]);
	snprintf(b, sizeof(b), "%s/beta", argv[2]);
	for (unsigned int i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(argv[1], modes[i].name)) {
			modes[i].go(a, b);
			return 0;
		}
	return 2;
}

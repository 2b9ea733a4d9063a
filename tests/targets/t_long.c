/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_long files|messages|missing|execute - data that is longer than a record: buffers, vectors, messages, buffers
 * whose end can't be read, and lists of strings, for which it executes itself.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

#define LINE 200000
#define PIECE 20000
#define STRINGS 100

static char line[LINE];

/* No two pieces of it are alike. */
static void fill(void)
{
	for (size_t i = 0; i < LINE; i += 8) {
		char number[9];

		snprintf(number, sizeof(number), "%07zu ", i);
		memcpy(line + i, number, 8);
	}
	line[LINE - 1] = '\n';
}

static void files(void)
{
	static char back[65536];
	int fd = memfd_create("long", 0), null = open("/dev/null", O_WRONLY);
	struct iovec v[5];

	for (int i = 0; i < 5; i++)
		v[i] = (struct iovec){line + i * 7 + i * PIECE, PIECE};
	write(null, line, LINE);
	write(fd, line, sizeof(back));
	lseek(fd, 0, SEEK_SET);
	read(fd, back, sizeof(back));
	writev(null, v, 5);
	lseek(fd, 0, SEEK_SET);
	for (int i = 0; i < 5; i++)
		v[i] = (struct iovec){back + i * 13000, 12000};
	readv(fd, v, 5);
	pwrite(fd, line, 5000, 3);
	pread(fd, back, 4097, 0);
	fsetxattr(fd, "user.long", line, 5000, 0);
	close(fd);
}

static void messages(void)
{
	static char back[3 * PIECE];
	struct iovec v[3] = {{line, PIECE}, {line + PIECE, 10}, {line + 3 * PIECE, PIECE}};
	struct msghdr m = {.msg_iov = v, .msg_iovlen = 3};
	struct mmsghdr many[2] = {{.msg_hdr = m}, {.msg_hdr = m}};
	int s[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, s))
		exit(1);
	sendmsg(s[0], &m, 0);
	for (int i = 0; i < 3; i++)
		v[i].iov_base = back + i * PIECE;
	recvmsg(s[1], &m, 0);
	syscall(SYS_sendmmsg, s[0], many, 2, 0);
	recvfrom(s[1], back, sizeof(back), 0, NULL, NULL);
	send(s[0], line, 9000, 0);
	close(s[0]);
	close(s[1]);
}

/* The data's end is not there; nor is all of it, in a file that was cut. */
static void missing(void)
{
	char *p = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = memfd_create("mapped", 0), copy = memfd_create("copy", 0);
	int pipes[2];

	memcpy(p, line, 3 * 4096);
	munmap(p + 3 * 4096, 4096);
	pipe(pipes);
	write(pipes[1], p + 100, 4 * 4096 - 100);
	write(pipes[1], p + 100, 3 * 4096 - 100);
	/* Pages that are there, but not yet in this process. */
	write(fd, line, LINE);
	p = mmap(NULL, LINE, PROT_READ, MAP_PRIVATE, fd, 0);
	write(copy, p, LINE);
	close(copy);
	close(fd);
}

static void execute(char *self)
{
	static char strings[STRINGS][1024];
	char *argv[STRINGS + 2] = {self}, *envp[STRINGS + 1] = {0};

	for (int i = 0; i < STRINGS; i++) {
		memset(strings[i], 'a' + i % 26, sizeof(strings[i]) - 1);
		argv[i + 1] = strings[i];
		envp[i] = strings[i] + 1000;
	}
	argv[5] = ""; /* one that is empty, and one that is longer than most */
	argv[6] = line + LINE - 5000;
	line[LINE - 1] = '\0';
	execve("/does/not/exist", argv, envp);
	execve(self, argv, envp);
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	fill();
	if (!strcmp(what, "files"))
		files();
	if (!strcmp(what, "messages"))
		messages();
	if (!strcmp(what, "missing"))
		missing();
	if (!strcmp(what, "execute"))
		execute(argv[0]);
	return 0;
}

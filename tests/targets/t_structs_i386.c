/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_structs_i386.c - a 32-bit program whose calls pass structs, vectors and times, which are laid out in
 * 32 bits there.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

struct old_timespec {
	long sec, nsec;
};

int main(void)
{
	struct iovec iov[2] = { { "thirty-", 7 }, { "two", 3 } };
	struct sockaddr_un to = { AF_UNIX, "/nonexistent" };
	struct msghdr msg = { .msg_name = &to, .msg_namelen = 15, .msg_iov = iov, .msg_iovlen = 2 };
	struct old_timespec nap = { 0, 1000 };
	struct itimerval timer = { { 1, 2 }, { 0, 0 } };
	unsigned long limit[2] = { 512, ~0ul };
	struct pollfd fds[1] = { { .fd = 0, .events = POLLIN } };
	struct stat st;
	struct rusage usage;
	struct flock lock = { .l_type = F_RDLCK };
	int fd = open("/dev/null", O_WRONLY), sock = socket(AF_UNIX, SOCK_DGRAM, 0);

	syscall(SYS_writev, fd, iov, 2);
	syscall(SYS_sendmsg, sock, &msg, 0);
	syscall(SYS_nanosleep, &nap, NULL);
	syscall(SYS_setitimer, ITIMER_REAL, &timer, NULL);
	syscall(SYS_setrlimit, RLIMIT_CORE, limit);
	syscall(SYS_getrlimit, RLIMIT_CORE, limit);
	syscall(SYS_poll, fds, 1, 0);
	syscall(SYS_fstat64, fd, &st);
	syscall(SYS_getrusage, RUSAGE_SELF, &usage);
	syscall(SYS_fcntl, fd, F_SETLK, &lock);
	signal(SIGUSR1, SIG_IGN);
	return 0;
}

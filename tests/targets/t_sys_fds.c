/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_sys_fds.c - descriptors of all kinds, each made, used and closed under a number that another had before it.
 */
#define _GNU_SOURCE
#include "sys.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <mqueue.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

static void use(long fd)
{
	char byte;

	if (fd < 0)
		return;
	S(fcntl, fd, F_GETFD);
	S(pread64, fd, &byte, 0, 0);
	S(close, fd);
}

static void use_name(const char *path, int flags)
{
	use(S(openat, AT_FDCWD, path, flags, 0600));
}

/* What is known of by its kind alone. */
static void mode_anon(void)
{
	struct perf_event_attr counter = { .type = PERF_TYPE_SOFTWARE, .size = PERF_ATTR_SIZE_VER0 };
	char ring[120] = {};

	use(S(epoll_create1, 0));
	use(S(timerfd_create, CLOCK_MONOTONIC, 0));
	use(S(inotify_init1, 0));
	use(S(epoll_create1, EPOLL_CLOEXEC));
	use(S(fanotify_init, 0, 0));
	use(S(userfaultfd, 1));
	use(S(io_uring_setup, 1, ring));
	use(S(perf_event_open, &counter, 0, -1, -1, 0));
	use(S(fsopen, "tmpfs", 0));
}

/* What is told of by its state, which reading and writing change. */
static void mode_state(void)
{
	uint64_t seven = 7, mask = 1 << (SIGUSR1 - 1) | 1 << (SIGKILL - 1), most = ~1ULL;
	long fd = S(eventfd2, 3, EFD_SEMAPHORE | EFD_NONBLOCK), child;

	S(write, fd, &seven, 8);
	S(read, fd, &seven, 8);
	S(close, fd);
	fd = S(eventfd2, 0, EFD_NONBLOCK);
	S(read, fd, &seven, 8);
	S(close, fd);
	fd = S(signalfd4, -1, &mask, 8, 0);
	S(signalfd4, fd, &most, 8, 0);
	use(fd);
	mask = 0;
	use(S(signalfd4, -1, &mask, 8, 0));
	child = fork();
	if (!child)
		_exit(0);
	fd = S(pidfd_open, child, 0);
	S(waitid, P_PIDFD, fd, NULL, WEXITED, NULL);
	use(fd); /* of nobody now */
	use(S(pidfd_open, getpid(), 0));
}

static void mode_spaces(void)
{
	static const char *const names[] = { "cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts" };
	char path[64];

	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]);
		use_name(path, O_RDONLY);
	}
	use_name("/proc/self/ns", O_RDONLY | O_DIRECTORY);
}

/* Files of file systems that are not mounted, or are but for show. */
static void mode_pseudo(void)
{
	struct mq_attr few = { .mq_maxmsg = 1, .mq_msgsize = 1 };
	int pipe[2];
	long fd;

	use(S(memfd_create, "a<b>", 0));
	use(S(memfd_create, "", MFD_CLOEXEC));
	use(S(memfd_secret, 0));
	S(pipe2, pipe, O_NONBLOCK);
	S(write, pipe[1], "p", 1);
	use(pipe[0]);
	use(pipe[1]);
	use(S(mq_open, "t_sys_fds", O_CREAT | O_RDWR, 0600, &few));
	S(mq_unlink, "t_sys_fds");
	use_name("/proc/self/status", O_RDONLY);
	use_name("/proc/self/fd", O_RDONLY | O_DIRECTORY);
	use_name("/proc/version", O_RDONLY);
	use_name("/sys/kernel", O_PATH);
	use_name("/dev/null", O_RDWR);
	use_name("/dev/full", O_RDONLY);
	fd = S(fsopen, "tmpfs", 0);
	S(fsconfig, fd, 6, NULL, NULL, 0); /* create */
	use(S(fsmount, fd, 0, 0));
	S(close, fd);
}

static void mode_terminal(void)
{
	long fd = S(openat, AT_FDCWD, "/dev/ptmx", O_RDWR | O_NOCTTY);

	S(ioctl, fd, TIOCSPTLCK, &(int){ 0 });
	use(S(ioctl, fd, TIOCGPTPEER, O_RDWR | O_NOCTTY));
	S(close, fd);
}

static void mode_gone(void)
{
	long fd = S(openat, AT_FDCWD, "gone", O_CREAT | O_RDWR, 0600), dir;

	S(fcntl, fd, F_GETFD);
	S(unlink, "gone");
	use(fd);
	S(mkdir, "gone", 0700);
	dir = S(openat, AT_FDCWD, "gone", O_DIRECTORY);
	fd = S(openat, dir, "in (deleted)", O_CREAT | O_RDWR, 0600);
	S(fcntl, fd, F_GETFD);
	S(renameat, dir, "in (deleted)", dir, "else");
	S(fcntl, fd, F_GETFD);
	S(unlinkat, dir, "else", 0);
	S(unlinkat, AT_FDCWD, "gone", AT_REMOVEDIR);
	use(fd);
	use(dir);
	use(S(openat, AT_FDCWD, ".", O_TMPFILE | O_RDWR, 0600));
	S(mknodat, AT_FDCWD, "fifo", S_IFIFO | 0600, 0);
	use_name("fifo", O_RDWR);
	S(unlink, "fifo");
}

static void talk(int type, int from, int to)
{
	char byte;

	S(write, from, "x", 1);
	S(read, to, &byte, 1);
	if (type == SOCK_STREAM)
		S(shutdown, from, SHUT_RDWR);
	S(close, from);
	S(close, to);
}

static void unix_named(int type, const char *name, size_t len)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	socklen_t n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	long server = S(socket, AF_UNIX, type, 0), client = S(socket, AF_UNIX, type, 0);

	memcpy(at.sun_path, name, len);
	S(bind, server, &at, n);
	if (type == SOCK_DGRAM) {
		S(connect, client, &at, n);
		talk(type, (int)client, (int)server);
		return;
	}
	S(listen, server, 1);
	S(connect, client, &at, n);
	S(fcntl, client, F_GETFD); /* nobody accepted yet */
	talk(type, (int)client, (int)S(accept4, server, NULL, NULL, 0));
	S(close, server);
}

static void mode_unix(void)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };
	int pair[2];

	for (size_t i = 0; i < COUNT(types); i++) {
		S(socketpair, AF_UNIX, types[i], 0, pair);
		talk(types[i], pair[0], pair[1]);
		unix_named(types[i], "named", 5);
		unlink("named");
		unix_named(types[i], "\0abstract\0name", 14);
	}
}

static void mode_netlink(void)
{
	struct sockaddr_nl at = { .nl_family = AF_NETLINK };
	static const int protocols[] = { NETLINK_ROUTE, NETLINK_NETFILTER, NETLINK_GENERIC, NETLINK_KOBJECT_UEVENT };

	for (size_t i = 0; i < COUNT(protocols); i++) {
		long fd = S(socket, AF_NETLINK, SOCK_RAW, protocols[i]);

		S(bind, fd, &at, sizeof(at));
		use(fd);
	}
}

static void inet_stream(int family)
{
	struct sockaddr_in6 at6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in at4 = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	void *at = family == AF_INET ? (void *)&at4 : (void *)&at6;
	socklen_t n = family == AF_INET ? sizeof(at4) : sizeof(at6);
	long server = S(socket, family, SOCK_STREAM, 0), client = S(socket, family, SOCK_STREAM | SOCK_NONBLOCK, 0);

	S(bind, server, at, n);
	S(listen, server, 1);
	getsockname((int)server, at, &n);
	S(connect, client, at, n); /* begins it */
	S(fcntl, client, F_GETFD);
	use(S(accept4, server, NULL, NULL, 0));
	use(client);
	use(server);
	client = S(socket, family, SOCK_DGRAM, 0);
	S(sendto, client, "x", 1, 0, at, n); /* gives it a port */
	use(client);
	client = S(socket, family, SOCK_DGRAM, 0);
	S(connect, client, at, n);
	use(client);
	server = S(socket, family, SOCK_STREAM, 0);
	S(listen, server, 1); /* gives it a port */
	use(server);
}

static void mode_inet(void)
{
	inet_stream(AF_INET);
	inet_stream(AF_INET6);
}

static void mode_raw(void)
{
	use(S(socket, AF_INET, SOCK_RAW, IPPROTO_ICMP));
	use(S(socket, AF_INET6, SOCK_RAW, IPPROTO_RAW));
	use(S(socket, AF_INET6, SOCK_DGRAM, IPPROTO_UDPLITE));
	use(S(socket, AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)));
	use(S(socket, AF_VSOCK, SOCK_STREAM, 0));
}

#define FDS 300
#define MANY 3000

static void many_poll(size_t n)
{
	static struct pollfd all[MANY];
	struct timespec none = { 0, 0 };

	for (size_t i = 0; i < n; i++)
		all[i] = (struct pollfd){ .fd = (int)(i % 7 ? 100 + i % FDS : 98), .events = i % 3 ? POLLIN : POLLOUT };
	S(poll, all, n, 0);
	S(ppoll, all, n, &none, NULL, 8);
}

static void many_select(int every)
{
	fd_set in, out, except;
	struct timeval none = { 0, 0 };

	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_ZERO(&except);
	for (int i = 0; i < FDS; i += every) {
		FD_SET(100 + i, &in);
		FD_SET(100 + i, &out);
		FD_SET(100 + i, &except);
	}
	S(select, 100 + FDS, &in, &out, &except, &none);
}

/* More descriptors than there is room for, in a record or in what strace tells of those that are ready. */
static void mode_many(void)
{
	static const unsigned int sizes[] = { 1, 31, 32, 33, 100, FDS };
	struct epoll_event events[FDS];
	int pipe[2];
	long epoll = S(epoll_create1, 0);

	S(pipe2, pipe, 0);
	S(write, pipe[1], "x", 1);
	for (unsigned int i = 0; i < FDS; i++) {
		S(dup2, pipe[i % 2], 100 + i);
		events[0] = (struct epoll_event){ .events = EPOLLIN | EPOLLOUT, .data.u64 = i };
		S(epoll_ctl, epoll, EPOLL_CTL_ADD, 100 + i, events);
	}
	for (size_t i = 0; i < COUNT(sizes); i++) {
		many_poll(sizes[i]);
		S(epoll_wait, epoll, events, sizes[i], 0);
		S(epoll_pwait, epoll, events, sizes[i], 0, NULL, 8);
	}
	many_poll(511);
	many_poll(MANY);
	many_select(50);
	many_select(1);
}

int main(int argc, char **argv)
{
	static const struct mode modes[] = {
		{ "anon", mode_anon },	   { "state", mode_state }, { "spaces", mode_spaces },
		{ "pseudo", mode_pseudo }, { "gone", mode_gone },   { "terminal", mode_terminal },
		{ "unix", mode_unix },	   { "inet", mode_inet },   { "netlink", mode_netlink },
		{ "raw", mode_raw },	   { "many", mode_many },
	};

	return run_mode(modes, COUNT(modes), argc, argv);
}

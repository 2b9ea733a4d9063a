/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ptrace_socket.c - what a tracee's socket is: asked of a copy of the descriptor, and of sock_diag who the peer of a
 * Unix socket is. That knows only the sockets of our own network namespace.
 */
#include "backend_ptrace.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>

/* A copy of the tracee's descriptor, which answers as its own would. */
static int borrow_fd(struct ptrace_proc *p, int32_t fd)
{
	if (p->pidfd < 0)
		p->pidfd = syscall(SYS_pidfd_open, p->tgid, 0);
	return p->pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, p->pidfd, fd, 0);
}

/* Keeps what both backends tell of an address: none that is not set, and nothing of this moment. */
static uint16_t clean_address(char *addr, socklen_t len)
{
	struct sockaddr_storage *ss = (void *)addr;

	if (len > TR_FD_ADDR)
		len = TR_FD_ADDR;
	switch (ss->ss_family) {
	case AF_INET:
		memset(addr + 8, 0, 8);
		return ((struct sockaddr_in *)ss)->sin_port ? 16 : 0;
	case AF_INET6:
		((struct sockaddr_in6 *)ss)->sin6_flowinfo = 0;
		((struct sockaddr_in6 *)ss)->sin6_scope_id = 0;
		return ((struct sockaddr_in6 *)ss)->sin6_port ? 28 : 0;
	case AF_UNIX:
		return len > 2 ? len : 0;
	case AF_NETLINK:
		((struct sockaddr_nl *)ss)->nl_groups = 0;
		return 12;
	}
	return 0;
}

typedef int name_fn(int fd, struct sockaddr *addr, socklen_t *len);

static uint16_t socket_name(int fd, name_fn *name, char *payload)
{
	union {
		struct sockaddr_storage ss;
		char bytes[sizeof(struct sockaddr_storage)];
	} a = {};
	socklen_t len = sizeof(a);
	uint16_t n;

	if (name(fd, (struct sockaddr *)&a.ss, &len))
		return 0;
	n = clean_address(a.bytes, len);
	memcpy(payload, a.bytes, n);
	return n;
}

static int socket_option(int fd, int option)
{
	int v = 0;
	socklen_t len = sizeof(v);

	return getsockopt(fd, SOL_SOCKET, option, &v, &len) ? 0 : v;
}

struct diag_request {
	struct nlmsghdr h;
	struct unix_diag_req r;
};

struct diag_answer {
	struct nlmsghdr h;
	struct unix_diag_msg m;
	_Alignas(4) char attributes[256];
};

static ssize_t diag_ask(struct backend *b, uint32_t ino, struct diag_answer *a)
{
	struct diag_request q = {
		.h = {.nlmsg_len = sizeof(q), .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST},
		.r = {.sdiag_family = AF_UNIX,
		      .udiag_states = UINT32_MAX,
		      .udiag_ino = ino,
		      .udiag_show = UDIAG_SHOW_PEER,
		      .udiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}},
	};

	if (b->diag_fd < 0)
		b->diag_fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (b->diag_fd < 0 || send(b->diag_fd, &q, sizeof(q), 0) != sizeof(q))
		return -1;
	return recv(b->diag_fd, a, sizeof(*a), MSG_DONTWAIT); /* the answer is made in send */
}

/* False: it has none. ino 0: it has, but one that nobody accepted yet, or that was closed. */
static bool peer_of(struct backend *b, uint32_t ino, uint32_t *peer_x)
{
	struct diag_answer a;
	ssize_t n = diag_ask(b, ino, &a);
	const struct rtattr *at = (const void *)a.attributes;

	if (n < (ssize_t)offsetof(struct diag_answer, attributes) ||
	    a.h.nlmsg_type != SOCK_DIAG_BY_FAMILY || a.m.udiag_ino != ino)
		return false;
	n -= offsetof(struct diag_answer, attributes);
	for (; RTA_OK(at, n); at = RTA_NEXT(at, n)) {
		if (at->rta_type != UNIX_DIAG_PEER || RTA_PAYLOAD(at) < sizeof(*peer_x))
			continue;
		memcpy(peer_x, RTA_DATA(at), sizeof(*peer_x));
		return true;
	}
	return false;
}

static void unix_peer(struct backend *b, struct tr_fd *f, char *payload)
{
	struct tr_fd_state state = {};
	uint32_t peer;

	if (!peer_of(b, f->ino, &peer))
		return;
	if (!peer) {
		f->h.flags |= TR_FD_UNSETTLED;
		return;
	}
	state.value = peer;
	memcpy(payload + f->payload_len, &state, sizeof(state));
	f->payload_len += sizeof(state);
	f->h.flags |= TR_FD_STATE;
}

/* A call that needs a port will give it one. */
static bool is_unsettled(const struct tr_fd *f, const char *payload)
{
	const struct sockaddr_nl *local = (const void *)payload;

	if (f->sock_family == AF_NETLINK)
		return f->local_len && !local->nl_pid;
	return (f->sock_family == AF_INET || f->sock_family == AF_INET6) && !f->local_len;
}

void ptrace_socket(struct backend *b, struct ptrace_proc *p, struct tr_fd *f, char *payload)
{
	int fd = borrow_fd(p, f->fd);

	memset(payload, 0, 2 * TR_FD_ADDR);
	f->payload_len = 2 * TR_FD_ADDR;
	if (fd < 0)
		return;
	f->sock_family = socket_option(fd, SO_DOMAIN);
	f->sock_type = socket_option(fd, SO_TYPE);
	f->sock_proto = socket_option(fd, SO_PROTOCOL);
	f->local_len = socket_name(fd, getsockname, payload);
	if (f->sock_family != AF_NETLINK)
		f->peer_len = socket_name(fd, getpeername, payload + TR_FD_ADDR);
	close(fd);
	if (f->sock_family == AF_UNIX)
		unix_peer(b, f, payload);
	else if (is_unsettled(f, payload))
		f->h.flags |= TR_FD_UNSETTLED;
}

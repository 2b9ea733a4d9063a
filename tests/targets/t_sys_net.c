/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_sys_net.c - sockets: addresses of many families, options, messages with control data. No packet leaves the host.
 */
#define _GNU_SOURCE
#include "sys.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>

static struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){ AF_INET, htons((uint16_t)port), { htonl(INADDR_LOOPBACK) }, { 0 } };
}

static void mode_inet(void)
{
	struct sockaddr_in a = loopback(0), peer;
	socklen_t len = sizeof(a), big = 200, none = 0;
	char buf[100];
	int s, c, d;

	s = (int)S(socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	S(socket, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, IPPROTO_UDP);
	S(socket, AF_INET, SOCK_RAW, IPPROTO_ICMP);
	S(socket, AF_INET, 77, 0);
	S(socket, 99, SOCK_STREAM, 5);
	S(socket, AF_INET, SOCK_STREAM, IPPROTO_SCTP);
	S(bind, s, &a, sizeof(a));
	S(bind, s, &a, sizeof(a));
	S(bind, s, &a, 3);
	S(bind, s, NULL, 0);
	S(bind, s, BAD, 16);
	S(listen, s, 5);
	S(getsockname, s, &a, &len);
	S(getpeername, s, &peer, &len);
	c = (int)S(socket, AF_INET, SOCK_STREAM, IPPROTO_TCP);
	S(connect, c, &a, sizeof(a));
	d = (int)S(accept4, s, &peer, &big, SOCK_CLOEXEC | SOCK_NONBLOCK);
	S(getpeername, c, &peer, &none);
	len = sizeof(peer);
	S(getpeername, c, &peer, &len);
	S(accept4, s, &peer, &len, 0x77);
	S(sendto, c, "hello", 5, 0, NULL, 0);
	S(sendto, c, "more\n", 5, MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0);
	S(recvfrom, d, buf, sizeof(buf), 0, NULL, NULL);
	S(recvfrom, d, buf, sizeof(buf), MSG_DONTWAIT, NULL, NULL);
	S(recvfrom, d, buf, sizeof(buf), MSG_PEEK | MSG_TRUNC | MSG_WAITALL | MSG_DONTWAIT, &peer, &len);
	S(shutdown, c, SHUT_WR);
	S(recvfrom, d, buf, sizeof(buf), 0, NULL, NULL);
	S(shutdown, d, 77);
	S(shutdown, 99, SHUT_RDWR);
	a = loopback(1);
	S(connect, socket(AF_INET, SOCK_STREAM, 0), &a, sizeof(a));
	S(connect, 99, &a, sizeof(a));
	S(sendto, 99, "x", 1, 0, &a, sizeof(a));
}

static void mode_udp(void)
{
	struct sockaddr_in a = loopback(0), from;
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	socklen_t len = sizeof(a), len6 = sizeof(six);
	char buf[50];
	int s = (int)S(socket, AF_INET, SOCK_DGRAM, 0), t;

	S(bind, s, &a, sizeof(a));
	S(getsockname, s, &a, &len);
	S(sendto, s, "to myself, and rather more than thirty-two bytes", 48, 0, &a, sizeof(a));
	len = sizeof(from);
	S(recvfrom, s, buf, 10, MSG_TRUNC, &from, &len);
	S(recvfrom, s, buf, 10, MSG_DONTWAIT, &from, &len);
	t = (int)S(socket, AF_INET6, SOCK_DGRAM, 0);
	S(bind, t, &six, sizeof(six));
	S(getsockname, t, &six, &len6);
	S(sendto, t, "", 0, 0, &six, sizeof(six));
	S(recvfrom, t, buf, 10, 0, &six, &len6);
	six.sin6_flowinfo = htonl(77);
	six.sin6_scope_id = 1;
	six.sin6_port = htons(9);
	S(connect, t, &six, sizeof(six));
	six.sin6_scope_id = 9999;
	inet_pton(AF_INET6, "fe80::1:2", &six.sin6_addr);
	S(connect, t, &six, sizeof(six));
}

static void mode_unix(void)
{
	struct sockaddr_un a = { AF_UNIX, "socket" }, b = { AF_UNIX, "\0abstract\0\1name" }, full, got;
	socklen_t len = sizeof(got);
	int s = (int)S(socket, AF_UNIX, SOCK_STREAM, 0), c, pair[2];

	memset(&full, 'f', sizeof(full));
	full.sun_family = AF_UNIX;
	S(bind, s, &a, sizeof(a));
	S(bind, s, &a, 2 + 7);
	S(listen, s, 1);
	c = (int)S(socket, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	S(connect, c, &a, sizeof(a));
	S(accept, s, &got, &len);
	len = sizeof(got);
	S(getsockname, s, &got, &len);
	len = 5;
	S(getsockname, s, &got, &len);
	c = (int)S(socket, AF_UNIX, SOCK_DGRAM, 0);
	S(bind, c, &b, 2 + 15);
	len = sizeof(got);
	S(getsockname, c, &got, &len);
	S(connect, c, &b, 2 + 5);
	S(connect, c, &full, sizeof(full));
	S(connect, c, &a, 2);
	S(bind, socket(AF_UNIX, SOCK_DGRAM, 0), &a, 2);
	S(socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
	S(socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
	S(socketpair, AF_INET, SOCK_STREAM, 0, pair);
	len = sizeof(got);
	S(getpeername, pair[0], &got, &len);
	S(getsockname, 0, &got, &len);
}

static void mode_families(void)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK, .nl_groups = 5 };
	struct sockaddr_ll ll = { .sll_family = AF_PACKET, .sll_protocol = htons(0x800), .sll_ifindex = 1,
				  .sll_hatype = 1, .sll_pkttype = 4, .sll_halen = 6, .sll_addr = { 1, 2, 3, 4, 5, 6 } };
	struct sockaddr_vm vm = { .svm_family = AF_VSOCK, .svm_port = 1024, .svm_cid = 2 };
	struct sockaddr other = { .sa_family = 77, .sa_data = "some data\1\2" };
	struct sockaddr unspec = { .sa_family = AF_UNSPEC };
	int s;

	s = (int)S(socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	S(bind, s, &nl, sizeof(nl));
	S(socket, AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, 77);
	s = (int)S(socket, AF_PACKET, SOCK_RAW, htons(3));
	S(bind, s, &ll, sizeof(ll));
	S(connect, s, &ll, sizeof(ll));
	S(connect, s, &vm, sizeof(vm));
	S(socket, AF_VSOCK, SOCK_STREAM, 0);
	S(connect, 99, &vm, sizeof(vm));
	S(connect, 99, &other, sizeof(other));
	S(connect, 99, &unspec, sizeof(unspec));
	S(connect, 99, &other, 5);
	S(connect, 99, &other, 1);
	S(socket, AF_BLUETOOTH, SOCK_RAW, 1);
	S(socket, AF_ALG, SOCK_SEQPACKET, 0);
}

static void mode_opts(void)
{
	struct linger linger = { 1, 5 };
	struct timeval tv = { 1, 500000 };
	struct ucred cred;
	struct tcp_info info;
	struct in_addr any = { 0 };
	struct ip_mreqn mreq = { { htonl(0xe0000001) }, { 0 }, 1 };
	struct group_req { uint32_t i; } greq = { 1 };
	int one = 1, v = 0, s = (int)S(socket, AF_INET, SOCK_STREAM, 0);
	int u = (int)S(socket, AF_UNIX, SOCK_DGRAM, 0), d = (int)S(socket, AF_INET, SOCK_DGRAM, 0);
	int six = (int)S(socket, AF_INET6, SOCK_DGRAM, 0);
	socklen_t len = sizeof(v);
	char name[20];

	S(setsockopt, s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	S(setsockopt, s, SOL_SOCKET, SO_KEEPALIVE, &one, 2);
	S(setsockopt, s, SOL_SOCKET, SO_RCVBUF, &(int){ 4096 }, sizeof(int));
	S(setsockopt, s, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	S(setsockopt, s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	S(setsockopt, s, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3);
	S(setsockopt, s, SOL_SOCKET, SO_ATTACH_FILTER, NULL, 0);
	S(setsockopt, s, SOL_SOCKET, 9999, &one, sizeof(one));
	S(setsockopt, s, SOL_SOCKET, SO_REUSEPORT, NULL, 4);
	S(setsockopt, s, SOL_SOCKET, SO_REUSEPORT, BAD, 4);
	S(setsockopt, s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	S(setsockopt, s, IPPROTO_TCP, TCP_CONGESTION, "cubic", 5);
	S(setsockopt, s, IPPROTO_TCP, TCP_KEEPIDLE, &(int){ 60 }, sizeof(int));
	S(setsockopt, s, IPPROTO_IP, IP_TOS, &(int){ 16 }, sizeof(int));
	S(setsockopt, d, IPPROTO_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq));
	S(setsockopt, d, IPPROTO_IP, IP_ADD_MEMBERSHIP, &mreq, 8);
	S(setsockopt, d, IPPROTO_IP, IP_MULTICAST_IF, &any, sizeof(any));
	S(setsockopt, d, IPPROTO_IP, IP_MULTICAST_TTL, &one, sizeof(one));
	S(setsockopt, d, IPPROTO_IP, 42 /* MCAST_JOIN_GROUP */, &greq, sizeof(greq));
	S(setsockopt, d, IPPROTO_IP, IP_PKTINFO, &one, sizeof(one));
	S(setsockopt, d, IPPROTO_IP, IP_RECVERR, &one, 1);
	S(setsockopt, six, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	S(setsockopt, six, IPPROTO_IPV6, IPV6_RECVPKTINFO, &one, sizeof(one));
	S(setsockopt, u, SOL_SOCKET, SO_PASSCRED, &one, sizeof(one));
	S(setsockopt, s, 777, 7, "odd", 3);
	S(setsockopt, 99, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one));
	S(getsockopt, s, SOL_SOCKET, SO_TYPE, &v, &len);
	S(getsockopt, s, SOL_SOCKET, SO_ERROR, &v, &len);
	S(getsockopt, s, SOL_SOCKET, SO_PROTOCOL, &v, &len);
	S(getsockopt, s, SOL_SOCKET, SO_DOMAIN, &v, &len);
	S(getsockopt, s, SOL_SOCKET, SO_ACCEPTCONN, &v, &len);
	len = 2;
	S(getsockopt, s, SOL_SOCKET, SO_RCVBUF, &v, &len);
	len = sizeof(linger);
	S(getsockopt, s, SOL_SOCKET, SO_LINGER, &linger, &len);
	len = sizeof(tv);
	S(getsockopt, s, SOL_SOCKET, SO_RCVTIMEO, &tv, &len);
	len = sizeof(cred);
	S(getsockopt, u, SOL_SOCKET, SO_PEERCRED, &cred, &len);
	len = sizeof(info);
	S(getsockopt, s, IPPROTO_TCP, TCP_INFO, &info, &len);
	len = sizeof(name);
	S(getsockopt, s, IPPROTO_TCP, TCP_CONGESTION, name, &len);
	S(getsockopt, s, SOL_SOCKET, SO_BINDTODEVICE, name, &len);
	S(getsockopt, s, SOL_SOCKET, SO_TYPE, &v, NULL);
	S(getsockopt, s, SOL_SOCKET, SO_TYPE, NULL, &len);
	S(getsockopt, 99, IPPROTO_IP, IP_TTL, &v, &len);
	len = sizeof(v);
	S(getsockopt, s, IPPROTO_IP, IP_TTL, &v, &len);
	S(getsockopt, s, IPPROTO_IP, IP_MTU_DISCOVER, &v, &len);
}

static void mode_msg(void)
{
	struct iovec out[] = { { "one", 3 }, { "two", 3 } }, in[2];
	char a[4], b[100], space[100];
	struct sockaddr_un to = { AF_UNIX, "\0tracer-parity" }, from;
	struct msghdr m = { .msg_iov = out, .msg_iovlen = 2 };
	int pair[2], d;

	in[0] = (struct iovec){ a, sizeof(a) };
	in[1] = (struct iovec){ b, sizeof(b) };
	S(socketpair, AF_UNIX, SOCK_DGRAM, 0, pair);
	S(sendmsg, pair[0], &m, 0);
	S(sendmsg, pair[0], &m, MSG_MORE | MSG_EOR);
	m.msg_iov = in;
	S(recvmsg, pair[1], &m, 0);
	m.msg_control = space;
	m.msg_controllen = sizeof(space);
	S(recvmsg, pair[1], &m, MSG_CMSG_CLOEXEC);
	S(recvmsg, pair[1], &m, MSG_DONTWAIT);
	S(recvmsg, pair[1], NULL, MSG_DONTWAIT);
	S(recvmsg, pair[1], BAD, 0);
	S(sendmsg, 99, &m, 0);
	m = (struct msghdr){ .msg_iov = BAD, .msg_iovlen = 1 };
	S(sendmsg, pair[0], &m, 0);
	m = (struct msghdr){ .msg_iov = NULL, .msg_iovlen = 0 };
	S(sendmsg, pair[0], &m, 0);
	d = (int)S(socket, AF_UNIX, SOCK_DGRAM, 0);
	S(bind, d, &to, 2 + 14);
	m = (struct msghdr){ .msg_name = &to, .msg_namelen = 2 + 14, .msg_iov = out, .msg_iovlen = 2 };
	S(sendmsg, d, &m, 0);
	m = (struct msghdr){ .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = in, .msg_iovlen = 2 };
	S(recvmsg, d, &m, 0);
	m.msg_namelen = sizeof(from);
	S(recvmsg, d, &m, MSG_DONTWAIT);
}

static void mode_cmsg(void)
{
	union {
		struct cmsghdr h;
		char bytes[200];
	} control;
	struct iovec iov = { "fds", 3 };
	char buf[10];
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control };
	int pair[2], fds[3] = { 0, 1, 2 }, one = 1;
	struct ucred cred = { getpid(), 0, 0 };

	S(socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
	control.h = (struct cmsghdr){ CMSG_LEN(sizeof(fds)), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(&control.h), fds, sizeof(fds));
	m.msg_controllen = CMSG_SPACE(sizeof(fds));
	S(sendmsg, pair[0], &m, 0);
	control.h = (struct cmsghdr){ CMSG_LEN(sizeof(cred)), SOL_SOCKET, SCM_CREDENTIALS };
	memcpy(CMSG_DATA(&control.h), &cred, sizeof(cred));
	m.msg_controllen = CMSG_SPACE(sizeof(cred));
	S(setsockopt, pair[1], SOL_SOCKET, SO_PASSCRED, &one, sizeof(one));
	S(sendmsg, pair[0], &m, 0);
	iov = (struct iovec){ buf, 3 };
	memset(&control, 0, sizeof(control));
	m.msg_controllen = sizeof(control);
	S(recvmsg, pair[1], &m, 0);
	m.msg_controllen = sizeof(control);
	S(recvmsg, pair[1], &m, MSG_CMSG_CLOEXEC);
	memset(&control, 1, sizeof(control));
	control.h = (struct cmsghdr){ CMSG_LEN(4), IPPROTO_IP, IP_TTL };
	m.msg_controllen = CMSG_SPACE(4);
	S(sendmsg, 99, &m, 0);
	control.h = (struct cmsghdr){ 5, 77, 7 };
	S(sendmsg, 99, &m, 0);
	control.h = (struct cmsghdr){ 5000, SOL_SOCKET, SCM_RIGHTS };
	S(sendmsg, 99, &m, 0);
	control.h = (struct cmsghdr){ CMSG_LEN(16), SOL_SOCKET, SO_TIMESTAMP };
	m.msg_controllen = CMSG_SPACE(16);
	S(sendmsg, 99, &m, 0);
	m.msg_controllen = 7;
	S(sendmsg, 99, &m, 0);
}

static void mode_mmsg(void)
{
	struct iovec a = { "first", 5 }, b = { "second", 6 }, in[2];
	char x[10], y[10];
	struct mmsghdr out[2] = { { .msg_hdr = { .msg_iov = &a, .msg_iovlen = 1 } },
				  { .msg_hdr = { .msg_iov = &b, .msg_iovlen = 1 } } };
	struct mmsghdr got[3] = { { .msg_hdr = { .msg_iov = &in[0], .msg_iovlen = 1 } },
				  { .msg_hdr = { .msg_iov = &in[1], .msg_iovlen = 1 } },
				  { .msg_hdr = { .msg_iov = &in[1], .msg_iovlen = 1 } } };
	struct timespec limit = { 1, 5 };
	int pair[2];

	in[0] = (struct iovec){ x, sizeof(x) };
	in[1] = (struct iovec){ y, sizeof(y) };
	S(socketpair, AF_UNIX, SOCK_DGRAM, 0, pair);
	S(sendmmsg, pair[0], out, 2, MSG_DONTWAIT);
	S(recvmmsg, pair[1], got, 2, MSG_WAITFORONE, NULL);
	S(sendmmsg, pair[0], out, 1, 0);
	S(recvmmsg, pair[1], got, 3, MSG_DONTWAIT, &limit);
	S(recvmmsg, pair[1], got, 3, MSG_DONTWAIT, NULL);
	S(sendmmsg, 99, out, 2, 0);
	S(sendmmsg, pair[0], out, 0, 0);
	S(sendmmsg, pair[0], BAD, 1, 0);
}

int main(int argc, char **argv)
{
	static const struct mode modes[] = {
		{ "inet", mode_inet }, { "udp", mode_udp },   { "unix", mode_unix }, { "families", mode_families },
		{ "opts", mode_opts }, { "msg", mode_msg },   { "cmsg", mode_cmsg }, { "mmsg", mode_mmsg },
	};

	return run_mode(modes, COUNT(modes), argc, argv);
}

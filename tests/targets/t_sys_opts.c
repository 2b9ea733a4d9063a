/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_sys_opts.c - sockets: options of every level, addresses of every family, control data of messages.
 */
#define _GNU_SOURCE
#include "sys.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_alg.h>
#include <linux/if_packet.h>
#include <linux/if_xdp.h>
#include <linux/in6.h>
#include <linux/netlink.h>
#include <linux/sctp.h>
#include <linux/tcp.h>
#include <linux/tls.h>
#include <linux/udp.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>

static int one = 1;

static void set_int(int fd, int level, int name, int v)
{
	S(setsockopt, fd, level, name, &v, sizeof(v));
}

static void get(int fd, int level, int name, unsigned int n)
{
	static char value[512];
	socklen_t len = n;

	memset(value, 0, sizeof(value));
	S(getsockopt, fd, level, name, value, &len);
}

/* All names of a level, on a descriptor that there is not and on one that there is. */
static void all(int fd, int level, int names)
{
	for (int name = 0; name < names; name++) {
		set_int(99, level, name, 1);
		if (level != SOL_SOCKET || name != SO_ATTACH_FILTER) /* SO_GET_FILTER */
			get(fd, level, name, 4);
	}
}

static void mode_socket(void)
{
	struct sock_filter filter[] = { BPF_STMT(BPF_RET | BPF_K, 0xffff) };
	struct sock_fprog prog = { 1, filter };
	struct linger linger = { 1, 3 };
	struct timeval tv = { 3, 4 };
	int s = (int)S(socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP);

	all(s, SOL_SOCKET, 76);
	S(setsockopt, s, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog));
	S(setsockopt, s, SOL_SOCKET, SO_ATTACH_FILTER, &prog, 3);
	S(setsockopt, s, SOL_SOCKET, SO_DETACH_FILTER, &one, sizeof(one));
	S(setsockopt, s, SOL_SOCKET, SO_LINGER, &linger, 4);
	S(setsockopt, s, SOL_SOCKET, SO_LINGER, &linger, 16);
	S(setsockopt, s, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	S(setsockopt, s, SOL_SOCKET, SO_SNDTIMEO, &tv, 8);
	S(setsockopt, s, SOL_SOCKET, SO_PEEK_OFF, &one, 0);
	S(setsockopt, s, SOL_SOCKET, SO_PEEK_OFF, &one, 5);
	S(setsockopt, s, SOL_SOCKET, SO_TIMESTAMPING, &(int){ 0x51 }, 4);
	get(s, SOL_SOCKET, SO_LINGER, 8);
	get(s, SOL_SOCKET, SO_RCVTIMEO, 16);
	get(s, SOL_SOCKET, SO_PEERCRED, 12);
	get(s, SOL_SOCKET, SO_MEMINFO, 36);
	get(s, SOL_SOCKET, SO_PEERGROUPS, 4);
}

static void mode_inet(void)
{
	int s = (int)S(socket, AF_INET, SOCK_STREAM, IPPROTO_TCP), d = (int)S(socket, AF_INET, SOCK_DGRAM, 0);
	struct ip_mreq { struct in_addr group, interface; } mreq = { { htonl(0xe0000005) }, { htonl(0x7f000001) } };

	all(d, 0 /* SOL_IP */, 51);
	S(setsockopt, d, 0, 35, &mreq, sizeof(mreq));
	S(setsockopt, d, 0, 36, &mreq, sizeof(mreq));
	S(setsockopt, d, 0, 32, &mreq, sizeof(mreq));
	S(setsockopt, d, 0, 39, &(uint32_t[3]){ htonl(0xe0000005), 0, htonl(0x7f000001) }, 12);
	S(setsockopt, d, 0, 4, "\1\1\1", 3);
	S(setsockopt, d, 0, 33, &(char){ 3 }, 1);
	all(s, 6 /* SOL_TCP */, 24);
	S(setsockopt, s, 6, TCP_ULP, "tls", 4);
	S(setsockopt, s, 6, TCP_CONGESTION, "no such thing", 13);
	S(setsockopt, s, 6, TCP_MD5SIG, &(struct tcp_md5sig){ .tcpm_keylen = 3 }, sizeof(struct tcp_md5sig));
	get(s, 6, TCP_INFO, 104);
	get(s, 6, TCP_INFO, 8);
	get(s, 6, TCP_CC_INFO, 16);
	get(s, 6, TCP_CONGESTION, 16);
	get(s, 6, TCP_SAVED_SYN, 16);
	all(d, 17 /* SOL_UDP */, 10);
}

static void mode_inet6(void)
{
	struct { uint8_t addr[16]; int interface; } mreq = { { 0xff, 2, [15] = 5 }, 1 };
	int d = (int)S(socket, AF_INET6, SOCK_DGRAM, 0);

	all(d, 41 /* SOL_IPV6 */, 64);
	S(setsockopt, d, 41, 20, &mreq, sizeof(mreq));
	S(setsockopt, d, 41, 21, &mreq, sizeof(mreq));
	S(setsockopt, d, 41, 20, &mreq, 8);
}

static void mode_levels(void)
{
	int n = (int)S(socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), p = (int)S(socket, AF_PACKET, SOCK_RAW, 0);
	struct tpacket_req req = { 4096, 1, 2048, 2 };
	struct tls12_crypto_info_aes_gcm_128 tls = { .info = { TLS_1_2_VERSION, TLS_CIPHER_AES_GCM_128 } };
	struct tpacket_stats stats = { 0 };
	struct packet_mreq mreq = { 1, PACKET_MR_PROMISC, 6, { 1, 2, 3, 4, 5, 6 } };

	all(n, 270 /* SOL_NETLINK */, 14);
	get(n, 270, 9, 16);
	all(p, 263 /* SOL_PACKET */, 24);
	S(setsockopt, 99, 263, PACKET_RX_RING, &req, sizeof(req));
	S(setsockopt, 99, 263, PACKET_ADD_MEMBERSHIP, &mreq, sizeof(mreq));
	get(p, 263, PACKET_STATISTICS, sizeof(stats));
	all(99, AF_VSOCK, 9);
	all(99, 279 /* SOL_ALG */, 7);
	S(setsockopt, 99, 279, ALG_SET_KEY, "0123456789abcdef", 16);
	all(99, 282 /* SOL_TLS */, 3);
	S(setsockopt, 99, 282, TLS_TX, &tls, sizeof(tls));
	all(99, 132 /* SOL_SCTP */, 40);
	all(99, 274 /* SOL_BLUETOOTH */, 20);
	all(99, 283 /* SOL_XDP */, 9);
	set_int(99, 777, 777, 1);
}

static void mode_addresses(void)
{
	static const sa_family_t families[] = { AF_UNSPEC, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_KEY,
						AF_VSOCK,  AF_XDP,  AF_QIPCRTR, AF_RDS, 47, 777 };
	union {
		struct sockaddr sa;
		char bytes[128];
	} a;

	for (unsigned int k = 0; k < COUNT(families); k++) {
		for (unsigned int i = 0; i < sizeof(a); i++)
			a.bytes[i] = (char)(i + 1);
		if (families[k] == AF_PACKET)
			a.bytes[11] = 8;
		if (families[k] == AF_VSOCK) /* its padding */
			a.bytes[2] = a.bytes[3] = a.bytes[13] = a.bytes[14] = a.bytes[15] = 0;
		a.sa.sa_family = families[k];
		S(connect, 99, &a, 128);
		S(connect, 99, &a, 16);
		S(connect, 99, &a, 9);
	}
	a.sa.sa_family = AF_UNIX;
	S(connect, 99, &a, 2);
	S(connect, 99, &a, 3);
	a.bytes[2] = 0;
	S(connect, 99, &a, 3);
	S(connect, 99, &a, 20);
	a.bytes[2] = '/';
	S(connect, 99, &a, 20);
	a.bytes[10] = 0;
	S(connect, 99, &a, 110);
	S(connect, 99, &a, 200);
}

struct control {
	struct cmsghdr h;
	char bytes[120];
};

static void send_one(int level, int type, unsigned int n)
{
	struct control c = { { CMSG_LEN(n), level, type }, { 0 } };
	struct iovec iov = { "x", 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = CMSG_SPACE(n) };

	for (unsigned int i = 0; i < sizeof(c.bytes); i++)
		c.bytes[i] = (char)(i / 4 + 1);
	S(sendmsg, 99, &m, MSG_NOSIGNAL);
}

static void mode_control(void)
{
	static const struct {
		int level, names;
	} levels[] = { { SOL_SOCKET, 76 }, { 0, 30 }, { 41, 80 }, { 263, 10 }, { 270, 5 }, { 282, 4 },
		       { 132, 8 }, { 279, 5 }, { 17, 106 }, { 6, 40 }, { 777, 2 } };

	for (unsigned int i = 0; i < COUNT(levels); i++) {
		for (int name = 0; name < levels[i].names; name++)
			if (levels[i].level != SOL_SOCKET || name != 4) /* SCM_PIDFD */
				send_one(levels[i].level, name, 16);
	}
	for (unsigned int n = 0; n < 64; n += 3) {
		send_one(SOL_SOCKET, SCM_RIGHTS, n);
		send_one(SOL_SOCKET, SCM_CREDENTIALS, n);
		send_one(SOL_SOCKET, SO_TIMESTAMPING, n);
		send_one(0, 8 /* IP_PKTINFO */, n);
		send_one(0, 11 /* IP_RECVERR */, n);
		send_one(0, 7 /* IP_RETOPTS */, n);
		send_one(0, 20 /* IP_ORIGDSTADDR */, n);
		send_one(0, 23 /* IP_CHECKSUM */, n);
		send_one(41, 50 /* IPV6_PKTINFO */, n);
	}
}

/* What the kernel itself puts beside data. */
static void mode_received(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	union { struct cmsghdr h; char bytes[512]; } control;
	char data[16];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control };
	socklen_t len = sizeof(in);
	int s = (int)S(socket, AF_INET, SOCK_DGRAM, 0);

	set_int(s, SOL_SOCKET, SO_TIMESTAMPNS, 1);
	set_int(s, SOL_SOCKET, SO_RXQ_OVFL, 1);
	set_int(s, 0, 8 /* IP_PKTINFO */, 1);
	set_int(s, 0, 12 /* IP_RECVTTL */, 1);
	set_int(s, 0, 13 /* IP_RECVTOS */, 1);
	set_int(s, 0, 20 /* IP_RECVORIGDSTADDR */, 1);
	S(bind, s, &in, sizeof(in));
	S(getsockname, s, &in, &len);
	for (unsigned int n = 0; n < 4; n++) {
		S(sendto, s, "to me", 5, 0, &in, sizeof(in));
		m.msg_controllen = 24 + n * 40;
		S(recvmsg, s, &m, 0);
	}
}

int main(int argc, char **argv)
{
	static const struct mode modes[] = {
		{ "socket", mode_socket }, { "inet", mode_inet },	    { "inet6", mode_inet6 },
		{ "levels", mode_levels }, { "addresses", mode_addresses }, { "control", mode_control },
		{ "received", mode_received },
	};

	return run_mode(modes, COUNT(modes), argc, argv);
}

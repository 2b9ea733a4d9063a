/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_fd.c - descriptors, as strace tells them: which of its ways to tell of one are wanted is a set, and they are
 * tried in its order.
 */
#include "strace_sink.h"

#include <endian.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define NETLINK 16
#define S_CHAR 2
#define S_BLOCK 6

static const char *inet_name(const struct fact_fd *fd)
{
	bool v6 = fd->sock_family == AF_INET6;
	int usual = fd->sock_type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP;

	if (fd->sock_type == SOCK_RAW)
		return v6 ? "RAWv6" : "RAW";
	switch (fd->sock_proto ? fd->sock_proto : usual) {
	case IPPROTO_TCP:
		return v6 ? "TCPv6" : "TCP";
	case IPPROTO_UDP:
		return v6 ? "UDPv6" : "UDP";
	case IPPROTO_ICMP:
		return "PING";
	case IPPROTO_ICMPV6:
		return "PINGv6";
	case IPPROTO_SCTP:
		return v6 ? "SCTPv6" : "SCTP";
	case IPPROTO_DCCP:
		return v6 ? "DCCPv6" : "DCCP";
	case IPPROTO_UDPLITE: /* strace doesn't know the name that Linux has for the other one */
		return v6 ? "UDPLITEv6" : NULL;
	default:
		return NULL;
	}
}

/* What Linux calls the protocol, if strace knows how to ask for more. */
static const char *protocol_name(const struct fact_fd *fd)
{
	switch (fd->sock_family) {
	case AF_UNIX:
		return fd->sock_type == SOCK_STREAM ? "UNIX-STREAM" : "UNIX";
	case AF_INET:
	case AF_INET6:
		return inet_name(fd);
	case NETLINK:
		return "NETLINK";
	default:
		return NULL;
	}
}

/* strace ends an abstract name, too, at the first NUL. */
static void put_unix(struct buf *out, const struct fact_fd *fd, const struct address *local,
		     unsigned int hex)
{
	buf_u64(out, fd->ino);
	if ((fd->flags & TR_FD_STATE) && fd->state.value) {
		buf_put(out, "->", 2);
		buf_u64(out, fd->state.value);
	}
	if (!local->path)
		return;
	buf_put(out, local->abstract ? ",@\"" : ",\"", local->abstract ? 3 : 2);
	strace_escape(out, local->path, strnlen(local->path, local->path_len), hex);
	buf_char(out, '"');
}

static void put_netlink(struct buf *out, const struct fact_fd *fd)
{
	const struct sc_flag *f = sc_netlink_protocols()->rows;
	uint32_t port = 0;

	if (fd->local_len >= 8)
		memcpy(&port, (const char *)fd->local + 4, sizeof(port));
	if (!port) {
		buf_u64(out, fd->ino);
		return;
	}
	while (f->name && f->value != fd->sock_proto)
		f++;
	if (!f->name) {
		buf_u64(out, fd->sock_proto);
		return;
	}
	buf_str(out, f->name + sizeof("NETLINK_") - 1);
	buf_char(out, ':');
	buf_u64(out, port);
}

static void put_inet(struct buf *out, const struct fact_fd *fd, const struct address *local)
{
	struct address peer;

	address_parse(&peer, fd->peer, fd->peer_len);
	if (!local->ip || (!local->port && !peer.port) || fd->sock_type == SOCK_RAW) { /* no port */
		buf_u64(out, fd->ino);
		return;
	}
	address_put_endpoint(out, local);
	if (!peer.ip || !peer.port)
		return;
	buf_put(out, "->", 2);
	address_put_endpoint(out, &peer);
}

/* "pipe:[7]" */
static void put_number(struct buf *out, const char *name, uint64_t ino, unsigned int hex)
{
	char bytes[64];
	struct buf text = { .p = bytes, .cap = sizeof(bytes) };

	buf_str(&text, name);
	buf_put(&text, ":[", 2);
	buf_u64(&text, ino);
	buf_char(&text, ']');
	strace_escape(out, text.p, text.len, hex);
}

static void put_socket(struct buf *out, const struct fact_fd *fd, bool detailed, unsigned int hex)
{
	const char *name = detailed ? protocol_name(fd) : NULL;
	struct address local;

	address_parse(&local, fd->local, fd->local_len);
	buf_char(out, '<');
	if (!name) {
		put_number(out, "socket", fd->ino, hex);
		buf_char(out, '>');
		return;
	}
	buf_str(out, name);
	buf_put(out, ":[", 2);
	if (fd->sock_family == AF_UNIX)
		put_unix(out, fd, &local, hex);
	else if (fd->sock_family == NETLINK)
		put_netlink(out, fd);
	else
		put_inet(out, fd, &local);
	buf_put(out, "]>", 2);
}

static void put_path(struct buf *out, const struct fact_fd *fd, unsigned int hex)
{
	if (!fd->path) {
		put_number(out, fd->kind == TR_FD_PIPE ? "pipe" : "anon_inode", fd->ino, hex);
		return;
	}
	if (fd->kind == TR_FD_ANON)
		strace_escape(out, "anon_inode:", 11, hex);
	if (fd->flags & TR_FD_INCOMPLETE)
		strace_escape(out, "...", 3, hex);
	strace_escape(out, fd->path, fd->path_len, hex);
}

static bool put_device(struct buf *out, const struct fact_fd *fd, unsigned int hex)
{
	unsigned int type = fd->mode >> 12 & 15;

	if ((type != S_CHAR && type != S_BLOCK) || !fd->path || fd->kind != TR_FD_PATH)
		return false;
	buf_char(out, '<');
	put_path(out, fd, hex);
	buf_str(out, type == S_CHAR ? "<char " : "<block ");
	buf_u64(out, fd->rdev >> 20);
	buf_char(out, ':');
	buf_u64(out, fd->rdev & 0xfffff);
	buf_put(out, ">>", 2);
	return true;
}

static void put_eventfd(struct sink *s, const struct tr_fd_state *state)
{
	buf_str(s->out, "{eventfd-count=");
	buf_hex(s->out, state->value);
	if (state->id >= 0) {
		buf_str(s->out, ", eventfd-id=");
		buf_i64(s->out, state->id);
	}
	if (state->id >= 0 && state->semaphore >= 0) {
		buf_str(s->out, ", eventfd-semaphore=");
		buf_i64(s->out, state->semaphore);
	}
	buf_char(s->out, '}');
}

static void put_signalfd(struct sink *s, const struct tr_fd_state *state)
{
	uint64_t set = htole64(state->value);

	buf_str(s->out, "signalfd:");
	value_sigset(s, (const uint8_t *)&set, sizeof(set));
}

static void put_pidfd(struct sink *s, const struct tr_fd_state *state)
{
	buf_str(s->out, "pid:");
	strace_pid((struct strace_sink *)s, (int64_t)state->value);
}

/* A file of no name. False: it has no more to tell than its path has. */
static bool put_anonymous(struct sink *s, const struct fact_fd *fd, unsigned int which,
			  unsigned int hex)
{
	static const struct {
		const char *name;
		unsigned int which;
		void (*put)(struct sink *s, const struct tr_fd_state *state);
	} kinds[] = {
		{ "[eventfd]", STRACE_FDS_EVENTFD, put_eventfd },
		{ "[pidfd]", STRACE_FDS_PIDFD, put_pidfd },
		{ "[signalfd]", STRACE_FDS_SIGNALFD, put_signalfd },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!(which & kinds[i].which) || !fact_is_anon(fd, kinds[i].name))
			continue;
		buf_char(s->out, '<');
		if (fd->flags & TR_FD_STATE)
			kinds[i].put(s, &fd->state);
		else
			put_path(s->out, fd, hex);
		buf_char(s->out, '>');
		return true;
	}
	return false;
}

static void put_fact(struct sink *s, const struct fact_fd *fd, unsigned int which, unsigned int hex)
{
	if (fd->kind == TR_FD_SOCKET) {
		if (which & (STRACE_FDS_SOCKET | STRACE_FDS_PATH))
			put_socket(s->out, fd, which & STRACE_FDS_SOCKET, hex);
		return;
	}
	if (((which & STRACE_FDS_DEV) && put_device(s->out, fd, hex)) ||
	    put_anonymous(s, fd, which, hex) ||
	    !(which & STRACE_FDS_PATH))
		return;
	buf_char(s->out, '<');
	put_path(s->out, fd, hex);
	buf_char(s->out, '>');
	if (fd->flags & TR_FD_DELETED)
		buf_str(s->out, "(deleted)");
}

static void put_cwd(struct strace_sink *s)
{
	if (s->consts != STRACE_CONSTS_ABBREV)
		buf_i64(s->s.out, TR_AT_FDCWD);
	if (s->consts == STRACE_CONSTS_VERBOSE)
		buf_put(s->s.out, " /* AT_FDCWD */", 15);
	if (s->consts == STRACE_CONSTS_ABBREV)
		buf_put(s->s.out, "AT_FDCWD", 8);
}

void strace_fd(struct sink *s, int32_t fd, bool is_dir)
{
	const struct strace_sink *me = (const struct strace_sink *)s;
	const struct facts *facts = me->facts;
	const struct fact_fd *fact = NULL;

	if (is_dir && fd == TR_AT_FDCWD)
		put_cwd((struct strace_sink *)s);
	else
		buf_i64(s->out, fd);
	if (facts && (fd >= 0 || (is_dir && fd == TR_AT_FDCWD)))
		fact = s->result ? facts_result(facts, me->tgid, fd) :
				   facts_fd(facts, me->tgid, fd);
	if (fact && fact->kind != TR_FD_NONE)
		put_fact(s, fact, me->decode_fds, me->hex);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * human_name.c - what descriptors, sockets, processes, users and groups are called by people.
 */
#include "human_sink.h"

#include <ctype.h>
#include <sys/socket.h>
#include "term.h"

static const char *protocol(const struct fact_fd *fd)
{
	switch (fd->sock_family) {
	case AF_UNIX:
		return "unix socket";
	case AF_INET:
	case AF_INET6:
		return fd->sock_type == SOCK_STREAM ? "tcp" :
		       fd->sock_type == SOCK_DGRAM  ? "udp" :
						      "raw socket";
	case 16:
		return "netlink";
	default:
		return "socket";
	}
}

void human_unix(struct buf *out, const struct address *a)
{
	if (a->abstract)
		buf_char(out, '@');
	term_escape(out, a->path, a->path_len, false);
}

/* A socket is told by its peer, or by where it listens, else by its number. */
static void put_socket(struct buf *out, const struct fact_fd *fd)
{
	struct address local, peer;

	address_parse(&local, fd->local, fd->local_len);
	address_parse(&peer, fd->peer, fd->peer_len);
	if (local.ip && local.port && !(peer.ip && peer.port))
		buf_str(out, "local ");
	buf_str(out, protocol(fd));
	buf_char(out, ' ');
	if (peer.ip && peer.port) {
		address_put_endpoint(out, &peer);
	} else if (local.ip && local.port) {
		address_put_endpoint(out, &local);
	} else if (peer.path) {
		human_unix(out, &peer);
	} else if (local.path) {
		human_unix(out, &local);
	} else {
		buf_str(out, strstr(protocol(fd), "socket") ? "fd " : "socket fd ");
		buf_i64(out, fd->fd);
	}
}

/* "[eventpoll]" has a name among people. */
static void put_anonymous(struct buf *out, const struct fact_fd *fd)
{
	static const struct {
		const char *name, *word;
	} names[] = {
		{ "[eventpoll]", "epoll instance" }, { "[eventfd]", "event counter" },
		{ "[timerfd]", "timer" },	     { "[signalfd]", "signal queue" },
		{ "[pidfd]", "process handle" },     { "inotify", "inotify instance" },
		{ "[io_uring]", "io_uring" },	     { "[fanotify]", "fanotify group" },
	};
	const char *colon = fd->path ? memchr(fd->path, ':', fd->path_len) : NULL;
	const char *name = colon ? colon + 1 : fd->path;
	size_t len = colon ? fd->path_len - (size_t)(name - fd->path) : fd->path_len;

	for (size_t i = 0; name && i < sizeof(names) / sizeof(names[0]); i++) {
		if (strlen(names[i].name) != len || memcmp(names[i].name, name, len) != 0)
			continue;
		buf_str(out, names[i].word);
		name = NULL;
		len = 0;
	}
	if (name)
		term_escape(out, name, len, false);
	else if (!fd->path)
		buf_str(out, "anonymous file");
	buf_str(out, " fd ");
	buf_i64(out, fd->fd);
	if ((fd->flags & TR_FD_STATE) && fact_is_anon(fd, "[pidfd]")) {
		buf_str(out, " of ");
		buf_u64(out, fd->state.value);
	}
}

/* What memfd_create makes never had a name in a directory. */
static bool is_memory(const struct fact_fd *fact)
{
	return fact->path_len >= 7 && memcmp(fact->path, "/memfd:", 7) == 0;
}

static void put_path_fd(struct buf *out, const struct fact_fd *fact)
{
	if (fact->flags & TR_FD_INCOMPLETE)
		buf_str(out, "\xe2\x80\xa6");
	term_escape(out, fact->path, fact->path_len, false);
	if ((fact->flags & TR_FD_DELETED) && !is_memory(fact))
		buf_str(out, " (deleted)");
}

/* "stdout" for 1; what people redirect has both names: "stdout (pipe 4711)". */
static bool put_standard(struct buf *out, int32_t fd, const struct fact_fd *fact)
{
	static const char *const names[] = { "stdin", "stdout", "stderr" };

	if (fd < 0 || fd > 2 || (fact && fact->kind != TR_FD_PIPE))
		return false;
	buf_str(out, names[fd]);
	if (fact)
		buf_str(out, " (");
	return true;
}

static void put_pipe(struct buf *out, int32_t fd, const struct fact_fd *fact)
{
	bool standard = put_standard(out, fd, fact);

	if (fact->path) {
		put_path_fd(out, fact);
	} else {
		buf_str(out, "pipe ");
		buf_u64(out, fact->ino);
	}
	if (standard)
		buf_char(out, ')');
}

void human_fd(struct human_sink *s, int32_t fd)
{
	const struct fact_fd *fact = s->facts ? facts_fd(s->facts, s->tgid, fd) : NULL;
	struct buf *out = s->s.out;

	if (fact && fact->kind == TR_FD_NONE)
		fact = NULL;
	if (!fact && fd == TR_AT_FDCWD) {
		buf_str(out, "the working directory");
	} else if (!fact) {
		if (s->facts && put_standard(out, fd, NULL))
			return;
		buf_str(out, "fd ");
		buf_i64(out, fd);
	} else if (fact->kind == TR_FD_SOCKET) {
		put_socket(out, fact);
	} else if (fact->kind == TR_FD_PIPE) {
		put_pipe(out, fd, fact);
	} else if (fact->kind == TR_FD_ANON || !fact->path) {
		put_anonymous(out, fact);
	} else {
		put_path_fd(out, fact);
	}
}

void human_pid(struct human_sink *s, uint32_t pid)
{
	const struct fact_task *task = s->facts ? facts_task(s->facts, pid) : NULL;
	struct buf *out = s->s.out;

	if (task && task->comm_len) {
		term_escape(out, task->comm, task->comm_len, false);
		buf_char(out, '[');
		buf_u64(out, pid);
		buf_char(out, ']');
	} else {
		buf_u64(out, pid);
	}
}

void human_id(struct human_sink *s, bool is_group, uint32_t id)
{
	const char *name = is_group ? idnames_group(s->ids, id) : idnames_user(s->ids, id);

	if (name)
		term_escape(s->s.out, name, strlen(name), false);
	else
		buf_u64(s->s.out, id);
}

/* The system's own words, in the middle of a sentence: "value too large". */
static void put_errno_text(struct buf *out, const char *text)
{
	if (isupper((unsigned char)text[0]) && !isupper((unsigned char)text[1])) {
		buf_char(out, (char)tolower((unsigned char)text[0]));
		text++;
	}
	buf_str(out, text);
}

void human_error(struct buf *out, const struct sc_row *row, int err)
{
	const struct sc_error *e = sc_error_find(err, row);
	const char *text = sc_errno_text(err);

	if (e) {
		buf_str(out, e->words);
	} else if (text) {
		put_errno_text(out, text);
	} else {
		buf_str(out, "error ");
		buf_i64(out, err);
	}
}

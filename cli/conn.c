/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* conn.c - see conn.h. */
#include "conn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "msg.h"

#define SYSTEM_SOCKET "/run/tracerd/tracerd.sock"
#define IN_SIZE (2u * TR_FRAME_MAX) /* a whole frame, and a good part of the next */
#define HELLO_MS 30000

void conn_close(struct conn *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	free(c->in);
	c->in = NULL;
}

int conn_send(struct conn *c, uint16_t type, const void *payload, size_t len)
{
	char frame[sizeof(struct tr_frame) + TR_FRAME_REQUEST_MAX];
	struct tr_frame head = {.len = (uint32_t)(sizeof(head) + len), .type = type};

	if (head.len > TR_FRAME_REQUEST_MAX || len > TR_FRAME_REQUEST_MAX)
		return -EMSGSIZE;
	memcpy(frame, &head, sizeof(head));
	if (len)
		memcpy(frame + sizeof(head), payload, len);
	for (size_t done = 0; done < head.len;) {
		ssize_t n = send(c->fd, frame + done, head.len - done, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n < 0 ? 0 : (size_t)n;
	}
	return 0;
}

/* Moves what is left to the start: so it is aligned, and there is room. */
static void make_room(struct conn *c)
{
	if (!c->pos)
		return;
	memmove(c->in, c->in + c->pos, c->len - c->pos);
	c->len -= c->pos;
	c->pos = 0;
}

int conn_fill(struct conn *c)
{
	ssize_t n;

	make_room(c);
	if (c->len == c->size)
		return 0;
	n = c->is_file ? read(c->fd, c->in + c->len, c->size - c->len)
		       : recv(c->fd, c->in + c->len, c->size - c->len, MSG_DONTWAIT);
	if (n > 0)
		c->len += (size_t)n;
	else if (n == 0 || errno == ECONNRESET)
		c->eof = true;
	else if (errno != EAGAIN && errno != EINTR)
		return -errno;
	return 0;
}

const struct tr_frame *conn_next(struct conn *c, int *r_x)
{
	const struct tr_frame *f;
	size_t left;

	if (c->pos % 8) /* a frame before had an odd length: its records must be aligned */
		make_room(c);
	left = c->len - c->pos;
	*r_x = 0;
	if (left < sizeof(*f))
		return NULL;
	f = (const struct tr_frame *)(const void *)(c->in + c->pos);
	if (f->len < sizeof(*f) || f->len > TR_FRAME_MAX) {
		*r_x = -EPROTO;
		return NULL;
	}
	if (left < f->len)
		return NULL;
	c->pos += f->len;
	return f;
}

int conn_wait(struct conn *c, int wake_fd, int timeout_ms, const struct tr_frame **frame_x)
{
	for (;;) {
		struct pollfd fds[2] = {{.fd = c->fd, .events = POLLIN},
					{.fd = wake_fd, .events = POLLIN}};
		const struct tr_frame *f;
		int r;

		f = conn_next(c, &r);
		if (f)
			*frame_x = f;
		if (f || r)
			return r;
		if (c->eof)
			return -EPIPE;
		r = poll(fds, 2, timeout_ms);
		if (r == 0)
			return -ETIMEDOUT;
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (fds[1].revents && !fds[0].revents) /* what has come already counts */
			return -EINTR;
		r = conn_fill(c);
		if (r)
			return r;
	}
}

void conn_error_text(const struct tr_frame *f, char *err)
{
	size_t n, i;
	const char *text = conn_payload(f, &n);

	for (i = 0; i < n && i < MSG_LEN - 1; i++)
		err[i] = text[i] < ' ' || text[i] == 0x7f ? '?' : text[i];
	err[i] = '\0';
}

static int take_hello(struct conn *c, const struct tr_frame *f, char *err)
{
	size_t n;
	const void *p = conn_payload(f, &n);

	if (f->type == TR_FRAME_ERROR) {
		conn_error_text(f, err);
		return -EACCES;
	}
	if (f->type != TR_FRAME_HELLO || n < sizeof(c->hello))
		return msg_set(err, -EPROTO, "what answers at the socket is not tracerd");
	memcpy(&c->hello, p, sizeof(c->hello));
	c->hello.backend[sizeof(c->hello.backend) - 1] = '\0';
	c->hello.server[sizeof(c->hello.server) - 1] = '\0';
	if (c->hello.version != TR_WIRE_VERSION)
		return msg_set(err, -EPROTONOSUPPORT,
			       "tracerd %s speaks version %u, this tracectl speaks version %u",
			       c->hello.server, c->hello.version, TR_WIRE_VERSION);
	return 0;
}

int conn_init(struct conn *c, int fd, int wake_fd, char *err)
{
	const struct tr_frame *f;
	struct stat st;
	int r;

	*c = (struct conn){.fd = fd, .size = IN_SIZE, .in = malloc(IN_SIZE)};
	if (!c->in) {
		conn_close(c);
		return msg_set(err, -ENOMEM, "out of memory");
	}
	c->is_file = !fstat(fd, &st) && !S_ISSOCK(st.st_mode);
	r = conn_wait(c, wake_fd, HELLO_MS, &f);
	if (r)
		msg_set(err, r, "tracerd does not answer: %s",
			r == -EPIPE ? "it closed the connection" : strerror(-r));
	else
		r = take_hello(c, f, err);
	if (r)
		conn_close(c);
	return r;
}

int conn_open_file(struct conn *c, const char *path, char *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r;

	*c = (struct conn){.fd = -1};
	if (fd < 0)
		return msg_set(err, -errno, "can't read %.200s: %s", path, strerror(errno));
	r = conn_init(c, fd, -1, err);
	if (r && r != -EPROTONOSUPPORT && r != -ENOMEM)
		msg_set(err, r, "%.200s is not a recording of tracerd", path);
	return r;
}

static int connect_to(const char *path, int *fd_x)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd, r;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&addr, sizeof(addr))) {
		r = -errno;
		close(fd);
		return r;
	}
	*fd_x = fd;
	return 0;
}

/* The socket that was asked for: nothing else will do. */
static int open_socket(struct conn *c, const struct conn_where *where, char *err)
{
	int fd = -1, r = connect_to(where->socket, &fd);

	if (r)
		return msg_set(err, r, "can't connect to %.200s: %s", where->socket, strerror(-r));
	r = conn_init(c, fd, where->wake_fd, err);
	if (r)
		return r;
	if (where->backend && strcmp(where->backend, c->hello.backend)) {
		conn_close(c);
		return msg_set(err, -EINVAL, "the tracerd at %.200s uses %s, not %s", where->socket,
			       c->hello.backend, where->backend);
	}
	return 0;
}

/* A daemon that runs already. Every failure only means that there is none for us. */
static int open_running(struct conn *c, const struct conn_where *where)
{
	const char *dir = getenv("XDG_RUNTIME_DIR");
	char user[sizeof(((struct sockaddr_un *)0)->sun_path)] = "", err[MSG_LEN];
	const char *const paths[] = {SYSTEM_SOCKET, user};

	if (dir && dir[0] == '/' &&
	    (size_t)snprintf(user, sizeof(user), "%s/tracerd.sock", dir) >= sizeof(user))
		user[0] = '\0';
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct conn_where one = *where;
		int r;

		one.socket = paths[i];
		if (!*one.socket)
			continue;
		r = open_socket(c, &one, err);
		if (!r || r == -EINTR)
			return r;
	}
	return -ENOENT;
}

int conn_open(struct conn *c, const struct conn_where *where, char *err)
{
	pid_t pid;
	int fd, r;

	*c = (struct conn){.fd = -1};
	if (where->socket)
		return open_socket(c, where, err);
	r = open_running(c, where);
	if (!r)
		return 0;
	if (r == -EINTR)
		return msg_set(err, r, "interrupted");
	if (where->running)
		return msg_set(err, r, "no tracerd is running");
	r = private_start(where->backend, &fd, &pid, err);
	if (r)
		return r;
	r = conn_init(c, fd, where->wake_fd, err);
	c->private_pid = pid;
	if (r == -EPIPE) {
		int status;

		if (waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) != 127)
			err[0] = '\0'; /* it has said why it ended */
		else
			msg_set(err, r, "tracerd ended before it answered");
	}
	return r;
}

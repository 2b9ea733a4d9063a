/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * client.c - bytes from and to one client. Every length is checked here, before anything looks at a payload.
 */
#include "client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void on_readable(evutil_socket_t fd, short what, void *arg);
static void on_writable(evutil_socket_t fd, short what, void *arg);

struct client *client_new(struct ctl *ctl, struct event_base *base, int fd)
{
	struct client *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->ctl = ctl;
	c->fd = fd;
	c->session = -1;
	evutil_make_socket_nonblocking(fd);
	evutil_make_socket_closeonexec(fd);
	c->out = evbuffer_new();
	c->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, c);
	c->writable = event_new(base, fd, EV_WRITE, on_writable, c);
	if (!c->out || !c->readable || !c->writable || event_add(c->readable, NULL)) {
		c->fd = -1;
		client_free(c);
		return NULL;
	}
	return c;
}

void client_free(struct client *c)
{
	if (!c)
		return;
	if (c->readable)
		event_free(c->readable);
	if (c->writable)
		event_free(c->writable);
	if (c->out)
		evbuffer_free(c->out);
	if (c->fd >= 0)
		close(c->fd);
	free(c);
}

void client_send(struct client *c, uint16_t type, const void *payload, size_t len)
{
	struct tr_frame f = {.len = sizeof(f) + len, .type = type};

	if (evbuffer_add(c->out, &f, sizeof(f)) || (len && evbuffer_add(c->out, payload, len)))
		c->broken = true;
}

void client_error(struct client *c, const char *sentence)
{
	client_send(c, TR_FRAME_ERROR, sentence, strlen(sentence));
}

bool client_flush(struct client *c)
{
	if (c->broken)
		return false;
	while (evbuffer_get_length(c->out)) {
		int n = evbuffer_write(c->out, c->fd);

		if (n > 0)
			continue;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			return false;
		event_add(c->writable, NULL);
		return true;
	}
	return true;
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;

	(void)fd;
	(void)what;
	if (!client_flush(c))
		ctl_gone(c);
}

/* All requests that are whole. Returns the bytes used, -1 to hang up. */
static ssize_t take_requests(struct client *c)
{
	size_t used = 0;

	while (c->have - used >= sizeof(struct tr_frame)) {
		struct tr_frame f;

		memcpy(&f, c->in + used, sizeof(f));
		if (f.len < sizeof(f) || f.len > sizeof(c->in))
			return -1;
		if (c->have - used < f.len)
			break;
		if (!ctl_request(c, f.type, c->in + used + sizeof(f), f.len - sizeof(f)))
			return -1;
		used += f.len;
	}
	return used;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;
	ssize_t n, used;

	(void)what;
	n = read(fd, c->in + c->have, sizeof(c->in) - c->have);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		ctl_gone(c);
		return;
	}
	c->have += n;
	used = take_requests(c);
	if (used < 0 || !client_flush(c)) {
		ctl_gone(c);
		return;
	}
	c->have -= used;
	memmove(c->in, c->in + used, c->have);
}

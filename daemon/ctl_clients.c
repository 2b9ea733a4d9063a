/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ctl_clients.c - who is connected: lets clients in or turns them away, and lets them go. Only here
 * do the list of clients, their number and the processes that are not traced because of them
 * change, so that they agree.
 */
#include "ctl_impl.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>
#include "hello.h"

#define CLIENTS_MAX 256
#define REST_US 100000

/* A process is left out as long as it has a connection; a limited one only for limited sessions. */
static void set_ignored(struct ctl *ctl, uint32_t pid)
{
	enum ignored_by by = IGNORED_BY_NONE;
	const struct client *c;

	TAILQ_FOREACH(c, &ctl->clients, entry)
		if (c->peer.pid == pid && by != IGNORED_BY_ALL)
			by = c->peer.who.limited ? IGNORED_BY_LIMITED : IGNORED_BY_ALL;
	ctl->ops->ignore(ctl->backend, pid, by);
}

void ctl_gone(struct client *c)
{
	struct ctl *ctl = c->ctl;

	if (c->session >= 0)
		ctl_end_session(c, NULL);
	TAILQ_REMOVE(&ctl->clients, c, entry);
	ctl->nclients--;
	set_ignored(ctl, c->peer.pid);
	admit_gone(c->user);
	if (c->only)
		event_base_loopexit(ctl->base, NULL); /* also where the loop has not begun */
	client_free(c);
}

static void greet(struct client *c)
{
	struct tr_hello hello;

	hello_fill(&hello, c->ctl->ops->name);
	client_send(c, TR_FRAME_HELLO, &hello, sizeof(hello));
}

/* What the new socket takes at once, and no more. */
static void turn_away(struct ctl *ctl, int fd, const char *sentence)
{
	struct client *c = client_new(ctl, ctl->base, fd);

	if (!c) {
		close(fd);
		return;
	}
	client_error(c, sentence);
	client_flush(c);
	client_free(c);
}

static int add_client(struct ctl *ctl, int fd, const struct peer *peer, struct user *user)
{
	struct client *c = client_new(ctl, ctl->base, fd);

	if (!c) {
		admit_gone(user);
		close(fd);
		return -ENOMEM;
	}
	TAILQ_INSERT_TAIL(&ctl->clients, c, entry);
	ctl->nclients++;
	c->peer = *peer;
	c->user = user;
	c->only = peer->sole;
	set_ignored(ctl, peer->pid);
	greet(c);
	if (!client_flush(c))
		ctl_gone(c);
	return 0;
}

/* Some places are left for root and the group. */
static bool has_place(const struct ctl *ctl, bool limited)
{
	return ctl->nclients < (limited ? CLIENTS_MAX / 8 * 7 : CLIENTS_MAX);
}

static void meet(struct ctl *ctl, int fd)
{
	char err[FILTER_ERR_LEN];
	struct peer peer = {};
	struct user *user;

	if (admit_connection(&ctl->admission, fd, &peer, &user, err)) {
		turn_away(ctl, fd, err);
	} else if (!has_place(ctl, user)) {
		admit_gone(user);
		turn_away(ctl, fd, "tracerd has as many clients as it can serve");
	} else {
		add_client(ctl, fd, &peer, user);
	}
}

static void on_accept(evutil_socket_t fd, short what, void *arg)
{
	struct timeval tv = {.tv_usec = REST_US};
	struct ctl *ctl = arg;
	int client;

	(void)what;
	while ((client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
		meet(ctl, client);
	if (errno != EMFILE && errno != ENFILE && errno != ENOMEM && errno != ENOBUFS)
		return;
	/* The socket stays readable: without a rest we would do nothing else. */
	event_del(ctl->listener);
	event_add(ctl->rest, &tv);
}

static void on_rested(evutil_socket_t fd, short what, void *arg)
{
	struct ctl *ctl = arg;

	(void)fd;
	(void)what;
	event_add(ctl->listener, NULL);
}

int ctl_listen(struct ctl *ctl, int fd)
{
	ctl->listen_fd = fd;
	ctl->listener = event_new(ctl->base, fd, EV_READ | EV_PERSIST, on_accept, ctl);
	ctl->rest = event_new(ctl->base, -1, 0, on_rested, ctl);
	return ctl->listener && ctl->rest && !event_add(ctl->listener, NULL) ? 0 : -ENOMEM;
}

int ctl_serve_one(struct ctl *ctl, int fd)
{
	struct peer peer;

	auth_sole(fd, &peer);
	return add_client(ctl, fd, &peer, NULL);
}

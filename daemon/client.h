/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * client.h - one connection, shared by ctl.c (requests), ctl_clients.c (coming and going) and
 * client.c (bytes). Nobody else includes it.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <sys/queue.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <tracer/wire.h>
#include "auth.h"
#include "ctl.h"

#define CLIENT_ANSWERS_MAX (4u << 20) /* bytes of answers that may wait before a client is dropped */

enum client_state {
	CLIENT_IDLE = 0,
	CLIENT_OPEN,	 /* has a session */
	CLIENT_STOPPING, /* the session makes no more records; END comes with the next tick */
};

struct client {
	TAILQ_ENTRY(client) entry;
	struct ctl *ctl;
	int fd;
	struct peer peer;
	struct user *user; /* NULL: not limited */
	bool only; /* the event loop ends with it */
	enum client_state state;
	int session; /* -1: none */
	enum filter_kind kind;
	bool wants_blocked;
	bool snapshot;	      /* a summary was asked for */
	uint64_t interval_ns; /* when its interval began */
	bool broken; /* what it was to be told did not fit into memory: it is to hang up */
	struct event *readable, *writable;
	struct evbuffer *out;
	size_t have; /* bytes of a request that have come */
	uint8_t in[TR_FRAME_REQUEST_MAX];
};

struct client *client_new(struct ctl *ctl, struct event_base *base, int fd);
void client_free(struct client *c);

/* Queue a frame. */
void client_send(struct client *c, uint16_t type, const void *payload, size_t len);
void client_error(struct client *c, const char *sentence);

/* Writes what is queued as far as the socket takes it; the rest when it can. False: it is gone. */
bool client_flush(struct client *c);

/* ctl.c: a whole request, checked for its length. False: hang up. */
bool ctl_request(struct client *c, uint16_t type, const void *payload, size_t len);

/* ctl_clients.c */
void ctl_gone(struct client *c); /* the client hung up or misbehaved; frees it */

#endif

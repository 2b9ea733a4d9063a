/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hub.h - sessions: each with its filter, its bit, and a bounded queue of frames that somebody else empties.
 *
 * Invariant, for every session: records made = delivered + lost. Facts are not counted; they go into a
 * reserve of the queue, and if even that is full the session is told to forget all and learns them anew.
 */
#ifndef HUB_H
#define HUB_H

#include <event2/buffer.h>
#include <tracer/wire.h>
#include "backend.h"

struct hub;

struct hub_session_stats {
	enum filter_kind kind;
	uint64_t delivered, lost, queued_bytes;
};

struct hub_stats {
	unsigned int sessions;
	uint64_t delivered, lost; /* in all sessions since the start */
};

struct hub *hub_new(const struct backend_ops *ops, uint32_t queue_bytes);
void hub_free(struct hub *h); /* after the backend was closed */
struct sink hub_sink(struct hub *h);
void hub_start(struct hub *h, struct backend *b); /* the backend that feeds it */

/*
 * Opens a session; frames go to out. Takes over what f holds, also on failure. Returns its bit, or a
 * negative errno with a sentence in err (FILTER_ERR_LEN).
 */
int hub_open(struct hub *h, struct filter *f, struct evbuffer *out, char *err);

/* No more records are made for it; what was made comes with the next hub_drain. */
void hub_stop(struct hub *h, int session);

/* Gives the bit back. end_x gets the totals. */
void hub_close(struct hub *h, int session, struct tr_end *end_x);

/* Moves what the backend has into the queues. Returns the number of records. */
int hub_drain(struct hub *h, bool all);

/* For each of a session's records so far that are still being gathered: makes a frame of them. */
void hub_flush(struct hub *h, int session);

void hub_stats(const struct hub *h, struct hub_stats *stats);
int hub_session_stats(const struct hub *h, int session, struct hub_session_stats *stats);

#endif

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
#include "config.h"

struct hub;

#define HUB_FRAME_SIZE (128u << 10) /* what one frame of records takes in memory */
#define HUB_QUEUE_MIN (256u << 10) /* bytes that a queue has at least */

/* What all sessions of one user may get together; the hub counts here. */
struct hub_rate {
	uint32_t limit; /* records a second, 0: any number */
	uint32_t used;
	uint64_t since_ns; /* when this second began */
};

/* Who keeps what a session gets, however much that is, and lets go of the oldest as it likes. */
struct hub_keeper {
	void *ctx;
	/* One more frame is in the user's out, in one piece. */
	void (*sealed)(void *ctx);
	/* What was just put into the frame that is being filled. */
	void (*record)(void *ctx, const struct tr_hdr *rec);
};

/* Whom a session is for. All that it points to must live until hub_close. */
struct hub_user {
	struct evbuffer *out;
	const struct watcher *who;
	enum config_payload payload;
	size_t queue_max; /* bytes; 0: what the filter asks for, and the hub's own limit, are all */
	struct hub_rate *rate; /* NULL: any */
	const struct hub_keeper *keeper; /* NULL: a client, who may be slow */
};

struct hub_session_stats {
	enum filter_kind kind;
	uint64_t delivered, lost, queued_bytes;
	size_t limit_bytes; /* of the queue */
};

struct hub_stats {
	unsigned int sessions; /* of clients */
	uint64_t delivered, lost; /* in all sessions since the start */
};

struct hub *hub_new(const struct backend_ops *ops, uint32_t queue_bytes);
void hub_free(struct hub *h); /* after the backend was closed */
struct sink hub_sink(struct hub *h);
void hub_start(struct hub *h, struct backend *b); /* the backend that feeds it */

/*
 * Opens a session; frames go to the user's out. Takes over what f holds, also on failure. Returns its bit, or a
 * negative errno with a sentence in err (FILTER_ERR_LEN).
 */
int hub_open(struct hub *h, struct filter *f, const struct hub_user *user, char *err);

/* Puts a notice of the daemon's own into the stream; it is not counted. */
void hub_tell(struct hub *h, int session, const struct tr_hdr *rec);

/* No more records are made for it; what was made comes with the next hub_drain. */
void hub_stop(struct hub *h, int session);

/* Gives the bit back. end_x gets the totals. */
void hub_close(struct hub *h, int session, struct tr_end *end_x);

/* Moves what the backend has into the queues. Returns the number of records. */
int hub_drain(struct hub *h, bool all);

/* Makes a frame of a session's records that are still being gathered, unless older frames still wait. */
void hub_flush(struct hub *h, int session);

/* Copies the records that are still being gathered, as a frame. */
int hub_copy_open(const struct hub *h, int session, struct evbuffer *to);

void hub_stats(const struct hub *h, struct hub_stats *stats);
int hub_session_stats(const struct hub *h, int session, struct hub_session_stats *stats);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * status.h - what TR_FRAME_STATUS holds: key=value, each with a '\0' at its end.
 */
#ifndef STATUS_H
#define STATUS_H

#include <stdint.h>
#include <core/buf.h>
#include "backend.h"
#include "hub.h"
#include "recorders.h"

/* Of which it tells; belongs to its owner. */
struct status {
	const struct backend_ops *ops;
	struct backend *backend;
	struct hub *hub;
	struct recorders *recorders;
	uint64_t started_ns;
	uint64_t rate_ns, rate_events; /* when and at what count the rate was taken last */
	double rate;
};

void status_init(struct status *s, const struct backend_ops *ops, struct backend *b,
		 struct hub *hub, struct recorders *recorders);

/* What everybody may know. scope: whose processes the asker sees. */
void status_add_daemon(const struct status *s, struct buf *b, const char *scope);

/* What concerns all: not for those who see only what is theirs. */
void status_add_totals(struct status *s, struct buf *b);

void status_add_session(const struct status *s, struct buf *b, int session, uint32_t client_pid);

void status_add_number(struct buf *b, const char *key, uint64_t v);

#endif

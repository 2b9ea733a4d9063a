/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * recorders.h - the flight recorders that the configuration asks for, and what is asked of them.
 */
#ifndef RECORDERS_H
#define RECORDERS_H

#include <core/buf.h>
#include "recorder.h"

struct recorders;

/* Begins all of the configuration, which is kept and looked at again by recorders_reload. */
struct recorders *recorders_new(struct hub *hub, const struct config *config, const char *backend);
void recorders_free(struct recorders *rs);

/* Those that changed begin anew; the others go on. */
void recorders_reload(struct recorders *rs);

unsigned int recorders_active(const struct recorders *rs);

/* What is due. Those that could not begin are tried again. */
void recorders_tick(struct recorders *rs, uint64_t now_ns);

/*
 * The frames of an answer to DUMP, with at most `level` of what calls point to. name: NULL or "" for the only
 * recorder. A negative errno has its sentence in err (FILTER_ERR_LEN), and out is as it was.
 */
int recorders_dump(struct recorders *rs, const char *name, enum config_payload level,
		   uint64_t now_ns, struct evbuffer *out, char *err);

/* Appends "recorder=NAME ..." strings, each with its NUL. */
void recorders_status(const struct recorders *rs, struct buf *b);

#endif

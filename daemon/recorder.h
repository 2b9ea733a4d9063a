/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * recorder.h - a flight recorder: a session of the daemon's own, whose latest frames stay in memory.
 * What goes with the oldest frame is folded into a table of facts (told.h), so that whoever begins to read
 * at the frames that are left knows what their records need.
 */
#ifndef RECORDER_H
#define RECORDER_H

#include <stdbool.h>
#include "config.h"
#include "hub.h"
#include "payload.h"

struct recorder;

struct recorder_stats {
	uint64_t bytes;	    /* held, facts included */
	uint64_t held_ns;   /* from the oldest record to the latest */
	uint64_t records;   /* since it began */
	uint64_t lost;
	uint64_t triggers;  /* how often there was a reason to save */
};

/* Not yet recording. hub must live longer. */
struct recorder *recorder_new(struct hub *hub, const struct config_recorder *config);
void recorder_free(struct recorder *r); /* NULL: nothing */

/* 0, or a negative errno with a sentence in err (FILTER_ERR_LEN); it can be tried again. */
int recorder_open(struct recorder *r, char *err);
bool recorder_is_open(const struct recorder *r);

void recorder_expire(struct recorder *r, uint64_t now_ns); /* lets go of what is too old */

/*
 * Appends all that is held to a buffer, as RECORDS frames: without a copy at the level of the recorder itself,
 * with less of what calls point to below it.
 */
int recorder_copy(const struct recorder *r, const struct payload_map *map,
		  enum config_payload level, struct evbuffer *to);

/*
 * True, once: what is held is to be saved now, because the process did what why says
 * (RECORDER_WHY_LEN).
 */
#define RECORDER_WHY_LEN 128
bool recorder_is_due(struct recorder *r, uint64_t now_ns, char *why);

const struct config_recorder *recorder_config(const struct recorder *r);
void recorder_stats(const struct recorder *r, struct recorder_stats *stats);

#endif

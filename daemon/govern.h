/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * govern.h - keeps sessions to their budgets: measures what the programs and the daemon itself cost, and gives
 * sessions less, or more again (core/budget.h). Each step is told in the session's stream.
 */
#ifndef GOVERN_H
#define GOVERN_H

#include <core/budget.h>
#include "hub.h"

struct govern {
	const struct backend_ops *ops;
	struct backend *backend;
	struct hub *hub;
	long ncpus;
	unsigned int n;	    /* sessions that have one */
	uint64_t stopped;   /* bits of those that the backend does not know any more */
	bool sampling;
	uint64_t next_ns;   /* when the sample begins, or ends */
	uint64_t sample_ns; /* when it began */
	uint64_t self_at_ns, self_ns; /* our own time, and when it was taken */
	uint64_t records;   /* at that time, for where the programs can't be measured */
	uint32_t used;	    /* as measured last */
	uint64_t unshown[TR_MAX_SESSIONS]; /* calls that are still to be told */
	struct budget budgets[TR_MAX_SESSIONS]; /* limit 0: none */
};

void govern_init(struct govern *g, const struct backend_ops *ops, struct backend *b,
		 struct hub *hub);
void govern_add(struct govern *g, unsigned int session, uint32_t limit); /* limit 0: nothing */

void govern_stop(struct govern *g, unsigned int session); /* before the hub stops it: no step any more */

/* The session ends: what it was not shown is told. What was made for it has been drained. */
void govern_end(struct govern *g, unsigned int session, uint64_t now_ns);
void govern_tick(struct govern *g, uint64_t now_ns);

#endif

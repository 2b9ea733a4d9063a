/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * match.h - what the kernel can't decide: names of tasks and paths by glob, descriptors by number.
 * Decided for each record from the record and the facts told before it.
 */
#ifndef CLI_MATCH_H
#define CLI_MATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/types.h>
#include <tracer/event.h>
#include "facts.h"

#define MATCH_MAX 64

struct match {
	uint32_t ncomm, npath, nfd;
	const char *comm[MATCH_MAX]; /* any of them; not owned */
	const char *path[MATCH_MAX];
	int32_t fd[MATCH_MAX];
};

/* comm, as a task has it (len bytes), is asked for. */
bool match_comm(const struct match *m, const char *comm, size_t len);

/*
 * A record is to be shown. With paths or descriptors only calls are: those that have the path as an
 * argument, or a descriptor that names it.
 */
bool match_record(const struct match *m, const struct facts *facts, const struct tr_hdr *rec);

static inline bool match_any(const struct match *m)
{
	return m->ncomm || m->npath || m->nfd;
}

#endif

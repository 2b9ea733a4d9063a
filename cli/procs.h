/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * procs.h - the threads that a session follows and that live, learnt from its records. run ends
 * when none is left.
 */
#ifndef CLI_PROCS_H
#define CLI_PROCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/types.h>
#include <tracer/event.h>

struct procs;

struct procs *procs_new(void);
void procs_free(struct procs *p);
void procs_add(struct procs *p, uint32_t tgid, uint32_t tid);
bool procs_has(const struct procs *p, uint32_t tid);

/* Learns from FORK, EXEC and EXIT records; children are added if follow. */
void procs_apply(struct procs *p, const struct tr_hdr *rec, int follow);
size_t procs_count(const struct procs *p); /* threads */

/* Drops processes that are gone or dead for which gone says so: their end may have been lost. */
void procs_prune(struct procs *p, int (*gone)(uint32_t tgid));

/* A process does not exist, or is a zombie. */
int procs_gone(uint32_t tgid);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tally.h - what a summary has counted: SUMMARY frames added up by system call and by process,
 * sorted, and shown as a table or as JSON. Percentiles of sums come from added histograms.
 */
#ifndef CLI_TALLY_H
#define CLI_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <core/buf.h>
#include <core/hist.h>
#include <tracer/wire.h>
#include "term.h"

#define TALLY_NAME_LEN 40

struct tally_counts {
	uint64_t calls, errors, total_ns, min_ns, max_ns;
	struct hist hist;
};

struct tally; /* counts of one interval, or of several */

struct newer;

/* Names of processes outlive intervals. comm of len bytes; the last word wins. */
struct tally_names;
struct tally_names *tally_names_new(void);
void tally_names_free(struct tally_names *n);
void tally_names_set(struct tally_names *n, uint32_t tgid, const char *comm, size_t len, bool leader);

/* NULL if there is none. */
const char *tally_names_find(const struct tally_names *n, uint32_t tgid, size_t *len_x);

struct tally *tally_new(void);
void tally_free(struct tally *t);
void tally_clear(struct tally *t);
bool tally_is_empty(const struct tally *t);

/*
 * Adds the entries of a SUMMARY frame's payload, those of processes that `wanted` (NULL: all) takes; newer (or
 * NULL) names calls that the table does not know. Returns 0, -EPROTO where lengths don't fit (nothing more is added),
 * or -ENOMEM.
 */
int tally_add(struct tally *t, const struct newer *newer, const void *payload, size_t len,
	      bool (*wanted)(void *ctx, uint32_t tgid), void *ctx);

/* Adds another's calls to t; processes are not kept apart in t. */
int tally_merge(struct tally *t, const struct tally *other);

struct tally_view {
	enum term_theme color;
	bool in_place; /* each line ends with "clear the rest of it" */
	unsigned int width, height; /* 0: unlimited */
};

void tally_human(struct tally *t, const struct tally_names *names, const struct tally_view *view,
		 struct buf *out);
void tally_json(struct tally *t, const struct tally_names *names, struct buf *out);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hist.h - what to make of a latency histogram (event.h): the durations that a bucket stands for,
 * and percentiles. Which bucket a duration falls into is tracer/hist.h, shared with the kernel
 * side.
 */
#ifndef CORE_HIST_H
#define CORE_HIST_H

#include <stdint.h>
#include <linux/types.h>
#include <tracer/event.h>
#include <tracer/hist.h>

struct hist {
	uint64_t n; /* durations in all buckets */
	uint64_t count[TR_HIST_BUCKETS];
};

/* Durations in bucket are at least hist_low and below hist_high; the last one has no upper end. */
uint64_t hist_low(unsigned int bucket);
uint64_t hist_high(unsigned int bucket); /* UINT64_MAX for the last */

/* Counts n durations in bucket; one that does not exist counts as the last. */
void hist_add(struct hist *h, unsigned int bucket, uint64_t n);
void hist_merge(struct hist *h, const struct hist *other);

/*
 * The duration that percent of all durations don't exceed: the middle of its bucket, but within
 * [min_ns, max_ns]. 0 where nothing was counted.
 */
uint64_t hist_percentile(const struct hist *h, unsigned int percent, uint64_t min_ns,
			 uint64_t max_ns);

#endif

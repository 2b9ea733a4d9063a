/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* hist.c - arithmetic of latency histograms. */
#include "hist.h"

uint64_t hist_low(unsigned int bucket)
{
	unsigned int log2, sub;

	if (!bucket)
		return 0;
	log2 = TR_HIST_MIN_LOG2 + (bucket - 1) / TR_HIST_SUB;
	sub = (bucket - 1) % TR_HIST_SUB;
	return (uint64_t)(TR_HIST_SUB + sub) << (log2 - TR_HIST_SUB_LOG2);
}

uint64_t hist_high(unsigned int bucket)
{
	if (bucket >= TR_HIST_BUCKETS - 1)
		return UINT64_MAX;
	return hist_low(bucket + 1);
}

void hist_add(struct hist *h, unsigned int bucket, uint64_t n)
{
	h->count[bucket < TR_HIST_BUCKETS ? bucket : TR_HIST_BUCKETS - 1] += n;
	h->n += n;
}

void hist_merge(struct hist *h, const struct hist *other)
{
	for (unsigned int i = 0; i < TR_HIST_BUCKETS; i++)
		h->count[i] += other->count[i];
	h->n += other->n;
}

static uint64_t middle(unsigned int bucket, uint64_t max_ns)
{
	uint64_t low = hist_low(bucket), high = hist_high(bucket);

	return high == UINT64_MAX ? max_ns : low + (high - low) / 2;
}

uint64_t hist_percentile(const struct hist *h, unsigned int percent, uint64_t min_ns,
			 uint64_t max_ns)
{
	/* The rank is rounded up; n / 100 first, so that no count can overflow. */
	uint64_t rank = h->n / 100 * percent + (h->n % 100 * percent + 99) / 100, seen = 0, v;
	unsigned int i = 0;

	if (!h->n)
		return 0;
	for (; i < TR_HIST_BUCKETS - 1; i++) {
		seen += h->count[i];
		if (seen >= rank && seen)
			break;
	}
	v = middle(i, max_ns);
	return v < min_ns ? min_ns : v > max_ns ? max_ns : v;
}

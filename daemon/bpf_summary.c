/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bpf_summary.c - reads what the programs counted. The counts of an interval have an epoch in their key:
 * the interval ends when the epoch rises, and is read, and deleted, when no program can still be
 * adding to it. So nothing is lost between reading and deleting.
 */
#include "backend_bpf.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <core/clock.h>
#include <core/newer.h>

/* A program runs for microseconds and can't be preempted; this is ample, also for a stolen virtual CPU. */
#define SUMMARY_GRACE_NS 20000000ULL

void bpf_summary_begin(struct backend *b)
{
	__atomic_add_fetch(&b->cfg->summary_epoch, 1, __ATOMIC_SEQ_CST);
	b->epoch_ns = tr_now_ns();
}

/* Older epochs of the session are read along: a client that asked twice got them late, not never. */
static bool is_due(const struct tr_summary_key *key, unsigned int session, uint32_t epoch)
{
	return key->session == session && key->epoch != epoch;
}

int64_t bpf_summary_end(struct backend *b, unsigned int session, summary_fn *fn, void *ctx)
{
	struct tr_summary_key *due, key, *prev = NULL;
	struct tr_summary sum;
	size_t n = 0, cap = 4096;
	int64_t uncounted;

	if (tr_now_ns() - b->epoch_ns < SUMMARY_GRACE_NS)
		return -EAGAIN;
	due = malloc(cap * sizeof(*due));
	if (!due)
		return -ENOMEM;
	while (!bpf_map_get_next_key(b->maps.summaries, prev, &key)) {
		struct tr_summary_key *more;

		prev = &key;
		if (!is_due(&key, session, b->cfg->summary_epoch))
			continue;
		if (n == cap) {
			more = realloc(due, 2 * cap * sizeof(*due));
			if (!more)
				break;
			due = more;
			cap *= 2;
		}
		due[n++] = key;
	}
	for (size_t i = 0; i < n; i++) {
		if (bpf_map_lookup_elem(b->maps.summaries, &due[i], &sum))
			continue;
		bpf_map_delete_elem(b->maps.summaries, &due[i]);
		if (due[i].nr >= NEWER_FIRST && due[i].nr < TR_NR_MAX && sum.errors < sum.calls &&
		    !sc_find(due[i].abi, due[i].nr))
			bpf_newer_tell(b, due[i].nr, bit(session), tr_now_ns());
		fn(ctx, &due[i], &sum);
	}
	free(due);
	uncounted = b->uncounted[session];
	b->uncounted[session] = 0;
	return uncounted;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * summary.bpf.h - counts and latencies of summary sessions, added up in the kernel.
 */
#ifndef SUMMARY_BPF_H
#define SUMMARY_BPF_H

#include <tracer/hist.h>
#include "maps.bpf.h"

#define EXCHANGE_TRIES 8

struct tr_summary_place summary_places[TR_SUMMARY_PLACES] __attribute__((aligned(CACHE_LINE))) = {};

static __always_inline void count_uncounted(__u32 session)
{
	struct tr_counters *n;
	__u32 zero = 0;

	n = bpf_map_lookup_elem(&counters, &zero);
	if (n && session < TR_MAX_SESSIONS)
		n->uncounted[session]++;
}

static __noinline struct tr_summary *summary_new(const struct tr_summary_key *key)
{
	struct scratch *s = scratch_get(0);

	if (!s)
		return NULL;
	s->empty.min_ns = ~0ULL;
	bpf_map_update_elem(&summaries, key, &s->empty, BPF_NOEXIST);
	return bpf_map_lookup_elem(&summaries, key);
}

/* Two epochs that follow each other don't meet: the one is still to be read when the other begins. */
static __always_inline struct tr_summary *summary_find(const struct tr_summary_key *key)
{
	struct tr_summary_place *place;
	__u64 id, i;

	__builtin_memcpy(&id, key, sizeof(id)); /* all but the epoch */
	i = id * 0x9e3779b97f4a7c15ULL >> 40;
	place = &summary_places[masked(i << 1 | (key->epoch & 1), TR_SUMMARY_PLACES)];
	if (place->id == id && place->epoch == key->epoch)
		return &place->sum;
	if (!place->id && !__sync_val_compare_and_swap(&place->id, 0, TR_PLACE_TAKEN)) {
		place->epoch = key->epoch;
		__sync_val_compare_and_swap(&place->id, TR_PLACE_TAKEN, id);
		return &place->sum;
	}
	return bpf_map_lookup_elem(&summaries, key);
}

GLOBAL int summary_add(const struct tr_summary_key *of, __u32 error, __u64 ns)
{
	__u32 bucket = tr_hist_bucket(ns);
	struct tr_summary_key key;
	struct tr_summary *s;
	__u64 old;

	if (!of)
		return 0;
	key = *of; /* Linux 6.1 takes a key from the stack, but not from the memory of an argument */
	s = summary_find(&key);
	if (!s)
		s = summary_new(&key);
	if (!s) {
		count_uncounted(key.session);
		return 0;
	}
	__sync_fetch_and_add(&s->calls, 1);
	if (error)
		__sync_fetch_and_add(&s->errors, 1);
	__sync_fetch_and_add(&s->total_ns, ns);
	if (bucket < TR_HIST_BUCKETS)
		__sync_fetch_and_add(&s->hist[bucket], 1);
	for (int i = 0; i < EXCHANGE_TRIES; i++) {
		old = s->min_ns;
		if (ns >= old || __sync_val_compare_and_swap(&s->min_ns, old, ns) == old)
			break;
	}
	for (int i = 0; i < EXCHANGE_TRIES; i++) {
		old = s->max_ns;
		if (ns <= old || __sync_val_compare_and_swap(&s->max_ns, old, ns) == old)
			break;
	}
	return 0;
}

/* call: the number, and above 16 bits the ABI. */
GLOBAL int summarize_all(__u32 tgid, __u32 call, __u64 mask, __u32 error, __u64 ns)
{
	struct tr_summary_key key = {
		.tgid = tgid,
		.nr = call,
		.abi = call >> 16,
		.epoch = cfg.summary_epoch,
	};

	for (int i = 0; i < TR_MAX_SESSIONS; i++) {
		__u64 rest = mask;

		asm volatile("%0 >>= %1" : "+r"(rest) : "r"((__u64)i));
		if (!rest)
			break;
		if (!(rest & 1))
			continue;
		key.session = i;
		summary_add(&key, error, ns);
	}
	return 0;
}

static __always_inline void summarize(__u32 tgid, const struct task_state *st, __u64 mask,
				      bool error, __u64 ns)
{
	struct tr_summary_key key = {
		.tgid = tgid,
		.nr = st->nr,
		.abi = st->abi,
		.session = cfg.summary_session,
		.epoch = cfg.summary_epoch,
	};

	if (mask == cfg.summary_one)
		summary_add(&key, error, ns);
	else
		summarize_all(tgid, st->nr | (__u32)st->abi << 16, mask, error, ns);
}

#endif

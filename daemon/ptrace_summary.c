/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ptrace_summary.c - counts and latencies of summary sessions. Nothing adds to them while they are read:
 * an interval ends when it is asked for.
 */
#include "backend_ptrace.h"

#include <stdlib.h>
#include <tracer/hist.h>

static struct ptrace_sum *sum_get(struct backend *b, const struct tr_summary_key *key)
{
	struct ptrace_sum *s;

	HASH_FIND(hh, b->sums, key, sizeof(*key), s);
	if (s)
		return s;
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->key = *key;
	s->sum.min_ns = UINT64_MAX;
	HASH_ADD(hh, b->sums, key, sizeof(s->key), s);
	return s;
}

static void add(struct tr_summary *s, bool error, uint64_t ns)
{
	s->calls++;
	s->errors += error;
	s->total_ns += ns;
	if (ns < s->min_ns)
		s->min_ns = ns;
	if (ns > s->max_ns)
		s->max_ns = ns;
	s->hist[tr_hist_bucket(ns)]++;
}

void ptrace_count(struct backend *b, const struct ptrace_task *t, uint64_t sessions, bool error,
		  uint64_t duration_ns)
{
	struct tr_summary_key key = {
	    .tgid = t->proc->tgid,
	    .nr = t->call.nr,
	    .abi = t->call.abi,
	};

	for (; sessions; sessions &= sessions - 1) {
		struct ptrace_sum *s;

		key.session = __builtin_ctzll(sessions);
		s = sum_get(b, &key);
		if (s)
			add(&s->sum, error, duration_ns);
		else
			b->uncounted[key.session]++;
	}
}

void ptrace_summary_begin(struct backend *b)
{
	(void)b;
}

int64_t ptrace_summary_end(struct backend *b, unsigned int session, summary_fn *fn, void *ctx)
{
	int64_t uncounted = b->uncounted[session];
	struct ptrace_sum *s, *next;

	b->uncounted[session] = 0;
	HASH_ITER(hh, b->sums, s, next) {
		if (s->key.session != session)
			continue;
		if (fn)
			fn(ctx, &s->key, &s->sum);
		HASH_DEL(b->sums, s);
		free(s);
	}
	return uncounted;
}

void ptrace_summary_drop(struct backend *b, unsigned int session)
{
	ptrace_summary_end(b, session, NULL, NULL);
}

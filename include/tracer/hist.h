/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hist.h - which bucket of the latency histogram (event.h) a duration belongs to. Shared by the BPF
 * programs and user space, so that both agree.
 */
#ifndef TRACER_HIST_H
#define TRACER_HIST_H

#include "event.h"

static inline __u32 tr_hist_log2(__u64 v)
{
	__u32 l = 0;

	if (v >> 32) {
		v >>= 32;
		l += 32;
	}
	if (v >> 16) {
		v >>= 16;
		l += 16;
	}
	if (v >> 8) {
		v >>= 8;
		l += 8;
	}
	if (v >> 4) {
		v >>= 4;
		l += 4;
	}
	if (v >> 2) {
		v >>= 2;
		l += 2;
	}
	return l + (__u32)(v >> 1 & 1);
}

static inline __u32 tr_hist_bucket(__u64 ns)
{
	__u32 l, b;

	if (ns < TR_HIST_MIN_NS)
		return 0;
	l = tr_hist_log2(ns);
	b = 1 + (l - TR_HIST_MIN_LOG2) * TR_HIST_SUB +
	    (__u32)(ns >> (l - TR_HIST_SUB_LOG2) & (TR_HIST_SUB - 1));
	return b < TR_HIST_BUCKETS ? b : TR_HIST_BUCKETS - 1;
}

#endif

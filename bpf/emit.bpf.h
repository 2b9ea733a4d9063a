/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * emit.bpf.h - records into the ring of this CPU's group, and what did not fit, counted per session.
 */
#ifndef EMIT_BPF_H
#define EMIT_BPF_H

#include "maps.bpf.h"

GLOBAL int count_lost(__u64 sessions)
{
	struct tr_counters *n;
	__u32 zero = 0;

	n = bpf_map_lookup_elem(&counters, &zero);
	if (!n)
		return 0;
	for (int i = 0; i < TR_MAX_SESSIONS; i++)
		if (sessions >> i & 1)
			n->lost[i]++;
	return 0;
}

static __always_inline void hdr_init(struct tr_hdr *h, __u32 len, __u32 type, __u64 sessions,
				     struct task_struct *task)
{
	h->len = len;
	h->type = type;
	h->flags = 0;
	h->time_ns = bpf_ktime_get_ns();
	h->sessions = sessions;
	h->tgid = task->tgid;
	h->tid = task->pid;
}

/* The reader sleeps until a ring is this full, or its timer fires: one wake-up for each crossing. */
static __always_inline __u64 ring_flags(void *ring, __u32 len)
{
	__u64 used = bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA);

	return used < ring_watermark && used + len + 8 >= ring_watermark ? BPF_RB_FORCE_WAKEUP :
									   BPF_RB_NO_WAKEUP;
}

/* 0, or -1 where the record did not fit; the caller counts it then, unless it was a fact. */
static __always_inline int emit(void *rec, __u32 len)
{
	__u32 i = bpf_get_smp_processor_id() & ring_mask;
	void *ring = bpf_map_lookup_elem(&rings, &i);

	if (!ring)
		return -1;
	return bpf_ringbuf_output(ring, rec, len, ring_flags(ring, len)) ? -1 : 0;
}

#endif

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
		n->lost[i] += sessions >> i & 1;
	return 0;
}

GLOBAL int count_unshown(__u64 sessions)
{
	struct tr_counters *n;
	__u32 zero = 0;

	n = bpf_map_lookup_elem(&counters, &zero);
	if (!n)
		return 0;
	for (int i = 0; i < TR_MAX_SESSIONS; i++)
		n->unshown[i] += sessions >> i & 1;
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

/*
 * The reader sleeps until so many bytes came, or its timer fires. Counted without a lock: that a wake-up
 * comes a little late or twice does no harm.
 */
static __always_inline __u64 ring_flags(__u32 i, __u32 len)
{
	__u32 bytes;

	i &= 2 * TR_RINGS_MAX - 1;
	bytes = ring_unread[i].bytes + len;
	if (bytes < ring_watermark) {
		ring_unread[i].bytes = bytes;
		return BPF_RB_NO_WAKEUP;
	}
	ring_unread[i].bytes = 0;
	return BPF_RB_FORCE_WAKEUP;
}

static __always_inline int ring_put(__u32 i, void *rec, __u32 len)
{
	void *ring = bpf_map_lookup_elem(&rings, &i);

	return ring ? bpf_ringbuf_output(ring, rec, len, ring_flags(i, len)) : -1;
}

/*
 * Every group of CPUs has a small ring, which stays in the cache as long as the reader keeps up, and a large one
 * for when it does not; the reader puts them in order by time. 0, or -1 where the record fits into neither; the
 * caller counts it then, unless it was a fact.
 */
static __always_inline int emit(void *rec, __u32 len)
{
	__u32 i = bpf_get_smp_processor_id() & ring_mask;

	if (!ring_put(i, rec, len) || !ring_put(i + ring_mask + 1, rec, len))
		return 0;
	return -1;
}

#endif

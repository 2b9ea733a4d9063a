/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * more.bpf.h - what a record has no room for: for the sessions whose string limits are large, and for nobody
 * else.
 */
#ifndef MORE_BPF_H
#define MORE_BPF_H

#include "access.bpf.h"
#include "emit.bpf.h"

static struct cap_buffer *buffer_get(void);
static int more_send(struct tr_capture *c, struct tr_data *rec, __u32 len);

#define more_buffer(c) buffer_get()
#include <tracer/more.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cap_buffer);
} buffers SEC(".maps");

/* Of what is longer than its record's room a session gets no more than its limit, and 8 bytes of a message's type. */
GLOBAL __u64 sessions_beyond(__u64 mask, __u32 offset)
{
	__u64 beyond = 0;

	for (int i = 0; i < TR_MAX_SESSIONS; i++)
		beyond |= tr_less(offset, cfg.limits[i] + 8ULL) << i;
	return mask & beyond;
}

static __always_inline struct cap_buffer *buffer_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&buffers, &zero);
}

static __always_inline int more_send(struct tr_capture *c, struct tr_data *rec, __u32 len)
{
	__u64 id = bpf_get_current_pid_tgid(), mask = c->more.sessions;

	if (rec->offset && rec->item.part != TR_PART_ARG_BLOCK && !rec->whole)
		mask = sessions_beyond(mask, rec->offset);
	if (mask & cfg.limited)
		mask = within_rate(mask, rec->h.time_ns);
	if (!mask)
		return -1;
	rec->h.sessions = mask;
	rec->h.tgid = id >> 32;
	rec->h.tid = id;
	if (!emit(rec, clamp_u32(len, sizeof(struct cap_buffer) - 64)))
		return 0;
	count_lost(mask);
	return -1;
}

/*
 * time_ns: of the first piece, the others are a nanosecond apart. The reader puts all in order by time: they come after
 * the record of the call before, and before their own.
 */
static __always_inline void send_more(struct tr_capture *c, const struct tr_plan *plan, __u64 mask,
				      __u64 time_ns, int at_exit)
{
	c->more.sessions = mask & cfg.longs;
	if (!c->more.sessions)
		return;
	c->more.limit = cfg.long_limit;
	c->more.time_ns = time_ns;
	more_run(c, plan, at_exit);
}

#endif

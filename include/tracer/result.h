/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * result.h - which sessions want a call with a certain result; both backends ask here. Inlined whole into BPF
 * programs, which have no stack to spare for a call.
 */
#ifndef TRACER_RESULT_H
#define TRACER_RESULT_H

#include <tracer/bpf_shared.h>

#define TR_INLINE static inline __attribute__((always_inline))

/* e: the error's number, which the caller keeps below TR_NR_MAX: one as large as that has no name; 0: none. */
TR_INLINE __u64 tr_result_sessions(const struct tr_config *c, __u64 mask, __u32 e)
{
	if (!(mask & (c->failed | c->ok | c->by_errno)))
		return mask;
	mask &= e ? ~c->ok : ~c->failed;
	return mask & (c->errnos[e] | ~c->by_errno);
}

/* Those of the mask for which the call was slow enough. */
TR_INLINE __u64 tr_result_slow(const struct tr_config *c, __u64 mask, __u64 duration_ns)
{
	__u64 fast = 0;

	for (int i = 0; i < TR_MAX_SESSIONS; i++)
		fast |= tr_less(duration_ns, c->slower_ns[i]) << i;
	return mask & ~(fast & c->by_time);
}

#endif

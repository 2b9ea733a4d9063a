/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * exec.bpf.h - the arguments of an execve that succeeded, of which some could not be read when it was called.
 */
#ifndef EXEC_BPF_H
#define EXEC_BPF_H

#include "more.bpf.h"

/* The strings of the new image that argument arg became. */
static __always_inline void exec_block(struct tr_capture *c, __u64 start, __u64 end, __u32 arg)
{
	__u32 meta = CAP_META(arg, TR_PART_ARG_BLOCK, TR_ITEM_EXIT, 0);

	cap_bytes(c, start, end - start, meta);
	if (!c->cut || !c->more.sessions)
		return;
	more_number(c);
	more_bytes(c, start, end - start, TR_DATA_MAX, meta);
}

/*
 * The old memory is gone, so what of execve's arguments could not be read at entry is taken from the
 * kernel's copy and from the new image.
 */
static __always_inline void exec_recover(struct task_struct *task, struct tr_capture *c,
					 const struct tr_exec *r, __u64 mask)
{
	struct mm_struct *mm = untrusted(task)->mm;
	__u32 retry = c->retry, off, n;

	c->retry = 0;
	c->cut = 0;
	if (!retry || !mm)
		return;
	c->more.time_ns = bpf_ktime_get_ns();
	c->more.sessions = mask & cfg.longs;
	if (retry & 1) {
		off = clamp_u32(c->off, TR_PAYLOAD_MAX);
		n = clamp_u32(r->filename_len, CAP_ITEM_MAX);
		if (off + n + 16 < TR_PAYLOAD_MAX &&
		    !bpf_probe_read_kernel(&c->payload[off + 8], n, r + 1))
			cap_put(c, off, n, CAP_META(0, TR_PART_SELF, 0, 0));
	}
	if (retry & 2)
		exec_block(c, mm->arg_start, mm->arg_end, 1);
	if (retry & 4)
		exec_block(c, mm->env_start, mm->env_end, 2);
}

#endif

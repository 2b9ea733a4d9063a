/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * newer.bpf.c - which numbers system calls have that the table does not know: every one has a tracepoint of its
 * own, and whoever passes it says the number. Only loaded where such a number was seen.
 */
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>
#include <tracer/event.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* By number: the cookie of the tracepoint that was passed, 0: none was. */
__u32 passed[TR_NR_MAX] = {};

/* What tracepoints of system calls begin with, see their format in tracefs. */
struct entry {
	__u64 common;
	__s32 nr;
};

SEC("tracepoint")
int newer_call(struct entry *ctx)
{
	__u32 nr = ctx->nr;

	if (nr < TR_NR_MAX)
		passed[nr] = bpf_get_attach_cookie(ctx);
	return 0;
}

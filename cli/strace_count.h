/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_count.h - what strace -c counts, and the table that it makes of it.
 */
#ifndef CLI_STRACE_COUNT_H
#define CLI_STRACE_COUNT_H

#include <core/buf.h>
#include "strace_opts.h"

struct strace_counts;
struct newer;

struct strace_counts *strace_counts_new(void);
void strace_counts_free(struct strace_counts *n);

/* Calls of one kind; all times are sums of so many but for the last two. */
struct strace_count {
	uint64_t calls, errors, total_ns, min_ns, max_ns;
};
void strace_counts_add(struct strace_counts *n, unsigned int abi, unsigned int nr,
		       const struct strace_count *more);

/* A SUMMARY frame's payload. Returns 0, or -EPROTO where lengths don't fit. */
int strace_counts_frame(struct strace_counts *n, const struct strace_options *o, const void *payload,
			size_t len);

void strace_counts_show(const struct strace_counts *n, const struct strace_options *o,
			const struct newer *newer, struct buf *out);

#endif

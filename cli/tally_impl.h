/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* tally_impl.h - what tally.c and tally_show.c share. */
#ifndef CLI_TALLY_IMPL_H
#define CLI_TALLY_IMPL_H

#include <uthash.h>
#include "tally.h"

struct tally_name {
	uint32_t tgid;
	bool leader;
	size_t len;
	char comm[TR_COMM_LEN];
	UT_hash_handle hh;
};

struct tally_names {
	struct tally_name *by_tgid;
};

struct tally_call {
	char name[TALLY_NAME_LEN];
	struct tally_counts counts;
	UT_hash_handle hh;
};

/* One call of one process; buckets as pairs, a bucket may come more than once. */
struct tally_row {
	const struct tally_call *call;
	uint64_t calls, errors, total_ns, min_ns, max_ns;
	uint32_t *pairs;
	size_t npairs;
};

struct tally_proc {
	uint32_t tgid;
	uint64_t calls, errors, total_ns;
	struct tally_row *rows;
	size_t nrows, room;
	UT_hash_handle hh;
};

struct tally {
	uint64_t duration_ns, lost;
	struct tally_counts all; /* its histogram is not kept */
	struct tally_call *calls; /* by name */
	struct tally_proc *procs; /* by tgid */
};

const struct tally_name *tally_name(const struct tally_names *n, uint32_t tgid);
void tally_counts_add(struct tally_counts *c, uint64_t calls, uint64_t errors, uint64_t total_ns,
		      uint64_t min_ns, uint64_t max_ns);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bpf_shared.h - what the BPF programs and the daemon's BPF backend share beyond records: the
 * compiled filters of all sessions, which the backend writes while the programs read them.
 *
 * A session is a bit. A bit of `active` is set last and cleared first, and `gen` rises with every
 * change: a task whose cached mask is of another generation computes it anew.
 */
#ifndef TRACER_BPF_SHARED_H
#define TRACER_BPF_SHARED_H

#include "event.h"

#define TR_RINGS_MAX 16
#define TR_ABI_SLOTS 4 /* TR_ABI_MAX, rounded up to a power of two for the verifier */
#define TR_SLOTS 256 /* tasks whose records are made in a slot, 12 KB each; others cost more time */
#define TR_BLOCKED_NS 1000000000ULL /* a call that takes longer is reported as blocked */

/*
 * Whether a is less than b, both below 2^63: 0 or 1, without a branch. A loop over all sessions that has one lets the
 * verifier of Linux 5.19 follow each of its 2^64 ways; here it sees a bit that it does not know.
 */
static inline __attribute__((always_inline)) __u64 tr_less(__u64 a, __u64 b)
{
	__u64 difference = a - b;

	__asm__ volatile("" : "+r"(difference));
	return difference >> 63;
}

struct tr_config {
	__u32 gen;
	__u32 attach_epoch; /* rises when programs are attached: state of before is void */
	__u64 active;
	__u64 limited; /* sessions of users who see only their own processes */
	/* sessions that don't care about a dimension; the others are asked in its map */
	__u64 any_tgid, any_tid, any_uid, any_comm, any_cgroup;
	__u64 traced;	 /* stream and summary sessions: those that the programs work for */
	__u64 stream;	 /* sessions that get a record per call */
	__u64 summary;	 /* sessions that get counts */
	__u64 summary_one; /* the same where it is a single session, else 0 */
	__u32 summary_session; /* which that is */
	__u32 pad2;
	__u64 follow;	 /* children inherit */
	__u64 fds;	 /* TR_FD facts for arguments */
	__u64 ret_fds;	 /* and for results */
	__u64 data;	 /* what arguments point to */
	__u64 whole;	 /* also what no sentence tells */
	__u64 blocked;	 /* reports of blocked calls */
	__u64 env;	 /* the variables of a new program */
	__u64 pointer;	 /* where calls are made */
	__u64 longs;	 /* what a record has no room for */
	__u64 cpu_time;	 /* summary sessions whose times are without the waiting */
	__u64 returned;	 /* and those that count only calls that return */
	__u64 budgeted;	 /* sessions with a budget, which may be: */
	__u64 counted;	 /* sessions that get no record of a call for now, only their number */
	__u64 entries;	 /* reports of calls as soon as they wait */
	__u64 failed, ok; /* only such results */
	__u64 by_errno;	 /* sessions that name errors: errnos[] decides */
	__u64 by_time;	 /* sessions with a slower_ns */
	__u32 string_limit; /* the largest of all sessions that are not in `longs` */
	__u32 long_limit;   /* and of those that are */
	__u32 limits[TR_MAX_SESSIONS];
	__u32 summary_epoch;
	__u32 scan;	    /* session number + 1 that the iterator serves; 0: report blocked calls */
	__u64 slower_ns[TR_MAX_SESSIONS];
	__u64 born_ns[TR_MAX_SESSIONS]; /* bits inherited before that are of another session */
	__u32 rates[TR_MAX_SESSIONS]; /* calls a second that a limited session may have */
	__u64 caps[TR_MAX_SESSIONS]; /* limited sessions: tasks that hold more are out of sight */
	__u64 errnos[TR_NR_MAX];	/* errno -> sessions */
	__u64 calls[TR_ABI_SLOTS][TR_NR_MAX]; /* number -> sessions; the last: all that are beyond */
	struct tr_plan plans[TR_ABI_SLOTS][TR_NR_MAX];
};

/* Where all who get a call take what does not fit, its record has what does; else as much as the others want. */
static inline __attribute__((always_inline)) __u32 tr_record_limit(const struct tr_config *cfg,
								   __u64 mask)
{
	if (!(mask & cfg->longs) || mask & cfg->stream & ~cfg->longs)
		return cfg->string_limit;
	return cfg->long_limit < TR_ITEM_MAX ? cfg->long_limit : TR_ITEM_MAX;
}

/* Whose processes a limited session may see: numbers of the initial user namespace. */
struct tr_owner {
	__u32 uid, gid;
	__u32 userns; /* inode number */
};

/* Values of the map of processes that are not traced. */
#define TR_IGNORED 1		/* by nobody */
#define TR_IGNORED_LIMITED 2	/* by limited sessions */

/* Counted per CPU. */
struct tr_counters {
	__u64 lost[TR_MAX_SESSIONS];	  /* records that did not fit into the ring */
	__u64 unshown[TR_MAX_SESSIONS];	  /* calls of sessions that are `counted` */
	__u64 uncounted[TR_MAX_SESSIONS]; /* calls that a summary could not count */
	__u64 over_rate[TR_MAX_SESSIONS]; /* records more than a limited session may have */
};

/*
 * Counts that are found by a few loads; what has no place here is in a map, whose look-up costs as much as a clock.
 * A place is a key's, of one epoch, from the first call that finds it free until the backend has read it. Both its own
 * and the map may have counts of a key.
 */
#define TR_SUMMARY_PLACES 1024
struct tr_summary_place {
	__u64 id; /* the key but for its epoch; 0: it is free; TR_PLACE_TAKEN: it is being made somebody's */
	__u32 epoch;
	__u32 pad;
	struct tr_summary sum; /* of a free place: as of no call */
};
#define TR_PLACE_TAKEN (~0ULL)

_Static_assert(sizeof(struct tr_summary_place) % 64 == 0, "tr_summary_place");

/* What the task iterator tells of a task that is inside a system call. */
struct tr_pending {
	__u64 sessions;
	__u32 tgid, tid;
	__u64 start_ns; /* CLOCK_MONOTONIC */
	__u16 nr;
	__u8 abi;
	__u8 exact; /* 0: start_ns is when the task last ran, not when it made the call */
	__u32 pad;
	__u64 pointer; /* where the program goes on */
	__u64 args[TR_MAX_ARGS];
};

_Static_assert(sizeof(struct tr_pending) == 88, "tr_pending");

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * backend_bpf.h - what the files of the BPF backend share. Nobody else includes it.
 */
#ifndef BACKEND_BPF_H
#define BACKEND_BPF_H

#include <tracer/bpf_shared.h>
#include "backend.h"
#include "ring.h"

#define BPF_LINKS_MAX 8

struct tracer_bpf;
struct tr_capture;
struct newer;
struct newer_watch;
struct bpf_link;
struct bpf_object;

/* File descriptors of the maps that sessions are compiled into. */
struct bpf_maps {
	int by_tgid, by_tid, by_uid, by_comm, by_cgroup, by_owner, by_pidns, ignored, summaries, counters;
};

struct bpf_session {
	const struct filter *filter; /* NULL: the bit is free */
	const struct watcher *who;
	uint64_t cgroups[32];	     /* ids that were entered */
	unsigned int ncgroups;
	uint32_t *descendants; /* processes that ran when the session began */
	size_t ndescendants;
};

/* Calls that the table does not know, by number. */
struct bpf_newer {
	struct newer *known;
	struct newer_watch *watch; /* NULL: nothing is to be learnt */
	uint16_t asked[TR_NR_MAX];
	uint64_t told[TR_NR_MAX]; /* sessions that know what it is */
};

struct backend {
	struct sink sink;
	struct tracer_bpf *skel;
	struct bpf_object *obj; /* of it */
	struct tr_config *cfg; /* shared with the programs, and so is */
	struct tr_summary_place *places;
	struct bpf_maps maps;
	struct ring rings[2 * TR_RINGS_MAX]; /* first the small ones, then as many large ones */
	unsigned int nrings;
	size_t ring_size; /* of each large one, bytes */
	struct bpf_link *links[BPF_LINKS_MAX];
	unsigned int nlinks;
	struct bpf_link *switches; /* the program that a few sessions need beside those */
	struct bpf_link *scan; /* the task iterator, NULL where the kernel has none */
	struct bpf_session sessions[TR_MAX_SESSIONS];
	unsigned int tracing; /* sessions that need the programs attached */
	struct tr_counters *counters; /* as read last, one per CPU */
	int ncpus;
	/* How much of the counters was reported, by bit: they never go back, whoever has the bit. */
	struct tr_counters reported;
	uint64_t records, lost;
	uint64_t uncounted[TR_MAX_SESSIONS]; /* not yet handed to their session */
	uint64_t unshown[TR_MAX_SESSIONS];   /* the same */
	int cost_fd; /* run-time statistics are on as long as it is open; -1: they are off */
	uint64_t cost_ns; /* what they were when that began */
	uint64_t epoch_ns; /* when summary_begin was called, 0: not */
	uint64_t dropped; /* sessions that are gone, but still have places */
	uint64_t dropped_ns; /* when the last one went */
	struct tr_capture *capture; /* scratch for pending calls */
	struct bpf_newer newer;
};

/* What the counters say since the last time, for all sessions. */
void bpf_counters(struct backend *b, struct tr_counters *fresh);

/* bpf_programs.c: the first two as in backend_ops; then whether the programs run. */
int bpf_open(struct backend **b_x, const struct sink *sink, size_t ring_bytes, char *why);
void bpf_close(struct backend *b);
int bpf_attach(struct backend *b); /* what every session needs; all or nothing */
int bpf_attach_switches(struct backend *b); /* or detaches them: as the sessions ask now */
void bpf_detach(struct backend *b); /* all */

/* bpf_filter.c: sessions into maps. Both leave the maps of other sessions as they are. */
int bpf_filter_add(struct backend *b, unsigned int session, const struct filter *f,
		   const struct watcher *who, char *err);
void bpf_filter_del(struct backend *b, unsigned int session);
void bpf_filter_forget(struct backend *b); /* tasks cache nothing, sessions know nothing */

/* bpf_cost.c */
void bpf_cost_begin(struct backend *b);
int64_t bpf_cost_end(struct backend *b);

/* bpf_scan.c */
int bpf_pending(struct backend *b, int session);

/* bpf_summary.c */
void bpf_summary_begin(struct backend *b);
int64_t bpf_summary_end(struct backend *b, unsigned int session, summary_fn *fn, void *ctx);
void bpf_summary_open(struct backend *b);
void bpf_summary_drop(struct backend *b, unsigned int session); /* it is gone: so is what it counted */
void bpf_summary_settle(struct backend *b, unsigned int session); /* before the bit is another's */

/* bpf_newer.c: sessions see call nr, which the table does not know. */
void bpf_newer_tell(struct backend *b, uint32_t nr, uint64_t sessions, uint64_t time_ns);
void bpf_newer_forget(struct backend *b, uint64_t sessions); /* they know nothing */
void bpf_newer_end(struct backend *b); /* nobody traces any more */

static inline uint64_t bit(unsigned int session)
{
	return 1ULL << session;
}


#endif

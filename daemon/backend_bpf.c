/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * backend_bpf.c - what the backend does while it runs: sessions come and go, the programs' counters
 * are told, their rings are merged by time and emptied in batches.
 */
#include "backend_bpf.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <core/clock.h>
#include <core/newer.h>
#include "compile.h"

static bool needs_programs(const struct filter *f)
{
	return f->kind != FILTER_PENDING;
}

void bpf_counters(struct backend *b, struct tr_counters *fresh)
{
	struct tr_counters sum = {};
	uint32_t zero = 0;

	memset(fresh, 0, sizeof(*fresh));
	if (bpf_map_lookup_elem(b->maps.counters, &zero, b->counters))
		return;
	for (unsigned int s = 0; s < TR_MAX_SESSIONS; s++) {
		for (int i = 0; i < b->ncpus; i++) {
			sum.lost[s] += b->counters[i].lost[s];
			sum.uncounted[s] += b->counters[i].uncounted[s];
			sum.unshown[s] += b->counters[i].unshown[s];
			sum.over_rate[s] += b->counters[i].over_rate[s];
		}
		fresh->lost[s] = sum.lost[s] - b->reported.lost[s];
		fresh->unshown[s] = sum.unshown[s] - b->reported.unshown[s];
		fresh->uncounted[s] = sum.uncounted[s] - b->reported.uncounted[s];
		fresh->over_rate[s] = sum.over_rate[s] - b->reported.over_rate[s];
	}
	b->reported = sum;
}

static void report_lost(struct backend *b)
{
	struct tr_counters fresh;

	bpf_counters(b, &fresh);
	for (unsigned int s = 0; s < TR_MAX_SESSIONS; s++) {
		b->unshown[s] += fresh.unshown[s];
		if (!b->sessions[s].filter)
			continue;
		b->uncounted[s] += fresh.uncounted[s];
		b->lost += fresh.lost[s] + fresh.over_rate[s];
		if (fresh.lost[s])
			b->sink.lost(b->sink.ctx, s, fresh.lost[s], TR_LOST_RING);
		if (fresh.over_rate[s])
			b->sink.lost(b->sink.ctx, s, fresh.over_rate[s], TR_LOST_RATE);
	}
}

static int bpf_session_add(struct backend *b, unsigned int session, const struct filter *f,
			   const struct watcher *who, char *err)
{
	int r;

	if (f->ninject) {
		snprintf(err, FILTER_ERR_LEN, "BPF can't tamper with calls: ptrace can");
		return -EOPNOTSUPP;
	}
	if (f->stack) {
		snprintf(err, FILTER_ERR_LEN, "BPF can't tell the functions that calls come from: ptrace can");
		return -EOPNOTSUPP;
	}
	report_lost(b);
	b->uncounted[session] = b->unshown[session] = 0;
	r = bpf_filter_add(b, session, f, who, err);
	if (r || !needs_programs(f))
		return r;
	r = b->tracing ? 0 : bpf_attach(b);
	if (!r)
		r = bpf_attach_switches(b);
	if (r) {
		snprintf(err, FILTER_ERR_LEN, "the programs can't be attached: %s", strerror(-r));
		bpf_filter_del(b, session);
		if (!b->tracing)
			bpf_detach(b);
		return r;
	}
	b->tracing++;
	return 0;
}

static void bpf_session_del(struct backend *b, unsigned int session)
{
	const struct filter *f = b->sessions[session].filter;
	bool traced;

	if (!f)
		return;
	report_lost(b);
	traced = needs_programs(f);
	bpf_newer_forget(b, bit(session));
	bpf_filter_del(b, session);
	if (traced && --b->tracing == 0)
		bpf_detach(b);
	else
		bpf_attach_switches(b);
}

static void bpf_retell(struct backend *b)
{
	bpf_newer_forget(b, ~0ULL);
	bpf_filter_forget(b);
}

static void bpf_show(struct backend *b, unsigned int session, enum tr_shown shown)
{
	compile_shown(b->cfg, session, b->sessions[session].filter, shown);
}

static uint64_t bpf_unshown(struct backend *b, unsigned int session)
{
	uint64_t n;

	report_lost(b);
	n = b->unshown[session];
	b->unshown[session] = 0;
	return n;
}

static int bpf_fd(struct backend *b, unsigned int i)
{
	return i < b->nrings ? b->rings[i].fd : -1;
}

/* The ring whose next record is the oldest, NULL when all are empty or newer than the limit. */
static struct ring *oldest(struct backend *b, uint64_t limit_ns, const struct tr_hdr **rec_x)
{
	struct ring *best = NULL;

	for (unsigned int i = 0; i < b->nrings; i++) {
		const struct tr_hdr *rec = ring_peek(&b->rings[i]);

		if (!rec || rec->time_ns > limit_ns)
			continue;
		if (!best || rec->time_ns < (*rec_x)->time_ns) {
			best = &b->rings[i];
			*rec_x = rec;
		}
	}
	return best;
}

/* ENOSYS: it is no call at all. */
static bool is_newer(const struct tr_hdr *rec)
{
	const struct tr_syscall *call = (const struct tr_syscall *)rec;

	return rec->type == TR_SYSCALL && call->nr >= NEWER_FIRST && call->nr < TR_NR_MAX &&
	       call->ret != -ENOSYS && !sc_find(call->abi, call->nr);
}

static int bpf_drain(struct backend *b, bool all)
{
	/* What another CPU made before this moment may not be in its ring yet; it takes microseconds. */
	uint64_t limit = all ? UINT64_MAX : tr_now_ns();
	const struct tr_hdr *rec;
	struct ring *ring;
	int n = 0;

	for (unsigned int i = 0; i < b->nrings; i++)
		ring_begin(&b->rings[i]);
	while ((ring = oldest(b, limit, &rec))) {
		if (is_newer(rec))
			bpf_newer_tell(b, ((const struct tr_syscall *)rec)->nr, rec->sessions,
				       rec->time_ns);
		b->sink.record(b->sink.ctx, rec);
		ring_next(ring);
		n++;
	}
	for (unsigned int i = 0; i < b->nrings; i++)
		ring_release(&b->rings[i]);
	b->records += n;
	report_lost(b);
	return n;
}

static void bpf_ignore(struct backend *b, uint32_t tgid, enum ignored_by by)
{
	uint64_t value = by == IGNORED_BY_ALL ? TR_IGNORED : TR_IGNORED_LIMITED;

	if (by)
		bpf_map_update_elem(b->maps.ignored, &tgid, &value, BPF_ANY);
	else
		bpf_map_delete_elem(b->maps.ignored, &tgid);
}

static void bpf_stats(struct backend *b, struct backend_stats *stats)
{
	*stats = (struct backend_stats){
	    .records = b->records,
	    .lost = b->lost,
	    .programs = b->nlinks,
	};
	for (unsigned int i = 0; i < b->nrings; i++)
		stats->kernel_bytes += b->rings[i].size;
}

const struct backend_ops backend_bpf = {
    .name = "bpf",
    .open = bpf_open,
    .close = bpf_close,
    .fd = bpf_fd,
    .drain = bpf_drain,
    .session_add = bpf_session_add,
    .session_del = bpf_session_del,
    .summary_begin = bpf_summary_begin,
    .summary_end = bpf_summary_end,
    .summary_drop = bpf_summary_drop,
    .pending = bpf_pending,
    .retell = bpf_retell,
    .ignore = bpf_ignore,
    .show = bpf_show,
    .unshown = bpf_unshown,
    .cost_begin = bpf_cost_begin,
    .cost_end = bpf_cost_end,
    .stats = bpf_stats,
};

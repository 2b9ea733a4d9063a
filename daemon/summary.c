/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * summary.c - see summary.h. Histograms are sparse, so only buckets that counted something travel.
 */
#include "summary.h"

#include <errno.h>
#include <core/buf.h>
#include <tracer/wire.h>

/* The longest entry; a frame is sent before it could exceed TR_FRAME_MAX. */
#define ENTRY_MAX (sizeof(struct tr_summary_entry) + 8 * TR_HIST_BUCKETS)

struct writer {
	struct evbuffer *out;
	struct buf entries;
	struct tr_summary_head head;
	bool failed; /* half a frame may have been queued */
};

static void send_frame(struct writer *w, bool last)
{
	struct tr_frame f = {
		.len = sizeof(f) + sizeof(w->head) + w->entries.len,
		.type = TR_FRAME_SUMMARY,
	};

	w->head.last = last;
	if (w->entries.failed || evbuffer_add(w->out, &f, sizeof(f)) ||
	    evbuffer_add(w->out, &w->head, sizeof(w->head)) ||
	    evbuffer_add(w->out, w->entries.p, w->entries.len))
		w->failed = true;
	w->entries.len = 0;
	w->head.entries = 0;
}

static void add_entry(void *ctx, const struct tr_summary_key *key, const struct tr_summary *sum)
{
	struct writer *w = ctx;
	struct tr_summary_entry e = {
		.tgid = key->tgid,
		.nr = key->nr,
		.abi = key->abi,
		.calls = sum->calls,
		.errors = sum->errors,
		.total_ns = sum->total_ns,
		.min_ns = sum->min_ns,
		.max_ns = sum->max_ns,
	};

	if (w->entries.len + ENTRY_MAX > TR_FRAME_MAX - sizeof(struct tr_frame) - sizeof(w->head))
		send_frame(w, false);
	for (uint32_t i = 0; i < TR_HIST_BUCKETS; i++)
		e.nbuckets += sum->hist[i] != 0;
	buf_put(&w->entries, &e, sizeof(e));
	for (uint32_t i = 0; i < TR_HIST_BUCKETS; i++)
		if (sum->hist[i])
			buf_put(&w->entries, (uint32_t[]){i, sum->hist[i]}, 8);
	w->head.entries++;
}

int summary_send(struct evbuffer *out, const struct backend_ops *ops, struct backend *b,
		 unsigned int session, uint64_t duration_ns)
{
	struct writer w = {.out = out, .head = {.duration_ns = duration_ns}};
	int64_t lost;

	lost = ops->summary_end(b, session, add_entry, &w);
	if (lost < 0) {
		buf_done(&w.entries);
		return lost;
	}
	w.head.lost = lost;
	send_frame(&w, true);
	buf_done(&w.entries);
	return w.failed ? -ENOMEM : 0;
}

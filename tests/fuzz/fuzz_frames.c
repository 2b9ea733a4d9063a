/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz_frames.c - a stream of frames as a server, or a file, may send it: frames, the records in
 * them, and summaries are walked without reading beyond what came.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <core/rec.h>
#include <tracer/wire.h>
#include "conn.h"
#include "facts.h"
#include "msg.h"
#include "tally.h"

static void walk_records(struct facts *facts, const char *p, size_t n)
{
	const struct tr_hdr *rec;

	while ((rec = rec_check(p, n))) {
		facts_apply(facts, rec);
		p += rec->len;
		n -= rec->len;
	}
}

static void take_frame(const struct tr_frame *f, struct facts *facts, struct tally *tally)
{
	char err[MSG_LEN];
	size_t n;
	const void *payload = conn_payload(f, &n);

	switch (f->type) {
	case TR_FRAME_RECORDS:
		walk_records(facts, payload, n);
		break;
	case TR_FRAME_SUMMARY:
		if (n >= sizeof(struct tr_summary_head))
			tally_add(tally, NULL, payload, n, NULL, NULL);
		break;
	case TR_FRAME_ERROR:
		conn_error_text(f, err);
		break;
	default:
		break;
	}
}

static void show(struct tally *tally)
{
	struct tally_names *names = tally_names_new();
	const struct tally_view view = { .width = 80 };
	struct buf out = { 0 };

	tally_human(tally, names, &view, &out);
	tally_json(tally, names, &out);
	buf_done(&out);
	tally_names_free(names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conn c = { .fd = -1, .in = malloc(size + 8), .len = size, .size = size + 8 };
	struct facts *facts = facts_new();
	struct tally *tally = tally_new();
	const struct tr_frame *f;
	int r;

	memcpy(c.in, data, size);
	while ((f = conn_next(&c, &r)))
		take_frame(f, facts, tally);
	show(tally);
	tally_free(tally);
	facts_free(facts);
	free(c.in);
	return 0;
}

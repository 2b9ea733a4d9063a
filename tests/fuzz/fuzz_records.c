/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz_records.c - what a traced program may put into a record must not harm who reads it: every format
 * shows records of any call and ABI with any arguments and memory. Lines are checked for bytes that a
 * terminal would obey, and JSON is parsed.
 *
 * The input is a list of choices rather than a record, so that its lengths are right more often than not; those
 * that are wrong are for rec_check, which sees the raw bytes first.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <json_object.h>
#include <json_tokener.h>

#include <core/rec.h>
#include "build.h"
#include "join.h"
#include "render.h"
#include "strace_call.h"

struct input {
	const uint8_t *p;
	size_t n;
};

static uint64_t take(struct input *in, size_t size)
{
	uint64_t v = 0;

	if (size > in->n)
		size = in->n;
	memcpy(&v, in->p, size);
	in->p += size;
	in->n -= size;
	return v;
}

static uint64_t take_argument(struct input *in)
{
	switch (take(in, 1) % 8) {
	case 0:
		return 0;
	case 1:
	case 2:
		return take(in, 1);
	case 3:
		return 0x2000 + take(in, 1);
	case 4:
		return take(in, 4);
	case 5:
		return take(in, 2);
	default:
		return take(in, 8);
	}
}

static void take_item(struct input *in, struct build *b)
{
	struct build_part part = {
		.arg = (uint8_t)(take(in, 1) % TR_MAX_ARGS),
		.part = (uint8_t)(take(in, 1) % (TR_PART_LEN + 1)),
		.flags = (uint8_t)(take(in, 1) & 7),
		.index = (uint8_t)take(in, 1),
	};
	size_t n = take(in, 1);
	uint8_t bytes[4096] = { 0 };

	if (part.part > TR_PART_LEN / 2 && part.part != TR_PART_POINTEE && part.index & 1)
		part.part = TR_PART_SELF;
	if (n == 255)
		n = take(in, 2) % sizeof(bytes);
	if (b->h.len + n + 24 > TR_RECORD_MAX)
		return;
	for (size_t i = 0; i < n && in->n; i++)
		bytes[i] = (uint8_t)take(in, 1);
	build_part(b, part, bytes, n);
}

static void take_call(struct input *in, struct build *b)
{
	uint64_t args[TR_MAX_ARGS];
	uint64_t nr = take(in, 2);

	for (unsigned int i = 0; i < TR_MAX_ARGS; i++)
		args[i] = take_argument(in);
	build_nr(b, (unsigned int)(nr % TR_NR_MAX), 0, args);
	b->call.abi = (uint8_t)(take(in, 1) % (TR_ABI_MAX + 1));
	b->call.ret = (int64_t)take_argument(in);
	if (take(in, 1) % 4 == 0)
		b->call.ret = -(int64_t)take(in, 1);
	b->call.more = (uint32_t)take(in, 1) % 2;
	b->h.flags = take(in, 1) % 8 == 0 ? (uint16_t)take(in, 1) : 0;
	for (unsigned int i = 0; i < 12 && in->n; i++)
		take_item(in, b);
}

/* Of a call's item, which may be there already: one after the other, more often than not. */
static void take_pieces(struct input *in, struct join *j)
{
	uint8_t bytes[300];
	uint32_t offset = 0;
	struct build b;

	for (unsigned int i = (unsigned int)take(in, 1) % 8; i && in->n; i--) {
		struct build_part part = {
			.arg = (uint8_t)(take(in, 1) % TR_MAX_ARGS),
			.part = (uint8_t)(take(in, 1) % (TR_PART_LEN + 1)),
			.flags = (uint8_t)(take(in, 1) & 7),
			.index = (uint8_t)(take(in, 1) & 3),
		};
		size_t n = take(in, 1) + 40;
		uint64_t how = take(in, 1);

		memset(bytes, (int)take(in, 1), sizeof(bytes));
		if (how % 4 == 0)
			offset = how & 4 ? 0 : (uint32_t)take(in, 4) % (TR_DATA_MAX + 1);
		build_piece(&b, (uint32_t)(how >> 3) % 2, part, offset, bytes, n);
		b.h.flags = (uint16_t)(how >> 4 & TR_DATA_LAST);
		if (!rec_check(&b, sizeof(b)) || join_record(j, &b.h))
			abort();
		offset += (uint32_t)n;
		if (offset > TR_DATA_MAX)
			offset = 0;
	}
}

/* What the first descriptor is. */
static void take_fact(struct input *in, struct build *b)
{
	uint8_t address[2 * TR_FD_ADDR] = { 0 };

	build_begin(b, TR_FD, sizeof(b->fd));
	b->fd.fd = (int32_t)take(in, 1);
	b->fd.kind = (uint8_t)take(in, 1);
	b->fd.sock_type = (uint8_t)take(in, 1);
	b->fd.sock_family = (uint16_t)take(in, 1);
	b->fd.sock_proto = (uint16_t)take(in, 1);
	b->fd.mode = (uint32_t)take(in, 2);
	b->h.flags = (uint16_t)(take(in, 1) & 7);
	for (size_t i = 0; i < sizeof(address); i++)
		address[i] = (uint8_t)take(in, 1);
	b->fd.local_len = (uint16_t)(take(in, 1) % (TR_FD_ADDR + 1));
	b->fd.peer_len = (uint16_t)(take(in, 1) % (TR_FD_ADDR + 1));
	b->fd.payload_len = sizeof(address);
	build_append(b, address, sizeof(address));
}

/* What a number is that the table does not know. */
static void take_newer(struct input *in, struct build *b)
{
	build_begin(b, TR_NEWER, sizeof(b->newer));
	b->newer.nr = TR_NR_MAX - 1 - (uint32_t)take(in, 1) % 100;
	b->newer.nvalues = (uint32_t)take(in, 1) % 12;
	memcpy(b->newer.name, "newer", 5);
	for (uint32_t i = 0; i < b->newer.nvalues; i++) {
		struct tr_newer_value v = { .name = "value",
					    .kind = (uint8_t)(take(in, 1) % (TR_NEWER_KINDS + 1)),
					    .nfields = (uint8_t)(take(in, 1) % 4),
					    .size = (uint16_t)take(in, 1),
					    .off = (uint16_t)take(in, 1),
					    .count = (uint16_t)(take(in, 1) % 8) };

		build_append(b, &v, sizeof(v));
	}
}

static void fail(const char *what, const struct buf *out)
{
	fprintf(stderr, "%s: %.*s\n", what, (int)out->len, out->p);
	abort();
}

static void check_json(const struct buf *out)
{
	struct json_tokener *tokener;
	struct json_object *o;

	if (!out->len)
		return;
	tokener = json_tokener_new_ex(64);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(tokener, out->p, (int)out->len);
	if (json_tokener_get_error(tokener) != json_tokener_success)
		fail("no JSON", out);
	json_object_put(o);
	json_tokener_free(tokener);
}

static void check_text(const struct buf *out, bool ascii)
{
	for (size_t i = 0; i < out->len; i++) {
		unsigned char c = (unsigned char)out->p[i];

		if ((c < ' ' && c != '\n') || c == 0x7f || (ascii && c > 0x7f))
			fail("not for a terminal", out);
	}
}

/* As tracectl strace shows a call with -v and the forms of -X, and with -N, -xx and -e verbose=none. */
static void show_whole(const struct facts *facts, const struct tr_syscall *rec, struct buf *out)
{
	static const uint8_t styles[] = { STRACE_CONSTS_ABBREV, STRACE_CONSTS_RAW, STRACE_CONSTS_VERBOSE };

	for (unsigned int i = 0; i < sizeof(styles); i++) {
		struct strace_sink s = {
			.s = { .ops = &strace_sink_ops, .out = out, .all_names = true, .apart = i > 0,
			       .wordless = styles[i] == STRACE_CONSTS_RAW },
			.facts = facts,
			.decode_fds = STRACE_FDS_ALL,
			.consts = styles[i],
			.arg_names = i == 0,
			.opaque = i == 1,
			.hex = i == 2 ? STRACE_HEX_ALL : 0,
		};
		struct call c;

		out->len = 0;
		call_init(&c, rec, facts, i == 2 ? 1000 : 3);
		strace_call_begin(&s, &c);
		strace_call_result(&s, &c);
		check_text(out, true);
	}
}

static void show(const struct facts *facts, const struct tr_hdr *rec, struct buf *out)
{
	if (rec->type == TR_SYSCALL)
		show_whole(facts, (const void *)rec, out);
	for (const struct render_format *f = render_formats; f->name; f++) {
		struct render r = { .format = f, .facts = facts, .view.string_limit = 32,
				    .view.fds = true, .view.durations = true, .view.multi = true };
		bool json = strcmp(f->name, "json") == 0;

		out->len = 0;
		f->record(&r, rec, out);
		if (json)
			check_json(out);
		else
			check_text(out, strcmp(f->name, "strace") == 0);
	}
}

/* A fact that is sound. */
static void tell(struct facts *facts, const struct build *b)
{
	const struct tr_hdr *rec = rec_check(b, sizeof(*b));

	if (!rec)
		abort();
	facts_apply(facts, rec);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static _Alignas(8) uint8_t raw[TR_RECORD_MAX];
	static struct build b;
	struct facts *facts = facts_new();
	struct join *join = join_new();
	struct input in = { data, size };
	const struct tr_hdr *rec;
	struct buf out = { 0 };

	memcpy(raw, data, size < sizeof(raw) ? size : sizeof(raw));
	rec = rec_check(raw, size < sizeof(raw) ? size : sizeof(raw));
	rec = rec ? join_record(join, rec) : NULL;
	if (rec) {
		facts_apply(facts, rec);
		show(facts, rec, &out);
	}
	if (take(&in, 1) & 1) {
		take_fact(&in, &b);
		tell(facts, &b);
	}
	if (take(&in, 1) & 1) {
		take_newer(&in, &b);
		tell(facts, &b);
	}
	take_call(&in, &b);
	take_pieces(&in, join);
	rec = rec_check(&b, sizeof(b));
	if (!rec)
		abort();
	rec = join_record(join, rec);
	facts_apply(facts, rec);
	show(facts, rec, &out);
	buf_done(&out);
	join_free(join);
	facts_free(facts);
	return 0;
}

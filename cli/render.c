/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * render.c - the table of formats, and what they have in common: when something happened.
 */
#include "render.h"

#include <core/table.h>
#include <time.h>

const struct render_format render_formats[] = {
	{ "human", "a sentence for each call", render_human, render_human_hidden, render_human_end },
	{ "strace", "lines as strace prints them", render_strace, render_strace_hidden,
	  render_strace_end },
	{ "json", "one JSON object a line", render_json, render_json_hidden, render_json_end },
	{ NULL, NULL, NULL, NULL, NULL },
};

const struct render_format *render_format_find(const char *name)
{
	for (const struct render_format *f = render_formats; f->name; f++) {
		if (strcmp(f->name, name) == 0)
			return f;
	}
	return NULL;
}

static uint64_t start_monotonic(const struct tr_hdr *rec)
{
	const struct tr_syscall *call = (const void *)rec;

	return rec->type == TR_SYSCALL ? rec->time_ns - call->duration_ns : rec->time_ns;
}

int64_t render_start_ns(const struct render *r, const struct tr_hdr *rec)
{
	return (int64_t)(start_monotonic(rec) + (uint64_t)r->view.realtime_offset_ns);
}

static void two_digits(char *p, int v)
{
	p[0] = (char)('0' + v / 10 % 10);
	p[1] = (char)('0' + v % 10);
}

/* The text is kept for as long as the second lasts: asking for the local time is slow. */
void render_clock(struct render *r, int64_t realtime_ns, struct buf *out)
{
	time_t second = realtime_ns / 1000000000;
	struct tm tm;

	if (r->clock_second != second || !r->clock_text[0]) {
		if (!localtime_r(&second, &tm))
			tm = (struct tm){ 0 };
		two_digits(r->clock_text, tm.tm_hour);
		r->clock_text[2] = ':';
		two_digits(r->clock_text + 3, tm.tm_min);
		r->clock_text[5] = ':';
		two_digits(r->clock_text + 6, tm.tm_sec);
		r->clock_second = second;
	}
	buf_put(out, r->clock_text, 8);
}

static void put_micro(struct buf *out, uint64_t ns)
{
	buf_char(out, '.');
	buf_u64_pad(out, ns / 1000 % 1000000, 6, '0');
}

static void put_relative(struct render *r, const struct tr_hdr *rec, struct buf *out)
{
	uint64_t now = start_monotonic(rec);
	uint64_t since = r->last_time_ns && now > r->last_time_ns ? now - r->last_time_ns : 0;

	r->last_time_ns = now;
	buf_u64_pad(out, since / 1000000000, 6, ' ');
	put_micro(out, since);
}

void render_time(struct render *r, const struct tr_hdr *rec, struct buf *out)
{
	int64_t ns = render_start_ns(r, rec);

	switch (r->view.time) {
	case TIME_NONE:
		return;
	case TIME_S:
		render_clock(r, ns, out);
		break;
	case TIME_US:
		render_clock(r, ns, out);
		put_micro(out, (uint64_t)ns);
		break;
	case TIME_EPOCH:
		buf_i64(out, ns / 1000000000);
		put_micro(out, (uint64_t)ns);
		break;
	case TIME_RELATIVE:
		put_relative(r, rec, out);
		break;
	}
	buf_char(out, ' ');
}

const char *render_shown(const struct tr_budget *rec)
{
	static const char *const words[] = {"all is shown", "calls are shown without data",
					    "calls are only counted"};

	return rec->shown < TR_SHOWN_MAX ? words[rec->shown] : "something else is shown";
}

void render_percent(uint32_t thousandths, struct buf *out)
{
	buf_u64(out, thousandths / 10);
	buf_char(out, '.');
	buf_u64(out, thousandths % 10);
	buf_char(out, '%');
}

void render_call_name(const struct sc_row *row, uint64_t nr, struct buf *out)
{
	if (row) {
		buf_str(out, row->name);
		return;
	}
	buf_str(out, "syscall_");
	buf_hex(out, nr);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * render.h - records to words. A pure function of records, facts and the table: no I/O, no clock, no
 * environment. A format is a row of render_formats[] and a file render_<name>.c.
 */
#ifndef CLI_RENDER_H
#define CLI_RENDER_H

#include <stdbool.h>
#include <stdint.h>
#include <core/buf.h>
#include <core/filter.h>
#include <core/table.h>
#include <tracer/event.h>
#include "facts.h"
#include "idnames.h"
#include "term.h"

enum view_time { TIME_NONE, TIME_S, TIME_US, TIME_EPOCH, TIME_RELATIVE };

struct view {
	uint32_t string_limit; /* bytes of T_STR and data that are shown */
	enum view_time time;   /* -t -tt -ttt -r; formats have their own default for TIME_NONE */
	enum term_theme color;
	bool durations;	   /* -T */
	bool fds;	   /* -y */
	bool show_secrets; /* of the environment */
	bool multi;	   /* more than one process is expected: strace format prefixes [pid N] */
	bool pid_column;   /* strace format begins each line with the number, as in its files */
	bool is_terminal;
	unsigned int width; /* columns of the terminal, 0: unlimited */
	int64_t realtime_offset_ns;
};

struct render;

struct render_format {
	const char *name;
	const char *help; /* half a line for --help */
	/* Appends whole lines for the record, or nothing (facts). Never fails; out->failed is checked later. */
	void (*record)(struct render *r, const struct tr_hdr *rec, struct buf *out);
	/* Just before rec: of its process so many calls were hidden, which started its program. */
	void (*hidden)(struct render *r, const struct tr_hdr *rec, uint64_t calls, struct buf *out);
	/* The last words of the stream. */
	void (*end)(struct render *r, uint64_t events, uint64_t lost, struct buf *out);
};

extern const struct render_format render_formats[]; /* ends with a NULL name; the first is the default */

struct render {
	const struct render_format *format;
	struct view view;
	const struct facts *facts; /* the caller applies each record to it before it renders it */
	struct idnames *ids;	   /* NULL: users and groups are numbers */
	uint64_t last_time_ns;	   /* -r */
	int64_t clock_second;	   /* what clock_text says; the formats' own, zero at first */
	char clock_text[9];
};

const struct render_format *render_format_find(const char *name); /* NULL: no such */

/* For the formats. */
void render_human(struct render *r, const struct tr_hdr *rec, struct buf *out);
void render_human_hidden(struct render *r, const struct tr_hdr *rec, uint64_t calls, struct buf *out);
void render_human_end(struct render *r, uint64_t events, uint64_t lost, struct buf *out);
void render_strace(struct render *r, const struct tr_hdr *rec, struct buf *out);
void render_strace_hidden(struct render *r, const struct tr_hdr *rec, uint64_t calls, struct buf *out);
void render_strace_end(struct render *r, uint64_t events, uint64_t lost, struct buf *out);
void render_json(struct render *r, const struct tr_hdr *rec, struct buf *out);
void render_json_hidden(struct render *r, const struct tr_hdr *rec, uint64_t calls, struct buf *out);
void render_json_end(struct render *r, uint64_t events, uint64_t lost, struct buf *out);

/* When a record began, CLOCK_REALTIME: for a call its entry. */
int64_t render_start_ns(const struct render *r, const struct tr_hdr *rec);

/* HH:MM:SS in the local time zone. */
void render_clock(struct render *r, int64_t realtime_ns, struct buf *out);

/* The time in the way that -t, -tt, -ttt and -r ask for, and a space; nothing for TIME_NONE. */
void render_time(struct render *r, const struct tr_hdr *rec, struct buf *out);

/* What a struct tr_budget says: "payload is left out". */
const char *render_shown(const struct tr_budget *rec);
/* Thousandths as a percentage. */
void render_percent(uint32_t thousandths, struct buf *out);

/* The name of the call, "syscall_0x1ff" for one without a row. */
void render_call_name(const struct sc_row *row, uint64_t nr, struct buf *out);

/* One line of JSON for a summary interval, and the like, are in summary.h. */

#endif

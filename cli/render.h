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
#include <tracer/event.h>
#include "facts.h"

enum view_time { TIME_NONE, TIME_S, TIME_US, TIME_EPOCH, TIME_RELATIVE };

struct view {
	uint32_t string_limit; /* bytes of T_STR and data that are shown */
	enum view_time time;   /* -t -tt -ttt -r; formats have their own default for TIME_NONE */
	bool color;
	bool durations;	   /* -T */
	bool fds;	   /* -y */
	bool multi;	   /* more than one process is expected: strace format prefixes [pid N] */
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
	/* The last words of the stream. */
	void (*end)(struct render *r, uint64_t events, uint64_t lost, struct buf *out);
};

extern const struct render_format render_formats[]; /* ends with a NULL name; the first is the default */

struct render {
	const struct render_format *format;
	struct view view;
	const struct facts *facts; /* the caller applies each record to it before it renders it */
	uint64_t last_time_ns;	   /* -r */
};

const struct render_format *render_format_find(const char *name); /* NULL: no such */

/* One line of JSON for a summary interval, and the like, are in summary.h. */

#endif

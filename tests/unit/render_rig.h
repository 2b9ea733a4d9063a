/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * render_rig.h - what tests render with: one record that is made by hand, the facts that it is shown with, and its
 * line in a format.
 */
#ifndef RENDER_RIG_H
#define RENDER_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>
#include <core/rec.h>
#include <json-c/json.h>
#include "build.h"
#include "render.h"

#define CWD ((uint64_t)-100)

static struct facts *facts;
static struct build b;

/* The task whose record it is. */
static inline int set_up(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	facts = facts_new();
	build_task(&b, BUILD_PID, "cat");
	facts_apply(facts, &b.h);
	return 0;
}

/* Its descriptors, too: a file, where it is, a socket. */
static inline int set_up_fds(void **state)
{
	set_up(state);
	build_path_fd(&b, 3, "/etc/passwd");
	facts_apply(facts, &b.h);
	build_path_fd(&b, TR_AT_FDCWD, "/root");
	facts_apply(facts, &b.h);
	build_socket_fd(&b, 5, "\2\0\0\120\177\0\0\1", 8, "\2\0\37\220\12\0\0\2", 8);
	facts_apply(facts, &b.h);
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	facts_free(facts);
	return 0;
}

static inline struct render render_as(const char *format)
{
	struct render r = { .format = render_format_find(format), .facts = facts };

	r.view.string_limit = 32;
	assert_non_null(r.format);
	return r;
}

/* Is there until the next is shown. */
static inline const char *show(struct render *r)
{
	static char text[65536];
	struct buf out = { 0 };

	assert_non_null(rec_check(&b, b.h.len));
	r->format->record(r, &b.h, &out);
	assert_false(out.failed);
	assert_true(out.len < sizeof(text));
	memcpy(text, out.p ? out.p : "", out.len);
	text[out.len] = 0;
	buf_done(&out);
	return text;
}

static inline const char *line_as(const char *format)
{
	struct render r = render_as(format);

	return show(&r);
}

static inline const char *strace_line(void)
{
	return line_as("strace");
}

/* The sentence without time and name. */
static inline const char *human(void)
{
	const char *line = line_as("human");
	const char *who = "00:00:01.000 cat[1234]            ";

	assert_memory_equal(line, who, strlen(who));
	return line + strlen(who);
}

static inline struct json_object *json_parsed(void)
{
	const char *line = line_as("json");
	struct json_object *o = json_tokener_parse(line);

	assert_non_null(o);
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	return o;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_explain.c - every call has an explanation that is complete, wraps to a width, and is JSON that parses.
 */
#include "explain.h"

#include <json-c/json.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static const char *as_text(const char *name, unsigned int width)
{
	static char text[65536];
	struct buf out = { 0 };
	struct paper p = { .out = &out, .width = width };

	explain_call(&p, sc_by_name(name));
	assert_false(out.failed);
	assert_true(out.len < sizeof(text));
	memcpy(text, out.p, out.len);
	text[out.len] = '\0';
	buf_done(&out);
	return text;
}

static void test_each_call_is_explained(void **state)
{
	(void)state;
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);
		const struct about *about = row ? explain_about(row->name) : NULL;
		int errors[EXPLAIN_ERRORS_MAX];
		unsigned int n, names = 0;

		if (!row)
			continue;
		if (!about || !about->text[0] || !about->since[0])
			fail_msg("%s is not explained", row->name);
		if (about->text[strlen(about->text) - 1] != '.')
			fail_msg("%s: the text ends without a full stop", row->name);
		n = explain_errors(about, errors);
		for (const char *p = about->errors; *p; p += strcspn(p, " "), p += strspn(p, " "))
			names++;
		if (n != names)
			fail_msg("%s: only %u errors of %s", row->name, n, about->errors);
	}
}

/* What a call returns is told of calls that there are, once each. */
static void test_results(void **state)
{
	const char *name = NULL, *text;

	(void)state;
	for (unsigned int i = 0; (text = explain_result_of(i, &name)); i++) {
		const struct sc_row *row = sc_by_name(name);

		if (!row)
			fail_msg("%s: there is no such call", name);
		if (explain_result(row) != text)
			fail_msg("%s: its result is told twice", name);
	}
	assert_non_null(strstr(as_text("kcmp", 1000), "or 3: they differ"));
	assert_non_null(strstr(as_text("rt_sigsuspend", 1000), "never 0: it always fails with EINTR"));
	assert_non_null(strstr(as_text("afs_syscall", 1000), "nothing: it always fails with ENOSYS"));
}

/* No error is named twice, and each has words for people. */
static void test_errors(void **state)
{
	(void)state;
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);
		int errors[EXPLAIN_ERRORS_MAX];
		unsigned int n = row ? explain_errors(explain_about(row->name), errors) : 0;

		for (unsigned int i = 0; i < n; i++) {
			if (!sc_error_find(errors[i], row))
				fail_msg("%s: no words for %s", row->name, sc_errno_name(errors[i]));
			if (i && errors[i] == errors[i - 1])
				fail_msg("%s: %s twice", row->name, sc_errno_name(errors[i]));
		}
	}
}

/* A word that is longer than the line may hang over. */
static void check_width(const char *name, const char *text, unsigned int width)
{
	for (const char *line = text; *line;) {
		size_t n = strcspn(line, "\n");
		const char *last = memrchr(line, ' ', n);

		if (n > width && last && last > line + strspn(line, " ") + 16)
			fail_msg("%s: %u columns: %.*s", name, width, (int)n, line);
		line += n + (line[n] == '\n');
	}
}

static void test_width(void **state)
{
	static const unsigned int widths[] = { 40, 60, 80, 100 };

	(void)state;
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		for (size_t i = 0; i < 4 && sc_by_id(id); i++)
			check_width(sc_by_id(id)->name, as_text(sc_by_id(id)->name, widths[i]), widths[i]);
	}
}

static void test_fields(void **state)
{
	const char *text = as_text("openat2", 80);

	(void)state;
	assert_non_null(strstr(text, "struct open_how: flags, mode, resolve\n"));
	assert_non_null(strstr(text, "  .resolve      flags: "));
	assert_null(strstr(as_text("statx", 80), "  ."));
}

static void test_openat(void **state)
{
	const char *text = as_text("openat", 80);

	(void)state;
	assert_non_null(strstr(text, "openat: system call, %file, %desc, since Linux 2.6.16\n"));
	assert_non_null(strstr(text, "O_WRONLY (write-only)"));
	assert_non_null(strstr(text, "257 on x86_64, 295 on i386, 56 on aarch64"));
	assert_non_null(strstr(text, "  -at           relative paths start at"));
	assert_non_null(strstr(text, "  EACCES        no permission: "));
}

struct part {
	const char *part;
	bool found;
};

static void find_part(void *ctx, const char *part, const char *meaning)
{
	struct part *p = ctx;

	(void)meaning;
	p->found |= strcmp(p->part, part) == 0;
}

static void test_names(void **state)
{
	static const struct {
		const char *name, *part;
		bool has;
	} cases[] = {
		{ "fchmod", "f-", true },    { "fork", "f-", false },	  { "futex", "f-", false },
		{ "lstat", "l-", true },     { "link", "l-", false },	  { "lseek", "l-", false },
		{ "pread64", "p-", true },   { "ppoll", "p-", true },	  { "pause", "p-", false },
		{ "pselect6", "p-", true },  { "pselect6", "6", true },	  { "newfstatat", "-at", true },
		{ "unlinkat", "-at", true }, { "fstat", "-at", false },	  { "readv", "-v", true },
		{ "preadv2", "-v", true },   { "preadv2", "p-", true },	  { "setresuid", "-res-", true },
		{ "dup3", "3", true },	     { "rt_sigaction", "rt_", true }, { "clock_gettime64", "64", true },
		{ "recvmmsg", "-mm-", true }, { "move_mount", "-v", false }, { "fsync", "fs", false },
		{ "fsync", "f-", true },     { "statx", "-x", true },	  { "flistxattr", "f-", true },
		{ "removexattrat", "-at", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct part p = { .part = cases[i].part };

		explain_name(sc_by_name(cases[i].name), find_part, &p);
		if (p.found != cases[i].has)
			fail_msg("%s: %s is %s", cases[i].name, cases[i].part, p.found ? "told" : "not told");
	}
}

static void check_json(struct buf *out, const char *kind)
{
	struct json_object *o, *value;

	buf_char(out, '\0');
	o = json_tokener_parse(out->p);
	assert_non_null(o);
	assert_true(json_object_object_get_ex(o, "kind", &value));
	assert_string_equal(json_object_get_string(value), kind);
	assert_true(json_object_object_get_ex(o, "text", &value));
	json_object_put(o);
	out->len = 0;
}

static void test_json(void **state)
{
	struct buf out = { 0 };
	struct json j = { .out = &out };

	(void)state;
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		if (!sc_by_id(id))
			continue;
		explain_call_json(&j, sc_by_id(id));
		check_json(&out, "call");
	}
	for (int err = 1; err < 134; err++) {
		if (!sc_errno_name(err))
			continue;
		explain_error_json(&j, err);
		check_json(&out, "error");
	}
	for (int signo = 1; sc_signal_name(signo); signo++) {
		assert_non_null(explain_signal_about(signo));
		explain_signal_json(&j, signo);
		check_json(&out, "signal");
	}
	for (const struct sc_class *c = sc_classes; c->name; c++) {
		assert_non_null(explain_class_text(c->name));
		explain_class_json(&j, c);
		check_json(&out, "class");
	}
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_call_is_explained), cmocka_unit_test(test_results),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_width),  cmocka_unit_test(test_openat), cmocka_unit_test(test_fields),
		cmocka_unit_test(test_names),  cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

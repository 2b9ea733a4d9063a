/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_term.c - bytes made harmless for terminals and for JSON, lines cut to a width, and units.
 */
#include "json.h"
#include "term.h"
#include "units.h"

#include <json-c/json.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct buf out;

static void check(const char *want)
{
	buf_char(&out, 0);
	assert_false(out.failed);
	assert_string_equal(out.p, want);
	out.len = 0;
}

static void test_escape(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "plain \"text\"", "plain \"text\"" },
		{ "\033[31m\a\n\t\r\\\177", "\\x1b[31m\\x07\\n\\t\\r\\\\\\x7f" },
		{ "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80" },
		{ "\xc2\x9b[31m", "\\u{9b}[31m" },
		{ "\xe2\x80\xaegpj.exe", "\\u{202e}gpj.exe" },
		{ "\xef\xbb\xbf", "\\u{feff}" },
		{ "\xff\xc3", "\\xff\\xc3" },
		{ "\xc0\xaf\xed\xa0\x80", "\\xc0\\xaf\\xed\\xa0\\x80" },
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		term_escape(&out, cases[i].text, strlen(cases[i].text), false);
		check(cases[i].want);
	}
	term_escape(&out, "a\"b\0c", 5, true);
	check("a\\\"b\\x00c");
}

static void test_cut(void **state)
{
	(void)state;
	buf_str(&out, "before");
	buf_str(&out, "12345");
	term_cut(&out, 6, 5, false);
	check("before12345");
	buf_str(&out, "123456");
	term_cut(&out, 0, 5, false);
	check("1234\xe2\x80\xa6");
	buf_str(&out, "\033[31m12345\033[0m");
	term_cut(&out, 0, 5, true);
	check("\033[31m12345\033[0m");
	buf_str(&out, "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2"); /* three characters, two columns each */
	term_cut(&out, 0, 4, false);
	check("\xe6\xbc\xa2\xe2\x80\xa6");
	buf_str(&out, "unlimited");
	term_cut(&out, 0, 0, false);
	check("unlimited");
	assert_int_equal(term_columns("e\xcc\x81", 3), 1);
	buf_str(&out, "\xc3\xa9");
	term_pad(&out, 0, 3);
	check("\xc3\xa9  ");
}

/* Whatever bytes a string has, what is written parses, and parses to valid text. */
static void test_json_strings(void **state)
{
	struct json j = { &out, false };

	(void)state;
	json_string(&j, "a\"\\\n\x01\x7f\xff\xc3\xa9", 9);
	check("\"a\\\"\\\\\\n\\u0001\\u007f\xef\xbf\xbd\xc3\xa9\"");
	srandom(3);
	for (int round = 0; round < 20000; round++) {
		unsigned char bytes[24];
		size_t n = (size_t)random() % sizeof(bytes);
		struct json_object *o;

		for (size_t i = 0; i < n; i++)
			bytes[i] = (unsigned char)(random() % 3 ? random() | 0x80 : random());
		j.comma = false;
		json_string(&j, bytes, n);
		buf_char(&out, 0);
		o = json_tokener_parse(out.p);
		assert_non_null(o);
		json_object_put(o);
		out.len = 0;
	}
}

static void test_json_shape(void **state)
{
	struct json j = { &out, false };

	(void)state;
	json_begin(&j, '{');
	json_key(&j, "a");
	json_begin(&j, '[');
	json_u64(&j, UINT64_MAX);
	json_i64(&j, INT64_MIN);
	json_begin(&j, '{');
	json_end(&j, '}');
	json_null(&j);
	json_end(&j, ']');
	json_key(&j, "b");
	json_boolean(&j, true);
	json_key(&j, "c");
	json_seconds(&j, 1000000005);
	json_key(&j, "d");
	json_hex(&j, 255);
	json_end(&j, '}');
	json_line(&j);
	check("{\"a\":[18446744073709551615,-9223372036854775808,{},null],\"b\":true,"
	      "\"c\":1.000000005,\"d\":\"0xff\"}\n");
}

static void test_units(void **state)
{
	static const struct {
		uint64_t v;
		const char *want;
	} bytes[] = { { 0, "0 B" }, { 1023, "1023 B" }, { 4096, "4.0 KiB" }, { 1 << 20, "1.0 MiB" },
		      { 200000, "195 KiB" }, { UINT64_MAX, "15.9 EiB" } },
	  times[] = { { 0, "0 s" }, { 123, "123 ns" }, { 1234, "1.23 \xc2\xb5s" },
		      { 12345678, "12.3 ms" }, { 100000000, "100 ms" }, { 1200000000, "1.20 s" },
		      { 61000000000, "1 min 1 s" }, { 7260000000000, "2 h 1 min" } };

	(void)state;
	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
		units_bytes(&out, bytes[i].v);
		check(bytes[i].want);
	}
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		units_duration(&out, times[i].v);
		check(times[i].want);
	}
}

static void test_themes(void **state)
{
	(void)state;
	assert_int_equal(term_theme_find("light"), THEME_LIGHT);
	assert_int_equal(term_theme_find("pink"), THEME_MAX);
	assert_int_equal(term_theme_guess(NULL, NULL), THEME_DARK);
	assert_int_equal(term_theme_guess(NULL, "15;0"), THEME_DARK);
	assert_int_equal(term_theme_guess(NULL, "0;15"), THEME_LIGHT);
	assert_int_equal(term_theme_guess(NULL, "0;default;7"), THEME_LIGHT);
	assert_int_equal(term_theme_guess(NULL, "7;8"), THEME_DARK);
	assert_int_equal(term_theme_guess(NULL, "nonsense"), THEME_DARK);
	assert_int_equal(term_theme_guess("dark", "0;15"), THEME_DARK);
	assert_int_equal(term_theme_guess("none", "0;15"), THEME_NONE);
	assert_int_equal(term_theme_guess("pink", "0;15"), THEME_LIGHT);
}

static const char *shortened(const char *text, size_t width)
{
	static char line[512];
	struct buf out = { 0 };

	buf_str(&out, text);
	term_shorten(&out, 0, width);
	memcpy(line, out.p, out.len);
	line[out.len] = '\0';
	buf_done(&out);
	return line;
}

static void test_shorten(void **state)
{
	static const char wide[] = "opened /äääääääääääää"
				   "äääääääääääää as fd 3";

	(void)state;
	assert_string_equal(shortened("opened /usr/lib/x86_64-linux-gnu/libc.so.6 as fd 3", 60),
			    "opened /usr/lib/x86_64-linux-gnu/libc.so.6 as fd 3");
	assert_string_equal(shortened("opened /usr/lib/x86_64-linux-gnu/libc.so.6 as fd 3", 40),
			    "opened /usr/lib…ux-gnu/libc.so.6 as fd 3");
	assert_string_equal(shortened("opened /short as fd 3", 10), "opened /short as fd 3");
	assert_true(term_columns(shortened(wide, 32), strlen(shortened(wide, 32))) <= 32);
	assert_non_null(strstr(shortened(wide, 32), "ä…ä"));
	assert_true(term_columns(shortened("renamed /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa to "
					   "/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", 50), 49) <= 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_themes), cmocka_unit_test(test_shorten),
		cmocka_unit_test(test_escape),	     cmocka_unit_test(test_cut),
		cmocka_unit_test(test_json_strings), cmocka_unit_test(test_json_shape),
		cmocka_unit_test(test_units),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	buf_done(&out);
	return failed;
}

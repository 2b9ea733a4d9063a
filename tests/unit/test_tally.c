/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_tally.c - summaries: entries add up by call and by process, frames with wrong lengths are
 * refused, and the JSON is what the manual page promises.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <json-c/json.h>
#include <core/table.h>
#include "tally.h"

struct frame {
	_Alignas(8) char p[4096];
	size_t len;
};

static void begin(struct frame *f)
{
	struct tr_summary_head head = {.duration_ns = 2000000000, .last = 1, .lost = 3};

	memcpy(f->p, &head, sizeof(head));
	f->len = sizeof(head);
}

/* calls calls of 1000 ns, one of 100000 ns. */
static void add(struct frame *f, uint32_t tgid, const char *name, uint64_t calls)
{
	struct tr_summary_entry e = {.tgid = tgid, .calls = calls + 1, .errors = 1,
				     .total_ns = calls * 1000 + 100000, .min_ns = 1000,
				     .max_ns = 100000, .nbuckets = 2,
				     .nr = (uint16_t)sc_nr(sc_by_name(name), TR_ABI_X86_64)};
	uint32_t pairs[4] = {tr_hist_bucket(1000), (uint32_t)calls, tr_hist_bucket(100000), 1};

	memcpy(f->p + f->len, &e, sizeof(e));
	memcpy(f->p + f->len + sizeof(e), pairs, sizeof(pairs));
	f->len += sizeof(e) + sizeof(pairs);
	((struct tr_summary_head *)(void *)f->p)->entries++;
}

static struct json_object *as_json(struct tally *t, const struct tally_names *names)
{
	struct json_object *o;
	struct buf b = {0};

	tally_json(t, names, &b);
	assert_int_equal(b.p[b.len - 1], '\n');
	b.p[b.len - 1] = '\0';
	assert_null(strchr(b.p, '\n'));
	o = json_tokener_parse(b.p);
	assert_non_null(o);
	buf_done(&b);
	return o;
}

static int64_t number(struct json_object *o, const char *key)
{
	struct json_object *v;

	assert_true(json_object_object_get_ex(o, key, &v));
	return json_object_get_int64(v);
}

static struct json_object *element(struct json_object *o, const char *key, size_t i)
{
	struct json_object *v;

	assert_true(json_object_object_get_ex(o, key, &v));
	assert_true(i < json_object_array_length(v));
	return json_object_array_get_idx(v, i);
}

static void test_adds_up(void **state)
{
	struct tally_names *names = tally_names_new();
	struct tally *t = tally_new();
	struct json_object *o, *c;
	struct frame f;

	(void)state;
	begin(&f);
	add(&f, 10, "read", 99);
	add(&f, 11, "read", 199);
	add(&f, 11, "close", 1);
	assert_int_equal(tally_add(t, NULL, f.p, f.len, NULL, NULL), 0);
	tally_names_set(names, 11, "a\"b", 3, true);
	tally_names_set(names, 11, "thread", 6, false);
	o = as_json(t, names);
	assert_true(number(o, "duration_ns") == 2000000000);
	assert_int_equal(number(o, "lost"), 3);
	c = element(o, "syscalls", 0);
	assert_int_equal(number(c, "calls"), 300);
	assert_int_equal(number(c, "errors"), 2);
	assert_int_equal(number(c, "total_ns"), 298000 + 200000);
	assert_int_equal(number(c, "min_ns"), 1000);
	assert_int_equal(number(c, "max_ns"), 100000);
	assert_in_range(number(c, "p50_ns"), 1000, 1070);
	assert_in_range(number(c, "p99_ns"), 1000, 1070);
	c = element(o, "processes", 0);
	assert_int_equal(number(c, "pid"), 11);
	json_object_object_get_ex(c, "comm", &c);
	assert_string_equal(json_object_get_string(c), "a\"b");
	c = element(element(o, "processes", 1), "syscalls", 0);
	assert_int_equal(number(c, "calls"), 100);
	json_object_put(o);
	tally_clear(t);
	assert_true(tally_is_empty(t));
	tally_free(t);
	tally_names_free(names);
}

static void test_merges(void **state)
{
	struct tally_names *names = tally_names_new();
	struct tally *t = tally_new(), *all = tally_new();
	struct json_object *o;
	struct frame f;

	(void)state;
	begin(&f);
	add(&f, 10, "read", 9);
	assert_int_equal(tally_add(t, NULL, f.p, f.len, NULL, NULL), 0);
	assert_int_equal(tally_merge(all, t), 0);
	assert_int_equal(tally_merge(all, t), 0);
	o = as_json(all, names);
	assert_int_equal(number(element(o, "syscalls", 0), "calls"), 20);
	assert_true(number(o, "duration_ns") == 4000000000);
	json_object_put(o);
	tally_free(t);
	tally_free(all);
	tally_names_free(names);
}

static void test_bad_frames(void **state)
{
	struct tally *t = tally_new();
	struct tr_summary_entry *e;
	struct frame f;

	(void)state;
	begin(&f);
	add(&f, 10, "read", 9);
	for (size_t n = 0; n < f.len; n++)
		assert_int_equal(tally_add(t, NULL, f.p, n, NULL, NULL), -EPROTO);
	e = (void *)(f.p + sizeof(struct tr_summary_head));
	e->nbuckets = UINT32_MAX;
	assert_int_equal(tally_add(t, NULL, f.p, f.len, NULL, NULL), -EPROTO);
	e->nbuckets = 3;
	assert_int_equal(tally_add(t, NULL, f.p, f.len, NULL, NULL), -EPROTO);
	e->nbuckets = 2;
	e->nr = 65535; /* a call that nobody knows */
	assert_int_equal(tally_add(t, NULL, f.p, f.len, NULL, NULL), 0);
	tally_free(t);
}

static bool only_11(void *ctx, uint32_t tgid)
{
	(void)ctx;
	return tgid == 11;
}

static void test_table(void **state)
{
	struct tally_view small = {.width = 60, .height = 8, .in_place = true}, all = {0};
	struct tally_names *names = tally_names_new();
	struct tally *t = tally_new();
	struct buf b = {0};
	unsigned int lines = 0;
	struct frame f;

	(void)state;
	begin(&f);
	add(&f, 10, "read", 9);
	add(&f, 11, "write", 1999);
	assert_int_equal(tally_add(t, NULL, f.p, f.len, only_11, NULL), 0);
	tally_human(t, names, &all, &b);
	assert_non_null(memmem(b.p, b.len, "2,000 calls", 11));
	assert_non_null(memmem(b.p, b.len, "3 not counted", 13));
	assert_null(memmem(b.p, b.len, "read", 4));
	assert_null(memmem(b.p, b.len, "[11]", 4)); /* one process needs no table */
	add(&f, 12, "close", 1);
	assert_int_equal(tally_add(t, NULL, f.p, f.len, NULL, NULL), 0);
	b.len = 0;
	tally_human(t, names, &small, &b);
	for (size_t i = 0; i < b.len; i++)
		lines += b.p[i] == '\n';
	assert_true(lines <= 7);
	buf_done(&b);
	tally_free(t);
	tally_names_free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_adds_up),
		cmocka_unit_test(test_merges),
		cmocka_unit_test(test_bad_frames),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}

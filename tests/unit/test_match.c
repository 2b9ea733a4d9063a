/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_match.c - filters of the client: names of tasks, paths and descriptors, on made-up records.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <core/rec.h>
#include <core/table.h>
#include "match.h"

struct fixture {
	struct facts *facts;
	_Alignas(8) char rec[TR_RECORD_MAX];
};

static void add_task(struct fixture *f, uint32_t pid, const char *comm)
{
	struct tr_task t = {.h = {.len = sizeof(t), .type = TR_TASK, .tgid = pid, .tid = pid}};

	strncpy(t.comm, comm, sizeof(t.comm));
	facts_apply(f->facts, &t.h);
}

static void add_fd(struct fixture *f, uint32_t pid, int fd, const char *path)
{
	struct tr_fd *rec = (struct tr_fd *)(void *)f->rec;
	size_t n = strlen(path);

	memset(f->rec, 0, sizeof(f->rec));
	rec->h = (struct tr_hdr){.len = (uint32_t)(sizeof(*rec) + (n + 7) / 8 * 8), .type = TR_FD,
				 .tgid = pid, .tid = pid};
	rec->fd = fd;
	rec->kind = TR_FD_PATH;
	rec->payload_len = (uint16_t)n;
	memcpy(rec + 1, path, n);
	facts_apply(f->facts, &rec->h);
}

/* A call of process 5 with a string for argument `arg`, if path. */
static const struct tr_hdr *call(struct fixture *f, const char *name, uint64_t a0, unsigned int arg,
				 const char *path, int64_t ret)
{
	struct tr_syscall *rec = (struct tr_syscall *)(void *)f->rec;
	struct tr_item *item = (struct tr_item *)(rec + 1);
	size_t n = path ? strlen(path) + 1 : 0;

	memset(f->rec, 0, sizeof(f->rec));
	rec->h = (struct tr_hdr){.type = TR_SYSCALL, .tgid = 5, .tid = 5};
	rec->nr = (uint16_t)sc_nr(sc_by_name(name), TR_ABI_X86_64);
	rec->args[0] = a0;
	rec->ret = ret;
	if (path) {
		rec->nitems = 1;
		*item = (struct tr_item){.arg = (uint8_t)arg, .len = (uint16_t)n};
		memcpy(item + 1, path, n);
		n = sizeof(*item) + (n + 7) / 8 * 8;
	}
	rec->h.len = (uint32_t)(sizeof(*rec) + n);
	assert_non_null(rec_check(rec, sizeof(f->rec)));
	return &rec->h;
}

static int setup(void **state)
{
	static struct fixture f;

	f.facts = facts_new();
	*state = &f;
	add_task(&f, 5, "nginx");
	add_fd(&f, 5, 7, "/var/log/x.log");
	add_fd(&f, 5, 8, "/etc");
	add_fd(&f, 5, TR_AT_FDCWD, "/srv/www");
	return f.facts ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	facts_free(f->facts);
	return 0;
}

static bool path_matches(struct fixture *f, const char *glob, const struct tr_hdr *rec)
{
	struct match m = {.npath = 1, .path = {glob}};

	return match_record(&m, f->facts, rec);
}

static void test_comm(void **state)
{
	struct match m = {.ncomm = 1, .comm = {"ng*"}};
	struct fixture *f = *state;

	assert_true(match_record(&m, f->facts, call(f, "close", 7, 0, NULL, 0)));
	m.comm[0] = "x*";
	assert_false(match_record(&m, f->facts, call(f, "close", 7, 0, NULL, 0)));
	assert_true(match_comm(&m, "xy", 2));
	assert_false(match_comm(&m, "yx", 2));
}

static void test_path_argument(void **state)
{
	struct fixture *f = *state;
	const struct tr_hdr *rec = call(f, "open", 0, 0, "/etc/../etc/hosts", 3);

	assert_true(path_matches(f, "/etc/hosts", rec));
	assert_true(path_matches(f, "*hosts", rec));
	assert_false(path_matches(f, "/etc", rec));
	rec = call(f, "open", 0, 0, "./a//b", 3);
	assert_true(path_matches(f, "/srv/www/a/b", rec));
	rec = call(f, "open", 0, 0, "../../../../x", 3);
	assert_true(path_matches(f, "/x", rec));
	rec = call(f, "openat", 8, 1, "passwd", 3);
	assert_true(path_matches(f, "/etc/passwd", rec));
	assert_false(path_matches(f, "/srv/www/passwd", rec));
	rec = call(f, "openat", 99, 1, "passwd", 3);
	assert_false(path_matches(f, "/*", rec));
}

static void test_path_of_descriptor(void **state)
{
	struct fixture *f = *state;

	assert_true(path_matches(f, "/var/log/*", call(f, "read", 7, 0, NULL, 10)));
	assert_false(path_matches(f, "/var/log/*", call(f, "read", 8, 0, NULL, 10)));
	assert_false(path_matches(f, "*", call(f, "getpid", 0, 0, NULL, 10)));
}

static void test_descriptor(void **state)
{
	struct match m = {.nfd = 1, .fd = {7}};
	struct fixture *f = *state;

	assert_true(match_record(&m, f->facts, call(f, "read", 7, 0, NULL, 0)));
	assert_false(match_record(&m, f->facts, call(f, "read", 6, 0, NULL, 7)));
	assert_true(match_record(&m, f->facts, call(f, "open", 0, 0, "/x", 7)));
	assert_false(match_record(&m, f->facts, call(f, "getpid", 7, 0, NULL, 7)));
}

static void test_other_records(void **state)
{
	struct tr_lost lost = {.h = {.len = sizeof(lost), .type = TR_LOST}, .count = 1};
	struct tr_exit end = {.h = {.len = sizeof(end), .type = TR_EXIT, .tgid = 5, .tid = 5}};
	struct match m = {.nfd = 1, .fd = {7}}, none = {0};
	struct fixture *f = *state;

	assert_true(match_record(&m, f->facts, &lost.h));
	assert_false(match_record(&m, f->facts, &end.h));
	assert_true(match_record(&none, f->facts, &end.h));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_comm, setup, teardown),
		cmocka_unit_test_setup_teardown(test_path_argument, setup, teardown),
		cmocka_unit_test_setup_teardown(test_path_of_descriptor, setup, teardown),
		cmocka_unit_test_setup_teardown(test_descriptor, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_records, setup, teardown),
	};

	return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}

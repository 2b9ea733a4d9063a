/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_filter.c - filters: every key from text and back, lists of system calls, and what is
 * refused.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <core/filter.h>

static unsigned int id_of(const char *name)
{
	for (unsigned int id = 0; id < SC_ID_MAX; id++)
		if (sc_by_id(id) && !strcmp(sc_by_id(id)->name, name))
			return id;
	fail_msg("no row for %s", name);
	return 0;
}

static bool has(const struct filter *f, const char *name)
{
	return filter_has_id(f, id_of(name));
}

/* Parses strings separated by spaces. */
static int parse(struct filter *f, const char *words, char *err)
{
	char text[4096];
	size_t n = strlen(words) + 1;

	assert_true(n <= sizeof(text));
	memcpy(text, words, n);
	for (size_t i = 0; i < n; i++)
		if (text[i] == ' ')
			text[i] = '\0';
	filter_init(f);
	return filter_parse(f, text, n, err);
}

static void refused(const char *words, const char *sentence)
{
	char err[FILTER_ERR_LEN] = "";
	struct filter f;

	assert_int_equal(parse(&f, words, err), -EINVAL);
	assert_string_equal(err, sentence);
	filter_done(&f);
}

static void test_defaults(void **state)
{
	char err[FILTER_ERR_LEN];
	struct filter f;

	(void)state;
	filter_init(&f);
	assert_int_equal(filter_parse(&f, "", 0, err), 0);
	assert_int_equal(f.kind, FILTER_STREAM);
	assert_int_equal(f.string_limit, FILTER_STRING_DEFAULT);
	assert_false(f.has_syscalls);
	filter_done(&f);
}

static void test_keys(void **state)
{
	char err[FILTER_ERR_LEN];
	struct filter f;

	(void)state;
	assert_int_equal(parse(&f,
			       "kind=summary pid=1,22 pid=333 tid=4 uid=0,4294967295 comm=nginx "
			       "comm=a=b cgroup=/system.slice unit=x.service errno=ENOENT,13 "
			       "slower_ns=10000000 failed follow fds ret_fds no_blocked no_data "
			       "sentences string=0 queue=65536",
			       err),
			 0);
	assert_int_equal(f.kind, FILTER_SUMMARY);
	assert_int_equal(f.pid.n, 3);
	assert_int_equal(f.pid.v[2], 333);
	assert_int_equal(f.tid.v[0], 4);
	assert_int_equal(f.uid.v[1], UINT32_MAX);
	assert_int_equal(f.ncomm, 2);
	assert_string_equal(f.comm[1], "a=b");
	assert_string_equal(f.cgroup[0], "/system.slice");
	assert_string_equal(f.unit[0], "x.service");
	assert_true(f.has_errno);
	assert_true(f.errnos[0] == (1ULL << ENOENT | 1ULL << EACCES));
	assert_true(f.slower_ns == 10000000);
	assert_true(f.failed && f.follow && f.fds && f.ret_fds && f.no_blocked && f.no_data);
	assert_true(f.sentences);
	assert_int_equal(f.string_limit, 0);
	assert_int_equal(f.queue_bytes, 65536);
	filter_done(&f);
}

static void test_comm_is_cut(void **state)
{
	char err[FILTER_ERR_LEN];
	struct filter f;

	(void)state;
	assert_int_equal(parse(&f, "comm=a-name-longer-than-fifteen", err), 0);
	assert_string_equal(f.comm[0], "a-name-longer-t");
	filter_done(&f);
}

static void test_lists(void **state)
{
	char err[FILTER_ERR_LEN];
	struct filter f;

	(void)state;
	assert_int_equal(parse(&f, "syscall=openat,close", err), 0);
	assert_true(has(&f, "openat") && has(&f, "close"));
	assert_false(has(&f, "read") || f.unknown_calls);
	filter_done(&f);

	assert_int_equal(parse(&f, "syscall=trace=!openat,%memory", err), 0);
	assert_true(has(&f, "read") && f.unknown_calls);
	assert_false(has(&f, "openat") || has(&f, "mmap"));
	filter_done(&f);

	assert_int_equal(parse(&f, "syscall=/^open(at)?$/,close", err), 0);
	assert_true(has(&f, "open") && has(&f, "openat") && has(&f, "close"));
	assert_false(has(&f, "openat2"));
	filter_done(&f);

	assert_int_equal(parse(&f, "syscall=t=%file,?no_such_call", err), 0);
	assert_true(has(&f, "openat"));
	assert_false(has(&f, "read"));
	filter_done(&f);

	assert_int_equal(parse(&f, "syscall=open syscall=close", err), 0);
	assert_true(has(&f, "open") && has(&f, "close"));
	filter_done(&f);

	assert_int_equal(parse(&f, "syscall=/^o.{3,5}$/", err), 0);
	assert_true(has(&f, "open") && has(&f, "openat"));
	filter_done(&f);
}

static void test_all_and_none(void **state)
{
	char err[FILTER_ERR_LEN];
	struct filter f;

	(void)state;
	assert_int_equal(parse(&f, "syscall=all", err), 0);
	assert_true(has(&f, "read") && f.unknown_calls);
	filter_done(&f);
	assert_int_equal(parse(&f, "syscall=none", err), 0);
	assert_true(!has(&f, "read") && f.has_syscalls && !f.unknown_calls);
	filter_done(&f);
	assert_int_equal(parse(&f, "syscall=!all", err), 0);
	assert_true(!has(&f, "read") && !f.unknown_calls);
	filter_done(&f);
}

static void test_refused(void **state)
{
	(void)state;
	refused("syscall=opne", "unknown system call \"opne\": did you mean open?");
	refused("syscall=%fiel", "unknown class of system calls \"%fiel\"");
	refused("syscall=/(/", "\"/(/\" is not a regular expression");
	refused("syscall=/^zz$/", "no system call matches \"/^zz$/\"");
	refused("syscall=open,,close", "an empty name in the list of system calls");
	refused("syscall=", "an empty name in the list of system calls");
	refused("pid=-1", "\"-1\" is not a process id");
	refused("pid=0", "\"0\" is not a process id");
	refused("pid=1,", "\"\" is not a process id");
	refused("pid=99999999999999999999", "\"99999999999999999999\" is not a process id");
	refused("tid=x", "\"x\" is not a thread id");
	refused("uid=4294967296", "\"4294967296\" is not a user id");
	refused("errno=ENOSUCH", "unknown error \"ENOSUCH\"");
	refused("errno=0", "unknown error \"0\"");
	refused("comm=", "a task's name can't be empty");
	refused("cgroup=x", "cgroup \"x\" does not begin with /");
	refused("slower_ns=9223372036854775808",
		"slower_ns \"9223372036854775808\" is not a number from 0 to 9223372036854775807");
	refused("string=1048577", "string limit \"1048577\" is not a number from 0 to 1048576");
	refused("failed=1", "failed takes no value");
	refused("pid", "pid needs a value");
	refused("colour=red", "unknown filter \"colour\"");
	refused("failed ok", "no call both fails and succeeds: ask for failed or ok, not both");
}

static void test_no_final_nul(void **state)
{
	char err[FILTER_ERR_LEN];
	struct filter f;

	(void)state;
	filter_init(&f);
	assert_int_equal(filter_parse(&f, "follow", 6, err), -EINVAL);
	assert_int_equal(filter_parse(&f, "follow\0x", 8, err), -EINVAL);
	filter_done(&f);
}

static void test_bounds(void **state)
{
	char err[FILTER_ERR_LEN];
	struct filter f;

	(void)state;
	filter_init(&f);
	for (int i = 0; i < FILTER_VALUES_MAX; i++)
		assert_int_equal(filter_set(&f, "pid", "7", err), 0);
	assert_int_equal(filter_set(&f, "pid", "7", err), -EINVAL);
	for (int i = 0; i < 16; i++)
		assert_int_equal(filter_set(&f, "cgroup", "/a", err), 0);
	assert_int_equal(filter_set(&f, "cgroup", "/a", err), -EINVAL);
	filter_done(&f);
}

static void same_again(const char *words)
{
	char err[FILTER_ERR_LEN], text[16384], again[16384];
	struct filter f, g;
	ssize_t n, m;

	assert_int_equal(parse(&f, words, err), 0);
	n = filter_format(&f, text, sizeof(text));
	assert_true(n > 0);
	filter_init(&g);
	assert_int_equal(filter_parse(&g, text, (size_t)n, err), 0);
	m = filter_format(&g, again, sizeof(again));
	assert_int_equal(n, m);
	assert_memory_equal(text, again, (size_t)n);
	assert_memory_equal(f.syscalls, g.syscalls, sizeof(f.syscalls));
	assert_int_equal(f.unknown_calls, g.unknown_calls);
	assert_int_equal(f.has_syscalls, g.has_syscalls);
	assert_memory_equal(f.errnos, g.errnos, sizeof(f.errnos));
	for (size_t size = 0; size < (size_t)n; size += 7)
		assert_int_equal(filter_format(&f, again, size), -ENOSPC);
	filter_done(&f);
	filter_done(&g);
}

static void test_round_trip(void **state)
{
	(void)state;
	same_again("kind=stream");
	same_again("kind=summary pid=1,2,3 tid=9 uid=0 comm=a comm=b cgroup=/x unit=y.service");
	same_again("failed errno=ENOENT,EAGAIN slower_ns=5 follow fds ret_fds "
		   "no_blocked pointer sources stack=7 no_data trapped");
	same_again("syscall=%file,read string=100 queue=1000000");
	same_again("syscall=!%file");
	same_again("syscall=all");
	same_again("syscall=none");
	same_again("ok kind=stream");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),      cmocka_unit_test(test_keys),
		cmocka_unit_test(test_comm_is_cut),   cmocka_unit_test(test_lists),
		cmocka_unit_test(test_all_and_none),  cmocka_unit_test(test_refused),
		cmocka_unit_test(test_no_final_nul),  cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}

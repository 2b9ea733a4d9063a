/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_startup.c - the calls by which programs start are told from their own.
 */
#include "startup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "build.h"

#define CWD ((uint64_t)-100)

static struct startup *startup;
static struct build b;

static int set_up(void **state)
{
	(void)state;
	startup = startup_new(NULL);
	return startup ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	startup_free(startup);
	return 0;
}

/* Whether the record in b is hidden; *ret_told is what is told in front of it. */
static bool hides(uint64_t *ret_told)
{
	return startup_hides(startup, &b.h, true, ret_told);
}

static void exec(void)
{
	uint64_t told;

	build_begin(&b, TR_EXEC, sizeof(b.exec));
	b.exec.old_tid = BUILD_PID;
	assert_false(hides(&told));
	BUILD_CALL(&b, "execve", 0, 0x1000, 0x2000, 0x3000);
	assert_false(hides(&told));
	assert_int_equal(told, 0);
}

#define HIDDEN(...) \
	do { \
		uint64_t told_; \
		BUILD_CALL(&b, __VA_ARGS__); \
		assert_true(hides(&told_)); \
		assert_int_equal(told_, 0); \
	} while (0)

#define HIDDEN_PATH(arg, path, ...) \
	do { \
		uint64_t told_; \
		BUILD_CALL(&b, __VA_ARGS__); \
		build_str(&b, arg, path); \
		assert_true(hides(&told_)); \
	} while (0)

#define SHOWN(told, ...) \
	do { \
		uint64_t told_; \
		BUILD_CALL(&b, __VA_ARGS__); \
		assert_false(hides(&told_)); \
		assert_int_equal(told_, told); \
	} while (0)

static void load_library(const char *path)
{
	HIDDEN_PATH(1, path, "openat", 3, CWD, 0x1000, 02000000);
	HIDDEN("read", 832, 3, 0x2000, 832);
	HIDDEN_PATH(1, "", "newfstatat", 0, 3, 0x1000, 0x2000, 0x1000);
	HIDDEN("mmap", 0x7f0000, 0, 4096, 1, 2, 3, 0);
	HIDDEN("close", 0, 3);
}

static void test_dynamic(void **state)
{
	(void)state;
	exec();
	HIDDEN("brk", 0x5000, 0);
	HIDDEN("mmap", 0x7f0000, 0, 8192, 3, 0x22, (uint64_t)-1, 0);
	HIDDEN_PATH(0, "/etc/ld.so.preload", "access", -2, 0x1000, 4);
	HIDDEN_PATH(1, "/etc/ld.so.cache", "openat", 3, CWD, 0x1000, 02000000);
	HIDDEN("mmap", 0x7f0000, 0, 48000, 1, 2, 3, 0);
	HIDDEN("close", 0, 3);
	load_library("/lib/x86_64-linux-gnu/libc.so.6");
	HIDDEN("mmap", 0x7f0000, 0, 12288, 3, 0x22, (uint64_t)-1, 0);
	HIDDEN("arch_prctl", 0, 0x1002, 0x7f0000);
	HIDDEN("set_tid_address", BUILD_PID, 0x7f0000);
	HIDDEN("rseq", 0, 0x7f0000, 32, 0, 0);
	HIDDEN("mprotect", 0, 0x7f0000, 4096, 1);
	HIDDEN("prlimit64", 0, 0, 3, 0, 0x1000);
	HIDDEN("munmap", 0, 0x7f0000, 48000);
	HIDDEN("getrandom", 8, 0x1000, 8, 1);
	HIDDEN("brk", 0x5000, 0);
	HIDDEN("brk", 0x26000, 0x26000);
	assert_int_equal(startup_rest(startup), 21);
	BUILD_CALL(&b, "openat", 3, CWD, 0x1000, 0);
	build_str(&b, 1, "/usr/lib/plugin.so");
	{
		uint64_t told;

		assert_false(hides(&told)); /* the program's own: dlopen */
		assert_int_equal(told, 21);
	}
	SHOWN(0, "brk", 0x5000, 0);
	assert_int_equal(startup_rest(startup), 0);
}

/* The first call that no loader makes ends it, whatever came before. */
static void test_own_calls(void **state)
{
	(void)state;
	exec();
	HIDDEN("brk", 0x5000, 0);
	SHOWN(1, "getpid", 5);
	SHOWN(0, "brk", 0x5000, 0);
	exec();
	SHOWN(0, "read", 10, 0, 0x1000, 10);
	exec();
	SHOWN(0, "munmap", 0, 0x7f0000, 4096);
	exec();
	HIDDEN("arch_prctl", 0, 0x1002, 0x7f0000);
	BUILD_CALL(&b, "openat", 3, CWD, 0x1000, 0);
	build_str(&b, 1, "/tmp/a.sock");
	{
		uint64_t told;

		assert_false(hides(&told));
		assert_int_equal(told, 1);
	}
}

/* What begins but has not returned is hidden with what it is the beginning of, and changes nothing. */
static void test_blocked(void **state)
{
	uint64_t told;

	(void)state;
	exec();
	HIDDEN_PATH(1, "/lib/libc.so.6", "openat", 3, CWD, 0x1000, 0);
	BUILD_CALL(&b, "read", 0, 3, 0x1000, 832);
	b.h.flags = TR_F_BLOCKED;
	assert_true(hides(&told));
	assert_int_equal(startup_rest(startup), 1);
	BUILD_CALL(&b, "read", 0, 0, 0x1000, 832);
	b.h.flags = TR_F_BLOCKED;
	assert_false(hides(&told));
	assert_int_equal(told, 1);
}

static void test_end(void **state)
{
	uint64_t told;

	(void)state;
	exec();
	HIDDEN("brk", 0x5000, 0);
	exec(); /* nothing is told twice */
	HIDDEN("brk", 0x5000, 0);
	build_begin(&b, TR_EXIT, sizeof(b.exit));
	assert_false(hides(&told));
	assert_int_equal(told, 1);
	assert_int_equal(startup_rest(startup), 0);
}

/* More programs than there is room for: their calls are shown. */
static void test_many(void **state)
{
	uint64_t told;

	(void)state;
	for (uint32_t i = 0; i < STARTUP_MAX + 10; i++) {
		build_begin(&b, TR_EXEC, sizeof(b.exec));
		b.h.tgid = b.h.tid = b.exec.old_tid = 5000 + i;
		assert_false(hides(&told));
	}
	for (uint32_t i = 0; i < STARTUP_MAX + 10; i++) {
		BUILD_CALL(&b, "brk", 0x5000, 0);
		b.h.tgid = b.h.tid = 5000 + i;
		assert_int_equal(hides(&told), i < STARTUP_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_dynamic, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_own_calls, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_blocked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_many, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

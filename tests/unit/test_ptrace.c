/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_ptrace.c - what of the ptrace backend needs no tracee: which stop a wait status is, and which sessions
 * a result is for.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/ptrace.h>
#include "backend_ptrace.h"

#define STOPPED(signo, event) ((event) << 16 | (signo) << 8 | 0x7f)

static void stops(void **state)
{
	int signo;

	(void)state;
	assert_int_equal(pt_stop(STOPPED(SIGTRAP | 0x80, 0), &signo), PT_CALL);
	assert_int_equal(pt_stop(STOPPED(SIGTRAP, 0), &signo), PT_SIGNAL);
	assert_int_equal(pt_stop(STOPPED(SIGSTOP, 0), &signo), PT_SIGNAL);
	assert_int_equal(signo, SIGSTOP);
	assert_int_equal(pt_stop(STOPPED(SIGSTOP, PTRACE_EVENT_STOP), &signo), PT_GROUP);
	assert_int_equal(pt_stop(STOPPED(SIGTTIN, PTRACE_EVENT_STOP), &signo), PT_GROUP);
	assert_int_equal(pt_stop(STOPPED(SIGTRAP, PTRACE_EVENT_STOP), &signo), PT_TRAP);
	assert_int_equal(pt_stop(STOPPED(SIGTRAP, PTRACE_EVENT_FORK), &signo), PT_FORK);
	assert_int_equal(pt_stop(STOPPED(SIGTRAP, PTRACE_EVENT_VFORK), &signo), PT_FORK);
	assert_int_equal(pt_stop(STOPPED(SIGTRAP, PTRACE_EVENT_CLONE), &signo), PT_FORK);
	assert_int_equal(pt_stop(STOPPED(SIGTRAP, PTRACE_EVENT_EXEC), &signo), PT_EXEC);
	assert_int_equal(pt_stop(STOPPED(SIGTRAP, PTRACE_EVENT_EXIT), &signo), PT_EXIT);
}

/* Session 0 wants all, 1 failures, 2 successes, 3 ENOENT, 4 what takes a millisecond. */
static void results(void **state)
{
	struct tr_config *cfg = *state;
	const uint64_t all = 0x1f;

	assert_int_equal(ptrace_result_sessions(cfg, all, 3, false, 10), 0x05);
	assert_int_equal(ptrace_result_sessions(cfg, all, -ENOENT, true, 10), 0x0b);
	assert_int_equal(ptrace_result_sessions(cfg, all, -EPERM, true, 10), 0x03);
	assert_int_equal(ptrace_result_sessions(cfg, all, -EPERM, true, 1000000), 0x13);
	assert_int_equal(ptrace_result_sessions(cfg, all, -4000, true, 10), 0x03);
	assert_int_equal(ptrace_result_sessions(cfg, all, -ENOENT, false, 10), 0x05);
	assert_int_equal(ptrace_result_sessions(cfg, 0x06, -EPERM, true, 10), 0x02);
	assert_int_equal(ptrace_result_sessions(cfg, 0, 0, false, 10), 0);
}

static int make_config(void **state)
{
	struct tr_config *cfg = test_calloc(1, sizeof(*cfg));

	cfg->failed = 0x02;
	cfg->ok = 0x04;
	cfg->by_errno = 0x08;
	cfg->errnos[ENOENT] = 0x08;
	cfg->by_time = 0x10;
	cfg->slower_ns[4] = 1000000;
	*state = cfg;
	return 0;
}

static int free_config(void **state)
{
	test_free(*state);
	return 0;
}

static void scopes(void **state)
{
	(void)state;
	assert_non_null(strstr(ptrace_scope_remedy(1), "`run` works"));
	assert_non_null(strstr(ptrace_scope_remedy(2), "only root"));
	assert_non_null(strstr(ptrace_scope_remedy(3), "nobody"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(stops),
	    cmocka_unit_test(scopes),
	    cmocka_unit_test_setup_teardown(results, make_config, free_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

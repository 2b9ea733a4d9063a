/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_facts.c - what is remembered of tasks and descriptors, and when it is forgotten.
 */
#include "facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include "build.h"

static void apply(struct facts *f, const struct build *b)
{
	facts_apply(f, &b->h);
}

static void tell_task(struct facts *f, uint32_t tgid, uint32_t tid, const char *comm, uint64_t start)
{
	struct build b;

	build_task(&b, tid, comm);
	b.h.tgid = tgid;
	b.task.start_ns = start;
	apply(f, &b);
}

static void tell_path(struct facts *f, uint32_t tgid, int fd, const char *path)
{
	struct build b;

	build_path_fd(&b, fd, path);
	b.h.tgid = tgid;
	apply(f, &b);
}

static void assert_path(const struct facts *f, uint32_t tgid, int fd, const char *want)
{
	const struct fact_fd *fact = facts_fd(f, tgid, fd);

	assert_non_null(fact);
	assert_int_equal(fact->path_len, strlen(want));
	assert_memory_equal(fact->path, want, fact->path_len);
}

static void test_tasks(void **state)
{
	struct facts *f = facts_new();
	const struct fact_task *task;

	(void)state;
	assert_null(facts_task(f, 10));
	tell_task(f, 10, 11, "fifteen letters", 7);
	task = facts_task(f, 11);
	assert_int_equal(task->tgid, 10);
	assert_int_equal(task->comm_len, 15);
	tell_task(f, 10, 11, "new", 7);
	assert_int_equal(facts_task(f, 11)->comm_len, 3);
	facts_free(f);
	facts_free(NULL);
}

static void test_descriptors(void **state)
{
	struct facts *f = facts_new();
	struct build b;

	(void)state;
	tell_path(f, 10, 3, "/etc/passwd");
	tell_path(f, 10, TR_AT_FDCWD, "/root");
	assert_path(f, 10, 3, "/etc/passwd");
	assert_path(f, 10, TR_AT_FDCWD, "/root");
	assert_null(facts_fd(f, 11, 3));
	tell_path(f, 10, 3, "/dev/null");
	assert_path(f, 10, 3, "/dev/null");

	build_socket_fd(&b, 4, "\2\0\0\120\177\0\0\1", 8, "", 0);
	b.h.tgid = 10;
	apply(f, &b);
	assert_int_equal(facts_fd(f, 10, 4)->local_len, 8);
	assert_null(facts_fd(f, 10, 4)->peer);
	assert_null(facts_fd(f, 10, 4)->path);
	facts_free(f);
}

/* dup2(3, 5): its arguments are shown as they were before, its result as what it is now. */
static void test_results(void **state)
{
	struct facts *f = facts_new();
	struct tr_syscall call = {.h = {.len = sizeof(call), .type = TR_SYSCALL, .tgid = 10, .tid = 12}};
	struct build b;

	(void)state;
	tell_path(f, 10, 5, "/old");
	build_path_fd(&b, 5, "/new");
	b.h.flags |= TR_FD_RESULT;
	b.h.tgid = 10;
	b.h.tid = 12;
	apply(f, &b);
	assert_path(f, 10, 5, "/old");
	call.h.tid = 11;
	facts_apply(f, &call.h);
	assert_path(f, 10, 5, "/old");
	assert_memory_equal(facts_result(f, 10, 5)->path, "/old", 4);
	call.h.tid = 12;
	facts_apply(f, &call.h);
	assert_path(f, 10, 5, "/old");
	assert_memory_equal(facts_result(f, 10, 5)->path, "/new", 4);
	call.h.tid = 11;
	facts_apply(f, &call.h);
	assert_path(f, 10, 5, "/new");
	facts_free(f);
}

/* Both of pipe's are known when it is shown, whoever calls meanwhile. */
static void test_two_results(void **state)
{
	struct facts *f = facts_new();
	struct tr_syscall call = {.h = {.len = sizeof(call), .type = TR_SYSCALL, .tgid = 10, .tid = 12}};
	struct build b;

	(void)state;
	for (int fd = 3; fd < 6; fd++) {
		build_path_fd(&b, fd, "/end");
		b.h.flags |= TR_FD_RESULT;
		b.h.tgid = 10;
		b.h.tid = 12;
		apply(f, &b);
	}
	assert_path(f, 10, 3, "/end"); /* more than two are not of one call */
	assert_path(f, 10, 4, "/end");
	assert_null(facts_fd(f, 10, 5));
	build_path_fd(&b, 6, "/end");
	b.h.flags |= TR_FD_RESULT;
	b.h.tgid = 10;
	b.h.tid = 12;
	apply(f, &b);
	facts_apply(f, &call.h);
	assert_null(facts_fd(f, 10, 5));
	assert_memory_equal(facts_result(f, 10, 5)->path, "/end", 4);
	assert_memory_equal(facts_result(f, 10, 6)->path, "/end", 4);
	facts_apply(f, &call.h);
	assert_path(f, 10, 5, "/end");
	assert_path(f, 10, 6, "/end");
	facts_free(f);
}

static void test_reversed(void **state)
{
	static const struct {
		const char *parts, *want;
		size_t len;
	} cases[] = {
		{ "hosts\0etc", "/etc/hosts", 10 }, { "hosts\0etc", "/etc/hosts", 9 },
		{ "", "/", 0 },			    { "\0\0", "/", 2 },
		{ "c\0\0b\0a", "/a/b/c", 7 },
	};
	struct facts *f = facts_new();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct build b;

		build_begin(&b, TR_FD, sizeof(b.fd));
		b.h.flags = TR_FD_REVERSED | TR_FD_DELETED;
		b.fd.fd = 5;
		b.fd.payload_len = (uint16_t)cases[i].len;
		build_append(&b, cases[i].parts, cases[i].len);
		apply(f, &b);
		assert_path(f, BUILD_PID, 5, cases[i].want);
		assert_int_equal(facts_fd(f, BUILD_PID, 5)->flags, TR_FD_DELETED);
	}
	facts_free(f);
}

static void test_exit(void **state)
{
	struct facts *f = facts_new();
	struct build b;

	(void)state;
	tell_task(f, 10, 10, "main", 7);
	tell_task(f, 10, 11, "thread", 7);
	tell_path(f, 10, 3, "/x");
	build_begin(&b, TR_EXIT, sizeof(b.exit));
	b.h.tgid = 10;
	b.h.tid = 11;
	apply(f, &b);
	assert_non_null(facts_task(f, 11)); /* its exit can be shown */
	b.h.tid = 10;
	b.exit.last = 1;
	apply(f, &b);
	assert_null(facts_task(f, 11));
	assert_path(f, 10, 3, "/x");
	tell_task(f, 99, 99, "other", 7);
	assert_null(facts_task(f, 10));
	assert_null(facts_fd(f, 10, 3));
	facts_free(f);
}

static void test_reuse(void **state)
{
	struct facts *f = facts_new();

	(void)state;
	tell_task(f, 10, 10, "old", 7);
	tell_path(f, 10, 3, "/secret");
	tell_task(f, 10, 10, "old2", 7);
	assert_non_null(facts_fd(f, 10, 3));
	tell_task(f, 10, 10, "new", 8);
	assert_null(facts_fd(f, 10, 3));
	facts_free(f);
}

static void test_fork_exec(void **state)
{
	struct facts *f = facts_new();
	struct build b;

	(void)state;
	tell_task(f, 10, 10, "parent", 7);
	build_begin(&b, TR_FORK, sizeof(b.fork));
	b.h.tgid = b.h.tid = 10;
	b.fork.child_tgid = b.fork.child_tid = 20;
	apply(f, &b);
	assert_memory_equal(facts_task(f, 20)->comm, "parent", 6);
	assert_int_equal(facts_task(f, 20)->ppid, 10);

	tell_task(f, 20, 21, "thread", 7);
	build_begin(&b, TR_EXIT, sizeof(b.exit)); /* the first thread goes before the other takes its tid */
	b.h.tgid = b.h.tid = 20;
	apply(f, &b);
	build_begin(&b, TR_EXEC, sizeof(b.exec));
	b.h.tgid = b.h.tid = 20;
	b.exec.old_tid = 21;
	apply(f, &b);
	assert_null(facts_task(f, 21));
	assert_memory_equal(facts_task(f, 20)->comm, "thread", 6);

	tell_task(f, 20, 22, "thread", 7);
	tell_task(f, 20, 20, "program", 7); /* what it is called now, told under its new tid */
	build_begin(&b, TR_EXEC, sizeof(b.exec));
	b.h.tgid = b.h.tid = 20;
	b.exec.old_tid = 22;
	apply(f, &b);
	assert_null(facts_task(f, 22));
	assert_memory_equal(facts_task(f, 20)->comm, "program", 7);
	facts_free(f);
}

static void test_reset(void **state)
{
	struct facts *f = facts_new();
	struct build b;

	(void)state;
	tell_task(f, 10, 10, "a", 7);
	tell_path(f, 11, 3, "/x");
	build_begin(&b, TR_RESET, sizeof(b.h));
	apply(f, &b);
	assert_null(facts_task(f, 10));
	assert_null(facts_fd(f, 11, 3));
	facts_free(f);
}

static void test_bounds(void **state)
{
	struct facts *f = facts_new();

	(void)state;
	for (uint32_t i = 1; i <= FACTS_MAX + 10; i++) {
		tell_task(f, i, i, "t", 7);
		tell_path(f, i, 0, "/x");
	}
	assert_null(facts_task(f, 10));
	assert_null(facts_fd(f, 10, 0));
	assert_non_null(facts_task(f, 11));
	assert_non_null(facts_fd(f, FACTS_MAX + 10, 0));
	facts_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tasks),	 cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_results), cmocka_unit_test(test_two_results),
		cmocka_unit_test(test_reversed), cmocka_unit_test(test_exit),
		cmocka_unit_test(test_reuse),	 cmocka_unit_test(test_fork_exec),
		cmocka_unit_test(test_reset),	 cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

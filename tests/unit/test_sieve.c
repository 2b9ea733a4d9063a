/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_sieve.c - filters decided afterwards, on made-up records.
 */
#include "sieve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "build.h"
#include "msg.h"

struct rig {
	struct facts *facts;
	struct filter filter;
	struct sieve *sieve;
};

static int setup(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	if (!rig)
		return -1;
	rig->facts = facts_new();
	filter_init(&rig->filter);
	*state = rig;
	return rig->facts ? 0 : -1;
}

static int teardown(void **state)
{
	struct rig *rig = *state;

	sieve_free(rig->sieve);
	filter_done(&rig->filter);
	facts_free(rig->facts);
	free(rig);
	return 0;
}

/* Filters as "key" or "key=value", to the last, which is NULL. */
static void ask(struct rig *rig, const char *first, ...)
{
	char err[MSG_LEN], text[128];
	va_list more;

	va_start(more, first);
	for (const char *pair = first; pair; pair = va_arg(more, const char *)) {
		char *value;

		snprintf(text, sizeof(text), "%s", pair);
		value = strchr(text, '=');
		if (value)
			*value++ = '\0';
		assert_int_equal(filter_set(&rig->filter, text, value, err), 0);
	}
	va_end(more);
	rig->sieve = sieve_new(&rig->filter, err);
	assert_non_null(rig->sieve);
}

/* A record of a thread goes its way: facts learn from it, then it is asked for. */
static bool passes(struct rig *rig, struct build *b, uint32_t tgid, uint32_t tid)
{
	b->h.tgid = tgid;
	b->h.tid = tid;
	facts_apply(rig->facts, &b->h);
	return sieve_record(rig->sieve, rig->facts, &b->h);
}

static void task(struct rig *rig, uint32_t tgid, uint32_t tid, uint32_t ppid, const char *comm, uint32_t uid)
{
	struct build b;

	build_task(&b, tid, comm);
	b.h.tgid = tgid;
	b.task.ppid = ppid;
	b.task.uid = uid;
	facts_apply(rig->facts, &b.h);
}

static bool call(struct rig *rig, uint32_t tgid, uint32_t tid)
{
	struct build b;

	BUILD_CALL(&b, "getppid", 1, 0);
	return passes(rig, &b, tgid, tid);
}

static bool result(struct rig *rig, const char *name, int64_t ret, unsigned int flags)
{
	struct build b;

	BUILD_CALL(&b, name, ret, 0);
	b.h.flags = (uint16_t)flags;
	return passes(rig, &b, 5, 5);
}

static bool forks(struct rig *rig, uint32_t pid, uint32_t child)
{
	struct build b;

	build_begin(&b, TR_FORK, sizeof(b.fork));
	b.fork.child_tgid = b.fork.child_tid = child;
	return passes(rig, &b, pid, pid);
}

static bool ends(struct rig *rig, uint32_t pid)
{
	struct build b;

	build_begin(&b, TR_EXIT, sizeof(b.exit));
	b.exit.last = 1;
	return passes(rig, &b, pid, pid);
}

static void all_pass(void **state)
{
	struct rig *rig = *state;
	struct build lost;

	ask(rig, NULL);
	assert_true(call(rig, 5, 5)); /* of whom nothing was told */
	assert_true(result(rig, "openat", -ENOENT, 0));
	assert_true(result(rig, "read", 0, TR_F_BLOCKED));
	assert_true(ends(rig, 5));
	build_begin(&lost, TR_LOST, sizeof(lost.lost));
	assert_true(passes(rig, &lost, 0, 0));
}

static void by_number(void **state)
{
	struct rig *rig = *state;
	struct build lost;

	ask(rig, "pid=5,7", NULL);
	assert_true(call(rig, 5, 5));
	assert_true(call(rig, 5, 6));
	assert_true(call(rig, 7, 7));
	assert_false(call(rig, 6, 6));
	assert_false(call(rig, 8, 5));
	build_begin(&lost, TR_LOST, sizeof(lost.lost));
	assert_true(passes(rig, &lost, 0, 0)); /* whose it was nobody knows */
}

static void by_thread(void **state)
{
	struct rig *rig = *state;

	ask(rig, "tid=6", NULL);
	assert_true(call(rig, 5, 6));
	assert_false(call(rig, 5, 5));
}

static void by_name_and_user(void **state)
{
	struct rig *rig = *state;

	ask(rig, "comm=cat", "comm=0123456789abcde", "uid=33", NULL);
	task(rig, 5, 5, 1, "cat", 33);
	task(rig, 6, 6, 1, "cat", 0);
	task(rig, 7, 7, 1, "cat2", 33);
	task(rig, 8, 8, 1, "0123456789abcde", 33);
	assert_true(call(rig, 5, 5));
	assert_false(call(rig, 6, 6));
	assert_false(call(rig, 7, 7));
	assert_true(call(rig, 8, 8));
	assert_false(call(rig, 9, 9)); /* of whom nothing was told */
	task(rig, 5, 5, 1, "dog", 33);
	assert_false(call(rig, 5, 5));
}

static void by_call(void **state)
{
	struct rig *rig = *state;

	ask(rig, "syscall=openat,close", "slower_ns=100000", NULL);
	assert_true(result(rig, "openat", 3, 0)); /* took 123 us */
	assert_false(result(rig, "read", 3, 0));
	assert_true(ends(rig, 5)); /* no call */
}

static void by_time(void **state)
{
	struct rig *rig = *state;

	ask(rig, "slower_ns=200000", NULL);
	assert_false(result(rig, "openat", 3, 0));
}

static void by_failure(void **state)
{
	struct rig *rig = *state;

	ask(rig, "failed", NULL);
	assert_true(result(rig, "openat", -ENOENT, 0));
	assert_true(result(rig, "openat", -4095, 0));
	assert_false(result(rig, "openat", -4096, 0)); /* no error is that large */
	assert_false(result(rig, "openat", 3, 0));
	assert_false(result(rig, "openat", -ENOENT, TR_F_BLOCKED));
	assert_false(result(rig, "getppid", -1, 0)); /* can't fail */
}

static void by_success(void **state)
{
	struct rig *rig = *state;

	ask(rig, "ok", NULL);
	assert_true(result(rig, "openat", 3, 0));
	assert_false(result(rig, "openat", -ENOENT, 0));
	assert_false(result(rig, "read", 0, TR_F_BLOCKED));
	assert_false(result(rig, "exit_group", 0, TR_F_NO_RETURN));
}

static void by_error(void **state)
{
	struct rig *rig = *state;

	ask(rig, "errno=ENOENT,EACCES", NULL);
	assert_true(result(rig, "openat", -ENOENT, 0));
	assert_true(result(rig, "openat", -EACCES, 0));
	assert_false(result(rig, "openat", -EPERM, 0));
	assert_false(result(rig, "openat", 3, 0));
}

static void followed(void **state)
{
	struct rig *rig = *state;

	ask(rig, "pid=5", "follow", NULL);
	assert_true(forks(rig, 5, 10));
	assert_true(ends(rig, 5));
	assert_true(call(rig, 10, 10)); /* also when its parent is no more */
	assert_true(forks(rig, 10, 11));
	assert_true(call(rig, 11, 11));
	assert_false(forks(rig, 20, 21));
	assert_false(call(rig, 21, 21));
	assert_true(ends(rig, 11));
	assert_false(call(rig, 11, 11)); /* the number came again */
}

/* Their fork is no record any more, or never was. */
static void followed_from_before(void **state)
{
	struct rig *rig = *state;

	ask(rig, "comm=make", "follow", NULL);
	task(rig, 5, 5, 1, "make", 0);
	task(rig, 6, 6, 5, "sh", 0);
	task(rig, 7, 7, 6, "cc", 0);
	task(rig, 7, 8, 6, "worker", 0);
	task(rig, 9, 9, 1, "cc", 0);
	task(rig, 30, 30, 30, "odd", 0); /* its own parent: no way out */
	assert_true(call(rig, 7, 8));
	assert_true(call(rig, 6, 6));
	assert_false(call(rig, 9, 9));
	assert_false(call(rig, 30, 30));
	assert_false(call(rig, 40, 40));
	ends(rig, 5);
	ends(rig, 6);
	assert_true(call(rig, 7, 8)); /* who passed goes on to */
}

static void not_followed(void **state)
{
	struct rig *rig = *state;

	ask(rig, "pid=5", NULL);
	assert_true(forks(rig, 5, 10));
	assert_false(call(rig, 10, 10));
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(all_pass),	  CASE(by_number),  CASE(by_thread), CASE(by_name_and_user),
		CASE(by_call),	  CASE(by_time),    CASE(by_failure), CASE(by_success),
		CASE(by_error),	  CASE(followed),   CASE(followed_from_before), CASE(not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

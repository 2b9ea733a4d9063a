/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_told.c - which facts still hold at some point of a stream.
 */
#include "told.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include "build.h"

struct said {
	unsigned int n;
	char text[512];
	size_t len;
};

static void note(void *ctx, const struct tr_hdr *rec)
{
	struct said *s = ctx;
	const struct tr_task *task = (const struct tr_task *)rec;
	const struct tr_fd *fd = (const struct tr_fd *)rec;

	s->n++;
	if (rec->type == TR_NEWER)
		s->len += (size_t)snprintf(s->text + s->len, sizeof(s->text) - s->len, "%s ",
					   ((const struct tr_newer *)rec)->name);
	else if (rec->type == TR_TASK)
		s->len += (size_t)snprintf(s->text + s->len, s->n > 8 ? 0 : sizeof(s->text) - s->len, "%u/%u=%s ",
					   rec->tgid, rec->tid, task->comm);
	else
		s->len += (size_t)snprintf(s->text + s->len, s->n > 8 ? 0 : sizeof(s->text) - s->len,
					   "%u:%d=%.*s ", rec->tgid, fd->fd, fd->payload_len,
					   (const char *)(fd + 1));
}

static void is(struct told *t, const char *text)
{
	struct said s = {};

	told_each(t, note, &s);
	assert_string_equal(s.text, text);
}

static void task(struct told *t, uint32_t tgid, uint32_t tid, const char *comm, uint64_t start_ns)
{
	struct build b;

	build_task(&b, tid, comm);
	b.h.tgid = tgid;
	b.task.start_ns = start_ns;
	told_apply(t, &b.h);
}

static void fd(struct told *t, uint32_t tgid, int n, const char *path)
{
	struct build b;

	build_path_fd(&b, n, path);
	b.h.tgid = tgid;
	told_apply(t, &b.h);
}

static void ends(struct told *t, uint32_t tgid, uint32_t tid, uint32_t last)
{
	struct tr_exit e = {.h = {.len = sizeof(e), .type = TR_EXIT, .tgid = tgid, .tid = tid},
			    .last = last};

	told_apply(t, &e.h);
}

static void the_latest_holds(void **state)
{
	struct told *t = told_new();

	(void)state;
	task(t, 5, 5, "one", 1);
	fd(t, 5, 3, "/a");
	fd(t, 5, 4, "/b");
	is(t, "5/5=one 5:3=/a 5:4=/b ");
	task(t, 5, 5, "two", 1);
	fd(t, 5, 3, "/c");
	is(t, "5:4=/b 5/5=two 5:3=/c ");
	told_free(t);
}

static void ends_are_forgotten(void **state)
{
	struct told *t = told_new();

	(void)state;
	task(t, 5, 5, "one", 1);
	task(t, 5, 6, "thread", 1);
	task(t, 7, 7, "other", 2);
	fd(t, 5, 3, "/a");
	ends(t, 5, 6, 0);
	is(t, "5/5=one 7/7=other 5:3=/a ");
	ends(t, 5, 5, 1);
	is(t, "7/7=other ");
	ends(t, 9, 9, 1);
	ends(t, 7, 7, 1);
	is(t, "");
	assert_int_equal(told_bytes(t), 0);
	told_free(t);
}

static void a_pid_used_again_is_another_process(void **state)
{
	struct told *t = told_new();

	(void)state;
	task(t, 5, 5, "one", 1);
	fd(t, 5, 3, "/a");
	task(t, 5, 5, "two", 2);
	is(t, "5/5=two ");
	told_free(t);
}

static void a_thread_that_executes_is_the_process(void **state)
{
	struct tr_exec e = {.h = {.len = sizeof(e), .type = TR_EXEC, .tgid = 5, .tid = 5},
			    .old_tid = 6};
	struct told *t = told_new();

	(void)state;
	task(t, 5, 6, "thread", 1);
	told_apply(t, &e.h);
	is(t, "5/5=thread ");
	task(t, 5, 6, "thread", 1);
	told_apply(t, &e.h);
	is(t, "5/5=thread ");
	told_free(t);
}

static void a_reset_forgets_all(void **state)
{
	struct tr_hdr reset = {.len = sizeof(reset), .type = TR_RESET};
	struct told *t = told_new();

	(void)state;
	task(t, 5, 5, "one", 1);
	fd(t, 5, 3, "/a");
	told_apply(t, &reset);
	is(t, "");
	told_free(t);
}

static void it_is_bounded(void **state)
{
	struct told *t = told_new();
	struct said s = {};

	(void)state;
	task(t, 5, 5, "one", 1);
	for (int i = 0; i < TOLD_MAX + 5; i++)
		fd(t, 5, i, "/a");
	told_each(t, note, &s);
	assert_int_equal(s.n, TOLD_MAX);
	told_free(t);
}

/* No process's end takes with it what a call is. */
static void calls_are_kept(void **state)
{
	struct told *t = told_new();
	struct build b;

	(void)state;
	for (int i = 0; i < 2; i++) {
		build_begin(&b, TR_NEWER, sizeof(b.newer));
		b.h.tgid = b.h.tid = 0;
		b.newer.nr = 499;
		memcpy(b.newer.name, "frob", 5);
		told_apply(t, &b.h);
	}
	fd(t, BUILD_PID, 3, "/etc/passwd");
	is(t, "frob 1234:3=/etc/passwd ");
	build_begin(&b, TR_EXIT, sizeof(b.exit));
	b.exit.last = 1;
	told_apply(t, &b.h);
	is(t, "frob ");
	told_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_latest_holds),
		cmocka_unit_test(ends_are_forgotten),
		cmocka_unit_test(a_pid_used_again_is_another_process),
		cmocka_unit_test(a_thread_that_executes_is_the_process),
		cmocka_unit_test(a_reset_forgets_all),
		cmocka_unit_test(it_is_bounded),
		cmocka_unit_test(calls_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

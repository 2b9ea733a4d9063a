/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_plan.c - what is read of a call, as its row says it: the plan of each row fits, those of some calls are known,
 * and what their sentences need is among it.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <core/table.h>
#include "fail_row.h"

static int has_len(unsigned int kind)
{
	return kind == TR_OP_BUF || kind == TR_OP_ARRAY || kind == TR_OP_SOCKADDR ||
	       kind == TR_OP_SIZED || kind == TR_OP_IOV || kind == TR_OP_MMSGHDR ||
	       kind == TR_OP_BITS || kind == TR_OP_PAGES || kind == TR_OP_SIZED_PTR;
}

static void check_plan(const struct sc_row *row, unsigned int abi)
{
	struct tr_plan plan;

	memset(&plan, 0xff, sizeof(plan));
	sc_plan(row, abi, &plan);
	assert_int_equal(plan.nargs, row->nargs);
	assert_true(plan.nderefs <= TR_PLAN_DEREFS);
	if (plan.nops > TR_PLAN_OPS)
		fail_row(row, NULL, "too many reads");
	for (unsigned int i = 0; i < TR_PLAN_OPS; i++) {
		const struct tr_op *op = &plan.ops[i];

		if (!op->kind != (i >= plan.nops))
			fail_row(row, NULL, "a gap in the plan");
		if (!op->kind)
			continue;
		if (op->arg >= row->nargs || op->len >= TR_MAX_ARGS || op->pad)
			fail_row(row, NULL, "a read of no argument");
		if (op->size > TR_PAYLOAD_MAX)
			fail_row(row, row->args[op->arg].name, "does not fit in a record");
		if (!(op->flags & (TR_OP_ENTRY | TR_OP_EXIT)))
			fail_row(row, row->args[op->arg].name, "is never read");
		if ((op->kind == TR_OP_FIXED || op->kind == TR_OP_ARRAY ||
		     op->kind == TR_OP_SIZED || op->kind == TR_OP_RET_ARRAY) && !op->size)
			fail_row(row, row->args[op->arg].name, "reads no bytes");
		if (has_len(op->kind) && op->len == op->arg)
			fail_row(row, row->args[op->arg].name, "is its own length");
	}
}

static void test_plans(void **state)
{
	(void)state;
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);

		for (unsigned int abi = 0; row && abi < TR_ABI_MAX; abi++)
			check_plan(row, abi);
	}
}

static const struct tr_op *find_op(const struct tr_plan *plan, unsigned int arg)
{
	for (unsigned int i = 0; i < plan->nops; i++) {
		if (plan->ops[i].arg == arg)
			return &plan->ops[i];
	}
	return NULL;
}

static void test_plan_of_fds(void **state)
{
	struct tr_plan plan;

	(void)state;
	sc_plan(sc_by_name("ppoll"), TR_ABI_X86_64, &plan);
	assert_int_equal(plan.fd_array, 1);
	assert_int_equal(plan.fd_count, 1);
	assert_int_equal(plan.ops[0].kind, TR_OP_FIXED); /* what is small comes before an array */
	sc_plan(sc_by_name("epoll_wait"), TR_ABI_X86_64, &plan);
	assert_int_equal(plan.fd_array, 0);
	sc_plan(sc_by_name("waitid"), TR_ABI_X86_64, &plan);
	assert_int_equal(plan.fd_args, 2);
	sc_plan(sc_by_name("fcntl"), TR_ABI_X86_64, &plan);
	assert_int_equal(plan.fd_args, 1);
}

static void test_plan_of_openat(void **state)
{
	struct tr_plan plan;

	(void)state;
	sc_plan(sc_by_name("openat"), TR_ABI_X86_64, &plan);
	assert_int_equal(plan.nops, 1);
	assert_int_equal(plan.fd_args, 1);
	assert_int_equal(plan.flags, TR_PLAN_RET_FD);
	assert_int_equal(plan.ops[0].kind, TR_OP_STR);
	assert_int_equal(plan.ops[0].arg, 1);
	assert_int_equal(plan.ops[0].size, 4096);
	assert_int_equal(plan.ops[0].flags, TR_OP_ENTRY);
}

/* Which calls make descriptors, and where those are. */
static void test_plans_of_descriptors(void **state)
{
	struct tr_plan plan;

	(void)state;
	sc_plan(sc_by_name("pipe2"), TR_ABI_X86_64, &plan);
	assert_int_equal(plan.flags, TR_PLAN_MAKES_PAIR);
	assert_int_equal(tr_pair_arg(&plan), 0);
	sc_plan(sc_by_name("socketpair"), TR_ABI_X86_64, &plan);
	assert_int_equal(plan.flags, TR_PLAN_MAKES_PAIR);
	assert_int_equal(tr_pair_arg(&plan), 3);
	sc_plan(sc_by_name("fcntl"), TR_ABI_X86_64, &plan);
	assert_true(tr_returns_fd(&plan, F_DUPFD_CLOEXEC));
	assert_false(tr_returns_fd(&plan, F_GETFD));
	sc_plan(sc_by_name("dup"), TR_ABI_X86_64, &plan);
	assert_true(tr_returns_fd(&plan, 0));
}

static void test_plan_of_read_and_stat(void **state)
{
	struct tr_plan plan;

	(void)state;
	sc_plan(sc_by_name("read"), TR_ABI_X86_64, &plan);
	assert_int_equal(plan.nops, 1);
	assert_int_equal(plan.ops[0].kind, TR_OP_BUF);
	assert_int_equal(plan.ops[0].len, 2);
	assert_int_equal(plan.ops[0].flags, TR_OP_EXIT);
	sc_plan(sc_by_name("stat"), TR_ABI_X86_64, &plan);
	assert_int_equal(plan.nops, 2);
	assert_int_equal(plan.ops[1].kind, TR_OP_FIXED);
	assert_int_equal(plan.ops[1].size, 144);
	sc_plan(sc_by_name("stat"), TR_ABI_I386, &plan);
	assert_int_equal(plan.nops, 1);
	sc_plan(sc_by_name("stat64"), TR_ABI_I386, &plan);
	assert_int_equal(plan.nops, 2);
	assert_int_equal(plan.ops[1].size, 96);
}

static void test_what_sentences_need(void **state)
{
	(void)state;
	assert_int_equal(sc_said(sc_by_name("newfstatat")) & 6, 6);
	assert_int_equal(sc_said(sc_by_name("writev")) & 2, 0);
	assert_int_equal(sc_said(sc_by_name("getdents64")) & 2, 0);
	assert_int_equal(sc_said(sc_by_name("write")) & 2, 2);	 /* a sample of the data */
	assert_int_equal(sc_said(sc_by_name("poll")) & 1, 1);	 /* {ready} */
	assert_int_equal(sc_said(sc_by_name("accept4")) & 6, 6); /* the address and its length */
	assert_int_equal(sc_said(sc_by_name("openat2")) & 4, 4); /* a condition on its flags */
}

static void test_plan_of_both_ways(void **state)
{
	struct tr_plan plan;
	const struct tr_op *op;

	(void)state;
	sc_plan(sc_by_name("fcntl"), TR_ABI_X86_64, &plan);
	op = find_op(&plan, 2);
	assert_non_null(op);
	assert_int_equal(op->kind, TR_OP_FIXED);
	assert_int_equal(op->size, 32);
	assert_int_equal(op->flags, TR_OP_ENTRY | TR_OP_EXIT);
	sc_plan(sc_by_name("nanosleep"), TR_ABI_X86_64, &plan);
	op = find_op(&plan, 1);
	assert_non_null(op);
	assert_int_equal(op->flags, TR_OP_EXIT | TR_OP_EXIT_ON_ERROR);
	sc_plan(sc_by_name("openat2"), TR_ABI_X86_64, &plan);
	op = find_op(&plan, 2);
	assert_non_null(op);
	assert_int_equal(op->kind, TR_OP_SIZED);
	assert_int_equal(op->len, 3);
	sc_plan(sc_by_name("epoll_wait"), TR_ABI_X86_64, &plan);
	op = find_op(&plan, 1);
	assert_non_null(op);
	assert_int_equal(op->kind, TR_OP_RET_ARRAY);
	assert_int_equal(op->size, 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plans),
		cmocka_unit_test(test_plan_of_openat),
		cmocka_unit_test(test_plan_of_fds),
		cmocka_unit_test(test_plans_of_descriptors),
		cmocka_unit_test(test_plan_of_read_and_stat),
		cmocka_unit_test(test_what_sentences_need),
		cmocka_unit_test(test_plan_of_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

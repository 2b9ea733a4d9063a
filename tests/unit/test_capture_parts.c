/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_capture_parts.c - the capture interpreter over this process' own memory, where it follows pointers: vectors,
 * lists of strings, messages, structs that have pointers in them; those that lie, and those of a 32-bit caller.
 */
#include "capture_rig.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

static void test_iovec(void **state)
{
	struct rig *rig = *state;
	struct iovec iov[3] = { { "alpha", 5 }, { "", 0 }, { "gamma rays", 10 } };
	const struct tr_syscall *rec;

	add_op(rig, TR_OP_IOV, 1, 2, TR_OP_ENTRY);
	arg(rig, 1, iov);
	rig->c.rec.args[2] = 3;
	rec = run(rig, 15);
	assert_int_equal(rec->nitems, 3);
	item_is(rec_item_find(rec, 1, TR_PART_SELF, 0, 0), (char *)iov, sizeof(iov), 0);
	item_is(rec_item_find(rec, 1, TR_PART_IOV_DATA, 0, 0), "alpha", 5, 0);
	item_is(rec_item_find(rec, 1, TR_PART_IOV_DATA, 2, 0), "gamma rays", 10, 0);
	assert_null(rec_item_find(rec, 1, TR_PART_IOV_DATA, 1, 0));
}

/* readv: as many bytes as came, over the buffers in turn. */
static void test_iovec_in(void **state)
{
	struct rig *rig = *state;
	struct iovec iov[3] = { { "aaaaa", 5 }, { "bbbbb", 5 }, { "ccccc", 5 } };
	const struct tr_syscall *rec;

	add_op(rig, TR_OP_IOV, 1, 2, TR_OP_EXIT);
	arg(rig, 1, iov);
	rig->c.rec.args[2] = 3;
	rec = run(rig, 7);
	item_is(rec_item_find(rec, 1, TR_PART_IOV_DATA, 0, 1), "aaaaa", 5, TR_ITEM_EXIT);
	item_is(rec_item_find(rec, 1, TR_PART_IOV_DATA, 1, 1), "bb", 2, TR_ITEM_EXIT);
	assert_null(rec_item_find(rec, 1, TR_PART_IOV_DATA, 2, 1));
}

static void test_many_iovecs(void **state)
{
	struct rig *rig = *state;
	struct iovec iov[100];
	const struct tr_syscall *rec;
	const struct tr_item *item;

	for (unsigned int i = 0; i < 100; i++)
		iov[i] = (struct iovec){ "x", 1 };
	add_op(rig, TR_OP_IOV, 0, 1, TR_OP_ENTRY);
	arg(rig, 0, iov);
	rig->c.rec.args[1] = 100;
	rec = run(rig, 100);
	item = rec_item_find(rec, 0, TR_PART_SELF, 0, 0);
	assert_int_equal(item->len, CAP_IOV_MAX * 16);
	assert_int_equal(item->flags, TR_ITEM_TRUNC);
	assert_int_equal(rec->nitems, 1 + CAP_IOV_MAX);
}

static void test_msghdr(void **state)
{
	struct rig *rig = *state;
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = 0x5000 };
	struct iovec iov[2] = { { "one", 3 }, { "twelve", 6 } };
	_Alignas(8) char control[CMSG_SPACE(sizeof(int))] = "control";
	struct msghdr m = {
		.msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = iov,
		.msg_iovlen = 2,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	const struct tr_syscall *rec;

	add_op(rig, TR_OP_MSGHDR, 1, 0, TR_OP_ENTRY);
	arg(rig, 1, &m);
	rec = run(rig, 9);
	item_is(rec_item_find(rec, 1, TR_PART_SELF, 0, 0), (char *)&m, sizeof(m), 0);
	item_is(rec_item_find(rec, 1, TR_PART_MSG_NAME, 0, 0), (char *)&to, sizeof(to), 0);
	item_is(rec_item_find(rec, 1, TR_PART_MSG_IOV, 0, 0), (char *)iov, sizeof(iov), 0);
	item_is(rec_item_find(rec, 1, TR_PART_MSG_DATA, 0, 0), "one", 3, 0);
	item_is(rec_item_find(rec, 1, TR_PART_MSG_DATA, 1, 0), "twelve", 6, 0);
	item_is(rec_item_find(rec, 1, TR_PART_MSG_CONTROL, 0, 0), control, sizeof(control), 0);
}

static void test_argv(void **state)
{
	struct rig *rig = *state;
	char *argv[] = { "prog", "", "third argument", NULL };
	const struct tr_syscall *rec;
	const struct tr_item *end;

	add_op(rig, TR_OP_STRV, 1, 0, TR_OP_ENTRY);
	arg(rig, 1, argv);
	rec = run(rig, 0);
	item_is(rec_item_find(rec, 1, TR_PART_STRV, 0, 0), "prog", 4, 0);
	item_is(rec_item_find(rec, 1, TR_PART_STRV, 1, 0), "", 0, 0);
	item_is(rec_item_find(rec, 1, TR_PART_STRV, 2, 0), "third argument", 14, 0);
	end = rec_item_find(rec, 1, TR_PART_STRV_END, 3, 0);
	assert_non_null(end);
	assert_int_equal(rec->nitems, 4);
}

static void test_envp_is_counted(void **state)
{
	struct rig *rig = *state;
	char *envp[101];
	const struct tr_item *item;

	for (unsigned int i = 0; i < 100; i++)
		envp[i] = "A=1";
	envp[100] = NULL;
	add_op(rig, TR_OP_STRV, 2, 0, TR_OP_ENTRY)->size = 1;
	arg(rig, 2, envp);
	item = only_item(run(rig, 0));
	assert_int_equal(item->part, TR_PART_STRV_END);
	assert_int_equal(item->index, 100);
	assert_int_equal(item->len, 0);
}

static void test_long_argv(void **state)
{
	struct rig *rig = *state;
	char *argv[200];
	const struct tr_syscall *rec;

	for (unsigned int i = 0; i < 199; i++)
		argv[i] = "a";
	argv[199] = NULL;
	add_op(rig, TR_OP_STRV, 1, 0, TR_OP_ENTRY);
	arg(rig, 1, argv);
	rec = run(rig, 0);
	assert_non_null(rec_item_find(rec, 1, TR_PART_STRV, CAP_STRV_MAX - 1, 0));
	assert_null(rec_item_find(rec, 1, TR_PART_STRV, CAP_STRV_MAX, 0));
	assert_non_null(rec_item_find(rec, 1, TR_PART_STRV_END, 199, 0));
}

static struct tr_deref *add_deref(struct rig *rig, unsigned int arg, unsigned int ptr)
{
	struct tr_deref *d = &rig->plan.derefs[rig->plan.nderefs++];

	assert_in_range(rig->plan.nderefs, 1, TR_PLAN_DEREFS);
	*d = (struct tr_deref){
		.arg = arg, .when_arg = TR_DEREF_ALWAYS, .flags = TR_OP_ENTRY, .ptr = ptr
	};
	return d;
}

/* A string and an array behind the pointers of a struct, both only for the command that has them. */
static void test_pointers_in_a_struct(void **state)
{
	struct rig *rig = *state;
	const char *text = "GPL";
	const uint64_t elements[3] = { 1, 2, 3 };
	const struct {
		uint16_t count;
		const void *array;
		const char *text;
	} st = { 3, elements, text };
	const struct tr_syscall *rec;
	struct tr_deref *d;

	arg(rig, 1, &st);
	rig->c.rec.args[0] = 5;
	add_op(rig, TR_OP_FIXED, 1, 0, TR_OP_ENTRY)->size = sizeof(st);
	d = add_deref(rig, 1, 8);
	d->len_size = 2;
	d->size = 8;
	d->max = 1024;
	d->when_arg = 0;
	d->when = 5;
	d = add_deref(rig, 1, 16);
	d->when_arg = 0;
	d->when = 5;
	d = add_deref(rig, 1, 16);
	d->when_arg = 0;
	d->when = 6;
	rec = run(rig, 0);
	assert_int_equal(rec->nitems, 3);
	item_is(rec_item_find(rec, 1, TR_PART_POINTEE, 2, 0), (const char *)elements, 24, 0);
	item_is(rec_item_find(rec, 1, TR_PART_POINTEE, 4, 0), "GPL", 3, 0);
}

/* What a call stores where a struct says: one number, read when it has returned. */
static void test_number_stored_elsewhere(void **state)
{
	struct rig *rig = *state;
	const struct {
		uint64_t flags;
		const void *number;
	} st = { 1, "\7\0\0\0rest" };
	const struct tr_syscall *rec;
	struct tr_deref *d;

	arg(rig, 0, &st);
	d = add_deref(rig, 0, 8);
	d->flags = TR_OP_EXIT;
	d->len_size = 1;
	d->size = d->max = 4;
	rec = run(rig, 1);
	assert_int_equal(rec->nitems, 1);
	item_is(rec_item_find(rec, 0, TR_PART_POINTEE, 2, 1), "\7\0\0\0", 4, TR_ITEM_EXIT);
}

static void test_pointers_that_lie(void **state)
{
	struct rig *rig = *state;
	struct {
		uint64_t count;
		const void *array;
	} st = { UINT64_MAX, rig->end - 4 };
	const struct tr_syscall *rec;
	struct tr_deref *d;

	arg(rig, 0, &st);
	arg(rig, 1, rig->end - 4);
	d = add_deref(rig, 0, 8);
	d->len_size = 8;
	d->size = 65535;
	d->max = 65535;
	add_deref(rig, 1, 0); /* the struct itself can't be read */
	add_deref(rig, 7, 0); /* no argument */
	memset(rig->end - 4, 'x', 4);
	rec = run(rig, 0);
	assert_int_equal(rec->nitems, 2); /* at entry, and once more at exit */
	item_is(rec_item_first(rec), "xxxx", 4, TR_ITEM_TRUNC | TR_ITEM_FAULT);
}

static void test_array_of_pointers(void **state)
{
	struct rig *rig = *state;
	const uint64_t targets[2] = { 11, 22 };
	const void *pointers[3] = { &targets[0], NULL, &targets[1] };
	const struct tr_syscall *rec;

	rig->c.rec.args[1] = 3;
	arg(rig, 2, pointers);
	add_op(rig, TR_OP_PTRS, 2, 1, TR_OP_ENTRY)->size = 8;
	rec = run(rig, 0);
	assert_int_equal(rec->nitems, 3);
	item_is(rec_item_find(rec, 2, TR_PART_SELF, 0, 0), (const char *)pointers, 24, 0);
	item_is(rec_item_find(rec, 2, TR_PART_POINTEE, 0, 0), (const char *)&targets[0], 8, 0);
	item_is(rec_item_find(rec, 2, TR_PART_POINTEE, 2, 0), (const char *)&targets[1], 8, 0);
}

/* A record that is made where another was: the vector that can't be read is not that one's. */
static void test_iovec_of_the_record_before(void **state)
{
	struct rig *rig = *state;
	struct iovec *iov;

	show_page(rig);
	iov = (struct iovec *)rig->end;
	iov[0] = (struct iovec){ "", 0 };
	add_op(rig, TR_OP_IOV, 0, 1, TR_OP_ENTRY);
	arg(rig, 0, iov);
	rig->c.rec.args[1] = 1;
	assert_int_equal(only_item(run(rig, 0))->len, sizeof(*iov));
	*(struct iovec *)&rig->c.payload[sizeof(struct tr_item)] = (struct iovec){ "old", 3 };
	assert_int_equal(mprotect(rig->end, PAGE, PROT_NONE), 0);
	rig->c.off = rig->c.rec.nitems = 0;
	assert_int_equal(run(rig, 0)->nitems, 0);
}

/* Pointers and lengths of a 32-bit caller: its memory lies above 4 GiB here, so that none can be followed. */
static void test_words_of_i386(void **state)
{
	struct rig *rig = *state;
	static const uint32_t iov[4] = { 0x10, 7, 0x20, 3 }, msg[7] = { 0, 0, 0, 0, 0, 0, 0x40 };
	static const uint32_t argv[3] = { 0x10, 0x20, 0 };
	const struct tr_syscall *rec;

	rig->c.rec.abi = TR_ABI_I386;
	arg(rig, 0, iov);
	rig->c.rec.args[1] = 2;
	arg(rig, 2, msg);
	arg(rig, 3, argv);
	add_op(rig, TR_OP_IOV, 0, 1, TR_OP_ENTRY);
	add_op(rig, TR_OP_MSGHDR, 2, 0, TR_OP_ENTRY);
	add_op(rig, TR_OP_STRV, 3, 0, TR_OP_ENTRY);
	run_entry(rig);
	rig->c.retry = 0;
	rec = run_exit(rig, 0);
	item_is(rec_item_find(rec, 0, TR_PART_SELF, 0, 0), (const char *)iov, 16, 0);
	item_is(rec_item_find(rec, 2, TR_PART_SELF, 0, 0), (const char *)msg, 28, 0);
	assert_int_equal(rec_item_find(rec, 3, TR_PART_STRV_END, 2, 0)->index, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_iovec, setup, teardown),
		cmocka_unit_test_setup_teardown(test_iovec_in, setup, teardown),
		cmocka_unit_test_setup_teardown(test_iovec_of_the_record_before, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_iovecs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_msghdr, setup, teardown),
		cmocka_unit_test_setup_teardown(test_argv, setup, teardown),
		cmocka_unit_test_setup_teardown(test_envp_is_counted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pointers_in_a_struct, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pointers_that_lie, setup, teardown),
		cmocka_unit_test_setup_teardown(test_number_stored_elsewhere, setup, teardown),
		cmocka_unit_test_setup_teardown(test_array_of_pointers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_words_of_i386, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_argv, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

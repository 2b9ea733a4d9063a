/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_table.c - the system call table checks itself: every call has a row, and everything that a
 * row refers to exists and fits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <core/buf.h>
#include <core/ioctl.h>
#include <core/table.h>
#include "fail_row.h"

#define X86_64_LAST 469

static int exists_on_x86_64(unsigned int nr)
{
	return nr <= 336 || (nr >= 424 && nr <= X86_64_LAST);
}

static void test_every_call_has_a_row(void **state)
{
	unsigned int missing = 0;

	(void)state;
	for (unsigned int nr = 0; nr < TR_NR_MAX; nr++) {
		const struct sc_row *row = sc_find(TR_ABI_X86_64, nr);

		if (exists_on_x86_64(nr) && !row) {
			print_message("no row for %u\n", nr);
			missing++;
		} else if (!exists_on_x86_64(nr) && row) {
			fail_msg("%u is not a call, but %s has it", nr, row->name);
		}
	}
	assert_int_equal(missing, 0);
}

static void test_numbers_without_a_call(void **state)
{
	(void)state;
	assert_null(sc_find(TR_ABI_X86_64, 400));
	assert_null(sc_find(TR_ABI_X86_64, SC_ID_OTHER));
	assert_null(sc_find(TR_ABI_X86_64, UINT64_MAX));
	assert_null(sc_find(TR_ABI_I386, UINT64_MAX));
	assert_null(sc_find(TR_ABI_I386, 222));
	assert_null(sc_find(TR_ABI_MAX, 0));
	assert_null(sc_find(1000, 0));
	assert_null(sc_by_id(SC_ID_MAX));
	assert_null(sc_by_id(UINT32_MAX));
}

static void test_names(void **state)
{
	(void)state;
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);

		if (!row)
			continue;
		assert_true(row->name[0]);
		if (sc_by_name(row->name) != row)
			fail_row(row, NULL, "not found by its name, so it is there twice");
	}
	assert_null(sc_by_name(""));
	assert_null(sc_by_name("no_such_call"));
	assert_ptr_equal(sc_by_name("openat"), sc_by_id(257));
}

static void test_nargs(void **state)
{
	(void)state;
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);

		if (!row)
			continue;
		if (row->nargs > TR_MAX_ARGS)
			fail_row(row, NULL, "too many arguments");
		for (unsigned int i = 0; i < TR_MAX_ARGS; i++) {
			if (!row->args[i].name != (i >= row->nargs))
				fail_row(row, row->args[i].name, "nargs is not the arguments' number");
			for (unsigned int j = 0; j < i && i < row->nargs; j++) {
				if (strcmp(row->args[i].name, row->args[j].name) == 0)
					fail_row(row, row->args[i].name, "there twice");
			}
		}
	}
}

static int struct_has(const struct sc_arg *arg, const char *name, size_t len)
{
	const struct sc_struct *st = arg->type == T_STRUCT ? arg->ref : NULL;

	for (const struct sc_field *f = st ? st->fields : NULL; f && f->name; f++) {
		if (strlen(f->name) == len && memcmp(f->name, name, len) == 0)
			return 1;
	}
	return 0;
}

/* Of what a sub-table leads to, one that has the field is enough. */
static int has_field(const struct sc_arg *arg, const char *name, size_t len)
{
	uint32_t request;

	if (arg->type == T_IOCTL_ARG) {
		for (size_t i = 0; (arg = ioctl_arg_at(i, &request)); i++) {
			if (struct_has(arg, name, len))
				return 1;
		}
		return 0;
	}
	if (arg->type != T_SUB)
		return struct_has(arg, name, len);
	for (const struct sc_sub_row *r = ((const struct sc_sub *)arg->ref)->rows; r->arg.name; r++) {
		if (struct_has(&r->arg, name, len))
			return 1;
	}
	return 0;
}

static int has_arg(const struct sc_row *row, const char *name, size_t len)
{
	const char *dot = memchr(name, '.', len);
	size_t n = dot ? (size_t)(dot - name) : len;

	if ((len == 3 && memcmp(name, "ret", 3) == 0) || (len == 5 && memcmp(name, "ready", 5) == 0))
		return 1;
	for (unsigned int i = 0; i < row->nargs; i++) {
		if (strlen(row->args[i].name) == n && memcmp(row->args[i].name, name, n) == 0)
			return !dot || has_field(&row->args[i], dot + 1, len - n - 1);
	}
	return 0;
}

static void check_sentence(const struct sc_row *row, const char *s)
{
	while (s && (s = strchr(s, '{'))) {
		const char *end = strchr(++s, '}');

		if (!end || !has_arg(row, s, (size_t)(end - s)))
			fail_row(row, s, "is no argument");
		s = end;
	}
}

static void check_say(const struct sc_row *row, const struct sc_say *say)
{
	check_sentence(row, say->did);
	check_sentence(row, say->tried);
	if (!row->did)
		fail_row(row, NULL, "has sentences for some values but not for the others");
	if (say->tried && strstr(say->tried, "{ret}"))
		fail_row(row, say->tried, "speaks of a result");
	if (say->when[0].what == SC_IF_ERR && (!say->did || say->tried || strstr(say->did, "{ret}")))
		fail_row(row, say->did, "is not the one sentence of a failure");
	for (unsigned int i = 0; i < SC_WHENS; i++) {
		const struct sc_when *w = &say->when[i];

		if (w->what > SC_IF_ERR || (i && w->what == SC_IF_ERR) ||
		    ((w->what == SC_IF_ARG || w->what == SC_IF_AT) && w->arg >= row->nargs))
			fail_row(row, say->did, "hangs on no argument");
		if (w->mask && (w->value & ~w->mask))
			fail_row(row, say->did, "can never hold");
	}
}

static void test_sentences(void **state)
{
	(void)state;
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);

		if (!row)
			continue;
		for (const struct sc_say *say = row->says; say && (say->did || say->tried); say++)
			check_say(row, say);
		check_sentence(row, row->did);
		check_sentence(row, row->tried);
		if (row->tried && strstr(row->tried, "{ret}"))
			fail_row(row, NULL, "tried speaks of a result");
		if (!row->did || !row->tried)
			fail_row(row, NULL, "lacks a sentence");
	}
}

static void check_flags(const struct sc_row *row, const char *name, const struct sc_flags *flags)
{
	if (!flags || !flags->rows || !flags->prefix)
		fail_row(row, name, "has no flags");
	for (const struct sc_flag *f = flags->rows; f->name; f++) {
		if (f->mask && (f->value & ~f->mask))
			fail_row(row, f->name, "can never match");
	}
}

static void check_struct(const struct sc_row *row, const struct sc_struct *st)
{
	if (!st || !st->fields)
		fail_row(row, NULL, "a struct without fields");
	for (const struct sc_field *f = st->fields; f->name; f++) {
		unsigned int n = f->count ? f->count : 1;

		if (f->type >= T_PSTR && f->type <= T_PSIGSET)
			n = 1;
		if (f->off + n * f->size > st->size || !f->size)
			fail_row(row, f->name, "is not within its struct");
		if (f->type == T_NONE || f->type >= T_TYPE_MAX)
			fail_row(row, f->name, "has no type");
		if (f->type == T_FLAGS || f->type == T_ENUM)
			check_flags(row, f->name, f->ref);
		if (f->type == T_INLINE) {
			check_struct(row, f->ref);
			if (((const struct sc_struct *)f->ref)->size != f->size)
				fail_row(row, f->name, "is not as large as its struct");
		}
		if ((f->type == T_TIMESPEC || f->type == T_TIMEVAL) && f->size != 16)
			fail_row(row, f->name, "is not 16 bytes");
	}
}

static void check_arg(const struct sc_row *row, const struct sc_arg *arg);

static void check_sub(const struct sc_row *row, const struct sc_arg *arg)
{
	const struct sc_sub *sub = arg->ref;

	if (!sub || !sub->rows)
		fail_row(row, arg->name, "has no sub-table");
	for (const struct sc_sub_row *r = sub->rows;; r++) {
		if (r->arg.type == T_SUB)
			fail_row(row, arg->name, "a sub-table in a sub-table");
		check_arg(row, &r->arg);
		if (!r->arg.name)
			break;
	}
}

static void check_arg(const struct sc_row *row, const struct sc_arg *arg)
{
	if (arg->type >= T_TYPE_MAX)
		fail_row(row, arg->name, "unknown type");
	if (arg->len != SC_NOLEN && arg->len && arg->len >= row->nargs)
		fail_row(row, arg->name, "its length is no argument");
	if (arg->type == T_FLAGS || arg->type == T_ENUM)
		check_flags(row, arg->name, arg->ref);
	if (arg->type == T_STRUCT || arg->type == T_ARRAY)
		check_struct(row, arg->ref);
	if (arg->type == T_SUB)
		check_sub(row, arg);
	if ((arg->type == T_NUMS || arg->type == T_VALUE) && (!arg->size || !arg->sub))
		fail_row(row, arg->name, "numbers without type or size");
	if (arg->type == T_NUMS && arg->len == SC_NOLEN && !arg->count)
		fail_row(row, arg->name, "numbers without a count");
}

static void test_arguments(void **state)
{
	(void)state;
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);

		for (unsigned int i = 0; row && i < row->nargs; i++)
			check_arg(row, &row->args[i]);
	}
}

static void test_other_abis(void **state)
{
	static const struct {
		unsigned int abi;
		unsigned int nr;
		const char *name;
	} known[] = {
		{ TR_ABI_I386, 0, "restart_syscall" }, { TR_ABI_I386, 3, "read" },
		{ TR_ABI_I386, 7, "waitpid" },	       { TR_ABI_I386, 102, "socketcall" },
		{ TR_ABI_I386, 192, "mmap2" },	       { TR_ABI_I386, 195, "stat64" },
		{ TR_ABI_I386, 295, "openat" },	       { TR_ABI_I386, 403, "clock_gettime64" },
		{ TR_ABI_I386, 422, "futex_time64" },  { TR_ABI_I386, 469, "file_setattr" },
		{ TR_ABI_AARCH64, 0, "io_setup" },     { TR_ABI_AARCH64, 56, "openat" },
		{ TR_ABI_AARCH64, 63, "read" },	       { TR_ABI_AARCH64, 79, "newfstatat" },
		{ TR_ABI_AARCH64, 80, "fstat" },       { TR_ABI_AARCH64, 222, "mmap" },
		{ TR_ABI_AARCH64, 435, "clone3" },     { TR_ABI_AARCH64, 462, "mseal" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const struct sc_row *row = sc_find(known[i].abi, known[i].nr);

		assert_non_null(row);
		assert_string_equal(row->name, known[i].name);
		assert_int_equal(sc_nr(row, known[i].abi), known[i].nr);
	}
	for (unsigned int nr = 0; nr <= 384; nr++) {
		if (nr != 222 && nr != 223 && nr != 251 && nr != 285)
			assert_non_null(sc_find(TR_ABI_I386, nr));
	}
	for (unsigned int nr = 424; nr <= X86_64_LAST; nr++) {
		assert_ptr_equal(sc_find(TR_ABI_I386, nr), sc_by_id(nr));
		assert_ptr_equal(sc_find(TR_ABI_AARCH64, nr), sc_by_id(nr));
	}
	assert_int_equal(sc_nr(sc_by_name("open"), TR_ABI_AARCH64), -1);
	assert_int_equal(sc_nr(sc_by_name("waitpid"), TR_ABI_X86_64), -1);
	assert_string_equal(sc_abi_name(TR_ABI_I386), "i386");
}

/* A row that no number of any ABI leads to can't be of use. */
static void test_every_row_is_reached(void **state)
{
	(void)state;
	for (unsigned int id = SC_ID_OTHER; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);

		if (row && sc_nr(row, TR_ABI_I386) < 0 && sc_nr(row, TR_ABI_AARCH64) < 0)
			fail_row(row, NULL, "no ABI has it");
	}
}

static void test_nearest(void **state)
{
	(void)state;
	assert_string_equal(sc_nearest("opennat")->name, "openat");
	assert_string_equal(sc_nearest("raed")->name, "read");
	assert_string_equal(sc_nearest("wirte")->name, "write");
	assert_string_equal(sc_nearest("clone33")->name, "clone3");
	assert_null(sc_nearest("xyzzy"));
	assert_null(sc_nearest(""));
	assert_null(sc_nearest("a_name_that_is_much_longer_than_any_system_call_has"));
}

static void test_errors(void **state)
{
	(void)state;
	assert_string_equal(sc_errno_name(2), "ENOENT");
	assert_string_equal(sc_errno_text(2), "No such file or directory");
	assert_string_equal(sc_errno_name(512), "ERESTARTSYS");
	assert_null(sc_errno_name(0));
	assert_null(sc_errno_name(-2));
	assert_null(sc_errno_name(4000));
	assert_int_equal(sc_errno_by_name("EAGAIN"), 11);
	assert_int_equal(sc_errno_by_name("EWOULDBLOCK"), 11);
	assert_int_equal(sc_errno_by_name("ENOTHING"), 0);
	for (int err = 1; err < 600; err++) {
		if (sc_errno_name(err))
			assert_int_equal(sc_errno_by_name(sc_errno_name(err)), err);
	}
	assert_true(sc_is_error(sc_by_name("open"), -2));
	assert_true(sc_is_error(NULL, -4095));
	assert_false(sc_is_error(NULL, -4096));
	assert_false(sc_is_error(sc_by_name("open"), 0));
	assert_false(sc_is_error(sc_by_name("umask"), -2));
}

static void test_signals(void **state)
{
	(void)state;
	assert_string_equal(sc_signal_name(2), "SIGINT");
	assert_string_equal(sc_signal_name(31), "SIGSYS");
	assert_string_equal(sc_signal_name(32), "SIGRTMIN");
	assert_string_equal(sc_signal_name(35), "SIGRT_3");
	assert_string_equal(sc_signal_name(64), "SIGRT_32");
	assert_null(sc_signal_name(0));
	assert_null(sc_signal_name(65));
	assert_null(sc_signal_name(-1));
}

static uint32_t class_bits(const char *name)
{
	for (const struct sc_class *c = sc_classes; c->name; c++) {
		if (strcmp(c->name, name) == 0)
			return c->bits;
	}
	return 0;
}

static void test_classes(void **state)
{
	(void)state;
	assert_true(sc_by_name("open")->classes & class_bits("file"));
	assert_true(sc_by_name("statx")->classes & class_bits("fstat"));
	assert_true(sc_by_name("lstat")->classes & class_bits("%stat"));
	assert_true(sc_by_name("ustat")->classes & class_bits("%statfs"));
	assert_false(sc_by_name("ustat")->classes & class_bits("statfs"));
	assert_true(sc_by_name("getpid")->classes & class_bits("pure"));
	assert_int_equal(class_bits("nothing"), 0);
}

static void test_ioctl(void **state)
{
	const struct sc_row *row = sc_by_name("ioctl");
	const char *name, *last_name = "";
	const struct sc_arg *arg;
	uint32_t request = 0, last = 0;
	size_t decoded = 0;

	(void)state;
	for (size_t i = 0; (name = ioctl_name_at(i, &request)); i++) {
		if (request < last || (request == last && strcmp(name, last_name) <= 0))
			fail_row(row, name, "is out of order");
		last = request;
		last_name = name;
	}
	last = 0;
	for (size_t i = 0; (arg = ioctl_arg_at(i, &request)); i++) {
		if (request < last)
			fail_row(row, arg->name, "is out of order");
		last = request;
		check_arg(row, arg);
		decoded += arg->type != T_NONE;
	}
	assert_true(decoded >= 400);
}

static const char *ioctl_text(struct buf *out, uint32_t request, const struct ioctl_fd *fd)
{
	out->len = 0;
	ioctl_put_name(out, request, fd);
	buf_char(out, '\0');
	return out->p;
}

static void test_ioctl_names(void **state)
{
	const struct ioctl_fd tty = { .mode = 0020620, .path = "/dev/pts/3", .path_len = 10 };
	const struct ioctl_fd dsp = { .mode = 0020620, .path = "/dev/dsp", .path_len = 8 };
	const struct ioctl_fd file = { .mode = 0100644, .path = "/etc/passwd", .path_len = 11 };
	const struct ioctl_fd x25 = { .kind = TR_FD_SOCKET, .family = 9 };
	struct buf out = { 0 };

	(void)state;
	assert_string_equal(ioctl_text(&out, 0x5413, NULL), "TIOCGWINSZ");
	assert_string_equal(ioctl_text(&out, 0x5403, NULL), "SNDCTL_TMR_STOP or TCSETSW");
	assert_string_equal(ioctl_text(&out, 0x5403, &tty), "TCSETSW");
	assert_string_equal(ioctl_text(&out, 0x5403, &dsp), "SNDCTL_TMR_STOP");
	assert_string_equal(ioctl_text(&out, 0x40049409, &file), "FICLONE");
	assert_string_equal(ioctl_text(&out, 0x89e5, &x25), "SIOCX25SCALLUSERDATA");
	assert_string_equal(ioctl_text(&out, 0x80604521, NULL), "EVIOCGBIT(EV_KEY, 96)");
	assert_string_equal(ioctl_text(&out, 0x81004506, NULL), "EVIOCGNAME(256)");
	assert_string_equal(ioctl_text(&out, 0xc0101234, NULL),
			    "_IOC(_IOC_READ|_IOC_WRITE, 0x12, 0x34, 0x10)");
	assert_int_equal(ioctl_arg(0x5403, &tty)->type, T_STRUCT);
	assert_null(ioctl_arg(0x5403, &dsp));
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_call_has_a_row),
		cmocka_unit_test(test_numbers_without_a_call),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_nargs),
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_ioctl),
		cmocka_unit_test(test_ioctl_names),
		cmocka_unit_test(test_other_abis),
		cmocka_unit_test(test_every_row_is_reached),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_classes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

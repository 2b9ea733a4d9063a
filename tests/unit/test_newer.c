/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_newer.c - system calls that the table does not know: how the kernel describes them, and how they are shown then.
 * With the argument "watch" (root, tracefs) instead: that the kernel tells their numbers.
 */
#include <core/newer.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/btf.h>
#include <cmocka.h>
#include <core/rec.h>
#include "bpf_newer.h"
#include "build.h"
#include "describe.h"
#include "facts.h"
#include "render.h"

#define NR 499 /* no kernel has it yet */

#define COMMON                                                               \
	"name: sys_enter_frob\nID: 900\nformat:\n"                           \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n" \
	"\tfield:int __syscall_nr;\toffset:8;\tsize:4;\tsigned:1;\n"
#define FIELD(s) "\tfield:" s ";\toffset:16;\tsize:8;\tsigned:0;\n"

static char text[4096];

static void describe(struct described *d, const char *fields)
{
	struct btf *btf = btf__load_vmlinux_btf();

	snprintf(text, sizeof(text), COMMON "%s", fields);
	describe_call(d, "frob", NR, text, btf);
	btf__free(btf);
	assert_non_null(rec_check(d, sizeof(*d)));
}

static void is_value(const struct tr_newer_value *v, const char *name, unsigned int kind,
		     unsigned int size)
{
	assert_string_equal(v->name, name);
	assert_int_equal(v->kind, kind);
	assert_int_equal(v->size, size);
}

/* Types as the kernel writes them today. */
static void test_arguments(void **state)
{
	struct described d;

	(void)state;
	describe(&d, FIELD("int dfd") FIELD("const char * filename") FIELD("umode_t mode")
			 FIELD("unsigned int flags") FIELD("loff_t at") FIELD("size_t len"));
	assert_string_equal(d.rec.name, "frob");
	assert_int_equal(d.rec.nvalues, 6);
	is_value(&d.values[0], "dfd", TR_NEWER_DIRFD, 4);
	is_value(&d.values[1], "filename", TR_NEWER_STRING, 8);
	is_value(&d.values[2], "mode", TR_NEWER_MODE, 4);
	is_value(&d.values[3], "flags", TR_NEWER_HEX, 4);
	is_value(&d.values[4], "at", TR_NEWER_INT, 8);
	is_value(&d.values[5], "len", TR_NEWER_UINT, 8);
	describe(&d, FIELD("pid_t pid") FIELD("int pidfd") FIELD("void * p") FIELD("char * buf"));
	is_value(&d.values[0], "pid", TR_NEWER_PID, 4);
	is_value(&d.values[1], "pidfd", TR_NEWER_FD, 4);
	is_value(&d.values[2], "p", TR_NEWER_POINTER, 8);
	is_value(&d.values[3], "buf", TR_NEWER_POINTER, 8);
	describe(&d, "");
	assert_int_equal(d.rec.nvalues, 0);
	describe(&d, FIELD("struct no_such_thing * p"));
	is_value(&d.values[0], "p", TR_NEWER_POINTER, 8);
}

static void test_structs(void **state)
{
	struct described d;

	(void)state;
	describe(&d, FIELD("const struct open_how * how") FIELD("size_t usize"));
	assert_int_equal(d.rec.nvalues, 5);
	is_value(&d.values[0], "how", TR_NEWER_STRUCT, sizeof(struct open_how));
	assert_int_equal(d.values[0].nfields, 3);
	is_value(&d.values[1], "flags", TR_NEWER_HEX, 8);
	is_value(&d.values[2], "mode", TR_NEWER_UINT, 8);
	is_value(&d.values[3], "resolve", TR_NEWER_UINT, 8);
	assert_int_equal(d.values[3].off, 16);
	is_value(&d.values[4], "usize", TR_NEWER_UINT, 8);
	describe(&d, FIELD("struct statx * buffer"));
	assert_int_equal(d.values[0].kind, TR_NEWER_STRUCT_OUT);
	is_value(&d.values[1], "stx_mask", TR_NEWER_HEX, 4);
	/* Too large, and too many fields for a record: a part of it is enough. */
	describe(&d, FIELD("struct task_struct * p"));
	is_value(&d.values[0], "p", TR_NEWER_POINTER, 8);
	describe(&d, FIELD("struct statx * a") FIELD("struct statx * b") FIELD("struct statx * c")
			 FIELD("struct statx * d") FIELD("int last"));
	assert_true(d.rec.nvalues <= TR_NEWER_VALUES);
}

static const char *show(void (*render)(struct render *, const struct tr_hdr *, struct buf *),
			const struct tr_hdr *rec, struct facts *facts)
{
	static char line[1024];
	struct buf out = { .p = line, .cap = sizeof(line) - 1 };
	struct render r = { .facts = facts, .view = { .string_limit = 32 } };

	render(&r, rec, &out);
	line[out.len] = '\0';
	return line;
}

static void test_shown(void **state)
{
	struct facts *facts = facts_new();
	uint64_t args[TR_MAX_ARGS] = { 3, 0x7000, 0x8000, 24 };
	uint64_t how[3] = { 1, 2, 3 };
	struct described d;
	struct build b;

	(void)state;
	describe(&d, FIELD("int fd") FIELD("const char * name")
			 FIELD("const struct open_how * how") FIELD("size_t size"));
	build_nr(&b, NR, 7, args);
	assert_non_null(strstr(show(render_strace, &b.h, facts), "syscall_0x1f3(0x3, 0x7000"));
	facts_apply(facts, &d.rec.h);
	build_item(&b, 1, 0, "abc", 4);
	build_item(&b, 2, 0, how, sizeof(how));
	assert_string_equal(show(render_strace, &b.h, facts),
			    "frob(3, \"abc\", {flags=0x1, mode=2, resolve=3}, 24) = 7\n");
	assert_non_null(strstr(show(render_human, &b.h, facts), "frob("));
	assert_non_null(strstr(show(render_json, &b.h, facts),
			       "\"syscall\":\"frob\",\"args\":{\"fd\":3,\"name\":\"abc\","
			       "\"how\":{\"flags\":1,\"mode\":2,\"resolve\":3},\"size\":24}"));
	facts_free(facts);
}

static struct newer *newer;

static int learn(struct described *d, unsigned int nr)
{
	d->rec.nr = nr;
	return newer_learn(newer, &d->rec);
}

/* A file of records says what somebody likes. */
static void test_hostile(void **state)
{
	struct described d, good;

	(void)state;
	newer = newer_new();
	describe(&good, FIELD("const struct open_how * how"));
	d = good;
	assert_int_equal(learn(&d, 39), -EINVAL); /* getpid */
	assert_int_equal(learn(&d, TR_NR_MAX), -EINVAL);
	d.values[0].nfields = 4;
	assert_int_equal(learn(&d, 500), -EINVAL);
	d = good;
	d.values[3].off = 17;
	assert_int_equal(learn(&d, 500), -EINVAL);
	d = good;
	d.values[3].count = 0xffff;
	assert_int_equal(learn(&d, 500), -EINVAL);
	d = good;
	d.values[3].size = 3;
	assert_int_equal(learn(&d, 500), -EINVAL);
	d = good;
	d.values[3].kind = TR_NEWER_STRUCT;
	assert_int_equal(learn(&d, 500), -EINVAL);
	d = good;
	d.values[0].size = 0;
	assert_int_equal(learn(&d, 500), -EINVAL);
	d = good;
	strcpy(d.values[3].name, "a\033[2J");
	assert_int_equal(learn(&d, 500), -EINVAL);
	d = good;
	strcpy(d.rec.name, "a b");
	assert_int_equal(learn(&d, 500), -EINVAL);
	d = good;
	memset(d.values[3].name, 'x', sizeof(d.values[3].name));
	assert_null(rec_check(&d, sizeof(d)));
	d = good;
	d.rec.nvalues++;
	assert_null(rec_check(&d, d.rec.h.len));
	d = good;
	assert_int_equal(learn(&d, __NR_openat2), 0); /* the table stays as it is */
	assert_null(newer_record(newer, __NR_openat2));
	assert_string_equal(newer_find(newer, TR_ABI_X86_64, __NR_openat2)->name, "openat2");
	assert_null(newer_find(newer, TR_ABI_X86_64, 500));
	newer_free(newer);
}

static bool all_but_two(const char *name)
{
	return strcmp(name, "getppid") && strcmp(name, "openat2");
}

static void test_watch(void **state)
{
	struct newer_watch *w = newer_watch_new(all_but_two);
	struct open_how how = { .flags = O_PATH };
	struct described d;

	(void)state;
	assert_non_null(w);
	assert_false(newer_watch_find(w, __NR_openat2, &d));
	syscall(__NR_getppid);
	close((int)syscall(__NR_openat2, AT_FDCWD, "/", &how, sizeof(how)));
	assert_true(newer_watch_find(w, __NR_getppid, &d));
	assert_string_equal(d.rec.name, "getppid");
	assert_int_equal(d.rec.nvalues, 0);
	assert_true(newer_watch_find(w, __NR_openat2, &d));
	assert_string_equal(d.rec.name, "openat2");
	assert_int_equal(d.rec.nr, __NR_openat2);
	assert_int_equal(d.rec.nvalues, 7);
	is_value(&d.values[0], "dfd", TR_NEWER_DIRFD, 4);
	is_value(&d.values[1], "filename", TR_NEWER_STRING, 8);
	is_value(&d.values[2], "how", TR_NEWER_STRUCT_OUT, sizeof(struct open_how));
	is_value(&d.values[6], "usize", TR_NEWER_UINT, 8);
	assert_false(newer_watch_find(w, __NR_close, &d));
	newer_watch_free(w);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments), cmocka_unit_test(test_structs),
		cmocka_unit_test(test_shown), cmocka_unit_test(test_hostile),
	};
	static const struct CMUnitTest watch[] = { cmocka_unit_test(test_watch) };

	if (argc > 1 && !strcmp(argv[1], "watch"))
		return cmocka_run_group_tests(watch, NULL, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

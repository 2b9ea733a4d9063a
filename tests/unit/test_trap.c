/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_trap.c - the seccomp filter of run -e, executed here for each number: it traps what is asked for and
 * what the tracer must see, with the arguments that matter, and nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <core/table.h>
#include "trap.h"

#ifdef __aarch64__
#define ABI TR_ABI_AARCH64
#define ARCH AUDIT_ARCH_AARCH64
#else
#define ABI TR_ABI_X86_64
#define ARCH AUDIT_ARCH_X86_64
#endif

/* The answer of the filter, as the kernel finds it. */
static uint32_t answer(const struct trap *t, const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (unsigned int pc = 0; pc < t->len; pc++) {
		const struct sock_filter *i = &t->code[pc];
		int yes;

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			assert_true(i->k + 4 <= sizeof(*data) && i->k % 4 == 0);
			memcpy(&a, (const char *)data + i->k, 4);
			continue;
		case BPF_RET | BPF_K:
			return i->k;
		case BPF_JMP | BPF_JA:
			pc += i->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			yes = a == i->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			yes = a >= i->k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			yes = a > i->k;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			yes = (a & i->k) != 0;
			break;
		default:
			fail_msg("instruction %u has code %x", pc, i->code);
			return 0;
		}
		pc += yes ? i->jt : i->jf;
	}
	fail_msg("the filter ends without an answer");
	return 0;
}

static bool traps(const struct trap *t, uint32_t arch, int nr, uint64_t arg)
{
	struct seccomp_data data = {.nr = nr, .arch = arch, .args = {arg}};
	uint32_t r = answer(t, &data);

	assert_true(r == SECCOMP_RET_TRACE || r == SECCOMP_RET_ALLOW);
	return r == SECCOMP_RET_TRACE;
}

static int nr_of(const char *name, unsigned int abi)
{
	return sc_nr(sc_by_name(name), abi);
}

static void build(struct trap *t, struct filter *f, const char *list)
{
	char err[FILTER_ERR_LEN];

	filter_init(f);
	assert_int_equal(filter_set(f, "syscall", list, err), 0);
	trap_build(t, f);
	assert_true(t->len > 0 && t->len <= TRAP_MAX);
}

static void asked_for(void **state)
{
	struct filter f;
	struct trap t;

	(void)state;
	build(&t, &f, "openat,read");
	assert_true(trap_is_worth(&f));
	assert_true(traps(&t, ARCH, nr_of("openat", ABI), 0));
	assert_true(traps(&t, ARCH, nr_of("read", ABI), 0));
	assert_false(traps(&t, ARCH, nr_of("write", ABI), 0));
	assert_false(traps(&t, ARCH, 511, 0));
	assert_false(traps(&t, ARCH, 0x40000001, 0));
	assert_true(traps(&t, ARCH, nr_of("execve", ABI), 0));
	assert_true(traps(&t, ARCH, nr_of("clone3", ABI), 0));
	assert_true(traps(&t, ARCH, nr_of("setuid", ABI), 0));
	assert_true(traps(&t, ARCH, nr_of("sched_getaffinity", ABI), 0));
	filter_done(&f);
}

static void by_argument(void **state)
{
	struct filter f;
	struct trap t;

	(void)state;
	build(&t, &f, "openat");
	assert_true(traps(&t, ARCH, nr_of("prctl", ABI), PR_SET_NAME));
	assert_true(traps(&t, ARCH, nr_of("prctl", ABI), PR_SET_SECCOMP));
	assert_false(traps(&t, ARCH, nr_of("prctl", ABI), PR_GET_NAME));
	assert_true(traps(&t, ARCH, nr_of("clone", ABI), 0x00800011));
	assert_false(traps(&t, ARCH, nr_of("clone", ABI), 0x11));
	filter_done(&f);
}

static void all_but(void **state)
{
	struct filter f;
	struct trap t;

	(void)state;
	build(&t, &f, "!read");
	assert_false(traps(&t, ARCH, nr_of("read", ABI), 0));
	assert_true(traps(&t, ARCH, nr_of("write", ABI), 0));
	assert_true(traps(&t, ARCH, 511, 0));
	assert_true(traps(&t, ARCH, 100000, 0));
	filter_done(&f);
	build(&t, &f, "all");
	assert_false(trap_is_worth(&f));
	filter_done(&f);
}

/* Every second number: the longest filter there is. */
static void longest(void **state)
{
	struct filter f;
	struct trap t;

	(void)state;
	filter_init(&f);
	f.has_syscalls = true;
	for (unsigned int id = 0; id < SC_ID_MAX; id += 2)
		f.syscalls[id / 64] |= 1ULL << (id % 64);
	trap_build(&t, &f);
	assert_true(t.len <= TRAP_MAX);
	for (int nr = 0; nr < TR_NR_MAX; nr++)
		traps(&t, ARCH, nr, 0);
	filter_done(&f);
}

#ifdef __x86_64__
static void other_abi(void **state)
{
	struct filter f;
	struct trap t;

	(void)state;
	build(&t, &f, "openat");
	assert_true(traps(&t, AUDIT_ARCH_I386, nr_of("openat", TR_ABI_I386), 0));
	assert_false(traps(&t, AUDIT_ARCH_I386, nr_of("openat", TR_ABI_X86_64), 0));
	assert_false(traps(&t, AUDIT_ARCH_AARCH64, nr_of("openat", ABI), 0));
	filter_done(&f);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(asked_for),
	    cmocka_unit_test(by_argument),
	    cmocka_unit_test(all_but),
	    cmocka_unit_test(longest),
#ifdef __x86_64__
	    cmocka_unit_test(other_abi),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

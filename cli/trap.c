/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* trap.c - see trap.h. */
#include "trap.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <core/table.h>

#define CLONE_UNTRACED_FLAG 0x00800000

#define LOAD(field) BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, field)
#define ANSWER(action) BPF_RET | BPF_K, 0, 0, action

/*
 * Calls that the tracer must see whatever is asked for, beside those that change whose a task is: programs,
 * children, masks, policies, filters of their own. No option of prctl changes what a record says but the two below.
 */
static const char *const always[] = {"execve", "execveat", "clone3", "seccomp",
				     "sched_getaffinity", "sched_setaffinity",
				     "sched_getscheduler", "sched_setscheduler",
				     "sched_getattr", "sched_setattr"};

static void add(struct trap *t, unsigned short code, unsigned char yes, unsigned char no, uint32_t k)
{
	t->code[t->len++] = (struct sock_filter){code, yes, no, k};
}

static bool is_always(const struct sc_row *row, unsigned int abi)
{
	struct tr_plan plan;

	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		if (!strcmp(row->name, always[i]))
			return true;
	sc_plan(row, abi, &plan);
	return (plan.flags & TR_PLAN_CREDS) && strcmp(row->name, "prctl");
}

static void find_stops(const struct filter *f, unsigned int abi, bool stops[TR_NR_MAX])
{
	for (unsigned int nr = 0; nr < TR_NR_MAX; nr++)
		stops[nr] = f->unknown_calls;
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);
		int nr = row ? sc_nr(row, abi) : -1;

		if (nr >= 0 && nr < TR_NR_MAX)
			stops[nr] = filter_has_id(f, id) || is_always(row, abi);
	}
}

static void add_range(struct trap *t, unsigned int first, unsigned int last)
{
	if (first == last) {
		add(t, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, first);
	} else {
		add(t, BPF_JMP | BPF_JGE | BPF_K, 0, 2, first);
		add(t, BPF_JMP | BPF_JGT | BPF_K, 1, 0, last);
	}
	add(t, ANSWER(SECCOMP_RET_TRACE));
}

/* A call that matters only with some values of its first argument: one that equals, or has a bit of, them. */
static void add_conditional(struct trap *t, unsigned int abi, const char *name, unsigned short test,
			    const uint32_t *values, unsigned char n)
{
	const struct sc_row *row = sc_by_name(name);
	int nr = row ? sc_nr(row, abi) : -1;

	if (nr < 0)
		return;
	add(t, BPF_JMP | BPF_JEQ | BPF_K, 0, n + 3, nr);
	add(t, LOAD(args[0]));
	for (unsigned char i = 0; i < n; i++)
		add(t, BPF_JMP | test | BPF_K, n - i, 0, values[i]);
	add(t, ANSWER(SECCOMP_RET_ALLOW));
	add(t, ANSWER(SECCOMP_RET_TRACE));
}

static void add_abi(struct trap *t, const struct filter *f, unsigned int abi, uint32_t arch)
{
	static const uint32_t options[] = {PR_SET_NAME, PR_SET_SECCOMP};
	static const uint32_t flags[] = {CLONE_UNTRACED_FLAG};
	bool stops[TR_NR_MAX];
	unsigned short jump;

	find_stops(f, abi, stops);
	add(t, LOAD(arch));
	add(t, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, arch);
	jump = t->len;
	add(t, BPF_JMP | BPF_JA, 0, 0, 0);
	add(t, LOAD(nr));
	for (unsigned int nr = 0; nr < TR_NR_MAX; nr++) {
		unsigned int first = nr;

		while (nr < TR_NR_MAX && stops[nr])
			nr++;
		if (nr > first)
			add_range(t, first, nr - 1);
	}
	if (f->unknown_calls)
		add_range(t, TR_NR_MAX, UINT32_MAX);
	add_conditional(t, abi, "prctl", BPF_JEQ, options, 2);
	add_conditional(t, abi, "clone", BPF_JSET, flags, 1);
	add(t, ANSWER(SECCOMP_RET_ALLOW));
	t->code[jump].k = t->len - jump - 1;
}

void trap_build(struct trap *trap, const struct filter *f)
{
	trap->len = 0;
#ifdef __aarch64__
	add_abi(trap, f, TR_ABI_AARCH64, AUDIT_ARCH_AARCH64);
#else
	add_abi(trap, f, TR_ABI_X86_64, AUDIT_ARCH_X86_64);
	add_abi(trap, f, TR_ABI_I386, AUDIT_ARCH_I386);
#endif
	add(trap, ANSWER(SECCOMP_RET_ALLOW));
}

bool trap_is_worth(const struct filter *f)
{
	for (unsigned int id = 0; id < SC_ID_MAX; id++)
		if (f->has_syscalls && sc_by_id(id) && !filter_has_id(f, id))
			return true;
	return false;
}

bool trap_available(void)
{
	uint32_t action = SECCOMP_RET_TRACE;

	return !syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action);
}

int trap_install(const struct trap *trap)
{
	struct sock_fprog prog = {.len = trap->len, .filter = (struct sock_filter *)trap->code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog))
		return -errno;
	return 0;
}

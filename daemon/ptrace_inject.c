/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ptrace_inject.c - calls that are tampered with: another result, a signal, a delay, other memory. The task is
 * stopped; a delay holds up whoever else stops meanwhile.
 */
#include "backend_ptrace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <core/inject.h>

static int add(struct backend *b, unsigned int session, const char *text, char *err)
{
	for (unsigned int i = 0; i < PTRACE_INJECTS; i++) {
		if (b->inject_sessions[i])
			continue;
		b->inject_sessions[i] = bit(session);
		return inject_parse(&b->injects[i], text, err);
	}
	snprintf(err, FILTER_ERR_LEN, "more than %d injections", PTRACE_INJECTS);
	return -EBUSY;
}

static bool any(const struct backend *b)
{
	for (unsigned int i = 0; i < PTRACE_INJECTS; i++)
		if (b->inject_sessions[i])
			return true;
	return false;
}

/* A call in progress stays as it is; counts of places that others take over begin anew. */
void ptrace_inject_del(struct backend *b, unsigned int session)
{
	struct ptrace_task *t, *next;

	if (!b->injects)
		return;
	for (unsigned int i = 0; i < PTRACE_INJECTS; i++)
		b->inject_sessions[i] &= ~bit(session);
	HASH_ITER(hh, b->tasks, t, next) {
		t->call.injected = NULL;
		free(t->inject_counts);
		t->inject_counts = NULL;
	}
	if (any(b))
		return;
	free(b->injects);
	b->injects = NULL;
}

int ptrace_inject_add(struct backend *b, unsigned int session, const struct filter *f, char *err)
{
	int r = 0;

	if (!f->ninject)
		return 0;
	if (!b->injects)
		b->injects = calloc(PTRACE_INJECTS, sizeof(*b->injects));
	if (!b->injects) {
		snprintf(err, FILTER_ERR_LEN, "out of memory");
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < f->ninject && !r; i++)
		r = add(b, session, f->inject[i], err);
	if (r)
		ptrace_inject_del(b, session);
	return r;
}

static bool has_call(const struct inject *in, const struct pt_call *info)
{
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);

		if (row && row == sc_find(info->abi, info->nr))
			return in->calls[id / 64] >> (id % 64) & 1;
	}
	return in->unknown_calls;
}

/* The first injection for this call that is due. Each is counted, whether it is due or not. */
static const struct inject *find(struct backend *b, struct ptrace_task *t, const struct pt_call *info)
{
	unsigned int nr = info->nr < TR_NR_MAX ? (unsigned int)info->nr : TR_NR_MAX - 1;
	const struct inject *found = NULL;

	ptrace_refresh(b, t);
	for (unsigned int i = 0; i < PTRACE_INJECTS; i++) {
		uint16_t *n;

		if (!(b->inject_sessions[i] & t->mask) || !has_call(&b->injects[i], info))
			continue;
		if (!t->inject_counts)
			t->inject_counts = calloc((size_t)PTRACE_INJECTS * TR_NR_MAX, sizeof(*n));
		if (!t->inject_counts)
			return NULL;
		n = &t->inject_counts[i * TR_NR_MAX + nr];
		*n += *n < UINT16_MAX;
		if (!found && inject_is_due(&b->injects[i], *n))
			found = &b->injects[i];
	}
	return found;
}

static void sleep_ns(uint64_t ns)
{
	struct timespec ts = {.tv_sec = (time_t)(ns / 1000000000), .tv_nsec = (long)(ns % 1000000000)};

	while (ns && clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, &ts) == EINTR)
		;
}

static bool poke(uint32_t tid, const struct inject *in, const uint64_t *args, bool at_exit)
{
	bool done = false;

	for (unsigned int i = 0; i < in->npokes; i++) {
		const struct inject_poke *p = &in->pokes[i];
		struct iovec from = {(void *)p->bytes, p->len};
		struct iovec to = {(void *)(uintptr_t)args[p->arg], p->len};

		if (p->at_exit == at_exit && args[p->arg])
			done |= process_vm_writev((pid_t)tid, &from, 1, &to, 1, 0) == p->len;
	}
	return done;
}

void ptrace_inject_enter(struct backend *b, struct ptrace_task *t, const struct pt_call *info)
{
	const struct inject *in = find(b, t, info);
	const struct sc_row *instead;

	if (!in)
		return;
	t->call.injected = in;
	t->call.poked = poke(t->tid, in, info->args, false);
	t->inject_signo = in->signo;
	instead = in->instead ? sc_by_id(in->instead - 1) : NULL;
	if (in->has_ret)
		pt_set_call(t->tid, instead ? sc_nr(instead, info->abi) : -1);
	sleep_ns(in->delay_enter_ns);
}

int64_t ptrace_inject_leave(struct ptrace_task *t, int64_t ret, uint16_t *flags_x)
{
	const struct inject *in = t->call.injected;

	t->call.poked |= poke(t->tid, in, t->call.args, true);
	sleep_ns(in->delay_exit_ns);
	*flags_x |= t->call.poked ? TR_F_POKED : 0;
	*flags_x |= in->delay_enter_ns || in->delay_exit_ns ? TR_F_DELAYED : 0;
	if (!in->has_ret)
		return ret;
	*flags_x |= TR_F_INJECTED;
	pt_set_result(t->tid, in->ret);
	return in->ret;
}

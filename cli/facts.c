/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * facts.c - what each record changes of what is known.
 */
#include "facts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <core/newer.h>
#include <core/table.h>
#include "facts_store.h"

struct facts *facts_new(void)
{
	struct facts *f = calloc(1, sizeof(*f));

	if (f) {
		TAILQ_INIT(&f->tasks_by_age);
		TAILQ_INIT(&f->descs_by_age);
		f->newer = newer_new();
	}
	return f;
}

static void forget_all(struct facts *f)
{
	struct task *t;
	struct desc *d;

	for (unsigned int i = 0; i < f->nresults; i++)
		free(f->results[i]);
	f->nresults = 0;
	f->returned = false;
	while ((t = TAILQ_FIRST(&f->tasks_by_age)))
		store_proc_remove(f, t->proc);
	while ((d = TAILQ_FIRST(&f->descs_by_age)))
		store_proc_remove(f, d->proc);
}

void facts_free(struct facts *f)
{
	if (!f)
		return;
	forget_all(f);
	newer_free(f->newer);
	free(f);
}

static void apply_task(struct facts *f, const struct tr_task *rec)
{
	struct proc *p = store_proc(f, rec->h.tgid);
	struct task *t;

	if (p && p->start_ns && rec->start_ns && p->start_ns != rec->start_ns)
		store_proc_remove(f, p); /* the pid was used again */
	t = store_task_make(f, rec->h.tgid, rec->h.tid);
	if (!t)
		return;
	t->proc->start_ns = rec->start_ns;
	t->fact.start_ns = rec->start_ns;
	t->fact.ppid = rec->ppid;
	t->fact.uid = rec->uid;
	t->fact.euid = rec->euid;
	t->fact.cgroup = rec->cgroup;
	memcpy(t->fact.comm, rec->comm, TR_COMM_LEN);
	t->fact.comm_len = strnlen(rec->comm, TR_COMM_LEN);
}

static void settle_results(struct facts *f)
{
	for (unsigned int i = 0; i < f->nresults; i++)
		store_desc_insert(f, f->result_tgid, f->results[i]);
	f->nresults = 0;
	f->returned = false;
}

/* What a call returns becomes so only after the call was shown, for its arguments are of before. */
static void apply_fd(struct facts *f, const struct tr_fd *rec)
{
	struct desc *d = store_desc_new(rec);

	if (!d)
		return;
	if (!(rec->h.flags & TR_FD_RESULT)) {
		store_desc_insert(f, rec->h.tgid, d);
		return;
	}
	if (f->nresults == RESULTS_MAX || f->result_tid != rec->h.tid)
		settle_results(f);
	f->results[f->nresults++] = d;
	f->result_tgid = rec->h.tgid;
	f->result_tid = rec->h.tid;
}

/* Where descriptors are not told: a netlink socket, whose messages only its protocol explains. */
static void apply_socket(struct facts *f, const struct tr_syscall *rec)
{
	static const uint16_t numbers[TR_ABI_MAX] = {41, 359, 198};
	const struct desc *d;
	struct tr_fd fact = {.h = rec->h, .kind = TR_FD_SOCKET};
	uint16_t family = (uint16_t)rec->args[0];

	if (rec->abi >= TR_ABI_MAX || rec->nr != numbers[rec->abi] || rec->ret < 0 ||
	    rec->ret > INT32_MAX || (rec->h.flags & TR_F_BLOCKED))
		return;
	d = store_desc(f, rec->h.tgid, (int32_t)rec->ret);
	if (d ? d->fact.kind == TR_FD_SOCKET && d->fact.sock_family == family &&
			d->fact.sock_proto == (uint16_t)rec->args[2] :
		family != AF_NETLINK)
		return;
	fact.h.flags = 0;
	fact.fd = (int32_t)rec->ret;
	fact.sock_type = (uint8_t)(rec->args[1] & 15);
	fact.sock_family = family;
	fact.sock_proto = (uint16_t)rec->args[2];
	apply_fd(f, &fact);
}

/* What closes descriptors does so after it was shown. An exec closes some; which ones nobody tells. */
static void close_range_next(struct facts *f, uint32_t tgid, int64_t first, int64_t last)
{
	f->closing_tgid = tgid;
	f->closing_first = first;
	f->closing_last = last;
}

static void set_closed(struct facts *f, struct desc *d)
{
	unsigned int bit = store_hash(d->proc->tgid, (uint32_t)d->fact.fd) % 1024;

	d->closed = true;
	f->closed_some[bit / 64] |= 1ULL << bit % 64;
}

static void settle_closed(struct facts *f)
{
	struct proc *p = store_proc(f, f->closing_tgid);
	struct desc *d;

	if (f->closing_first == f->closing_last) {
		d = store_desc(f, f->closing_tgid, (int32_t)f->closing_first);
		if (d)
			set_closed(f, d);
	} else if (p) {
		LIST_FOREACH(d, &p->descs, of_proc)
			if (d->fact.fd >= f->closing_first && d->fact.fd <= f->closing_last)
				set_closed(f, d);
	}
	f->closing_tgid = 0;
}

static void apply_close(struct facts *f, const struct tr_syscall *rec)
{
	static const uint16_t close_nr[TR_ABI_MAX] = {3, 6, 57};
	const uint16_t close_range_nr = 436, unshare_or_keep = 6;

	if (rec->abi >= TR_ABI_MAX || rec->ret)
		return;
	if (rec->nr == close_nr[rec->abi])
		close_range_next(f, rec->h.tgid, (int32_t)rec->args[0], (int32_t)rec->args[0]);
	else if (rec->nr == close_range_nr && !(rec->args[2] & unshare_or_keep))
		close_range_next(f, rec->h.tgid, (uint32_t)rec->args[0], (uint32_t)rec->args[1]);
}

static void confirm(struct facts *f, uint32_t tgid, uint64_t fd)
{
	unsigned int bit = store_hash(tgid, (uint32_t)fd) % 1024;
	struct desc *d;

	if (!(f->closed_some[bit / 64] >> bit % 64 & 1)) /* most calls name others */
		return;
	d = store_desc(f, tgid, (int32_t)fd);
	if (d)
		d->closed = false;
}

/* What is known of the descriptors that a call names and returns was looked at when it was made. */
static void confirm_named(struct facts *f, const struct tr_syscall *rec)
{
	const struct sc_row *row = f->ndescs ? sc_find(rec->abi, rec->nr) : NULL;

	for (unsigned int i = 0; row && i < row->nargs; i++)
		if (row->args[i].type == T_FD || row->args[i].type == T_DIRFD)
			confirm(f, rec->h.tgid, rec->args[i]);
	if (row && row->ret == R_FD && rec->ret >= 0 && !(rec->h.flags & TR_F_BLOCKED))
		confirm(f, rec->h.tgid, (uint64_t)rec->ret);
}

static void apply_call(struct facts *f, const struct tr_syscall *rec)
{
	struct task *t;

	if (rec->h.flags & TR_F_BLOCKED)
		return;
	t = store_task(f, rec->h.tid);
	if (!t)
		return;
	apply_close(f, rec);
	t->call_before = t->call;
	t->call = (struct fact_call){.nr = rec->nr, .abi = rec->abi, .known = true};
}

/* Until it is told more, a child is what its parent is. */
static void apply_fork(struct facts *f, const struct tr_fork *rec)
{
	const struct task *parent = store_task(f, rec->h.tid);
	struct fact_task fact;
	struct task *t;

	if (!parent)
		return;
	fact = parent->fact;
	if (rec->child_tgid != rec->h.tgid) {
		struct proc *stale = store_proc(f, rec->child_tgid);

		if (stale && rec->child_tgid == rec->child_tid)
			store_proc_remove(f, stale);
		fact.ppid = rec->h.tgid;
		fact.start_ns = 0;
	}
	t = store_task_make(f, rec->child_tgid, rec->child_tid);
	if (!t)
		return;
	fact.tgid = rec->child_tgid;
	fact.tid = rec->child_tid;
	t->fact = fact;
}

/*
 * A thread that executes a program takes the tid of its process. What was told of it since under that
 * tid is newer than what is known of the thread.
 */
static void apply_exec(struct facts *f, const struct tr_exec *rec)
{
	struct task *from = store_task(f, rec->old_tid);
	struct fact_task fact;
	struct task *t;

	if (rec->old_tid == rec->h.tid || !from || from->fact.tgid != rec->h.tgid)
		return;
	if (store_task(f, rec->h.tid)) {
		store_forget_task(f, rec->old_tid);
		return;
	}
	fact = from->fact;
	t = store_task_make(f, rec->h.tgid, rec->h.tid);
	if (t) {
		t->fact = fact;
		t->fact.tid = rec->h.tid;
	}
	store_forget_task(f, rec->old_tid);
}

static void forget_ended(struct facts *f)
{
	struct proc *p;

	f->ended = false;
	store_forget_task(f, f->ended_tid);
	p = f->ended_tgid ? store_proc(f, f->ended_tgid) : NULL;
	if (p)
		store_proc_remove(f, p);
}

static void apply_exit(struct facts *f, const struct tr_exit *rec)
{
	f->ended = true;
	f->ended_tid = rec->h.tid;
	f->ended_tgid = rec->last ? rec->h.tgid : 0;
}

void facts_apply(struct facts *f, const struct tr_hdr *rec)
{
	if (f->ended)
		forget_ended(f);
	if (f->closing_tgid)
		settle_closed(f);
	if (f->returned)
		settle_results(f);
	switch (rec->type) {
	case TR_TASK:
		apply_task(f, (const void *)rec);
		break;
	case TR_FD:
		apply_fd(f, (const void *)rec);
		break;
	case TR_NEWER:
		if (f->newer) /* what can't be kept is shown by its number */
			newer_learn(f->newer, (const void *)rec);
		break;
	case TR_SYSCALL:
		f->returned = f->nresults && rec->tid == f->result_tid;
		apply_socket(f, (const void *)rec);
		confirm_named(f, (const void *)rec);
		apply_call(f, (const void *)rec);
		break;
	case TR_FORK:
		apply_fork(f, (const void *)rec);
		break;
	case TR_EXEC:
		close_range_next(f, rec->tgid, 3, INT32_MAX);
		apply_exec(f, (const void *)rec);
		break;
	case TR_EXIT:
		apply_exit(f, (const void *)rec);
		break;
	case TR_RESET:
		forget_all(f);
		break;
	default:
		break;
	}
}

const struct newer *facts_newer(const struct facts *f)
{
	return f ? f->newer : NULL;
}

const struct fact_task *facts_task(const struct facts *f, uint32_t tid)
{
	const struct task *t = store_task(f, tid);

	return t ? &t->fact : NULL;
}

struct fact_call facts_call_before(const struct facts *f, const struct tr_syscall *rec)
{
	const struct task *t = store_task(f, rec->h.tid);

	if (!t)
		return (struct fact_call){};
	return rec->h.flags & TR_F_BLOCKED ? t->call : t->call_before;
}

const struct fact_fd *facts_fd(const struct facts *f, uint32_t tgid, int32_t fd)
{
	const struct desc *d = store_desc(f, tgid, fd);

	return d && !d->closed ? &d->fact : NULL;
}

const struct fact_fd *facts_result(const struct facts *f, uint32_t tgid, int32_t fd)
{
	const struct desc *d;

	for (unsigned int i = 0; f->returned && f->result_tgid == tgid && i < f->nresults; i++)
		if (f->results[i]->fact.fd == fd)
			return &f->results[i]->fact;
	d = store_desc(f, tgid, fd);
	return d ? &d->fact : NULL;
}

bool fact_is_anon(const struct fact_fd *fd, const char *name)
{
	return fd && fd->kind == TR_FD_ANON && fd->path && strlen(name) == fd->path_len &&
	       memcmp(name, fd->path, fd->path_len) == 0;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * told.c - see told.h. A fact is kept as the record it came in, by process, number and type; every one
 * hangs on its process and on a list by the time it was told.
 */
#include "told.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <uthash.h>

struct key {
	uint32_t tgid;
	uint32_t id; /* tid or descriptor */
	uint32_t type;
};

struct fact {
	UT_hash_handle hh;
	TAILQ_ENTRY(fact) age;
	LIST_ENTRY(fact) of_proc;
	struct proc *proc;
	struct key key;
	_Alignas(8) uint8_t rec[];
};

struct proc {
	UT_hash_handle hh;
	uint32_t tgid;
	uint64_t start_ns; /* 0: unknown */
	LIST_HEAD(, fact) facts;
};

struct told {
	struct fact *facts;
	struct proc *procs;
	TAILQ_HEAD(, fact) by_age;
	size_t n, bytes;
};

struct told *told_new(void)
{
	struct told *t = calloc(1, sizeof(*t));

	if (t)
		TAILQ_INIT(&t->by_age);
	return t;
}

static struct tr_hdr *rec_of(struct fact *f)
{
	return (struct tr_hdr *)f->rec;
}

static struct fact *find(const struct told *t, uint32_t type, uint32_t tgid, uint32_t id)
{
	struct key key = {.tgid = tgid, .id = id, .type = type};
	struct fact *f;

	HASH_FIND(hh, t->facts, &key, sizeof(key), f);
	return f;
}

static struct proc *proc_find(const struct told *t, uint32_t tgid)
{
	struct proc *p;

	HASH_FIND(hh, t->procs, &tgid, sizeof(tgid), p);
	return p;
}

static struct proc *proc_get(struct told *t, uint32_t tgid)
{
	struct proc *p = proc_find(t, tgid);

	if (p)
		return p;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->tgid = tgid;
	LIST_INIT(&p->facts);
	HASH_ADD(hh, t->procs, tgid, sizeof(p->tgid), p);
	return p;
}

/* Leaves the process, even if nothing hangs on it any more. */
static void drop(struct told *t, struct fact *f)
{
	HASH_DELETE(hh, t->facts, f);
	TAILQ_REMOVE(&t->by_age, f, age);
	LIST_REMOVE(f, of_proc);
	t->n--;
	t->bytes -= rec_of(f)->len;
	free(f);
}

static void tidy(struct told *t, struct proc *p)
{
	if (!LIST_EMPTY(&p->facts))
		return;
	HASH_DELETE(hh, t->procs, p);
	free(p);
}

static void forget(struct told *t, struct fact *f)
{
	struct proc *p;

	if (!f)
		return;
	p = f->proc;
	drop(t, f);
	tidy(t, p);
}

static void forget_proc(struct told *t, uint32_t tgid)
{
	struct proc *p = proc_find(t, tgid);
	struct fact *f;

	if (!p)
		return;
	while ((f = LIST_FIRST(&p->facts)))
		drop(t, f);
	tidy(t, p);
}

static void forget_all(struct told *t)
{
	struct fact *f;

	while ((f = TAILQ_FIRST(&t->by_age)))
		forget(t, f);
}

void told_free(struct told *t)
{
	if (t)
		forget_all(t);
	free(t);
}

static struct fact *keep(struct told *t, const struct tr_hdr *rec, uint32_t id)
{
	struct proc *p = proc_get(t, rec->tgid);
	struct fact *f = p ? malloc(sizeof(*f) + rec->len) : NULL;

	if (!f) {
		if (p)
			tidy(t, p);
		return NULL;
	}
	memset(f, 0, sizeof(*f));
	memcpy(f->rec, rec, rec->len);
	f->key = (struct key){.tgid = rec->tgid, .id = id, .type = rec->type};
	f->proc = p;
	HASH_ADD(hh, t->facts, key, sizeof(f->key), f);
	TAILQ_INSERT_TAIL(&t->by_age, f, age);
	LIST_INSERT_HEAD(&p->facts, f, of_proc);
	t->n++;
	t->bytes += rec->len;
	if (t->n > TOLD_MAX)
		forget(t, TAILQ_FIRST(&t->by_age));
	return f;
}

static void apply_task(struct told *t, const struct tr_task *rec)
{
	struct proc *p = proc_find(t, rec->h.tgid);
	struct fact *f;

	if (p && p->start_ns && rec->start_ns && p->start_ns != rec->start_ns)
		forget_proc(t, rec->h.tgid); /* the pid was used again */
	forget(t, find(t, TR_TASK, rec->h.tgid, rec->h.tid));
	f = keep(t, &rec->h, rec->h.tid);
	if (f)
		f->proc->start_ns = rec->start_ns;
}

static void apply_fd(struct told *t, const struct tr_fd *rec)
{
	forget(t, find(t, TR_FD, rec->h.tgid, (uint32_t)rec->fd));
	keep(t, &rec->h, (uint32_t)rec->fd);
}

/* A thread that executes a program goes on under the number of its process. */
static void apply_exec(struct told *t, const struct tr_exec *rec)
{
	struct fact *from = find(t, TR_TASK, rec->h.tgid, rec->old_tid);
	_Alignas(8) struct tr_task task;

	if (rec->old_tid == rec->h.tid || !from)
		return;
	task = *(const struct tr_task *)from->rec;
	forget(t, from);
	if (find(t, TR_TASK, rec->h.tgid, rec->h.tid))
		return;
	task.h.tid = rec->h.tid;
	apply_task(t, &task);
}

void told_apply(struct told *t, const struct tr_hdr *rec)
{
	switch (rec->type) {
	case TR_TASK:
		apply_task(t, (const struct tr_task *)rec);
		break;
	case TR_FD:
		apply_fd(t, (const struct tr_fd *)rec);
		break;
	case TR_NEWER:
		forget(t, find(t, TR_NEWER, rec->tgid, ((const struct tr_newer *)rec)->nr));
		keep(t, rec, ((const struct tr_newer *)rec)->nr);
		break;
	case TR_EXEC:
		apply_exec(t, (const struct tr_exec *)rec);
		break;
	case TR_EXIT:
		forget(t, find(t, TR_TASK, rec->tgid, rec->tid));
		if (((const struct tr_exit *)rec)->last)
			forget_proc(t, rec->tgid);
		break;
	case TR_RESET:
		forget_all(t);
		break;
	default:
		break;
	}
}

void told_each(const struct told *t, void (*fn)(void *ctx, const struct tr_hdr *rec), void *ctx)
{
	struct fact *f;

	TAILQ_FOREACH(f, &t->by_age, age)
		fn(ctx, rec_of(f));
}

size_t told_bytes(const struct told *t)
{
	return t->bytes;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "facts_store.h"

#include <stdlib.h>
#include <string.h>
#include <core/buf.h>

unsigned int store_hash(uint32_t a, uint32_t b)
{
	uint64_t h = ((uint64_t)a << 32 | b) * 0x9e3779b97f4a7c15ULL;

	return (unsigned int)(h >> 40) & (BUCKETS - 1);
}

struct proc *store_proc(const struct facts *f, uint32_t tgid)
{
	struct proc *p = f->procs[store_hash(tgid, 0)];

	while (p && p->tgid != tgid)
		p = p->hash_next;
	return p;
}

static struct proc *proc_make(struct facts *f, uint32_t tgid)
{
	struct proc *p = store_proc(f, tgid);
	struct proc **bucket = &f->procs[store_hash(tgid, 0)];

	if (p)
		return p;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->tgid = tgid;
	p->hash_next = *bucket;
	*bucket = p;
	return p;
}

static void proc_free_if_empty(struct facts *f, struct proc *p)
{
	struct proc **at = &f->procs[store_hash(p->tgid, 0)];

	if (!LIST_EMPTY(&p->tasks) || !LIST_EMPTY(&p->descs))
		return;
	while (*at != p)
		at = &(*at)->hash_next;
	*at = p->hash_next;
	free(p);
}

struct task *store_task(const struct facts *f, uint32_t tid)
{
	struct task *t = f->tasks[store_hash(tid, 0)];

	while (t && t->fact.tid != tid)
		t = t->hash_next;
	return t;
}

/* Both remove functions leave the process, even if nothing hangs on it any more. */
static void task_remove(struct facts *f, struct task *t)
{
	struct task **at = &f->tasks[store_hash(t->fact.tid, 0)];

	while (*at != t)
		at = &(*at)->hash_next;
	*at = t->hash_next;
	TAILQ_REMOVE(&f->tasks_by_age, t, age);
	LIST_REMOVE(t, of_proc);
	f->ntasks--;
	free(t);
}

struct desc *store_desc(const struct facts *f, uint32_t tgid, int32_t fd)
{
	struct desc *d = f->descs[store_hash(tgid, (uint32_t)fd)];

	while (d && (d->fact.fd != fd || d->proc->tgid != tgid))
		d = d->hash_next;
	return d;
}

static void desc_remove(struct facts *f, struct desc *d)
{
	struct desc **at = &f->descs[store_hash(d->proc->tgid, (uint32_t)d->fact.fd)];

	while (*at != d)
		at = &(*at)->hash_next;
	*at = d->hash_next;
	TAILQ_REMOVE(&f->descs_by_age, d, age);
	LIST_REMOVE(d, of_proc);
	f->ndescs--;
	free(d);
}

void store_proc_remove(struct facts *f, struct proc *p)
{
	struct desc *d;
	struct task *t;

	while ((d = LIST_FIRST(&p->descs)))
		desc_remove(f, d);
	while ((t = LIST_FIRST(&p->tasks)))
		task_remove(f, t);
	proc_free_if_empty(f, p);
}

void store_forget_task(struct facts *f, uint32_t tid)
{
	struct task *t = store_task(f, tid);
	struct proc *p = t ? t->proc : NULL;

	if (!t)
		return;
	task_remove(f, t);
	proc_free_if_empty(f, p);
}

struct task *store_task_make(struct facts *f, uint32_t tgid, uint32_t tid)
{
	struct task *t = store_task(f, tid);
	struct proc *p;

	if (t && t->fact.tgid == tgid)
		return t;
	store_forget_task(f, tid);
	if (f->ntasks >= FACTS_MAX)
		store_forget_task(f, TAILQ_FIRST(&f->tasks_by_age)->fact.tid);
	p = proc_make(f, tgid);
	t = p ? calloc(1, sizeof(*t)) : NULL;
	if (!t) {
		if (p)
			proc_free_if_empty(f, p);
		return NULL;
	}
	t->proc = p;
	t->fact.tgid = tgid;
	t->fact.tid = tid;
	t->hash_next = f->tasks[store_hash(tid, 0)];
	f->tasks[store_hash(tid, 0)] = t;
	TAILQ_INSERT_TAIL(&f->tasks_by_age, t, age);
	LIST_INSERT_HEAD(&p->tasks, t, of_proc);
	f->ntasks++;
	return t;
}

/* Joins NUL-terminated components, the last one first, to a path in out (len + 1 bytes). */
static size_t join_reversed(const char *parts, size_t len, char *out)
{
	size_t n = 0, end = len;

	while (end && !parts[end - 1])
		end--;
	while (end) {
		size_t begin = end;

		while (begin && parts[begin - 1])
			begin--;
		out[n++] = '/';
		memcpy(out + n, parts + begin, end - begin);
		n += end - begin;
		while (begin && !parts[begin - 1])
			begin--;
		end = begin;
	}
	if (!n)
		out[n++] = '/';
	return n;
}

#define NUMBER_MAX sizeof(":[18446744073709551615]")

static size_t put_number(char *out, uint64_t v)
{
	struct buf b = {.p = out, .cap = NUMBER_MAX};

	buf_put(&b, ":[", 2);
	buf_u64(&b, v);
	buf_char(&b, ']');
	return b.len;
}

static void fill_desc(struct desc *d, const struct tr_fd *rec)
{
	const char *payload = (const char *)(rec + 1);
	struct fact_fd *fact = &d->fact;

	*fact = (struct fact_fd){
		.fd = rec->fd,
		.kind = rec->kind,
		.flags = rec->h.flags & (TR_FD_DELETED | TR_FD_INCOMPLETE | TR_FD_STATE),
		.sock_type = rec->sock_type,
		.sock_family = rec->sock_family,
		.sock_proto = rec->sock_proto,
		.ino = rec->ino,
		.rdev = rec->rdev,
		.mode = rec->mode,
	};
	if (fact->flags & TR_FD_STATE)
		memcpy(&fact->state, payload + rec->payload_len - sizeof(fact->state),
		       sizeof(fact->state));
	if (rec->kind == TR_FD_SOCKET) {
		memcpy(d->payload, payload, rec->payload_len);
		fact->local_len = rec->local_len;
		fact->local = rec->local_len ? d->payload : NULL;
		fact->peer_len = rec->peer_len;
		fact->peer = rec->peer_len ? d->payload + TR_FD_ADDR : NULL;
	} else if (rec->h.flags & TR_FD_REVERSED) {
		fact->path_len = join_reversed(payload, rec->payload_len, d->payload);
		fact->path = d->payload;
	} else if (rec->payload_len) {
		memcpy(d->payload, payload, rec->payload_len);
		fact->path_len = strnlen(payload, rec->payload_len);
		if (rec->h.flags & TR_FD_NUMBERED)
			fact->path_len += put_number(d->payload + fact->path_len, rec->ino);
		fact->path = d->payload;
	}
}

struct desc *store_desc_new(const struct tr_fd *rec)
{
	size_t number = rec->h.flags & TR_FD_NUMBERED ? NUMBER_MAX : 0;
	struct desc *d = calloc(1, sizeof(*d) + rec->payload_len + 1 + number);

	if (d)
		fill_desc(d, rec);
	return d;
}

void store_desc_insert(struct facts *f, uint32_t tgid, struct desc *d)
{
	struct desc *old = store_desc(f, tgid, d->fact.fd);
	struct desc **bucket = &f->descs[store_hash(tgid, (uint32_t)d->fact.fd)];
	struct proc *p = proc_make(f, tgid);

	if (old)
		desc_remove(f, old);
	if (!p) {
		free(d);
		return;
	}
	d->proc = p;
	d->hash_next = *bucket;
	*bucket = d;
	TAILQ_INSERT_TAIL(&f->descs_by_age, d, age);
	LIST_INSERT_HEAD(&p->descs, d, of_proc);
	if (++f->ndescs > FACTS_MAX) {
		struct desc *oldest = TAILQ_FIRST(&f->descs_by_age);
		struct proc *old_proc = oldest->proc;

		desc_remove(f, oldest);
		proc_free_if_empty(f, old_proc);
	}
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * facts.c - tasks by tid and descriptors by (tgid, fd), in two hash tables of a fixed number of
 * buckets. Every fact hangs on its process, so that all go when it ends, and on a list by the time it
 * was told, so that the oldest goes first when there are too many.
 */
#include "facts.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <core/buf.h>
#include <core/newer.h>
#include <core/table.h>

#define RESULTS_MAX 2 /* a pair of pipes or sockets */
#define BUCKETS 16384 /* a power of two */

struct proc;

struct task {
	struct fact_task fact;
	struct fact_call call, call_before; /* the last one that returned, and the one before it */
	struct proc *proc;
	struct task *hash_next;
	TAILQ_ENTRY(task) age;
	LIST_ENTRY(task) of_proc;
};

struct desc {
	struct fact_fd fact;
	bool closed; /* by a call, and no call has named it since: another may have its number */
	struct proc *proc;
	struct desc *hash_next;
	TAILQ_ENTRY(desc) age;
	LIST_ENTRY(desc) of_proc;
	char payload[]; /* path or the two addresses */
};

struct proc {
	uint32_t tgid;
	uint64_t start_ns;
	struct proc *hash_next;
	LIST_HEAD(, task) tasks;
	LIST_HEAD(, desc) descs;
};

struct facts {
	struct task *tasks[BUCKETS];
	struct desc *descs[BUCKETS];
	struct proc *procs[BUCKETS];
	TAILQ_HEAD(, task) tasks_by_age;
	TAILQ_HEAD(, desc) descs_by_age;
	unsigned int ntasks, ndescs;
	struct newer *newer;
	/* Of a call that is still to come, or that was applied last: not in the tables yet. */
	struct desc *results[RESULTS_MAX];
	unsigned int nresults;
	uint32_t result_tgid, result_tid;
	bool returned; /* it was applied */
	uint64_t closed_some[16]; /* a bit by the hash of each that was ever closed */
	uint32_t closing_tgid; /* of these at the next record, 0: none */
	int64_t closing_first, closing_last;
	bool ended; /* forget ended_tid, and all of ended_tgid if that is not 0, at the next record */
	uint32_t ended_tid, ended_tgid;
};

static unsigned int hash(uint32_t a, uint32_t b)
{
	uint64_t h = ((uint64_t)a << 32 | b) * 0x9e3779b97f4a7c15ULL;

	return (unsigned int)(h >> 40) & (BUCKETS - 1);
}

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

static struct proc *proc_find(const struct facts *f, uint32_t tgid)
{
	struct proc *p = f->procs[hash(tgid, 0)];

	while (p && p->tgid != tgid)
		p = p->hash_next;
	return p;
}

static struct proc *proc_make(struct facts *f, uint32_t tgid)
{
	struct proc *p = proc_find(f, tgid);
	struct proc **bucket = &f->procs[hash(tgid, 0)];

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
	struct proc **at = &f->procs[hash(p->tgid, 0)];

	if (!LIST_EMPTY(&p->tasks) || !LIST_EMPTY(&p->descs))
		return;
	while (*at != p)
		at = &(*at)->hash_next;
	*at = p->hash_next;
	free(p);
}

static struct task *task_find(const struct facts *f, uint32_t tid)
{
	struct task *t = f->tasks[hash(tid, 0)];

	while (t && t->fact.tid != tid)
		t = t->hash_next;
	return t;
}

/* Both remove functions leave the process, even if nothing hangs on it any more. */
static void task_remove(struct facts *f, struct task *t)
{
	struct task **at = &f->tasks[hash(t->fact.tid, 0)];

	while (*at != t)
		at = &(*at)->hash_next;
	*at = t->hash_next;
	TAILQ_REMOVE(&f->tasks_by_age, t, age);
	LIST_REMOVE(t, of_proc);
	f->ntasks--;
	free(t);
}

static struct desc *desc_find(const struct facts *f, uint32_t tgid, int32_t fd)
{
	struct desc *d = f->descs[hash(tgid, (uint32_t)fd)];

	while (d && (d->fact.fd != fd || d->proc->tgid != tgid))
		d = d->hash_next;
	return d;
}

static void desc_remove(struct facts *f, struct desc *d)
{
	struct desc **at = &f->descs[hash(d->proc->tgid, (uint32_t)d->fact.fd)];

	while (*at != d)
		at = &(*at)->hash_next;
	*at = d->hash_next;
	TAILQ_REMOVE(&f->descs_by_age, d, age);
	LIST_REMOVE(d, of_proc);
	f->ndescs--;
	free(d);
}

static void proc_remove(struct facts *f, struct proc *p)
{
	struct desc *d;
	struct task *t;

	while ((d = LIST_FIRST(&p->descs)))
		desc_remove(f, d);
	while ((t = LIST_FIRST(&p->tasks)))
		task_remove(f, t);
	proc_free_if_empty(f, p);
}

static void forget_task(struct facts *f, uint32_t tid)
{
	struct task *t = task_find(f, tid);
	struct proc *p = t ? t->proc : NULL;

	if (!t)
		return;
	task_remove(f, t);
	proc_free_if_empty(f, p);
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
		proc_remove(f, t->proc);
	while ((d = TAILQ_FIRST(&f->descs_by_age)))
		proc_remove(f, d->proc);
}

void facts_free(struct facts *f)
{
	if (!f)
		return;
	forget_all(f);
	newer_free(f->newer);
	free(f);
}

/* The task, made if need be, with every field but those that name it as they were. */
static struct task *task_make(struct facts *f, uint32_t tgid, uint32_t tid)
{
	struct task *t = task_find(f, tid);
	struct proc *p;

	if (t && t->fact.tgid == tgid)
		return t;
	forget_task(f, tid);
	if (f->ntasks >= FACTS_MAX)
		forget_task(f, TAILQ_FIRST(&f->tasks_by_age)->fact.tid);
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
	t->hash_next = f->tasks[hash(tid, 0)];
	f->tasks[hash(tid, 0)] = t;
	TAILQ_INSERT_TAIL(&f->tasks_by_age, t, age);
	LIST_INSERT_HEAD(&p->tasks, t, of_proc);
	f->ntasks++;
	return t;
}

static void apply_task(struct facts *f, const struct tr_task *rec)
{
	struct proc *p = proc_find(f, rec->h.tgid);
	struct task *t;

	if (p && p->start_ns && rec->start_ns && p->start_ns != rec->start_ns)
		proc_remove(f, p); /* the pid was used again */
	t = task_make(f, rec->h.tgid, rec->h.tid);
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

static struct desc *desc_new(const struct tr_fd *rec)
{
	size_t number = rec->h.flags & TR_FD_NUMBERED ? NUMBER_MAX : 0;
	struct desc *d = calloc(1, sizeof(*d) + rec->payload_len + 1 + number);

	if (d)
		fill_desc(d, rec);
	return d;
}

/* Takes d. */
static void desc_insert(struct facts *f, uint32_t tgid, struct desc *d)
{
	struct desc *old = desc_find(f, tgid, d->fact.fd);
	struct desc **bucket = &f->descs[hash(tgid, (uint32_t)d->fact.fd)];
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

static void settle_results(struct facts *f)
{
	for (unsigned int i = 0; i < f->nresults; i++)
		desc_insert(f, f->result_tgid, f->results[i]);
	f->nresults = 0;
	f->returned = false;
}

/* What a call returns becomes so only after the call was shown, for its arguments are of before. */
static void apply_fd(struct facts *f, const struct tr_fd *rec)
{
	struct desc *d = desc_new(rec);

	if (!d)
		return;
	if (!(rec->h.flags & TR_FD_RESULT)) {
		desc_insert(f, rec->h.tgid, d);
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
	d = desc_find(f, rec->h.tgid, (int32_t)rec->ret);
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
	unsigned int bit = hash(d->proc->tgid, (uint32_t)d->fact.fd) % 1024;

	d->closed = true;
	f->closed_some[bit / 64] |= 1ULL << bit % 64;
}

static void settle_closed(struct facts *f)
{
	struct proc *p = proc_find(f, f->closing_tgid);
	struct desc *d;

	if (f->closing_first == f->closing_last) {
		d = desc_find(f, f->closing_tgid, (int32_t)f->closing_first);
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
	unsigned int bit = hash(tgid, (uint32_t)fd) % 1024;
	struct desc *d;

	if (!(f->closed_some[bit / 64] >> bit % 64 & 1)) /* most calls name others */
		return;
	d = desc_find(f, tgid, (int32_t)fd);
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
	t = task_find(f, rec->h.tid);
	if (!t)
		return;
	apply_close(f, rec);
	t->call_before = t->call;
	t->call = (struct fact_call){.nr = rec->nr, .abi = rec->abi, .known = true};
}

/* Until it is told more, a child is what its parent is. */
static void apply_fork(struct facts *f, const struct tr_fork *rec)
{
	const struct task *parent = task_find(f, rec->h.tid);
	struct fact_task fact;
	struct task *t;

	if (!parent)
		return;
	fact = parent->fact;
	if (rec->child_tgid != rec->h.tgid) {
		struct proc *stale = proc_find(f, rec->child_tgid);

		if (stale && rec->child_tgid == rec->child_tid)
			proc_remove(f, stale);
		fact.ppid = rec->h.tgid;
		fact.start_ns = 0;
	}
	t = task_make(f, rec->child_tgid, rec->child_tid);
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
	struct task *from = task_find(f, rec->old_tid);
	struct fact_task fact;
	struct task *t;

	if (rec->old_tid == rec->h.tid || !from || from->fact.tgid != rec->h.tgid)
		return;
	if (task_find(f, rec->h.tid)) {
		forget_task(f, rec->old_tid);
		return;
	}
	fact = from->fact;
	t = task_make(f, rec->h.tgid, rec->h.tid);
	if (t) {
		t->fact = fact;
		t->fact.tid = rec->h.tid;
	}
	forget_task(f, rec->old_tid);
}

static void forget_ended(struct facts *f)
{
	struct proc *p;

	f->ended = false;
	forget_task(f, f->ended_tid);
	p = f->ended_tgid ? proc_find(f, f->ended_tgid) : NULL;
	if (p)
		proc_remove(f, p);
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
	const struct task *t = task_find(f, tid);

	return t ? &t->fact : NULL;
}

struct fact_call facts_call_before(const struct facts *f, const struct tr_syscall *rec)
{
	const struct task *t = task_find(f, rec->h.tid);

	if (!t)
		return (struct fact_call){};
	return rec->h.flags & TR_F_BLOCKED ? t->call : t->call_before;
}

const struct fact_fd *facts_fd(const struct facts *f, uint32_t tgid, int32_t fd)
{
	const struct desc *d = desc_find(f, tgid, fd);

	return d && !d->closed ? &d->fact : NULL;
}

const struct fact_fd *facts_result(const struct facts *f, uint32_t tgid, int32_t fd)
{
	const struct desc *d;

	for (unsigned int i = 0; f->returned && f->result_tgid == tgid && i < f->nresults; i++)
		if (f->results[i]->fact.fd == fd)
			return &f->results[i]->fact;
	d = desc_find(f, tgid, fd);
	return d ? &d->fact : NULL;
}

bool fact_is_anon(const struct fact_fd *fd, const char *name)
{
	return fd && fd->kind == TR_FD_ANON && fd->path && strlen(name) == fd->path_len &&
	       memcmp(name, fd->path, fd->path_len) == 0;
}

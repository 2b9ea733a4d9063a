/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* tally.c - adding up; see tally.h. How it is shown is in tally_show.c. */
#include "tally_impl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <core/newer.h>
#include <core/table.h>
#include "render.h"

#define NAMES_MAX 65536

struct tally_names *tally_names_new(void)
{
	return calloc(1, sizeof(struct tally_names));
}

void tally_names_free(struct tally_names *n)
{
	struct tally_name *name, *next;

	if (!n)
		return;
	HASH_ITER(hh, n->by_tgid, name, next) {
		HASH_DEL(n->by_tgid, name);
		free(name);
	}
	free(n);
}

/* The leader's name is the process's; another thread's serves until that is known. */
void tally_names_set(struct tally_names *n, uint32_t tgid, const char *comm, size_t len, bool leader)
{
	struct tally_name *name;

	HASH_FIND(hh, n->by_tgid, &tgid, sizeof(tgid), name);
	if (name && name->leader && !leader)
		return;
	if (!name) {
		if (HASH_COUNT(n->by_tgid) >= NAMES_MAX) { /* in order of age */
			name = n->by_tgid;
			HASH_DEL(n->by_tgid, name);
			free(name);
		}
		name = calloc(1, sizeof(*name));
		if (!name)
			return;
		name->tgid = tgid;
		HASH_ADD(hh, n->by_tgid, tgid, sizeof(name->tgid), name);
	}
	name->leader = leader;
	name->len = len < sizeof(name->comm) ? len : sizeof(name->comm);
	memcpy(name->comm, comm, name->len);
}

const struct tally_name *tally_name(const struct tally_names *n, uint32_t tgid)
{
	struct tally_name *name;

	HASH_FIND(hh, n->by_tgid, &tgid, sizeof(tgid), name);
	return name;
}

const char *tally_names_find(const struct tally_names *n, uint32_t tgid, size_t *len_x)
{
	const struct tally_name *name = tally_name(n, tgid);

	if (!name)
		return NULL;
	*len_x = name->len;
	return name->comm;
}

struct tally *tally_new(void)
{
	return calloc(1, sizeof(struct tally));
}

void tally_clear(struct tally *t)
{
	struct tally_proc *p, *next_p;
	struct tally_call *c, *next_c;

	HASH_ITER(hh, t->calls, c, next_c) {
		HASH_DEL(t->calls, c);
		free(c);
	}
	HASH_ITER(hh, t->procs, p, next_p) {
		HASH_DEL(t->procs, p);
		for (size_t i = 0; i < p->nrows; i++)
			free(p->rows[i].pairs);
		free(p->rows);
		free(p);
	}
	*t = (struct tally){0};
}

void tally_free(struct tally *t)
{
	if (!t)
		return;
	tally_clear(t);
	free(t);
}

bool tally_is_empty(const struct tally *t)
{
	return !t->calls && !t->lost;
}

static void name_call(const struct newer *newer, const struct tr_summary_entry *e, char *name)
{
	const struct sc_row *row = newer_find(newer, e->abi, e->nr);
	char text[TALLY_NAME_LEN];
	struct buf b = {.p = text, .cap = sizeof(text)};

	if (row) {
		snprintf(name, TALLY_NAME_LEN, "%s", row->name);
		return;
	}
	render_call_name(NULL, e->nr, &b); /* 8 + 2 + 4 bytes */
	memcpy(name, text, b.len);
	name[b.len] = '\0';
}

void tally_counts_add(struct tally_counts *c, uint64_t calls, uint64_t errors, uint64_t total_ns,
		      uint64_t min_ns, uint64_t max_ns)
{
	if (!c->calls || min_ns < c->min_ns)
		c->min_ns = min_ns;
	if (max_ns > c->max_ns)
		c->max_ns = max_ns;
	c->calls += calls;
	c->errors += errors;
	c->total_ns += total_ns;
}

static struct tally_call *find_call(struct tally *t, const char *name)
{
	struct tally_call *c;

	HASH_FIND_STR(t->calls, name, c);
	if (c)
		return c;
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	snprintf(c->name, sizeof(c->name), "%s", name);
	HASH_ADD_STR(t->calls, name, c);
	return c;
}

static struct tally_proc *find_proc(struct tally *t, uint32_t tgid)
{
	struct tally_proc *p;

	HASH_FIND(hh, t->procs, &tgid, sizeof(tgid), p);
	if (p)
		return p;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->tgid = tgid;
	HASH_ADD(hh, t->procs, tgid, sizeof(p->tgid), p);
	return p;
}

/* A call of a process: its buckets stay pairs, for there may be very many of these. */
static struct tally_row *find_row(struct tally_proc *p, struct tally_call *call)
{
	struct tally_row *rows;

	for (size_t i = 0; i < p->nrows; i++)
		if (p->rows[i].call == call)
			return &p->rows[i];
	if (p->nrows == p->room) {
		rows = realloc(p->rows, (p->room * 2 + 8) * sizeof(*rows));
		if (!rows)
			return NULL;
		p->rows = rows;
		p->room = p->room * 2 + 8;
	}
	p->rows[p->nrows] = (struct tally_row){.call = call};
	return &p->rows[p->nrows++];
}

static int add_entry(struct tally *t, const struct newer *newer, const struct tr_summary_entry *e,
		     const uint32_t *pairs)
{
	char name[TALLY_NAME_LEN];
	struct tally_call *call;
	struct tally_proc *p;
	struct tally_row *row;
	uint32_t *grown;

	name_call(newer, e, name);
	call = find_call(t, name);
	p = find_proc(t, e->tgid);
	row = call && p ? find_row(p, call) : NULL;
	if (!row)
		return -ENOMEM;
	grown = realloc(row->pairs, (row->npairs + e->nbuckets) * 2 * sizeof(*grown) + 1);
	if (!grown)
		return -ENOMEM;
	row->pairs = grown;
	memcpy(grown + 2 * row->npairs, pairs, e->nbuckets * 2 * sizeof(*grown));
	row->npairs += e->nbuckets;
	for (uint32_t i = 0; i < e->nbuckets; i++)
		hist_add(&call->counts.hist, pairs[2 * i], pairs[2 * i + 1]);
	tally_counts_add(&call->counts, e->calls, e->errors, e->total_ns, e->min_ns, e->max_ns);
	tally_counts_add(&t->all, e->calls, e->errors, e->total_ns, e->min_ns, e->max_ns);
	p->calls += e->calls;
	p->errors += e->errors;
	p->total_ns += e->total_ns;
	row->calls += e->calls;
	row->errors += e->errors;
	row->total_ns += e->total_ns;
	row->min_ns = row->calls == e->calls || e->min_ns < row->min_ns ? e->min_ns : row->min_ns;
	row->max_ns = e->max_ns > row->max_ns ? e->max_ns : row->max_ns;
	return 0;
}

int tally_add(struct tally *t, const struct newer *newer, const void *payload, size_t len,
	      bool (*wanted)(void *ctx, uint32_t tgid), void *ctx)
{
	struct tr_summary_head head;
	const char *p = payload;

	if (len < sizeof(head))
		return -EPROTO;
	memcpy(&head, p, sizeof(head));
	p += sizeof(head);
	len -= sizeof(head);
	if (head.duration_ns > t->duration_ns) /* every frame of an interval says it */
		t->duration_ns = head.duration_ns;
	t->lost += head.last ? head.lost : 0;
	for (uint32_t i = 0; i < head.entries; i++) {
		const struct tr_summary_entry *e = (const void *)p;
		size_t pairs;
		int r;

		if (len < sizeof(*e) || e->nbuckets > TR_HIST_BUCKETS)
			return -EPROTO;
		pairs = e->nbuckets * 2 * sizeof(uint32_t);
		if (len - sizeof(*e) < pairs)
			return -EPROTO;
		r = !wanted || wanted(ctx, e->tgid) ? add_entry(t, newer, e, (const void *)(e + 1)) :
						  0;
		if (r)
			return r;
		p += sizeof(*e) + pairs;
		len -= sizeof(*e) + pairs;
	}
	return 0;
}

int tally_merge(struct tally *t, const struct tally *other)
{
	struct tally_call *c, *next;

	HASH_ITER(hh, other->calls, c, next) {
		struct tally_call *mine = find_call(t, c->name);

		if (!mine)
			return -ENOMEM;
		tally_counts_add(&mine->counts, c->counts.calls, c->counts.errors,
				 c->counts.total_ns, c->counts.min_ns, c->counts.max_ns);
		hist_merge(&mine->counts.hist, &c->counts.hist);
	}
	tally_counts_add(&t->all, other->all.calls, other->all.errors, other->all.total_ns,
			 other->all.min_ns, other->all.max_ns);
	t->duration_ns += other->duration_ns;
	t->lost += other->lost;
	return 0;
}

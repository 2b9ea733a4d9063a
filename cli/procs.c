/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* procs.c - see procs.h. */
#include "procs.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

struct thread {
	uint32_t tid, tgid;
	UT_hash_handle hh;
};

struct procs {
	struct thread *threads; /* by tid */
};

struct procs *procs_new(void)
{
	return calloc(1, sizeof(struct procs));
}

static void drop(struct procs *p, struct thread *t)
{
	HASH_DEL(p->threads, t);
	free(t);
}

void procs_free(struct procs *p)
{
	struct thread *t, *next;

	if (!p)
		return;
	HASH_ITER(hh, p->threads, t, next)
		drop(p, t);
	free(p);
}

static struct thread *find(const struct procs *p, uint32_t tid)
{
	struct thread *t;

	HASH_FIND(hh, p->threads, &tid, sizeof(tid), t);
	return t;
}

bool procs_has(const struct procs *p, uint32_t tid)
{
	return find(p, tid);
}

void procs_add(struct procs *p, uint32_t tgid, uint32_t tid)
{
	struct thread *t = find(p, tid);

	if (t) {
		t->tgid = tgid;
		return;
	}
	t = calloc(1, sizeof(*t));
	if (!t)
		return;
	t->tid = tid;
	t->tgid = tgid;
	HASH_ADD(hh, p->threads, tid, sizeof(t->tid), t);
}

/* All threads of a process; says whether there were any. */
static int drop_process(struct procs *p, uint32_t tgid)
{
	struct thread *t, *next;
	int any = 0;

	HASH_ITER(hh, p->threads, t, next) {
		if (t->tgid == tgid) {
			drop(p, t);
			any = 1;
		}
	}
	return any;
}

static void apply_exit(struct procs *p, const struct tr_exit *e)
{
	struct thread *t = find(p, e->h.tid);

	if (t)
		drop(p, t);
	if (e->last)
		drop_process(p, e->h.tgid);
}

void procs_apply(struct procs *p, const struct tr_hdr *rec, int follow)
{
	const struct tr_fork *f = (const struct tr_fork *)rec;

	switch (rec->type) {
	case TR_FORK:
		if (follow || f->child_tgid == rec->tgid)
			procs_add(p, f->child_tgid, f->child_tid);
		break;
	case TR_EXEC: /* the other threads are no more */
		if (drop_process(p, rec->tgid))
			procs_add(p, rec->tgid, rec->tid);
		break;
	case TR_EXIT:
		apply_exit(p, (const struct tr_exit *)rec);
		break;
	default:
		break;
	}
}

size_t procs_count(const struct procs *p)
{
	return HASH_COUNT(p->threads);
}

int procs_gone(uint32_t tgid)
{
	char path[64], text[512];
	const char *end;
	size_t n;
	FILE *f;

	if (kill((pid_t)tgid, 0) && errno == ESRCH)
		return 1;
	snprintf(path, sizeof(path), "/proc/%u/stat", tgid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	end = strrchr(text, ')'); /* the name before it may have any bytes */
	return end && (!strncmp(end, ") Z", 3) || !strncmp(end, ") X", 3));
}

void procs_prune(struct procs *p, int (*gone)(uint32_t tgid))
{
	struct thread *t, *next;

	HASH_ITER(hh, p->threads, t, next)
		if (gone(t->tgid))
			drop(p, t);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* strace_pidns.c - see strace_pidns.h. */
#include "strace_pidns.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <uthash.h>

#define LEVELS 32 /* that the kernel nests */

struct pidns_task {
	UT_hash_handle hh;
	uint32_t tid;
	uint64_t ns; /* its namespace, 0: unknown */
	unsigned int n;
	uint32_t ids[LEVELS]; /* from our namespace inwards, the last is its own */
};

static uint64_t namespace_of(const char *task)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%s/ns/pid", task);
	return stat(path, &st) ? 0 : st.st_ino;
}

static void read_ids(struct pidns_task *t)
{
	char path[64], line[512];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/status", t->tid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		char *s = line + 6, *end;

		if (strncmp(line, "NSpid:", 6))
			continue;
		for (; t->n < LEVELS; s = end) {
			uint32_t id = (uint32_t)strtoul(s, &end, 10);

			if (end == s)
				break;
			t->ids[t->n++] = id;
		}
		break;
	}
	if (f)
		fclose(f);
}

void strace_pidns_see(struct strace_pidns *p, uint32_t tid)
{
	struct pidns_task *t;
	char name[16];

	HASH_FIND(hh, p->tasks, &tid, sizeof(tid), t);
	if (t) {
		HASH_DEL(p->tasks, t);
		free(t);
	}
	t = calloc(1, sizeof(*t));
	if (!t)
		return;
	if (!p->own)
		p->own = namespace_of("self");
	t->tid = tid;
	snprintf(name, sizeof(name), "%u", tid);
	t->ns = namespace_of(name);
	read_ids(t);
	HASH_ADD(hh, p->tasks, tid, sizeof(t->tid), t);
}

static struct pidns_task *get(struct strace_pidns *p, uint32_t tid)
{
	struct pidns_task *t;

	HASH_FIND(hh, p->tasks, &tid, sizeof(tid), t);
	if (t)
		return t;
	strace_pidns_see(p, tid);
	HASH_FIND(hh, p->tasks, &tid, sizeof(tid), t);
	return t;
}

void strace_pidns_born(struct strace_pidns *p, uint32_t parent, uint32_t child, uint32_t id)
{
	struct pidns_task *of = get(p, parent), *t = get(p, child);

	if (!of || !of->n || !t || t->n)
		return;
	t->ns = of->ns;
	t->n = of->n;
	t->ids[0] = child;
	t->ids[t->n - 1] = id;
}

/* The latest that has this number where t is, in that namespace or one inside it. */
static uint32_t find(const struct strace_pidns *p, const struct pidns_task *t, uint32_t pid)
{
	unsigned int level = t->n - 1;
	uint32_t found = 0;

	for (const struct pidns_task *o = p->tasks; o; o = o->hh.next)
		if (o->n > level && o->ids[level] == pid && (o->n > t->n || o->ns == t->ns))
			found = o->tid;
	return found;
}

static void see_all(struct strace_pidns *p)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (isdigit((unsigned char)e->d_name[0]))
			get(p, (uint32_t)strtoul(e->d_name, NULL, 10));
	if (dir)
		closedir(dir);
}

uint32_t strace_pidns_ours(struct strace_pidns *p, uint32_t tid, uint32_t pid)
{
	const struct pidns_task *t = get(p, tid);
	uint32_t found;

	if (!t || !t->ns || !t->n || t->ns == p->own)
		return pid;
	found = find(p, t, pid);
	if (found)
		return found;
	see_all(p);
	return find(p, t, pid);
}

void strace_pidns_done(struct strace_pidns *p)
{
	struct pidns_task *t, *next;

	HASH_ITER(hh, p->tasks, t, next) {
		HASH_DEL(p->tasks, t);
		free(t);
	}
}

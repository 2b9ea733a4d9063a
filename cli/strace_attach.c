/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* strace_attach.c - see strace_attach.h. */
#include "strace_attach.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "msg.h"

/* The process that a thread belongs to, 0: it is gone. */
static uint32_t tgid_of(uint32_t tid)
{
	char path[64], line[128];
	unsigned int tgid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/status", tid);
	f = fopen(path, "re");
	while (f && !tgid && fgets(line, sizeof(line), f))
		if (sscanf(line, "Tgid: %u", &tgid) == 1)
			break;
	if (f)
		fclose(f);
	return tgid;
}

static unsigned int attach_threads(struct strace_attach *a, uint32_t tgid)
{
	unsigned int n = 0;
	struct dirent *e;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%u/task", tgid);
	dir = opendir(path);
	while (dir && (e = readdir(dir))) {
		uint32_t tid = (uint32_t)strtoul(e->d_name, NULL, 10);

		if (!tid || !strace_line_add(a->line, tgid, tid))
			continue;
		procs_add(a->procs, tgid, tid);
		n++;
	}
	if (dir)
		closedir(dir);
	return n;
}

/* One -p. With -f it stands for all threads of its process. */
static void attach(struct strace_attach *a, uint32_t i)
{
	struct filter *f = a->filter;
	uint32_t pid = a->o->pids[i], tgid = tgid_of(pid);
	struct filter_ids *ids = a->o->follow ? &f->pid : &f->tid;

	if (!tgid) {
		msg("attach: ptrace(PTRACE_SEIZE, %u): %s", pid, strerror(ESRCH));
		return;
	}
	if (ids->n == FILTER_VALUES_MAX)
		return;
	ids->v[ids->n++] = a->o->follow ? tgid : pid;
	if (a->o->follow) {
		a->nthreads[i] = attach_threads(a, tgid);
	} else if (strace_line_add(a->line, tgid, pid)) {
		procs_add(a->procs, tgid, pid);
		a->nthreads[i] = 1;
	}
}

int strace_attach_all(struct strace_attach *a)
{
	unsigned int n = 0;

	for (uint32_t i = 0; i < a->o->npids; i++) {
		attach(a, i);
		n += a->nthreads[i];
	}
	return a->o->npids && !n && !a->o->argv[0];
}

void strace_attach_tell(const struct strace_attach *a)
{
	for (uint32_t i = 0; i < a->o->npids && !(a->o->quiet & QUIET_ATTACH); i++) {
		if (a->nthreads[i] > 1)
			strace_line_say(a->line, "Process %u attached with %u threads",
					a->o->pids[i], a->nthreads[i]);
		else if (a->nthreads[i])
			strace_line_say(a->line, "Process %u attached", a->o->pids[i]);
	}
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ptrace_facts.c - who a task is and what its descriptors are, told to a session before the first record that
 * needs it. Per descriptor a mask says which sessions know; a call that may change it clears the mask.
 */
#include "backend_ptrace.h"

#include <stdlib.h>
#include <string.h>
#include "procfs.h"

#define FDS_MAX 65536 /* descriptors above are told each time */
#define PATH_LEN_MAX 4096

void ptrace_need_task(struct backend *b, struct ptrace_task *t, uint64_t sessions)
{
	struct tr_task r = {};
	bool known = t->users_known && !t->trapped;
	int err;

	sessions &= ~t->told;
	if (!sessions)
		return;
	t->told |= sessions;
	r.uid = t->users.uid;
	r.euid = t->users.euid;
	r.gid = t->users.gid;
	r.egid = t->users.egid;
	err = known ? procfs_task_but_users(t->proc->tgid, t->tid, b->cgroup_root, &r) :
		      procfs_task(t->proc->tgid, t->tid, b->cgroup_root, &r);
	if (err)
		return;
	t->users = (struct ptrace_users){r.uid, r.euid, r.gid, r.egid};
	t->users_known = true;
	ptrace_emit(b, t, &r.h, TR_TASK, sizeof(r), sessions);
}

/* False: it must be told again with the next call. */
static bool tell_fd(struct backend *b, struct ptrace_task *t, int32_t fd, uint64_t sessions,
		    uint16_t flags)
{
	struct {
		struct tr_fd fd;
		char payload[PATH_LEN_MAX + 8];
	} r;
	uint32_t n;

	memset(&r.fd, 0, sizeof(r.fd));
	if (procfs_fd(t->proc->tgid, fd, &r.fd, r.payload, PATH_LEN_MAX))
		return true;
	if (r.fd.kind == TR_FD_SOCKET)
		ptrace_socket(b, t->proc, &r.fd, r.payload);
	r.fd.h.flags |= flags;
	n = r.fd.payload_len;
	memset(r.payload + n, 0, 8);
	ptrace_emit(b, t, &r.fd.h, TR_FD, sizeof(r.fd) + ((n + 7) & ~7u), sessions);
	return !(r.fd.h.flags & TR_FD_UNSETTLED);
}

/* Where it is kept which sessions know the descriptor, NULL: nowhere. */
static uint64_t *told_of(struct ptrace_proc *p, int32_t fd)
{
	uint32_t n = p->nfds ? p->nfds : 64;
	uint64_t *more;

	if (fd == TR_AT_FDCWD)
		return &p->cwd_told;
	if (p->shares_files || fd >= FDS_MAX)
		return NULL;
	if ((uint32_t)fd < p->nfds)
		return &p->fd_told[fd];
	while (n <= (uint32_t)fd)
		n *= 2;
	more = realloc(p->fd_told, n * sizeof(*more));
	if (!more)
		return NULL;
	memset(more + p->nfds, 0, (n - p->nfds) * sizeof(*more));
	p->fd_told = more;
	p->nfds = n;
	return &p->fd_told[fd];
}

void ptrace_need_fd(struct backend *b, struct ptrace_task *t, int32_t fd, uint64_t sessions,
		    uint16_t flags)
{
	uint64_t *told;

	if (fd < 0 && fd != TR_AT_FDCWD)
		return;
	told = told_of(t->proc, fd);
	if (told) {
		sessions &= ~*told;
		*told |= sessions;
	}
	if (sessions && !tell_fd(b, t, fd, sessions, flags) && told)
		*told = 0;
}

void ptrace_forget_fd(struct ptrace_proc *p, int64_t fd)
{
	if (fd == TR_AT_FDCWD)
		p->cwd_told = 0;
	else if (fd >= 0 && fd < p->nfds)
		p->fd_told[fd] = 0;
}

void ptrace_forget_fds(struct ptrace_proc *p)
{
	p->cwd_told = 0;
	if (p->nfds)
		memset(p->fd_told, 0, p->nfds * sizeof(*p->fd_told));
}

static void effect(struct backend *b, const char *name, enum ptrace_effect effect)
{
	const struct sc_row *row = sc_by_name(name);

	for (unsigned int abi = 0; row && abi < TR_ABI_MAX; abi++) {
		int nr = sc_nr(row, abi);

		if (nr >= 0 && nr < TR_NR_MAX)
			b->effects[abi][nr] = effect;
	}
}

/* What plans don't tell. A directory that is renamed or removed may be part of any path. */
void ptrace_facts_init(struct backend *b)
{
	b->cgroup_root = procfs_cgroup_root();
	effect(b, "close", EFFECT_CLOSE);
	effect(b, "close_range", EFFECT_FDS);
	effect(b, "rename", EFFECT_FDS);
	effect(b, "renameat", EFFECT_FDS);
	effect(b, "renameat2", EFFECT_FDS);
	effect(b, "unlink", EFFECT_FDS);
	effect(b, "unlinkat", EFFECT_FDS);
	effect(b, "rmdir", EFFECT_FDS);
	effect(b, "prctl", EFFECT_NAME);
	effect(b, "execve", EFFECT_EXEC);
	effect(b, "execveat", EFFECT_EXEC);
	effect(b, "exit", EFFECT_EXIT);
	effect(b, "exit_group", EFFECT_EXIT);
	effect(b, "clone", EFFECT_CLONE);
	effect(b, "clone3", EFFECT_CLONE);
	effect(b, "seccomp", EFFECT_SECCOMP);
	effect(b, "sched_getaffinity", EFFECT_AFFINITY);
	effect(b, "sched_setaffinity", EFFECT_AFFINITY);
	effect(b, "sched_getscheduler", EFFECT_AFFINITY);
	effect(b, "sched_setscheduler", EFFECT_AFFINITY);
	effect(b, "sched_getattr", EFFECT_AFFINITY);
	effect(b, "sched_setattr", EFFECT_AFFINITY);
}

void ptrace_retell(struct backend *b)
{
	struct ptrace_task *t, *tnext;
	struct ptrace_proc *p, *pnext;

	HASH_ITER(hh, b->tasks, t, tnext)
		t->told = 0;
	HASH_ITER(hh, b->procs, p, pnext)
		ptrace_forget_fds(p);
}

void ptrace_untell(struct backend *b, uint64_t sessions)
{
	struct ptrace_task *t, *tnext;
	struct ptrace_proc *p, *pnext;

	HASH_ITER(hh, b->tasks, t, tnext)
		t->told &= ~sessions;
	HASH_ITER(hh, b->procs, p, pnext) {
		p->cwd_told &= ~sessions;
		for (uint32_t i = 0; i < p->nfds; i++)
			p->fd_told[i] &= ~sessions;
	}
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ptrace_facts.c - who a task is and what its descriptors are, told to a session before the first record that
 * needs it. Per descriptor a mask says which sessions know; a call that may change it clears the mask.
 */
#include "backend_ptrace.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>
#include <linux/netlink.h>
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

/* A copy of the tracee's descriptor, which answers as its own would. */
static int borrow_fd(struct ptrace_proc *p, int32_t fd)
{
	if (p->pidfd < 0)
		p->pidfd = syscall(SYS_pidfd_open, p->tgid, 0);
	return p->pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, p->pidfd, fd, 0);
}

/* Keeps what both backends tell of an address: none that is not set, and nothing of this moment. */
static uint16_t clean_address(char *addr, socklen_t len)
{
	struct sockaddr_storage *ss = (void *)addr;

	if (len > TR_FD_ADDR)
		len = TR_FD_ADDR;
	switch (ss->ss_family) {
	case AF_INET:
		memset(addr + 8, 0, 8);
		return ((struct sockaddr_in *)ss)->sin_port ? 16 : 0;
	case AF_INET6:
		((struct sockaddr_in6 *)ss)->sin6_flowinfo = 0;
		((struct sockaddr_in6 *)ss)->sin6_scope_id = 0;
		return ((struct sockaddr_in6 *)ss)->sin6_port ? 28 : 0;
	case AF_UNIX:
		return len > 2 ? len : 0;
	case AF_NETLINK:
		((struct sockaddr_nl *)ss)->nl_groups = 0;
		return 12;
	}
	return 0;
}

typedef int name_fn(int fd, struct sockaddr *addr, socklen_t *len);

static uint16_t socket_name(int fd, name_fn *name, char *payload)
{
	union {
		struct sockaddr_storage ss;
		char bytes[sizeof(struct sockaddr_storage)];
	} a = {};
	socklen_t len = sizeof(a);
	uint16_t n;

	if (name(fd, (struct sockaddr *)&a.ss, &len))
		return 0;
	n = clean_address(a.bytes, len);
	memcpy(payload, a.bytes, n);
	return n;
}

static int socket_option(int fd, int option)
{
	int v = 0;
	socklen_t len = sizeof(v);

	return getsockopt(fd, SOL_SOCKET, option, &v, &len) ? 0 : v;
}

static void socket_facts(struct ptrace_proc *p, struct tr_fd *f, char *payload)
{
	int fd = borrow_fd(p, f->fd);

	memset(payload, 0, 2 * TR_FD_ADDR);
	f->payload_len = 2 * TR_FD_ADDR;
	if (fd < 0)
		return;
	f->sock_family = socket_option(fd, SO_DOMAIN);
	f->sock_type = socket_option(fd, SO_TYPE);
	f->sock_proto = socket_option(fd, SO_PROTOCOL);
	f->local_len = socket_name(fd, getsockname, payload);
	if (f->sock_family != AF_NETLINK)
		f->peer_len = socket_name(fd, getpeername, payload + TR_FD_ADDR);
	close(fd);
}

static void tell_fd(struct backend *b, struct ptrace_task *t, int32_t fd, uint64_t sessions,
		    uint16_t flags)
{
	struct {
		struct tr_fd fd;
		char payload[PATH_LEN_MAX + 8];
	} r;
	uint32_t n;

	memset(&r.fd, 0, sizeof(r.fd));
	if (procfs_fd(t->proc->tgid, fd, &r.fd, r.payload, PATH_LEN_MAX))
		return;
	if (r.fd.kind == TR_FD_SOCKET)
		socket_facts(t->proc, &r.fd, r.payload);
	r.fd.h.flags |= flags;
	n = r.fd.payload_len;
	memset(r.payload + n, 0, 8);
	ptrace_emit(b, t, &r.fd.h, TR_FD, sizeof(r.fd) + ((n + 7) & ~7u), sessions);
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
	if (sessions)
		tell_fd(b, t, fd, sessions, flags);
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

/* What plans don't tell. A renamed directory may be part of any path. */
void ptrace_facts_init(struct backend *b)
{
	b->cgroup_root = procfs_cgroup_root();
	effect(b, "close", EFFECT_CLOSE);
	effect(b, "close_range", EFFECT_FDS);
	effect(b, "rename", EFFECT_FDS);
	effect(b, "renameat", EFFECT_FDS);
	effect(b, "renameat2", EFFECT_FDS);
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

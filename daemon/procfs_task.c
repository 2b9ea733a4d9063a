/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * procfs_task.c - the part of procfs.h that is about one process or thread.
 */
#include "procfs.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <core/buf.h>

ssize_t procfs_slurp(char *text, size_t size, const char *fmt, ...)
{
	char path[128];
	va_list ap;
	ssize_t n;
	int fd;

	va_start(ap, fmt);
	vsnprintf(path, sizeof(path), fmt, ap);
	va_end(ap);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, size - 1);
	if (n < 0)
		n = -errno;
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n;
}

int procfs_threads(uint32_t tgid, uint32_t **tids_x, size_t *n_x)
{
	uint32_t *tids = NULL, *more;
	size_t n = 0, cap = 0;
	struct dirent *e;
	char path[64];
	int r = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%u/task", tgid);
	d = opendir(path);
	if (!d)
		return -ESRCH;
	while (!r && (e = readdir(d))) {
		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		if (n == cap) {
			cap = cap ? 2 * cap : 64;
			more = realloc(tids, cap * sizeof(*tids));
			if (!more) {
				r = -ENOMEM;
				break;
			}
			tids = more;
		}
		tids[n++] = strtoul(e->d_name, NULL, 10);
	}
	closedir(d);
	if (r) {
		free(tids);
		return r;
	}
	*tids_x = tids;
	*n_x = n;
	return 0;
}

bool procfs_has_thread(uint32_t tgid, uint32_t tid)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/task/%u", tgid, tid);
	return !stat(path, &st); /* access(2) does without our capabilities, which hidepid asks for */
}

bool procfs_may_have_children(uint32_t tgid, uint32_t tid)
{
	char text[16];

	return procfs_slurp(text, sizeof(text), "/proc/%u/task/%u/children", tgid, tid) != 0;
}

/* The value of a line, NULL if there is no such line. */
static const char *line_of(const char *text, const char *key)
{
	const char *p = strstr(text, key);

	return p ? p + strlen(key) : NULL;
}

static uint64_t number_of(const char *text, const char *key, int base)
{
	const char *p = line_of(text, key);

	return p ? strtoull(p, NULL, base) : 0;
}

int procfs_status(uint32_t tid, struct procfs_status *s)
{
	char text[4096];
	const char *p;
	ssize_t n;

	n = procfs_slurp(text, sizeof(text), "/proc/%u/status", tid);
	if (n <= 0)
		return -ESRCH;
	memset(s, 0, sizeof(*s));
	p = line_of(text, "\nState:\t");
	s->state = p ? *p : '?';
	s->tgid = number_of(text, "\nTgid:", 10);
	s->ppid = number_of(text, "\nPPid:", 10);
	s->tracer = number_of(text, "\nTracerPid:", 10);
	s->nthreads = number_of(text, "\nThreads:", 10);
	s->ignored = number_of(text, "\nSigIgn:", 16);
	s->caught = number_of(text, "\nSigCgt:", 16);
	p = line_of(text, "\nUid:");
	if (p)
		sscanf(p, "%u %u", &s->uid, &s->euid);
	p = line_of(text, "\nGid:");
	if (p)
		sscanf(p, "%u %u", &s->gid, &s->egid);
	return 0;
}

int procfs_comm(uint32_t tgid, uint32_t tid, char comm[TR_COMM_LEN])
{
	char text[64];
	ssize_t n;

	n = procfs_slurp(text, sizeof(text), "/proc/%u/task/%u/comm", tgid, tid);
	if (n <= 0)
		return -ESRCH;
	if (text[n - 1] == '\n')
		n--;
	memset(comm, 0, TR_COMM_LEN);
	memcpy(comm, text, n < TR_COMM_LEN ? n : TR_COMM_LEN - 1);
	return 0;
}

/* The fields of /proc/PID/stat from the third on (state). NULL: gone. */
static const char *stat_fields(uint32_t tgid, uint32_t tid, char *text, size_t size)
{
	ssize_t n = procfs_slurp(text, size, "/proc/%u/task/%u/stat", tgid, tid);
	char *p = n > 0 ? strrchr(text, ')') : NULL;

	return p && p[1] ? p + 2 : NULL;
}

/* Clock ticks in field number `field` of proc(5)'s list, as ns. */
static uint64_t stat_ns(const char *fields, int field)
{
	for (int i = 3; i < field && fields; i++) {
		fields = strchr(fields, ' ');
		if (fields)
			fields++;
	}
	return fields ? strtoull(fields, NULL, 10) * (1000000000ULL / sysconf(_SC_CLK_TCK)) : 0;
}

static uint64_t cgroup_of(uint32_t tgid, int root)
{
	char text[4096], *line, *end;
	struct stat st;

	if (root < 0 || procfs_slurp(text, sizeof(text), "/proc/%u/cgroup", tgid) <= 0)
		return 0;
	line = !strncmp(text, "0::", 3) ? text : strstr(text, "\n0::");
	if (!line)
		return 0;
	line = strchr(line, '/');
	if (!line)
		return 0;
	end = strchr(line, '\n');
	if (end)
		*end = '\0';
	if (strstr(line, "..") || fstatat(root, line[1] ? line + 1 : ".", &st, 0))
		return 0;
	return st.st_ino;
}

/* The name in a stat file, unless it has bytes that are written otherwise there. */
static int stat_comm(const char *text, const char *fields, char comm[TR_COMM_LEN])
{
	const char *name = strchr(text, '(');
	size_t n = fields - 2 - (name + 1); /* ") " */

	if (n >= TR_COMM_LEN || memchr(name + 1, '\\', n))
		return -EINVAL;
	memset(comm, 0, TR_COMM_LEN);
	memcpy(comm, name + 1, n);
	return 0;
}

int procfs_task_but_users(uint32_t tgid, uint32_t tid, int cgroup_root, struct tr_task *task)
{
	const char *fields;
	char text[1024];

	fields = stat_fields(tgid, tid, text, sizeof(text));
	if (!fields || (stat_comm(text, fields, task->comm) && procfs_comm(tgid, tid, task->comm)))
		return -ESRCH;
	task->ppid = strtoul(fields + 2, NULL, 10);
	if (tid != tgid)
		fields = stat_fields(tgid, tgid, text, sizeof(text));
	task->start_ns = stat_ns(fields, 22);
	task->cgroup = cgroup_of(tgid, cgroup_root);
	return 0;
}

int procfs_task(uint32_t tgid, uint32_t tid, int cgroup_root, struct tr_task *task)
{
	struct procfs_status s;

	if (procfs_status(tid, &s) || procfs_task_but_users(tgid, tid, cgroup_root, task))
		return -ESRCH;
	task->uid = s.uid;
	task->euid = s.euid;
	task->gid = s.gid;
	task->egid = s.egid;
	return 0;
}

/*
 * The scheduler counts in ns what stat gives in ticks; their proportion is that of stat, which has nothing
 * to tell of less than a tick.
 */
int procfs_times(uint32_t tgid, uint32_t tid, uint64_t *user_x, uint64_t *system_x)
{
	uint64_t run = 0, user = 0, system = 0;
	const char *fields;
	char text[1024];
	bool exact;

	exact = procfs_slurp(text, sizeof(text), "/proc/%u/task/%u/schedstat", tgid, tid) > 0;
	if (exact)
		run = strtoull(text, NULL, 10);
	if (!exact || run >= 1000000000ULL / sysconf(_SC_CLK_TCK)) {
		fields = stat_fields(tgid, tid, text, sizeof(text));
		if (!fields)
			return -ESRCH;
		user = stat_ns(fields, 14);
		system = stat_ns(fields, 15);
	}
	if (exact) {
		user = user + system ? (uint64_t)((double)run * user / (user + system)) : 0;
		system = run - user;
	}
	*user_x = user;
	*system_x = system;
	return 0;
}

int procfs_syscall(uint32_t tid, uint64_t *nr_x, uint64_t args[TR_MAX_ARGS])
{
	unsigned long long nr, a[TR_MAX_ARGS];
	char text[256];
	ssize_t n;

	n = procfs_slurp(text, sizeof(text), "/proc/%u/syscall", tid);
	if (n <= 0)
		return n ? n : -EAGAIN;
	if (sscanf(text, "%lld %llx %llx %llx %llx %llx %llx", (long long *)&nr, &a[0], &a[1],
		   &a[2], &a[3], &a[4], &a[5]) != 7 ||
	    (long long)nr < 0)
		return -EAGAIN;
	*nr_x = nr;
	for (int i = 0; i < TR_MAX_ARGS; i++)
		args[i] = a[i];
	return 0;
}

bool procfs_is_32bit(uint32_t tid)
{
	char head[6];

	return procfs_slurp(head, sizeof(head), "/proc/%u/exe", tid) == 5 && head[4] == 1; /* ELFCLASS32 */
}

int procfs_exe(uint32_t tid, struct procfs_exe *exe_x)
{
	struct stat st;
	char link[64];

	snprintf(link, sizeof(link), "/proc/%u/exe", tid);
	if (stat(link, &st))
		return -errno;
	exe_x->set_uid = st.st_mode & S_ISUID;
	exe_x->set_gid = (st.st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP);
	exe_x->uid = st.st_uid;
	exe_x->gid = st.st_gid;
	exe_x->ino = st.st_ino;
	return 0;
}

int procfs_maps(uint32_t tgid, struct buf *text)
{
	char path[64], part[4096];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/maps", tgid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while ((n = read(fd, part, sizeof(part))) > 0)
		buf_put(text, part, (size_t)n);
	close(fd);
	return n < 0 || text->failed ? -EIO : 0;
}

int procfs_open_file(uint32_t tgid, const char *path)
{
	char text[4096 + 64];
	int fd;

	if ((size_t)snprintf(text, sizeof(text), "/proc/%u/root%s", tgid, path) >= sizeof(text))
		return -ENAMETOOLONG;
	fd = open(text, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

void procfs_exe_path(uint32_t tid, char *path, size_t size)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%u/exe", tid);
	n = readlink(link, path, size - 1);
	path[n > 0 ? n : 0] = '\0';
}

int procfs_ptrace_scope(void)
{
	char text[16];

	return procfs_slurp(text, sizeof(text), "/proc/sys/kernel/yama/ptrace_scope") > 0 ? atoi(text) : 0;
}

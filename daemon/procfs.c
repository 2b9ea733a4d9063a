/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * procfs.c - see procfs.h.
 */
#include "procfs.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CGROUP_DEPTH_MAX 16

struct parent {
	uint32_t pid, ppid;
	bool in;
};

/* The fields of /proc/PID/stat begin after the last ')': the name may hold anything. */
static int read_ppid(uint32_t pid, uint32_t *ppid_x)
{
	char path[64], text[512], *p;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return -ESRCH;
	text[n] = '\0';
	p = strrchr(text, ')');
	if (!p || sscanf(p + 1, " %*c %u", ppid_x) != 1)
		return -EINVAL;
	return 0;
}

static int all_processes(struct parent **procs_x, size_t *n_x)
{
	struct parent *procs = NULL, *more;
	size_t n = 0, cap = 0;
	struct dirent *e;
	uint32_t ppid;
	DIR *d;

	d = opendir("/proc");
	if (!d)
		return -errno;
	while ((e = readdir(d))) {
		if (!isdigit((unsigned char)e->d_name[0]) || read_ppid(atoi(e->d_name), &ppid))
			continue;
		if (n == cap) {
			cap = cap ? 2 * cap : 512;
			more = realloc(procs, cap * sizeof(*procs));
			if (!more) {
				free(procs);
				closedir(d);
				return -ENOMEM;
			}
			procs = more;
		}
		procs[n++] = (struct parent){.pid = atoi(e->d_name), .ppid = ppid};
	}
	closedir(d);
	*procs_x = procs;
	*n_x = n;
	return 0;
}

static bool is_root(uint32_t pid, const uint32_t *roots, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (roots[i] == pid)
			return true;
	return false;
}

static bool has_parent_in(const struct parent *procs, size_t n, uint32_t ppid)
{
	for (size_t i = 0; i < n; i++)
		if (procs[i].pid == ppid)
			return procs[i].in;
	return false;
}

/* Where there is no child, the kernel says so for sure; it may leave out some when it lists them. */
static bool may_have_children(const uint32_t *roots, size_t nroots)
{
	bool may = false;

	for (size_t i = 0; i < nroots && !may; i++) {
		uint32_t *tids;
		size_t n;

		if (procfs_threads(roots[i], &tids, &n))
			return true;
		for (size_t k = 0; k < n && !may; k++)
			may = procfs_may_have_children(roots[i], tids[k]);
		free(tids);
	}
	return may;
}

int procfs_descendants(const uint32_t *roots, size_t nroots, uint32_t **pids_x, size_t *n_x)
{
	struct parent *procs = NULL;
	size_t n = 0, found = 0;
	bool changed = true;
	uint32_t *pids;
	int r;

	r = may_have_children(roots, nroots) ? all_processes(&procs, &n) : 0;
	if (r)
		return r;
	while (changed) {
		changed = false;
		for (size_t i = 0; i < n; i++) {
			if (procs[i].in || !(is_root(procs[i].ppid, roots, nroots) ||
					     has_parent_in(procs, n, procs[i].ppid)))
				continue;
			procs[i].in = changed = true;
			found++;
		}
	}
	pids = calloc(found ? found : 1, sizeof(*pids));
	if (pids) {
		size_t k = 0;

		for (size_t i = 0; i < n; i++)
			if (procs[i].in)
				pids[k++] = procs[i].pid;
		*pids_x = pids;
		*n_x = found;
	}
	free(procs);
	return pids ? 0 : -ENOMEM;
}

int procfs_cgroup_mount(char *path, size_t size)
{
	char line[4096], point[PATH_MAX], type[64], *sep;
	int r = -ENOENT;
	FILE *f;

	f = fopen("/proc/self/mountinfo", "re");
	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		sep = strstr(line, " - ");
		if (!sep || sscanf(sep, " - %63s", type) != 1 || strcmp(type, "cgroup2"))
			continue;
		if (sscanf(line, "%*s %*s %*s %*s %4095s", point) != 1 || strlen(point) >= size)
			continue;
		strcpy(path, point);
		r = 0;
		break;
	}
	fclose(f);
	return r;
}

int procfs_cgroup_id(const char *path, uint64_t *id_x)
{
	char mount[PATH_MAX], full[2 * PATH_MAX];
	struct stat st;
	int r;

	if (strstr(path, ".."))
		return -EINVAL;
	r = procfs_cgroup_mount(mount, sizeof(mount));
	if (r)
		return r;
	snprintf(full, sizeof(full), "%s/%s", mount, path);
	if (stat(full, &st))
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	*id_x = st.st_ino; /* kernfs: the inode number is the id, on 64-bit kernels */
	return 0;
}

int procfs_cgroup_root(void)
{
	char mount[PATH_MAX];
	int fd, r;

	r = procfs_cgroup_mount(mount, sizeof(mount));
	if (r)
		return r;
	fd = open(mount, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static size_t find_unit(int dirfd, const char *unit, int depth, uint64_t *ids, size_t n, size_t max)
{
	struct dirent *e;
	struct stat st;
	DIR *d;
	int fd;

	d = fdopendir(dirfd);
	if (!d) {
		close(dirfd);
		return n;
	}
	while (n < max && (e = readdir(d))) {
		if (e->d_type != DT_DIR || e->d_name[0] == '.')
			continue;
		if (!strcmp(e->d_name, unit)) {
			if (!fstatat(dirfd, e->d_name, &st, AT_SYMLINK_NOFOLLOW))
				ids[n++] = st.st_ino;
			continue;
		}
		fd = depth < CGROUP_DEPTH_MAX ?
				   openat(dirfd, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) :
				   -1;
		if (fd >= 0)
			n = find_unit(fd, unit, depth + 1, ids, n, max);
	}
	closedir(d);
	return n;
}

int procfs_unit_ids(const char *unit, uint64_t *ids, size_t max)
{
	char mount[PATH_MAX];
	int fd, r;

	r = procfs_cgroup_mount(mount, sizeof(mount));
	if (r)
		return r;
	fd = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return find_unit(fd, unit, 0, ids, 0, max);
}

uint64_t procfs_own_memory(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (!f)
		return 0;
	if (fscanf(f, "%*u %lu", &pages) != 1)
		pages = 0;
	fclose(f);
	return (uint64_t)pages * sysconf(_SC_PAGESIZE);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * procfs_creds.c - the part of procfs.h that is about what a process may do.
 */
#include "procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int parse_status(const char *text, struct procfs_creds *c)
{
	const char *uid = strstr(text, "\nUid:"), *gid = strstr(text, "\nGid:");
	const char *caps = strstr(text, "\nCapPrm:");

	if (!uid || !gid || !caps ||
	    sscanf(uid + 5, "%u %u %u", &c->uid[0], &c->uid[1], &c->uid[2]) != 3 ||
	    sscanf(gid + 5, "%u %u %u", &c->gid[0], &c->gid[1], &c->gid[2]) != 3)
		return -EPROTO;
	c->permitted = strtoull(caps + 8, NULL, 16);
	return 0;
}

static int namespace_of(uint32_t pid, const char *kind, uint32_t *inum_x)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/ns/%s", pid, kind);
	if (stat(path, &st))
		return -errno;
	*inum_x = st.st_ino;
	return 0;
}

int procfs_creds(uint32_t pid, struct procfs_creds *creds_x)
{
	struct procfs_creds c = {};
	char path[64], text[8192];
	struct stat st;
	ssize_t n;
	int fd, r;

	r = namespace_of(pid, "user", &c.userns);
	if (!r)
		r = namespace_of(pid, "pid", &c.pidns);
	if (r)
		return r;
	snprintf(path, sizeof(path), "/proc/%u/status", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	r = n > 0 && !fstat(fd, &st) ? 0 : -ESRCH;
	close(fd);
	if (r)
		return r;
	text[n] = '\0';
	r = parse_status(text, &c);
	c.dumpable = c.uid[1] && st.st_uid == c.uid[1];
	if (!r)
		*creds_x = c;
	return r;
}

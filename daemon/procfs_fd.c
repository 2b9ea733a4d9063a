/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * procfs_fd.c - the part of procfs.h that is about one descriptor: its name and kind by its link, and of those that
 * have no name, what they are at this moment by fdinfo.
 */
#include "procfs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define ANON "anon_inode:"
#define PIDFD "[pidfd]"

/* A name that ends so may be a file's own. Secret memory counts a link that it doesn't have. */
static bool is_deleted(uint32_t tgid, const struct stat *st, const char *path)
{
	char in_root[4096 + 64];
	struct stat found;

	if (!st->st_nlink)
		return true;
	if ((size_t)snprintf(in_root, sizeof(in_root), "/proc/%u/root%s", tgid, path) >= sizeof(in_root))
		return false;
	return lstat(in_root, &found) && errno == ENOENT;
}

static void fd_path(uint32_t tgid, struct tr_fd *f, const struct stat *st, const char *path, size_t n)
{
	static const char deleted[] = " (deleted)";
	const size_t len = sizeof(deleted) - 1;

	if (n > len && !memcmp(path + n - len, deleted, len) && is_deleted(tgid, st, path)) {
		n -= len;
		f->h.flags |= TR_FD_DELETED;
	}
	f->payload_len = n;
}

/* What follows "KEY:" in a line; NULL: there is none. */
static const char *value_of(const char *info, const char *key)
{
	const char *at = strstr(info, key);

	return at && (at == info || at[-1] == '\n') ? at + strlen(key) : NULL;
}

static bool state_of(const char *name, const char *info, struct tr_fd_state *state)
{
	const char *count = value_of(info, "eventfd-count:"), *id = value_of(info, "eventfd-id:");
	const char *semaphore = value_of(info, "eventfd-semaphore:"); /* since Linux 6.5 */
	const char *mask = value_of(info, "sigmask:"), *pid = value_of(info, "Pid:");

	*state = (struct tr_fd_state){};
	if (!strcmp(name, "[eventfd]") && count) {
		state->value = strtoull(count, NULL, 16);
		state->id = id ? atoi(id) : -1;
		state->semaphore = semaphore ? atoi(semaphore) : -1;
		return true;
	}
	if (!strcmp(name, "[signalfd]") && mask) {
		state->value = strtoull(mask, NULL, 16);
		return true;
	}
	if (!strcmp(name, PIDFD) && pid && atoi(pid) > 0) {
		state->value = strtoull(pid, NULL, 10);
		return true;
	}
	return false;
}

static bool has_state(const char *name)
{
	return !strcmp(name, "[eventfd]") || !strcmp(name, "[signalfd]") || !strcmp(name, PIDFD);
}

/* name lies at the beginning of the payload, ends with a NUL, and there is room for more. */
static void fd_anon(uint32_t tgid, struct tr_fd *f, char *name)
{
	struct tr_fd_state state;
	char info[1024];

	f->kind = TR_FD_ANON;
	f->payload_len = strlen(name);
	if (!has_state(name))
		return;
	f->h.flags |= TR_FD_UNSETTLED;
	procfs_slurp(info, sizeof(info), "/proc/%u/fdinfo/%d", tgid, f->fd);
	if (!state_of(name, info, &state))
		return;
	f->h.flags |= TR_FD_STATE;
	memset(name + f->payload_len, 0, TR_FD_NAME - f->payload_len);
	memcpy(name + TR_FD_NAME, &state, sizeof(state));
	f->payload_len = TR_FD_NAME + sizeof(state);
}

static void fd_kind(uint32_t tgid, struct tr_fd *f, const struct stat *st, char *path, size_t n)
{
	f->mode = st->st_mode;
	f->ino = st->st_ino;
	f->rdev = S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode) ?
			  major(st->st_rdev) << 20 | minor(st->st_rdev) :
			  0;
	path[n] = '\0';
	if (S_ISSOCK(st->st_mode)) {
		f->kind = TR_FD_SOCKET;
	} else if (!strncmp(path, ANON, sizeof(ANON) - 1)) {
		memmove(path, path + sizeof(ANON) - 1, n + 1 - (sizeof(ANON) - 1));
		fd_anon(tgid, f, path);
	} else if (!strncmp(path, "pidfd:", 6)) { /* Linux 6.9 */
		memcpy(path, PIDFD, sizeof(PIDFD));
		fd_anon(tgid, f, path);
	} else if (S_ISFIFO(st->st_mode)) {
		f->kind = TR_FD_PIPE;
		if (path[0] == '/')
			fd_path(tgid, f, st, path, n);
	} else {
		f->kind = TR_FD_PATH;
		fd_path(tgid, f, st, path, n);
	}
}

int procfs_fd(uint32_t tgid, int32_t fd, struct tr_fd *f, char *payload, size_t size)
{
	char link[64];
	struct stat st;
	ssize_t n;

	f->fd = fd;
	f->kind = TR_FD_NONE;
	if (fd == TR_AT_FDCWD)
		snprintf(link, sizeof(link), "/proc/%u/cwd", tgid);
	else
		snprintf(link, sizeof(link), "/proc/%u/fd/%d", tgid, fd);
	n = readlink(link, payload, size);
	if (n < 0 || stat(link, &st))
		return errno == ENOENT ? 0 : -errno;
	if ((size_t)n == size)
		n = size - 1;
	fd_kind(tgid, f, &st, payload, n);
	return 0;
}

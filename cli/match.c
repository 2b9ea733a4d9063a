/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* match.c - see match.h. */
#include "match.h"

#include <fnmatch.h>
#include <limits.h>
#include <string.h>
#include <core/newer.h>
#include <core/rec.h>
#include <core/table.h>

bool match_comm(const struct match *m, const char *comm, size_t len)
{
	char name[TR_COMM_LEN];

	if (len >= sizeof(name))
		len = sizeof(name) - 1;
	memcpy(name, comm, len);
	name[len] = '\0';
	for (uint32_t i = 0; i < m->ncomm; i++)
		if (!fnmatch(m->comm[i], name, 0))
			return true;
	return !m->ncomm;
}

/* Drops "." and empty components and resolves "..", in place; path is absolute. */
static void normalise(char *path)
{
	char *to = path;

	for (const char *s = path; *s;) {
		size_t n = strcspn(s + 1, "/");

		if (n == 2 && s[1] == '.' && s[2] == '.') {
			while (to > path && *--to != '/')
				;
		} else if (n && !(n == 1 && s[1] == '.')) {
			memmove(to, s, n + 1);
			to += n + 1;
		}
		s += n + 1;
	}
	if (to == path)
		*to++ = '/';
	*to = '\0';
}

static bool glob_any(const struct match *m, const char *path)
{
	for (uint32_t i = 0; i < m->npath; i++)
		if (!fnmatch(m->path[i], path, 0))
			return true;
	return false;
}

static size_t copy(char *to, size_t room, const char *p, size_t n)
{
	if (n > room)
		n = room;
	memcpy(to, p, n);
	return n;
}

/* A path argument, as it is and as an absolute path where the directory is known. */
static bool path_matches(const struct match *m, const struct facts *facts,
			 const struct tr_syscall *call, int dirfd, const char *p, size_t n)
{
	char path[2 * PATH_MAX + 2];
	const struct fact_fd *dir;
	size_t len;

	if (!n || n > PATH_MAX)
		return false;
	len = copy(path, PATH_MAX, p, n);
	path[len] = '\0';
	if (glob_any(m, path))
		return true;
	if (path[0] == '/') {
		normalise(path);
		return glob_any(m, path);
	}
	dir = facts_fd(facts, call->h.tgid, dirfd);
	if (!dir || !dir->path || !dir->path_len || dir->path[0] != '/')
		return false;
	len = copy(path, PATH_MAX, dir->path, dir->path_len);
	path[len++] = '/';
	len += copy(path + len, PATH_MAX, p, n);
	path[len] = '\0';
	normalise(path);
	return glob_any(m, path);
}

static bool file_matches(const struct match *m, const struct fact_fd *fact)
{
	char path[PATH_MAX + 1];

	if (!fact || !fact->path)
		return false;
	path[copy(path, PATH_MAX, fact->path, fact->path_len)] = '\0';
	return glob_any(m, path);
}

static bool is_fd(const struct sc_arg *arg)
{
	return arg->type == T_FD || arg->type == T_DIRFD;
}

static bool call_has_path(const struct match *m, const struct facts *facts,
			  const struct tr_syscall *call, const struct sc_row *row)
{
	int dirfd = TR_AT_FDCWD;

	for (unsigned int i = 0; i < row->nargs; i++) {
		const struct sc_arg *arg = &row->args[i];

		if (is_fd(arg)) {
			dirfd = (int32_t)call->args[i];
			if (file_matches(m, facts_fd(facts, call->h.tgid, dirfd)))
				return true;
		} else if (arg->type == T_PATH) {
			const struct tr_item *item = rec_item_find(call, i, TR_PART_SELF, 0, 0);
			const char *p = item ? rec_item_data(item) : NULL;

			if (p && path_matches(m, facts, call, dirfd, p, strnlen(p, item->len)))
				return true;
			dirfd = TR_AT_FDCWD;
		}
	}
	return row->ret == R_FD && call->ret >= 0 &&
	       file_matches(m, facts_result(facts, call->h.tgid, (int)call->ret));
}

static bool wanted_fd(const struct match *m, int32_t fd)
{
	for (uint32_t i = 0; i < m->nfd; i++)
		if (m->fd[i] == fd)
			return true;
	return false;
}

static bool call_has_fd(const struct match *m, const struct tr_syscall *call,
			const struct sc_row *row)
{
	for (unsigned int i = 0; i < row->nargs; i++)
		if (is_fd(&row->args[i]) && wanted_fd(m, (int32_t)call->args[i]))
			return true;
	return row->ret == R_FD && !(call->h.flags & (TR_F_BLOCKED | TR_F_NO_RETURN)) &&
	       call->ret >= 0 && wanted_fd(m, (int32_t)call->ret);
}

bool match_record(const struct match *m, const struct facts *facts, const struct tr_hdr *rec)
{
	const struct tr_syscall *call = (const struct tr_syscall *)rec;
	const struct sc_row *row;

	if (rec->type == TR_LOST || rec->type == TR_BUDGET)
		return true;
	if (m->ncomm) {
		const struct fact_task *task = facts_task(facts, rec->tid);

		if (!task || !match_comm(m, task->comm, task->comm_len))
			return false;
	}
	if (!m->npath && !m->nfd)
		return true;
	if (rec->type != TR_SYSCALL)
		return false;
	row = newer_find(facts_newer(facts), call->abi, call->nr);
	if (!row)
		return false;
	return (!m->npath || call_has_path(m, facts, call, row)) &&
	       (!m->nfd || call_has_fd(m, call, row));
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* strace_path.c - see strace_path.h. */
#include "strace_path.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <core/rec.h>

int strace_paths_init(struct strace_paths *p, const struct strace_options *o,
		      void (*told)(void *ctx, const char *from, const char *to), void *ctx)
{
	for (uint32_t i = 0; i < o->npaths; i++) {
		char *copy = strdup(o->paths[i]), *real = realpath(o->paths[i], NULL);

		if (!copy) {
			free(real);
			return -ENOMEM;
		}
		p->path[p->n++] = copy;
		if (real && strcmp(real, copy)) {
			told(ctx, copy, real);
			p->path[p->n++] = real;
		} else {
			free(real);
		}
	}
	return 0;
}

void strace_paths_done(struct strace_paths *p)
{
	while (p->n)
		free(p->path[--p->n]);
}

static bool is_wanted(const struct strace_paths *p, const char *path, size_t n)
{
	for (uint32_t i = 0; i < p->n; i++)
		if (strlen(p->path[i]) == n && !memcmp(p->path[i], path, n))
			return true;
	return false;
}

static bool fd_matches(const struct strace_paths *p, const struct strace_options *o,
		       const struct facts *facts, uint32_t tgid, int32_t fd)
{
	const struct fact_fd *fact;

	if (o->has_fds && strace_numbers_has(&o->fds, fd))
		return true;
	fact = p->n ? facts_fd(facts, tgid, fd) : NULL;
	return fact && fact->path && is_wanted(p, fact->path, fact->path_len);
}

static bool array_matches(const struct strace_paths *p, const struct strace_options *o,
			  const struct facts *facts, const struct tr_syscall *rec, const struct sc_arg *arg,
			  const struct tr_item *item)
{
	const struct sc_struct *st = arg->ref;
	const char *data = rec_item_data(item);
	int32_t fd;

	if (!st || !st->fields || st->size < sizeof(fd) || st->fields[0].type != T_FD || st->fields[0].off)
		return false;
	for (size_t at = 0; at + st->size <= item->len; at += st->size) {
		memcpy(&fd, data + at, sizeof(fd));
		if (fd_matches(p, o, facts, rec->h.tgid, fd))
			return true;
	}
	return false;
}

static bool set_matches(const struct strace_paths *p, const struct strace_options *o,
			const struct facts *facts, const struct tr_syscall *rec, const struct tr_item *item)
{
	const uint8_t *bits = rec_item_data(item);

	for (uint32_t fd = 0; fd < (uint32_t)rec->args[0] && fd < item->len * 8u; fd++)
		if (bits[fd / 8] >> (fd % 8) & 1 && fd_matches(p, o, facts, rec->h.tgid, (int32_t)fd))
			return true;
	return false;
}

bool strace_paths_match(const struct strace_paths *p, const struct strace_options *o,
			const struct facts *facts, const struct tr_syscall *rec)
{
	const struct sc_row *row;

	if (!p->n && !o->has_fds)
		return true;
	row = sc_find(rec->abi, rec->nr);
	for (unsigned int i = 0; row && i < row->nargs; i++) {
		unsigned int type = row->args[i].type;
		const struct tr_item *item;

		if (type == T_FD || (type == T_DIRFD && (int32_t)rec->args[i] != TR_AT_FDCWD)) {
			if (fd_matches(p, o, facts, rec->h.tgid, (int32_t)rec->args[i]))
				return true;
			continue;
		}
		item = rec_item_find(rec, i, TR_PART_SELF, 0, 0);
		if (!item)
			continue;
		if (type == T_ARRAY && array_matches(p, o, facts, rec, &row->args[i], item))
			return true;
		if (type == T_FDSET && !row->args[i].len && set_matches(p, o, facts, rec, item))
			return true;
		if (type == T_PATH &&
		    is_wanted(p, rec_item_data(item), strnlen(rec_item_data(item), item->len)))
			return true;
	}
	return false;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* cgroups.c - see cgroups.h. */
#include "cgroups.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "msg.h"

static int find_mount(char *path, size_t size)
{
	FILE *f = setmntent("/proc/self/mounts", "re");
	const struct mntent *e;
	int r = -ENOENT;

	if (!f)
		return -errno;
	while (r && (e = getmntent(f)))
		if (!strcmp(e->mnt_type, "cgroup2") && strlen(e->mnt_dir) < size) {
			strcpy(path, e->mnt_dir);
			r = 0;
		}
	endmntent(f);
	return r;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int add(struct cgroups *c, uint64_t id)
{
	if (!(c->n & (c->n - 1))) { /* room is made at powers of two */
		uint64_t *ids = realloc(c->ids, (c->n ? 2 * c->n : 1) * sizeof(*ids));

		if (!ids)
			return -ENOMEM;
		c->ids = ids;
	}
	c->ids[c->n++] = id;
	return 0;
}

/* path: below the mount, "" for the mount itself. */
static bool is_named(const struct filter *f, const char *path, const char *name)
{
	for (uint32_t i = 0; i < f->ncgroup; i++)
		if (!strcmp(f->cgroup[i], *path ? path : "/"))
			return true;
	for (uint32_t i = 0; i < f->nunit; i++)
		if (!strcmp(f->unit[i], name))
			return true;
	return false;
}

/* fts_number tells of a directory whether it is wanted, and with it all below. */
static int walk(struct cgroups *c, const struct filter *f, FTS *tree, size_t mount_len)
{
	FTSENT *e;
	int r = 0;

	while (!r && (e = fts_read(tree))) {
		if (e->fts_info != FTS_D)
			continue;
		e->fts_number = (e->fts_level > FTS_ROOTLEVEL && e->fts_parent->fts_number) ||
				is_named(f, e->fts_path + mount_len, e->fts_name);
		if (e->fts_number)
			r = add(c, e->fts_statp->st_ino);
	}
	return r;
}

int cgroups_find(struct cgroups *c, const struct filter *f, char *err)
{
	char mount[PATH_MAX], *roots[] = {mount, NULL};
	FTS *tree;
	int r;

	*c = (struct cgroups){};
	r = find_mount(mount, sizeof(mount));
	if (r)
		return msg_set(err, r, "no cgroup2 file system is mounted");
	tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	r = tree ? walk(c, f, tree, strlen(mount)) : -errno;
	if (tree)
		fts_close(tree);
	if (r)
		return msg_set(err, r, "can't read the control groups: %s", strerror(-r));
	if (!c->n && f->nunit)
		return msg_set(err, -ENOENT, "unit %.100s is not running, and what it was is not known any more",
			       f->unit[0]);
	qsort(c->ids, c->n, sizeof(*c->ids), compare);
	return 0;
}

void cgroups_done(struct cgroups *c)
{
	free(c->ids);
	*c = (struct cgroups){};
}

bool cgroups_has(const struct cgroups *c, uint64_t id)
{
	return c->n && bsearch(&id, c->ids, c->n, sizeof(id), compare);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * save.c - see save.h. Written in slices, for the daemon has rings to empty meanwhile.
 */
#include "save.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SLICE (1u << 20)
#define SUFFIX ".rec"
#define PART ".part" /* behind a leading dot: not whole */

struct save {
	int dir, fd;
	char name[SAVE_NAME_LEN], part[SAVE_NAME_LEN + 8];
	struct evbuffer *content;
};

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && !strcmp(s + n - m, end);
}

static int open_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT && !mkdir(path, 0750))
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Of the files whose names fn accepts. The stream has a descriptor of its own. */
static DIR *list(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d && fd >= 0)
		close(fd);
	return d;
}

static bool is_older(const struct stat *a, const struct stat *b)
{
	if (a->st_mtim.tv_sec != b->st_mtim.tv_sec)
		return a->st_mtim.tv_sec < b->st_mtim.tv_sec;
	return a->st_mtim.tv_nsec < b->st_mtim.tv_nsec;
}

/* The bytes of all files, and the oldest of them. */
static uint64_t survey(int dir, char oldest[SAVE_NAME_LEN])
{
	struct stat st, st_oldest = {};
	const struct dirent *e;
	DIR *d = list(dir);
	uint64_t sum = 0;

	oldest[0] = '\0';
	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.' || !ends_with(e->d_name, SUFFIX) ||
		    strlen(e->d_name) >= SAVE_NAME_LEN ||
		    fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
			continue;
		sum += st.st_size;
		if (!*oldest || is_older(&st, &st_oldest)) {
			snprintf(oldest, SAVE_NAME_LEN, "%.79s", e->d_name);
			st_oldest = st;
		}
	}
	if (d)
		closedir(d);
	return sum;
}

static int make_room(int dir, uint64_t bytes, uint64_t max)
{
	char oldest[SAVE_NAME_LEN];

	if (bytes > max)
		return -EFBIG;
	while (survey(dir, oldest) + bytes > max)
		if (!*oldest || unlinkat(dir, oldest, 0))
			return -ENOSPC;
	return 0;
}

/* Time in UTC, and a number where that is taken. */
static void choose_name(struct save *s, const char *name)
{
	struct timespec now;
	char when[24];
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(when, sizeof(when), "%Y%m%dT%H%M%S", &tm);
	snprintf(s->name, sizeof(s->name), "%.32s-%s.%03uZ" SUFFIX, name, when,
		 (unsigned int)(now.tv_nsec / 1000000) % 1000);
	for (int i = 2; !faccessat(s->dir, s->name, F_OK, AT_SYMLINK_NOFOLLOW) && i < 1000; i++)
		snprintf(s->name, sizeof(s->name), "%.32s-%s.%03uZ-%d" SUFFIX, name, when,
			 (unsigned int)(now.tv_nsec / 1000000) % 1000, i);
	snprintf(s->part, sizeof(s->part), ".%s" PART, s->name);
}

static void give_to(int fd, const char *group)
{
	const struct group *g = getgrnam(group);
	struct stat st;

	if (g && !fstat(fd, &st) && (st.st_gid == g->gr_gid || !fchown(fd, -1, g->gr_gid)))
		fchmod(fd, 0640);
}

static int open_part(struct save *s, const struct save_place *place, const char *name)
{
	int r;

	s->dir = open_dir(place->dir);
	if (s->dir < 0)
		return s->dir;
	r = make_room(s->dir, evbuffer_get_length(s->content), place->max_bytes);
	if (r)
		return r;
	choose_name(s, name);
	s->fd = openat(s->dir, s->part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (s->fd < 0)
		return -errno;
	give_to(s->fd, place->group);
	return 0;
}

int save_begin(struct save **s_x, const struct save_place *place, const char *name,
	       struct evbuffer *content)
{
	struct save *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	*s = (struct save){.dir = -1, .fd = -1, .content = evbuffer_new()};
	r = s->content && !evbuffer_add_buffer(s->content, content) ? 0 : -ENOMEM;
	if (!r)
		r = open_part(s, place, name);
	if (r)
		save_free(s);
	else
		*s_x = s;
	return r;
}

int save_step(struct save *s)
{
	int n = 0, r;

	for (size_t done = 0; done < SLICE && evbuffer_get_length(s->content); done += n) {
		n = evbuffer_write_atmost(s->content, s->fd, SLICE);
		if (n < 0 && errno == EINTR)
			n = 0;
		else if (n <= 0)
			return n ? -errno : -EIO;
	}
	if (evbuffer_get_length(s->content))
		return 1;
	r = close(s->fd) ? -errno : 0;
	s->fd = -1;
	if (!r && renameat(s->dir, s->part, s->dir, s->name))
		r = -errno;
	if (!r)
		s->part[0] = '\0';
	return r;
}

const char *save_name(const struct save *s)
{
	return s->name;
}

void save_free(struct save *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	if (s->dir >= 0 && s->part[0])
		unlinkat(s->dir, s->part, 0);
	if (s->dir >= 0)
		close(s->dir);
	if (s->content)
		evbuffer_free(s->content);
	free(s);
}

void save_tidy(const char *path)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct dirent *e;
	DIR *d = dir < 0 ? NULL : list(dir);

	while (d && (e = readdir(d)))
		if (e->d_name[0] == '.' && ends_with(e->d_name, SUFFIX PART))
			unlinkat(dir, e->d_name, 0);
	if (d)
		closedir(d);
	if (dir >= 0)
		close(dir);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_save.c - the files that flight recorders leave: whole or not there, never more than was allowed, and nothing
 * else in their directory is touched.
 */
#include "save.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define MB (1u << 20)

static char top[] = "/tmp/tracer-save.XXXXXX"; /* holds the directory of each test */
static char dir[64];

static int make_top(void **state)
{
	(void)state;
	return mkdtemp(top) ? 0 : -1;
}

static int remove_top(void **state)
{
	(void)state;
	return rmdir(top);
}

static const char *path_of(const char *name)
{
	static char path[sizeof(dir) + 257];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* The directory is made by the first file. */
static int name_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "%s/saved", top);
	return 0;
}

static int empty_dir(void **state)
{
	const struct dirent *e;
	DIR *d = opendir(dir);

	(void)state;
	while (d && (e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			unlink(path_of(e->d_name));
	if (d)
		closedir(d);
	return rmdir(dir) && errno != ENOENT ? -1 : 0;
}

/* A file with that name, size and age. */
static void make_file(const char *name, off_t size, time_t age_s)
{
	struct timespec times[2] = {{.tv_sec = time(NULL) - age_s}, {.tv_sec = time(NULL) - age_s}};
	int fd;

	assert_true(!mkdir(dir, 0755) || errno == EEXIST);
	fd = open(path_of(name), O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, size), 0);
	assert_int_equal(futimens(fd, times), 0);
	close(fd);
}

static bool is_there(const char *name)
{
	struct stat st;

	return !lstat(path_of(name), &st);
}

static unsigned int files(void)
{
	const struct dirent *e;
	DIR *d = opendir(dir);
	unsigned int n = 0;

	while (d && (e = readdir(d)))
		n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	if (d)
		closedir(d);
	return n;
}

/* Begins one of so many bytes of which each tells its place. */
static int begin(struct save **s, size_t size, uint64_t max)
{
	struct save_place place = {.dir = dir, .group = "no such group", .max_bytes = max};
	struct evbuffer *content = evbuffer_new();
	int r;

	assert_non_null(content);
	for (size_t i = 0; i < size; i++) {
		uint8_t byte = (uint8_t)(i * 31 >> 3);

		evbuffer_add(content, &byte, 1);
	}
	r = save_begin(s, &place, "name", content);
	evbuffer_free(content);
	return r;
}

static void whole(const char *name, size_t size)
{
	FILE *f = fopen(path_of(name), "r");
	size_t i = 0;
	int c;

	assert_non_null(f);
	for (; (c = getc(f)) != EOF; i++)
		assert_int_equal(c, (uint8_t)(i * 31 >> 3));
	fclose(f);
	assert_int_equal(i, size);
}

static void written_in_slices(void **state)
{
	struct save *s;
	struct stat st;
	int steps = 1;

	(void)state;
	assert_int_equal(begin(&s, 3 * MB + 5, 4 * MB), 0);
	assert_memory_equal(save_name(s), "name-20", 7);
	while (save_step(s) == 1) {
		steps++;
		assert_false(is_there(save_name(s)));
		assert_int_equal(files(), 1);
	}
	assert_true(steps >= 3);
	whole(save_name(s), 3 * MB + 5);
	assert_int_equal(lstat(path_of(save_name(s)), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600); /* for nobody, where there is no such group */
	save_free(s);
	assert_int_equal(files(), 1);
}

static void given_up(void **state)
{
	struct save *s;

	(void)state;
	assert_int_equal(begin(&s, 3 * MB, 4 * MB), 0);
	assert_int_equal(save_step(s), 1);
	assert_int_equal(files(), 1);
	save_free(s);
	assert_int_equal(files(), 0);
	save_free(NULL);
}

/* The file system takes no more: here for a limit of the process. */
static void no_space(void **state)
{
	struct rlimit before, small;
	struct save *s;
	int r = 1;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){.rlim_cur = 2 * MB, .rlim_max = before.rlim_max};
	assert_int_equal(begin(&s, 3 * MB, 4 * MB), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	while (r == 1)
		r = save_step(s);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(r, -EFBIG);
	save_free(s);
	assert_int_equal(files(), 0);
}

static void names_differ(void **state)
{
	struct save *s;

	(void)state;
	for (unsigned int i = 0; i < 20; i++) {
		assert_int_equal(begin(&s, 100, MB), 0);
		assert_int_equal(save_step(s), 0);
		save_free(s);
		assert_int_equal(files(), i + 1);
	}
}

static void oldest_go(void **state)
{
	struct save *s;

	(void)state;
	make_file("b-old.rec", MB, 300);
	make_file("a-older.rec", MB, 400);
	make_file("c-new.rec", MB, 200);
	assert_int_equal(begin(&s, MB, 3 * MB), 0);
	assert_false(is_there("a-older.rec"));
	assert_true(is_there("b-old.rec"));
	assert_true(is_there("c-new.rec"));
	save_free(s);
	assert_int_equal(begin(&s, 2 * MB, 3 * MB), 0);
	assert_false(is_there("b-old.rec"));
	assert_true(is_there("c-new.rec"));
	save_free(s);
}

static void too_large(void **state)
{
	struct save *s;

	(void)state;
	make_file("old.rec", MB, 300);
	assert_int_equal(begin(&s, 3 * MB + 1, 3 * MB), -EFBIG);
	assert_true(is_there("old.rec")); /* what would not have helped is not done */
	assert_int_equal(files(), 1);
}

static void others_stay(void **state)
{
	char name[100];
	struct save *s;

	(void)state;
	memset(name, 'x', 90);
	strcpy(name + 90, ".rec");
	make_file("notes.txt", 2 * MB, 900);
	make_file("rec", 2 * MB, 900);
	make_file(".rec", 2 * MB, 900);
	make_file(".hidden.rec", 2 * MB, 900);
	make_file(name, 2 * MB, 900); /* longer than any of ours */
	assert_int_equal(symlink("/nonexistent", path_of("link.rec")), 0);
	assert_int_equal(begin(&s, MB, MB), 0);
	assert_int_equal(save_step(s), 0);
	save_free(s);
	assert_int_equal(files(), 7);
}

static void where_none_can_be(void **state)
{
	struct save *s;

	(void)state;
	snprintf(dir, sizeof(dir), "%s/none/saved", top);
	assert_int_equal(begin(&s, 1, MB), -ENOENT);
	snprintf(dir, sizeof(dir), "/dev/null");
	assert_int_equal(begin(&s, 1, MB), -ENOTDIR);
	name_dir(state);
}

static void tidied(void **state)
{
	(void)state;
	make_file(".name-20200101T000000.000Z.rec.part", 100, 0);
	make_file("name-20200101T000000.000Z.rec", 100, 0);
	make_file(".other.part", 100, 0);
	make_file("name.rec.part", 100, 0);
	save_tidy(dir);
	assert_int_equal(files(), 3);
	assert_false(is_there(".name-20200101T000000.000Z.rec.part"));
	save_tidy("/nonexistent");
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, name_dir, empty_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(written_in_slices), CASE(given_up),    CASE(no_space),
		CASE(names_differ),	 CASE(oldest_go),   CASE(too_large),
		CASE(others_stay),	 CASE(where_none_can_be), CASE(tidied),
	};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}

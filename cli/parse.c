/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* parse.c - see parse.h. */
#include "parse.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "msg.h"

static const struct unit {
	const char *name;
	uint64_t ns;
} units[] = {
	{ "", 1000000000 }, { "s", 1000000000 },	{ "ms", 1000000 },
	{ "us", 1000 },	    { "ns", 1 },		{ "m", 60000000000 },
	{ "min", 60000000000 }, { "h", 3600000000000 },
};

static int digits(const char **s, uint64_t *value_x, uint64_t *scale_x)
{
	const char *p = *s;

	*value_x = 0;
	*scale_x = 1;
	for (; *p >= '0' && *p <= '9'; p++) {
		if (__builtin_mul_overflow(*value_x, 10, value_x) ||
		    __builtin_add_overflow(*value_x, (uint64_t)(*p - '0'), value_x))
			return -ERANGE;
		if (*scale_x <= 1000000000)
			*scale_x *= 10;
	}
	*s = p;
	return 0;
}

int parse_duration(const char *s, uint64_t *ns_x, char *err)
{
	uint64_t whole, fraction = 0, scale = 1, unused;
	const char *p = s;
	bool point, any;

	any = *p >= '0' && *p <= '9';
	if (digits(&p, &whole, &unused))
		return msg_set(err, -EINVAL, "\"%.60s\" is too long a time", s);
	point = any && *p == '.';
	if (point) {
		p++;
		any = *p >= '0' && *p <= '9';
		if (strspn(p, "0123456789") > 9 || digits(&p, &fraction, &scale))
			any = false;
	}
	for (size_t i = 0; any && i < sizeof(units) / sizeof(units[0]); i++) {
		uint64_t ns;

		if (strcmp(p, units[i].name))
			continue;
		if (__builtin_mul_overflow(whole, units[i].ns, &ns) || ns > INT64_MAX)
			return msg_set(err, -EINVAL, "\"%.60s\" is too long a time", s);
		/* fraction is below 10^9 and a unit at most 3.6 * 10^12: divided first, it fits */
		*ns_x = ns + (uint64_t)((double)fraction * (double)units[i].ns / (double)scale);
		return 0;
	}
	return msg_set(err, -EINVAL, "\"%.60s\" is not a time: give seconds, or 500ms, 20us, 2m", s);
}

int parse_number(const char *s, uint64_t min, uint64_t max, uint64_t *value_x, char *err)
{
	const char *p = s;
	uint64_t v, scale;

	if (digits(&p, &v, &scale) || p == s || *p || v < min || v > max)
		return msg_set(err, -EINVAL, "\"%.60s\" is not a number from %llu to %llu", s,
			       (unsigned long long)min, (unsigned long long)max);
	*value_x = v;
	return 0;
}

int parse_user(const char *s, uint32_t *uid_x, char *err)
{
	struct passwd *user = getpwnam(s);
	uint64_t v;

	if (user) {
		*uid_x = user->pw_uid;
		return 0;
	}
	if (parse_number(s, 0, UINT32_MAX - 1, &v, err))
		return msg_set(err, -EINVAL, "no user \"%.60s\"", s);
	*uid_x = (uint32_t)v;
	return 0;
}

/* The process that a task belongs to; -ESRCH if there is no such task. */
static long tgid_of(unsigned long id)
{
	char path[64], line[256];
	long tgid = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%lu/status", id);
	f = fopen(path, "re");
	if (!f) /* /proc may hide other users' processes */
		return id > INT_MAX || (kill((pid_t)id, 0) && errno == ESRCH) ? -ESRCH : (long)id;
	while (tgid < 0 && fgets(line, sizeof(line), f))
		if (sscanf(line, "Tgid: %ld", &tgid) != 1)
			tgid = -1;
	fclose(f);
	return tgid < 0 ? -ESRCH : tgid;
}

/* The list was parsed before: it is numbers and commas. */
static int check_ids(const char *list, bool threads, char *err)
{
	for (const char *s = list;; s++) {
		char *end;
		unsigned long id = strtoul(s, &end, 10);
		long tgid = tgid_of(id);

		if (tgid < 0)
			return msg_set(err, -ESRCH, "no %s %lu", threads ? "thread" : "process",
				       id);
		if (!threads && (unsigned long)tgid != id)
			return msg_set(err, -ESRCH,
				       "%lu is a thread of process %ld: ask for --tid %lu or --pid %ld",
				       id, tgid, id, tgid);
		s = end;
		if (*s != ',')
			return 0;
	}
}

int parse_check_pids(const char *list, char *err)
{
	return check_ids(list, false, err);
}

int parse_check_tids(const char *list, char *err)
{
	return check_ids(list, true, err);
}

/* In place: mountinfo writes space, tab, newline and backslash as three octal digits. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
		    s[3] >= '0' && s[3] <= '7') {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

int parse_cgroup_mount(const char *mounts, char *path, size_t size)
{
	char fmt[32];

	if (size > PATH_MAX)
		size = PATH_MAX;
	snprintf(fmt, sizeof(fmt), "%%*s %%*s %%*s %%*s %%%zus", size - 1);
	for (const char *line = mounts; *line;) {
		size_t n = strcspn(line, "\n");
		const char *dash = memmem(line, n, " - cgroup2 ", 11);

		if (dash && sscanf(line, fmt, path) == 1) {
			unescape(path);
			return 0;
		}
		line += n + (line[n] == '\n');
	}
	return -ENOENT;
}

/* The rest of path below mount, "/" for mount itself; NULL if it is elsewhere. */
static const char *below(const char *path, const char *mount)
{
	size_t n = strlen(mount);

	if (n == 1) /* mounted on / */
		return path;
	if (strncmp(path, mount, n) || (path[n] && path[n] != '/'))
		return NULL;
	return path[n] ? path + n : "/";
}

int parse_cgroup(const char *s, const char *mounts, char *path, size_t size, char *err)
{
	char mount[PATH_MAX], real_mount[PATH_MAX], real[PATH_MAX], joined[2 * PATH_MAX];
	const char *rest = NULL;

	if (parse_cgroup_mount(mounts, mount, sizeof(mount)) || !realpath(mount, real_mount))
		return msg_set(err, -ENOENT, "no cgroup2 file system is mounted");
	if (s[0] == '/' && realpath(s, real))
		rest = below(real, real_mount);
	if (!rest) {
		snprintf(joined, sizeof(joined), "%s/%s", mount, s);
		errno = ENAMETOOLONG;
		if (strlen(s) >= PATH_MAX || !realpath(joined, real))
			return msg_set(err, -errno, "can't read cgroup %.200s: %s", s,
				       strerror(errno));
		rest = below(real, real_mount);
	}
	if (!rest)
		return msg_set(err, -EINVAL, "%.200s is not a cgroup", s);
	if (access(real, R_OK | X_OK))
		return msg_set(err, -errno, "can't read cgroup %.200s: %s", s, strerror(errno));
	if (strlen(rest) >= size)
		return msg_set(err, -ENAMETOOLONG, "the path of cgroup %.200s is too long", s);
	strcpy(path, rest);
	return 0;
}

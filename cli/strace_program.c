/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* strace_program.c - see strace_program.h. */
#include "strace_program.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "msg.h"

/* A file that can be executed, as strace looks for it. */
static bool is_program(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && (st.st_mode & 0111);
}

int strace_program_find(struct strace_program *p)
{
	const char *name = p->o->argv[0], *dirs = getenv("PATH");
	struct stat sb;

	if (strlen(name) >= sizeof(p->path)) {
		msg("%s", strerror(ENAMETOOLONG));
		return 1;
	}
	if (!strchr(name, '/')) {
		for (const char *s = dirs ? dirs : ""; *s;) {
			size_t n = strcspn(s, ":");

			if ((size_t)snprintf(p->path, sizeof(p->path), "%.*s%s%s", (int)n, s,
					     n && s[n - 1] != '/' ? "/" : "", name) <
				    sizeof(p->path) && is_program(p->path))
				return 0;
			s += n + (s[n] == ':');
		}
	}
	strcpy(p->path, name);
	if (!stat(strchr(name, '/') ? name : "", &sb))
		return 0;
	msg("Can't stat '%.200s': %s", name, strerror(errno));
	return 1;
}

static int change_env(const struct strace_options *o)
{
	for (uint32_t i = 0; i < o->nenv; i++)
		if (strchr(o->env[i], '=') ? putenv((char *)o->env[i]) : unsetenv(o->env[i]))
			return 1;
	return 0;
}

static int become_user(const struct strace_program *p)
{
	const char *name = p->user ? p->user->pw_name : NULL;

	if (name ? initgroups(name, p->gid) : setgroups(1, &p->gid)) {
		msg("initgroups: %s", strerror(errno));
		return 1;
	}
	if (setregid(p->gid, p->gid)) {
		msg("setregid: %s", strerror(errno));
		return 1;
	}
	if (setreuid(p->uid, p->uid)) {
		msg("setreuid: %s", strerror(errno));
		return 1;
	}
	return 0;
}

int strace_program_prepare(void *ctx)
{
	const struct strace_program *p = ctx;

	if (change_env(p->o))
		return 1;
	return p->o->user ? become_user(p) : 0;
}

int strace_program_user(struct strace_program *p)
{
	const char *user = p->o->user;
	unsigned int uid, gid;
	int end = 0;

	if (!user)
		return 0;
	if (getuid()) {
		msg("You must be root to use the -u option");
		return 1;
	}
	if (sscanf(user, "%u:%u%n", &uid, &gid, &end) == 2 && !user[end]) {
		p->uid = uid;
		p->gid = gid;
		return 0;
	}
	p->user = getpwnam(user);
	if (!p->user) {
		msg("Cannot find user '%s'", user);
		return 1;
	}
	p->uid = p->user->pw_uid;
	p->gid = p->user->pw_gid;
	return 0;
}

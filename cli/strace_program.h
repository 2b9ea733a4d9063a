/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_program.h - the program that strace starts: its file, as strace looks for it, and the user and the
 * environment that it is given.
 */
#ifndef CLI_STRACE_PROGRAM_H
#define CLI_STRACE_PROGRAM_H

#include <limits.h>
#include <pwd.h>
#include <sys/types.h>
#include "strace_opts.h"

struct strace_program {
	const struct strace_options *o;
	char path[PATH_MAX];
	struct passwd *user; /* -u; NULL: not given, or as numbers */
	uid_t uid;
	gid_t gid;
};

/* Both return 0, or the exit status after saying what is wrong. */
int strace_program_user(struct strace_program *p); /* -u: a name, or UID:GID */
int strace_program_find(struct strace_program *p);

/* In the child, before it is held: it becomes that user. ctx: struct strace_program. Returns 0, or 1. */
int strace_program_prepare(void *ctx);

#endif

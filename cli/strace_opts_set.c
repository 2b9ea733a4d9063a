/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_opts_set.c - what the options of strace do that say who and what is traced, how that is started and
 * left, and where the trace goes; and how all of them read what they are given. Those that say how it is
 * shown are in strace_opts_show.c, the qualifiers of -e in strace_expr.c.
 */
#include "strace_opts_set.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "msg.h"

int sopt_invalid(const struct strace_opt *opt, bool by_letter, const char *arg, char *err)
{
	if (by_letter)
		return msg_set(err, -EUSERS, "invalid -%c argument: '%s'", opt->letter, arg);
	return msg_set(err, -EUSERS, "invalid --%s argument: '%s'", opt->name, arg);
}

bool sopt_parse_number(const char *s, unsigned long max, unsigned long *v_x)
{
	char *end;

	errno = 0;
	*v_x = strtoul(s, &end, 10);
	return isdigit((unsigned char)*s) && !*end && !errno && *v_x <= max;
}

int sopt_interruptible(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		       bool by_letter, char *err)
{
	static const char *const names[] = {"", "anywhere", "waiting", "never", "never_tstp"};
	unsigned long v;

	if (!sopt_parse_number(arg, 4, &v) || !v)
		for (v = 4; v && strcmp(names[v], arg); v--)
			;
	if (!v)
		return sopt_invalid(opt, by_letter, arg, err);
	o->interruptible = (unsigned int)v;
	return 0;
}

int sopt_syscall_limit(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		       bool by_letter, char *err)
{
	unsigned long v;

	if (!sopt_parse_number(arg, LONG_MAX, &v) || !v)
		return sopt_invalid(opt, by_letter, arg, err);
	o->call_limit = v;
	return 0;
}

SOPT_FLAG(sopt_append, append)
SOPT_FLAG(sopt_help, help)
SOPT_FLAG(sopt_version, version)
SOPT_FLAG(sopt_separately, separate)
SOPT_FLAG(sopt_kill_on_exit, kill_on_exit)

int sopt_detach_on(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		   bool by_letter, char *err)
{
	(void)opt, (void)by_letter;
	if (strcmp(arg, "execve"))
		return msg_set(err, -EINVAL, "Syscall '%s' for -b isn't supported", arg);
	o->detach_on_execve = true;
	return 0;
}

int sopt_daemonize(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		   bool by_letter, char *err)
{
	static const char *const names[] = {"grandchild", "pgroup", "session"};

	if (!arg) {
		o->daemonize++;
		return 0;
	}
	if (!strcmp(arg, "pgrp"))
		arg = names[1];
	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(names[i], arg)) {
			o->daemonize = i + 1;
			return 0;
		}
	}
	return sopt_invalid(opt, by_letter, arg, err);
}

int sopt_env(struct strace_options *o, const struct strace_opt *opt, const char *arg, bool by_letter,
	     char *err)
{
	(void)opt, (void)by_letter;
	if (o->nenv == STRACE_MAX)
		return msg_set(err, -EINVAL, "too many -E options");
	o->env[o->nenv++] = arg;
	return 0;
}

int sopt_follow(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		bool by_letter, char *err)
{
	(void)arg, (void)by_letter, (void)err;
	if (opt->letter == 'F')
		o->deprecated_follow++;
	else
		o->follow++;
	return 0;
}

/* -k, -kk, --stack-trace[=symbol|source] */
int sopt_stack(struct strace_options *o, const struct strace_opt *opt, const char *arg,
	       bool by_letter, char *err)
{
	if (arg && strcmp(arg, "symbol") && strcmp(arg, "source"))
		return sopt_invalid(opt, by_letter, arg, err);
	if (arg)
		o->stack_count = strcmp(arg, "source") ? 1 : 2;
	else
		o->stack_count++;
	return 0;
}

int sopt_stack_limit(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		     bool by_letter, char *err)
{
	unsigned long v;

	if (!sopt_parse_number(arg, UINT16_MAX, &v) || !v)
		return sopt_invalid(opt, by_letter, arg, err);
	o->stack_limit = (uint32_t)v;
	return 0;
}

int sopt_output(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		bool by_letter, char *err)
{
	(void)opt, (void)by_letter, (void)err;
	o->out = arg;
	return 0;
}

int sopt_user(struct strace_options *o, const struct strace_opt *opt, const char *arg,
	      bool by_letter, char *err)
{
	(void)opt, (void)by_letter, (void)err;
	o->user = arg;
	return 0;
}

int sopt_argv0(struct strace_options *o, const struct strace_opt *opt, const char *arg,
	       bool by_letter, char *err)
{
	(void)opt, (void)by_letter, (void)err;
	o->argv0_of = arg;
	return 0;
}

/* Separated by commas or white space: "$(pidof PROG)". */
int sopt_attach(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		bool by_letter, char *err)
{
	static const char separators[] = ", \t\n";

	(void)opt, (void)by_letter;
	for (const char *s = arg + strspn(arg, separators); *s; s += strspn(s, separators)) {
		size_t n = strcspn(s, separators);
		char text[32];
		unsigned long pid;

		snprintf(text, sizeof(text), "%.*s", (int)(n < 31 ? n : 31), s);
		if (!sopt_parse_number(text, INT_MAX, &pid) || !pid)
			return msg_set(err, -EINVAL, "Invalid process id: '%s'", text);
		if (o->npids == STRACE_MAX)
			return msg_set(err, -EINVAL, "more than %d processes", STRACE_MAX);
		o->pids[o->npids++] = (uint32_t)pid;
		s += n;
	}
	return 0;
}

int sopt_path(struct strace_options *o, const struct strace_opt *opt, const char *arg,
	      bool by_letter, char *err)
{
	(void)opt, (void)by_letter;
	if (o->npaths == STRACE_MAX)
		return msg_set(err, -EINVAL, "too many -P options");
	o->paths[o->npaths++] = arg;
	return 0;
}

/* What it asks for, that only calls that are traced cost time, is always so. */
int sopt_seccomp_bpf(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		     bool by_letter, char *err)
{
	(void)o, (void)opt, (void)arg, (void)by_letter, (void)err;
	return 0;
}

int sopt_debug(struct strace_options *o, const struct strace_opt *opt, const char *arg, bool by_letter, char *err)
{
	(void)o, (void)opt, (void)arg, (void)by_letter;
	return msg_set(err, -EINVAL, "-d/--debug is not supported: it is about how strace works inside");
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_opts_set.h - what the table of strace's options refers to. Nobody else includes it.
 */
#ifndef CLI_STRACE_OPTS_SET_H
#define CLI_STRACE_OPTS_SET_H

#include "strace_opts.h"

struct strace_opt;

/*
 * arg NULL: none was given. by_letter: as -x, not as --name. Returns 0, or a negative errno with a sentence
 * in err; -EUSERS: where help is has to be told too.
 */
typedef int strace_set_fn(struct strace_options *o, const struct strace_opt *opt, const char *arg,
			  bool by_letter, char *err);

struct strace_opt {
	const char *name;
	char letter;
	int arg; /* as getopt has it */
	strace_set_fn *set;
	const char *qualifier; /* of -e, for long names that stand for one */
};

strace_set_fn sopt_columns, sopt_append, sopt_detach_on, sopt_summary, sopt_debug, sopt_daemonize,
	sopt_expr, sopt_env, sopt_follow, sopt_separately, sopt_help, sopt_pointer, sopt_interruptible,
	sopt_stack, sopt_stack_limit, sopt_number, sopt_arg_names, sopt_output, sopt_overhead, sopt_attach,
	sopt_path, sopt_relative, sopt_string_limit, sopt_sort_by, sopt_clock, sopt_took, sopt_user,
	sopt_summary_columns, sopt_no_abbrev, sopt_show_secrets, sopt_version, sopt_wall_clock, sopt_hex, sopt_consts,
	sopt_fds_letter, sopt_pids_letter, sopt_pidns, sopt_status_letter, sopt_quiet_letter, sopt_quiet_startup,
	sopt_qualifier, sopt_secontext, sopt_seccomp_bpf, sopt_tips, sopt_argv0, sopt_always_pid,
	sopt_kill_on_exit, sopt_syscall_limit, sopt_color;

/* Defines one that has no argument and sets a field to true. */
#define SOPT_FLAG(NAME, FIELD)                                                                     \
	int NAME(struct strace_options *o, const struct strace_opt *opt, const char *arg,          \
		 bool by_letter, char *err)                                                        \
	{                                                                                          \
		(void)opt, (void)arg, (void)by_letter, (void)err;                                  \
		o->FIELD = true;                                                                   \
		return 0;                                                                          \
	}

/* What a setter returns of an argument that it can't use, with its sentence. */
int sopt_invalid(const struct strace_opt *opt, bool by_letter, const char *arg, char *err);

/* A decimal number up to max, and nothing else; false: it is not one. */
bool sopt_parse_number(const char *s, unsigned long max, unsigned long *v_x);

/* What all options mean together. 0, or 1 after saying what is wrong. */
int strace_opts_check(struct strace_options *o);
void strace_try_help(void);

#endif

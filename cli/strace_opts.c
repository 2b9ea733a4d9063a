/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_opts.c - the table of strace's options, and what getopt_long makes of it. What each does is in
 * strace_opts_set.c and strace_opts_show.c, what they mean together in strace_opts_check.c.
 */
#include "strace_opts.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "msg.h"
#include "strace_opts_set.h"

enum { LONG_FIRST = 256 }; /* what getopt_long returns for the long name of row i is this plus i */

#define NO no_argument
#define REQ required_argument
#define OPT optional_argument

/* clang-format off */
/* A letter can stand beside several long names; the first row that has it is its own. */
static const struct strace_opt opts[] = {
	{"columns", 'a', REQ, sopt_columns, NULL},
	{"output-append-mode", 'A', NO, sopt_append, NULL},
	{"detach-on", 'b', REQ, sopt_detach_on, NULL},
	{"summary-only", 'c', NO, sopt_summary, NULL},
	{"summary", 'C', NO, sopt_summary, NULL},
	{"debug", 'd', NO, sopt_debug, NULL},
	{"daemonize", 'D', OPT, sopt_daemonize, NULL},
	{"daemonised", 0, OPT, sopt_daemonize, NULL},
	{"daemonized", 0, OPT, sopt_daemonize, NULL},
	{NULL, 'e', REQ, sopt_expr, NULL},
	{"env", 'E', REQ, sopt_env, NULL},
	{"follow-forks", 'f', NO, sopt_follow, NULL},
	{NULL, 'F', NO, sopt_follow, NULL},
	{"output-separately", 0, NO, sopt_separately, NULL},
	{"help", 'h', NO, sopt_help, NULL},
	{"instruction-pointer", 'i', NO, sopt_pointer, NULL},
	{"interruptible", 'I', REQ, sopt_interruptible, NULL},
	{"stack-trace", 'k', OPT, sopt_stack, NULL},
	{"stack-traces", 0, OPT, sopt_stack, NULL},
	{"stack-trace-frame-limit", 0, REQ, sopt_stack_limit, NULL},
	{"syscall-number", 'n', NO, sopt_number, NULL},
	{"arg-names", 'N', NO, sopt_arg_names, NULL},
	{"output", 'o', REQ, sopt_output, NULL},
	{"summary-syscall-overhead", 'O', REQ, sopt_overhead, NULL},
	{"attach", 'p', REQ, sopt_attach, NULL},
	{"trace-path", 'P', REQ, sopt_path, NULL},
	{"relative-timestamps", 'r', OPT, sopt_relative, NULL},
	{"string-limit", 's', REQ, sopt_string_limit, NULL},
	{"summary-sort-by", 'S', REQ, sopt_sort_by, NULL},
	{"absolute-timestamps", 't', OPT, sopt_clock, NULL},
	{"timestamps", 0, OPT, sopt_clock, NULL},
	{"syscall-times", 'T', OPT, sopt_took, NULL},
	{"user", 'u', REQ, sopt_user, NULL},
	{"summary-columns", 'U', REQ, sopt_summary_columns, NULL},
	{"no-abbrev", 'v', NO, sopt_no_abbrev, NULL},
	{"show-secrets", 0, NO, sopt_show_secrets, NULL},
	{"version", 'V', NO, sopt_version, NULL},
	{"summary-wall-clock", 'w', NO, sopt_wall_clock, NULL},
	{"strings-in-hex", 'x', OPT, sopt_hex, NULL},
	{"const-print-style", 'X', REQ, sopt_consts, NULL},
	{NULL, 'y', NO, sopt_fds_letter, NULL},
	{NULL, 'Y', NO, sopt_pids_letter, NULL},
	{"pidns-translation", 0, NO, sopt_pidns, NULL},
	{"successful-only", 'z', NO, sopt_status_letter, NULL},
	{"failed-only", 'Z', NO, sopt_status_letter, NULL},
	{NULL, 'q', NO, sopt_quiet_letter, NULL},
	{"trace", 0, REQ, sopt_qualifier, "trace"},
	{"abbrev", 0, REQ, sopt_qualifier, "abbrev"},
	{"verbose", 0, REQ, sopt_qualifier, "verbose"},
	{"raw", 0, REQ, sopt_qualifier, "raw"},
	{"signals", 0, REQ, sopt_qualifier, "signal"},
	{"signal", 0, REQ, sopt_qualifier, "signal"},
	{"status", 0, REQ, sopt_qualifier, "status"},
	{"read", 0, REQ, sopt_qualifier, "read"},
	{"reads", 0, REQ, sopt_qualifier, "read"},
	{"write", 0, REQ, sopt_qualifier, "write"},
	{"writes", 0, REQ, sopt_qualifier, "write"},
	{"fault", 0, REQ, sopt_qualifier, "fault"},
	{"inject", 0, REQ, sopt_qualifier, "inject"},
	{"kvm", 0, REQ, sopt_qualifier, "kvm"},
	{"namespace", 0, REQ, sopt_qualifier, "namespace"},
	{"quiet", 0, OPT, sopt_qualifier, "quiet"},
	{"quiet-startup", 0, NO, sopt_quiet_startup, NULL},
	{"silent", 0, OPT, sopt_qualifier, "quiet"},
	{"silence", 0, OPT, sopt_qualifier, "quiet"},
	{"decode-fds", 0, OPT, sopt_qualifier, "decode-fds"},
	{"decode-pids", 0, REQ, sopt_qualifier, "decode-pids"},
	{"trace-fds", 0, REQ, sopt_qualifier, "trace-fds"},
	{"trace-fd", 0, REQ, sopt_qualifier, "trace-fds"},
	{"secontext", 0, OPT, sopt_secontext, NULL},
	{"seccomp-bpf", 0, NO, sopt_seccomp_bpf, NULL},
	{"tips", 0, OPT, sopt_tips, NULL},
	{"argv0", 0, REQ, sopt_argv0, NULL},
	{"always-show-pid", 0, NO, sopt_always_pid, NULL},
	{"kill-on-exit", 0, NO, sopt_kill_on_exit, NULL},
	{"syscall-limit", 0, REQ, sopt_syscall_limit, NULL},
	{"color", 0, OPT, sopt_color, NULL},
};
/* clang-format on */

#define NOPTS (sizeof(opts) / sizeof(opts[0]))

struct getopt_tables {
	char letters[2 * NOPTS + 2];
	struct option longs[NOPTS + 1];
};

/* A letter never has a value of its own where the long name's is optional: -r, -t. */
static void fill_tables(struct getopt_tables *t)
{
	char *letter = t->letters;
	size_t n = 0;

	*letter++ = '+';
	for (size_t i = 0; i < NOPTS; i++) {
		const struct strace_opt *opt = &opts[i];

		if (opt->name)
			t->longs[n++] = (struct option){opt->name, opt->arg, NULL,
							LONG_FIRST + (int)i};
		if (!opt->letter)
			continue;
		*letter++ = opt->letter;
		if (opt->arg == REQ)
			*letter++ = ':';
	}
	t->longs[n] = (struct option){0};
	*letter = '\0';
}

static const struct strace_opt *find(int code)
{
	for (size_t i = 0; i < NOPTS; i++)
		if (code == LONG_FIRST + (int)i || (opts[i].letter && opts[i].letter == code))
			return &opts[i];
	return NULL;
}

int strace_usage_error(const char *fmt, ...)
{
	char text[MSG_LEN];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	msg("%s", text);
	strace_try_help();
	return 1;
}

void strace_try_help(void)
{
	fprintf(stderr, "Try '%s -h' for more information.\n", program_invocation_name);
}

static void defaults(struct strace_options *o)
{
	static const enum strace_column columns[] = {COLUMN_PERCENT, COLUMN_TOTAL,  COLUMN_AVG,
						     COLUMN_CALLS,   COLUMN_ERRORS, COLUMN_NAME};

	memset(o, 0, sizeof(*o));
	strace_calls_all(&o->trace);
	strace_calls_all(&o->abbrev);
	strace_calls_all(&o->verbose);
	o->traces_all = true;
	memset(&o->signals, 0xff, sizeof(o->signals));
	o->status = UINT32_MAX;
	o->column = 40;
	o->string_limit = FILTER_STRING_DEFAULT;
	o->overhead_ns = -1;
	o->stack_limit = 256;
	o->sort_by = COLUMN_TOTAL;
	o->clock_digits = o->relative_digits = o->took_digits = 6;
	memcpy(o->columns, columns, sizeof(columns));
}

int strace_opts_parse(struct strace_options *o, int argc, char **argv)
{
	struct getopt_tables tables;
	int code;

	defaults(o);
	fill_tables(&tables);
	opterr = 1;
	optind = 0;
	while ((code = getopt_long(argc, argv, tables.letters, tables.longs, NULL)) != -1) {
		const struct strace_opt *opt = find(code);
		char err[MSG_LEN] = "";
		int r;

		if (!opt) {
			strace_try_help();
			return 1;
		}
		r = opt->set(o, opt, optarg, code < LONG_FIRST, err);
		if (r) {
			msg("%s", err);
			if (r == -EUSERS)
				strace_try_help();
			return 1;
		}
		if (o->help || o->version)
			return 0;
	}
	o->argv = argv + optind;
	return strace_opts_check(o);
}

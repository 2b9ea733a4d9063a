/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_opts.h - strace's command line: what was asked for, with strace's names, rules and messages.
 */
#ifndef CLI_STRACE_OPTS_H
#define CLI_STRACE_OPTS_H

#include <core/inject.h>
#include "strace_set.h"

#define STRACE_MAX 256 /* of options that can be repeated: -p, -P, -E */

enum strace_quiet {
	QUIET_ATTACH = 1,
	QUIET_EXIT = 2,
	QUIET_PATH = 4,
	QUIET_PERSONALITY = 8,
	QUIET_EXECVE = 16,
};

enum strace_status {
	STATUS_SUCCESSFUL = 1,
	STATUS_FAILED = 2,
	STATUS_UNFINISHED = 4,
	STATUS_UNAVAILABLE = 8,
	STATUS_DETACHED = 16,
};

enum strace_clock { CLOCK_NONE, CLOCK_TIME, CLOCK_UNIX };
enum strace_summary { SUMMARY_NONE, SUMMARY_ONLY, SUMMARY_TOO };
enum strace_column {
	COLUMN_NONE,
	COLUMN_PERCENT,
	COLUMN_TOTAL,
	COLUMN_MIN,
	COLUMN_MAX,
	COLUMN_AVG,
	COLUMN_CALLS,
	COLUMN_ERRORS,
	COLUMN_NAME,
	COLUMN_LAST
};

struct strace_options {
	/* who */
	const char *path; /* the program's file, found */
	const char *argv0_of; /* --argv0 */
	char **argv;
	uint32_t npids;
	uint32_t pids[STRACE_MAX];
	const char *user; /* -u */
	uint32_t nenv;
	const char *env[STRACE_MAX]; /* VAR=VAL, or VAR to remove */
	unsigned int daemonize;	     /* -D */
	unsigned int follow, deprecated_follow; /* -f, -F, as often as given */
	bool separate;			/* -ff, --output-separately */
	unsigned int interruptible;	/* -I, 0: the default */
	bool detach_on_execve;		/* -b execve */
	bool kill_on_exit;
	uint64_t call_limit; /* --syscall-limit, 0: none */
	/* what */
	struct strace_calls trace, abbrev, verbose, raw;
	bool traces_all; /* trace is everything */
	struct strace_numbers signals, dump_read, dump_write, fds;
	bool has_fds; /* -e trace-fds */
	uint32_t status, quiet; /* bits */
	bool quiet_startup;	/* not one of strace's */
	uint32_t npaths;
	const char *paths[STRACE_MAX]; /* -P */
	uint32_t ninject;
	char *inject[INJECT_MAX]; /* as filter.h has it; owned */
	/* how */
	const char *out; /* -o, NULL: stderr */
	bool append, always_pid;
	unsigned int column; /* -a */
	uint32_t string_limit;
	unsigned int quiet_count, hex, hex_long, time_count; /* -q -x -t, as often as given */
	enum strace_clock clock;
	unsigned int clock_digits, relative_digits, took_digits; /* after the point: 0, 3, 6, 9 */
	bool relative, took, number, pointer, arg_names;
	unsigned int fd_count, stack_count; /* -y, -k */
	uint32_t stack_limit;		    /* frames */
	uint32_t decode_fds, decode_pids; /* bits */
	uint8_t consts; /* -X */
	bool no_abbrev; /* -v */
	bool show_secrets;
	/* summary */
	enum strace_summary summary;
	bool summary_wall;
	enum strace_column sort_by;
	enum strace_column columns[COLUMN_LAST]; /* ends with COLUMN_NONE */
	int64_t overhead_ns; /* -O, -1: not given */
	bool version, help;
	/* the project's own */
	const char *socket, *backend;
};

/* Returns 0, or 1 after saying what is wrong: the exit status. */
int strace_opts_parse(struct strace_options *o, int argc, char **argv);

void strace_opts_help(const char *name);

/* A complaint about the command line, and where help is. Returns 1. */
int strace_usage_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "10", "1.5s", "7ms", "3us", "4ns"; microseconds without a unit. -1: it is none. */
int64_t strace_time_parse(const char *s);

#endif

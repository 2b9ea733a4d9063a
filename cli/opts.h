/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * opts.h - the flags of all commands: one table, from which they are parsed and --help is written.
 */
#ifndef CLI_OPTS_H
#define CLI_OPTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <core/filter.h>
#include "match.h"
#include "render.h"

/* Commands as bits: which of them have a flag. */
#define CMD_WATCH 1u
#define CMD_RUN 2u
#define CMD_SUMMARY 4u
#define CMD_PENDING 8u
#define CMD_STATUS 16u
#define CMD_DUMP 128u
#define CMD_STRACE 64u /* it has flags of its own */
#define CMD_NONE 32u /* flags in front of the command */
#define CMD_EXPLAIN 256u /* asks nobody: has only the flags of how it is shown */
#define CMD_ALL (CMD_WATCH | CMD_RUN | CMD_SUMMARY | CMD_PENDING | CMD_STATUS | CMD_DUMP)

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct options {
	unsigned int command; /* CMD_* */
	struct filter filter;
	struct match match;
	const char *comm[FILTER_VALUES_MAX]; /* --comm as given: opts_finish divides them */
	uint32_t ncomm;
	const struct render_format *format; /* NULL: not chosen */
	enum color_when color;
	bool has_theme;
	enum term_theme theme; /* where has_theme */
	enum view_time time;
	bool durations;		/* -T */
	bool fds;		/* -y */
	bool follow, no_follow; /* as given */
	bool quiet, quiet_startup;
	bool show_secrets;
	bool reconnect;
	bool help, version;
	const char *out;     /* -o */
	const char *socket;  /* --socket */
	const char *backend; /* --backend, NULL: any */
	const char *file;     /* --file, NULL: ask a tracerd */
	const char *recorder; /* of dump, NULL: the only one */
	uint64_t duration_ns, interval_ns, count, last_ns; /* 0: no limit */
	char **argv; /* what follows the flags; ends with NULL */
};

void opts_init(struct options *o, unsigned int command);
void opts_done(struct options *o);

/*
 * Reads the flags of argv[1..] up to the first other argument into o (for o->command). Returns 0 or
 * -EINVAL with a sentence in err (MSG_LEN bytes). Can be called again with more.
 */
int opts_parse(struct options *o, int argc, char **argv, char *err);

/* Checks what flags mean together, and completes the filter from all of them. */
int opts_finish(struct options *o, char *err);

/* The flags that a command has, for --help. */
void opts_help(FILE *f, unsigned int command);

#endif

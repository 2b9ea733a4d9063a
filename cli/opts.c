/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * opts.c - the table of flags, and what getopt_long and --help make of it.
 */
#include "opts.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include "msg.h"
#include "opts_set.h"

enum { LONG_FIRST = 256 }; /* what getopt_long returns for the long name of row i is this plus i */

#define CMD_TRACE (CMD_WATCH | CMD_RUN | CMD_SUMMARY | CMD_PENDING)
#define CMD_STREAM (CMD_WATCH | CMD_RUN)
#define CMD_WHICH (CMD_TRACE | CMD_DUMP)
#define CMD_ATTACH (CMD_WATCH | CMD_SUMMARY | CMD_PENDING)
#define CMD_LINES (CMD_WATCH | CMD_RUN | CMD_PENDING | CMD_DUMP)

/* clang-format off */
/* A row without a setter is a heading. */
static const struct opt opts[] = {
	{"Which processes", 0, NULL, NULL, NULL, CMD_WHICH, NULL, NULL},
	{"pid", 'p', "PID[,PID]", "these processes, with all their threads", "--pid 1234", CMD_ATTACH | CMD_DUMP, set_pid, "pid"},
	{"tid", 0, "TID[,TID]", "these threads only", "--tid 1240,1241", CMD_ATTACH | CMD_DUMP, set_tid, "tid"},
	{"comm", 0, "NAME", "tasks of this name; a glob is allowed; may be repeated", "--comm nginx", CMD_WHICH, set_comm, NULL},
	{"uid", 'u', "USER", "tasks of this user, by name or number", "--uid www-data", CMD_WHICH, set_user, "uid"},
	{"cgroup", 0, "PATH", "tasks in this cgroup and those below it", "--cgroup /system.slice", CMD_ATTACH | CMD_DUMP, set_cgroup, "cgroup"},
	{"unit", 0, "NAME", "tasks of this systemd unit", "--unit nginx.service", CMD_ATTACH | CMD_DUMP, set_unit, "unit"},
	{"follow", 'f', NULL, "the children of these processes too", "--follow", CMD_WHICH, set_follow, NULL},
	{"no-follow", 0, NULL, "CMD only, not its children", "--no-follow", CMD_RUN | CMD_SUMMARY, set_no_follow, NULL},

	{"Which calls", 0, NULL, NULL, NULL, CMD_WHICH, NULL, NULL},
	{"syscall", 'e', "LIST", "names, %classes, /regex/; ! in front: all but these", "-e '%network,openat'", CMD_WHICH, set_syscall, NULL},
	{"failed", 0, NULL, "only calls that fail", "--failed", CMD_STREAM | CMD_SUMMARY | CMD_DUMP, set_key, "failed"},
	{"ok", 0, NULL, "only calls that succeed", "--ok", CMD_STREAM | CMD_SUMMARY | CMD_DUMP, set_key, "ok"},
	{"errno", 0, "NAME[,NAME]", "only calls that fail with these errors", "--errno ENOENT,EACCES", CMD_STREAM | CMD_SUMMARY | CMD_DUMP, set_key, "errno"},
	{"slower", 0, "TIME", "only calls that take at least so long", "--slower 10ms", CMD_WHICH, set_slower, NULL},
	{"quiet-startup", 0, NULL, "not those by which each program starts: loader and C library", "--quiet-startup", CMD_STREAM, set_quiet_startup, NULL},
	{"path", 'P', "GLOB", "only calls on paths that match", "--path '/etc/*'", CMD_LINES | CMD_SUMMARY, set_path, NULL},
	{"fd", 0, "N[,N]", "only calls on these descriptors", "--fd 5", CMD_LINES | CMD_SUMMARY, set_fd, NULL},

	{"How long", 0, NULL, NULL, NULL, CMD_STREAM | CMD_SUMMARY | CMD_DUMP, NULL, NULL},
	{"duration", 0, "TIME", "end after so long", "--duration 30s", CMD_STREAM | CMD_SUMMARY, set_duration, NULL},
	{"last", 0, "TIME", "only what happened so long before now, or before it was saved", "--last 30s", CMD_DUMP, set_last, NULL},
	{"count", 0, "N", "end after so many calls were shown", "--count 100", CMD_STREAM | CMD_DUMP, set_count, NULL},
	{"budget", 0, "N%", "show less while watching takes more of all processors", "--budget 5%", CMD_STREAM, set_budget, NULL},
	{"interval", 'i', "TIME", "show what was counted each time so long has passed", "--interval 2", CMD_SUMMARY, set_interval, NULL},

	{"How it is shown", 0, NULL, NULL, NULL, CMD_ALL | CMD_EXPLAIN, NULL, NULL},
	{"format", 0, "NAME", "human, strace or json", "--format strace", CMD_ALL, set_format, NULL},
	{"json", 0, NULL, "one JSON object a line", "--json", CMD_ALL | CMD_EXPLAIN, set_json, NULL},
	{"output", 'o', "FILE", "write to this file", "-o trace.txt", CMD_ALL | CMD_EXPLAIN, set_output, NULL},
	{"string-limit", 's', "N", "show N bytes of strings and data (32)", "-s 200", CMD_LINES, set_string, NULL},
	{"time", 't', NULL, "the time of day; -tt: microseconds, -ttt: since the epoch", "-tt", CMD_LINES, set_time, NULL},
	{"relative", 'r', NULL, "the time since the call before", "-r", CMD_LINES, set_relative, NULL},
	{"took", 'T', NULL, "how long each call took", "-T", CMD_LINES, set_took, NULL},
	{"fd-paths", 'y', NULL, "the path or peer of each descriptor", "-y", CMD_LINES, set_fd_paths, NULL},
	{"env", 0, NULL, "in JSON the environment of each new program", "--env --json", CMD_STREAM, set_key, "env"},
	{"show-secrets", 0, NULL, "variables such as API_TOKEN with their values", "--show-secrets", CMD_LINES, set_show_secrets, NULL},
	{"color", 0, "WHEN", "auto, always or never (auto)", "--color never", CMD_ALL | CMD_EXPLAIN, set_color, NULL},
	{"theme", 0, "NAME", "colours for a dark or light terminal, or none", "--theme light", CMD_ALL | CMD_EXPLAIN, set_theme, NULL},
	{"quiet", 'q', NULL, "nothing on stderr but errors", "--quiet", CMD_WHICH, set_quiet, NULL},

	{"Who watches", 0, NULL, NULL, NULL, CMD_ALL | CMD_NONE, NULL, NULL},
	{"socket", 0, "PATH", "the socket of tracerd", "--socket /run/tracerd/tracerd.sock", CMD_ALL | CMD_NONE, set_socket, NULL},
	{"backend", 0, "NAME", "auto, bpf or ptrace", "--backend ptrace", CMD_ALL | CMD_NONE, set_backend, NULL},
	{"reconnect", 0, NULL, "when tracerd ends, wait for the next and go on", "--reconnect", CMD_WATCH | CMD_RUN | CMD_SUMMARY, set_reconnect, NULL},
	{"file", 0, "FILE", "what tracerd saved there, in place of what it holds now", "--file /var/lib/tracerd/web-1.rec", CMD_DUMP, set_file, NULL},
	{"help", 'h', NULL, "this text", "--help", CMD_ALL | CMD_NONE | CMD_EXPLAIN, set_help, NULL},
	{"version", 'V', NULL, "the version", "--version", CMD_ALL | CMD_NONE | CMD_EXPLAIN, set_version, NULL},
};
/* clang-format on */

#define NOPTS (sizeof(opts) / sizeof(opts[0]))

const struct opt *opts_row(size_t i)
{
	return i < NOPTS ? &opts[i] : NULL;
}

void opts_init(struct options *o, unsigned int command)
{
	memset(o, 0, sizeof(*o));
	o->command = command;
	filter_init(&o->filter);
}

void opts_done(struct options *o)
{
	filter_done(&o->filter);
}

/* What getopt_long needs, for the flags of one command. */
struct getopt_tables {
	char letters[2 * NOPTS + 4];
	struct option longs[NOPTS + 1];
};

static void fill_tables(struct getopt_tables *t, unsigned int command)
{
	size_t n = 0;
	char *letter = t->letters;

	*letter++ = '+'; /* flags end at the first other argument */
	*letter++ = ':';
	for (size_t i = 0; i < NOPTS; i++) {
		const struct opt *opt = &opts[i];

		if (!opt->set || !(opt->commands & command))
			continue;
		t->longs[n++] = (struct option){opt->name, opt->arg != NULL, NULL,
						LONG_FIRST + (int)i};
		if (opt->letter) {
			*letter++ = opt->letter;
			if (opt->arg)
				*letter++ = ':';
		}
	}
	t->longs[n] = (struct option){0};
	*letter = '\0';
}

static const struct opt *find(int code)
{
	for (size_t i = 0; i < NOPTS; i++)
		if (code == LONG_FIRST + (int)i || (opts[i].letter && opts[i].letter == code))
			return &opts[i];
	return NULL;
}

struct next_name {
	unsigned int command;
	size_t i;
};

static const char *next_name(void *ctx)
{
	struct next_name *n = ctx;

	while (n->i < NOPTS) {
		const struct opt *opt = &opts[n->i++];

		if (opt->set && (opt->commands & n->command))
			return opt->name;
	}
	return NULL;
}

static const char *command_name(unsigned int command)
{
	static const char *const names[] = {
	    "watch", "run", "summary", "pending", "status", [7] = "dump", [8] = "explain"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i] && command & 1u << i)
			return names[i];
	return "tracectl";
}

/* A flag that the command does not have: another's, misspelt, or short for several. */
static int unknown_long(unsigned int command, const char *arg, char *err)
{
	struct next_name names = {.command = command};
	const char *near;
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(arg, "="), arg);
	for (size_t i = 0; i < NOPTS; i++) {
		if (opts[i].set && !strcmp(opts[i].name, name))
			return msg_set(err, -EINVAL, "--%s is not a flag of %s", name,
				       command_name(command));
	}
	near = msg_nearest(name, next_name, &names);
	if (near)
		return msg_set(err, -EINVAL, "unknown flag --%s: did you mean --%s?", name, near);
	return msg_set(err, -EINVAL, "unknown flag --%s", name);
}

static int complain(unsigned int command, int code, const char *arg, char *err)
{
	const struct opt *opt = optopt ? find(optopt) : NULL;

	if (opt && !(opt->commands & command))
		return msg_set(err, -EINVAL, "-%c is not a flag of %s", optopt,
			       command_name(command));
	if (opt && code == ':')
		return msg_set(err, -EINVAL, "--%s needs a value, such as %s", opt->name,
			       opt->example);
	if (opt)
		return msg_set(err, -EINVAL, "--%s takes no value", opt->name);
	if (optopt)
		return msg_set(err, -EINVAL, "unknown flag -%c", optopt);
	return unknown_long(command, arg + 2, err);
}

int opts_parse(struct options *o, int argc, char **argv, char *err)
{
	struct getopt_tables tables;
	int code;

	fill_tables(&tables, o->command);
	opterr = 0;
	optind = 0;
	while ((code = getopt_long(argc, argv, tables.letters, tables.longs, NULL)) != -1) {
		const struct opt *opt = find(code);
		char why[MSG_LEN];
		int r;

		if (code == '?' || code == ':' || !opt)
			return complain(o->command, code, argv[optind - 1], err);
		r = opt->set(o, opt, optarg, why);
		if (r)
			return msg_set(err, -EINVAL, "%s", why);
	}
	o->argv = argv + optind;
	return 0;
}

static void print_example(FILE *f, const struct opt *opt)
{
	char left[80];

	snprintf(left, sizeof(left), "%s%c%s--%s%s%s", opt->letter ? "-" : " ",
		 opt->letter ? opt->letter : ' ', opt->letter ? ", " : "  ", opt->name,
		 opt->arg ? " " : "", opt->arg ? opt->arg : "");
	fprintf(f, "  %-26s %s\n  %-26s   %s\n", left, opt->help, "", opt->example);
}

void opts_help(FILE *f, unsigned int command)
{
	for (size_t i = 0; i < NOPTS; i++) {
		if (!(opts[i].commands & command))
			continue;
		if (!opts[i].set)
			fprintf(f, "\n%s:\n", opts[i].name);
		else
			print_example(f, &opts[i]);
	}
}

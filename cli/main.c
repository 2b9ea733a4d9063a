/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * main.c - tracectl: the table of commands, and which of them is meant.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cmd.h"
#include "msg.h"
#include "opts_complete.h"
#include "strace_opts.h"

static const struct command commands[] = {
	{ "watch", CMD_WATCH, "[FLAGS]", "show system calls as they happen",
	  "tracectl watch --comm nginx --failed", cmd_watch },
	{ "run", CMD_RUN, "[FLAGS] [--] CMD [ARG...]", "start a command and show what it does",
	  "tracectl run -o trace.txt -- make test", cmd_run },
	{ "summary", CMD_SUMMARY, "[FLAGS] [-- CMD [ARG...]]", "count calls, errors and time",
	  "tracectl summary --pid 1234 --interval 2", cmd_summary },
	{ "pending", CMD_PENDING, "[FLAGS]", "show what each thread is blocked in right now",
	  "tracectl pending --comm postgres", cmd_pending },
	{ "dump", CMD_DUMP, "[RECORDER] [FLAGS]", "show what a flight recorder of tracerd holds",
	  "tracectl dump --last 30s --failed", cmd_dump },
	{ "strace", CMD_STRACE, "[OPTIONS] CMD [ARG...]", "do as strace does; its own options are in strace -h",
	  "tracectl strace -f -e %file make", NULL },
	{ "status", CMD_STATUS, "[FLAGS]", "show how tracerd is doing", "tracectl status --json",
	  cmd_status },
	{ "explain", CMD_EXPLAIN, "[FLAGS] NAME...", "explain a call, an error, a signal or a %class",
	  "tracectl explain openat ENOENT", cmd_explain },
	{ NULL, 0, NULL, NULL, NULL, NULL },
};

static void usage(FILE *f)
{
	fputs("usage: tracectl COMMAND [FLAGS]\n"
	      "\n"
	      "Shows what programs ask of the kernel.\n"
	      "\n",
	      f);
	for (const struct command *c = commands; c->name; c++)
		fprintf(f, "  %-10s %s\n  %-10s   %s\n", c->name, c->help, "", c->example);
	fputs("  help       explain a command and its flags\n"
	      "               tracectl help watch\n",
	      f);
	opts_help(f, CMD_NONE);
}

static void command_usage(const struct command *c)
{
	printf("usage: tracectl %s %s\n\nTo %s.\n  %s\n", c->name, c->args, c->help, c->example);
	opts_help(stdout, c->bit);
}

static const char *next_command(void *ctx)
{
	const struct command **c = ctx;

	return (*c)->name ? (*c)++->name : NULL;
}

static const struct command *find_command(const char *name)
{
	const struct command *c = commands;
	const char *near;

	while (c->name && strcmp(c->name, name))
		c++;
	if (c->name)
		return c;
	c = commands;
	near = msg_nearest(name, next_command, &c);
	if (near)
		msg("unknown command %.60s: did you mean %s?", name, near);
	else
		msg("unknown command %.60s: tracectl help lists them", name);
	return NULL;
}

static int finish_output(void)
{
	return fflush(stdout) || ferror(stdout) ? 1 : 0;
}

static int help(char *const *argv)
{
	const struct command *c;

	if (argv[0] && !strcmp(argv[0], "help"))
		argv++;
	c = argv[0] ? find_command(argv[0]) : NULL;
	if (argv[0] && !c)
		return EXIT_USAGE;
	if (c && c->bit == CMD_STRACE)
		strace_opts_help(c->name);
	else if (c)
		command_usage(c);
	else
		usage(stdout);
	return finish_output();
}

static int version(void)
{
	puts("tracectl " TRACER_VERSION);
	return finish_output();
}

/* What is left after the flags must be a command to start, or nothing. */
static int check_args(const struct command *c, const struct options *o)
{
	bool takes = c->bit == CMD_RUN || c->bit == CMD_SUMMARY || c->bit == CMD_EXPLAIN;

	if (c->bit == CMD_RUN && !o->argv[0])
		msg("run needs a command: %s", c->example);
	else if (c->bit == CMD_EXPLAIN && !o->argv[0])
		msg("explain needs a name: %s", c->example);
	else if (!takes && o->argv[0])
		msg("unexpected argument %.100s: %s takes only flags", o->argv[0], c->name);
	else
		return 0;
	return EXIT_USAGE;
}

/* What stands between or before the flags of dump is the recorder's name. */
static int parse_flags(struct options *o, int argc, char **argv, char *err)
{
	int r = opts_parse(o, argc, argv, err);

	if (r || o->command != CMD_DUMP || !o->argv[0])
		return r;
	o->recorder = o->argv[0];
	return opts_parse(o, argc - (int)(o->argv - argv), o->argv, err);
}

static int run_command(const struct command *c, struct options *o, int argc, char **argv)
{
	char err[MSG_LEN];
	int status;

	o->command = c->bit;
	if (parse_flags(o, argc, argv, err)) {
		msg("%s", err);
		return EXIT_USAGE;
	}
	if (o->help) {
		command_usage(c);
		return finish_output();
	}
	if (o->version)
		return version();
	status = check_args(c, o);
	if (!status && opts_finish(o, err)) {
		msg("%s", err);
		status = EXIT_USAGE;
	}
	return status ? status : c->run(o);
}

/* The name that we were called by ends in strace. */
static bool is_strace(const char *name)
{
	size_t n = strlen(name);

	return n >= 6 && !strcmp(name + n - 6, "strace");
}

int main(int argc, char **argv)
{
	const struct command *c;
	struct options o;
	char err[MSG_LEN];
	int status;

	program_invocation_name = "tracectl";
	if (argc > 1 && !strcmp(argv[1], "__complete")) {
		opts_complete(stdout, commands, argc - 2, argv + 2);
		return finish_output();
	}
	opts_init(&o, CMD_NONE);
	if (argv[0] && is_strace(argv[0]))
		return cmd_strace(&o, argc, argv);
	if (opts_parse(&o, argc, argv, err)) {
		msg("%s", err);
		return EXIT_USAGE;
	}
	if (o.version)
		return version();
	if (o.help || (o.argv[0] && !strcmp(o.argv[0], "help")))
		return help(o.argv);
	if (!o.argv[0]) {
		usage(stderr);
		return EXIT_USAGE;
	}
	c = find_command(o.argv[0]);
	if (!c)
		return EXIT_USAGE;
	status = c->bit == CMD_STRACE ? cmd_strace(&o, argc - (int)(o.argv - argv), o.argv) :
					run_command(c, &o, argc - (int)(o.argv - argv), o.argv);
	opts_done(&o);
	return status;
}

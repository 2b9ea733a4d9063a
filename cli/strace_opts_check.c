/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_opts_check.c - what strace's options mean together: which exclude each other, which have no
 * effect, and what counted letters stand for.
 */
#include "strace_opts_set.h"

#include <string.h>
#include "msg.h"
#include "strace_sink.h"

static bool has_work(const struct strace_options *o)
{
	return o->argv[0] || o->npids;
}

static int check_start(const struct strace_options *o)
{
	if (!has_work(o))
		return strace_usage_error("must have PROG [ARGS] or -p PID");
	if (!o->argv[0] && o->daemonize)
		return strace_usage_error("PROG [ARGS] must be specified with -D/--daemonize");
	if (o->daemonize > 3)
		return strace_usage_error("Too many -D's (%u), maximum supported -D count is 3",
					  o->daemonize);
	return 0;
}

static int check_summary(const struct strace_options *o)
{
	if (o->summary && o->separate)
		return strace_usage_error("(-c/--summary-only or -C/--summary) and -ff/"
					  "--output-separately are mutually exclusive");
	if (o->summary_wall && !o->summary)
		return strace_usage_error("-w/--summary-wall-clock must be given with "
					  "(-c/--summary-only or -C/--summary)");
	if (o->columns[0] != COLUMN_PERCENT && !o->summary)
		return strace_usage_error("-U/--summary-columns must be given with "
					  "(-c/--summary-only or -C/--summary)");
	return 0;
}

static void note_useless(const struct strace_options *o)
{
	const struct {
		bool given;
		const char *name;
	} useless[] = {
		{o->pointer, "-i/--instruction-pointer"},
		{o->stack_count, "-k/--stack-traces"},
		{o->number, "-n/--syscall-number"},
		{o->relative, "-r/--relative-timestamps"},
		{o->clock != CLOCK_NONE, "-t/--absolute-timestamps"},
		{o->took, "-T/--syscall-times"},
		{o->decode_fds, "-y/--decode-fds"},
	};

	if (o->summary != SUMMARY_ONLY)
		return;
	for (unsigned int i = 0; i < sizeof(useless) / sizeof(useless[0]); i++)
		if (useless[i].given)
			msg("%s has no effect with -c/--summary-only", useless[i].name);
}

static int twice(const char *letter, const char *name)
{
	msg("%s and %s cannot be provided simultaneously", letter, name);
	return 1;
}

/* -t -tt -ttt, -x -xx, -y -yy, -q -qq -qqq: letters that are counted, or long names. */
static int check_counted(struct strace_options *o)
{
	if (o->time_count && o->clock != CLOCK_NONE)
		return twice("-t", "--absolute-timestamps");
	if (o->time_count) {
		o->clock = o->time_count > 2 ? CLOCK_UNIX : CLOCK_TIME;
		o->clock_digits = o->time_count > 1 ? 6 : 0;
	}
	if (o->hex && o->hex_long)
		return twice("-x", "--strings-in-hex");
	if (o->hex)
		o->hex = o->hex > 1 ? STRACE_HEX_ALL : STRACE_HEX_NON_ASCII;
	else if (o->hex_long)
		o->hex = o->hex_long - 1;
	if (o->fd_count && o->decode_fds)
		return twice("-y", "--decode-fds");
	if (o->fd_count)
		o->decode_fds = o->fd_count > 1 ? UINT32_MAX : STRACE_FDS_PATH;
	if (o->quiet_count && o->quiet)
		return twice("-q", "-e quiet/--quiet");
	if (o->quiet_count > 2)
		o->quiet = UINT32_MAX;
	else if (o->quiet_count)
		o->quiet = QUIET_ATTACH | QUIET_PERSONALITY |
			   (o->quiet_count > 1 ? QUIET_EXIT : 0);
	return 0;
}

static int check_output(struct strace_options *o)
{
	if (o->out && (*o->out == '|' || *o->out == '!') && o->separate)
		return strace_usage_error("piping the output and -ff/--output-separately are "
					  "mutually exclusive");
	if (o->separate && !o->out && o->follow < 2)
		msg("--output-separately has no effect without -o/--output");
	if (o->append && !o->out)
		msg("-A/--output-append-mode has no effect without -o/--output");
	if (!o->out)
		o->separate = false;
	return 0;
}

static void check_follow(struct strace_options *o)
{
	if (o->deprecated_follow && o->follow)
		msg("deprecated option -F ignored");
	else if (o->deprecated_follow)
		msg("option -F is deprecated, please use -f/--follow-forks instead");
	if (!o->follow)
		o->follow = o->deprecated_follow;
	if (o->follow > 1)
		o->separate = true;
}

int strace_opts_check(struct strace_options *o)
{
	check_follow(o);
	if (check_start(o) || check_summary(o) || check_output(o) || check_counted(o))
		return 1;
	if (o->no_abbrev)
		memset(&o->abbrev, 0, sizeof(o->abbrev));
	note_useless(o);
	/* The file is for one program's calls: who reads it knows that it was traced. */
	if (!o->quiet_count && !(o->quiet & QUIET_ATTACH) && o->out && o->argv[0])
		o->quiet |= QUIET_ATTACH | QUIET_PERSONALITY;
	return 0;
}

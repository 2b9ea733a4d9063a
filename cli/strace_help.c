/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_help.c - what strace -h says, a line for each option.
 */
#include "strace_opts.h"

#include <stdio.h>

static const char *const lines[] = {
	"Trace system calls and signals of a command, or of processes that run.",
	"",
	"Who is traced:",
	"  -p, --attach=PID[,PID]        these processes; may be repeated",
	"  -f, --follow-forks            and their children; all threads of -p",
	"  -E, --env=VAR[=VAL]           set a variable for the command, or remove it",
	"  -u, --user=USER               run the command as this user",
	"      --argv0=NAME              the command's argv[0]",
	"  -b, --detach-on=execve        stop following who executes another program",
	"  -D, --daemonize[=HOW]         be no parent of the command: grandchild; -DD pgroup; -DDD session",
	"  -I, --interruptible=WHEN      which signals end the tracing: 1 to 4",
	"      --kill-on-exit            kill what is traced in the end",
	"      --syscall-limit=N         detach after so many calls",
	"",
	"What is shown:",
	"  -e, --trace=SET               calls: names, %classes, /regex, numbers, ! in front for all others",
	"  -e signal=SET, --signal=SET   signals",
	"  -e status=SET, --status=SET   successful, failed, unfinished, unavailable, detached",
	"  -z, --successful-only         only calls that succeed",
	"  -Z, --failed-only             only calls that fail",
	"  -P, --trace-path=PATH         only calls on this path",
	"  -e fd=SET, --trace-fds=SET    only calls on these descriptors",
	"  -q, -qq, -qqq, --quiet=SET    not: attach, exit, path-resolution, personality, thread-execve",
	"  --quiet-startup               not: how each program starts, by its loader and the C library",
	"",
	"How it is shown:",
	"  -a, --columns=COLUMN          where results begin (40)",
	"  -s, --string-limit=N          how much of strings (32)",
	"  -v, --no-abbrev               structures whole; -e abbrev=SET for some calls",
	"      --show-secrets            of the environment (-v): API_TOKEN and the like, too",
	"  -e verbose=SET, -e raw=SET    structures taken apart; arguments as numbers",
	"  -e read=SET, -e write=SET     dump the data of these descriptors",
	"  -x, -xx, --strings-in-hex[=WHICH]  strings that are not ASCII, or all, in hexadecimal",
	"  -X, --const-print-style=STYLE constants raw, abbrev, or verbose",
	"  -y, -yy, --decode-fds=SET     of descriptors: path, socket, dev, pidfd, eventfd, signalfd",
	"  -Y, --decode-pids=SET         of processes: comm, pidns",
	"  -t, -tt, -ttt, --absolute-timestamps[=FORMAT,PRECISION]  when",
	"  -r, --relative-timestamps[=PRECISION]  since the line before",
	"  -T, --syscall-times[=PRECISION]        how long calls took",
	"  -i, --instruction-pointer     -n, --syscall-number     -N, --arg-names",
	"  -k, --stack-trace             the functions that calls come from; -kk with lines of their sources",
	"      --stack-trace-frame-limit=N  at most so many of them (256)",
	"      --always-show-pid         the process in front of each line",
	"  -o, --output=FILE             to a file, or to a command: '|CMD' '!CMD'",
	"  -A, --output-append-mode      at its end",
	"  -ff, --output-separately      to FILE.PID for each process",
	"",
	"Counting:",
	"  -c, --summary-only            a table of calls, errors and times",
	"  -C, --summary                 that too",
	"  -w, --summary-wall-clock      the time that passed, not that of the processor",
	"  -S, --summary-sort-by=COLUMN  -U, --summary-columns=COLUMN[,COLUMN]",
	"                                time-percent, total-time, min-time, max-time, avg-time, calls,",
	"                                errors, name",
	"  -O, --summary-syscall-overhead=TIME  to be taken off each call",
	"",
	"Tampering:",
	"  -e inject=SET:WHAT[:when=WHEN]  error=E retval=V signal=S syscall=C delay_enter=T delay_exit=T",
	"                                  poke_enter=@argN=HEX poke_exit=@argN=HEX",
	"  -e fault=SET[:error=E][:when=WHEN]",
	"",
	"  -d, --debug   -h, --help   -V, --version   --seccomp-bpf   --tips=none",
};

void strace_opts_help(const char *name)
{
	printf("Usage: %s [OPTIONS] { -p PID | CMD [ARGS] }\n", name);
	for (unsigned int i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		puts(lines[i]);
}

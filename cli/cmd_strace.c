/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cmd_strace.c - strace: the command line and the output of strace(1).
 */
#include "cmd.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "msg.h"
#include "startup.h"
#include "strace_attach.h"
#include "strace_count.h"
#include "strace_daemon.h"
#include "strace_line.h"
#include "strace_program.h"

struct strace {
	struct session s;
	const struct strace_options *o;
	struct options so; /* what the session is asked for */
	struct strace_line line;
	struct strace_out out;
	struct strace_counts *counts; /* -c, -C */
	struct startup *startup; /* NULL: start-up calls are shown too */
	struct strace_paths paths;
	struct strace_program command;
	struct strace_attach attach;
	pid_t program; /* -D: that is not our child; 0: it is, or there is none */
	int go;	       /* then: what lets it go */
	struct child_how how;
	int interrupted; /* by this signal */
};

/* All that was asked for was shown, or nobody is left who could be shown. */
static bool is_done(const struct strace *st)
{
	const struct strace_options *o = st->o;

	return (o->call_limit && st->line.calls >= o->call_limit) ||
	       (o->detach_on_execve && !st->line.gate && !HASH_COUNT(st->line.tasks));
}

static void on_record(struct session *s, const struct tr_hdr *rec)
{
	struct strace *st = s->ctx;
	uint64_t hidden = 0;
	bool hide = st->startup && startup_hides(st->startup, rec, true, &hidden);

	if (hidden)
		strace_line_say(&st->line, "%llu start-up calls of process %u are hidden",
				(unsigned long long)hidden, rec->tgid);
	if (!hide)
		strace_line_record(&st->line, rec);
	if (is_done(st) && !s->stopping) {
		strace_line_detach(&st->line);
		s->interrupts = 2; /* the child is left to itself */
		session_stop(s);
	}
}

static void on_batch(struct session *s)
{
	struct strace *st = s->ctx;

	strace_line_flush(&st->line);
}

static int on_frame(struct session *s, uint16_t type, const void *payload, size_t len)
{
	struct strace *st = s->ctx;

	return type == TR_FRAME_SUMMARY ? strace_counts_frame(st->counts, st->o, payload, len) : 0;
}

/* Where nothing may disturb the trace of a program, signals are its affair alone. */
static bool is_deaf(const struct strace_options *o)
{
	unsigned int how = o->interruptible;

	if (!how)
		how = o->argv[0] && o->out ? 3 : 2;
	return how >= 3;
}

static bool on_interrupt(struct session *s, int signo, bool from_terminal)
{
	struct strace *st = s->ctx;

	(void)from_terminal;
	if (is_deaf(st->o))
		return true;
	if (st->interrupted)
		return false;
	st->interrupted = signo;
	strace_line_detach(&st->line);
	strace_line_flush(&st->line);
	if (s->child.pid && !s->child.reaped) {
		kill(s->child.pid, SIGCONT);
		kill(s->child.pid, signo);
	}
	s->interrupts = 2; /* the child is left to itself */
	session_stop(s);
	return true;
}

static void tell_path(void *ctx, const char *from, const char *to)
{
	const struct strace *st = ctx;

	if (!(st->o->quiet & QUIET_PATH))
		msg("Requested path \"%s\" resolved into \"%s\"", from, to);
}

static bool simple_status(uint32_t status)
{
	uint32_t results = status & (STATUS_SUCCESSFUL | STATUS_FAILED);

	return results != 0;
}

static bool shows_env(const struct strace_options *o)
{
	const struct sc_row *row = sc_by_name("execve");
	bool shown = false;

	for (unsigned int abi = 0; abi < TR_ABI_MAX; abi++) {
		int nr = sc_nr(row, abi);

		shown |= nr >= 0 && !strace_calls_has(&o->abbrev, abi, (unsigned int)nr);
	}
	return shown;
}

static void put_filter(struct strace *st)
{
	const struct strace_options *o = st->o;
	struct filter *f = &st->so.filter;

	/* What the kernel can't decide is counted here. */
	if (o->summary == SUMMARY_ONLY && !o->npaths && !o->has_fds && !o->call_limit &&
	    !o->detach_on_execve && simple_status(o->status)) {
		f->kind = FILTER_SUMMARY;
		f->returned = true;
		f->cpu_time = !o->summary_wall;
		f->failed = !(o->status & STATUS_SUCCESSFUL);
		f->ok = !(o->status & STATUS_FAILED);
	}
	f->follow = o->follow;
	f->fds = o->decode_fds || o->npaths;
	f->ret_fds = f->fds; /* a path is also that of what was opened before */
	f->entries = true;
	f->env = shows_env(o);
	f->pointer = o->pointer;
	if (o->stack_count && o->summary != SUMMARY_ONLY)
		f->stack = o->stack_limit;
	f->sources = o->stack_count > 1;
	while (f->ninject < o->ninject) { /* both own the text now: the filter does */
		f->inject[f->ninject] = o->inject[f->ninject];
		f->ninject++;
	}
	f->string_limit = o->string_limit < FILTER_STRING_MAX ? o->string_limit : FILTER_STRING_MAX;
	if (strace_numbers_any(&o->dump_read) || strace_numbers_any(&o->dump_write))
		f->string_limit = FILTER_STRING_MAX;
	/* With -n signals and exits are told with the number of the call before, whichever it was. */
	if (!o->traces_all && !o->number)
		strace_calls_filter(&o->trace, f);
}

/* Some of what can be asked for is done only to tasks that are stopped. */
static void choose_backend(struct strace *st)
{
	const struct filter *f = &st->so.filter;
	const char *backend = st->o->backend;

	if ((backend && strcmp(backend, "auto")) || !(f->ninject || f->stack))
		return;
	st->so.backend = "ptrace";
	if (!(st->o->quiet & QUIET_ATTACH))
		msg("%s ptrace, which is used in place of BPF",
		    f->ninject ? "tampering needs" : "stacks need");
}

/* What the session needs, from what strace was asked for. Returns 0 or the exit status. */
static int prepare_session(struct strace *st)
{
	const struct strace_options *o = st->o;

	opts_init(&st->so, CMD_RUN);
	st->so.color = COLOR_NEVER;
	st->so.argv = (char **)o->argv;
	st->so.socket = o->socket;
	st->so.backend = o->backend;
	if (strace_program_user(&st->command) || (o->argv[0] && strace_program_find(&st->command)))
		return 1;
	if (strace_paths_init(&st->paths, o, tell_path, st))
		return 1;
	st->line.paths = &st->paths;
	if (o->argv[0] && o->argv0_of)
		st->so.argv[0] = (char *)o->argv0_of;
	put_filter(st);
	choose_backend(st);
	st->how = (struct child_how){st->command.path, strace_program_prepare, &st->command, 1};
	st->s.how = &st->how;
	st->s.by_thread = !o->follow;
	st->s.ends_empty = true;
	st->s.procs = procs_new();
	if (!st->s.procs || strace_out_open(&st->out, o))
		return 1;
	strace_line_init(&st->line, o, &st->s.out.buf);
	st->attach = (struct strace_attach){o, &st->line, st->s.procs, &st->so.filter, {0}};
	st->counts = o->summary ? strace_counts_new() : NULL;
	st->line.counts = st->counts;
	if (o->summary && !st->counts)
		return 1;
	st->startup = o->quiet_startup ? startup_new(NULL) : NULL;
	return 0;
}

/* The tracer of a program that is not its child, but its parent's parent. */
static int become_daemon(struct strace *st)
{
	struct filter_ids *ids = st->o->follow ? &st->so.filter.pid : &st->so.filter.tid;
	static char *none[] = {NULL};

	st->program = strace_daemonize(st->o->daemonize, &st->how, st->so.argv, &st->go);
	if (!st->program || ids->n == FILTER_VALUES_MAX)
		return 1;
	ids->v[ids->n++] = (uint32_t)st->program;
	procs_add(st->s.procs, (uint32_t)st->program, (uint32_t)st->program);
	st->so.argv = none;
	return 0;
}

static void let_go(struct strace *st)
{
	if (!(st->o->quiet & QUIET_ATTACH))
		strace_line_say(&st->line, "Process %u attached", (unsigned int)st->program);
	if (write(st->go, "", 1) != 1)
		return; /* it was killed: its end will come */
	close(st->go);
}

static int run(struct strace *st)
{
	int status = session_open(&st->s, &st->so, st->out.fd, st->so.argv[0] != NULL);
	pid_t pid = st->s.child.pid ? st->s.child.pid : st->program;

	if (status > 128)
		st->interrupted = status - 128;
	if (status)
		return 1;
	st->line.facts = st->s.facts;
	st->line.realtime_offset_ns = st->s.conn.hello.realtime_offset_ns;
	strace_attach_tell(&st->attach);
	if (pid) {
		st->line.child = st->program ? NULL : &st->s.child;
		st->line.gate = (uint32_t)pid;
		strace_line_add(&st->line, (uint32_t)pid, (uint32_t)pid);
	}
	if (st->program)
		let_go(st);
	session_loop(&st->s);
	strace_line_detach(&st->line);
	if (st->counts)
		strace_counts_show(st->counts, st->o, facts_newer(st->s.facts), &st->s.out.buf);
	return session_close(&st->s);
}

/* As the program that was traced, so that nobody need know that it was. */
static void die_of(int signo)
{
	const struct rlimit none = {0, 0};
	sigset_t set;

	setrlimit(RLIMIT_CORE, &none); /* one core file is enough */
	signal(signo, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, signo);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(signo);
}

static int trace(const struct strace_options *o)
{
	static const struct session_ops ops = {
		.record = on_record, .frame = on_frame, .batch = on_batch, .interrupt = on_interrupt};
	struct strace st = {.o = o, .s = {.ops = &ops}, .command = {.o = o}};
	int status, signo = 0;

	st.s.ctx = &st;
	status = prepare_session(&st);
	if (!status)
		status = strace_attach_all(&st.attach);
	if (!status && o->daemonize)
		status = become_daemon(&st);
	if (!status)
		status = run(&st);
	else
		procs_free(st.s.procs);
	startup_free(st.startup);
	strace_line_done(&st.line);
	strace_out_close(&st.out);
	strace_counts_free(st.counts);
	strace_paths_done(&st.paths);
	opts_done(&st.so);
	if (st.interrupted)
		signo = st.interrupted;
	else if (st.s.child.reaped && WIFSIGNALED(st.s.child.wait_status))
		signo = WTERMSIG(st.s.child.wait_status);
	if (signo)
		die_of(signo);
	return signo ? 128 + signo : status;
}

int cmd_strace(const struct options *global, int argc, char **argv)
{
	struct strace_options o;

	program_invocation_name = argv[0];
	if (strace_opts_parse(&o, argc, argv))
		return 1;
	if (o.version)
		puts("strace -- version 7.0 (tracectl " TRACER_VERSION ")");
	else if (o.help)
		strace_opts_help(argv[0]);
	if (o.version || o.help)
		return fflush(stdout) || ferror(stdout) ? 1 : 0;
	o.socket = global->socket;
	o.backend = global->backend;
	return trace(&o);
}

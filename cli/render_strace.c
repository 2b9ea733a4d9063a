/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * render_strace.c - the format of strace(1): name(arguments) = result.
 */
#include "render.h"

#include <core/rec.h>
#include <sys/wait.h>
#include "strace_call.h"

#define RESULT_COLUMN 40
#define PID_COLUMN 6

static void put_prefix(struct render *r, const struct tr_hdr *rec, struct buf *out)
{
	if (r->view.pid_column) {
		size_t from = out->len;

		buf_u64(out, rec->tid);
		buf_char(out, ' ');
		buf_pad(out, from, PID_COLUMN);
	} else if (r->view.multi) {
		buf_put(out, "[pid ", 5);
		buf_u64_pad(out, rec->tid, 5, ' ');
		buf_put(out, "] ", 2);
	}
	render_time(r, rec, out);
}

static void put_seconds(struct buf *out, uint64_t ns)
{
	buf_u64(out, ns / 1000000000);
	buf_char(out, '.');
	buf_u64_pad(out, ns / 1000 % 1000000, 6, '0');
}

static void put_call(struct render *r, const struct tr_syscall *rec, struct buf *out)
{
	struct strace_sink s = {
		.s = { .ops = &strace_sink_ops, .out = out, .terse = true, .all_names = true, .ids = r->ids },
		.facts = r->view.fds ? r->facts : NULL,
		.tgid = rec->h.tgid,
		.decode_fds = STRACE_FDS_ALL,
	};
	size_t from = out->len;
	struct call c;
	bool whole;

	call_init(&c, rec, r->facts, r->view.string_limit);
	c.show_secrets = r->view.show_secrets;
	put_prefix(r, &rec->h, out);
	whole = strace_call_begin(&s, &c);
	if (!whole || (rec->h.flags & TR_F_BLOCKED))
		buf_str(out, " <unfinished ...>");
	if (!(rec->h.flags & TR_F_BLOCKED)) {
		buf_put(out, ") ", 2);
		buf_pad(out, from, RESULT_COLUMN);
		buf_put(out, "= ", 2);
		strace_call_result(&s, &c);
		if (r->view.durations && c.returned) {
			buf_put(out, " <", 2);
			put_seconds(out, rec->duration_ns);
			buf_char(out, '>');
		}
	}
	buf_char(out, '\n');
}

static void put_signo(struct buf *out, int signo)
{
	const char *name = sc_signal_name(signo);

	if (name)
		buf_str(out, name);
	else
		buf_i64(out, signo);
}

void strace_signal(struct strace_sink *s, const struct tr_signal *rec)
{
	struct buf *out = s->s.out;

	buf_str(out, "--- ");
	put_signo(out, rec->signo);
	if (!(rec->h.flags & TR_SIG_NO_INFO)) {
		buf_char(out, ' ');
		strace_siginfo(s, rec);
	}
	buf_str(out, " ---\n");
}

void strace_exit(const struct tr_exit *rec, struct buf *out)
{
	int status = (int)rec->status;

	if (WIFSIGNALED(status)) {
		buf_str(out, "+++ killed by ");
		put_signo(out, WTERMSIG(status));
		buf_str(out, WCOREDUMP(status) ? " (core dumped)" : "");
	} else {
		buf_str(out, "+++ exited with ");
		buf_u64(out, WEXITSTATUS(status));
	}
	buf_str(out, " +++\n");
}

static void put_exec(struct render *r, const struct tr_exec *rec, struct buf *out)
{
	if (rec->old_tid == rec->h.tid)
		return;
	put_prefix(r, &rec->h, out);
	buf_str(out, "+++ superseded by execve in pid ");
	buf_u64(out, rec->old_tid);
	buf_str(out, " +++\n");
}

static void put_lost(const struct tr_lost *rec, struct buf *out)
{
	buf_str(out, "--- lost ");
	buf_u64(out, rec->count);
	buf_str(out, rec->where == TR_LOST_RING ? " events: the tracer could not keep up ---\n" :
		     rec->where == TR_LOST_RATE ? " events: more than a user may have ---\n" :
						  " events: they were not read in time ---\n");
}

static void put_budget(const struct tr_budget *rec, struct buf *out)
{
	buf_str(out, "--- budget: ");
	if (rec->unshown) {
		buf_u64(out, rec->unshown);
		buf_str(out, " calls not shown; ");
	}
	render_percent(rec->used, out);
	buf_str(out, " used, ");
	buf_str(out, render_shown(rec));
	buf_str(out, " ---\n");
}

void render_strace(struct render *r, const struct tr_hdr *rec, struct buf *out)
{
	switch (rec->type) {
	case TR_SYSCALL:
		put_call(r, (const void *)rec, out);
		break;
	case TR_SIGNAL:
		put_prefix(r, rec, out);
		strace_signal(&(struct strace_sink){.s = {.ops = &strace_sink_ops, .out = out}}, (const void *)rec);
		break;
	case TR_EXIT:
		put_prefix(r, rec, out);
		strace_exit((const void *)rec, out);
		break;
	case TR_EXEC:
		put_exec(r, (const void *)rec, out);
		break;
	case TR_LOST:
		put_lost((const void *)rec, out);
		break;
	case TR_BUDGET:
		put_budget((const void *)rec, out);
		break;
	default:
		break;
	}
}

void render_strace_hidden(struct render *r, const struct tr_hdr *rec, uint64_t calls, struct buf *out)
{
	put_prefix(r, rec, out);
	buf_str(out, "+++ ");
	buf_u64(out, calls);
	buf_str(out, calls == 1 ? " start-up call hidden +++\n" : " start-up calls hidden +++\n");
}

void render_strace_end(struct render *r, uint64_t events, uint64_t lost, struct buf *out)
{
	(void)r;
	(void)events;
	(void)lost;
	(void)out; /* losses were told where they happened */
}

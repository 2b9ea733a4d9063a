/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_lead.c - the tasks whose lines are written, and what stands in front of each line.
 */
#include "strace_line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "msg.h"
#include "strace_sink.h"

void strace_line_init(struct strace_line *l, const struct strace_options *o, struct buf *buf)
{
	l->o = o;
	l->ids = idnames_new();
	l->shared.buf = buf;
	l->shared.fd = -1;
	l->to_stderr = !o->out;
	l->pid_in_file = o->always_pid ||
			 (o->out && !o->separate && (o->follow || o->npids + !!o->argv[0] > 1));
}

struct strace_task *strace_line_find(const struct strace_line *l, uint32_t tid)
{
	struct strace_task *t;

	HASH_FIND(hh, l->tasks, &tid, sizeof(tid), t);
	return t;
}

struct strace_task *strace_line_add(struct strace_line *l, uint32_t tgid, uint32_t tid)
{
	struct strace_task *t = strace_line_find(l, tid);

	if (t)
		return t;
	t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->tid = tid;
	t->tgid = tgid;
	if (l->o->decode_pids)
		strace_pidns_see(&l->pidns, tid);
	t->nr = STRACE_NO_CALL;
#ifdef __aarch64__
	t->abi = TR_ABI_AARCH64;
#endif
	t->log = &l->shared;
	if (l->o->separate) {
		t->log = &t->own;
		strace_log_open(&t->own, l->o, tid);
	}
	HASH_ADD(hh, l->tasks, tid, sizeof(t->tid), t);
	return t;
}

void strace_line_drop(struct strace_line *l, struct strace_task *t)
{
	if (t->log->open == t)
		t->log->open = NULL;
	strace_log_close(&t->own);
	buf_done(&t->begun);
	buf_done(&t->stack);
	HASH_DEL(l->tasks, t);
	free(t);
}

void strace_line_done(struct strace_line *l)
{
	struct strace_left *left, *next_left;
	struct strace_task *t, *next;

	HASH_ITER(hh, l->tasks, t, next)
		strace_line_drop(l, t);
	strace_pidns_done(&l->pidns);
	idnames_free(l->ids);
	HASH_ITER(hh, l->left, left, next_left) {
		HASH_DEL(l->left, left);
		free(left);
	}
}

void strace_line_flush(struct strace_line *l)
{
	struct strace_task *t, *next;

	if (!l->o->separate)
		return;
	HASH_ITER(hh, l->tasks, t, next)
		strace_log_flush(&t->own);
}

void strace_line_say(struct strace_line *l, const char *fmt, ...)
{
	char text[MSG_LEN];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!l->to_stderr) {
		msg("%s", text);
		return;
	}
	buf_str(l->shared.buf, program_invocation_name);
	buf_put(l->shared.buf, ": ", 2);
	buf_str(l->shared.buf, text);
	buf_char(l->shared.buf, '\n');
}

void strace_put_fraction(struct buf *out, uint64_t ns, unsigned int digits)
{
	uint64_t unit = 1;

	for (unsigned int i = digits; i < 9; i++)
		unit *= 10;
	if (!digits)
		return;
	buf_char(out, '.');
	buf_u64_pad(out, ns % 1000000000 / unit, (int)digits, '0');
}

static void put_clock(struct strace_line *l, uint64_t ns, struct buf *out)
{
	int64_t real = (int64_t)(ns + (uint64_t)l->realtime_offset_ns);

	if (l->o->clock == CLOCK_UNIX)
		buf_i64(out, real / 1000000000);
	else
		render_clock(&l->clock, real, out);
	strace_put_fraction(out, (uint64_t)real, l->o->clock_digits);
	buf_char(out, ' ');
}

static void put_relative(struct strace_line *l, struct strace_log *log, uint64_t ns, struct buf *out)
{
	uint64_t since = log->last_ns && ns > log->last_ns ? ns - log->last_ns : 0;
	bool in_brackets = l->o->clock != CLOCK_NONE;

	log->last_ns = ns;
	if (in_brackets)
		buf_put(out, "(+", 2);
	buf_u64_pad(out, since / 1000000000, 6, ' ');
	strace_put_fraction(out, since, l->o->relative_digits);
	buf_str(out, in_brackets ? ") " : " ");
}

/* A name from the facts, else from the process itself. */
static size_t find_comm(const struct strace_line *l, uint32_t pid, char *name)
{
	const struct fact_task *task = facts_task(l->facts, pid);
	char path[64];
	ssize_t n;
	int fd;

	if (task && task->comm_len) {
		memcpy(name, task->comm, task->comm_len);
		return task->comm_len;
	}
	snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, name, TR_COMM_LEN);
	close(fd);
	return n > 1 ? (size_t)n - 1 : 0;
}

static void put_comm(struct strace_line *l, uint32_t tid, struct buf *out)
{
	char name[TR_COMM_LEN];
	size_t n = l->o->decode_pids & STRACE_PIDS_COMM ? find_comm(l, tid, name) : 0;

	if (!n)
		return;
	buf_char(out, '<');
	strace_escape(out, name, n, l->o->hex);
	buf_char(out, '>');
}

void strace_line_about(void *ctx, uint32_t tgid, uint32_t pid, struct buf *out)
{
	struct strace_line *l = ctx;
	uint32_t ours = strace_pidns_ours(&l->pidns, tgid, pid);

	if (ours)
		put_comm(l, ours, out);
	if (!ours || ours == pid || !(l->o->decode_pids & STRACE_PIDS_NS))
		return;
	buf_put(out, " /* ", 4);
	buf_u64(out, ours);
	buf_str(out, " in strace's PID NS */");
}

static void put_pid(struct strace_line *l, const struct strace_task *t, struct buf *out)
{
	size_t from = out->len;

	if (l->pid_in_file) {
		buf_u64(out, t->tid);
		buf_pad(out, from, 5);
		put_comm(l, t->tid, out);
		buf_char(out, ' ');
	} else if (l->to_stderr && HASH_COUNT(l->tasks) > 1) {
		buf_put(out, "[pid ", 5);
		buf_u64_pad(out, t->tid, 5, ' ');
		put_comm(l, t->tid, out);
		buf_put(out, "] ", 2);
	}
}

static void put_pointer(const struct strace_task *t, struct buf *out)
{
	unsigned int digits = t->abi == TR_ABI_I386 ? 8 : 16;

	buf_char(out, '[');
	while (digits--)
		buf_char(out, t->pointer ? "0123456789abcdef"[t->pointer >> 4 * digits & 15] : '?');
	buf_put(out, "] ", 2);
}

/* Closes the line that is open, and begins another. Returns where it begins, for columns. */
size_t strace_line_lead(struct strace_line *l, struct strace_task *t, uint64_t ns, uint32_t nr)
{
	struct strace_log *log = t->log;
	struct buf *out = log->buf;
	size_t from;

	if (log->open) {
		buf_str(out, " <unfinished ...>\n");
		log->open->unfinished = true;
		log->open = NULL;
	}
	from = out->len;
	put_pid(l, t, out);
	if (l->o->clock != CLOCK_NONE)
		put_clock(l, ns, out);
	if (l->o->relative)
		put_relative(l, log, ns, out);
	if (l->o->number) {
		buf_char(out, '[');
		if (nr == STRACE_NO_CALL)
			buf_put(out, "????", 4);
		else
			buf_u64_pad(out, nr, 4, ' ');
		buf_put(out, "] ", 2);
	}
	if (l->o->pointer)
		put_pointer(t, out);
	return from;
}

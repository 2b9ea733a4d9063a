/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cmd_summary.c - summary: the kernel counts, we ask for the counts at each interval and at the
 * end.
 */
#include "cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "msg.h"
#include "tally.h"

struct summary {
	struct session s;
	struct tally *now;   /* the interval that is being received */
	struct tally *total; /* all before it, where one screen is refreshed */
	struct tally_names *names;
	bool json, in_place;
	unsigned int shown; /* intervals */
};

/*
 * A process that was never told of (it did nothing but what was counted) may still be there to
 * ask.
 */
static void name_from_proc(struct summary *sum, uint32_t tgid)
{
	char path[64], comm[TR_COMM_LEN];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/comm", tgid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, comm, sizeof(comm));
	close(fd);
	if (n > 1)
		tally_names_set(sum->names, tgid, comm, (size_t)n - (comm[n - 1] == '\n'), true);
}

static bool wanted(void *ctx, uint32_t tgid)
{
	struct summary *sum = ctx;
	const char *comm;
	size_t len;

	comm = tally_names_find(sum->names, tgid, &len);
	if (!comm) {
		name_from_proc(sum, tgid);
		comm = tally_names_find(sum->names, tgid, &len);
	}
	return !sum->s.o->match.ncomm || (comm && match_comm(&sum->s.o->match, comm, len));
}

static void on_record(struct session *s, const struct tr_hdr *rec)
{
	const struct tr_task *task = (const struct tr_task *)rec;
	struct summary *sum = s->ctx;

	if (rec->type == TR_TASK)
		tally_names_set(sum->names, rec->tgid, task->comm,
				strnlen(task->comm, sizeof(task->comm)), rec->tgid == rec->tid);
}

static void show_human(struct summary *sum, struct tally *t, bool in_place)
{
	const struct output *out = &sum->s.out;
	struct tally_view view = {.color = out->color,
				  .in_place = in_place,
				  .width = out->is_terminal ? out->width : 0,
				  .height = in_place ? out->height : 0};
	struct buf *b = &sum->s.out.buf;

	if (in_place)
		buf_str(b, sum->shown ? "\033[H" : "\033[H\033[2J");
	else if (sum->shown)
		buf_char(b, '\n');
	tally_human(t, sum->names, &view, b);
	if (in_place)
		buf_str(b, "\033[J");
}

/*
 * An interval is complete. One that is empty is shown only if it is all there is, or one of
 * several.
 */
static void show_interval(struct summary *sum)
{
	if (!sum->s.stopping || !sum->shown || !tally_is_empty(sum->now)) {
		if (sum->json)
			tally_json(sum->now, sum->names, &sum->s.out.buf);
		else
			show_human(sum, sum->now, sum->in_place);
		sum->shown++;
	}
	if (sum->in_place)
		tally_merge(sum->total, sum->now);
	tally_clear(sum->now);
}

static int on_frame(struct session *s, uint16_t type, const void *payload, size_t len)
{
	const struct tr_summary_head *head = payload;
	struct summary *sum = s->ctx;
	int r;

	if (type != TR_FRAME_SUMMARY)
		return 0;
	r = tally_add(sum->now, facts_newer(sum->s.facts), payload, len, wanted, sum);
	if (!r && head->last)
		show_interval(sum);
	return r;
}

static void on_tick(struct session *s)
{
	conn_send(&s->conn, TR_FRAME_SNAPSHOT, NULL, 0);
}

static void tell_start(const struct summary *sum)
{
	const struct options *o = sum->s.o;

	if (!o->quiet && !o->argv[0] && !o->duration_ns && !sum->in_place && isatty(STDERR_FILENO))
		msg("counting by %s; Ctrl-C ends it", sum->s.conn.hello.backend);
}

/* The screen showed intervals: what remains on it at the end is the whole. */
static void tell_end(struct summary *sum)
{
	if (sum->in_place && sum->shown > 1)
		show_human(sum, sum->total, true);
	if (!sum->s.complete)
		return;
	if (session_lost(&sum->s))
		msg("%llu records of processes were lost: names may be missing",
		    (unsigned long long)session_lost(&sum->s));
}

int cmd_summary(struct options *o)
{
	static const struct session_ops ops = {
	    .record = on_record, .frame = on_frame, .tick = on_tick};
	struct summary sum = {.now = tally_new(), .total = tally_new(), .names = tally_names_new()};
	int status = 1;

	sum.s.ops = &ops;
	sum.s.ctx = &sum;
	sum.json = !strcmp(o->format->name, "json");
	if (sum.now && sum.total && sum.names)
		status = session_open(&sum.s, o, STDOUT_FILENO, o->argv[0] != NULL);
	else
		msg("out of memory");
	if (!status) {
		sum.in_place = o->interval_ns && sum.s.out.is_terminal && !sum.json;
		tell_start(&sum);
		session_loop(&sum.s);
		tell_end(&sum);
		status = session_close(&sum.s);
	}
	tally_free(sum.now);
	tally_free(sum.total);
	tally_names_free(sum.names);
	return status;
}

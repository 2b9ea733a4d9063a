/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_body.c - the line of a call: composed at once, or begun where it waits and taken up when it ends,
 * on the same line or, where others came between, on one of its own.
 */
#include "strace_line.h"

#include <string.h>
#include <core/rec.h>
#include "strace_call.h"
#include "strace_dump.h"

static void init_sink(struct strace_line *l, const struct tr_syscall *rec, struct call *c,
		      struct strace_sink *s, struct buf *out)
{
	const struct strace_options *o = l->o;

	*s = (struct strace_sink){
		.s = {
			.ops = &strace_sink_ops,
			.out = out,
			.terse = strace_calls_has(&o->abbrev, rec->abi, rec->nr),
			.all_names = true,
			.ids = l->ids,
		},
		.facts = o->decode_fds ? l->facts : NULL,
		.tgid = rec->h.tgid,
		.decode_fds = o->decode_fds,
		.hex = (uint8_t)o->hex,
		.consts = o->consts,
		.s.apart = o->consts != STRACE_CONSTS_ABBREV,
		.s.wordless = o->consts == STRACE_CONSTS_RAW,
		.raw = strace_calls_has(&o->raw, rec->abi, rec->nr),
		.opaque = !strace_calls_has(&o->verbose, rec->abi, rec->nr),
		.arg_names = o->arg_names,
		.about_pid = o->decode_pids ? strace_line_about : NULL,
		.about_ctx = l,
	};
	call_init(c, rec, l->facts, o->string_limit);
	c->show_secrets = o->show_secrets;
}

static void put_took(const struct strace_line *l, uint64_t ns, struct buf *out)
{
	buf_put(out, " <", 2);
	buf_u64(out, ns / 1000000000);
	strace_put_fraction(out, ns, l->o->took_digits);
	buf_char(out, '>');
}

static void put_tampering(unsigned int flags, struct buf *out)
{
	bool injected = flags & TR_F_INJECTED;

	if (flags & TR_F_POKED)
		buf_str(out, injected ? " (INJECTED: args, retval)" : " (INJECTED: args)");
	else if (injected)
		buf_str(out, " (INJECTED)");
	if (flags & TR_F_DELAYED)
		buf_str(out, " (DELAYED)");
}

/* After the arguments. column is that of the end of them, not counting what is appended here. */
static void put_rest(struct strace_line *l, struct strace_sink *s, const struct call *c, size_t from,
		     bool whole)
{
	struct buf *out = s->s.out;

	if (!whole)
		buf_str(out, " <unfinished ...>");
	buf_put(out, ") ", 2);
	buf_pad(out, from, l->o->column);
	buf_put(out, "= ", 2);
	strace_call_result(s, c);
	put_tampering(c->rec->h.flags, out);
	if (l->o->took && c->returned)
		put_took(l, c->rec->duration_ns, out);
	buf_char(out, '\n');
}

void strace_line_begin(struct strace_line *l, struct strace_task *t, const struct tr_syscall *rec)
{
	struct buf *out = t->log->buf;
	size_t from, text;
	struct strace_sink s;
	struct call c;

	if (t->in_call)
		return;
	from = strace_line_lead(l, t, rec->h.time_ns - rec->duration_ns, rec->nr);
	text = out->len;
	init_sink(l, rec, &c, &s, out);
	strace_call_begin(&s, &c);
	t->in_call = true;
	t->unfinished = false;
	t->begun.len = 0;
	if (out->len > text)
		buf_put(&t->begun, out->p + text, out->len - text);
	t->log->open = t;
	t->log->column = out->len - from;
}

void strace_line_hold(struct strace_line *l, struct strace_task *t, const struct tr_syscall *rec)
{
	struct strace_sink s;
	struct call c;

	t->held_ns = rec->h.time_ns - rec->duration_ns;
	t->begun.len = 0;
	init_sink(l, rec, &c, &s, &t->begun);
	strace_call_begin(&s, &c);
}

void strace_line_unhold(struct strace_line *l, struct strace_task *t)
{
	strace_line_lead(l, t, t->held_ns, t->nr);
	buf_put(t->log->buf, t->begun.p, t->begun.len);
	t->log->open = t;
}

/* Arguments in a text up to where it ends: commas outside of strings and brackets. */
static unsigned int count_args(const struct buf *text)
{
	bool in_string = false;
	unsigned int n = 1;
	int depth = -1; /* in the bracket of the call itself */

	for (size_t i = 0; i < text->len; i++) {
		char c = text->p[i];

		if (in_string && c == '\\')
			i++;
		else if (c == '"')
			in_string = !in_string;
		else if (in_string)
			continue;
		else if (strchr("([{", c))
			depth++;
		else if (strchr(")]}", c))
			depth--;
		else if (c == ',' && !depth)
			n++;
	}
	return n;
}

/* How much of the whole, which is the end of out, stands there already. */
static size_t told(const struct strace_task *t, const struct strace_sink *s, size_t from)
{
	const struct buf *whole = s->s.out, *begun = &t->begun;
	unsigned int n;

	if (whole->len - from >= begun->len && !memcmp(whole->p + from, begun->p, begun->len))
		return begun->len;
	n = count_args(begun);
	if (n >= TR_MAX_ARGS || s->arg_at[n] <= from)
		return whole->len - from;
	return s->arg_at[n] - from + (begun->p[begun->len - 1] == ' ' ? 2 : 0);
}

/*
 * The end of a call whose beginning was written: the whole is made and what stands there already is taken
 * off. A beginning that turned out otherwise, for memory that could be read only later, is passed over by
 * its arguments.
 */
static bool put_tail(struct strace_task *t, struct strace_sink *s, const struct call *c)
{
	struct buf *out = s->s.out;
	size_t from = out->len, n;
	bool whole = strace_call_begin(s, c);

	n = told(t, s, from);
	memmove(out->p + from, out->p + from + n, out->len - from - n);
	out->len -= n;
	return whole;
}

void strace_line_end(struct strace_line *l, struct strace_task *t, const struct tr_syscall *rec)
{
	struct strace_log *log = t->log;
	struct strace_sink s;
	struct call c;
	bool whole;
	size_t from;

	init_sink(l, rec, &c, &s, log->buf);
	if (!t->in_call) {
		from = strace_line_lead(l, t, rec->h.time_ns - rec->duration_ns, rec->nr);
		whole = strace_call_begin(&s, &c);
	} else if (log->open == t) {
		from = log->buf->len - log->column; /* may have been written: only the difference counts */
		whole = put_tail(t, &s, &c);
	} else {
		from = strace_line_lead(l, t, rec->h.time_ns, rec->nr);
		buf_put(log->buf, "<... ", 5);
		render_call_name(c.row, rec_nr(rec), log->buf);
		buf_str(log->buf, " resumed>");
		whole = put_tail(t, &s, &c);
	}
	put_rest(l, &s, &c, from, whole);
	strace_dump(l->o, &c, log->buf);
	t->in_call = t->unfinished = false;
	log->open = NULL;
}

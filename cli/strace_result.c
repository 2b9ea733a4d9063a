/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_result.c - what a call returned as strace writes it, and what that says of its arguments.
 */
#include "strace_call.h"

#include <string.h>
#include <core/rec.h>

/* raw: it is not said what becomes of a call that is interrupted. */
static void put_failure(struct buf *out, int64_t ret, bool raw)
{
	int err = (int)-ret;
	const char *name = sc_errno_name(err), *text = sc_errno_text(err);
	bool restarts = !raw && ((err >= 512 && err <= 514) || err == 516);

	buf_str(out, restarts ? "? " : "-1 ");
	if (!name) {
		buf_str(out, "(errno ");
		buf_i64(out, err);
		buf_char(out, ')');
		return;
	}
	buf_str(out, name);
	if (err >= 512 && !restarts) { /* the C library has no text for what only the kernel knows */
		buf_str(out, " (Unknown error ");
		buf_i64(out, err);
		buf_char(out, ')');
	} else if (text) {
		buf_put(out, " (", 2);
		buf_str(out, text);
		buf_char(out, ')');
	}
}

/* Of what a call made ready strace tells no more than it has room for. */
#define READY_ROOM 1024
#define READY_SET_ROOM (READY_ROOM - 25)

/* What select left of a set, of which so many count. The bracket of one that has no room for any is there, too. */
static void put_ready_set(struct buf *out, const struct call *c, unsigned int i, const char *name, size_t from,
			  int64_t *ready)
{
	const char *lead = NULL;

	for (int32_t b = 0; *ready > 0 && (b = value_fdset_next(c, i, b)) >= 0; b++, --*ready) {
		if (out->len - from >= READY_SET_ROOM)
			continue;
		if (!lead && out->len > from)
			buf_put(out, ", ", 2);
		buf_str(out, lead ? lead : name);
		buf_u64(out, (uint64_t)b);
		lead = " ";
	}
	if (out->len > from)
		buf_char(out, ']');
}

/* What is left of the timeout; what is told began at from. */
static void put_left(struct strace_sink *s, const struct call *c, unsigned int i, size_t from)
{
	struct buf *out = s->s.out;
	size_t mark = out->len;

	buf_str(out, mark > from ? ", left " : "left ");
	if (s->opaque)
		s->s.ops->addr(&s->s, c->rec->args[i]);
	else
		value_arg(&s->s, c, i, VALUE_EXIT);
	if (out->len - from < READY_ROOM - 1)
		return;
	out->len = mark;
	if (c->row->args[0].type == T_ARRAY)
		buf_put(out, ", ...", 5);
}

static void put_selected(struct strace_sink *s, const struct call *c, size_t from)
{
	static const char *const names[] = { "in [", "out [", "except [" };
	int64_t ready = c->rec->ret;
	unsigned int next = 0;

	for (unsigned int i = 0; i < c->nargs; i++) {
		const struct sc_arg *arg = &c->row->args[i];
		const char *name = arg->type == T_FDSET ? names[next++ % 3] : NULL;

		if (!c->rec->args[i] || !call_arg_changed(c, i))
			continue;
		if (name && ready > 0)
			put_ready_set(s->s.out, c, i, name, from, &ready);
		else if (arg->type == T_STRUCT)
			put_left(s, c, i, from);
	}
}

static void put_ready(struct strace_sink *s, const struct call *c)
{
	bool messages = c->row->nargs == 5 && c->row->args[1].type == T_MMSGHDR;
	bool sets = c->row->args[1].type == T_FDSET, array = c->row->args[0].type == T_ARRAY && !messages;
	const struct facts *facts = s->facts;
	struct buf *out = s->s.out;
	size_t from = out->len + 2;

	if ((!messages && !sets && !array) || (s->opaque && c->rec->ret && !sets))
		return;
	if (!c->rec->ret && (sets || (array && c->row->args[0].dir == D_INOUT))) {
		buf_str(out, " (Timeout)");
		return;
	}
	s->facts = NULL; /* they were named in the arguments */
	buf_put(out, " (", 2);
	if (!array || value_ready(&s->s, c))
		put_selected(s, c, from);
	s->facts = facts;
	if (out->len > from)
		buf_char(out, ')');
	else
		out->len = from - 2;
}

/* What strace writes in front of the names of a result's flags. */
static const char *flags_word(const struct call *c)
{
	if (strncmp(c->row->name, "fcntl", 5) != 0)
		return "";
	switch ((uint32_t)c->rec->args[1]) {
	case 1: /* F_GETFD */
	case 3: /* F_GETFL */
		return "flags ";
	case 1034: /* F_GET_SEALS */
		return "seals ";
	default:
		return "";
	}
}

static void put_ret_flags(struct strace_sink *s, const struct call *c, const struct sc_flags *flags)
{
	bool fcntl = strncmp(c->row->name, "fcntl", 5) == 0, prctl = strcmp(c->row->name, "prctl") == 0;
	bool always = prctl || (fcntl && (uint32_t)c->rec->args[1] != 1); /* F_GETFD */
	uint64_t v = (uint64_t)c->rec->ret;
	struct buf *out = s->s.out;
	size_t from = out->len;

	if (prctl && s->s.wordless)
		return;
	buf_put(out, " (", 2);
	buf_str(out, flags_word(c));
	if (always) /* whatever -X says */
		value_flags(out, flags, v, false);
	else
		value_num(&s->s, T_FLAGS, flags, (int64_t)v);
	if (out->p[out->len - 1] == '0' && !v)
		out->len = from; /* no flag has the value 0 */
	else
		buf_char(out, ')');
}

/* Which entry set_thread_area chose. */
static void put_entry_number(struct buf *out, const struct call *c)
{
	const struct tr_item *item = rec_item_find(c->rec, 0, TR_PART_SELF, 0, true);
	uint32_t entry;

	if (!item || item->len < sizeof(entry) || !(item->flags & TR_ITEM_EXIT))
		return;
	memcpy(&entry, rec_item_data(item), sizeof(entry));
	buf_str(out, " (entry_number=");
	buf_u64(out, entry);
	buf_char(out, ')');
}

/* What the number stands for. */
static void put_ret_word(struct strace_sink *s, const struct call *c, enum sc_ret kind,
			 const struct sc_flags *flags)
{
	struct buf *out = s->s.out;
	const char *signal = kind == R_SIGNAL ? sc_signal_name((int)c->rec->ret) : NULL;

	if (kind == R_FLAGS && flags) {
		put_ret_flags(s, c, flags);
		return;
	}
	if (!signal && !(kind == R_ENUM && flags) && kind != R_TIME && kind != R_IOPRIO)
		return;
	if ((kind == R_IOPRIO && s->s.wordless) || (s->opaque && strstr(c->row->name, "adjtime")))
		return;
	if (kind == R_TIME && !c->rec->ret)
		return;
	buf_put(out, " (", 2);
	if (signal)
		buf_str(out, signal);
	else if (kind == R_TIME)
		strace_date(out, c->rec->ret, 0, 0);
	else if (kind == R_IOPRIO)
		value_ioprio(&s->s, (uint32_t)c->rec->ret, flags);
	else
		value_flags(out, flags, (uint64_t)c->rec->ret, true);
	buf_char(out, ')');
}

void strace_call_result(struct strace_sink *s, const struct call *c)
{
	struct buf *out = s->s.out;
	const struct sc_flags *flags;
	enum sc_ret kind;

	if (!c->returned) {
		buf_char(out, '?');
		return;
	}
	if (c->failed) {
		put_failure(out, c->rec->ret, s->raw);
		return;
	}
	if (s->raw) {
		strace_number(out, (uint64_t)c->rec->ret);
		return;
	}
	value_ret(&s->s, c);
	kind = value_ret_kind(c, &flags);
	if (c->row && strcmp(c->row->name, "set_thread_area") == 0 && !s->opaque)
		put_entry_number(out, c);
	else if (kind == R_COUNT && c->row)
		put_ready(s, c);
	else
		put_ret_word(s, c, kind, flags);
}

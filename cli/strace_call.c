/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_call.c - a call as strace writes it, up to its result.
 */
#include "strace_call.h"

#include <string.h>
#include <core/newer.h>
#include <core/rec.h>

/* What clone3 stored for its caller. */
static void put_clone3(struct strace_sink *s, const struct call *c)
{
	static const struct {
		const char *name;
		uint32_t flag;
		uint8_t off;
	} stored[] = { { "pidfd=[", 0x1000, 8 }, { "parent_tid=[", 0x00100000, 24 } };
	const struct tr_item *item = rec_item_find(c->rec, 0, TR_PART_SELF, 0, false);
	uint64_t flags = 0;
	bool some = false;

	if (!item || item->len < 8 || c->is_32 || c->failed || s->opaque)
		return;
	memcpy(&flags, rec_item_data(item), 8);
	for (size_t i = 0; i < sizeof(stored) / sizeof(stored[0]); i++) {
		const struct tr_item *at = rec_item_find(c->rec, 0, TR_PART_POINTEE, stored[i].off / 4, true);
		int32_t v;

		if (!(flags & stored[i].flag) || !at || at->len < sizeof(v))
			continue;
		memcpy(&v, rec_item_data(at), sizeof(v));
		buf_str(s->s.out, some ? ", " : " => {");
		some = true;
		buf_str(s->s.out, stored[i].name);
		if (i == 0)
			s->s.ops->fd(&s->s, v, false);
		else
			buf_i64(s->s.out, v);
		buf_char(s->s.out, ']');
	}
	if (some)
		buf_char(s->s.out, '}');
}

static bool is_clone3(const struct call *c)
{
	return c->row && strcmp(c->row->name, "clone3") == 0;
}

/*
 * clone shows which arguments its flags make use of, with their names and the stack first. False: it has
 * not returned, and there are more than these two.
 */
static bool put_clone(struct strace_sink *s, const struct call *c)
{
	static const struct {
		const char *name;
		uint8_t arg;
		uint32_t flags; /* 0: always there */
	} shown[] = {
		{ "child_stack=", 1, 0 },
		{ ", flags=", 0, 0 },
		{ ", parent_tid=", 2, 0x00101000 }, /* CLONE_PARENT_SETTID, CLONE_PIDFD */
		{ ", tls=", 4, 0x00080000 },	    /* CLONE_SETTLS */
		{ ", child_tidptr=", 3, 0x01200000 }, /* CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID */
	};

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		if (shown[i].flags && !(c->rec->args[0] & shown[i].flags))
			continue;
		if (shown[i].flags && !c->returned)
			return false;
		buf_str(s->s.out, shown[i].name);
		s->first = true;
		if (s->opaque && shown[i].arg == 2)
			s->s.ops->addr(&s->s, c->rec->args[2]);
		else
			value_arg(&s->s, c, shown[i].arg, VALUE_BOTH);
	}
	return true;
}

/* The mask that is restored is read from the stack, which may be no frame at all. */
static void put_sigreturn(struct strace_sink *s, const struct call *c)
{
	if (!rec_item_find(c->rec, 0, TR_PART_SELF, 0, false))
		return;
	buf_str(s->s.out, "{mask=");
	if (s->opaque)
		s->s.ops->addr(&s->s, c->rec->args[0]);
	else
		value_arg(&s->s, c, 0, VALUE_ENTRY);
	buf_char(s->s.out, '}');
}

static bool is_sigreturn(const struct call *c)
{
	return c->row && (c->row->effects & SC_FX_SIGFRAME);
}

static bool is_clone(const struct call *c)
{
	return c->row && c->rec->abi == TR_ABI_X86_64 && strcmp(c->row->name, "clone") == 0;
}

/* A value that the call changes, and that is shown as it was and as it is: the first of them is known. */
static bool is_halfway(const struct call *c, unsigned int i)
{
	return c->rec->args[i] && call_arg_change(c, i) == CHANGE_BOTH;
}

/* strace looks at such an argument only when the call has returned, also where it is NULL. */
static bool is_deferred(const struct call *c, unsigned int i)
{
	const struct sc_arg *arg = call_arg(c, i);

	if (arg->type == T_MMSGHDR) /* with how much was sent of each */
		return true;
	if (c->rec->args[i])
		return call_arg_is_result(c, i);
	return arg->dir == D_OUT && arg->type >= T_PATH && arg->type <= T_SOCKOPT;
}

static void put_arg_name(struct strace_sink *s, const struct call *c, unsigned int i)
{
	const char *name = call_arg(c, i)->name;

	if (!s->arg_names)
		return;
	/* One that hangs on another has no name of its own where it is not used. */
	buf_str(s->s.out, name || !c->row ? name : c->row->args[i].name);
	buf_char(s->s.out, '=');
}

/* It points to something that is more than a string. */
static bool is_opaque(const struct call *c, unsigned int i)
{
	unsigned int type = call_arg(c, i)->type;

	return type > T_BUF && type <= T_SOCKOPT;
}

void strace_number(struct buf *out, uint64_t v)
{
	if (v)
		buf_hex(out, v);
	else
		buf_char(out, '0');
}

static void put_raw_args(struct buf *out, const struct call *c)
{
	for (unsigned int i = 0; i < c->nargs && !is_sigreturn(c); i++) {
		if (i)
			buf_put(out, ", ", 2);
		strace_number(out, c->rec->args[i]);
	}
}

/* poll and select: which descriptors are ready is told only when they return. */
static bool tells_ready(const struct call *c)
{
	const struct sc_row *row = c->row;

	if (!row || c->nargs < 3 || row->ret != R_COUNT)
		return false;
	return (row->args[0].type == T_ARRAY && row->args[0].dir == D_INOUT) || row->args[1].type == T_FDSET;
}

/* False: the call has not filled an argument, and those after it are not shown either. */
static bool put_args(struct strace_sink *s, const struct call *c)
{
	struct buf *out = s->s.out;
	bool some = false;

	for (unsigned int i = 0; i < c->nargs; i++) {
		unsigned int bytes = i == 2 ? value_ioctl_bytes(&s->s, c) : 0;

		s->arg_at[i] = out->len;
		if (call_arg_absent(c, i))
			continue;
		if (some)
			buf_put(out, ", ", 2);
		some = true;
		if (!c->returned &&
		    (is_deferred(c, i) || call_arg_change(c, i) == CHANGE_AFTER || bytes == IOCTL_FILLED))
			return false;
		put_arg_name(s, c, i);
		s->first = true;
		if (s->opaque && is_opaque(c, i) && !call_arg_empty(c, i))
			s->s.ops->addr(&s->s, c->rec->args[i]);
		else
			value_arg(&s->s, c, i, VALUE_BOTH);
		if (i == 0 && c->returned && is_clone3(c))
			put_clone3(s, c);
		if (!c->returned && (is_halfway(c, i) || is_clone3(c) || bytes == (IOCTL_GIVEN | IOCTL_FILLED)))
			return false;
	}
	return c->returned || !tells_ready(c);
}

static bool is_restart(const struct call *c)
{
	return c->row && !c->nargs && strcmp(c->row->name, "restart_syscall") == 0;
}

static void put_restart(struct buf *out, const struct call *c)
{
	struct fact_call before = {};

	if (c->facts)
		before = facts_call_before(c->facts, c->rec);
	buf_str(out, "<... resuming interrupted ");
	if (before.known)
		render_call_name(newer_find(facts_newer(c->facts), before.abi, before.nr), before.nr, out);
	else
		buf_str(out, "system call");
	buf_str(out, " ...>");
}

bool strace_call_begin(struct strace_sink *s, const struct call *c)
{
	render_call_name(c->row, rec_nr(c->rec), s->s.out);
	buf_char(s->s.out, '(');
	if (s->raw) {
		put_raw_args(s->s.out, c);
		return true;
	}
	if (is_sigreturn(c)) {
		put_sigreturn(s, c);
		return true;
	}
	if (is_restart(c)) {
		put_restart(s->s.out, c);
		return true;
	}
	return is_clone(c) ? put_clone(s, c) : put_args(s, c);
}

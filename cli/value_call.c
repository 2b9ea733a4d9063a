/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value_call.c - a call for the printers: what its arguments are, which of them it has, and which it changes.
 */
#include "value.h"

#include <core/compat.h>
#include <core/newer.h>
#include <core/rec.h>

/* socketcall of i386, as the call that it makes; what that one's pointers point to was not read. */
static void use_socketcall(struct call *c)
{
	static const char *const calls[] = {
		NULL,	      "socket",	    "bind",   "connect",  "listen",	"accept",     "getsockname",
		"getpeername", "socketpair", NULL,     NULL,	  "sendto",	"recvfrom",   "shutdown",
		"setsockopt",  "getsockopt", "sendmsg", "recvmsg", "accept4",	"recvmmsg",   "sendmmsg",
	};
	const struct tr_item *item;
	const struct sc_row *row;
	uint32_t call = (uint32_t)c->rec->args[0];

	if (!c->is_32 || !c->row || strcmp(c->row->name, "socketcall") != 0)
		return;
	row = call < sizeof(calls) / sizeof(calls[0]) && calls[call] ? sc_by_name(calls[call]) : NULL;
	item = rec_item_find(c->rec, 1, TR_PART_SELF, 0, false);
	if (!row || !item || item->len < row->nargs * 4u)
		return;
	c->made = *c->rec;
	c->made.h.len = sizeof(c->made);
	c->made.nitems = 0;
	for (unsigned int i = 0; i < row->nargs; i++) {
		uint32_t v;

		memcpy(&v, (const uint8_t *)rec_item_data(item) + i * 4u, sizeof(v));
		c->made.args[i] = v;
	}
	c->rec = &c->made;
	c->row = row;
	c->nargs = row->nargs;
}

void call_init(struct call *c, const struct tr_syscall *rec, const struct facts *facts,
	       uint32_t string_limit)
{
	const struct sc_row *row = newer_find(facts_newer(facts), rec->abi, rec->nr);

	*c = (struct call){
		.rec = rec,
		.row = row,
		.nargs = row ? row->nargs : TR_MAX_ARGS,
		.string_limit = string_limit,
		.returned = !(rec->h.flags & (TR_F_BLOCKED | TR_F_NO_RETURN)),
		.is_32 = rec->abi == TR_ABI_I386,
		.facts = facts,
	};
	use_socketcall(c);
	row = c->row;
	c->compat = c->is_32 && row && row == sc_find(rec->abi, rec->nr) && sc_nr(row, TR_ABI_X86_64) >= 0;
	if (c->nargs > TR_MAX_ARGS)
		c->nargs = TR_MAX_ARGS;
	/* One that is made to fail fails, though it never does. */
	c->failed = c->returned && sc_is_error(rec->h.flags & TR_F_INJECTED ? NULL : row, rec->ret);
}

const struct fact_fd *call_fd(const struct call *c, unsigned int i)
{
	return c->facts ? facts_fd(c->facts, c->rec->h.tgid, (int32_t)c->rec->args[i]) : NULL;
}

static const struct sc_sub_row *sub_row(const struct call *c, const struct sc_arg *arg)
{
	const struct sc_sub *sub = arg->ref;
	uint32_t v = arg->len < TR_MAX_ARGS ? (uint32_t)c->rec->args[arg->len] : 0;
	const struct sc_sub_row *r;

	if (!sub)
		return NULL;
	if (sub->unless && v >> 16 == sub->unless)
		v &= 0xffff;
	if (sub->mask)
		v &= sub->mask;
	v >>= sub->shift;
	for (r = sub->rows; r->arg.name; r++)
		if (r->value == v)
			break;
	return r;
}

const struct sc_arg *call_arg(const struct call *c, unsigned int i)
{
	static const struct sc_arg unknown[TR_MAX_ARGS] = {
		{ .name = "arg1", .type = T_HEX }, { .name = "arg2", .type = T_HEX },
		{ .name = "arg3", .type = T_HEX }, { .name = "arg4", .type = T_HEX },
		{ .name = "arg5", .type = T_HEX }, { .name = "arg6", .type = T_HEX },
	};
	const struct sc_arg *arg;
	const struct sc_sub_row *r;

	if (!c->row)
		return &unknown[i];
	arg = &c->row->args[i];
	if (arg->type == T_IOCTL_ARG)
		return value_ioctl_arg(c);
	if (arg->type != T_SUB)
		return arg;
	r = sub_row(c, arg);
	return r ? &r->arg : arg;
}

static bool is_device(uint32_t mode)
{
	return (mode & 0170000) == 0020000 || (mode & 0170000) == 0060000;
}

/* open, openat, mq_open: the flags that say whether argument i, a mode or what follows it, counts. 0: not such. */
static unsigned int flags_of_open(const struct call *c, unsigned int i)
{
	const char *name = c->row ? c->row->name : "";

	if (strncmp(name, "mq_open", 7) == 0)
		return i >= 2 ? 1 : 0;
	if (i == 0 || i != c->nargs - 1 || strncmp(name, "open", 4) != 0)
		return 0;
	return call_arg(c, i)->type == T_MODE && c->row->args[i - 1].type == T_FLAGS ? i - 1 : 0;
}

bool call_arg_absent(const struct call *c, unsigned int i)
{
	const struct sc_arg *arg = call_arg(c, i);
	unsigned int at;
	uint32_t flags;

	if (arg->type == T_NONE)
		return true;
	if (arg->type == T_DEV && strncmp(c->row->name, "mknod", 5) == 0)
		return !is_device((uint32_t)c->rec->args[i - 1]);
	at = flags_of_open(c, i);
	if (!at)
		return false;
	flags = (uint32_t)c->rec->args[at];
	return !(flags & 0100) && (flags & 020000000) != 020000000; /* O_CREAT, __O_TMPFILE */
}

bool call_arg_empty(const struct call *c, unsigned int i)
{
	const struct sc_arg *arg = call_arg(c, i);
	bool array = arg->type == T_ARRAY || arg->type == T_NUMS || arg->type == T_IOV || arg->type == T_PTRS;

	if (!array || arg->len >= TR_MAX_ARGS || !c->rec->args[i])
		return false;
	if (arg->ret_len && arg->dir == D_OUT)
		return c->returned && !c->rec->ret;
	return !(uint32_t)c->rec->args[arg->len];
}

bool call_arg_is_result(const struct call *c, unsigned int i)
{
	const struct sc_arg *arg = call_arg(c, i);

	return call_is_pointer(arg->type) && arg->dir == D_OUT && c->rec->args[i];
}

const struct tr_item *call_item(const struct call *c, unsigned int i, bool at_exit)
{
	const struct tr_item *item = rec_item_find(c->rec, i, TR_PART_SELF, 0, at_exit);

	return item && !(item->flags & TR_ITEM_EXIT) == !at_exit ? item : NULL;
}

bool call_arg_changed(const struct call *c, unsigned int i)
{
	const struct sc_arg *arg = call_arg(c, i);

	return call_is_pointer(arg->type) && (arg->dir == D_INOUT || arg->type == T_SOCKLEN) &&
	       call_item(c, i, false) && call_item(c, i, true);
}

/* Some of its fields are the caller's, and others those of the call. */
static bool is_filled(const struct sc_struct *st)
{
	for (const struct sc_field *f = st->fields; f->name; f++) {
		if (f->more & (16 | 32))
			return true;
	}
	return false;
}

enum call_change call_arg_change(const struct call *c, unsigned int i)
{
	static const struct {
		const char *call;
		uint8_t change;
	} calls[] = {
		{ "splice", CHANGE_BEFORE },	   { "copy_file_range", CHANGE_BEFORE },
		{ "capget", CHANGE_BEFORE },	   { "capset", CHANGE_BEFORE },
		{ "set_thread_area", CHANGE_BEFORE },
		{ "fcntl", CHANGE_AFTER },	   { "fcntl64", CHANGE_AFTER },
		{ "adjtimex", CHANGE_AFTER },	   { "clock_adjtime", CHANGE_AFTER },
		{ "clock_adjtime64", CHANGE_AFTER },
	};
	const struct sc_arg *arg = call_arg(c, i);

	if (arg->dir != D_INOUT || (arg->type != T_VALUE && arg->type != T_STRUCT))
		return CHANGE_BEFORE;
	if (arg->type == T_STRUCT && is_filled(arg->ref))
		return CHANGE_AFTER;
	if (!c->row || c->row->ret == R_COUNT) /* select, ppoll: what is left is told by the result */
		return CHANGE_BEFORE;
	for (size_t k = 0; k < sizeof(calls) / sizeof(calls[0]); k++) {
		if (strcmp(c->row->name, calls[k].call) == 0)
			return calls[k].change;
	}
	return CHANGE_BOTH;
}

enum sc_ret value_ret_kind(const struct call *c, const struct sc_flags **ret_flags)
{
	*ret_flags = NULL;
	if (!c->row)
		return R_INT;
	if (c->row->nargs == 3 && c->row->args[2].type == T_IOCTL_ARG)
		return value_ioctl_ret(c, ret_flags);
	for (unsigned int i = 0; i < c->nargs; i++) {
		const struct sc_sub_row *r;

		if (c->row->args[i].type != T_SUB)
			continue;
		r = sub_row(c, &c->row->args[i]);
		if (r && r->ret != R_INT) {
			*ret_flags = sc_abi_ref(c->rec->abi, r->ret_ref);
			return r->ret;
		}
	}
	*ret_flags = c->row->ret_ref;
	return c->row->ret;
}

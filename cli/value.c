/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value.c - arguments and results: what a record has of each, and which part of the walker shows it.
 */
#include "value.h"

#include <core/compat.h>
#include <core/rec.h>

/* Bytes that are no text: getrandom, fsconfig(FSCONFIG_SET_BINARY). */
static bool is_random(const struct call *c)
{
	if (!c->row || (c->row->name[0] != 'g' && c->row->name[0] != 'f'))
		return false;
	return strcmp(c->row->name, "getrandom") == 0 ||
	       (strcmp(c->row->name, "fsconfig") == 0 && (uint32_t)c->rec->args[1] == 2);
}

/* The value of an extended attribute. */
static bool is_attribute(const struct call *c, const struct tr_item *item)
{
	return item->arg == 2 && c->row && c->row->args[2].len == 3 && strstr(c->row->name, "etxattr");
}

void value_bytes(struct sink *s, const struct call *c, const struct tr_item *item, uint64_t whole)
{
	size_t n = item->len;
	unsigned int flags = is_random(c) ? STR_RANDOM : 0;

	if (n >= 16 && value_netlink(s, c, rec_item_data(item), n, whole))
		return;
	if (value_events(s, c, item, whole))
		return;
	if (n > whole)
		n = (size_t)whole;
	if (n > c->string_limit)
		n = c->string_limit;
	if (n < whole)
		flags |= STR_CUT;
	if (s->all_names && is_attribute(c, item) && n && !((const char *)rec_item_data(item))[n - 1]) {
		flags = 0; /* strace leaves a NUL at the end out, and then sees none */
		n--;
	}
	s->ops->str(s, rec_item_data(item), n, flags);
}

static uint64_t load(const uint8_t *p, unsigned int size)
{
	uint64_t v = 0;

	memcpy(&v, p, size < sizeof(v) ? size : sizeof(v));
	return v;
}

/* The length that the struct of another argument has of a T_BUF; 0: it was not captured. */
static uint64_t length_in_struct(const struct call *c, const struct sc_arg *arg)
{
	const struct tr_item *item = rec_item_find(c->rec, arg->len, TR_PART_SELF, 0, false);

	if (!item || item->len < arg->count + 4u)
		return 0;
	return load((const uint8_t *)rec_item_data(item) + arg->count, 4);
}

/* The length in args[arg->len], or the result for what the call filled. */
static uint64_t whole_length(const struct call *c, const struct sc_arg *arg, bool at_exit)
{
	uint64_t room = arg->len < TR_MAX_ARGS ?
				(uint64_t)value_narrow(c, T_SIZE, 0, c->rec->args[arg->len]) : arg->size;

	if (arg->count)
		room = length_in_struct(c, arg);
	if (!at_exit || arg->dir != D_OUT)
		return room;
	if (!c->returned || c->failed)
		return 0;
	return (uint64_t)c->rec->ret < room ? (uint64_t)c->rec->ret : room; /* MSG_TRUNC tells more */
}

static bool put_buf(struct sink *s, const struct call *c, unsigned int i, bool at_exit)
{
	const struct sc_arg *arg = call_arg(c, i);
	const struct tr_item *item = rec_item_find(c->rec, i, TR_PART_SELF, 0, at_exit);
	uint64_t whole = whole_length(c, arg, at_exit);

	if (!item) {
		if (whole || (arg->dir == D_OUT && (!c->returned || c->failed)))
			return false;
		s->ops->str(s, "", 0, 0);
		return true;
	}
	if (s->all_names && (item->flags & TR_ITEM_FAULT) && item->len < c->string_limit && item->len < whole)
		return false;
	value_bytes(s, c, item, whole);
	return true;
}

#define COMM_MAX 15 /* what the kernel takes of a name */

/* prctl(PR_SET_NAME) */
static bool is_comm(const struct call *c)
{
	return c->row && strcmp(c->row->name, "prctl") == 0 && (uint32_t)c->rec->args[0] == 15;
}

static bool put_string(struct sink *s, const struct call *c, unsigned int i, bool at_exit)
{
	const struct tr_item *item = rec_item_find(c->rec, i, TR_PART_SELF, 0, at_exit);
	bool is_path = call_arg(c, i)->type == T_PATH;
	unsigned int flags = is_path ? STR_PATH : 0;
	size_t n;

	if (!item || (s->all_names && (item->flags & TR_ITEM_FAULT)))
		return false;
	n = strnlen(rec_item_data(item), item->len); /* captured by length: getcwd, PR_SET_NAME */
	if (n == item->len && (item->flags & TR_ITEM_TRUNC))
		flags |= STR_CUT;
	if (!is_path && n > c->string_limit) {
		n = c->string_limit;
		flags |= STR_CUT;
	}
	if (s->all_names && n > COMM_MAX && is_comm(c)) {
		n = COMM_MAX;
		flags |= STR_CUT;
	}
	s->ops->str(s, rec_item_data(item), n, flags);
	return true;
}

static bool put_numbers(struct sink *s, const struct call *c, unsigned int i, bool at_exit)
{
	const struct sc_arg *arg = call_arg(c, i);
	const struct tr_item *item = rec_item_find(c->rec, i, TR_PART_SELF, 0, at_exit);
	unsigned int size = arg->size ? arg->size : 4;
	struct value_type t = { arg->sub, size, arg->ref };
	uint64_t count = arg->count;

	if (c->compat && size == 8)
		t.size = size = 4;
	if (arg->len < TR_MAX_ARGS)
		count = arg->ret_len && at_exit ? (uint64_t)c->rec->ret :
						  (uint32_t)c->rec->args[arg->len];
	if ((!item && count) || (arg->sub == T_GID && count > 65536))
		return false;
	s->ops->begin(s, GROUP_ARRAY);
	for (unsigned int k = 0; k < count; k++) {
		const uint8_t *p = (const uint8_t *)rec_item_data(item) + k * size;

		if ((k + 1) * size > item->len || (s->terse && k == c->string_limit)) {
			s->ops->more(s, GROUP_ARRAY);
			break;
		}
		s->ops->elem(s);
		value_place(s, c, &t, p, size);
	}
	s->ops->end(s, GROUP_ARRAY);
	return true;
}

static bool put_pointee(struct sink *s, const struct call *c, unsigned int i, bool at_exit)
{
	const struct sc_arg *arg = call_arg(c, i);
	const struct tr_item *item = rec_item_find(c->rec, i, TR_PART_SELF, 0, at_exit);
	unsigned int size = arg->size ? arg->size : 4;
	struct value_type t = { arg->type == T_SOCKLEN ? T_INT : arg->sub, size, arg->ref };

	if (c->compat && size == 8 && arg->type == T_VALUE)
		t.size = size = 4;
	if (!item || item->len < size)
		return false;
	s->ops->begin(s, GROUP_POINTEE);
	value_place(s, c, &t, rec_item_data(item), size);
	s->ops->end(s, GROUP_POINTEE);
	return true;
}

/* "[128 => 16]": the buffer's size and that of what was put there. */
static void put_socklen(struct sink *s, const struct call *c, unsigned int i)
{
	const struct tr_item *before = call_item(c, i, false), *after = call_item(c, i, true);
	int64_t v[2];

	if (!before || !after || before->len < 4 || after->len < 4) {
		if (!put_pointee(s, c, i, true))
			s->ops->addr(s, c->rec->args[i]);
		return;
	}
	v[0] = (int32_t)load(rec_item_data(before), 4);
	v[1] = (int32_t)load(rec_item_data(after), 4);
	s->ops->begin(s, GROUP_POINTEE);
	s->ops->num(s, T_INT, v[0]);
	if (v[0] != v[1]) {
		s->ops->change(s);
		s->ops->num(s, T_INT, v[1]);
	}
	s->ops->end(s, GROUP_POINTEE);
}

/* Structs that grow, with less than their first version had. */
static bool is_too_short(const struct call *c, const struct sc_arg *arg)
{
	const struct sc_struct *st = arg->ref;
	uint64_t n = arg->len && arg->len < TR_MAX_ARGS ? c->rec->args[arg->len] : UINT64_MAX;

	if (strcmp(st->name, "open_how") == 0)
		return n < 24;
	if (strcmp(st->name, "mount_attr") == 0)
		return n < 32;
	return strcmp(st->name, "clone_args") == 0 && n < 64;
}

static bool put_struct(struct sink *s, const struct call *c, unsigned int i, const uint8_t *p, size_t n)
{
	const struct tr_item *before = call_item(c, i, false);
	bool shown;

	if (s->ops->change && call_arg_change(c, i) == CHANGE_AFTER && !c->compat) {
		s->unfilled = c->failed;
		s->before = !c->failed && before && before->len >= n ? rec_item_data(before) : NULL;
	}
	shown = value_own_struct(s, c, call_arg(c, i)->ref, p, n);
	s->unfilled = false;
	s->before = NULL;
	return shown;
}

static bool put_item(struct sink *s, const struct call *c, unsigned int i, bool at_exit)
{
	const struct sc_arg *arg = call_arg(c, i);
	const struct tr_item *item = rec_item_find(c->rec, i, TR_PART_SELF, 0, at_exit);
	const uint8_t *p = item ? rec_item_data(item) : NULL;
	uint64_t n = UINT64_MAX;

	if (!item)
		return false;
	switch (arg->type) {
	case T_STRUCT:
		if (s->all_names && is_too_short(c, arg))
			return false;
		n = arg->len && arg->len < TR_MAX_ARGS ? c->rec->args[arg->len] : n;
		return put_struct(s, c, i, p, n < item->len ? n : item->len);
	case T_SIGSET:
		if (arg->len < TR_MAX_ARGS && arg->len && (uint32_t)c->rec->args[arg->len] != 8)
			return false;
		value_sigset(s, p, item->len);
		return true;
	default: /* T_WSTATUS; no child: nothing was stored */
		if (item->len < 4 || !c->rec->ret)
			return false;
		s->ops->wstatus(s, (uint32_t)load(p, 4));
		return true;
	}
}

/* Numbers that the call gives are results: descriptors that it made, not what they were before. */
static bool put_results(struct sink *s, const struct call *c, unsigned int i, bool at_exit)
{
	bool whole;

	s->result = call_arg(c, i)->dir == D_OUT;
	whole = put_numbers(s, c, i, at_exit);
	s->result = false;
	return whole;
}

/* What a pointer points to, at one moment. */
static bool put_target(struct sink *s, const struct call *c, unsigned int i, bool at_exit)
{
	switch (call_arg(c, i)->type) {
	case T_PATH:
	case T_STR:
		return put_string(s, c, i, at_exit);
	case T_BUF:
		return put_buf(s, c, i, at_exit);
	case T_STRUCT:
	case T_SIGSET:
	case T_WSTATUS:
		return put_item(s, c, i, at_exit);
	case T_ARRAY:
		return value_array(s, c, i, at_exit);
	case T_NUMS:
		return put_results(s, c, i, at_exit);
	case T_VALUE:
	case T_SOCKLEN:
		return put_pointee(s, c, i, at_exit);
	case T_STRV:
		return value_strv(s, c, i);
	case T_IOV:
		return value_iov(s, c, i, at_exit);
	case T_MSGHDR:
		return value_msghdr(s, c, i, at_exit);
	case T_MMSGHDR:
		return value_mmsghdr(s, c, i, at_exit);
	case T_SOCKADDR:
		return value_sockaddr(s, c, i, at_exit);
	case T_FDSET:
		return value_fdset(s, c, i, at_exit);
	case T_RESIDENT:
		return value_resident(s, c, i, at_exit);
	case T_CPUSET:
		return value_cpuset(s, c, i, at_exit);
	case T_MSGBUF:
		return value_msgbuf(s, c, i, at_exit);
	case T_DIRENTS:
		return value_dirents(s, c, i);
	case T_PTRS:
		return value_pointers(s, c, i);
	case T_SOCKOPT:
		return value_sockopt(s, c, i, at_exit);
	default:
		return false;
	}
}

/* Its two values are shown side by side, because both are short and telling. */
static bool shows_change(const struct call *c, unsigned int i)
{
	const struct tr_item *before, *after;

	if (call_arg_change(c, i) != CHANGE_BOTH || !call_arg_changed(c, i) || c->failed)
		return false;
	before = call_item(c, i, false);
	after = call_item(c, i, true);
	return before->len != after->len ||
	       memcmp(rec_item_data(before), rec_item_data(after), before->len) != 0;
}

/*
 * What a call fills is filled by one that succeeded; but what is left of a sleep is only stored when it was
 * interrupted.
 */
static bool is_unused(const struct call *c, const struct sc_arg *arg)
{
	bool rest = arg->type == T_STRUCT && c->row->ret == R_ZERO &&
		    (strcmp(arg->name, "rem") == 0 || strcmp(arg->name, "remain") == 0);

	if (!rest)
		return false;
	return !c->failed || (c->rec->ret != -4 && c->rec->ret > -512); /* EINTR, ERESTARTSYS and so on */
}

/* getxattr and listxattr with a buffer of no length. */
static bool asks_for_size(const struct call *c, const struct sc_arg *arg)
{
	return arg->type == T_BUF && arg->len < TR_MAX_ARGS && !c->rec->args[arg->len] && c->row &&
	       strstr(c->row->name, "xattr");
}

/* A call that failed left alone what it would have filled, which was read at entry for others that it may do. */
static bool is_untouched(const struct call *c, unsigned int i)
{
	return c->failed && c->row && (c->row->args[i].type == T_IOCTL_ARG || c->row->args[i].type == T_SUB);
}

static void put_pointer(struct sink *s, const struct call *c, unsigned int i, enum value_when when)
{
	const struct sc_arg *arg = call_arg(c, i);
	bool at_exit = when == VALUE_EXIT || (arg->dir == D_OUT && when != VALUE_ENTRY);

	if (when == VALUE_BOTH && s->ops->change && call_arg_change(c, i) == CHANGE_AFTER)
		at_exit = !c->failed;
	if (!c->rec->args[i]) {
		s->ops->addr(s, 0);
		return;
	}
	if (arg->type == T_SOCKLEN && when == VALUE_BOTH && s->ops->change) {
		put_socklen(s, c, i);
		return;
	}
	if (is_untouched(c, i) && arg->dir == D_OUT) {
		if (c->row->args[i].type == T_SUB || !value_ioctl_failed(s, c))
			s->ops->addr(s, c->rec->args[i]);
		return;
	}
	if (arg->dir == D_OUT && (!c->returned || is_unused(c, arg) || asks_for_size(c, arg))) {
		s->ops->addr(s, c->rec->args[i]);
		return;
	}
	if (!put_target(s, c, i, at_exit)) {
		s->ops->addr(s, c->rec->args[i]);
		return;
	}
	if (when == VALUE_BOTH && s->ops->change && shows_change(c, i)) {
		s->ops->change(s);
		put_target(s, c, i, true);
	}
}

/* Only what makes files of all types takes the type of a file; elsewhere its bits are a mistake to be seen. */
static void put_number(struct sink *s, const struct call *c, const struct sc_arg *arg, int64_t v)
{
	if (arg->type == T_MODE && c->row && strncmp(c->row->name, "mknod", 5) != 0)
		value_permissions(s, (uint64_t)v);
	else
		value_num(s, arg->type, sc_abi_ref(c->rec->abi, arg->ref), v);
}

void value_arg(struct sink *s, const struct call *c, unsigned int i, enum value_when when)
{
	const struct sc_arg *arg = call_arg(c, i);
	uint64_t raw = c->rec->args[i];

	if (call_is_pointer(arg->type))
		put_pointer(s, c, i, when);
	else if (arg->type == T_IOCTL)
		value_ioctl_request(s, c);
	else if (i == 2 && arg->type == T_HEX && value_ioctl_unknown(s, c))
		return;
	else
		put_number(s, c, arg, value_narrow(c, arg->type, arg->size, raw));
}

void value_ret(struct sink *s, const struct call *c)
{
	static const uint8_t types[] = {
		[R_INT] = T_LONG,  [R_NONE] = T_LONG,  [R_ZERO] = T_LONG, [R_FD] = T_FD,
		[R_PID] = T_PID,   [R_SIZE] = T_SIZE,  [R_COUNT] = T_LONG, [R_OFF] = T_OFF,
		[R_ADDR] = T_HEX,  [R_HEX] = T_HEX,    [R_UID] = T_UID,
		[R_GID] = T_GID,   [R_TIME] = T_TIME,  [R_FLAGS] = T_HEX,  [R_MASK] = T_HEX,
	};
	const struct sc_flags *flags;
	enum sc_ret kind = value_ret_kind(c, &flags);

	if (kind == R_OCT) {
		value_permissions(s, (uint64_t)c->rec->ret);
		return;
	}
	s->result = true;
	value_num(s, kind <= R_MASK ? types[kind] : T_LONG, NULL, c->rec->ret);
	s->result = false;
}

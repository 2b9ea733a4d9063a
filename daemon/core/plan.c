/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * plan.c - a row of the table as a capture plan: which memory to read, when, and how much.
 *
 * i386: rows that x86_64 has too describe the 64-bit layout, so that only what compat.h can widen is
 * read. Rows of SC_ID_OTHER and up are written for i386: all of it is read.
 */
#include <core/compat.h>
#include <core/ioctl.h>

#include <stdbool.h>

#define PATH_BYTES 4096
#define SOCKOPT_BYTES 256
#define CPUSET_BYTES 1024
#define IOCTL_BYTES 512
#define SUB_STRING_BYTES 256 /* of strings, where other values mean structs */
#define SUB_ARRAY_BYTES 256 /* of arrays, where other values mean something else */
#define SIGSET_BYTES 8
#define POINTEE_BYTES 1024 /* of an array that a struct points to */

static unsigned int op_flags(unsigned int dir)
{
	if (dir == D_IN)
		return TR_OP_ENTRY;
	return dir == D_OUT ? TR_OP_EXIT : TR_OP_ENTRY | TR_OP_EXIT;
}

static unsigned int struct_size(const struct sc_arg *arg)
{
	const struct sc_struct *st = arg->ref;

	if (!st)
		return 0;
	return st->size + (st->own_size == SC_SIZE_GROWS ? SC_SIZE_MORE : 0);
}

/* The bytes that a pointer of a fixed size reads, 0 if it has none. */
static unsigned int fixed_size(const struct sc_arg *arg)
{
	switch (arg->type) {
	case T_STRUCT:
		return struct_size(arg);
	case T_VALUE:
		return arg->size;
	case T_NUMS:
		return arg->len == SC_NOLEN ? (unsigned int)arg->size * arg->count : 0;
	case T_SIGSET:
		return SIGSET_BYTES;
	case T_SOCKLEN:
	case T_WSTATUS:
		return 4;
	default:
		return 0;
	}
}

static void set(struct tr_op *op, unsigned int kind, unsigned int size, unsigned int len)
{
	op->kind = (uint8_t)kind;
	op->size = (uint16_t)(size < TR_PAYLOAD_MAX ? size : TR_PAYLOAD_MAX);
	op->len = (uint8_t)(len < TR_MAX_ARGS ? len : 0);
}

static bool is_counted(const struct sc_arg *arg)
{
	return arg->type == T_ARRAY || arg->type == T_NUMS || arg->type == T_CPUSET;
}

/* One read that is enough for every meaning of the argument. */
static void plan_sub(const struct sc_arg *arg, struct tr_op *op)
{
	const struct sc_sub *sub = arg->ref;
	unsigned int size = 0, flags = 0;
	bool string = false;

	for (const struct sc_sub_row *row = sub->rows;; row++) {
		unsigned int n = fixed_size(&row->arg);
		bool is_string = row->arg.type == T_STR || row->arg.type == T_PATH ||
				 row->arg.type == T_BUF || row->arg.type == T_CSTR;

		string |= is_string;
		if (!n && is_counted(&row->arg))
			n = SUB_ARRAY_BYTES;
		if (n > size)
			size = n;
		if (n || is_string)
			flags |= op_flags(row->arg.dir);
		if (!row->arg.name)
			break;
	}
	if (!flags)
		return;
	if (!size)
		set(op, TR_OP_STR, 0, 0);
	else if (sub->rows->arg.type == T_STRUCT && sub->rows->arg.len)
		set(op, TR_OP_SIZED, size, sub->rows->arg.len);
	else
		set(op, TR_OP_FIXED, string && size < SUB_STRING_BYTES ? SUB_STRING_BYTES : size, 0);
	op->flags = (uint8_t)flags;
}

static unsigned int field_width(const struct sc_struct *st, unsigned int off)
{
	for (const struct sc_field *f = st->fields; f->name; f++) {
		if (f->off == off)
			return f->size;
	}
	return 4;
}

/* The pointers of a struct; when_arg and when: of what it hangs on. */
static void plan_derefs(struct tr_plan *plan, const struct sc_arg *arg, unsigned int i,
			unsigned int when_arg, uint64_t when)
{
	const struct sc_struct *st = arg->type == T_STRUCT ? arg->ref : NULL;

	for (const struct sc_field *f = st ? st->fields : NULL; f && f->name; f++) {
		const struct sc_struct *target = f->type == T_PARRAY ? f->ref : NULL;
		struct tr_deref d = {
			.arg = (uint8_t)i,
			.when_arg = (uint8_t)when_arg,
			.flags = (uint8_t)op_flags(arg->dir),
			.ptr = f->off,
			.when = (uint32_t)when,
		};

		if (f->type < T_PSTR || f->type > T_PSIGSET || plan->nderefs == TR_PLAN_DEREFS)
			continue;
		if (f->type == T_PNUM) {
			d.flags = TR_OP_EXIT;
			d.len_size = 1;
			d.size = d.max = f->count;
		} else if (f->type != T_PSTR) {
			d.len = f->count;
			d.len_size = (uint8_t)field_width(st, f->count);
			d.size = target && f->more != 2 ? target->size : 1;
		}
		if (f->type == T_PSIGSET)
			d.max = SIGSET_BYTES;
		if (target)
			d.max = POINTEE_BYTES;
		plan->derefs[plan->nderefs++] = d;
	}
}

/* The pointers in what an argument points to, whatever that hangs on. */
static void plan_pointers(struct tr_plan *plan, const struct sc_arg *arg, unsigned int i)
{
	const struct sc_sub *sub = arg->ref;
	const struct sc_arg *request;
	uint32_t v = 0;

	if (arg->type == T_SOCKOPT && arg->dir == D_IN) { /* SO_ATTACH_FILTER, SO_ATTACH_REUSEPORT_CBPF */
		plan_derefs(plan, sc_sockopt_value(1, 26), i, 2, 26);
		plan_derefs(plan, sc_sockopt_value(1, 51), i, 2, 51);
	}
	if (arg->type == T_STRUCT)
		plan_derefs(plan, arg, i, TR_DEREF_ALWAYS, 0);
	for (const struct sc_sub_row *r = arg->type == T_SUB ? sub->rows : NULL; r && r->arg.name; r++)
		plan_derefs(plan, &r->arg, i, arg->len, r->value);
	for (size_t k = 0; arg->type == T_IOCTL_ARG && (request = ioctl_arg_at(k, &v)); k++)
		plan_derefs(plan, request, i, arg->len, v);
}

static void plan_counted(const struct sc_arg *arg, struct tr_op *op, unsigned int size)
{
	if (arg->ret_len && arg->dir == D_OUT)
		set(op, TR_OP_RET_ARRAY, size, arg->len);
	else
		set(op, TR_OP_ARRAY, size, arg->len);
}

/* Pointers whose extent hangs on other arguments or on the result. */
static void plan_sized(const struct sc_arg *arg, struct tr_op *op)
{
	bool out = arg->dir == D_OUT;

	switch (arg->type) {
	case T_STRUCT:
		set(op, TR_OP_SIZED, struct_size(arg), arg->len);
		break;
	case T_ARRAY:
		plan_counted(arg, op, struct_size(arg));
		break;
	case T_NUMS:
		plan_counted(arg, op, arg->size);
		break;
	case T_SIGSET:
		set(op, TR_OP_SIZED, SIGSET_BYTES, arg->len);
		break;
	case T_PTRS:
		set(op, TR_OP_PTRS, struct_size(arg), arg->len);
		break;
	case T_CPUSET:
		set(op, out ? TR_OP_RET_BYTES : TR_OP_SIZED, CPUSET_BYTES, arg->len);
		break;
	case T_SOCKOPT:
		set(op, out ? TR_OP_SIZED_PTR : TR_OP_SIZED, SOCKOPT_BYTES, arg->len);
		break;
	default:
		break;
	}
}

static void plan_variable(const struct sc_arg *arg, struct tr_op *op)
{
	switch (arg->type) {
	case T_PATH:
		set(op, TR_OP_STR, PATH_BYTES, 0);
		break;
	case T_STR:
		set(op, TR_OP_STR, 0, 0);
		break;
	case T_BUF:
		set(op, TR_OP_BUF, 0, arg->len);
		break;
	case T_STRV:
		set(op, TR_OP_STRV, arg->size, 0);
		break;
	case T_IOV:
		set(op, TR_OP_IOV, 0, arg->len);
		break;
	case T_MSGHDR:
		set(op, TR_OP_MSGHDR, 0, 0);
		break;
	case T_MMSGHDR:
		set(op, TR_OP_MMSGHDR, 0, arg->len);
		break;
	case T_SOCKADDR:
		set(op, TR_OP_SOCKADDR, 0, arg->len);
		break;
	case T_FDSET:
		set(op, TR_OP_BITS, 0, arg->len);
		break;
	case T_MSGBUF:
		set(op, TR_OP_MSGBUF, 0, arg->len);
		break;
	case T_RESIDENT:
		set(op, TR_OP_PAGES, CPUSET_BYTES, arg->len);
		break;
	case T_DIRENTS:
		set(op, TR_OP_DIRENTS, TR_PAYLOAD_MAX - 512, 0); /* room for another item */
		break;
	case T_IOCTL_ARG:
		set(op, TR_OP_IOCTL, IOCTL_BYTES, arg->len);
		op->flags = TR_OP_ENTRY | TR_OP_EXIT;
		break;
	default:
		plan_sized(arg, op);
		break;
	}
}

/* Fills op for one argument; its kind stays TR_OP_NONE where nothing is read. */
static void plan_arg(const struct sc_arg *arg, struct tr_op *op)
{
	bool by_arg = arg->len && arg->len != SC_NOLEN;
	unsigned int size = fixed_size(arg);

	op->flags = (uint8_t)op_flags(arg->dir);
	if (arg->type == T_SUB) {
		plan_sub(arg, op);
	} else if (size && !(by_arg && (arg->type == T_STRUCT || arg->type == T_SIGSET))) {
		set(op, TR_OP_FIXED, size, 0);
		if (arg->type == T_SOCKLEN)
			op->flags = TR_OP_ENTRY | TR_OP_EXIT;
		else if (arg->type == T_WSTATUS)
			op->flags = TR_OP_EXIT;
	} else {
		plan_variable(arg, op);
		if (arg->type == T_DIRENTS)
			op->flags = TR_OP_EXIT;
		else if (arg->type == T_MSGHDR)
			op->flags |= TR_OP_ENTRY; /* the length of the name's buffer */
	}
}

/* What the argument points to is the same for 32-bit and 64-bit callers. */
static bool same_in_32_bits(const struct sc_arg *arg)
{
	switch (arg->type) {
	case T_PATH:
	case T_STR:
	case T_BUF:
	case T_SOCKADDR:
	case T_SOCKLEN:
	case T_SIGSET:
	case T_WSTATUS:
	case T_RESIDENT:
		return true;
	case T_DIRENTS:
		return arg->sub == 1;
	default:
		return false;
	}
}

/* Results that calls leave behind although they fail: the time that was left to sleep, sizes. */
static bool out_on_error(const struct sc_row *row, unsigned int arg)
{
	static const struct {
		uint16_t id;
		uint8_t arg;
	} list[] = {
		{ 35, 1 },		   /* nanosleep: rem */
		{ 230, 3 },		   /* clock_nanosleep: remain */
		{ 303, 2 },		   /* name_to_handle_at: handle_bytes */
		{ SC_ID_OTHER + 73, 3 },   /* clock_nanosleep_time64: remain */
	};

	if (row->args[arg].type == T_IOV) /* where the buffers are */
		return true;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		if (sc_by_id(list[i].id) == row && list[i].arg == arg)
			return true;
	}
	return false;
}

/* The argument as a 32-bit caller has it; st is room for its struct. False: nothing of it can be read. */
static bool narrow(struct sc_arg *arg, struct sc_struct *st)
{
	switch (arg->type) {
	case T_STRUCT:
	case T_ARRAY:
		*st = (struct sc_struct){ .size = (uint16_t)compat_size(arg->ref) };
		arg->ref = st;
		return st->size;
	case T_VALUE:
	case T_NUMS:
		if (arg->size == 8 && (arg->sub == T_LONG || arg->sub == T_ULONG || arg->sub == T_SIZE ||
				       arg->sub == T_OFF || arg->sub == T_PTR))
			arg->size = 4;
		return arg->size <= 4;
	case T_IOV:
	case T_MSGHDR:
	case T_STRV:
	case T_FDSET:
	case T_CPUSET:
	case T_SUB:
	case T_IOCTL_ARG:
		return true;
	default:
		return same_in_32_bits(arg);
	}
}

static bool makes_pair(const struct sc_row *row)
{
	const struct sc_arg *arg = &row->args[row->nargs == 4 ? 3 : 0]; /* tr_pair_arg */

	return row->nargs && arg->type == T_NUMS && arg->sub == T_FD && arg->dir == D_OUT &&
	       arg->count == 2;
}

static uint8_t plan_flags(const struct sc_row *row)
{
	uint8_t flags = 0;

	if (row->ret == R_FD)
		flags |= TR_PLAN_RET_FD;
	if (row->effects & SC_FX_FD_STALE)
		flags |= TR_PLAN_FD_STALE;
	if (row->effects & SC_FX_CREDS)
		flags |= TR_PLAN_CREDS;
	if (row->effects & SC_FX_CWD)
		flags |= TR_PLAN_CWD_STALE;
	if (row->effects & SC_FX_SIGFRAME)
		flags |= TR_PLAN_SIGFRAME;
	if (row->effects & SC_FX_NO_ERROR)
		flags |= TR_PLAN_RET_UNSIGNED;
	if (makes_pair(row))
		flags |= TR_PLAN_MAKES_PAIR;
	if (!strncmp(row->name, "fcntl", 5))
		flags |= TR_PLAN_DUPLICATES;
	return flags;
}

static bool is_number(unsigned int type)
{
	return type == T_FD || type == T_DIRFD || type == T_PID || type == T_INT;
}

/* It may be one that is a descriptor only where another argument says so; but an address must not look like one. */
static bool is_fd(const struct sc_arg *arg)
{
	const struct sc_sub *sub = arg->ref;
	const struct sc_sub_row *r;
	bool is = false;

	if (arg->type != T_SUB)
		return arg->type == T_FD || arg->type == T_DIRFD;
	for (r = sub->rows; r->arg.name && is_number(r->arg.type); r++)
		is |= r->arg.type == T_FD;
	return is && is_number(r->arg.type);
}

static bool is_fd_array(const struct sc_arg *arg)
{
	const struct sc_struct *st = arg->type == T_ARRAY ? arg->ref : NULL;

	return st && st->size == 8 && st->fields[0].type == T_FD && st->fields[0].off == 0 &&
	       arg->len < TR_MAX_ARGS;
}

/* An array may take all the room of a record: what is small is read before it. */
static void add_op(struct tr_plan *plan, const struct tr_op *op)
{
	unsigned int at = plan->nops;

	if (op->kind == TR_OP_FIXED)
		for (at = 0; at < plan->nops && plan->ops[at].kind != TR_OP_ARRAY; at++)
			;
	memmove(&plan->ops[at + 1], &plan->ops[at], (plan->nops - at) * sizeof(*op));
	plan->ops[at] = *op;
	plan->nops++;
}

static void add_moments(struct tr_plan *plan, unsigned int i, unsigned int flags, bool said)
{
	uint16_t bit = (uint16_t)(1u << i);

	if (flags & TR_OP_ENTRY)
		plan->entry |= bit;
	if (flags & TR_OP_EXIT)
		plan->exit |= bit;
	if (flags & TR_OP_EXIT_ON_ERROR)
		plan->on_error |= bit;
	if (said)
		plan->said |= bit;
}

void sc_plan_moments(struct tr_plan *plan, unsigned int said)
{
	plan->entry = plan->exit = plan->on_error = plan->said = 0;
	for (unsigned int i = 0; i < plan->nops; i++)
		add_moments(plan, i, plan->ops[i].flags, said >> plan->ops[i].arg & 1);
	for (unsigned int i = 0; i < plan->nderefs; i++)
		add_moments(plan, TR_PLAN_OPS + i, plan->derefs[i].flags, said >> plan->derefs[i].arg & 1);
}

void sc_plan(const struct sc_row *row, unsigned int abi, struct tr_plan *plan)
{
	bool other_layout = abi == TR_ABI_I386 && sc_nr(row, TR_ABI_X86_64) >= 0;

	*plan = (struct tr_plan){ .nargs = row->nargs, .flags = plan_flags(row) };
	for (unsigned int i = 0; i < row->nargs; i++) {
		struct sc_arg arg = row->args[i];
		struct sc_struct st;
		struct tr_op op = { .arg = (uint8_t)i };

		if (is_fd(&arg))
			plan->fd_args |= (uint8_t)(1u << i);
		if (is_fd_array(&arg)) {
			plan->fd_array = (uint8_t)(i + 1);
			plan->fd_count = arg.len;
		}
		if (other_layout && !narrow(&arg, &st))
			continue;
		if (abi == TR_ABI_AARCH64)
			arg.ref = sc_abi_ref(abi, arg.ref);
		plan_arg(&arg, &op);
		if (abi != TR_ABI_I386)
			plan_pointers(plan, &arg, i);
		if (op.kind == TR_OP_NONE || plan->nops == TR_PLAN_OPS)
			continue;
		if (op.kind == TR_OP_BUF && row->classes & SC_NETWORK)
			op.flags |= TR_OP_MESSAGE;
		if (op.flags & TR_OP_EXIT && out_on_error(row, i))
			op.flags |= TR_OP_EXIT_ON_ERROR;
		add_op(plan, &op);
	}
	sc_plan_moments(plan, sc_said(row));
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value_pointee.c - what the pointers in structs point to: strings, bytes, arrays, and the programs of
 * socket filters and seccomp, which are told as the macros that write them.
 */
#include "value.h"

#include <core/rec.h>


/* clang-format off */
static const char *const classes[8] = {
	"BPF_LD", "BPF_LDX", "BPF_ST", "BPF_STX", "BPF_ALU", "BPF_JMP", "BPF_RET", "BPF_MISC",
};
static const char *const sizes[4] = { "BPF_W", "BPF_H", "BPF_B", "0x18" };
static const char *const modes[8] = {
	"BPF_IMM", "BPF_ABS", "BPF_IND", "BPF_MEM", "BPF_LEN", "BPF_MSH", "0xc0", "0xe0",
};
static const char *const alu_ops[16] = {
	"BPF_ADD", "BPF_SUB", "BPF_MUL", "BPF_DIV", "BPF_OR", "BPF_AND", "BPF_LSH", "BPF_RSH",
	"BPF_NEG", "BPF_MOD", "BPF_XOR", "0xb0", "0xc0", "0xd0", "0xe0", "0xf0",
};
static const char *const jump_ops[16] = {
	"BPF_JA", "BPF_JEQ", "BPF_JGT", "BPF_JGE", "BPF_JSET", "0x50", "0x60", "0x70",
	"0x80", "0x90", "0xa0", "0xb0", "0xc0", "0xd0", "0xe0", "0xf0",
};
static const struct sc_flag seccomp_actions[] = {
	{ "SECCOMP_RET_KILL_PROCESS", 0x80000000, 0 }, { "SECCOMP_RET_KILL_THREAD", 0, 0 },
	{ "SECCOMP_RET_TRAP", 0x00030000, 0 }, { "SECCOMP_RET_ERRNO", 0x00050000, 0 },
	{ "SECCOMP_RET_USER_NOTIF", 0x7fc00000, 0 }, { "SECCOMP_RET_TRACE", 0x7ff00000, 0 },
	{ "SECCOMP_RET_LOG", 0x7ffc0000, 0 }, { "SECCOMP_RET_ALLOW", 0x7fff0000, 0 },
	{ NULL, 0, 0 },
};
/* clang-format on */

static uint64_t load(const uint8_t *p, unsigned int size)
{
	uint64_t v = 0;

	memcpy(&v, p, size < sizeof(v) ? size : sizeof(v));
	return v;
}

static void put_parts(struct buf *out, const char *a, const char *b, const char *c)
{
	buf_str(out, a);
	buf_char(out, '|');
	buf_str(out, b);
	if (c) {
		buf_char(out, '|');
		buf_str(out, c);
	}
}

static void put_code(struct buf *out, unsigned int code)
{
	const char *class = classes[code & 7], *source = code & 8 ? "BPF_X" : "BPF_K";

	switch (code & 7) {
	case 0:
	case 1:
		put_parts(out, class, sizes[code >> 3 & 3], modes[code >> 5 & 7]);
		break;
	case 4:
		put_parts(out, class, source, alu_ops[code >> 4 & 15]);
		break;
	case 5:
		put_parts(out, class, source, jump_ops[code >> 4 & 15]);
		break;
	case 6:
		put_parts(out, class, (code & 0x18) == 0x10 ? "BPF_A" : source, NULL);
		break;
	case 7:
		put_parts(out, class, code & 0x80 ? "BPF_TXA" : "BPF_TAX", NULL);
		break;
	default:
		buf_str(out, class);
	}
	if (code >> 8) {
		buf_char(out, '|');
		buf_hex(out, code & ~0xffu);
	}
}

static void put_action(struct buf *out, uint32_t k)
{
	for (const struct sc_flag *f = seccomp_actions; f->name; f++) {
		if (f->value != (k & 0xffff0000))
			continue;
		buf_str(out, f->name);
		if (k & 0xffff) {
			buf_char(out, '|');
			buf_hex(out, k & 0xffff);
		}
		return;
	}
	buf_hex(out, k);
}

/* Else it is seccomp's filter, whose results are actions. */
static bool is_socket(const struct call *c)
{
	return c->row && (c->row->classes & SC_NETWORK);
}

/* One struct sock_filter: BPF_STMT(code, k) or BPF_JUMP(code, k, jt, jf). */
static void put_filter(struct sink *s, const struct call *c, const uint8_t *p)
{
	unsigned int code = (unsigned int)load(p, 2), jt = p[2], jf = p[3];
	uint32_t k = (uint32_t)load(p + 4, 4);
	bool jump = jt || jf;

	s->ops->word_begin(s);
	buf_str(s->out, jump ? "BPF_JUMP(" : "BPF_STMT(");
	put_code(s->out, code);
	buf_put(s->out, ", ", 2);
	if (code == 6 && !is_socket(c)) /* BPF_RET|BPF_K */
		put_action(s->out, k);
	else
		buf_hex(s->out, k);
	if (jump) {
		buf_put(s->out, ", ", 2);
		buf_hex(s->out, jt);
		buf_put(s->out, ", ", 2);
		buf_hex(s->out, jf);
	}
	buf_char(s->out, ')');
	s->ops->word_end(s);
}

/* The item that p lies in. */
static const struct tr_item *item_of(const struct call *c, const uint8_t *p)
{
	const struct tr_item *item = rec_item_first(c->rec);

	while (item) {
		const uint8_t *data = rec_item_data(item);

		if (p >= data && p < data + item->len)
			return item;
		item = rec_item_next(c->rec, item);
	}
	return NULL;
}

static const struct tr_item *target_of(const struct call *c, const uint8_t *p)
{
	const struct tr_item *item = item_of(c, p);
	size_t off = item ? (size_t)(p - (const uint8_t *)rec_item_data(item)) : 0;

	if (!item || item->part != TR_PART_SELF || off / 4 > UINT8_MAX)
		return NULL;
	return rec_item_find(c->rec, item->arg, TR_PART_POINTEE, (unsigned int)(off / 4),
			     item->flags & TR_ITEM_EXIT);
}

static void put_elements(struct sink *s, const struct call *c, const struct sc_struct *st,
			 const struct tr_item *item, uint64_t count)
{
	const uint8_t *p = rec_item_data(item);
	bool filter = strcmp(st->name, "sock_filter") == 0;

	s->ops->begin(s, GROUP_ARRAY);
	for (unsigned int k = 0; k < count; k++, p += st->size) {
		if ((k + 1) * (size_t)st->size > item->len || (s->terse && k == c->string_limit)) {
			s->ops->more(s, GROUP_ARRAY);
			break;
		}
		s->ops->elem(s);
		if (filter)
			put_filter(s, c, p);
		else if (!value_struct(s, c, st, p, st->size))
			s->ops->more(s, GROUP_ARRAY);
	}
	s->ops->end(s, GROUP_ARRAY);
}

static uint64_t length_of(const struct sc_struct *st, const struct sc_field *f, const uint8_t *base)
{
	for (const struct sc_field *g = st->fields; g->name; g++) {
		if (g->off == f->count)
			return load(base + g->off, g->size);
	}
	return 0;
}

/* PTRACE_GETREGSET and PTRACE_SETREGSET: NT_PRSTATUS is what is known. */
static bool put_registers(struct sink *s, const struct call *c, const struct sc_struct *st,
			  const struct tr_item *item)
{
	bool get = (uint32_t)c->rec->args[0] == 0x4204;

	if ((uint32_t)c->rec->args[2] != 1 || c->rec->abi != TR_ABI_X86_64 || (get && c->failed))
		return false;
	return item->len >= st->size && value_struct(s, c, st, rec_item_data(item), st->size);
}

static bool put_target(struct sink *s, const struct call *c, const struct sc_struct *st,
		       const struct sc_field *f, const uint8_t *base)
{
	const struct tr_item *item = target_of(c, base + f->off);
	const struct sc_struct *target = f->ref;
	uint64_t n;

	if (!item || (f->type == T_PARRAY && (!target->size || (s->terse && f->more == 4))))
		return false;
	switch (f->type) {
	case T_PSTR:
		s->ops->str(s, rec_item_data(item), item->len,
			    item->flags & TR_ITEM_TRUNC ? STR_CUT : 0);
		return true;
	case T_PBUF:
		value_bytes(s, c, item, length_of(st, f, base));
		return true;
	case T_PNUM: /* it is stored later */
		return false;
	case T_PSIGSET:
		value_sigset(s, rec_item_data(item), item->len);
		return true;
	default:
		if (strcmp(st->name, "ptrace_iovec") == 0)
			return put_registers(s, c, target, item);
		n = length_of(st, f, base);
		put_elements(s, c, target, item, f->more == 2 ? n / target->size : n);
		return true;
	}
}

void value_pointee(struct sink *s, const struct call *c, const struct sc_struct *st,
		   const struct sc_field *f, const uint8_t *base)
{
	if (!put_target(s, c, st, f, base))
		s->ops->addr(s, load(base + f->off, f->size));
}

bool value_pointers(struct sink *s, const struct call *c, unsigned int i)
{
	const struct sc_arg *arg = call_arg(c, i);
	const struct tr_item *item = rec_item_find(c->rec, i, TR_PART_SELF, 0, false);
	uint64_t count = arg->len < TR_MAX_ARGS ? (uint32_t)c->rec->args[arg->len] : 0;
	const uint8_t *p = item ? rec_item_data(item) : NULL;

	if ((!item && count) || c->is_32)
		return false;
	s->ops->begin(s, GROUP_ARRAY);
	for (unsigned int k = 0; k < count; k++) {
		const struct tr_item *target;

		if ((k + 1) * 8u > item->len) {
			s->ops->more(s, GROUP_ARRAY);
			break;
		}
		s->ops->elem(s);
		target = rec_item_find(c->rec, i, TR_PART_POINTEE, k, false);
		if (!target || !value_struct(s, c, arg->ref, rec_item_data(target), target->len))
			s->ops->addr(s, load(p + k * 8, 8));
	}
	s->ops->end(s, GROUP_ARRAY);
	return true;
}

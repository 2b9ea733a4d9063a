/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value_pointee.c - what the pointers in structs point to: strings, bytes, arrays.
 */
#include "value.h"

#include <core/rec.h>

static uint64_t load(const uint8_t *p, unsigned int size)
{
	uint64_t v = 0;

	memcpy(&v, p, size < sizeof(v) ? size : sizeof(v));
	return v;
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
	bool filter = strcmp(st->name, "sock_filter") == 0, insn = strcmp(st->name, "bpf_insn") == 0;

	s->ops->begin(s, GROUP_ARRAY);
	for (unsigned int k = 0; k < count; k++, p += st->size) {
		if ((k + 1) * (size_t)st->size > item->len || (s->terse && k == c->string_limit)) {
			s->ops->more(s, GROUP_ARRAY);
			break;
		}
		s->ops->elem(s);
		if (filter)
			value_bpf_filter(s, c, p);
		else if (insn)
			value_bpf_insn(s, p);
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

		if ((k + 1) * 8u > item->len || (s->terse && k == c->string_limit)) {
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

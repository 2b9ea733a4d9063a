/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value_parts.c - numbers that are put together from several: a field and flags, what FUTEX_WAKE_OP does, the
 * priority of I/O. Where a sink asks for it (apart), each part is a word with a value of its own.
 */
#include "value.h"

#include <endian.h>

#define COUNT(names) (sizeof(names) / sizeof((names)[0]))

void value_part(struct sink *s, unsigned int type, int64_t v, const char *name, const char *unknown)
{
	if (s->apart)
		value_word_begin(s, type, v);
	if (name) {
		buf_str(s->out, name);
	} else {
		buf_hex(s->out, (uint64_t)v);
		if (unknown) {
			buf_put(s->out, " /* ", 4);
			buf_str(s->out, unknown);
			buf_put(s->out, " */", 3);
		}
	}
	if (s->apart)
		s->ops->word_end(s);
}

const char *value_name(const struct sc_flags *flags, uint64_t v)
{
	for (const struct sc_flag *f = flags->rows; f->name; f++) {
		if (f->value == v)
			return f->name;
	}
	return NULL;
}

/* The row of the field; NULL: its value has no name, or the whole is one of a name. */
static const struct sc_flag *find_field(const struct sc_flags *flags, uint64_t v)
{
	const struct sc_flag *f = flags->rows;

	if (flags->prefix[0] == '&' && !f->mask && f->value == v)
		return NULL;
	while (f->name && (!f->mask || (f->name[0] != '%' && (v & f->mask) != f->value)))
		f++;
	return f->name ? f : NULL;
}

static void put_field(struct sink *s, const struct sc_flag *f, uint64_t v, bool alone)
{
	if (f->name[0] != '%') {
		if (s->wordless && !f->value && strncmp(f->name, "AT_", 3) == 0)
			return; /* strace has flags here, and no number for none of them */
		value_part(s, strncmp(f->name, "SIG", 3) == 0 ? VALUE_DECIMAL : T_FLAGS, (int64_t)f->value, f->name,
			   NULL);
		return;
	}
	if (f->name[1] == 'o')
		value_octal(s->out, v & f->mask);
	else if (alone || (v & f->mask))
		buf_u64(s->out, v & f->mask);
}

static bool put_sum(struct sink *s, const struct sc_flags *flags, uint64_t v)
{
	bool flags_first = flags->prefix[0] == '|';
	const struct sc_flag *field = find_field(flags, v);
	uint64_t rest;

	if (!field)
		return false;
	rest = v & ~field->mask;
	for (int i = 0; i < 2; i++) {
		if ((i == 0) != flags_first) {
			put_field(s, field, v, !rest);
		} else if (rest) {
			value_word_begin(s, T_FLAGS, (int64_t)rest);
			value_flags_only(s->out, flags, rest);
			s->ops->word_end(s);
		}
		if (i == 0 && rest && !(flags_first && strcmp(field->name, "%d") == 0 && !(v & field->mask)))
			buf_char(s->out, '|');
	}
	return true;
}

/* FUTEX_OP(op, oparg, cmp, cmparg), as the sum that it is. */
static void put_futex_op(struct sink *s, uint32_t v)
{
	static const char *const ops[] = { "FUTEX_OP_SET", "FUTEX_OP_ADD", "FUTEX_OP_OR", "FUTEX_OP_ANDN",
					   "FUTEX_OP_XOR" };
	static const char *const cmps[] = { "FUTEX_OP_CMP_EQ", "FUTEX_OP_CMP_NE", "FUTEX_OP_CMP_LT",
					    "FUTEX_OP_CMP_LE", "FUTEX_OP_CMP_GT", "FUTEX_OP_CMP_GE" };
	unsigned int op = v >> 28 & 7, cmp = v >> 24 & 15;
	const char *op_name = op < COUNT(ops) ? ops[op] : NULL, *cmp_name = cmp < COUNT(cmps) ? cmps[cmp] : NULL;

	if (v >> 31) {
		value_part(s, T_FLAGS, 8, "FUTEX_OP_OPARG_SHIFT", NULL);
		buf_str(s->out, "<<28|");
	}
	value_part(s, T_FLAGS, op, op_name, NULL);
	buf_str(s->out, op_name && !s->wordless ? "<<28|" : "<<28 /* FUTEX_OP_??? */|");
	buf_hex(s->out, v >> 12 & 0xfff);
	buf_str(s->out, "<<12|");
	value_part(s, T_FLAGS, cmp, cmp_name, NULL);
	buf_str(s->out, cmp_name && !s->wordless ? "<<24|" : "<<24 /* FUTEX_OP_CMP_??? */|");
	buf_hex(s->out, v & 0xfff);
}

/* A number in network order, as the call that makes it. */
static void put_network(struct sink *s, const struct sc_flags *flags, uint16_t v)
{
	buf_str(s->out, "htons(");
	value_part(s, T_FLAGS, be16toh(v), value_name(flags, v), flags->prefix + 1);
	buf_char(s->out, ')');
}

void value_ioprio(struct sink *s, uint32_t v, const struct sc_flags *classes)
{
	buf_str(s->out, "IOPRIO_PRIO_VALUE(");
	value_part(s, T_ENUM, v >> 13, value_name(classes, v >> 13), classes->prefix);
	buf_put(s->out, ", ", 2);
	buf_u64(s->out, v & 0x1fff);
	buf_char(s->out, ')');
}

static void put_ioprio(struct sink *s, uint32_t v, const struct sc_flags *classes)
{
	if (!s->apart)
		s->ops->word_begin(s);
	if (s->apart)
		buf_i64(s->out, (int32_t)v);
	if (s->apart && !s->wordless)
		buf_put(s->out, " /* ", 4);
	if (!s->wordless)
		value_ioprio(s, v, classes);
	if (s->apart && !s->wordless)
		buf_put(s->out, " */", 3);
	if (!s->apart)
		s->ops->word_end(s);
}

bool value_parts(struct sink *s, unsigned int type, const void *ref, int64_t v)
{
	const struct sc_flags *flags = ref;
	char how = (type == T_FLAGS || type == T_ENUM) && flags->prefix ? flags->prefix[0] : 0;

	if (type == T_IOPRIO) {
		put_ioprio(s, (uint32_t)v, ref);
		return true;
	}
	if (type == T_FUTEX_OP) {
		if (!s->apart)
			s->ops->word_begin(s);
		put_futex_op(s, (uint32_t)v);
		if (!s->apart)
			s->ops->word_end(s);
		return true;
	}
	if (!s->apart)
		return false;
	if (how == '~') {
		put_network(s, flags, (uint16_t)v);
		return true;
	}
	return (how == '&' || how == '|') && put_sum(s, flags, (uint64_t)v);
}

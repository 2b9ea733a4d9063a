/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * newer.c - see newer.h. The values of a record, which a file may hold as somebody likes, become arguments and
 * fields of the table's kinds; what the printer relies on (sizes, offsets) is checked here.
 */
#include <core/newer.h>

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define STRUCT_MAX 1024 /* bytes */

struct learnt {
	struct sc_row row;
	struct sc_struct structs[TR_MAX_ARGS];
	struct sc_field fields[TR_NEWER_VALUES + TR_MAX_ARGS]; /* with the end of each struct */
	unsigned int nfields;
	struct tr_newer *rec; /* the names are in it */
};

struct newer {
	struct learnt *of[TR_NR_MAX];
};

/* Nothing else is told of the kernel, and nothing else may reach a terminal. */
static bool is_name(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

	return s[0] && !s[strspn(s, letters)];
}

static bool is_number(const struct tr_newer_value *v)
{
	return v->size == 1 || v->size == 2 || v->size == 4 || v->size == 8;
}

static uint8_t type_of(const struct tr_newer_value *v)
{
	switch (v->kind) {
	case TR_NEWER_INT:
		return v->size == 8 ? T_LONG : T_INT;
	case TR_NEWER_UINT:
		return v->size == 8 ? T_ULONG : T_UINT;
	case TR_NEWER_MODE:
		return T_MODE;
	case TR_NEWER_FD:
		return T_FD;
	case TR_NEWER_DIRFD:
		return T_DIRFD;
	case TR_NEWER_PID:
		return T_PID;
	case TR_NEWER_POINTER:
		return T_PTR;
	case TR_NEWER_STRING:
		return T_STR;
	case TR_NEWER_STRUCT:
	case TR_NEWER_STRUCT_OUT:
		return T_STRUCT;
	case TR_NEWER_BYTES:
		return T_BYTES;
	default:
		return T_HEX;
	}
}

static int add_field(struct learnt *l, const struct sc_struct *st, const struct tr_newer_value *v)
{
	size_t n = (size_t)v->size * (v->count ? v->count : 1);

	if (v->kind > TR_NEWER_POINTER && v->kind != TR_NEWER_BYTES)
		return -EINVAL;
	if (v->kind != TR_NEWER_BYTES && !is_number(v))
		return -EINVAL;
	if (!is_name(v->name) || !n || v->off + n > st->size)
		return -EINVAL;
	l->fields[l->nfields++] = (struct sc_field){
		.name = v->name,
		.off = v->off,
		.size = v->size,
		.type = type_of(v),
		.count = v->count,
	};
	return 0;
}

static int add_struct(struct learnt *l, struct sc_struct *st, const struct tr_newer_value *v)
{
	int r = v->size && v->size <= STRUCT_MAX ? 0 : -EINVAL;

	*st = (struct sc_struct){
		.name = v->name, .size = v->size, .fields = &l->fields[l->nfields]
	};
	for (unsigned int i = 0; i < v->nfields && !r; i++)
		r = add_field(l, st, v + 1 + i);
	l->nfields++; /* the end of the list */
	return r;
}

static int add_arg(struct learnt *l, const struct tr_newer_value *v)
{
	struct sc_row *row = &l->row;
	unsigned int i = row->nargs;
	bool is_struct = v->kind == TR_NEWER_STRUCT || v->kind == TR_NEWER_STRUCT_OUT;

	if (i == TR_MAX_ARGS || v->kind == TR_NEWER_BYTES || !is_name(v->name))
		return -EINVAL;
	row->args[i] = (struct sc_arg){
		.name = v->name,
		.type = type_of(v),
		.dir = v->kind == TR_NEWER_STRUCT_OUT ? D_INOUT : D_IN,
		.len = SC_NOLEN,
	};
	row->nargs++;
	if (!is_struct)
		return 0;
	row->args[i].ref = &l->structs[i];
	return add_struct(l, &l->structs[i], v);
}

static int fill(struct learnt *l)
{
	const struct tr_newer_value *v = (const void *)(l->rec + 1), *end = v + l->rec->nvalues;
	int r = 0;

	l->row.name = l->rec->name;
	while (v < end && !r) {
		bool is_struct = v->kind == TR_NEWER_STRUCT || v->kind == TR_NEWER_STRUCT_OUT;
		unsigned int nfields = is_struct ? v->nfields : 0;

		if (nfields >= (size_t)(end - v))
			return -EINVAL;
		r = add_arg(l, v);
		v += 1 + nfields;
	}
	return r;
}

static void forget(struct learnt *l)
{
	if (l)
		free(l->rec);
	free(l);
}

struct newer *newer_new(void)
{
	return calloc(1, sizeof(struct newer));
}

void newer_free(struct newer *n)
{
	for (unsigned int nr = 0; n && nr < TR_NR_MAX; nr++)
		forget(n->of[nr]);
	free(n);
}

int newer_learn(struct newer *n, const struct tr_newer *rec)
{
	struct learnt *l;
	int r;

	if (rec->nr < NEWER_FIRST || rec->nr >= TR_NR_MAX || !is_name(rec->name))
		return -EINVAL;
	if (newer_find(n, TR_ABI_X86_64, rec->nr))
		return 0;
	l = calloc(1, sizeof(*l));
	if (l)
		l->rec = malloc(rec->h.len);
	if (!l || !l->rec) {
		forget(l);
		return -ENOMEM;
	}
	memcpy(l->rec, rec, rec->h.len);
	r = fill(l);
	if (r)
		forget(l);
	else
		n->of[rec->nr] = l;
	return r;
}

const struct tr_newer *newer_record(const struct newer *n, uint64_t nr)
{
	return n && nr < TR_NR_MAX && n->of[nr] ? n->of[nr]->rec : NULL;
}

const struct sc_row *newer_find(const struct newer *n, unsigned int abi, uint64_t nr)
{
	const struct sc_row *row = sc_find(abi, nr);

	return row || !newer_record(n, nr) ? row : &n->of[nr]->row;
}

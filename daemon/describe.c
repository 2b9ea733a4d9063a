/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * describe.c - see describe.h. A line of a format is
 *	field:const struct mount_attr * uattr;	offset:40;	size:8;	signed:0;
 * The size there is that of the register, so that of a number comes from its type.
 */
#include "describe.h"

#include <bpf/btf.h>
#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define STRUCT_MAX 512 /* bytes; a larger one is shown as an address */
#define DEPTH_MAX 4    /* of structs without a name in each other */

static struct tr_newer_value *add(struct described *d, const char *name)
{
	struct tr_newer_value *v;

	if (d->rec.nvalues == TR_NEWER_VALUES)
		return NULL;
	v = &d->values[d->rec.nvalues++];
	snprintf(v->name, sizeof(v->name), "%s", name);
	return v;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

static uint8_t kind_of_number(const char *name, bool is_signed)
{
	if (strstr(name, "flag") || strstr(name, "mask") || strstr(name, "addr"))
		return TR_NEWER_HEX;
	return is_signed ? TR_NEWER_INT : TR_NEWER_UINT;
}

static const struct btf_type *resolved(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	while (t && (btf_is_mod(t) || btf_is_typedef(t)))
		t = btf__type_by_id(btf, t->type);
	return t;
}

static bool is_number(const struct btf_type *t)
{
	return (btf_is_int(t) || btf_is_any_enum(t)) && t->size <= 8 && !(t->size & (t->size - 1));
}

static bool is_char(const struct btf *btf, const struct btf_type *t)
{
	return btf_is_int(t) && t->size == 1 && !strcmp(btf__name_by_offset(btf, t->name_off), "char");
}

/* A field of a type that has a printer of its own; all others are bytes. */
static void describe_field(struct tr_newer_value *v, const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = resolved(btf, id), *element;
	int64_t size = btf__resolve_size(btf, id);

	v->kind = TR_NEWER_BYTES;
	v->size = size > 0 && size <= STRUCT_MAX ? size : 0;
	if (btf_is_ptr(t)) {
		v->kind = TR_NEWER_POINTER;
	} else if (is_number(t)) {
		v->kind = kind_of_number(v->name, btf_is_int(t) && btf_int_encoding(t) & BTF_INT_SIGNED);
	} else if (btf_is_array(t) && btf_array(t)->nelems) {
		element = resolved(btf, btf_array(t)->type);
		if (!is_number(element) || is_char(btf, element))
			return;
		v->kind = kind_of_number(v->name, btf_is_int(element) &&
							  btf_int_encoding(element) & BTF_INT_SIGNED);
		v->size = element->size;
		v->count = btf_array(t)->nelems;
	}
}

/* Of a union without a name the first member stands for all. */
static void describe_fields(struct described *d, const struct btf *btf, const struct btf_type *t,
			    uint32_t at, unsigned int depth)
{
	const struct btf_member *m = btf_members(t);
	unsigned int n = btf_is_union(t) && btf_vlen(t) ? 1 : btf_vlen(t);

	for (unsigned int i = 0; i < n && depth < DEPTH_MAX; i++) {
		const char *name = btf__name_by_offset(btf, m[i].name_off);
		uint32_t off = at + btf_member_bit_offset(t, i) / 8;
		const struct btf_type *type = resolved(btf, m[i].type);
		struct tr_newer_value *v;

		if (!type || btf_member_bitfield_size(t, i))
			continue;
		if (!name[0] && btf_is_composite(type)) {
			describe_fields(d, btf, type, off, depth + 1);
			continue;
		}
		v = add(d, name);
		if (!v)
			return;
		v->off = off;
		describe_field(v, btf, m[i].type);
		if (!v->size)
			d->rec.nvalues--; /* an array that goes on behind the struct, or one of no known size */
	}
}

static bool describe_struct(struct described *d, size_t at, const struct btf *btf, const char *name)
{
	int id = btf ? btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT) : -1;
	const struct btf_type *t = id > 0 ? btf__type_by_id(btf, id) : NULL;

	if (!t || !t->size || t->size > STRUCT_MAX)
		return false;
	d->values[at].size = t->size;
	describe_fields(d, btf, t, 0, 0);
	d->values[at].nfields = d->rec.nvalues - at - 1;
	return true;
}

static void describe_pointer(struct described *d, struct tr_newer_value *v, char *type,
			     const struct btf *btf)
{
	bool is_const = !strncmp(type, "const ", 6);

	v->kind = TR_NEWER_POINTER;
	v->size = 8;
	if (is_const)
		type += 6;
	type[strcspn(type, "*")] = '\0';
	for (char *end = type + strlen(type); end > type && end[-1] == ' ';)
		*--end = '\0';
	if (is_const && !strcmp(type, "char"))
		v->kind = TR_NEWER_STRING;
	else if (!strncmp(type, "struct ", 7) && describe_struct(d, v - d->values, btf, type + 7))
		v->kind = is_const ? TR_NEWER_STRUCT : TR_NEWER_STRUCT_OUT;
}

static bool is_wide(const char *type)
{
	return strstr(type, "long") || strstr(type, "64") || strstr(type, "size_t") ||
	       strstr(type, "off_t");
}

static void describe_number(struct tr_newer_value *v, const char *type)
{
	bool is_unsigned = !strncmp(type, "unsigned", 8) || !strcmp(type, "size_t") ||
			   strchr(type, 'u') == type || !strncmp(type, "__u", 3);

	v->size = is_wide(type) ? 8 : 4;
	if (ends_with(type, "mode_t"))
		v->kind = TR_NEWER_MODE;
	else if (!strcmp(v->name, "dfd") || !strcmp(v->name, "dirfd"))
		v->kind = TR_NEWER_DIRFD;
	else if (v->size == 4 && ends_with(v->name, "fd"))
		v->kind = TR_NEWER_FD;
	else if (!strcmp(type, "pid_t") || !strcmp(v->name, "pid"))
		v->kind = TR_NEWER_PID;
	else
		v->kind = kind_of_number(v->name, !is_unsigned);
}

/* "const char * filename": the name is what follows the last space. */
static void describe_argument(struct described *d, char *text, const struct btf *btf)
{
	char *name = strrchr(text, ' ');
	struct tr_newer_value *v;

	if (!name || name == text || !name[1])
		return;
	*name++ = '\0';
	v = add(d, name);
	if (v && strchr(text, '*'))
		describe_pointer(d, v, text, btf);
	else if (v)
		describe_number(v, text);
}

void describe_call(struct described *d, const char *name, unsigned int nr, char *format,
		   const struct btf *btf)
{
	unsigned int args = 0;
	char *rest;

	*d = (struct described){.rec = {.h.type = TR_NEWER, .nr = nr}};
	snprintf(d->rec.name, sizeof(d->rec.name), "%s", name);
	for (char *line = strtok_r(format, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *text = line + strspn(line, "\t ");
		char *end = strchr(text, ';');

		if (strncmp(text, "field:", 6) || !end || args == TR_MAX_ARGS)
			continue;
		*end = '\0';
		text += 6;
		if (strstr(text, " common_") || strstr(text, "__syscall_nr"))
			continue;
		describe_argument(d, text, btf);
		args++;
	}
	d->rec.h.len = sizeof(d->rec) + d->rec.nvalues * sizeof(d->values[0]);
}

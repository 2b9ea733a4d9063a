/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * errors.c - what an error of a call means to people: the rows of errors.def, found by number and call.
 */
#include <core/table.h>

#include <string.h>

static const struct sc_error rows[] = {
#include "errors.def"
};

#define NROWS (sizeof(rows) / sizeof(rows[0]))

/* name is a word of the list, which has spaces around each. */
static int is_listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = list; (p = strstr(p, name)); p++) {
		if (p > list && p[-1] == ' ' && p[len] == ' ')
			return 1;
	}
	return 0;
}

static int fits(const struct sc_error *e, const struct sc_row *row)
{
	if (e->calls)
		return row && is_listed(e->calls, row->name);
	return !e->classes || (row && (row->classes & e->classes));
}

const struct sc_error *sc_error_find(int err, const struct sc_row *row)
{
	size_t low = 0, high = NROWS;

	while (low < high) { /* the first row of the number */
		size_t middle = (low + high) / 2;

		if (rows[middle].err < err)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < NROWS && rows[low].err == err; low++) {
		if (fits(&rows[low], row))
			return &rows[low];
	}
	return NULL;
}

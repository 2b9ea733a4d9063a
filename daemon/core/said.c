/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * said.c - which arguments of a call the sentence for people needs, so that nothing else is read for a
 * reader who gets sentences.
 */
#include <core/table.h>

#include <string.h>

#define ALL ((1u << TR_MAX_ARGS) - 1)

static unsigned int named(const struct sc_row *row, const char *name, size_t len)
{
	size_t arg = strcspn(name, ".}");

	if (len == 5 && !strncmp(name, "ready", 5)) /* what poll found: all that it points to */
		return ALL;
	for (unsigned int i = 0; i < row->nargs; i++) {
		if (strlen(row->args[i].name) == arg && !strncmp(row->args[i].name, name, arg))
			return 1u << i;
	}
	return 0;
}

static unsigned int in_text(const struct sc_row *row, const char *text)
{
	unsigned int said = 0;

	for (const char *p = text; p && (p = strchr(p, '{')); p++)
		said |= named(row, p + 1, strcspn(p + 1, "}"));
	return said;
}

static unsigned int in_say(const struct sc_row *row, const struct sc_say *say)
{
	unsigned int said = in_text(row, say->did) | in_text(row, say->tried);

	for (unsigned int i = 0; i < SC_WHENS; i++) {
		if (say->when[i].what == SC_IF_AT || say->when[i].what == SC_IF_STOPS)
			said |= 1u << say->when[i].arg;
	}
	return said;
}

unsigned int sc_said(const struct sc_row *row)
{
	unsigned int said = in_text(row, row->did) | in_text(row, row->tried);

	if (!row->did || !row->tried)
		return ALL;
	for (const struct sc_say *say = row->says; say && (say->did || say->tried); say++)
		said |= in_say(row, say);
	for (unsigned int i = 0; i < row->nargs; i++) {
		unsigned int type = row->args[i].type;

		/* A sample of data and the command line follow the sentence; paths may be what is asked for. */
		if (type == T_BUF || type == T_STRV || type == T_PATH)
			said |= 1u << i;
		/* The length of an address is itself behind a pointer. */
		if ((said >> i & 1) && row->args[i].len < row->nargs)
			said |= 1u << row->args[i].len;
	}
	return said;
}

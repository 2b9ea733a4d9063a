/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* paper.c - see paper.h. */
#include "paper.h"

static void put_spaces(struct buf *out, size_t n)
{
	while (n--)
		buf_char(out, ' ');
}

/* Words of text, the first in column `at`, those of later lines from `column` on. */
static void put_words(struct paper *p, size_t at, unsigned int column, const char *text, size_t n)
{
	bool first = true; /* of its line */

	for (size_t i = 0; i < n;) {
		size_t len = 0, columns;

		while (i + len < n && text[i + len] != ' ')
			len++;
		columns = term_columns(text + i, len);
		if (!first && at + 1 + columns > p->width) {
			buf_char(p->out, '\n');
			put_spaces(p->out, column);
			at = column;
			first = true;
		}
		if (!first) {
			buf_char(p->out, ' ');
			at++;
		}
		buf_put(p->out, text + i, len);
		at += columns;
		first = false;
		for (i += len; i < n && text[i] == ' '; i++)
			;
	}
	buf_char(p->out, '\n');
}

void paper_title(struct paper *p, const char *name, const char *rest)
{
	term_style(p->out, p->color, STYLE_BOLD);
	buf_str(p->out, name);
	term_reset(p->out, p->color);
	put_words(p, strlen(name), 2, rest, strlen(rest));
}

void paper_text(struct paper *p, unsigned int column, const char *text, size_t n)
{
	put_spaces(p->out, column);
	put_words(p, column, column, text, n);
}

void paper_item(struct paper *p, unsigned int from, const char *label, unsigned int column, const char *text,
		size_t n)
{
	size_t at = from + strlen(label);

	put_spaces(p->out, from);
	term_style(p->out, p->color, STYLE_FILE);
	buf_str(p->out, label);
	term_reset(p->out, p->color);
	if (!n) {
		buf_char(p->out, '\n');
		return;
	}
	put_spaces(p->out, at + 2 <= column ? column - at : 2);
	put_words(p, at + 2 <= column ? column : at + 2, column, text, n);
}

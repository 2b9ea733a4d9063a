/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * paper.h - text for people to read at leisure: wrapped between words to a width, with hanging indents. What
 * comes in is the program's own text, never a traced program's.
 */
#ifndef CLI_PAPER_H
#define CLI_PAPER_H

#include <core/buf.h>
#include "term.h"

struct paper {
	struct buf *out;
	unsigned int width; /* columns */
	enum term_theme color;
};

/* A name in bold, and the rest of its line. */
void paper_title(struct paper *p, const char *name, const char *rest);

/* Lines of text from a column on; the newline comes with it. */
void paper_text(struct paper *p, unsigned int column, const char *text, size_t n);

/*
 * The same beside a label that begins in column `from`; where the label is too long for `column`, the text
 * begins two columns after it.
 */
void paper_item(struct paper *p, unsigned int from, const char *label, unsigned int column, const char *text,
		size_t n);

#endif

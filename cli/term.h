/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * term.h - what reaches a terminal: bytes of traced programs made harmless, colours, and lines cut to
 * its width. No byte that a traced program chose goes to people in another way.
 */
#ifndef CLI_TERM_H
#define CLI_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <core/buf.h>

/*
 * Appends n bytes as text: printable UTF-8 as it is; \n \r \t \\ and \" (the last where quoted) with
 * a backslash; other controls, invalid bytes \xHH; invisible and direction-changing characters \u{HEX}.
 */
void term_escape(struct buf *out, const void *p, size_t n, bool quoted);

/* What the background of the terminal is, and so which colours are readable. */
enum term_theme {
	THEME_NONE, /* no colours */
	THEME_DARK,
	THEME_LIGHT,
	THEME_MAX
};

/* By name: "dark"; THEME_MAX: there is none. */
enum term_theme term_theme_find(const char *name);

/*
 * The theme for people who did not choose one, from the environment (NULL: not set): TRACECTL_THEME, else
 * COLORFGBG, as some terminals set it ("15;0": white on black), else dark.
 */
enum term_theme term_theme_guess(const char *theme, const char *colorfgbg);

/* What a piece of text is; the colours are term.c's choice. */
enum term_style {
	STYLE_NONE,
	STYLE_DIM,
	STYLE_BOLD,
	STYLE_ERROR,
	STYLE_WARN,
	STYLE_FILE, /* classes of calls */
	STYLE_NETWORK,
	STYLE_PROCESS,
	STYLE_MEMORY,
	STYLE_SIGNAL,
	STYLE_TIME,
	STYLE_MAX
};

/* Begin a style, and go back to none. Nothing where the theme is none. */
void term_style(struct buf *out, enum term_theme theme, enum term_style style);
void term_reset(struct buf *out, enum term_theme theme);

/* Columns that n bytes of text take, colours not counted. */
size_t term_columns(const void *p, size_t n);

/* Spaces until what was appended since `from` takes `columns`. */
void term_pad(struct buf *out, size_t from, size_t columns);

/*
 * Cuts what was appended since `from` (one line without its newline) to width columns, with an
 * ellipsis as the last where something was cut. width 0: nothing is cut. Resets colours.
 */
void term_cut(struct buf *out, size_t from, size_t width, enum term_theme theme);

/*
 * Leaves the middle out of long paths in what was appended since `from`, until it fits into width columns or the
 * paths are short.
 */
void term_shorten(struct buf *out, size_t from, size_t width);

#endif

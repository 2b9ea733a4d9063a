/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * term.c - escaping, colours and widths. Widths come from a short table of the wide and the combining
 * blocks, not from the locale: the same record gives the same line everywhere.
 */
#include "term.h"

#include "utf8.h"

struct range {
	uint32_t first, last;
};

/* Format characters, bidirectional controls, separators, tags, private use and noncharacters. */
static const struct range hidden[] = {
	{ 0x80, 0x9f },	    { 0xad, 0xad },	{ 0x034f, 0x034f },   { 0x061c, 0x061c },
	{ 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f },   { 0x200b, 0x200f },
	{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x3164, 0x3164 },   { 0xe000, 0xf8ff },
	{ 0xfdd0, 0xfdef }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb },
	{ 0xfffe, 0xffff }, { 0x1d173, 0x1d17a }, { 0xe0000, 0x10ffff },
};

static const struct range combining[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x0610, 0x061a },
	{ 0x064b, 0x065f }, { 0x06d6, 0x06dc }, { 0x0900, 0x0902 }, { 0x093c, 0x093c },
	{ 0x0941, 0x0948 }, { 0x0e31, 0x0e31 }, { 0x0e34, 0x0e3a }, { 0x0e47, 0x0e4e },
	{ 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f },
	{ 0xfe20, 0xfe2f },
};

static const struct range wide[] = {
	{ 0x1100, 0x115f },   { 0x231a, 0x231b },   { 0x2329, 0x232a },	  { 0x23e9, 0x23ec },
	{ 0x2614, 0x2615 },   { 0x26a1, 0x26a1 },   { 0x2705, 0x2705 },	  { 0x274c, 0x274c },
	{ 0x2753, 0x2757 },   { 0x2b50, 0x2b55 },   { 0x2e80, 0x303e },	  { 0x3041, 0x33ff },
	{ 0x3400, 0x4dbf },   { 0x4e00, 0xa4cf },   { 0xa960, 0xa97f },	  { 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },	  { 0xffe0, 0xffe6 },
	{ 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1faff }, { 0x20000, 0x3fffd },
};

static bool in_ranges(const struct range *r, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n && r[i].first <= c; i++)
		if (c <= r[i].last)
			return true;
	return false;
}

#define IN(ranges, c) in_ranges(ranges, sizeof(ranges) / sizeof((ranges)[0]), c)

static void put_byte(struct buf *out, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	const char text[4] = { '\\', 'x', hex[c >> 4], hex[c & 15] };

	buf_put(out, text, sizeof(text));
}

static void put_control(struct buf *out, unsigned char c)
{
	const char *found = c ? strchr("\nn\tt\rr\\\\\"\"", c) : NULL;

	if (!found) {
		put_byte(out, c);
		return;
	}
	buf_char(out, '\\');
	buf_char(out, found[1]);
}

static void put_hidden(struct buf *out, uint32_t c)
{
	static const char hex[] = "0123456789abcdef";
	int shift = 28;

	buf_put(out, "\\u{", 3);
	while (shift && !(c >> shift & 15))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		buf_char(out, hex[c >> shift & 15]);
	buf_char(out, '}');
}

void term_escape(struct buf *out, const void *p, size_t n, bool quoted)
{
	const unsigned char *s = p, *end = s + n;

	while (s < end) {
		const unsigned char *run = s;
		uint32_t c;
		size_t len;

		while (s < end && *s >= 0x20 && *s < 0x7f && *s != '\\' && (*s != '"' || !quoted))
			s++;
		if (s > run)
			buf_put(out, run, (size_t)(s - run));
		if (s == end)
			break;
		len = utf8_next(s, (size_t)(end - s), &c);
		if (!len)
			put_byte(out, *s);
		else if (len == 1)
			put_control(out, *s);
		else if (IN(hidden, c))
			put_hidden(out, c);
		else
			buf_put(out, s, len);
		s += len ? len : 1;
	}
}

/* clang-format off */
static const char *const styles[THEME_MAX][STYLE_MAX] = {
	[THEME_DARK] = {
		[STYLE_DIM] = "\033[2m",	[STYLE_BOLD] = "\033[1m",     [STYLE_ERROR] = "\033[1;31m",
		[STYLE_WARN] = "\033[33m",	[STYLE_FILE] = "\033[32m",    [STYLE_NETWORK] = "\033[36m",
		[STYLE_PROCESS] = "\033[1m",	[STYLE_MEMORY] = "\033[2m",   [STYLE_SIGNAL] = "\033[35m",
		[STYLE_TIME] = "\033[33m",
	},
	[THEME_LIGHT] = { /* yellow and cyan can't be read on white */
		[STYLE_DIM] = "\033[2m",	[STYLE_BOLD] = "\033[1m",     [STYLE_ERROR] = "\033[1;31m",
		[STYLE_WARN] = "\033[31m",	[STYLE_FILE] = "\033[32m",    [STYLE_NETWORK] = "\033[34m",
		[STYLE_PROCESS] = "\033[1m",	[STYLE_MEMORY] = "\033[2m",   [STYLE_SIGNAL] = "\033[35m",
		[STYLE_TIME] = "\033[34m",
	},
};
/* clang-format on */

void term_style(struct buf *out, enum term_theme theme, enum term_style style)
{
	if (styles[theme][style])
		buf_str(out, styles[theme][style]);
}

void term_reset(struct buf *out, enum term_theme theme)
{
	if (theme != THEME_NONE)
		buf_put(out, "\033[0m", 4);
}

enum term_theme term_theme_find(const char *name)
{
	static const char *const names[THEME_MAX] = { "none", "dark", "light" };
	unsigned int theme = THEME_NONE;

	while (theme < THEME_MAX && strcmp(names[theme], name) != 0)
		theme++;
	return theme;
}

enum term_theme term_theme_guess(const char *theme, const char *colorfgbg)
{
	enum term_theme chosen = theme ? term_theme_find(theme) : THEME_MAX;
	const char *back = colorfgbg ? strrchr(colorfgbg, ';') : NULL;

	if (chosen != THEME_MAX)
		return chosen;
	/* the 16 colours: 7 and those above 8 are bright */
	if (back && (strcmp(back, ";7") == 0 || strcmp(back, ";9") == 0 || (back[1] == '1' && back[2])))
		return THEME_LIGHT;
	return THEME_DARK;
}

/* The bytes of the character or colour sequence at s, and its columns. */
static size_t step(const unsigned char *s, size_t n, size_t *ret_columns)
{
	uint32_t c;
	size_t len;

	*ret_columns = 1;
	if (*s >= 0x20 && *s < 0x7f)
		return 1;
	*ret_columns = 0;
	if (*s == 033) {
		for (len = 1; len < n && s[len] != 'm'; len++)
			;
		return len < n ? len + 1 : n;
	}
	len = utf8_next(s, n, &c);
	if (len > 1)
		*ret_columns = IN(combining, c) ? 0 : IN(wide, c) ? 2 : 1;
	return len ? len : 1;
}

size_t term_columns(const void *p, size_t n)
{
	const unsigned char *s = p;
	size_t columns = 0, more;

	for (size_t i = 0; i < n; columns += more)
		i += step(s + i, n - i, &more);
	return columns;
}

void term_pad(struct buf *out, size_t from, size_t columns)
{
	size_t have = term_columns(out->p + from, out->len - from);

	if (have < columns)
		buf_pad(out, out->len, columns - have);
}

void term_cut(struct buf *out, size_t from, size_t width, enum term_theme theme)
{
	const unsigned char *s = (const void *)(out->p + from);
	size_t n = out->len - from, columns = 0, more, keep = 0;

	if (!width || n <= width)
		return;
	for (size_t i = 0; i < n; columns += more) {
		size_t len = step(s + i, n - i, &more);

		if (columns + more > width)
			break;
		i += len;
		if (columns + more < width)
			keep = i;
		if (i >= n)
			return;
	}
	out->len = from + keep;
	buf_put(out, "\xe2\x80\xa6", 3);
	term_reset(out, theme);
}

#define PATH_SHORT 16 /* columns of a path that stay */

/* The longest path: bytes from a slash after a space up to the next space. */
static size_t find_path(const struct buf *out, size_t from, size_t *ret_at)
{
	size_t best = 0;

	for (size_t i = from + 1; i < out->len;) {
		size_t n = 0;

		if (out->p[i] != '/' || out->p[i - 1] != ' ') {
			i++;
			continue;
		}
		while (i + n < out->len && out->p[i + n] != ' ' && out->p[i + n] != 033)
			n++;
		if (n > best) {
			best = n;
			*ret_at = i;
		}
		i += n;
	}
	return best;
}

/* Where `columns` columns after byte i are. */
static size_t skip_columns(const struct buf *out, size_t i, size_t columns)
{
	size_t more, passed = 0;

	while (i < out->len && passed < columns) {
		i += step((const unsigned char *)out->p + i, out->len - i, &more);
		passed += more;
	}
	return i;
}

/* Leaves `drop` columns out of the middle of a path of n; the name at its end matters most. */
static void drop_middle(struct buf *out, size_t at, size_t n, size_t drop)
{
	size_t first = skip_columns(out, at, (n - drop) / 3), end = skip_columns(out, first, drop);

	if (end < first + 3)
		return;
	memcpy(out->p + first, "\xe2\x80\xa6", 3);
	memmove(out->p + first + 3, out->p + end, out->len - end);
	out->len -= end - first - 3;
}

void term_shorten(struct buf *out, size_t from, size_t width)
{
	for (int round = 0; round < 2 && width && !out->failed; round++) { /* rename has two */
		size_t columns = term_columns(out->p + from, out->len - from), at = 0;
		size_t n = find_path(out, from, &at), drop;

		n = term_columns(out->p + at, n);
		if (columns <= width || n <= PATH_SHORT + 4)
			return;
		drop = columns - width + 1; /* and the ellipsis */
		drop_middle(out, at, n, drop < 4 ? 4 : drop > n - PATH_SHORT ? n - PATH_SHORT : drop);
	}
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* msg.c - see msg.h. */
#include "msg.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <core/buf.h>
#include "term.h"

#define WORD_MAX 32

static bool is_plain(const char *s)
{
	while (*s >= ' ' && *s < 0x7f)
		s++;
	return !*s;
}

/* Words of a command line, names of processes: they reach a terminal as text, whatever they are. */
void msg(const char *fmt, ...)
{
	char line[MSG_LEN + 300];
	struct buf out = { 0 };
	va_list ap;
	int n;

	n = snprintf(line, sizeof(line), "%.250s: ", program_invocation_name);
	va_start(ap, fmt);
	vsnprintf(line + n, sizeof(line) - (size_t)n, fmt, ap);
	va_end(ap);
	if (is_plain(line))
		buf_str(&out, line);
	else
		term_escape(&out, line, strlen(line), false);
	buf_char(&out, '\n');
	while (write(STDERR_FILENO, out.p, out.len) < 0 && errno == EINTR)
		; /* other errors: nobody is left to be told */
	buf_done(&out);
}

int msg_set(char *err, int r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, MSG_LEN, fmt, ap);
	va_end(ap);
	return r;
}

static size_t min3(size_t a, size_t b, size_t c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

/* Letters to insert, remove, change, or swap with their neighbour to make b of a. */
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
	size_t d[WORD_MAX + 1][WORD_MAX + 1];

	for (size_t i = 0; i <= na; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= nb; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= na; i++) {
		for (size_t j = 1; j <= nb; j++) {
			d[i][j] = min3(d[i - 1][j] + 1, d[i][j - 1] + 1,
				       d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	}
	return d[na][nb];
}

const char *msg_nearest(const char *word, const char *(*next)(void *ctx), void *ctx)
{
	size_t n = strlen(word), best_distance = n / 3 + 1;
	const char *best = NULL, *s;

	if (n < 2 || n > WORD_MAX)
		return NULL;
	while ((s = next(ctx))) {
		size_t m = strlen(s), d;

		if (m > WORD_MAX)
			continue;
		d = distance(word, n, s, m);
		if (d < best_distance || (d == best_distance && !best)) {
			best_distance = d;
			best = s;
		}
	}
	return best;
}

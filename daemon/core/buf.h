/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * buf.h - a growing byte buffer, and appending numbers to it without printf.
 *
 * A buffer that could not grow drops what is appended and remembers that (`failed`), so that callers
 * check once, at the end. All zeroes is an empty buffer.
 */
#ifndef CORE_BUF_H
#define CORE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
	char *p; /* not NUL-terminated */
	size_t len;
	size_t cap;
	bool failed;
};

void buf_done(struct buf *b);
bool buf_grow(struct buf *b, size_t more); /* room for so many bytes; false: no memory */

static inline void buf_put(struct buf *b, const void *p, size_t n)
{
	if (!n || (b->cap - b->len < n && !buf_grow(b, n)))
		return;
	memcpy(b->p + b->len, p, n);
	b->len += n;
}

static inline void buf_char(struct buf *b, char c)
{
	if (b->cap == b->len && !buf_grow(b, 1))
		return;
	b->p[b->len++] = c;
}

static inline void buf_str(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void buf_u64(struct buf *b, uint64_t v);
void buf_i64(struct buf *b, int64_t v);
void buf_hex(struct buf *b, uint64_t v);			/* 0x1f, 0 as 0 */
void buf_oct(struct buf *b, uint64_t v);			/* 0644, 0 as 0 */
void buf_u64_pad(struct buf *b, uint64_t v, int width, char fill); /* right-aligned */
void buf_pad(struct buf *b, size_t from, size_t width);	/* spaces until len - from is width */

#endif

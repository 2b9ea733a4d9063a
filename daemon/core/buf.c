/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * buf.c - growth of the byte buffer, and numbers appended by hand. A buffer doubles, so that appending
 * is cheap in the long run, and keeps its memory until buf_done.
 */
#include <core/buf.h>

#include <stdlib.h>

#define BUF_MIN 4096

void buf_done(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ 0 };
}

bool buf_grow(struct buf *b, size_t more)
{
	size_t need, cap = b->cap ? b->cap : BUF_MIN;
	char *p = NULL;

	if (b->cap - b->len >= more)
		return true;
	if (!__builtin_add_overflow(b->len, more, &need) && need <= SIZE_MAX / 2) {
		while (cap < need)
			cap *= 2;
		p = realloc(b->p, cap);
	}
	if (!p) {
		b->failed = true;
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

static const char pairs[] = "00010203040506070809101112131415161718192021222324"
			    "25262728293031323334353637383940414243444546474849"
			    "50515253545556575859606162636465666768697071727374"
			    "75767778798081828384858687888990919293949596979899";

/* Writes v so that it ends before end, and returns where it begins. */
static char *digits(char *end, uint64_t v)
{
	while (v >= 100) {
		end -= 2;
		memcpy(end, pairs + v % 100 * 2, 2);
		v /= 100;
	}
	if (v >= 10) {
		end -= 2;
		memcpy(end, pairs + v * 2, 2);
	} else {
		*--end = (char)('0' + v);
	}
	return end;
}

void buf_u64(struct buf *b, uint64_t v)
{
	char text[20];
	char *p;

	if (v < 10) {
		buf_char(b, (char)('0' + v));
		return;
	}
	p = digits(text + sizeof(text), v);
	buf_put(b, p, (size_t)(text + sizeof(text) - p));
}

void buf_i64(struct buf *b, int64_t v)
{
	if (v < 0) {
		buf_char(b, '-');
		buf_u64(b, 0 - (uint64_t)v);
		return;
	}
	buf_u64(b, (uint64_t)v);
}

/* Digits of 2^bits, after prefix. */
static void put_power(struct buf *b, uint64_t v, unsigned int bits, const char *prefix)
{
	char text[24];
	char *p = text + sizeof(text);

	if (!v) {
		buf_char(b, '0');
		return;
	}
	for (; v; v >>= bits)
		*--p = "0123456789abcdef"[v & ((1u << bits) - 1)];
	buf_str(b, prefix);
	buf_put(b, p, (size_t)(text + sizeof(text) - p));
}

void buf_hex(struct buf *b, uint64_t v)
{
	put_power(b, v, 4, "0x");
}

void buf_oct(struct buf *b, uint64_t v)
{
	put_power(b, v, 3, "0");
}

void buf_u64_pad(struct buf *b, uint64_t v, int width, char fill)
{
	char text[20];
	char *p = digits(text + sizeof(text), v);
	int len = (int)(text + sizeof(text) - p);

	for (int i = len; i < width; i++)
		buf_char(b, fill);
	buf_put(b, p, (size_t)len);
}

void buf_pad(struct buf *b, size_t from, size_t width)
{
	size_t have = b->len - from;

	if (have >= width || (b->cap - b->len < width - have && !buf_grow(b, width - have)))
		return;
	memset(b->p + b->len, ' ', width - have);
	b->len += width - have;
}

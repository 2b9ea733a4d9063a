/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* strace_dump.c - see strace_dump.h. */
#include "strace_dump.h"

#include <core/rec.h>

#define PER_LINE 16

static void put_hex_digits(struct buf *out, uint64_t v, int digits)
{
	static const char hex[] = "0123456789abcdef";

	while (digits--)
		buf_char(out, hex[v >> (4 * digits) & 15]);
}

static void put_line(struct buf *out, const uint8_t *p, size_t n, size_t off)
{
	buf_put(out, " | ", 3);
	put_hex_digits(out, off, off > 0xfffff ? 8 : 5);
	buf_put(out, "  ", 2);
	for (size_t i = 0; i < PER_LINE; i++) {
		if (i == PER_LINE / 2)
			buf_char(out, ' ');
		if (i < n)
			put_hex_digits(out, p[i], 2);
		else
			buf_put(out, "  ", 2);
		buf_char(out, ' ');
	}
	buf_char(out, ' ');
	for (size_t i = 0; i < PER_LINE; i++)
		buf_char(out, i >= n ? ' ' : p[i] >= 0x20 && p[i] < 0x7f ? (char)p[i] : '.');
	buf_put(out, " |\n", 3);
}

/* n bytes, of which the item has the first. */
static void put_bytes(struct buf *out, const struct tr_item *item, uint64_t n)
{
	size_t have = item ? item->len : 0;

	if (have > n)
		have = (size_t)n;
	for (size_t off = 0; off < have; off += PER_LINE)
		put_line(out, (const uint8_t *)rec_item_data(item) + off,
			 have - off < PER_LINE ? have - off : PER_LINE, off);
	if (have < n) {
		buf_put(out, " | ", 3);
		put_hex_digits(out, have, 5);
		buf_put(out, "  ", 2);
		buf_u64(out, n - have);
		buf_str(out, " bytes more were not captured |\n");
	}
}

/* The buffers of a vector up to so many bytes in all. */
static void put_vector(struct buf *out, const struct call *c, unsigned int arg, unsigned int iov_part,
		       unsigned int data_part, uint64_t left)
{
	const struct tr_item *iovs = rec_item_find(c->rec, arg, iov_part, 0, 0);

	for (unsigned int i = 0; iovs && left && (i + 1) * 16 <= iovs->len; i++) {
		uint64_t len;

		memcpy(&len, (const char *)rec_item_data(iovs) + i * 16 + 8, sizeof(len));
		if (len > left)
			len = left;
		left -= len;
		if (!len)
			continue;
		buf_put(out, " * ", 3);
		buf_u64(out, len);
		buf_str(out, " bytes in buffer ");
		buf_u64(out, i);
		buf_char(out, '\n');
		put_bytes(out, rec_item_find(c->rec, arg, data_part, i, 1), len);
	}
}

static void put_arg(struct buf *out, const struct call *c, unsigned int i)
{
	const struct sc_arg *arg = &c->row->args[i];
	bool in = arg->dir == D_IN;
	uint64_t n = (uint64_t)c->rec->ret;

	switch (arg->type) {
	case T_BUF:
		if (in && arg->len < TR_MAX_ARGS)
			n = c->rec->args[arg->len];
		put_bytes(out, rec_item_find(c->rec, i, TR_PART_SELF, 0, !in), n);
		break;
	case T_IOV:
		put_vector(out, c, i, TR_PART_SELF, TR_PART_IOV_DATA, n);
		break;
	case T_MSGHDR:
		put_vector(out, c, i, TR_PART_MSG_IOV, TR_PART_MSG_DATA, n);
		break;
	default:
		break;
	}
}

static bool is_data(const struct sc_arg *arg)
{
	return arg->type == T_BUF || arg->type == T_IOV || arg->type == T_MSGHDR;
}

void strace_dump(const struct strace_options *o, const struct call *c, struct buf *out)
{
	int32_t fd = (int32_t)c->rec->args[0];

	if (!c->row || !c->returned || c->failed || c->rec->ret <= 0 || c->is_32 ||
	    c->row->args[0].type != T_FD)
		return;
	for (unsigned int i = 1; i < c->nargs; i++) {
		const struct sc_arg *arg = &c->row->args[i];

		if (!is_data(arg))
			continue;
		if (strace_numbers_has(arg->dir == D_IN ? &o->dump_write : &o->dump_read, fd))
			put_arg(out, c, i);
		return;
	}
}

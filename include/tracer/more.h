/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * more.h - what the record of a call had no room for: goes through the plan once more, after capture.h has
 * found something to be too long, and sends pieces of it (struct tr_data), at most TR_DATA_MAX bytes a call.
 *
 * Who includes it, after capture.h, defines before that:
 *   more_buffer(c)  a struct cap_buffer to work in, which nobody else uses meanwhile; may be NULL
 *   more_send(c, rec, len)  sends a piece; not 0: those that would follow are of no use
 *
 * Nothing is on the stack but what registers have no room for: BPF programs have 512 bytes for all functions
 * that call each other, and may be 8 of them deep.
 */
#ifndef TRACER_MORE_H
#define TRACER_MORE_H

#include <tracer/capture.h>

#define MORE_FULL 2048 /* bytes in a buffer that are sent before more are read */
#define MORE_FILL (MORE_FULL + CAP_ITEM_MAX + 1) /* that one has at most: pieces of strings, and a NUL */
#define MORE_PAGES (TR_DATA_MAX / CAP_PAGE + 2)
#define MORE_STRINGS 1024 /* of an argv or envp */

struct cap_buffer {
	__u32 fill; /* bytes that wait to be sent */
	__u32 sent; /* bytes of the item that were */
	__u64 at;   /* what is read next, */
	__u64 left; /* and how much: here the verifier does not follow what they can be on each way */
	__u64 vec, total;
	__u64 words[2]; /* a pointer or an iovec that was read */
	struct tr_data rec;
	__u8 bytes[MORE_FILL + 8 + 7]; /* directly behind rec */
};

static inline __attribute__((always_inline)) struct cap_buffer *more_get(const struct tr_capture *c)
{
	return c ? more_buffer(c) : NULL;
}

static inline __attribute__((always_inline)) void more_begin(struct cap_buffer *b, __u32 meta)
{
	b->fill = 0;
	b->sent = 0;
	b->rec.item.arg = meta;
	b->rec.item.part = meta >> 8;
	b->rec.item.flags = meta >> 16;
	b->rec.item.index = meta >> 24;
	b->rec.whole = 0;
}

/* Sends what is in the buffer. flags: 0, or TR_DATA_LAST and in the upper half what else is true of the item. */
CAP_FUNC int more_flush(struct tr_capture *c, __u32 flags)
{
	struct cap_buffer *b;
	__u32 n;
	int r;

	b = more_get(c);
	if (!b)
		return -1;
	n = cap_clamp(b->fill, MORE_FILL);
	__builtin_memset(&b->bytes[n], 0, 8); /* the padding */
	b->rec.h.len = (sizeof(b->rec) + n + 7) & ~7u;
	b->rec.h.type = TR_DATA;
	b->rec.h.flags = flags & TR_DATA_LAST;
	b->rec.h.time_ns = c->more.time_ns++; /* in their order, in whichever ring they are */
	b->rec.call = c->rec.more;
	b->rec.nr = c->rec.nr;
	b->rec.abi = c->rec.abi;
	b->rec.offset = b->sent;
	b->rec.pad2 = 0;
	b->rec.item.flags |= flags >> 16;
	b->rec.item.len = n;
	r = more_send(c, &b->rec, b->rec.h.len);
	c->more.left -= n < c->more.left ? n : c->more.left;
	b->sent += n;
	b->fill = 0;
	return r;
}

#define MORE_LAST(flags) (TR_DATA_LAST | (__u32)(flags) << 16)

/*
 * What a step of a loop comes to. Each is a function of its own, which the verifier of BPF goes through once, and not
 * as often as the loop runs. Others are TR_ITEM_* that are true of what ends here, or negative.
 */
#define MORE_NEXT 0x100
#define MORE_SEND 0x200 /* the buffer is full */

/* Reads what follows, up to the end of a page. */
CAP_FUNC int more_piece(struct tr_capture *c)
{
	struct cap_buffer *b;
	__u32 n, fill;

	b = more_get(c);
	if (!b)
		return -1;
	if (!b->left)
		return 0;
	n = CAP_PAGE - (b->at & (CAP_PAGE - 1));
	n = cap_clamp(n < b->left ? n : b->left, CAP_ITEM_MAX);
	fill = cap_clamp(b->fill, MORE_FULL);
	if (cap_read(c, &b->bytes[fill], n, b->at))
		return TR_ITEM_FAULT | TR_ITEM_TRUNC;
	b->fill = fill + n;
	b->at += n;
	b->left -= n;
	return b->left && b->fill > MORE_FULL ? MORE_SEND : MORE_NEXT;
}

/* want bytes at addr, of which all is left out that comes after limit. */
CAP_FUNC int more_bytes(struct tr_capture *c, __u64 addr, __u64 want, __u32 limit, __u32 meta)
{
	struct cap_buffer *b;
	int r = 0;

	if (!c || !c->more.left)
		return -1;
	if (!(c->cut & CAP_CUT_ROOM) && (want <= c->string_limit || limit <= c->string_limit))
		return 0; /* the record has it */
	b = more_buffer(c);
	if (!b)
		return -1;
	b->left = limit < c->more.left ? limit : c->more.left;
	if (want > b->left)
		meta |= TR_ITEM_TRUNC << 16;
	else
		b->left = want;
	b->at = addr;
	more_begin(b, meta);
	b->rec.whole = limit == TR_DATA_MAX;
	for (__u32 i = 0; i < MORE_PAGES; i++) {
		r = more_piece(c);
		if (r < MORE_NEXT)
			break;
		if (r == MORE_SEND && more_flush(c, 0))
			return -1;
	}
	if (r < 0)
		return -1;
	c->fault |= (r & TR_ITEM_FAULT) != 0;
	return more_flush(c, MORE_LAST(r & (TR_ITEM_FAULT | TR_ITEM_TRUNC)));
}

/* The same of a string, without its NUL. */
CAP_FUNC int more_letters(struct tr_capture *c)
{
	struct cap_buffer *b;
	__u32 n, fill;
	__u8 *p;
	long r;

	b = more_get(c);
	if (!b)
		return -1;
	fill = cap_clamp(b->fill, MORE_FULL);
	p = &b->bytes[fill];
	if (!b->left) /* is it just so long? */
		return cap_read(c, p, 1, b->at) || *p ? TR_ITEM_TRUNC : 0;
	n = CAP_PAGE - (b->at & (CAP_PAGE - 1));
	n = cap_clamp(n < b->left ? n : b->left, CAP_ITEM_MAX);
	r = cap_read_str(c, p, n, b->at);
	if (r <= 0)
		return TR_ITEM_FAULT | TR_ITEM_TRUNC;
	r = cap_clamp(r - 1, CAP_ITEM_MAX - 1); /* the last byte may have been the NUL, or replaced by it */
	if (cap_read(c, p + r, 1, b->at + r))
		return TR_ITEM_FAULT | TR_ITEM_TRUNC;
	if (!p[r]) {
		b->fill = fill + r;
		return 0;
	}
	b->fill = fill + r + 1;
	b->at += r + 1;
	b->left -= r + 1;
	return b->fill > MORE_FULL ? MORE_SEND : MORE_NEXT;
}

/*
 * Puts the string at addr behind what is in the buffer, without its NUL, at most max bytes of it. TR_ITEM_* that
 * are true of it, negative: it could not be sent.
 */
CAP_FUNC int more_append(struct tr_capture *c, __u64 addr, __u32 max)
{
	struct cap_buffer *b;

	b = more_get(c);
	if (!b)
		return -1;
	if (b->fill > MORE_FULL && more_flush(c, 0))
		return -1;
	b->at = addr;
	b->left = max;
	for (__u32 i = 0; i < MORE_PAGES; i++) {
		int r = more_letters(c);

		if (r < MORE_NEXT)
			return r;
		if (r == MORE_SEND && more_flush(c, 0))
			return -1;
	}
	return TR_ITEM_TRUNC;
}

/* The string at addr, at most limit bytes of it. */
CAP_FUNC int more_string(struct tr_capture *c, __u64 addr, __u32 limit, __u32 meta)
{
	struct cap_buffer *b;
	int r;

	if (!c || addr < CAP_LOWEST || !c->more.left)
		return -1;
	b = more_buffer(c);
	if (!b)
		return -1;
	more_begin(b, meta);
	r = more_append(c, addr, limit < c->more.left ? limit : c->more.left);
	if (r < 0)
		return -1;
	c->fault |= (r & TR_ITEM_FAULT) != 0;
	return more_flush(c, MORE_LAST(r));
}

/* The number or pointer of this caller's width at addr into a word of the buffer. */
static inline __attribute__((always_inline)) int more_word(struct tr_capture *c, __u64 *word, __u64 addr)
{
	*word = 0; /* little-endian: half of it is the lower half */
	if (c->rec.abi == TR_ABI_I386)
		return cap_read(c, word, 4, addr);
	return cap_read(c, word, 8, addr);
}

/*
 * Puts the next string of a vector behind what is in the buffer, with a NUL, and one byte more than the limit where it
 * is longer.
 */
CAP_FUNC int more_next(struct tr_capture *c)
{
	__u32 room, max, taken;
	struct cap_buffer *b;
	int r;

	b = more_get(c);
	if (!b)
		return -1;
	if (more_word(c, &b->words[0], b->vec))
		return TR_ITEM_FAULT | TR_ITEM_TRUNC;
	if (!b->words[0])
		return 0;
	b->vec += cap_word(c);
	room = c->more.left > b->fill ? c->more.left - b->fill : 0;
	max = c->more.limit + 1;
	taken = max < room ? max : room;
	r = more_append(c, b->words[0], taken);
	if (r < 0 || r & TR_ITEM_FAULT)
		return r;
	if (r && taken < max)
		return TR_ITEM_TRUNC;
	b->bytes[cap_clamp(b->fill, MORE_FILL - 1)] = 0;
	b->fill++;
	return MORE_NEXT;
}

/* A vector of strings as one item. */
CAP_FUNC int more_strv(struct tr_capture *c, __u64 vec, __u32 meta)
{
	struct cap_buffer *b;
	int r = MORE_NEXT;

	if (!c || vec < CAP_LOWEST || !c->more.left)
		return -1;
	b = more_buffer(c);
	if (!b)
		return -1;
	more_begin(b, meta | TR_PART_ARG_BLOCK << 8);
	b->vec = vec;
	for (__u32 i = 0; i < MORE_STRINGS; i++) {
		r = more_next(c);
		if (r != MORE_NEXT)
			break;
	}
	if (r < 0)
		return -1;
	c->fault |= (r & TR_ITEM_FAULT) != 0;
	return more_flush(c, MORE_LAST(r == MORE_NEXT ? TR_ITEM_TRUNC : r));
}

/* A pointer and the number behind it, as in a struct iovec; -1: they can't be read. */
static inline __attribute__((always_inline)) int more_pair(struct tr_capture *c, struct cap_buffer *b,
							   __u64 addr)
{
	if (!more_word(c, &b->words[0], addr) && !more_word(c, &b->words[1], addr + cap_word(c)))
		return 0;
	c->fault = 1;
	return -1;
}

/* The data of n iovecs at vec, at most total bytes in all. */
CAP_FUNC int more_iovecs(struct tr_capture *c, __u64 vec, __u32 n, __u64 total, __u32 meta)
{
	struct cap_buffer *b;

	b = more_get(c);
	if (!b)
		return -1;
	b->vec = vec;
	b->total = total;
	for (__u32 i = 0; i < CAP_IOV_MAX; i++) {
		__u64 len;

		if (i >= n || !b->total)
			break;
		if (more_pair(c, b, b->vec))
			break;
		b->vec += 2 * cap_word(c);
		len = b->words[1] < b->total ? b->words[1] : b->total;
		b->total -= len;
		if (len)
			more_bytes(c, b->words[0], len, c->more.limit, meta | i << 24);
	}
	return 0;
}

/* The parts of the struct msghdr at addr; total is what was sent or received in all. See cap_message. */
CAP_FUNC int more_message(struct tr_capture *c, __u64 addr, __u64 total, __u32 meta)
{
	struct cap_buffer *b;
	__u32 n;

	if (!c || addr < CAP_LOWEST)
		return -1;
	b = more_buffer(c);
	if (!b)
		return -1;
	if (more_pair(c, b, addr))
		return -1;
	n = b->words[1];
	if (b->words[0] && n)
		more_bytes(c, b->words[0], n < 128 ? n : 128, 128, meta | TR_PART_MSG_NAME << 8);
	if (more_pair(c, b, addr + 2 * cap_word(c)))
		return -1;
	n = b->words[1] < CAP_IOV_MAX ? b->words[1] : CAP_IOV_MAX;
	if (n) {
		more_bytes(c, b->words[0], n * 2 * cap_word(c), CAP_ITEM_MAX,
			   meta | TR_PART_MSG_IOV << 8);
		more_iovecs(c, b->words[0], n, total, meta | TR_PART_MSG_DATA << 8);
	}
	if (more_pair(c, b, addr + 4 * cap_word(c)))
		return -1;
	n = b->words[1] < CAP_CONTROL_MAX ? b->words[1] : CAP_CONTROL_MAX;
	if (b->words[0] >= CAP_LOWEST && n)
		more_bytes(c, b->words[0], n, CAP_CONTROL_MAX, meta | TR_PART_MSG_CONTROL << 8);
	return 0;
}

/* The messages whose parts cap_messages reads. */
static inline __attribute__((always_inline)) int
more_messages(struct tr_capture *c, const struct tr_op *op, __u64 addr, __u64 n, int at_exit, __u32 meta)
{
	__u32 size = 0;

	n = n < CAP_MSG_MAX ? n : CAP_MSG_MAX;
	if (n)
		more_bytes(c, addr, n * 64, CAP_ITEM_MAX, meta);
	for (__u32 i = 0; i < CAP_MSG_PARTS; i++) {
		if (i >= n || (at_exit && (op->flags & TR_OP_ENTRY)))
			break;
		if (at_exit && cap_read(c, &size, sizeof(size), addr + i * 64 + 56))
			break;
		more_message(c, addr + i * 64, at_exit ? size : ~0ULL, meta | i << 29);
	}
	return 0;
}

/* One operation of the plan; see cap_op. */
CAP_FUNC int more_op(struct tr_capture *c, const struct tr_op *op, __u32 at_exit)
{
	__u64 addr, len;
	__u32 meta;
	__s64 ret, n;

	if (!c || !op)
		return -1;
	addr = cap_arg(c, op->arg);
	if (addr < CAP_LOWEST)
		return 0;
	len = cap_arg(c, op->len);
	ret = at_exit ? c->rec.ret : 0;
	if (ret < 0)
		return 0;
	meta = CAP_META(op->arg, TR_PART_SELF, at_exit ? TR_ITEM_EXIT : 0, 0);
	switch (op->kind) {
	case TR_OP_STR:
		if (op->size && !(c->cut & CAP_CUT_ROOM))
			return 0;
		return more_string(c, addr, op->size ? op->size : c->more.limit, meta);
	case TR_OP_STRV:
		return op->size && !c->env ? 0 : more_strv(c, addr, meta);
	case TR_OP_BUF:
		return more_bytes(c, addr, at_exit ? (__u64)ret : len, c->more.limit, meta);
	case TR_OP_MSGBUF:
		return more_bytes(c, addr, len + sizeof(len), c->more.limit + sizeof(len), meta);
	case TR_OP_DIRENTS:
		return more_bytes(c, addr, ret, TR_DATA_MAX, meta);
	case TR_OP_IOV:
		return more_iovecs(c, addr, len < CAP_IOV_MAX ? len : CAP_IOV_MAX,
				   at_exit ? (__u64)ret : ~0ULL, meta | TR_PART_IOV_DATA << 8);
	case TR_OP_MSGHDR:
		if (!at_exit && (op->flags & TR_OP_EXIT)) /* it will be filled */
			return 0;
		return more_message(c, addr, at_exit ? (__u64)ret : ~0ULL, meta);
	case TR_OP_MMSGHDR:
		return more_messages(c, op, addr, at_exit ? (__u64)ret : (__u32)len, at_exit, meta);
	}
	n = cap_length(c, op, len, ret, at_exit);
	return n > 0 ? more_bytes(c, addr, n, TR_DATA_MAX, meta) : 0;
}

/* What a pointer in the struct of an argument points to; see cap_deref. */
CAP_FUNC int more_deref(struct tr_capture *c, const struct tr_deref *d, __u32 at_exit)
{
	struct cap_buffer *b;
	__u64 base, n;
	__u32 meta;

	if (!c || !d || d->max)
		return 0;
	b = more_buffer(c);
	if (!b)
		return -1;
	base = cap_deref_base(c, d);
	if (base < CAP_LOWEST)
		return 0;
	if (cap_read(c, &b->words[0], sizeof(b->words[0]), base + d->ptr)) {
		c->fault = 1;
		return 0;
	}
	if (b->words[0] < CAP_LOWEST)
		return 0;
	meta = CAP_META(d->arg, TR_PART_POINTEE, at_exit ? TR_ITEM_EXIT : 0, (d->ptr >> 2) & 0xff);
	if (!d->len_size)
		return more_string(c, b->words[0], c->more.limit, meta);
	n = cap_deref_length(c, d, base + d->len);
	n = (n < TR_DATA_MAX ? n : TR_DATA_MAX) * d->size;
	return n ? more_bytes(c, b->words[0], n, c->more.limit, meta) : 0;
}

/* The first time that this call has more. No other one of the task has this number for seconds. */
static inline __attribute__((always_inline)) void more_number(struct tr_capture *c)
{
	if (c->rec.more)
		return;
	c->rec.more = (__u32)c->more.time_ns | 1;
	c->more.left = TR_DATA_MAX;
}

/* What cap_run cut: of entry, or of the return. */
CAP_FUNC int more_run(struct tr_capture *c, const struct tr_plan *plan, __u32 at_exit)
{
	__u32 due, again;

	if (!c || !plan)
		return 0;
	more_number(c);
	due = cap_due(c, plan, at_exit);
	again = c->retry;
	for (__u32 i = 0; i < TR_PLAN_OPS; i++) {
		if (!(due >> i & 1))
			continue;
		c->fault = 0;
		more_op(c, &plan->ops[i], at_exit && !(again >> i & 1));
		if (c->fault && !at_exit)
			c->retry |= 1u << i;
	}
	due >>= TR_PLAN_OPS;
	again >>= TR_PLAN_OPS;
	for (__u32 i = 0; i < TR_PLAN_DEREFS; i++) {
		if (!(due >> i & 1))
			continue;
		c->fault = 0;
		more_deref(c, &plan->derefs[i], at_exit && !(again >> i & 1));
		if (c->fault && !at_exit)
			c->retry |= 1u << (TR_PLAN_OPS + i);
	}
	c->cut = 0;
	return 0;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * capture.h - the capture interpreter: runs the plan of a system call over the memory of the task that
 * made it and appends items to its record. It is compiled into the BPF programs, the ptrace backend
 * and tests, so that the same call gives the same bytes everywhere.
 *
 * Who includes it defines before that:
 *   CAP_FUNC   the linkage of its functions (BPF: global, so that each is verified once)
 *   cap_read(c, dst, n, addr)	 0 when all n bytes were read, else negative
 *   cap_read_str(c, dst, n, addr)  bytes stored, NUL included, at most n; negative if nothing was
 *   cap_clamp(v, max)	 v, at most max, in a way that the verifier believes
 *
 * A piece that can't be read leaves no item; the operation is then marked in `retry`, and cap_run with
 * TR_OP_EXIT tries it once more, when the kernel has faulted the page in.
 */
#ifndef TRACER_CAPTURE_H
#define TRACER_CAPTURE_H

#include <tracer/capture_parts.h>

#define CAP_IOCTL_OLD 64 /* bytes of an argument whose request does not tell its size */

/*
 * What an ioctl request says of its argument: bits 30 and 31 that it is written to the kernel and read from it,
 * 16 to 29 its size, 8 to 15 the driver. Older ones say nothing; those of tun, USB and watchdogs say it wrong.
 */
static inline __attribute__((always_inline)) __s64 cap_ioctl_length(__u32 request, __u32 max,
								    int at_exit)
{
	__u32 size = request >> 16 & 0x3fff, driver = request >> 8 & 0xff;

	if (!(request >> 30) || !size || driver == 'T')
		return CAP_IOCTL_OLD;
	if (!(request >> 30 & (at_exit ? 2 : 1)) && (at_exit ? driver != 'U' : size > 16))
		return -1;
	return size < max ? size : max;
}

/* The length of a directory's entry at addr, which is after its first 16 bytes; 0: it can't be read. */
CAP_FUNC int cap_entry(struct tr_capture *c, __u64 addr)
{
	__u16 len = 0;

	if (!c || cap_read(c, &len, sizeof(len), addr + 16))
		return 0;
	return len;
}

/* How many entries of a directory are in n bytes. */
CAP_FUNC int cap_entries(struct tr_capture *c, __u64 addr, __u64 n, __u32 meta)
{
	__u32 off, count = 0;
	__u64 end = addr + n;

	if (!c)
		return -1;
	for (__u32 i = 0; i < CAP_ENTRIES_MAX && addr < end; i++) {
		addr += cap_entry(c, addr);
		count++;
	}
	off = cap_clamp(c->off, TR_PAYLOAD_MAX);
	if (addr != end || cap_room(off) < 8 || c->rec.nitems == 255)
		return -1;
	*(__u64 *)&c->payload[off + sizeof(struct tr_item)] = count;
	cap_put(c, off, sizeof(count), meta);
	return 0;
}

/*
 * Operations on one run of bytes: how many, by the kind's length rule. -1: none. len is args[op->len],
 * ret the result (only at exit).
 */
static inline __attribute__((always_inline)) __s64
cap_length(const struct tr_capture *c, const struct tr_op *op, __u64 len, __s64 ret, int at_exit)
{
	__u32 v = 0;

	(void)c;
	switch (op->kind) {
	case TR_OP_FIXED:
		return op->size;
	case TR_OP_ARRAY:
		return (__s64)(len < 4096 ? len : 4096) * op->size;
	case TR_OP_SIZED:
		return len < op->size ? (__s64)len : op->size;
	case TR_OP_PAGES:
		len = len / CAP_PAGE + !!(len % CAP_PAGE);
		return len < op->size ? (__s64)len : op->size;
	case TR_OP_BITS:
		len = (__u32)len;
		return len < 8192 ? (__s64)((len + 63) / 64 * 8) : 1024;
	case TR_OP_SOCKADDR:
		if (!at_exit)
			return len < 128 ? (__s64)len : 128;
		if (len < CAP_LOWEST || cap_read(c, &v, sizeof(v), len))
			return -1;
		return v < 128 ? v : 128;
	case TR_OP_SIZED_PTR:
		if (len < CAP_LOWEST || cap_read(c, &v, sizeof(v), len))
			return -1;
		return v < op->size ? v : op->size;
	case TR_OP_IOCTL:
		return cap_ioctl_length(len, op->size, at_exit);
	case TR_OP_MSGBUF:
		return sizeof(__u64) + (len < c->string_limit ? len : c->string_limit);
	case TR_OP_DIRENTS:
	case TR_OP_RET_BYTES:
		return ret < op->size ? ret : op->size;
	case TR_OP_RET_ARRAY:
		return (ret < 4096 ? ret : 4096) * op->size;
	default:
		return -1;
	}
}

/* One operation of the plan. op->arg and op->len were checked when the plan was made. */
CAP_FUNC int cap_op(struct tr_capture *c, const struct tr_op *op, __u32 at_exit)
{
	__u64 addr, len;
	__u32 meta;
	__s64 n, ret;

	if (!c || !op)
		return -1;
	addr = cap_arg(c, op->arg);
	if (addr < CAP_LOWEST)
		return 0;
	len = cap_arg(c, op->len);
	ret = at_exit ? c->rec.ret : 0;
	meta = CAP_META(op->arg, TR_PART_SELF, at_exit ? TR_ITEM_EXIT : 0, 0);
	switch (op->kind) {
	case TR_OP_STR:
		return cap_string(c, addr, op->size ? op->size : c->string_limit, meta);
	case TR_OP_STRV:
		return cap_strv(c, addr, op->size && !c->env, meta);
	case TR_OP_IOV:
		len = len < 1024 ? len : 1024;
		if (len)
			cap_bytes(c, addr,
				  (len < CAP_IOV_MAX ? len : CAP_IOV_MAX) * 2 * cap_word(c),
				  meta | (len > CAP_IOV_MAX ? TR_ITEM_TRUNC << 16 : 0));
		if (ret < 0) /* the buffers were not filled; but where they are, is told */
			return 0;
		return cap_iovecs(c, addr, len, at_exit ? (__u64)ret : ~0ULL,
				  meta | TR_PART_IOV_DATA << 8);
	case TR_OP_PTRS:
		len = len < CAP_MSG_MAX ? len : CAP_MSG_MAX;
		return len ? cap_pointers(c, addr, len, (__u32)op->size << 16 | (meta & 0xffff)) : 0;
	case TR_OP_MSGHDR:
		cap_bytes(c, addr, 7 * cap_word(c), meta);
		if (!at_exit && (op->flags & TR_OP_EXIT)) /* what it is before it is filled */
			return 0;
		return cap_message(c, addr, at_exit ? (__u64)ret : ~0ULL, meta);
	case TR_OP_DIRENTS:
		if (ret > CAP_ITEM_MAX)
			cap_entries(c, addr, ret, meta | TR_PART_ENTRIES << 8);
		if (ret > op->size)
			c->cut |= CAP_CUT_ROOM;
		break;
	case TR_OP_MSGBUF:
		if (len > c->string_limit)
			c->cut |= CAP_CUT_LIMIT;
		break;
	}
	n = cap_length(c, op, len, ret, at_exit);
	if (n <= 0)
		return 0;
	return cap_bytes(c, addr, n, meta);
}

static inline __attribute__((always_inline)) void cap_buffer(struct tr_capture *c,
							     const struct tr_op *op, int at_exit)
{
	__u32 meta = CAP_META(op->arg, TR_PART_SELF, at_exit ? TR_ITEM_EXIT : 0, 0);
	__u64 addr = cap_arg(c, op->arg);
	__u64 len = at_exit ? (__u64)c->rec.ret : cap_arg(c, op->len);

	if (addr >= CAP_LOWEST && len)
		cap_data(c, addr, len, meta, op->flags & TR_OP_MESSAGE);
}

/* What is to be read now, bits as in struct tr_plan. At exit: what exit gives, and what entry could not read. */
static inline __attribute__((always_inline)) __u32 cap_due(const struct tr_capture *c,
							   const struct tr_plan *plan, int at_exit)
{
	__u32 due = plan->entry;

	if (at_exit)
		due = c->rec.ret < 0 && c->rec.ret >= -4095 ? plan->on_error : plan->exit;
	due &= c->wanted;
	return at_exit ? due | c->retry : due;
}

/*
 * Messages, and the parts of the first CAP_MSG_PARTS; at exit not of those that were known at entry. Called beside
 * cap_op, for the verifier takes no more than 8 functions in each other.
 */
CAP_FUNC int cap_messages(struct tr_capture *c, const struct tr_op *op, __u32 at_exit)
{
	__u32 size = 0, flags = at_exit ? TR_ITEM_EXIT : 0;
	__u64 addr, n;

	if (!c || !op)
		return -1;
	addr = cap_arg(c, op->arg);
	n = at_exit ? (__u64)c->rec.ret : (__u32)cap_arg(c, op->len);
	if (addr < CAP_LOWEST || !n)
		return 0;
	n = n < CAP_MSG_MAX ? n : CAP_MSG_MAX;
	cap_bytes(c, addr, n * 64, CAP_META(op->arg, TR_PART_SELF, flags, 0));
	for (__u32 i = 0; i < CAP_MSG_PARTS; i++) {
		if (i >= n || (at_exit && (op->flags & TR_OP_ENTRY)))
			break;
		if (at_exit && cap_read(c, &size, sizeof(size), addr + i * 64 + 56))
			break;
		cap_message(c, addr + i * 64, at_exit ? size : ~0ULL,
			    CAP_META(op->arg, TR_PART_SELF, flags, i << 5));
	}
	return 0;
}

CAP_FUNC int cap_ops(struct tr_capture *c, const struct tr_plan *plan, __u32 at_exit)
{
	__u32 due;

	if (!c || !plan)
		return 0;
	due = cap_due(c, plan, at_exit);
	for (__u32 i = 0; i < TR_PLAN_OPS; i++) {
		const struct tr_op *op = &plan->ops[i];
		int as_exit;

		if (!(due >> i & 1))
			continue;
		c->fault = 0;
		/* What could not be read at entry is read as if it were entry. */
		as_exit = at_exit && !(c->retry >> i & 1);
		if (op->kind == TR_OP_BUF)
			cap_buffer(c, op, as_exit);
		else if (op->kind == TR_OP_MMSGHDR)
			cap_messages(c, op, as_exit);
		else
			cap_op(c, op, as_exit);
		if (c->fault && !at_exit)
			c->retry |= 1u << i;
	}
	return 0;
}

/* The length field of a deref, 0 where it can't be read. */
static inline __attribute__((always_inline)) __u64 cap_deref_length(struct tr_capture *c,
								    const struct tr_deref *d, __u64 addr)
{
	__u64 wide = 0;
	__u32 word = 0;
	__u16 half = 0;

	switch (d->len_size) {
	case 1:
		return 1;
	case 2:
		return cap_read(c, &half, sizeof(half), addr) ? 0 : half;
	case 4:
		return cap_read(c, &word, sizeof(word), addr) ? 0 : word;
	default:
		return cap_read(c, &wide, sizeof(wide), addr) ? 0 : wide;
	}
}

/* The struct that has the pointer, 0 where this call's is another one. */
static inline __attribute__((always_inline)) __u64 cap_deref_base(const struct tr_capture *c,
								  const struct tr_deref *d)
{
	if (d->when_arg != TR_DEREF_ALWAYS && (__u32)cap_arg(c, d->when_arg) != d->when)
		return 0;
	return cap_arg(c, d->arg);
}

/* What a pointer in the struct of an argument points to. */
CAP_FUNC int cap_deref(struct tr_capture *c, const struct tr_deref *d, __u32 at_exit)
{
	__u32 max, meta;
	__u64 base, p = 0, n;

	if (!c || !d)
		return -1;
	base = cap_deref_base(c, d);
	if (base < CAP_LOWEST)
		return 0;
	if (cap_read(c, &p, sizeof(p), base + d->ptr)) {
		c->fault = 1;
		return 0;
	}
	if (p < CAP_LOWEST)
		return 0;
	max = d->max ? d->max : c->string_limit;
	meta = CAP_META(d->arg, TR_PART_POINTEE, at_exit ? TR_ITEM_EXIT : 0, (d->ptr >> 2) & 0xff);
	if (!d->len_size)
		return cap_string(c, p, max, meta);
	n = cap_deref_length(c, d, base + d->len);
	n = (n < CAP_ITEM_MAX ? n : CAP_ITEM_MAX) * d->size;
	if (!n)
		return 0;
	if (n > max) {
		c->cut |= CAP_CUT_LIMIT;
		return cap_bytes(c, p, max, meta | TR_ITEM_TRUNC << 16);
	}
	return cap_bytes(c, p, n, meta);
}

CAP_FUNC int cap_derefs(struct tr_capture *c, const struct tr_plan *plan, __u32 at_exit)
{
	__u32 due, again;

	if (!c || !plan)
		return 0;
	due = cap_due(c, plan, at_exit) >> TR_PLAN_OPS;
	again = c->retry >> TR_PLAN_OPS;
	for (__u32 i = 0; i < TR_PLAN_DEREFS; i++) {
		if (!(due >> i & 1))
			continue;
		c->fault = 0;
		cap_deref(c, &plan->derefs[i], at_exit && !(again >> i & 1));
		if (c->fault && !at_exit)
			c->retry |= 1u << (TR_PLAN_OPS + i);
	}
	return 0;
}

/*
 * A few bytes of data in the first item of a record, which is what a storm of system calls reads and writes:
 * done in place, for a function call costs as much as the copy. False: not this, or a fault.
 */
static inline __attribute__((always_inline)) int cap_short(struct tr_capture *c,
							   const struct tr_op *op, int at_exit)
{
	__u64 addr, want;
	__u8 *data = c->payload + sizeof(struct tr_item);

	if (op->kind != TR_OP_BUF || c->off || c->retry)
		return 0;
	addr = cap_arg(c, op->arg);
	want = at_exit ? (__u64)c->rec.ret : cap_arg(c, op->len);
	if (addr < CAP_LOWEST || !want || want > c->string_limit || want > CAP_SHORT)
		return 0;
	want = cap_clamp(want, CAP_SHORT);
	*(__u64 *)(data + (want & ~7u)) = 0;
	if (cap_read(c, data, want, addr))
		return 0;
	cap_put(c, 0, want, CAP_META(op->arg, TR_PART_SELF, at_exit ? TR_ITEM_EXIT : 0, 0));
	return 1;
}

/* Runs the plan; at_exit: what can be read only when the call returns. */
static inline __attribute__((always_inline)) void cap_run(struct tr_capture *c,
							  const struct tr_plan *plan, int at_exit)
{
	__u32 due = cap_due(c, plan, at_exit);

	if (!due || (due == 1 && cap_short(c, &plan->ops[0], at_exit)))
		return;
	cap_ops(c, plan, at_exit);
	if (due >> TR_PLAN_OPS)
		cap_derefs(c, plan, at_exit);
}

#endif

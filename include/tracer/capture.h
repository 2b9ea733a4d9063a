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

#include "event.h"

#define CAP_ITEM_MAX 4096 /* bytes of one item */
#define CAP_SHORT 32	  /* bytes that cap_short handles */
#define CAP_IOV_MAX 32	  /* elements of a vector of buffers whose data is read */
#define CAP_STRV_MAX 64	  /* strings of an argv that are read; they are counted up to 255 */
#define CAP_NETLINK_MAX 2048
#define CAP_MSG_MAX 16
#define CAP_MSG_PARTS 8
#define CAP_ENTRIES_MAX 1024 /* what the verifier goes along with */
#define CAP_CONTROL_MAX 1024
#define CAP_PAGE 4096ULL /* the smallest page: reads are cut at it when they fail */
#define CAP_LOWEST 4096ULL /* no pointer is smaller (vm.mmap_min_addr); saves a fault for NULL and -1 */

struct tr_capture {
	__u32 off;	    /* bytes of payload in use, a multiple of 8 */
	__u32 string_limit; /* bytes of strings and data, at most CAP_ITEM_MAX */
	__u32 retry;	    /* bit per op that met a fault at entry */
	__u32 fault;	    /* set by a piece that met one */
	__u32 args;	    /* bit i: what args[i] points to is wanted */
	__u32 env;	    /* the variables of a new program are wanted, not only how many they are */
	__u64 reader;	    /* whose memory it is, for a cap_read that has to know */
	struct tr_syscall rec;
	__u8 payload[TR_PAYLOAD_MAX + CAP_ITEM_MAX + 16]; /* one item more, so that no sum of bounds is checked */
};

/* What is common to the pieces of one operation: enum tr_part, argument, TR_ITEM_EXIT, index. */
#define CAP_META(arg, part, flags, index)                                                          \
	((__u32)(arg) | (__u32)(part) << 8 | (__u32)(flags) << 16 | (__u32)(index) << 24)

static inline __attribute__((always_inline)) void cap_put(struct tr_capture *c, __u32 off, __u32 n,
							  __u32 meta)
{
	struct tr_item *item = (struct tr_item *)&c->payload[off];

	item->arg = meta;
	item->part = meta >> 8;
	item->flags = meta >> 16;
	item->index = meta >> 24;
	item->len = n;
	item->pad = 0;
	c->off = off + sizeof(*item) + ((n + 7) & ~7u);
	c->rec.nitems++;
}

/* Where the program goes on: the first item of a record that has none yet. */
static inline __attribute__((always_inline)) void cap_pointer(struct tr_capture *c, __u64 pointer)
{
	*(__u64 *)&c->payload[sizeof(struct tr_item)] = pointer;
	cap_put(c, 0, sizeof(pointer), CAP_META(0, TR_PART_POINTER, 0, 0));
}

/* The bytes that are still free after an item's header, 0: none. */
static inline __attribute__((always_inline)) __u32 cap_room(__u32 off)
{
	return off < TR_PAYLOAD_MAX - sizeof(struct tr_item) ?
			     TR_PAYLOAD_MAX - sizeof(struct tr_item) - off :
			     0;
}

/* Appends want bytes at addr. Reads as far as the page goes where the rest is missing. */
CAP_FUNC int cap_bytes(struct tr_capture *c, __u64 addr, __u64 want, __u32 meta)
{
	__u32 off, n, room;
	__u8 *data;

	if (!c)
		return -1;
	off = cap_clamp(c->off, TR_PAYLOAD_MAX);
	room = cap_room(off);
	if (!room || c->rec.nitems == 255)
		return -1;
	n = want;
	if (want > room || want > CAP_ITEM_MAX) {
		n = room < CAP_ITEM_MAX ? room : CAP_ITEM_MAX;
		meta |= TR_ITEM_TRUNC << 16;
	}
	n = cap_clamp(n, CAP_ITEM_MAX);
	data = &c->payload[off + sizeof(struct tr_item)];
	*(__u64 *)(data + (n & ~7u)) = 0; /* the padding */
	if (n && cap_read(c, data, n, addr)) {
		__u32 page = CAP_PAGE - (addr & (CAP_PAGE - 1));

		c->fault = 1;
		if (page >= n)
			return -1;
		n = cap_clamp(page, CAP_ITEM_MAX);
		*(__u64 *)(data + (n & ~7u)) = 0;
		if (cap_read(c, data, n, addr))
			return -1;
		meta |= (TR_ITEM_FAULT | TR_ITEM_TRUNC) << 16;
	}
	cap_put(c, off, n, meta);
	return 0;
}

/* Appends the string at addr, without its NUL, at most max bytes of it. */
CAP_FUNC int cap_string(struct tr_capture *c, __u64 addr, __u32 max, __u32 meta)
{
	__u32 off, n, room;
	__u8 *data;
	long r;

	if (!c || addr < CAP_LOWEST)
		return -1;
	off = cap_clamp(c->off, TR_PAYLOAD_MAX);
	room = cap_room(off);
	if (!room || c->rec.nitems == 255)
		return -1;
	n = max < room ? max : room;
	n = cap_clamp(n, CAP_ITEM_MAX - 1) + 1;
	data = &c->payload[off + sizeof(struct tr_item)];
	r = cap_read_str(c, data, n, addr);
	if (r <= 0) {
		/* No NUL before the page that is missing: what is there is still worth showing. */
		c->fault = 1;
		return cap_bytes(c, addr, CAP_PAGE - (addr & (CAP_PAGE - 1)),
				 meta | (TR_ITEM_FAULT | TR_ITEM_TRUNC) << 16);
	}
	/* A full buffer holds one byte less and a NUL: there was more, unless the string just fits. */
	if (r == n) {
		__u8 last = 0;

		r = cap_clamp(r - 1, CAP_ITEM_MAX);
		if (cap_read(c, &last, 1, addr + r) || last)
			meta |= TR_ITEM_TRUNC << 16;
	} else {
		r = cap_clamp(r - 1, CAP_ITEM_MAX);
	}
	for (int i = 0; i < 8; i++)
		data[r + i] = 0;
	cap_put(c, off, r, meta);
	return 0;
}

/*
 * How many bytes of data are worth reading: a netlink message begins with its length, and is read further than
 * other data, so that it can be taken apart.
 */
CAP_FUNC int cap_data_limit(struct tr_capture *c, __u64 addr, __u64 len)
{
	__u32 head[2]; /* nlmsg_len; nlmsg_type and nlmsg_flags */

	if (!c)
		return 0;
	if (len <= c->string_limit || len < 16 || cap_read(c, head, sizeof(head), addr))
		return c->string_limit;
	if (head[0] < 16 || head[0] > len || head[1] >> 28 || !head[1])
		return c->string_limit;
	return c->string_limit < CAP_NETLINK_MAX ? CAP_NETLINK_MAX : c->string_limit;
}

/* A 32-bit caller's pointers and lengths are half as wide. */
static inline __attribute__((always_inline)) __u32 cap_word(const struct tr_capture *c)
{
	return c->rec.abi == TR_ABI_I386 ? 4 : 8;
}

static inline __attribute__((always_inline)) int cap_pointer_at(struct tr_capture *c, __u64 *p,
								__u64 vec, __u32 i)
{
	__u32 narrow = 0;
	int r;

	if (c->rec.abi != TR_ABI_I386)
		return cap_read(c, p, sizeof(*p), vec + i * sizeof(*p));
	r = cap_read(c, &narrow, sizeof(narrow), vec + i * sizeof(narrow));
	*p = narrow;
	return r;
}

static inline __attribute__((always_inline)) int cap_iovec_at(struct tr_capture *c, __u64 *iov,
							      __u64 vec, __u32 i)
{
	__u32 narrow[2] = {0, 0};
	int r;

	if (c->rec.abi != TR_ABI_I386)
		return cap_read(c, iov, 2 * sizeof(*iov), vec + i * 2 * sizeof(*iov));
	r = cap_read(c, narrow, sizeof(narrow), vec + i * sizeof(narrow));
	iov[0] = narrow[0];
	iov[1] = narrow[1];
	return r;
}

/* The data of n iovecs at vec, at most total bytes in all. */
CAP_FUNC int cap_iovecs(struct tr_capture *c, __u64 vec, __u32 n, __u64 total, __u32 meta)
{
	__u64 iov[2];

	if (!c)
		return -1;
	for (__u32 i = 0; i < CAP_IOV_MAX; i++) {
		__u64 len;

		if (i >= n || !total)
			break;
		if (cap_iovec_at(c, iov, vec, i)) {
			c->fault = 1;
			break;
		}
		len = iov[1] < total ? iov[1] : total;
		total -= len;
		if (len > c->string_limit) {
			__u32 most = c->string_limit;

			if ((meta >> 8 & 0xff) == TR_PART_MSG_DATA)
				most = cap_data_limit(c, iov[0], len);
			if (len > most) {
				cap_bytes(c, iov[0], most, meta | TR_ITEM_TRUNC << 16 | i << 24);
				continue;
			}
		}
		if (len)
			cap_bytes(c, iov[0], len, meta | i << 24);
	}
	return 0;
}

/* n pointers at vec, and as many bytes at each as the upper half of size_meta; its lower half is that of meta. */
CAP_FUNC int cap_pointers(struct tr_capture *c, __u64 vec, __u32 n, __u32 size_meta)
{
	__u32 meta = size_meta & 0xffff;
	__u64 p = 0;

	if (!c || vec < CAP_LOWEST)
		return -1;
	cap_bytes(c, vec, n * sizeof(p), meta);
	for (__u32 i = 0; i < CAP_MSG_MAX; i++) {
		if (i >= n)
			break;
		if (cap_read(c, &p, sizeof(p), vec + i * sizeof(p))) {
			c->fault = 1;
			break;
		}
		if (p >= CAP_LOWEST)
			cap_bytes(c, p, size_meta >> 16, meta | TR_PART_POINTEE << 8 | i << 24);
	}
	return 0;
}

/* A vector of strings: the first CAP_STRV_MAX ones, unless they are only counted. */
CAP_FUNC int cap_strv(struct tr_capture *c, __u64 vec, __u32 count_only, __u32 meta)
{
	__u64 p = 0;

	if (!c || vec < CAP_LOWEST)
		return -1;
	for (__u32 i = 0; i < 255; i++) {
		if (cap_pointer_at(c, &p, vec, i)) {
			c->fault = 1;
			return -1;
		}
		if (!p)
			return cap_bytes(c, vec, 0, meta | TR_PART_STRV_END << 8 | i << 24);
		if (i < CAP_STRV_MAX && !count_only)
			cap_string(c, p, c->string_limit, meta | TR_PART_STRV << 8 | i << 24);
	}
	return 0;
}

/* struct msghdr as seven words; what is narrower in it is in the lower half of its word. */
static inline __attribute__((always_inline)) int cap_read_msghdr(struct tr_capture *c, __u64 *m,
								 __u64 addr)
{
	__u32 narrow[7] = {0};

	if (c->rec.abi != TR_ABI_I386)
		return cap_read(c, m, 7 * sizeof(*m), addr);
	if (cap_read(c, narrow, sizeof(narrow), addr))
		return -1;
	for (int i = 0; i < 7; i++)
		m[i] = narrow[i];
	return 0;
}

/* The parts of the struct msghdr at addr; total is what was sent or received in all. */
CAP_FUNC int cap_message(struct tr_capture *c, __u64 addr, __u64 total, __u32 meta)
{
	__u64 m[7]; /* name, namelen, iov, iovlen, control, controllen, flags: 8 bytes each with padding */
	__u32 namelen, n;

	if (!c || addr < CAP_LOWEST)
		return -1;
	if (cap_read_msghdr(c, m, addr)) {
		c->fault = 1;
		return -1;
	}
	namelen = (__u32)m[1];
	if (m[0] && namelen)
		cap_bytes(c, m[0], namelen < 128 ? namelen : 128, meta | TR_PART_MSG_NAME << 8);
	n = m[3] < CAP_IOV_MAX ? (__u32)m[3] : CAP_IOV_MAX;
	if (n) {
		cap_bytes(c, m[2], n * 2 * cap_word(c), meta | TR_PART_MSG_IOV << 8);
		cap_iovecs(c, m[2], n, total, meta | TR_PART_MSG_DATA << 8);
	}
	if (m[4] >= CAP_LOWEST && m[5])
		cap_bytes(c, m[4], m[5] < CAP_CONTROL_MAX ? m[5] : CAP_CONTROL_MAX,
			  meta | TR_PART_MSG_CONTROL << 8);
	return 0;
}

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
	__u32 arg, meta;
	__s64 n, ret;

	if (!c || !op)
		return -1;
	arg = op->arg & 7;
	if (arg >= TR_MAX_ARGS)
		return -1;
	addr = c->rec.args[arg];
	if (addr < CAP_LOWEST)
		return 0;
	arg = op->len & 7;
	len = arg < TR_MAX_ARGS ? c->rec.args[arg] : 0;
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
		break;
	}
	n = cap_length(c, op, len, ret, at_exit);
	if (n <= 0)
		return 0;
	return cap_bytes(c, addr, n, meta);
}

static inline __attribute__((always_inline)) int cap_buffer(struct tr_capture *c,
							    const struct tr_op *op, int at_exit)
{
	__u32 arg = op->arg & 7, len = op->len & 7, max = c->string_limit;
	__u32 meta = CAP_META(arg, TR_PART_SELF, at_exit ? TR_ITEM_EXIT : 0, 0);
	__u64 addr, want;

	if (arg >= TR_MAX_ARGS || len >= TR_MAX_ARGS)
		return 0;
	addr = c->rec.args[arg];
	want = at_exit ? (__u64)c->rec.ret : c->rec.args[len];
	if (addr < CAP_LOWEST || !want)
		return 0;
	if (want > max && op->flags & TR_OP_MESSAGE)
		max = cap_data_limit(c, addr, want);
	if (want > max)
		return cap_bytes(c, addr, max, meta | TR_ITEM_TRUNC << 16);
	return cap_bytes(c, addr, want, meta);
}

/* Whether op is to be run now. At exit: what exit gives, and what entry could not read. */
static inline __attribute__((always_inline)) int cap_due(const struct tr_capture *c,
							 const struct tr_op *op, __u32 i,
							 int at_exit)
{
	if (!(c->args >> (op->arg & 7) & 1))
		return 0;
	if (!at_exit)
		return op->flags & TR_OP_ENTRY;
	if (c->retry >> i & 1)
		return 1;
	if (!(op->flags & TR_OP_EXIT))
		return 0;
	return c->rec.ret >= 0 || c->rec.ret < -4095 || (op->flags & TR_OP_EXIT_ON_ERROR);
}

/*
 * Messages, and the parts of the first CAP_MSG_PARTS; at exit not of those that were known at entry. Called beside
 * cap_op, for the verifier takes no more than 8 functions in each other.
 */
CAP_FUNC int cap_messages(struct tr_capture *c, const struct tr_op *op, __u32 at_exit)
{
	__u32 arg, size = 0, flags = at_exit ? TR_ITEM_EXIT : 0;
	__u64 addr, n;

	if (!c || !op)
		return -1;
	arg = op->arg & 7;
	if (arg >= TR_MAX_ARGS)
		return -1;
	addr = c->rec.args[arg];
	arg = op->len & 7;
	n = at_exit ? (__u64)c->rec.ret : arg < TR_MAX_ARGS ? (__u32)c->rec.args[arg] : 0;
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
	if (!c || !plan)
		return 0;
	for (__u32 i = 0; i < TR_PLAN_OPS; i++) {
		const struct tr_op *op = &plan->ops[i];
		int as_exit;

		if (i >= plan->nops)
			break;
		if (!cap_due(c, op, i, at_exit))
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
	case 2:
		return cap_read(c, &half, sizeof(half), addr) ? 0 : half;
	case 4:
		return cap_read(c, &word, sizeof(word), addr) ? 0 : word;
	default:
		return cap_read(c, &wide, sizeof(wide), addr) ? 0 : wide;
	}
}

/* What a pointer in the struct of an argument points to. */
CAP_FUNC int cap_deref(struct tr_capture *c, const struct tr_deref *d, __u32 at_exit)
{
	__u32 arg, when, max, meta;
	__u64 base, p = 0, n;

	if (!c || !d)
		return -1;
	arg = d->arg & 7;
	when = d->when_arg & 7;
	if (arg >= TR_MAX_ARGS || when >= TR_MAX_ARGS)
		if (arg >= TR_MAX_ARGS || d->when_arg != TR_DEREF_ALWAYS)
			return -1;
	if (d->when_arg != TR_DEREF_ALWAYS && when < TR_MAX_ARGS && (__u32)c->rec.args[when] != d->when)
		return 0;
	base = c->rec.args[arg];
	if (base < CAP_LOWEST)
		return 0;
	if (cap_read(c, &p, sizeof(p), base + d->ptr)) {
		c->fault = 1;
		return 0;
	}
	if (p < CAP_LOWEST)
		return 0;
	max = d->max ? d->max : c->string_limit;
	meta = CAP_META(arg, TR_PART_POINTEE, at_exit ? TR_ITEM_EXIT : 0, (d->ptr >> 2) & 0xff);
	if (!d->len_size)
		return cap_string(c, p, max, meta);
	n = cap_deref_length(c, d, base + d->len);
	n = (n < CAP_ITEM_MAX ? n : CAP_ITEM_MAX) * d->size;
	if (!n)
		return 0;
	if (n > max)
		return cap_bytes(c, p, max, meta | TR_ITEM_TRUNC << 16);
	return cap_bytes(c, p, n, meta);
}

CAP_FUNC int cap_derefs(struct tr_capture *c, const struct tr_plan *plan, __u32 at_exit)
{
	if (!c || !plan)
		return 0;
	for (__u32 i = 0; i < TR_PLAN_DEREFS; i++) {
		__u32 flags, again;

		if (i >= plan->nderefs)
			break;
		if (!(c->args >> (plan->derefs[i].arg & 7) & 1))
			continue;
		flags = plan->derefs[i].flags;
		again = at_exit && c->retry >> (TR_PLAN_OPS + i) & 1;
		if (!again && !(flags & (at_exit ? TR_OP_EXIT : TR_OP_ENTRY)))
			continue;
		if (at_exit && !again && c->rec.ret < 0 && c->rec.ret >= -4095)
			continue;
		c->fault = 0;
		cap_deref(c, &plan->derefs[i], at_exit && !again);
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
	__u32 arg = op->arg & 7, len = op->len & 7;
	__u64 addr, want;
	__u8 *data = c->payload + sizeof(struct tr_item);

	if (op->kind != TR_OP_BUF || arg >= TR_MAX_ARGS || len >= TR_MAX_ARGS || c->off || c->retry)
		return 0;
	addr = c->rec.args[arg];
	want = at_exit ? (__u64)c->rec.ret : c->rec.args[len];
	if (addr < CAP_LOWEST || !want || want > c->string_limit || want > CAP_SHORT)
		return 0;
	want = cap_clamp(want, CAP_SHORT);
	*(__u64 *)(data + (want & ~7u)) = 0;
	if (cap_read(c, data, want, addr))
		return 0;
	cap_put(c, 0, want, CAP_META(arg, TR_PART_SELF, at_exit ? TR_ITEM_EXIT : 0, 0));
	return 1;
}

/* Runs the plan; at_exit: what can be read only when the call returns. */
static inline __attribute__((always_inline)) void cap_run(struct tr_capture *c,
							  const struct tr_plan *plan, int at_exit)
{
	if (plan->nops == 1 && !plan->nderefs) {
		if (!cap_due(c, &plan->ops[0], 0, at_exit) ||
		    cap_short(c, &plan->ops[0], at_exit))
			return;
	}
	cap_ops(c, plan, at_exit);
	if (plan->nderefs)
		cap_derefs(c, plan, at_exit);
}

#endif

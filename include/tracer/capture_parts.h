/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * capture_parts.h - what capture.h makes records of: bytes, strings, vectors of them, messages. Needs what
 * capture.h needs.
 */
#ifndef TRACER_CAPTURE_PARTS_H
#define TRACER_CAPTURE_PARTS_H

#include "event.h"

#define CAP_ITEM_MAX TR_ITEM_MAX
#define CAP_SHORT 32	  /* bytes that cap_short handles */
#define CAP_IOV_MAX 32	  /* elements of a vector of buffers whose data is read */
#define CAP_STRV_MAX 64	  /* strings of an argv that are read; they are counted up to 255 */
#define CAP_NETLINK_MAX 2048
#define CAP_MSG_MAX 16
#define CAP_MSG_PARTS 8
#define CAP_ENTRIES_MAX 1024 /* what the verifier goes along with */
#define CAP_CONTROL_MAX 1024
#define CAP_ENDS 32 /* bytes of the payload that only the ends of vectors of strings use */
#define CAP_PAGE 4096ULL /* the smallest page: reads are cut at it when they fail */
#define CAP_LOWEST 4096ULL /* no pointer is smaller (vm.mmap_min_addr); saves a fault for NULL and -1 */

#define CAP_CUT_LIMIT 1 /* something was longer than string_limit */
#define CAP_CUT_ROOM 2	/* something had no room */

/* For more.h, which sends the rest. */
struct cap_more {
	__u64 sessions; /* whom it is for */
	__u64 time_ns; /* of the next piece */
	__u64 taker; /* for a more_send that has to know */
	__u32 limit; /* bytes of strings and data */
	__u32 left;  /* bytes that the call may still have */
};

struct tr_capture {
	__u32 off;	    /* bytes of payload in use, a multiple of 8 */
	__u32 string_limit; /* bytes of strings and data, at most CAP_ITEM_MAX */
	__u32 retry;	    /* what met a fault at entry: bits as in struct tr_plan */
	__u32 fault;	    /* set by a piece that met one */
	__u32 wanted;	    /* bits as in struct tr_plan */
	__u32 env;	    /* the variables of a new program are wanted, not only how many they are */
	__u32 cut;	    /* CAP_CUT_*: not all that is wanted fits into the record */
	__u32 copy;	    /* where in the payload cap_bytes put what it read last, */
	__u64 copy_addr;    /* where it is in the task's memory, */
	__u32 copy_len;	    /* and how long; 0: nowhere */
	__u32 pad;
	__u64 iov[2];	    /* of cap_iovec_at; like msg not on the stack, of which BPF has too little */
	__u64 msg[7];	    /* of cap_msghdr_at */
	__u64 reader;	    /* whose memory it is, for a cap_read that has to know */
	struct tr_syscall rec;
	__u8 payload[TR_PAYLOAD_MAX + CAP_ITEM_MAX + 16]; /* one item more, so that no sum of bounds is checked */
	struct cap_more more;
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
	c->off = off + sizeof(*item) + ((n + 7) & ~7u);
	c->rec.nitems++;
}

/* The value of an argument, 0 where there is no such. */
static inline __attribute__((always_inline)) __u64 cap_arg(const struct tr_capture *c, __u32 i)
{
	i &= 7;
	return i < TR_MAX_ARGS ? c->rec.args[i] : 0;
}

/* Where the program goes on: the first item of a record that has none yet. */
static inline __attribute__((always_inline)) void cap_pointer(struct tr_capture *c, __u64 pointer)
{
	*(__u64 *)&c->payload[sizeof(struct tr_item)] = pointer;
	cap_put(c, 0, sizeof(pointer), CAP_META(0, TR_PART_POINTER, 0, 0));
}

/* The bytes that are still free after an item's header, 0: none. What tells how long a vector is always finds room. */
static inline __attribute__((always_inline)) __u32 cap_room(__u32 off)
{
	__u32 max = TR_PAYLOAD_MAX - sizeof(struct tr_item) - CAP_ENDS;

	return off < max ? max - off : 0;
}

/* The same where there is room for one more item; what finds none is marked as cut. */
static inline __attribute__((always_inline)) __u32 cap_item_room(struct tr_capture *c, __u32 off)
{
	__u32 room = cap_room(off);

	if (room && c->rec.nitems != 255)
		return room;
	c->cut |= CAP_CUT_ROOM;
	return 0;
}

/* Appends want bytes at addr. Reads as far as the page goes where the rest is missing. */
CAP_FUNC int cap_bytes(struct tr_capture *c, __u64 addr, __u64 want, __u32 meta)
{
	__u32 off, n, room;
	__u8 *data;

	if (!c)
		return -1;
	c->copy_len = 0;
	off = cap_clamp(c->off, TR_PAYLOAD_MAX);
	room = cap_item_room(c, off);
	if (!room)
		return -1;
	n = want;
	if (want > room || want > CAP_ITEM_MAX) {
		n = room < CAP_ITEM_MAX ? room : CAP_ITEM_MAX;
		meta |= TR_ITEM_TRUNC << 16;
		c->cut |= CAP_CUT_ROOM;
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
	c->copy = off + sizeof(struct tr_item);
	c->copy_addr = addr;
	c->copy_len = n;
	return 0;
}

/*
 * Where in the payload the n bytes at addr are, if they were the last that cap_bytes read: a read of the task's memory
 * costs as much as two looks at a clock. 0: they are not there.
 */
static inline __attribute__((always_inline)) __u32 cap_copied(const struct tr_capture *c, __u64 addr,
							      __u32 n)
{
	return n && c->copy_addr == addr && n <= c->copy_len ? c->copy : 0;
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
	room = cap_item_room(c, off);
	if (!room)
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
		if (cap_read(c, &last, 1, addr + r) || last) {
			meta |= TR_ITEM_TRUNC << 16;
			c->cut |= CAP_CUT_LIMIT;
		}
	} else {
		r = cap_clamp(r - 1, CAP_ITEM_MAX);
	}
	for (int i = 0; i < 8; i++)
		data[r + i] = 0;
	cap_put(c, off, r, meta);
	return 0;
}

/* Whether data of this length that begins so is a netlink message: nlmsg_len; nlmsg_type and nlmsg_flags. */
static inline __attribute__((always_inline)) int cap_is_netlink(const __u32 *head, __u64 len)
{
	return len >= 16 && head[0] >= 16 && head[0] <= len && !(head[1] >> 28) && head[1];
}

/*
 * The netlink message of which the record has the beginning, as its last item, further, so that it can be taken apart.
 * Not 0: all of it.
 */
static inline __attribute__((always_inline)) int cap_netlink(struct tr_capture *c, __u64 addr, __u64 len,
							     __u32 meta, __u32 at)
{
	__u32 head[2], n = len < CAP_NETLINK_MAX ? len : CAP_NETLINK_MAX;

	at = cap_clamp(at, TR_PAYLOAD_MAX);
	__builtin_memcpy(head, &c->payload[at + sizeof(struct tr_item)], sizeof(head));
	if (c->copy_len < sizeof(head) && cap_read(c, head, sizeof(head), addr))
		return 0;
	if (!cap_is_netlink(head, len) || c->string_limit >= n)
		return 0;
	c->off = at;
	c->rec.nitems--;
	cap_bytes(c, addr, n, meta | (n < len ? TR_ITEM_TRUNC << 16 : 0));
	return n == len;
}

/* len bytes of data at addr, of which a record takes no more than string_limit, but for a message that is netlink's. */
CAP_FUNC int cap_data(struct tr_capture *c, __u64 addr, __u64 len, __u32 meta, __u32 message)
{
	__u32 at;

	if (!c)
		return -1;
	if (len <= c->string_limit)
		return cap_bytes(c, addr, len, meta);
	at = c->off;
	if (cap_bytes(c, addr, c->string_limit, meta | TR_ITEM_TRUNC << 16) || !message ||
	    !cap_netlink(c, addr, len, meta, at))
		c->cut |= CAP_CUT_LIMIT;
	return 0;
}

/* A 32-bit caller's pointers and lengths are half as wide. */
static inline __attribute__((always_inline)) __u32 cap_word(const struct tr_capture *c)
{
	return c->rec.abi == TR_ABI_I386 ? 4 : 8;
}

static inline __attribute__((always_inline)) int cap_pointer_at(struct tr_capture *c, __u64 *p,
								__u64 addr)
{
	__u32 narrow = 0;
	int r;

	if (c->rec.abi != TR_ABI_I386)
		return cap_read(c, p, sizeof(*p), addr);
	r = cap_read(c, &narrow, sizeof(narrow), addr);
	*p = narrow;
	return r;
}

/* Into c->iov the iovec that the record has at copy in its payload or, where that is 0, the task at addr. */
CAP_FUNC int cap_iovec_at(struct tr_capture *c, __u64 addr, __u32 copy)
{
	__u32 narrow[2];
	__u8 *known;

	if (!c)
		return -1;
	known = &c->payload[cap_clamp(copy, TR_PAYLOAD_MAX)];
	if (c->rec.abi != TR_ABI_I386) {
		if (!copy)
			return cap_read(c, c->iov, sizeof(c->iov), addr);
		__builtin_memcpy(c->iov, known, sizeof(c->iov));
		return 0;
	}
	if (copy)
		__builtin_memcpy(narrow, known, sizeof(narrow));
	else if (cap_read(c, narrow, sizeof(narrow), addr))
		return -1;
	c->iov[0] = narrow[0];
	c->iov[1] = narrow[1];
	return 0;
}

/* The data of n iovecs at vec, at most total bytes in all. */
CAP_FUNC int cap_iovecs(struct tr_capture *c, __u64 vec, __u32 n, __u64 total, __u32 meta)
{
	__u32 message = (meta >> 8 & 0xff) == TR_PART_MSG_DATA;
	__u32 size, copy;

	if (!c)
		return -1;
	size = 2 * cap_word(c);
	n = n < CAP_IOV_MAX ? n : CAP_IOV_MAX;
	copy = cap_copied(c, vec, n * size);
	for (__u32 i = 0; i < CAP_IOV_MAX; i++) {
		__u64 len;

		if (i >= n || !total)
			break;
		if (cap_iovec_at(c, vec + i * size, copy ? copy + i * size : 0)) {
			c->fault = 1;
			break;
		}
		len = c->iov[1] < total ? c->iov[1] : total;
		total -= len;
		if (len)
			cap_data(c, c->iov[0], len, meta | i << 24, message);
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

static inline __attribute__((always_inline)) int cap_strv_end(struct tr_capture *c, __u32 meta)
{
	__u32 off = cap_clamp(c->off, TR_PAYLOAD_MAX);

	if (off > TR_PAYLOAD_MAX - sizeof(struct tr_item) || c->rec.nitems == 255)
		return -1;
	cap_put(c, off, 0, meta);
	return 0;
}

/*
 * The string that the pointer at addr points to; not 0: it is the last one. A function of its own, which the
 * verifier of BPF goes through once, and not as often as the loop below runs.
 */
CAP_FUNC int cap_strv_next(struct tr_capture *c, __u64 addr, __u32 count_only, __u32 meta)
{
	__u32 i = meta >> 24;
	__u64 p = 0;

	if (!c)
		return -1;
	if (cap_pointer_at(c, &p, addr)) {
		c->fault = 1;
		return -1;
	}
	if (!p) {
		cap_strv_end(c, meta | TR_PART_STRV_END << 8);
		return -1;
	}
	if (i >= CAP_STRV_MAX)
		c->cut |= CAP_CUT_ROOM;
	else if (!count_only)
		cap_string(c, p, c->string_limit, meta | TR_PART_STRV << 8);
	return 0;
}

/* A vector of strings: the first CAP_STRV_MAX ones, unless they are only counted. */
CAP_FUNC int cap_strv(struct tr_capture *c, __u64 vec, __u32 count_only, __u32 meta)
{
	__u32 size;

	if (!c || vec < CAP_LOWEST)
		return -1;
	size = cap_word(c);
	for (__u32 i = 0; i < 255; i++)
		if (cap_strv_next(c, vec + i * size, count_only, meta | i << 24))
			break;
	return 0;
}

/* Into c->msg the struct msghdr at addr, as words; what is narrower in it is in the lower half of its word. */
static inline __attribute__((always_inline)) int cap_msghdr_at(struct tr_capture *c, __u64 addr)
{
	__u32 size = 7 * cap_word(c), copy = cap_copied(c, addr, size), narrow;
	const __u8 *known = &c->payload[cap_clamp(copy, TR_PAYLOAD_MAX)];

	if (copy)
		__builtin_memcpy(c->msg, known, sizeof(c->msg));
	else if (cap_read(c, c->msg, size, addr))
		return -1;
	for (int i = 6; i >= 0 && size < sizeof(c->msg); i--) {
		__builtin_memcpy(&narrow, (__u8 *)c->msg + i * sizeof(narrow), sizeof(narrow));
		c->msg[i] = narrow;
	}
	return 0;
}

/* The parts of the struct msghdr at addr; total is what was sent or received in all. */
CAP_FUNC int cap_message(struct tr_capture *c, __u64 addr, __u64 total, __u32 meta)
{
	__u32 namelen, n;
	__u64 *m; /* name, namelen, iov, iovlen, control, controllen, flags: 8 bytes each with padding */

	if (!c || addr < CAP_LOWEST)
		return -1;
	if (cap_msghdr_at(c, addr)) {
		c->fault = 1;
		return -1;
	}
	m = c->msg;
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

#endif

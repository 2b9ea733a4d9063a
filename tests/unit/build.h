/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * build.h - records made by hand, for tests: a record grows in a fixed buffer, item by item. Times are
 * such that every call took 123 us and began at 1 s past the epoch of the monotonic clock.
 */
#ifndef TESTS_BUILD_H
#define TESTS_BUILD_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <core/table.h>
#include <tracer/event.h>

#define BUILD_PID 1234
#define BUILD_START_NS 1000000000ULL
#define BUILD_DURATION_NS 123000ULL

struct build {
	union {
		struct tr_hdr h;
		struct tr_syscall call;
		struct tr_signal signal;
		struct tr_exec exec;
		struct tr_exit exit;
		struct tr_fork fork;
		struct tr_lost lost;
		struct tr_task task;
		struct tr_fd fd;
		struct tr_stack stack;
		struct tr_data data;
		struct tr_newer newer;
		uint8_t bytes[TR_RECORD_MAX];
	};
};

static inline struct tr_hdr *build_begin(struct build *b, unsigned int type, size_t size)
{
	memset(b, 0, sizeof(*b));
	b->h.type = (uint16_t)type;
	b->h.len = (uint32_t)size;
	b->h.time_ns = BUILD_START_NS + BUILD_DURATION_NS;
	b->h.tgid = BUILD_PID;
	b->h.tid = BUILD_PID;
	return &b->h;
}

static inline void build_append(struct build *b, const void *p, size_t n)
{
	assert(b->h.len + n + 8 <= sizeof(b->bytes));
	memcpy(b->bytes + b->h.len, p, n);
	b->h.len += (uint32_t)((n + 7) & ~(size_t)7);
}

/* A native call with its arguments. */
static inline void build_nr(struct build *b, unsigned int nr, int64_t ret, const uint64_t *args)
{
	build_begin(b, TR_SYSCALL, sizeof(b->call));
	b->call.nr = (uint16_t)nr;
	b->call.ret = ret;
	b->call.duration_ns = BUILD_DURATION_NS;
	memcpy(b->call.args, args, sizeof(b->call.args));
}

#define BUILD_CALL(b, name, ret, ...)                                                              \
	build_nr(b, (unsigned int)sc_nr(sc_by_name(name), TR_ABI_X86_64), ret,                     \
		 (const uint64_t[TR_MAX_ARGS]){ __VA_ARGS__ })

struct build_part {
	uint8_t arg, part, flags, index;
};

static inline void build_part(struct build *b, struct build_part part, const void *p, size_t n)
{
	struct tr_item item = { part.arg, part.part, part.flags, part.index, (uint32_t)n };

	build_append(b, &item, sizeof(item));
	build_append(b, p, n);
	b->call.nitems++;
}

/* A piece of an item of a call whose record's `more` is so. */
static inline struct tr_hdr *build_piece(struct build *b, uint32_t call, struct build_part part,
					 uint32_t offset, const void *p, size_t n)
{
	build_begin(b, TR_DATA, sizeof(b->data));
	b->data.call = call;
	b->data.offset = offset;
	b->data.item = (struct tr_item){ part.arg, part.part, part.flags, part.index, (uint32_t)n };
	build_append(b, p, n);
	return &b->h;
}

static inline void build_item(struct build *b, unsigned int arg, unsigned int flags, const void *p,
			      size_t n)
{
	build_part(b, (struct build_part){ .arg = (uint8_t)arg, .flags = (uint8_t)flags }, p, n);
}

static inline void build_str(struct build *b, unsigned int arg, const char *s)
{
	build_item(b, arg, 0, s, strlen(s));
}

static inline void build_task(struct build *b, uint32_t tid, const char *comm)
{
	build_begin(b, TR_TASK, sizeof(b->task));
	b->h.tid = tid;
	for (size_t i = 0; i < TR_COMM_LEN && comm[i]; i++)
		b->task.comm[i] = comm[i];
	b->task.start_ns = 7;
	b->task.ppid = 1;
	b->task.uid = 1000;
	b->task.euid = 1000;
}

static inline void build_path_fd(struct build *b, int fd, const char *path)
{
	build_begin(b, TR_FD, sizeof(b->fd));
	b->fd.fd = fd;
	b->fd.kind = TR_FD_PATH;
	b->fd.mode = 0100644;
	b->fd.payload_len = (uint16_t)strlen(path);
	build_append(b, path, strlen(path));
}

/* addresses of TR_FD_ADDR bytes each, peer_len 0: none */
static inline void build_socket_fd(struct build *b, int fd, const void *local, size_t local_len,
				   const void *peer, size_t peer_len)
{
	uint8_t both[2 * TR_FD_ADDR] = { 0 };

	build_begin(b, TR_FD, sizeof(b->fd));
	b->fd.fd = fd;
	b->fd.kind = TR_FD_SOCKET;
	b->fd.sock_type = 1;
	memcpy(&b->fd.sock_family, local, 2);
	b->fd.ino = 4242;
	b->fd.local_len = (uint16_t)local_len;
	b->fd.peer_len = (uint16_t)peer_len;
	memcpy(both, local, local_len);
	memcpy(both + TR_FD_ADDR, peer, peer_len);
	b->fd.payload_len = sizeof(both);
	build_append(b, both, sizeof(both));
}

#endif

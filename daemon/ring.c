/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ring.c - see ring.h. The layout is kernel ABI (kernel/bpf/ringbuf.c, libbpf's ringbuf.c): a consumer page
 * that we write, a producer page and twice the data that we read; every record has an 8-byte header
 * with its length and two flags. Of the second time only as much is mapped as a record at the end needs: pages
 * that are mapped twice count twice as memory of the process.
 */
#include "ring.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RING_HDR 8
#define RING_BEYOND (64u << 10) /* more than the largest record; no ring is smaller */

static size_t read_size(size_t size)
{
	return sysconf(_SC_PAGESIZE) + size + RING_BEYOND;
}

int ring_map(struct ring *r, int fd, size_t size)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *p;

	memset(r, 0, sizeof(*r));
	r->fd = fd;
	r->size = size;
	p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	r->consumer = p;
	p = mmap(NULL, read_size(size), PROT_READ, MAP_SHARED, fd, page);
	if (p == MAP_FAILED)
		return -errno;
	r->producer = p;
	r->data = (const uint8_t *)p + page;
	r->pos = __atomic_load_n(r->consumer, __ATOMIC_RELAXED);
	return 0;
}

void ring_unmap(struct ring *r)
{
	size_t page = sysconf(_SC_PAGESIZE);

	if (r->producer)
		munmap((void *)r->producer, read_size(r->size));
	if (r->consumer)
		munmap(r->consumer, page);
	if (r->fd > 0)
		close(r->fd);
	memset(r, 0, sizeof(*r));
}

void ring_begin(struct ring *r)
{
	r->end = __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
}

static uint64_t ring_step(uint32_t len)
{
	len &= ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
	return (len + RING_HDR + 7) & ~7u;
}

const struct tr_hdr *ring_peek(struct ring *r)
{
	const uint8_t *p;
	uint32_t len;

	while (r->pos < r->end) {
		p = r->data + (r->pos & (r->size - 1));
		len = __atomic_load_n((const uint32_t *)p, __ATOMIC_ACQUIRE);
		if (len & BPF_RINGBUF_BUSY_BIT)
			return NULL;
		if (!(len & BPF_RINGBUF_DISCARD_BIT))
			return (const struct tr_hdr *)(p + RING_HDR);
		r->pos += ring_step(len);
	}
	return NULL;
}

void ring_next(struct ring *r)
{
	r->pos += ring_step(*(const uint32_t *)(r->data + (r->pos & (r->size - 1))));
}

void ring_release(struct ring *r)
{
	__atomic_store_n(r->consumer, r->pos, __ATOMIC_RELEASE);
}

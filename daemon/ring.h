/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ring.h - reading BPF ring buffers in place. libbpf's reader gives one record at a time and no look at
 * the next; merging several rings by time, and one release per batch, needs both.
 */
#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/types.h>
#include <tracer/event.h>

struct ring {
	int fd;
	size_t size; /* of the data, a power of two */
	uint64_t *consumer;
	const uint64_t *producer;
	const uint8_t *data;
	uint64_t pos; /* consumed, not yet released */
	uint64_t end; /* producer position that the batch goes to */
};

int ring_map(struct ring *r, int fd, size_t size); /* takes fd over, also on failure */
void ring_unmap(struct ring *r);

/* Starts a batch: what has been produced by now. */
void ring_begin(struct ring *r);

/* The next record of the batch, NULL when there is none, or when it is still being written. */
const struct tr_hdr *ring_peek(struct ring *r);
void ring_next(struct ring *r); /* goes past the record that ring_peek gave */

/* Gives the space of the batch back to the programs. */
void ring_release(struct ring *r);

#endif

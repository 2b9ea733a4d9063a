/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * summary.h - what a backend counted, as TR_FRAME_SUMMARY frames.
 */
#ifndef SUMMARY_H
#define SUMMARY_H

#include <event2/buffer.h>
#include "backend.h"

/* Appends the frames of one interval to out. -EAGAIN: not ready; another error: half a frame may be there. */
int summary_send(struct evbuffer *out, const struct backend_ops *ops, struct backend *b,
		 unsigned int session, uint64_t duration_ns);

#endif

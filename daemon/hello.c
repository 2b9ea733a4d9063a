/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* hello.c - see hello.h. */
#include "hello.h"

#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

void hello_fill(struct tr_hello *hello, const char *backend)
{
	*hello = (struct tr_hello){.version = TR_WIRE_VERSION, .pid = getpid()};
	hello->realtime_offset_ns = now_ns(CLOCK_REALTIME) - now_ns(CLOCK_MONOTONIC);
	snprintf(hello->backend, sizeof(hello->backend), "%s", backend);
	snprintf(hello->server, sizeof(hello->server), "%s", TRACER_VERSION);
}

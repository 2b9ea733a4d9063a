/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* hello.c - see hello.h. */
#include "hello.h"

#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include <core/clock.h>

void hello_fill(struct tr_hello *hello, const char *backend)
{
	*hello = (struct tr_hello){.version = TR_WIRE_VERSION, .pid = getpid()};
	hello->realtime_offset_ns = tr_clock_ns(CLOCK_REALTIME) - tr_now_ns();
	snprintf(hello->backend, sizeof(hello->backend), "%s", backend);
	snprintf(hello->server, sizeof(hello->server), "%s", TRACER_VERSION);
}

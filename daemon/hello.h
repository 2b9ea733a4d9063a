/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* hello.h - the first words of a conversation, on the socket and in a file. */
#ifndef HELLO_H
#define HELLO_H

#include <tracer/wire.h>

void hello_fill(struct tr_hello *hello, const char *backend);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * units.h - amounts as people read them: "517 B", "4.0 KiB", "1.20 ms".
 */
#ifndef CLI_UNITS_H
#define CLI_UNITS_H

#include <stdint.h>
#include <core/buf.h>

void units_bytes(struct buf *out, uint64_t bytes);
void units_duration(struct buf *out, uint64_t ns); /* three digits, from ns to h */

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * compat.h - structs of callers whose ABI is not that of the table: 32-bit ones, whose words are half as
 * wide, and aarch64's own layouts and numbers.
 */
#ifndef CORE_COMPAT_H
#define CORE_COMPAT_H

#include <stdbool.h>
#include <core/table.h>

#define COMPAT_MAX 256 /* bytes of a struct that is widened */

/* The size of the struct in a 32-bit caller's memory, 0: its layout is not known. */
unsigned int compat_size(const struct sc_struct *st);

/*
 * Writes the struct at p, of which n bytes are there, as it would be in 64 bits to out (COMPAT_MAX bytes).
 * Returns how many bytes of out are valid, 0: none.
 */
size_t compat_widen(const struct sc_struct *st, const uint8_t *p, size_t n, uint8_t *out);

/* What a flag set or a struct of the table is in an ABI: itself, where they don't differ. */
const void *sc_abi_ref(unsigned int abi, const void *ref);

#endif

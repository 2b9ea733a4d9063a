/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value_quirk.h - structs of which the table does not say all: which fields are left out, as what others have
 * in them makes them useless, and which are shown in another way.
 */
#ifndef CLI_VALUE_QUIRK_H
#define CLI_VALUE_QUIRK_H

#include "value.h"

/* Structs of which strace shows some fields in another way. */
enum quirk { QUIRK_NONE, QUIRK_STAT, QUIRK_STAT_MODE_16, QUIRK_SIGACTION, QUIRK_LIMIT, QUIRK_CLONE, QUIRK_SIZED,
	     QUIRK_HOW, QUIRK_EVENT, QUIRK_STATX };
enum quirk value_quirk(const struct sc_struct *st);

/* The field f of the struct at p, of which n bytes are there, is not shown. */
bool value_left_out(const struct sink *s, const struct sc_field *f, enum quirk quirk,
		    const uint8_t *p, size_t n);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sieve.h - a session's filter applied to records that were made for another: what the kernel would have let
 * through, decided afterwards from the record and the facts told before it.
 */
#ifndef CLI_SIEVE_H
#define CLI_SIEVE_H

#include <core/filter.h>
#include "facts.h"

/* Control groups and units can't be decided, and children are not followed. */
bool sieve_record(const struct filter *f, const struct facts *facts, const struct tr_hdr *rec);

#endif

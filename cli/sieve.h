/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sieve.h - a session's filter applied to records that were made for another: what the kernel would have let
 * through, decided afterwards from the record and the facts told before it.
 */
#ifndef CLI_SIEVE_H
#define CLI_SIEVE_H

#include <core/filter.h>
#include "facts.h"

struct sieve;

/* f must live as long. NULL with a sentence in err (MSG_LEN): a control group that can't be found now. */
struct sieve *sieve_new(const struct filter *f, char *err);
void sieve_free(struct sieve *s); /* NULL: nothing */

/* To be asked of each record that is no fact, in their order: the children of who passes are followed. */
bool sieve_record(struct sieve *s, const struct facts *facts, const struct tr_hdr *rec);

#endif

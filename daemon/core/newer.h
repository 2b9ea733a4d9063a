/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * newer.h - system calls that are newer than the table, as this kernel, or the one that a recording was made on,
 * describes them (TR_NEWER). They have rows like those of the table, but no id: no filter names them.
 */
#ifndef CORE_NEWER_H
#define CORE_NEWER_H

#include <core/table.h>

#define NEWER_FIRST 424 /* from this number on all architectures count alike, since Linux 5.1 */

struct newer;

struct newer *newer_new(void);
void newer_free(struct newer *n);

/*
 * Keeps what a checked record says. What the table knows, and what is known already, stays as it is. Returns 0,
 * or -EINVAL where that is no newer call, or -ENOMEM.
 */
int newer_learn(struct newer *n, const struct tr_newer *rec);

/* The record that a call was learnt from, NULL if it was not. n may be NULL, here and below. */
const struct tr_newer *newer_record(const struct newer *n, uint64_t nr);

/* As sc_find, and what was learnt beside it. */
const struct sc_row *newer_find(const struct newer *n, unsigned int abi, uint64_t nr);

#endif

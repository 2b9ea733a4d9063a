/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * compile.h - sessions' filters compiled into masks of session bits (struct tr_config), as far as that is
 * the same for every backend: calls, results and kinds. Which tasks a session means is the backend's part.
 */
#ifndef COMPILE_H
#define COMPILE_H

#include <stdbool.h>
#include <core/filter.h>
#include <tracer/bpf_shared.h>

struct newer;

/* Sets or clears the bits of mask in a word that others may read meanwhile. */
void compile_set(__u64 *word, uint64_t mask, bool on);

/* Everything that tasks have cached is void from here on. 0 stands for "nothing cached". */
void compile_changed(struct tr_config *cfg);

/* What the session asks for, all but its tasks. The session is not yet active. */
void compile_enter(struct tr_config *cfg, unsigned int session, const struct filter *f,
		   uint64_t now_ns);

/* How much of it the session gets from now on; `budgeted` sessions only. */
void compile_shown(struct tr_config *cfg, unsigned int session, const struct filter *f,
		   enum tr_shown shown);

/* After sessions came or went: how long strings are in a record. */
void compile_strings(struct tr_config *cfg);

void compile_plans(struct tr_config *cfg); /* the capture plans, from the table */

/* The same of one that was learnt (core/newer.h), while programs may be reading it. */
void compile_newer(struct tr_config *cfg, const struct newer *newer, unsigned int nr);

#endif

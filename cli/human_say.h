/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * human_say.h - the table's sentences: which one tells a call, and its words.
 */
#ifndef CLI_HUMAN_SAY_H
#define CLI_HUMAN_SAY_H

#include "human_sink.h"

/* The sentence of a call that succeeded, or of one that failed or goes on; NULL: there is none. */
const char *human_did(const struct call *c);
const char *human_tried(const struct call *c);

/* The whole sentence of a call that failed in a way that has one of its own; NULL: there is none. */
const char *human_failed(const struct call *c);

/* Expands a sentence. Returns the arguments that it mentions, a bit each. */
unsigned int human_say(struct human_sink *s, const struct call *c, const char *text);

void human_call(struct human_sink *s, const struct call *c); /* name(arguments) */
void human_arg(struct human_sink *s, const struct call *c, unsigned int i);
void human_ret(struct human_sink *s, const struct call *c);

#endif

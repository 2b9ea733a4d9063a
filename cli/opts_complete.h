/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * opts_complete.h - what may stand where the cursor is: asked by the completion scripts of shells, so
 * that they know nothing themselves that could go stale.
 */
#ifndef CLI_OPTS_COMPLETE_H
#define CLI_OPTS_COMPLETE_H

#include <stdio.h>
#include "cmd.h"

/*
 * words are those after "tracectl", up to the one that is being typed, which may be empty. Writes a
 * candidate a line, with a tab and what it is; or one line ":files", or ":command N", if a file or
 * a command with its arguments is meant, which begins at word N.
 */
void opts_complete(FILE *out, const struct command *commands, int n, char *const *words);

#endif

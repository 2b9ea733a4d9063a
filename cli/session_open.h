/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * session_open.h - what a session's beginning shares with its loop, which takes the same steps
 * again when another tracerd has come. For session.c and session_open.c alone.
 */
#ifndef CLI_SESSION_OPEN_H
#define CLI_SESSION_OPEN_H

#include "session.h"

#define SESSION_PRUNE_NS 1000000000ULL /* how often processes are looked for that are gone */

/* Both return 0, or a negative errno with a sentence in err (MSG_LEN; empty: it was told already). */
int session_connect(struct session *s, char *err);
int session_begin(struct session *s, char *err); /* asks, and waits until tracerd has begun */

int session_failure(const struct session *s); /* the exit status where it is tracectl that failed */

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * msg.h - sentences to the user on stderr, and the exit statuses of tracectl.
 */
#ifndef CLI_MSG_H
#define CLI_MSG_H

#include <core/filter.h>

#define EXIT_USAGE 2	   /* a flag, a name or a process is wrong */
#define EXIT_RUN_FAILED 125 /* of run: tracectl itself failed */
#define EXIT_CANNOT_RUN 126
#define EXIT_NOT_FOUND 127

#define MSG_LEN 512 /* of a sentence, NUL included */
_Static_assert(MSG_LEN >= FILTER_ERR_LEN, "the parser's sentences fit");

/* "tracectl: <sentence>" as one write. */
__attribute__((format(printf, 1, 2))) void msg(const char *fmt, ...);

/*
 * Writes the sentence to err (MSG_LEN bytes) and returns r, for `return msg_set(err, -EINVAL,
 * ...)`.
 */
__attribute__((format(printf, 3, 4))) int msg_set(char *err, int r, const char *fmt, ...);

/*
 * The candidate that word is most likely a misspelling of, NULL if none is near. next gives the
 * candidates one after the other, NULL at the end.
 */
const char *msg_nearest(const char *word, const char *(*next)(void *ctx), void *ctx);

#endif

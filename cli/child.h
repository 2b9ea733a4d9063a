/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * child.h - the program that run and summary start: found, forked, held until it is watched, then
 * let go; and how it ended.
 */
#ifndef CLI_CHILD_H
#define CLI_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "sigs.h"
#include "trap.h"

/* Where what is started, and how, is not a matter of the command line alone. */
struct child_how {
	const char *path;	    /* of the program, found */
	int (*prepare)(void *ctx);  /* in the child, before it waits; not 0: it ends with this status */
	void *ctx;
	int failed_status;	    /* of a child whose program can't be executed */
};

struct child_tracer {
	pid_t pid;
	const struct trap *trap; /* installed when the child is let go; NULL: none */
};

struct child {
	const struct child_how *how; /* NULL: as execvp does it */
	pid_t pid; /* 0: there is none */
	bool reaped;
	int wait_status; /* once reaped */
	int start_fd;	 /* a byte lets it go, closing makes it go away */
	int report_fd;	 /* an errno comes if it can't be executed */
};

/*
 * The file that a command's name stands for, as execvp finds it: 0, or an exit status (127, 126)
 * with a sentence in err (MSG_LEN).
 */
int child_find(const char *name, char *path, size_t size, char *err);

/*
 * Forks. The child waits in a read until child_start: when this returns it is there, so that
 * nothing it did before can be taken for the program's. It lets the tracer trace it. Returns 0
 * or a negative errno with a sentence in err.
 */
int child_fork(struct child *c, const struct child_how *how, const char *path, char *const *argv,
	       const struct sigs *sigs, const struct child_tracer *tracer, char *err);
void child_start(struct child *c);
void child_cancel(struct child *c); /* before child_start: it ends without running anything */

/* Takes its status if it has ended. */
bool child_poll(struct child *c);

/* Once it has ended: why its program could not be executed, an errno; 0: it was. Told once. */
int child_exec_errno(struct child *c);

/*
 * Once reaped: the exit status for us, its own, or 128 and its signal; 126 or 127 with a sentence
 * in err if it could not be executed, else err is empty.
 */
int child_exit_status(struct child *c, const char *name, char *err);

#endif

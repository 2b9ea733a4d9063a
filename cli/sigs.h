/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sigs.h - signals as a descriptor to poll. They are blocked, not handled: no state outside of
 * main's, and a program that we start gets everything back as we found it.
 */
#ifndef CLI_SIGS_H
#define CLI_SIGS_H

#include <signal.h>

struct sigs {
	int fd; /* readable: sigs_next has something */
	int end_fd; /* readable: and SIG_EVENT_END is among it; not to be read */
	sigset_t before;
	struct sigaction chld_before;
};

/* What a signal is to us. */
enum sig_event {
	SIG_EVENT_NONE,
	SIG_EVENT_END,	  /* SIGINT, SIGTERM, SIGHUP, SIGQUIT */
	SIG_EVENT_CHILD,  /* SIGCHLD */
	SIG_EVENT_RESIZE, /* SIGWINCH */
};

int sigs_init(struct sigs *s); /* 0 or a negative errno */
void sigs_done(struct sigs *s); /* fd -1: sigs_init was not called, or failed */
void sigs_restore(const struct sigs *s); /* masks and actions as they were */

/*
 * The next signal that waits. signo_x is its number; from_terminal_x: the terminal sent it, to the
 * program that we started too.
 */
enum sig_event sigs_next(struct sigs *s, int *signo_x, int *from_terminal_x);

#endif

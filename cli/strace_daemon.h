/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_daemon.h - strace -D: the program stays the child of whom it was, and the tracer is its
 * grandchild.
 */
#ifndef CLI_STRACE_DAEMON_H
#define CLI_STRACE_DAEMON_H

#include <sys/types.h>
#include "child.h"

/*
 * Returns in the tracer: the number of the process that waits for a byte in *go_x to become the program (of
 * what `how` says), or ends where that is closed. 0: it failed, which was told. level: 1, its own process
 * group (2), its own session (3).
 */
pid_t strace_daemonize(unsigned int level, const struct child_how *how, char *const *argv, int *go_x);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_pidns.h - process ids of other PID namespaces: which of our processes they stand for. What is known of
 * a task is read when it is first seen, and kept when it is gone: an id may be told after that.
 */
#ifndef CLI_STRACE_PIDNS_H
#define CLI_STRACE_PIDNS_H

#include <stdint.h>

struct pidns_task;

struct strace_pidns {
	uint64_t own; /* our namespace, 0: not known yet */
	struct pidns_task *tasks; /* by our numbers */
};

/* Our id of what task tid calls pid: the same where it is in our namespace, 0 where that is not known. */
uint32_t strace_pidns_ours(struct strace_pidns *p, uint32_t tid, uint32_t pid);

void strace_pidns_see(struct strace_pidns *p, uint32_t tid); /* a new task */
/* parent calls its child id: that may be told of a child that was gone when it was first seen. */
void strace_pidns_born(struct strace_pidns *p, uint32_t parent, uint32_t child, uint32_t id);
void strace_pidns_done(struct strace_pidns *p);

#endif

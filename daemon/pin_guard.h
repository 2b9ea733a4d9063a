/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pin_guard.h - tasks that run on one CPU for our sake, and a process that gives them back what was their own
 * if this one is killed. What it needs lies in memory that both share: a slot is filled before its
 * task is pinned, and cleared when the task has its own again.
 */
#ifndef PIN_GUARD_H
#define PIN_GUARD_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PIN_SLOTS 64

/* What a task has while it is not pinned. */
struct pin_own {
	cpu_set_t mask;
	bool batch; /* its policy is SCHED_OTHER, and was made SCHED_BATCH */
};

struct pin_slot {
	uint32_t tid; /* 0: free */
	int32_t cpu;  /* that it is pinned to */
	struct pin_own own;
};

struct pin_table {
	cpu_set_t everything; /* a mask that only says that there is no restriction */
	struct pin_slot slots[PIN_SLOTS];
};

struct pin_guard {
	struct pin_table *table; /* NULL: it does not run */
	int fd; /* its end is how the guard learns of ours */
	pid_t pid;
};

int pin_guard_start(struct pin_guard *g);
void pin_guard_stop(struct pin_guard *g); /* nothing is pinned any more */

/* What the task has now, if it is not pinned. Returns 0 or a negative errno. */
int pin_own(uint32_t tid, struct pin_own *own_x);
int pin_to(uint32_t tid, int cpu);
/*
 * A task that is pinned and SCHED_BATCH does not interrupt the tracer that lets it go on: so many tasks are served
 * before the first of them runs, with half the switches between them.
 */
int pin_task(uint32_t tid, int cpu, const struct pin_own *own);
/* Unless somebody has given the task another mask, or policy, meanwhile. */
void pin_restore(const struct pin_table *table, uint32_t tid, int cpu, const struct pin_own *own);

#endif

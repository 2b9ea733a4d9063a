/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pin_guard.h - tasks that run on one CPU for our sake, and a process that gives them back their affinity
 * masks if this one is killed. What it needs lies in memory that both share: a slot is filled before its
 * task is pinned, and cleared when the task has its mask again.
 */
#ifndef PIN_GUARD_H
#define PIN_GUARD_H

#include <sched.h>
#include <stdint.h>
#include <sys/types.h>

#define PIN_SLOTS 64

struct pin_slot {
	uint32_t tid; /* 0: free */
	int32_t cpu;  /* that it is pinned to */
	cpu_set_t mask; /* its own */
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

int pin_to(uint32_t tid, int cpu);
/* Unless somebody has given the task another mask meanwhile. */
void pin_restore(const struct pin_table *table, uint32_t tid, int cpu, const cpu_set_t *mask);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * trap.h - the seccomp filter of a program that run starts under ptrace when it asks for some calls only: these
 * stop for the tracer, and those that it must see to keep what it knows right; all others run on.
 *
 * It is written here, and not with a library, because it is two instructions for each run of numbers: the
 * kernel works out from them once which calls always run on, and then does not execute them any more.
 */
#ifndef CLI_TRAP_H
#define CLI_TRAP_H

#include <stdbool.h>
#include <core/filter.h>
#include <linux/filter.h>

#define TRAP_MAX 2048 /* instructions: less than four for every second number of two ABIs, and some */

struct trap {
	unsigned short len;
	struct sock_filter code[TRAP_MAX];
};

bool trap_is_worth(const struct filter *f); /* there are calls that nobody asked for */
void trap_build(struct trap *trap, const struct filter *f);
bool trap_available(void); /* this kernel has seccomp filters that can call a tracer */
int trap_install(const struct trap *trap); /* for good: in this process and its children */

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bpf_newer.h - finds out what numbers of system calls mean that the table does not know. While there are some, a
 * program watches the tracepoints of all calls whose names the table does not have; needs tracefs, which names them.
 */
#ifndef BPF_NEWER_H
#define BPF_NEWER_H

#include <stdbool.h>
#include <stdint.h>

struct newer_watch;
struct described;

/* known: whether the table has a call of this name. NULL where nothing can be watched. */
struct newer_watch *newer_watch_new(bool (*known)(const char *name));
void newer_watch_free(struct newer_watch *w);

/* True: somebody made call nr since, and d is what the kernel tells of it. */
bool newer_watch_find(struct newer_watch *w, uint32_t nr, struct described *d);

#endif

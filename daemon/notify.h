/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * notify.h - tells the service manager how we are: the protocol of sd_notify(3), which is stable.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdint.h>

/* Does nothing where $NOTIFY_SOCKET is not set. */
void notify(const char *state);

/* The configuration is being read again; READY=1 ends it. */
void notify_reloading(void);

/* How often it wants a WATCHDOG=1 at least; 0: not at all. */
uint64_t notify_watchdog_us(void);

#endif

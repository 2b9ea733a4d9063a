/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * notify.h - tells the service manager how we are: the protocol of sd_notify(3), which is stable.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

/* Does nothing where $NOTIFY_SOCKET is not set. */
void notify(const char *state);

#endif

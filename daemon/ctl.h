/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ctl.h - the server side of wire.h: clients, what they ask, and when rings are emptied for them.
 */
#ifndef CTL_H
#define CTL_H

#include <event2/event.h>
#include "config.h"
#include "hub.h"

struct ctl;

/* The configuration is kept, and looked at each time anew. */
struct ctl *ctl_new(struct event_base *base, const struct backend_ops *ops, struct backend *b,
		    struct hub *hub, const struct config *config);
void ctl_reload(struct ctl *ctl); /* the configuration was read again */
void ctl_free(struct ctl *ctl); /* ends every session and client */

/* Serves connections that arrive at fd, which is taken over. */
int ctl_listen(struct ctl *ctl, int fd);

/* Serves the one client at fd, which is taken over; the event loop ends when it hangs up. */
int ctl_serve_one(struct ctl *ctl, int fd);

#endif

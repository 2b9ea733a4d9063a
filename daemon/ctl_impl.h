/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ctl_impl.h - what ctl.c and ctl_clients.c share. Nobody else includes it.
 */
#ifndef CTL_IMPL_H
#define CTL_IMPL_H

#include "admit.h"
#include "client.h"
#include "govern.h"
#include "recorders.h"
#include "status.h"

TAILQ_HEAD(client_list, client);

struct ctl {
	struct event_base *base;
	const struct backend_ops *ops;
	struct backend *backend;
	struct hub *hub;
	struct admission admission;
	struct recorders *recorders;
	struct govern govern;
	const struct config *config;
	struct event *listener, *tick;
	struct event *rest; /* from accepting, where descriptors have run out */
	struct event *rings[16];
	struct client_list clients;
	unsigned int nclients, nsessions;
	int listen_fd;
	uint64_t scanned_ns;
	struct status status;
};

/* ctl.c: the client must have one. end_x gets its totals; may be NULL. */
void ctl_end_session(struct client *c, struct tr_end *end_x);

#endif

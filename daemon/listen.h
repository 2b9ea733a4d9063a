/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * listen.h - the socket that clients come to: made here, or handed over by the service manager.
 *
 * Beside it lies a lock, which tells the socket of a live daemon from one that a dead one left.
 */
#ifndef LISTEN_H
#define LISTEN_H

#include <stdbool.h>
#include <sys/un.h>

struct listener {
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)]; /* as it is in the end */
	int lock_fd;						/* held until the process ends */
	bool ours;						/* made by us: goes with us */
};

/*
 * Listens at path, where everybody can connect. A socket that the service manager passed comes first;
 * its path and owners are what they are. Returns the descriptor, or a negative errno after it was logged.
 */
int listen_open(struct listener *l, const char *path);
void listen_close(struct listener *l);

#endif

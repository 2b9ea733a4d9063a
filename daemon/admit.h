/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * admit.h - who may connect and open sessions, and how much of the daemon one user may take up who
 * is neither root nor in the group. What is refused is said in one sentence to the client, and to
 * the log once in a while.
 */
#ifndef ADMIT_H
#define ADMIT_H

#include <sys/queue.h>
#include "auth.h"
#include "hub.h"

struct user;

struct admission {
	struct auth auth;
	const struct config *config;
	LIST_HEAD(, user) users; /* with connections */
};

void admit_init(struct admission *a, const struct config *config);

/*
 * Who connected. user_x: whose limits the connection is counted against, NULL: nobody's; it is to
 * be given back. A negative errno has its sentence in err (FILTER_ERR_LEN) and in the log.
 */
int admit_connection(struct admission *a, int fd, struct peer *peer_x, struct user **user_x,
		     char *err);
void admit_gone(struct user *user);

/*
 * One more session for a filter, where there are `sessions` of all users: what it may take goes to
 * for_x and the peer. Once it is open it is counted with the size of its queue.
 */
int admit_session(struct admission *a, struct peer *peer, struct user *user,
		  unsigned int sessions, const struct filter *f, struct hub_user *for_x, char *err);
void admit_opened(struct user *user, size_t queue_bytes);
void admit_closed(struct user *user, size_t queue_bytes);

unsigned int admit_sessions(const struct user *user);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* admit.c - see admit.h. */
#include "admit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define IDLE_CONNECTIONS 8 /* that a user may have beside those with a session */

struct user {
	LIST_ENTRY(user) entry;
	uint32_t uid;
	unsigned int connections, sessions;
	size_t queue_bytes; /* that the queues of its sessions may grow to */
	struct hub_rate rate;
};

void admit_init(struct admission *a, const struct config *config)
{
	a->config = config;
	LIST_INIT(&a->users);
	auth_init(&a->auth, config);
}

static struct user *user_get(struct admission *a, uint32_t uid)
{
	struct user *u;

	LIST_FOREACH(u, &a->users, entry)
	if (u->uid == uid)
		return u;
	u = calloc(1, sizeof(*u));
	if (u) {
		u->uid = uid;
		LIST_INSERT_HEAD(&a->users, u, entry);
	}
	return u;
}

static int join(struct admission *a, uint32_t uid, struct user **user_x, char *err)
{
	const struct config *config = a->config;
	unsigned int most = config->user.sessions + IDLE_CONNECTIONS;
	struct user *u;

	if (!config->user.sessions) {
		snprintf(err, FILTER_ERR_LEN,
			 "only root and members of group %s may use this tracerd", config->group);
		return -EACCES;
	}
	u = user_get(a, uid);
	if (!u || u->connections >= most) {
		snprintf(err, FILTER_ERR_LEN, "you have %u connections to tracerd: end some first",
			 most);
		return -EBUSY;
	}
	u->connections++;
	*user_x = u;
	return 0;
}

int admit_connection(struct admission *a, int fd, struct peer *peer_x, struct user **user_x,
		     char *err)
{
	int r = auth_peer(&a->auth, fd, peer_x, err);

	*user_x = NULL;
	if (!r && peer_x->who.limited)
		r = join(a, peer_x->who.uid, user_x, err);
	if (r)
		auth_refused(&a->auth, peer_x->who.uid, err);
	return r;
}

void admit_gone(struct user *user)
{
	if (user && --user->connections == 0) {
		LIST_REMOVE(user, entry);
		free(user);
	}
}

static int limit_user(const struct admission *a, struct peer *peer, struct user *u,
		      struct hub_user *for_x, char *err)
{
	const struct config_limits *most = &a->config->user;
	size_t memory = (size_t)most->memory_mb << 20;

	if (u->sessions >= most->sessions) {
		snprintf(err, FILTER_ERR_LEN, "you may have %u sessions at once: end one first",
			 most->sessions);
		return -EBUSY;
	}
	if (u->queue_bytes + HUB_QUEUE_MIN > memory) {
		snprintf(
		    err, FILTER_ERR_LEN,
		    "the queues of your sessions may take %u MB: end a session first, or give each "
		    "a smaller one",
		    most->memory_mb);
		return -ENOMEM;
	}
	u->rate.limit = peer->who.rate = most->rate;
	for_x->rate = &u->rate;
	for_x->queue_max = memory / most->sessions;
	if (for_x->queue_max < HUB_QUEUE_MIN)
		for_x->queue_max = HUB_QUEUE_MIN;
	return 0;
}

int admit_session(struct admission *a, struct peer *peer, struct user *user,
		  unsigned int sessions, const struct filter *f, struct hub_user *for_x, char *err)
{
	int r = 0;

	for_x->who = &peer->who;
	for_x->payload = peer->payload;
	if (sessions >= (user ? a->config->max_sessions - a->config->max_sessions / 8
			      : a->config->max_sessions)) {
		snprintf(err, FILTER_ERR_LEN, "there are %u sessions already, which is the limit",
			 sessions);
		r = -EBUSY;
	} else if (user) {
		r = limit_user(a, peer, user, for_x, err);
	}
	if (!r && !peer->sole)
		r = auth_filter(&a->auth, &peer->who, f, err);
	if (r && user)
		auth_refused(&a->auth, user->uid, err);
	return r;
}

void admit_opened(struct user *user, size_t queue_bytes)
{
	if (!user)
		return;
	user->sessions++;
	user->queue_bytes += queue_bytes;
}

void admit_closed(struct user *user, size_t queue_bytes)
{
	if (!user)
		return;
	user->sessions--;
	user->queue_bytes -= queue_bytes;
}

unsigned int admit_sessions(const struct user *user)
{
	return user->sessions;
}

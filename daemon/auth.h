/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * auth.h - who is at the other end of a socket, and what that user may see and take up. Only the
 * kernel's word counts: what it kept of the peer when it connected, and what it says of that
 * process while it lives.
 */
#ifndef AUTH_H
#define AUTH_H

#include <stdbool.h>
#include <stdint.h>
#include "backend.h"
#include "config.h"

#define AUTH_REFUSED_MAX 32
#define AUTH_NAMES_MAX (CONFIG_GROUPS_MAX + 1)

/* The number of a group, as it was some seconds ago: connecting must not cost a search for each. */
struct auth_name {
	char name[CONFIG_NAME_LEN];
	bool exists;
	uint32_t gid;
	uint64_t known_ns;
};

struct auth {
	const struct config *config;
	uint32_t userns; /* our own: only there root and the group's members have a say */
	uint32_t pidns;
	struct auth_name names[AUTH_NAMES_MAX];
	struct auth_refused {
		uint32_t uid;
		uint64_t ns; /* when that user's was told last; 0: the place is free */
		uint64_t kept_quiet;
	} refused[AUTH_REFUSED_MAX]; /* so that nobody fills the log, however many users they are */
};

struct peer {
	uint32_t pid;
	bool sole; /* a private daemon's one client, for whom it was started */
	struct watcher who;
	enum config_payload payload;
};

void auth_init(struct auth *a, const struct config *config);

/* The process that connected fd. 0, or a negative errno with a sentence for it in err
 * (FILTER_ERR_LEN). */
int auth_peer(struct auth *a, int fd, struct peer *peer_x, char *err);

/* The one client of a private daemon: it may do all that the daemon may. */
void auth_sole(int fd, struct peer *peer_x);

/*
 * Whether the filter names only what the watcher may see. The backend enforces it anyway; this is
 * so that nobody waits for what never comes. A negative errno has a sentence in err.
 */
int auth_filter(const struct auth *a, const struct watcher *who, const struct filter *f, char *err);

/* Says once a minute and user in the log what was refused. */
void auth_refused(struct auth *a, uint32_t uid, const char *what);

#endif

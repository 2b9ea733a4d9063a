/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * auth.c - see auth.h. A peer in another user namespace is never root nor a member of our group,
 * whatever its numbers are: there they can be had for the asking.
 */
#include "auth.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <core/clock.h>
#include "log.h"
#include "procfs.h"

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif
#define GROUPS_MAX 65536
#define QUIET_NS 60000000000ULL
#define NAME_NS 5000000000ULL

struct groups {
	gid_t *v;
	unsigned int n;
	gid_t own;
};

void auth_init(struct auth *a, const struct config *config)
{
	struct procfs_creds self = {};

	memset(a, 0, sizeof(*a));
	a->config = config;
	procfs_creds(getpid(), &self);
	a->userns = self.userns;
	a->pidns = self.pidns;
}

static int refuse(char *err, int r, const char *sentence)
{
	snprintf(err, FILTER_ERR_LEN, "%s", sentence);
	return r;
}

/* Linux 6.5 says which process it was even after its number went to another. */
static int open_pidfd(int fd, pid_t pid)
{
	socklen_t len = sizeof(int);
	int pidfd;

	if (!getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &len))
		return pidfd;
	return pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
}

/* What /proc says of the number is said of the peer if the peer is still alive afterwards. */
static int live_creds(int fd, pid_t pid, struct procfs_creds *creds_x)
{
	int pidfd = open_pidfd(fd, pid), r;
	struct pollfd p = {.fd = pidfd, .events = POLLIN};

	if (pidfd < 0 || pid <= 0)
		r = -ESRCH;
	else
		r = procfs_creds(pid, creds_x);
	if (!r && poll(&p, 1, 0) != 0)
		r = -ESRCH;
	if (pidfd >= 0)
		close(pidfd);
	return r;
}

static int peer_groups(int fd, struct groups *g)
{
	socklen_t len = 64 * sizeof(gid_t);

	g->v = malloc(len);
	while (g->v && getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, g->v, &len)) {
		free(g->v);
		g->v = NULL;
		if (errno != ERANGE || len > GROUPS_MAX * sizeof(gid_t))
			return -errno;
		g->v = malloc(len); /* it says how much it needs */
	}
	g->n = len / sizeof(gid_t);
	return g->v ? 0 : -ENOMEM;
}

static const struct auth_name *find_name(struct auth *a, const char *name)
{
	struct auth_name *oldest = &a->names[0];
	uint64_t now = tr_now_ns();
	struct group *group;

	for (unsigned int i = 0; i < AUTH_NAMES_MAX; i++) {
		struct auth_name *n = &a->names[i];

		if (!strcmp(n->name, name) && now - n->known_ns < NAME_NS)
			return n;
		if (n->known_ns < oldest->known_ns)
			oldest = n;
	}
	group = getgrnam(name);
	snprintf(oldest->name, sizeof(oldest->name), "%s", name);
	oldest->exists = group;
	oldest->gid = group ? group->gr_gid : 0;
	oldest->known_ns = now;
	return oldest;
}

static bool in_group(struct auth *a, const struct groups *g, const char *name)
{
	const struct auth_name *group = find_name(a, name);

	if (!group->exists)
		return false;
	for (unsigned int i = 0; i < g->n; i++)
		if (g->v[i] == group->gid)
			return true;
	return g->own == group->gid;
}

static enum config_payload payload_of(struct auth *a, const struct groups *g)
{
	const struct config *c = a->config;
	enum config_payload most = PAYLOAD_OFF;
	bool any = false;

	for (uint32_t i = 0; i < c->ngroups; i++) {
		if (!in_group(a, g, c->groups[i].name))
			continue;
		any = true;
		if (c->groups[i].payload > most)
			most = c->groups[i].payload;
	}
	return any ? most : c->payload;
}

/* Capabilities that it got by running a program since it connected are not counted. */
static uint64_t caps_of(const struct procfs_creds *c, const struct ucred *cred)
{
	for (int i = 0; i < 3; i++)
		if (c->uid[i] != cred->uid || c->gid[i] != cred->gid)
			return 0;
	return c->dumpable ? c->permitted : 0;
}

static void judge(struct auth *a, const struct ucred *cred, const struct procfs_creds *creds,
		  const struct groups *groups, struct peer *peer)
{
	bool home = creds->userns == a->userns;

	*peer = (struct peer){.pid = cred->pid, .payload = payload_of(a, groups)};
	peer->who = (struct watcher){
	    .limited = !home || !(cred->uid == 0 || cred->uid == geteuid() ||
				  in_group(a, groups, a->config->group)),
	    .uid = cred->uid,
	    .gid = cred->gid,
	    .userns = creds->userns,
	    .pidns = creds->pidns,
	    .caps = caps_of(creds, cred),
	};
}

int auth_peer(struct auth *a, int fd, struct peer *peer_x, char *err)
{
	struct procfs_creds creds;
	struct groups groups = {};
	struct ucred cred = {};
	socklen_t len = sizeof(cred);
	int r;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len))
		return refuse(err, -errno, "tracerd can't tell who you are");
	peer_x->pid = cred.pid;
	peer_x->who = (struct watcher){.limited = true, .uid = cred.uid, .gid = cred.gid};
	r = live_creds(fd, cred.pid, &creds);
	if (r)
		return refuse(err, r,
			      "tracerd can't tell who you are: the process that connected "
			      "has ended, or is out of its sight");
	groups.own = cred.gid;
	r = peer_groups(fd, &groups);
	if (!r)
		judge(a, &cred, &creds, &groups, peer_x);
	free(groups.v);
	return r ? refuse(err, r, "tracerd can't tell which groups you are in") : 0;
}

void auth_sole(int fd, struct peer *peer_x)
{
	struct ucred cred = {};
	socklen_t len = sizeof(cred);

	getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len);
	*peer_x = (struct peer){.pid = cred.pid, .sole = true, .payload = PAYLOAD_FULL};
}

static bool owns(const struct watcher *who, uint32_t pid)
{
	struct procfs_creds c;

	if (procfs_creds(pid, &c) || !c.dumpable)
		return false;
	for (int i = 0; i < 3; i++)
		if (c.uid[i] != who->uid || c.gid[i] != who->gid)
			return false;
	return c.userns != who->userns || !(c.permitted & ~who->caps);
}

static int check_ids(const struct auth *a, const struct watcher *who, const struct filter_ids *ids,
		     char *err)
{
	if (ids->n && who->pidns != a->pidns)
		return refuse(err, -EOPNOTSUPP,
			      "process numbers of another PID namespace mean nothing to "
			      "this tracerd: choose by --comm or --cgroup");
	for (uint32_t i = 0; who->limited && i < ids->n; i++)
		if (!owns(who, ids->v[i])) {
			snprintf(
			    err, FILTER_ERR_LEN,
			    "there is no process %u of yours, and you can't watch those of others",
			    ids->v[i]);
			return -EACCES;
		}
	return 0;
}

int auth_filter(const struct auth *a, const struct watcher *who, const struct filter *f, char *err)
{
	int r = check_ids(a, who, &f->pid, err);

	if (!r)
		r = check_ids(a, who, &f->tid, err);
	for (uint32_t i = 0; !r && who->limited && i < f->uid.n; i++)
		if (f->uid.v[i] != who->uid) {
			snprintf(err, FILTER_ERR_LEN,
				 "you can't watch the processes of user %u, only your own",
				 f->uid.v[i]);
			r = -EACCES;
		}
	return r;
}

void auth_refused(struct auth *a, uint32_t uid, const char *what)
{
	struct auth_refused *place = &a->refused[0];
	uint64_t now = tr_now_ns();

	for (unsigned int i = 0; i < AUTH_REFUSED_MAX; i++) {
		struct auth_refused *r = &a->refused[i];

		if (r->ns && r->uid == uid) {
			place = r;
			break;
		}
		if (r->ns < place->ns)
			place = r;
	}
	if (place->ns && now - place->ns < QUIET_NS) { /* with no place free it is the oldest */
		place->kept_quiet++;
		return;
	}
	if (place->kept_quiet)
		log_info("%llu more refusals were not told",
			 (unsigned long long)place->kept_quiet);
	log_warn("user %u was refused: %s", uid, what);
	*place = (struct auth_refused){.uid = uid, .ns = now};
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * listen.c - see listen.h. What a service manager passes is told by $LISTEN_PID and $LISTEN_FDS, as
 * sd_listen_fds(3) describes; the first descriptor is 3.
 */
#include "listen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "log.h"

#define PASSED_FD 3
#define BACKLOG 64

static int lock(struct listener *l)
{
	char path[sizeof(l->path) + 8];

	snprintf(path, sizeof(path), "%s.lock", l->path);
	l->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (l->lock_fd < 0) {
		int r = -errno;

		log_err("can't create %s: %s", path, strerror(-r));
		return r;
	}
	if (flock(l->lock_fd, LOCK_EX | LOCK_NB)) {
		log_err("another tracerd serves %s", l->path);
		return -EBUSY;
	}
	return 0;
}

static bool is_passed(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");

	return pid && fds && strtol(pid, NULL, 10) == getpid() && !strcmp(fds, "1");
}

/* Any other kind of socket would end in a loop of failing accepts. */
static int take_passed(struct listener *l)
{
	struct sockaddr_un addr = {};
	socklen_t len = sizeof(addr), optlen = sizeof(int);
	int type = 0, listens = 0, r;

	if (getsockname(PASSED_FD, (struct sockaddr *)&addr, &len) || addr.sun_family != AF_UNIX ||
	    getsockopt(PASSED_FD, SOL_SOCKET, SO_TYPE, &type, &optlen) || type != SOCK_STREAM ||
	    getsockopt(PASSED_FD, SOL_SOCKET, SO_ACCEPTCONN, &listens, &optlen) || !listens ||
	    addr.sun_path[0] != '/') {
		log_err("what the service manager passed is no listening Unix stream socket with a "
			"path");
		return -EINVAL;
	}
	fcntl(PASSED_FD, F_SETFD, FD_CLOEXEC);
	fcntl(PASSED_FD, F_SETFL, fcntl(PASSED_FD, F_GETFL) | O_NONBLOCK);
	snprintf(l->path, sizeof(l->path), "%s", addr.sun_path);
	r = lock(l);
	return r ? r : PASSED_FD;
}

static void make_directory(const char *path)
{
	char dir[sizeof(((struct sockaddr_un *)0)->sun_path)], *slash;

	snprintf(dir, sizeof(dir), "%s", path);
	slash = strrchr(dir, '/');
	if (slash && slash != dir) {
		*slash = '\0';
		mkdir(dir, 0755);
	}
}

/* Everybody may connect: who may see what is decided by who it is. */
static int bind_at(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t old;
	int r;

	if (fd < 0)
		return -errno;
	memcpy(addr.sun_path, path, strlen(path) + 1);
	unlink(path);
	old = umask(0111);
	r = bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ? -errno : 0;
	umask(old);
	if (!r && listen(fd, BACKLOG))
		r = -errno;
	if (r)
		close(fd);
	return r ? r : fd;
}

int listen_open(struct listener *l, const char *path)
{
	int fd, r;

	*l = (struct listener){.lock_fd = -1};
	if (is_passed())
		return take_passed(l);
	if (strlen(path) >= sizeof(l->path)) {
		log_err("the path of the socket is longer than %zu bytes", sizeof(l->path) - 1);
		return -ENAMETOOLONG;
	}
	memcpy(l->path, path, strlen(path) + 1);
	make_directory(path);
	r = lock(l);
	if (r)
		return r;
	fd = bind_at(path);
	if (fd < 0) {
		log_err("can't listen at %s: %s", path, strerror(-fd));
		return fd;
	}
	l->ours = true;
	return fd;
}

void listen_close(struct listener *l)
{
	if (l->ours)
		unlink(l->path);
	l->ours = false;
	if (l->lock_fd >= 0)
		close(l->lock_fd);
	l->lock_fd = -1;
}

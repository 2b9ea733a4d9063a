/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * private.c - a tracerd of our own, over a socket pair. It has its own session, so that signals of
 * the terminal don't reach it, and ends when we close our end; its complaints come on our stderr.
 */
#include "conn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "msg.h"

/* Beside us, where an installation has it, and in the build tree. */
static const char *const beside[] = {"tracerd", "../sbin/tracerd", "../libexec/tracerd",
				     "../daemon/tracerd"};

static bool in_own_directory(char *path)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n <= 0)
		return false;
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		if ((size_t)snprintf(path, PATH_MAX, "%s/%s", self, beside[i]) < PATH_MAX &&
		    !access(path, X_OK))
			return true;
	}
	return false;
}

static bool in_path(char *path)
{
	const char *dirs = getenv("PATH");

	for (const char *s = dirs ? dirs : "/usr/sbin:/usr/bin"; *s;) {
		size_t n = strcspn(s, ":");

		if (n && n < PATH_MAX - 16) {
			snprintf(path, PATH_MAX, "%.*s/tracerd", (int)n, s);
			if (!access(path, X_OK))
				return true;
		}
		s += n + (s[n] == ':');
	}
	return !access(strcpy(path, "/usr/sbin/tracerd"), X_OK);
}

static void become_daemon(const char *path, const char *backend, int fd)
{
	char number[16];
	sigset_t none;
	int null;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	null = open("/dev/null", O_RDWR);
	if (null >= 0) { /* our output is not its: a reader waits for the last that has it */
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		if (null > STDERR_FILENO)
			close(null);
	}
	fcntl(fd, F_SETFD, 0);
	snprintf(number, sizeof(number), "%d", fd);
	execl(path, "tracerd", "--private", "--fd", number, "--backend", backend ? backend : "auto",
	      (char *)NULL);
	_exit(127);
}

int private_start(const char *backend, int *fd_x, pid_t *pid_x, char *err)
{
	char path[PATH_MAX];
	int fds[2], r;
	pid_t pid;

	if (!in_own_directory(path) && !in_path(path))
		return msg_set(err, -ENOENT,
			       "no tracerd is running, and none is installed that could be started");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return msg_set(err, -errno, "can't make a socket: %s", strerror(errno));
	pid = fork();
	if (pid == 0) {
		if (fds[1] > STDERR_FILENO)
			become_daemon(path, backend, fds[1]);
		_exit(127);
	}
	r = -errno;
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return msg_set(err, r, "can't start tracerd: %s", strerror(-r));
	}
	*fd_x = fds[0];
	*pid_x = pid;
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* strace_daemon.c - see strace_daemon.h. */
#include "strace_daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "msg.h"

static void be_program(const struct child_how *how, char *const *argv, int go)
{
	char byte;
	int status = how->prepare(how->ctx);

#ifdef PR_SET_PTRACER
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
#endif
	if (status)
		exit(status);
	if (read(go, &byte, 1) != 1) /* the tracer has said why */
		exit(1);
	execv(how->path, argv);
	msg("exec: %s", strerror(errno));
	exit(how->failed_status);
}

pid_t strace_daemonize(unsigned int level, const struct child_how *how, char *const *argv, int *go_x)
{
	pid_t program = getpid(), pid;
	int go[2];

	if (pipe2(go, O_CLOEXEC)) {
		msg("can't make a pipe: %s", strerror(errno));
		return 0;
	}
	pid = fork();
	if (pid < 0) {
		msg("can't start a process: %s", strerror(errno));
		return 0;
	}
	if (pid) {
		close(go[1]);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		be_program(how, argv, go[0]);
	}
	if (fork())
		_exit(0);
	close(go[0]);
	if (level == 2)
		setpgid(0, 0);
	else if (level == 3)
		setsid();
	*go_x = go[1];
	return program;
}

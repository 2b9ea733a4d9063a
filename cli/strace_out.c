/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* strace_out.c - see strace_out.h. */
#include "strace_out.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <paths.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "msg.h"

static int open_file(const char *name, bool append)
{
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC);
	int fd = open(name, flags, 0666);

	if (fd < 0)
		msg("Can't fopen '%.200s': %s", name, strerror(errno));
	return fd;
}

/* The command is no part of what is traced, and signals of the terminal don't end it before us. */
static int open_command(struct strace_out *out, const char *command)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC)) {
		msg("can't make a pipe: %s", strerror(errno));
		return 1;
	}
	out->pid = fork();
	if (out->pid == 0) {
		dup2(fds[0], STDIN_FILENO);
		execl(_PATH_BSHELL, "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(fds[0]);
	out->fd = fds[1];
	if (out->pid > 0)
		return 0;
	msg("can't start a process: %s", strerror(errno));
	out->pid = 0;
	return 1;
}

int strace_out_open(struct strace_out *out, const struct strace_options *o)
{
	*out = (struct strace_out){.fd = STDERR_FILENO, .is_stderr = !o->out};
	if (!o->out)
		return 0;
	out->fd = -1;
	if (o->separate)
		return 0;
	if (*o->out == '|' || *o->out == '!')
		return open_command(out, o->out + 1);
	out->fd = open_file(o->out, o->append);
	return out->fd < 0;
}

void strace_out_close(struct strace_out *out)
{
	if (out->fd > STDERR_FILENO && close(out->fd) && errno != EINTR)
		msg("can't write the output: %s", strerror(errno));
	if (!out->pid)
		return;
	while (waitpid(out->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

int strace_log_open(struct strace_log *log, const struct strace_options *o, uint32_t tid)
{
	char name[PATH_MAX];

	log->buf = &log->own;
	if ((size_t)snprintf(name, sizeof(name), "%s.%u", o->out, tid) >= sizeof(name)) {
		msg("Can't fopen '%.200s': %s", o->out, strerror(ENAMETOOLONG));
		return -ENAMETOOLONG;
	}
	log->fd = open_file(name, o->append);
	return log->fd < 0 ? -EIO : 0;
}

void strace_log_flush(struct strace_log *log)
{
	size_t done = 0;

	while (log->fd >= 0 && done < log->own.len) {
		ssize_t n = write(log->fd, log->own.p + done, log->own.len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			msg("can't write the output: %s", strerror(errno));
			close(log->fd);
			log->fd = -1;
			break;
		}
		done += (size_t)n;
	}
	log->own.len = 0;
}

void strace_log_close(struct strace_log *log)
{
	if (log->buf != &log->own)
		return;
	strace_log_flush(log);
	if (log->fd >= 0)
		close(log->fd);
	buf_done(&log->own);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* child.c - see child.h. */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <paths.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "msg.h"

static int can_execute(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || access(path, X_OK))
		return -EACCES;
	return 0;
}

static int search_path(const char *name, char *path, size_t size)
{
	const char *dirs = getenv("PATH");
	int result = -ENOENT;

	for (const char *s = dirs ? dirs : _PATH_DEFPATH;; s++) {
		size_t n = strcspn(s, ":");
		int r = -ENAMETOOLONG;

		if ((size_t)snprintf(path, size, "%.*s/%s", (int)(n ? n : 1), n ? s : ".", name) < size)
			r = can_execute(path);
		if (!r)
			return 0;
		if (r == -EACCES)
			result = r;
		s += n;
		if (!*s)
			return result;
	}
}

static int failed_status(int e)
{
	return e == ENOENT || e == ENOTDIR || e == ENAMETOOLONG ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
}

int child_find(const char *name, char *path, size_t size, char *err)
{
	int r;

	if (!strchr(name, '/'))
		r = *name ? search_path(name, path, size) : -ENOENT;
	else if (strlen(name) >= size)
		r = -ENAMETOOLONG;
	else
		r = can_execute(strcpy(path, name));
	return r ? msg_set(err, failed_status(-r), "%.200s: %s", name, strerror(-r)) : 0;
}

/* A file without a format is a script for sh, as execvp has it. */
static void exec_script(const char *path, char *const *argv)
{
	size_t n = 0;
	char **args;

	while (argv[n])
		n++;
	args = calloc(n + 2, sizeof(*args));
	if (!args)
		return;
	args[0] = (char *)"sh";
	args[1] = (char *)path;
	for (size_t i = 1; i < n; i++)
		args[i + 1] = argv[i];
	execv(_PATH_BSHELL, args);
}

static void be_child(const struct child_how *how, const char *path, char *const *argv,
		     const struct sigs *sigs, const struct child_tracer *tracer, int start, int report)
{
	int e = how && how->prepare ? how->prepare(how->ctx) : 0;
	char go;

	if (e)
		_exit(e);

#ifdef PR_SET_PTRACER
	if (tracer->pid > 0)
		prctl(PR_SET_PTRACER, tracer->pid, 0, 0, 0);
#endif
	sigs_restore(sigs);
	if (write(report, &e, sizeof(e)) < 0 || read(start, &go, 1) != 1)
		_exit(EXIT_RUN_FAILED);
	if (tracer->trap && trap_install(tracer->trap))
		_exit(EXIT_RUN_FAILED);
	execv(path, argv);
	if (errno == ENOEXEC && !how)
		exec_script(path, argv);
	e = errno;
	if (write(report, &e, sizeof(e)) < 0)
		_exit(EXIT_RUN_FAILED);
	_exit(how ? how->failed_status : failed_status(e));
}

/* Until it has told that it is ready, and then sleeps: in the read. It can't take long. */
static void wait_ready(const struct child *c)
{
	const struct timespec pause = {.tv_nsec = 100000};
	char path[64];
	int zero;

	if (read(c->report_fd, &zero, sizeof(zero)) != sizeof(zero))
		return;
	snprintf(path, sizeof(path), "/proc/%d/stat", c->pid);
	for (int i = 0; i < 10000; i++) {
		char text[128] = "";
		const char *end;
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

		if (fd >= 0)
			close(fd);
		end = n > 0 ? strrchr(text, ')') : NULL;
		if (!end || (end[1] && end[2] == 'S'))
			return;
		nanosleep(&pause, NULL);
	}
}

int child_fork(struct child *c, const struct child_how *how, const char *path, char *const *argv,
	       const struct sigs *sigs, const struct child_tracer *tracer, char *err)
{
	int start[2], report[2], r;
	pid_t pid;

	*c = (struct child){.how = how, .start_fd = -1, .report_fd = -1};
	if (pipe2(start, O_CLOEXEC))
		return msg_set(err, -errno, "can't make a pipe: %s", strerror(errno));
	if (pipe2(report, O_CLOEXEC)) {
		r = -errno;
		close(start[0]);
		close(start[1]);
		return msg_set(err, r, "can't make a pipe: %s", strerror(-r));
	}
	pid = fork();
	if (pid == 0) {
		close(start[1]); /* else it would wait for itself if we die */
		be_child(how, path, argv, sigs, tracer, start[0], report[1]);
	}
	r = -errno;
	close(start[0]);
	close(report[1]);
	c->start_fd = start[1];
	c->report_fd = report[0];
	if (pid < 0) {
		child_cancel(c);
		return msg_set(err, r, "can't start a process: %s", strerror(-r));
	}
	c->pid = pid;
	wait_ready(c);
	return 0;
}

void child_start(struct child *c)
{
	if (write(c->start_fd, "", 1) != 1)
		return; /* it was killed: child_poll will find it */
	close(c->start_fd);
	c->start_fd = -1;
}

void child_cancel(struct child *c)
{
	if (c->start_fd >= 0)
		close(c->start_fd);
	if (c->report_fd >= 0)
		close(c->report_fd);
	c->start_fd = c->report_fd = -1;
	if (c->pid > 0 && !c->reaped)
		waitpid(c->pid, &c->wait_status, 0);
	c->pid = 0;
}

bool child_poll(struct child *c)
{
	if (c->pid > 0 && !c->reaped)
		c->reaped = waitpid(c->pid, &c->wait_status, WNOHANG) == c->pid;
	return c->reaped;
}

int child_exec_errno(struct child *c)
{
	int e = 0;

	return read(c->report_fd, &e, sizeof(e)) == sizeof(e) ? e : 0;
}

int child_exit_status(struct child *c, const char *name, char *err)
{
	int e = c->how ? 0 : child_exec_errno(c);

	*err = '\0';
	if (e)
		return msg_set(err, failed_status(e), "%.200s: %s", name, strerror(e));
	if (WIFSIGNALED(c->wait_status))
		return 128 + WTERMSIG(c->wait_status);
	return WEXITSTATUS(c->wait_status);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* sigs.c - see sigs.h. */
#include "sigs.h"

#include <errno.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* nohup(1) means it: a hang-up that was ignored stays so. */
static int is_ignored(int signo)
{
	struct sigaction sa;

	return !sigaction(signo, NULL, &sa) && sa.sa_handler == SIG_IGN;
}

int sigs_init(struct sigs *s)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGQUIT, SIGHUP};
	struct sigaction dfl = {.sa_handler = SIG_DFL};
	sigset_t set;

	sigemptyset(&set);
	for (unsigned int i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends[i] != SIGHUP || !is_ignored(SIGHUP))
			sigaddset(&set, ends[i]);
	s->end_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->end_fd < 0)
		return -errno;
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGWINCH);
	s->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->fd < 0) {
		int r = -errno;

		close(s->end_fd);
		return r;
	}
	sigaddset(&set, SIGPIPE); /* write tells it */
	sigprocmask(SIG_BLOCK, &set, &s->before);
	sigaction(SIGCHLD, &dfl, &s->chld_before); /* ignored, it would take exit statuses from us */
	return 0;
}

void sigs_done(struct sigs *s)
{
	if (s->fd < 0)
		return;
	close(s->end_fd);
	close(s->fd);
	s->fd = s->end_fd = -1;
}

void sigs_restore(const struct sigs *s)
{
	sigaction(SIGCHLD, &s->chld_before, NULL);
	sigprocmask(SIG_SETMASK, &s->before, NULL);
}

enum sig_event sigs_next(struct sigs *s, int *signo_x, int *from_terminal_x)
{
	struct signalfd_siginfo info;

	if (read(s->fd, &info, sizeof(info)) != sizeof(info))
		return SIG_EVENT_NONE;
	*signo_x = (int)info.ssi_signo;
	*from_terminal_x = info.ssi_code == SI_KERNEL;
	switch (info.ssi_signo) {
	case SIGCHLD:
		return SIG_EVENT_CHILD;
	case SIGWINCH:
		return SIG_EVENT_RESIZE;
	default:
		return SIG_EVENT_END;
	}
}

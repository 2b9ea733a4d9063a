/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* output.c - see output.h. SIGPIPE must be blocked or ignored. */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "msg.h"

unsigned int output_columns(void)
{
	const char *text = getenv("COLUMNS");
	char *end;
	unsigned long v = text ? strtoul(text, &end, 10) : 0;

	return v && v <= 10000 && !*end ? (unsigned int)v : 0;
}

void output_resize(struct output *out)
{
	unsigned int columns = output_columns();
	struct winsize size;

	if (!out->is_terminal)
		return;
	if (columns)
		out->width = columns;
	if (ioctl(out->fd, TIOCGWINSZ, &size) || !size.ws_col)
		return;
	if (!columns)
		out->width = size.ws_col;
	out->height = size.ws_row;
}

static bool wants_color(const struct output *out, enum color_when when)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when != COLOR_AUTO)
		return when == COLOR_ALWAYS;
	return out->is_terminal && !(no && *no) && !(term && !strcmp(term, "dumb"));
}

/*
 * A pipe is opened once more, for a description of our own that doesn't block: with the given one,
 * which others share, a stopped reader could keep us in write where no signal arrives.
 */
static void own_pipe(struct output *out)
{
	char path[64];
	struct stat st;
	int fd;

	if (fstat(out->fd, &st) || !S_ISFIFO(st.st_mode))
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", out->fd);
	fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	if (out->owned)
		close(out->fd);
	out->fd = fd;
	out->owned = true;
}

int output_init(struct output *out, const struct options *o, int fd, char *err)
{
	*out = (struct output){.fd = fd, .name = "the output"};
	if (o->out && strcmp(o->out, "-")) {
		out->name = o->out;
		out->fd = open(o->out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (out->fd < 0)
			return msg_set(err, -errno, "can't write to %.200s: %s", o->out,
				       strerror(errno));
		out->owned = true;
	} else if (o->out) {
		out->fd = STDOUT_FILENO;
	}
	out->is_terminal = isatty(out->fd);
	if (wants_color(out, o->color))
		out->color = o->has_theme ? o->theme :
					    term_theme_guess(getenv("TRACECTL_THEME"), getenv("COLORFGBG"));
	output_resize(out);
	own_pipe(out);
	return 0;
}

/* A network file system tells at close what it could not write. */
void output_done(struct output *out)
{
	if (out->owned && close(out->fd) && !out->closed && errno != EINTR)
		msg("can't write to %.200s: %s", out->name, strerror(errno));
	buf_done(&out->buf);
}

static int give_up(struct output *out, int e)
{
	out->closed = true;
	if (e != EPIPE)
		msg("can't write to %.200s: %s", out->name, strerror(e));
	return -e;
}

static int wait_writable(struct output *out, int wake_fd, int timeout_ms)
{
	struct pollfd fds[2] = {{.fd = out->fd, .events = POLLOUT},
				{.fd = wake_fd, .events = POLLIN}};
	int r = poll(fds, 2, timeout_ms);

	if (r == 0)
		return -EAGAIN;
	return r > 0 && !fds[0].revents ? -EINTR : 0;
}

int output_flush(struct output *out, int wake_fd, int timeout_ms)
{
	struct buf *b = &out->buf;
	int r = 0;

	if (b->failed) {
		b->failed = false;
		return give_up(out, ENOMEM);
	}
	while (!out->closed && out->written < b->len) {
		ssize_t n = write(out->fd, b->p + out->written, b->len - out->written);

		if (n >= 0)
			out->written += (size_t)n;
		else if (errno == EAGAIN)
			r = wait_writable(out, wake_fd, timeout_ms);
		else if (errno != EINTR)
			return give_up(out, errno);
		if (r)
			return r;
	}
	b->len = out->written = 0;
	return out->closed ? -EPIPE : 0;
}

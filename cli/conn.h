/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * conn.h - the connection to a tracerd: the system's, the user's own, or a private one that is
 * started for us. Reads in large batches; hands out whole frames whose length was checked.
 */
#ifndef CLI_CONN_H
#define CLI_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/types.h>
#include <tracer/wire.h>

struct conn {
	int fd;		      /* -1: not connected */
	pid_t private_pid;    /* of the tracerd that we started, else 0 */
	struct tr_hello hello; /* its strings end with a NUL */
	char *in;	      /* frames from pos to len */
	size_t pos, len, size;
	bool eof;
	bool is_file;	      /* a saved conversation: nobody answers */
};

/* Where to look for a tracerd; NULL: anywhere, any backend. */
struct conn_where {
	const char *socket;
	const char *backend;
	int wake_fd; /* readable: give up (-EINTR) */
	bool running; /* one that is there already: start none */
};

/*
 * Connects and waits for HELLO. Returns 0, or a negative errno with a sentence in err (MSG_LEN),
 * which is empty if tracerd itself has told the reason on stderr.
 */
int conn_open(struct conn *c, const struct conn_where *where, char *err);

/* A file that has what a tracerd has said. */
int conn_open_file(struct conn *c, const char *path, char *err);

/* Takes fd over and waits for HELLO. */
int conn_init(struct conn *c, int fd, int wake_fd, char *err);
void conn_close(struct conn *c);

int conn_send(struct conn *c, uint16_t type, const void *payload, size_t len);

/* One read. 0: something or nothing came; eof is set at the end. */
int conn_fill(struct conn *c);

/*
 * The next whole frame, NULL if there is none yet; valid until the next conn_fill or conn_next.
 * r_x: 0, or -EPROTO if the stream can't be read any further.
 */
const struct tr_frame *conn_next(struct conn *c, int *r_x);

/*
 * Waits for a frame, for at most timeout_ms. -ETIMEDOUT, -EPIPE (closed), -EPROTO, or -EINTR when
 * wake_fd (-1: none) is readable and nothing has come.
 */
int conn_wait(struct conn *c, int wake_fd, int timeout_ms, const struct tr_frame **frame_x);

static inline const void *conn_payload(const struct tr_frame *f, size_t *len_x)
{
	*len_x = f->len - sizeof(*f);
	return f + 1;
}

/* The text of an ERROR frame, to err (MSG_LEN bytes), harmless to a terminal. */
void conn_error_text(const struct tr_frame *f, char *err);

/* Starts `tracerd --private`, connected to *fd_x. */
int private_start(const char *backend, int *fd_x, pid_t *pid_x, char *err);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * output.h - where lines go: collected in a buffer, written once per batch. A reader that is gone
 * ends things quietly, a full disk is told once, and a signal gets through even if a reader does
 * not read.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <core/buf.h>
#include "opts.h"
#include "term.h"

#define OUTPUT_BATCH (256u << 10) /* flush when so much is buffered, whatever comes */

struct output {
	int fd;
	bool owned;
	bool is_terminal;
	enum term_theme color;
	bool closed; /* nothing more can be written */
	unsigned int width, height; /* of the terminal, 0: it is none */
	const char *name;
	struct buf buf;
	size_t written; /* of buf */
};

/* Opens -o, or takes fd. Returns 0 or a negative errno, with a sentence in err (MSG_LEN). */
int output_init(struct output *out, const struct options *o, int fd, char *err);
void output_done(struct output *out);
void output_resize(struct output *out); /* asks the terminal for its size */
unsigned int output_columns(void); /* what COLUMNS asks for, 0: nothing */

/*
 * Writes what is buffered. 0; -EINTR: wake_fd (-1: none) is readable and something is left;
 * -EAGAIN: not in timeout_ms (-1: forever); -EPIPE: nobody reads any more; else an errno that was
 * told.
 */
int output_flush(struct output *out, int wake_fd, int timeout_ms);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * human_sink.h - values as people say them: paths and peers for descriptors, units for sizes and
 * times, words for flags. Every byte of the traced program goes through term_escape.
 */
#ifndef CLI_HUMAN_SINK_H
#define CLI_HUMAN_SINK_H

#include "idnames.h"
#include "value.h"

struct human_sink {
	struct sink s;
	const struct facts *facts;
	struct idnames *ids;	 /* NULL: users and groups are numbers */
	const struct call *call; /* that the values are of; NULL: none */
	uint32_t tgid;
	int32_t dir;	 /* descriptor that relative paths start from */
	bool as_is;	 /* paths are shown as they were given */
	bool plain;	 /* strings without quotes, arrays without brackets: a command line */
	bool sentence;	 /* elements are "FD to be readable", without brackets and braces */
	bool first;
	bool is_set;
	size_t word;	 /* where the word began in the buffer */
};

extern const struct sink_ops human_sink_ops;

/* Names, in human_name.c. */
void human_fd(struct human_sink *s, int32_t fd);
void human_unix(struct buf *out, const struct address *a);
void human_id(struct human_sink *s, bool is_group, uint32_t id);
void human_pid(struct human_sink *s, uint32_t pid);
void human_exit_status(struct buf *out, int status); /* "exited with status 0" */
/* Turns "O_WRONLY|O_CLOEXEC", all that is in the buffer from there on, into "write-only". */
void human_words(struct buf *out, size_t from);
/* "write-only" for "O_WRONLY"; "": it says nothing to people; NULL: there is no word for it. */
const char *human_word(const char *name);

/* Why a call failed: "no permission". row may be NULL. */
void human_error(struct buf *out, const struct sc_row *row, int err);

#endif

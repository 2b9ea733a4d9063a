/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_sink.h - values as strace writes them, for the formats that look like it.
 */
#ifndef CLI_STRACE_SINK_H
#define CLI_STRACE_SINK_H

#include "value.h"

/* Which bytes of strings are written as \xHH. */
enum strace_hex {
	STRACE_HEX_NONE,
	STRACE_HEX_CHARS,     /* those that would be octal */
	STRACE_HEX_NON_ASCII, /* all of a string that has one which is not ASCII */
	STRACE_HEX_ALL,
};

/* What is told of descriptors and processes. */
enum strace_fds {
	STRACE_FDS_PATH = 1,
	STRACE_FDS_SOCKET = 2,
	STRACE_FDS_DEV = 4,
	STRACE_FDS_PIDFD = 8,
	STRACE_FDS_SIGNALFD = 16,
	STRACE_FDS_EVENTFD = 32,
	STRACE_FDS_ALL = 63,
};
enum strace_pids { STRACE_PIDS_COMM = 1, STRACE_PIDS_NS = 2 };
enum strace_consts { STRACE_CONSTS_ABBREV, STRACE_CONSTS_RAW, STRACE_CONSTS_VERBOSE };

struct strace_sink {
	struct sink s;
	const struct facts *facts; /* NULL: descriptors are only numbers */
	uint32_t tgid;
	uint32_t decode_fds; /* enum strace_fds, where there are facts */
	uint8_t hex;	     /* enum strace_hex */
	uint8_t consts;	     /* enum strace_consts */
	bool raw;	     /* arguments and results are numbers */
	bool opaque;	     /* what pointers point to is not shown, but for strings */
	bool arg_names;
	size_t word_from;    /* where the word that is being written begins */
	/* Writes what is known of a process that tgid calls pid. NULL: nothing is told but the number. */
	void (*about_pid)(void *ctx, uint32_t tgid, uint32_t pid, struct buf *out);
	void *about_ctx;
	size_t arg_at[TR_MAX_ARGS]; /* where each argument begins, with the comma before it */
	bool first;  /* no element yet on this level; true before each value */
	bool is_set; /* elements are separated by spaces only */
};

extern const struct sink_ops strace_sink_ops;

/*
 * A date, "2026-11-21T08:11:06.610310377+0000"; part is that of the second in so many digits, 0, 6 or 9.
 * False: the time is none that strace would tell, and nothing was written.
 */
bool strace_date(struct buf *out, int64_t sec, int64_t part, unsigned int digits);

/* "{si_signo=SIGTERM, ...}" */
void strace_siginfo(struct strace_sink *s, const struct tr_signal *rec);

/* A process id, and what is known of it. */
void strace_pid(struct strace_sink *s, int64_t pid);

/* A descriptor, and what decode_fds wants to be told of it. */
void strace_fd(struct sink *s, int32_t fd, bool is_dir);

/* Text in angle brackets; hex: STRACE_HEX_* or 0. */
void strace_escape(struct buf *out, const void *p, size_t n, unsigned int hex);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_out.h - where the lines of the strace command go: stderr, a file, a command, or a file for
 * each process. Every destination remembers what stands on its last line.
 */
#ifndef CLI_STRACE_OUT_H
#define CLI_STRACE_OUT_H

#include <stdio.h>
#include <sys/types.h>
#include <core/buf.h>
#include "strace_opts.h"

struct strace_task;

/* One destination. */
struct strace_log {
	struct buf *buf;
	struct strace_task *open; /* whose line is not finished; NULL: none is */
	size_t column;		  /* that it has come to */
	uint64_t last_ns;	  /* when the last line began; 0: there was none */
	int fd;			  /* of a file of its own, -1: the session writes what is in buf */
	struct buf own;
};

struct strace_out {
	int fd;	   /* stderr, the file or the pipe; -1: each process has its own */
	pid_t pid; /* of the command that reads, 0: there is none */
	bool is_stderr;
};

/* Opens -o. Returns 0, or 1 after saying why not. */
int strace_out_open(struct strace_out *out, const struct strace_options *o);
void strace_out_close(struct strace_out *out);

/* A process's own file, -o's name with a dot and its number. Returns 0, or -errno that was told. */
int strace_log_open(struct strace_log *log, const struct strace_options *o, uint32_t tid);
void strace_log_flush(struct strace_log *log);
void strace_log_close(struct strace_log *log);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_line.h - strace's lines out of records: what stands in front of each, which call is unfinished
 * when another task's line comes, and what is said of tasks that come and go.
 */
#ifndef CLI_STRACE_LINE_H
#define CLI_STRACE_LINE_H

#include <sys/types.h>
#include <uthash.h>
#include <core/table.h>
#include "facts.h"
#include "render.h"
#include "strace_out.h"
#include "strace_path.h"
#include "strace_pidns.h"

/* A task that is traced. */
struct strace_task {
	uint32_t tid, tgid;
	uint32_t nr; /* of its latest call */
	uint8_t abi; /* of that call */
	uint64_t pointer; /* where it is, 0: unknown */
	struct strace_log *log;
	bool in_call;	 /* the beginning of its call was written */
	bool unfinished; /* and then another line */
	uint64_t held_ns;  /* begun is a call that is shown only if we leave during it: when it was made; 0: it isn't */
	uint64_t ended_ns; /* when the latest call that has returned was made */
	uint64_t waits_ns; /* how long the call had lasted when it began to wait; 0: it does not */
	uint32_t child; /* that it made in the call it is in; 0: none */
	struct strace_task *execs; /* the thread whose execve makes it the leader, until that is shown */
	bool ended;	 /* it is dead, but of its process others live */
	uint32_t status; /* then: as wait(2) has it */
	struct buf begun; /* what was written of the call */
	bool shown;	  /* its latest record, which a stack may follow */
	bool last;	  /* and that was a call that never returns: its stack comes after its end */
	struct buf stack;
	struct strace_log own;
	UT_hash_handle hh;
};

/* A process that is let alone since it executed another program. */
struct strace_left {
	uint32_t tgid;
	UT_hash_handle hh;
};

struct strace_line {
	struct idnames *ids; /* names of interfaces; NULL: no memory */
	const struct strace_options *o;
	const struct facts *facts;
	struct strace_counts *counts; /* -C; else NULL */
	struct strace_log shared;
	struct strace_task *tasks; /* by tid */
	struct strace_left *left;  /* -b execve, by tgid */
	const struct strace_paths *paths;
	uint64_t calls; /* that were shown, for --syscall-limit */
	bool pid_in_file; /* a number in front of each line, as in files of several processes */
	bool to_stderr;
	uint32_t gate; /* a child of ours that has not executed its program yet, 0: none */
	struct child *child;
	bool detached; /* nothing more is shown */
	struct strace_pidns pidns; /* -Y, --decode-pids */
	int64_t realtime_offset_ns;
	struct render clock; /* for the time of day */
};

void strace_line_init(struct strace_line *l, const struct strace_options *o, struct buf *buf);
void strace_line_done(struct strace_line *l);

/* A task that is traced from the beginning. NULL: no memory, or its file can't be written. */
struct strace_task *strace_line_add(struct strace_line *l, uint32_t tgid, uint32_t tid);

/* Shows a record, of which facts know already. */
void strace_line_record(struct strace_line *l, const struct tr_hdr *rec);

/* The end before the end of the tasks. */
void strace_line_detach(struct strace_line *l);
void strace_line_flush(struct strace_line *l); /* the tasks' own files */

/* "strace: " and a sentence, where messages go; between lines of the trace if they go there too. */
void strace_line_say(struct strace_line *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* For the files that make lines. */

#define STRACE_NO_CALL UINT32_MAX /* strace_task.nr: none was seen */

struct strace_task *strace_line_find(const struct strace_line *l, uint32_t tid);
void strace_line_drop(struct strace_line *l, struct strace_task *t);

/*
 * Closes the line that is open, and begins one of t: the process, the time, the number of the call. Returns
 * where it begins in the buffer, for columns.
 */
size_t strace_line_lead(struct strace_line *l, struct strace_task *t, uint64_t ns, uint32_t nr);

/* The beginning of a call that waits: the line stays open. */
void strace_line_begin(struct strace_line *l, struct strace_task *t, const struct tr_syscall *rec);

/*
 * The same, kept back, as who asks for calls by how they end sees only then whether this is one; and shown
 * after all.
 */
void strace_line_hold(struct strace_line *l, struct strace_task *t, const struct tr_syscall *rec);
void strace_line_unhold(struct strace_line *l, struct strace_task *t);

/* The end of a call, or all of it if it was not begun. */
void strace_line_end(struct strace_line *l, struct strace_task *t, const struct tr_syscall *rec);

/* The part of a second, with its point, in 0, 3, 6 or 9 digits. */
void strace_put_fraction(struct buf *out, uint64_t ns, unsigned int digits);

/* What -Y and the like tell of what process tgid calls pid. ctx: struct strace_line. */
void strace_line_about(void *ctx, uint32_t tgid, uint32_t pid, struct buf *out);

#endif

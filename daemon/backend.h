/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * backend.h - where records come from. A backend knows its sink and nothing else of the daemon.
 *
 * A backend is opened once. Sessions come and go by their bit; a record is handed to the sink with the
 * bits of the sessions that it is for, in the order of time, and is valid only during the call.
 */
#ifndef BACKEND_H
#define BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <core/filter.h>
#include <tracer/event.h>

#define BACKEND_WHY_LEN 256

struct backend;

struct sink {
	void *ctx;
	void (*record)(void *ctx, const struct tr_hdr *rec);
	/* count records of one session could not be made. */
	void (*lost)(void *ctx, unsigned int session, uint64_t count, enum tr_lost_where where);
	/* A queue has little room left: a backend that can wait makes no records until that is over. */
	bool (*full)(void *ctx);
};

/*
 * Who asks. A limited one sees only processes that ptrace would let it attach to: its own uid and gid (of the
 * initial user namespace), dumpable, in its user namespace or one that it made there, in its PID namespace or
 * below it.
 */
struct watcher {
	bool limited;
	uint32_t uid, gid;
	uint32_t userns, pidns; /* inode numbers */
	uint64_t caps;	 /* that it holds in its namespace */
	uint32_t rate;	 /* calls a second that each of its sessions may have; 0: any number */
};

enum ignored_by { IGNORED_BY_NONE, IGNORED_BY_ALL, IGNORED_BY_LIMITED };

/* What summary sessions get; called once for each process and call. */
typedef void summary_fn(void *ctx, const struct tr_summary_key *key, const struct tr_summary *sum);

struct backend_stats {
	uint64_t records;      /* drained since the start */
	uint64_t lost;	       /* in all sessions */
	uint32_t programs;     /* attached */
	uint64_t kernel_bytes; /* of rings and the like */
};

/*
 * For so long after session_del something can still be made or counted for the session. A program runs for
 * microseconds and can't be preempted; this is ample, also on a stolen virtual CPU.
 */
#define BACKEND_GRACE_NS 20000000ULL

struct backend_ops {
	const char *name;
	/* 0, or a negative errno with a sentence in why (BACKEND_WHY_LEN bytes). ring_bytes: in all. */
	int (*open)(struct backend **b_x, const struct sink *sink, size_t ring_bytes, char *why);
	void (*close)(struct backend *b);
	int (*fd)(struct backend *b, unsigned int i); /* readable when much waits; -1: no more */
	/* Hands on what waits; `all`: what was made up to now, whatever its order. Returns the number. */
	int (*drain)(struct backend *b, bool all);
	/* err: a sentence of FILTER_ERR_LEN bytes. Filter and watcher must live until session_del. */
	int (*session_add)(struct backend *b, unsigned int session, const struct filter *f,
			   const struct watcher *who, char *err);
	/* After it nothing is begun for the session (BACKEND_GRACE_NS); what was made is still to be drained. */
	void (*session_del)(struct backend *b, unsigned int session);
	/*
	 * Ends the interval of all summary sessions (begin); hands over what was counted in it, once
	 * no program can add to it any more (end: -EAGAIN until then; else the calls that could not be counted).
	 */
	void (*summary_begin)(struct backend *b);
	int64_t (*summary_end)(struct backend *b, unsigned int session, summary_fn *fn, void *ctx);
	void (*summary_drop)(struct backend *b, unsigned int session); /* after session_del: what nobody asked for */
	/* Hands on what the tasks of a session are blocked in; session < 0: newly blocked ones, of all. */
	int (*pending)(struct backend *b, int session);
	void (*retell)(struct backend *b); /* tells all facts again, to everybody */
	/* The process is not traced, as long as that is so. */
	void (*ignore)(struct backend *b, uint32_t tgid, enum ignored_by by);
	/* Of a session with a budget: how much it gets; how many calls it was not shown, since the last time. */
	void (*show)(struct backend *b, unsigned int session, enum tr_shown shown);
	uint64_t (*unshown)(struct backend *b, unsigned int session);
	/* What the programs cost: time that they ran from begin to end, in ns; -EPERM: nobody may know. */
	void (*cost_begin)(struct backend *b);
	int64_t (*cost_end)(struct backend *b);
	void (*stats)(struct backend *b, struct backend_stats *stats);
};

extern const struct backend_ops backend_bpf;
extern const struct backend_ops backend_ptrace;

#endif

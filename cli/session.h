/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * session.h - one question to tracerd, from the connection to the last frame, for all commands
 * that have one: the loop over socket, signals and time, the program that is followed, and how it
 * all ends. What is done with records and other frames is the command's (struct session_ops).
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "child.h"
#include "conn.h"
#include "facts.h"
#include "join.h"
#include "opts.h"
#include "output.h"
#include "procs.h"
#include "sigs.h"

struct session;

struct session_ops {
	/* A checked record, of which facts and procs know already. */
	void (*record)(struct session *s, const struct tr_hdr *rec);
	/* A frame of another type (payload of len bytes); 0 or -EPROTO. May be NULL. */
	int (*frame)(struct session *s, uint16_t type, const void *payload, size_t len);
	/* What came together was handed on; may be NULL. */
	void (*batch)(struct session *s);
	/* A signal asks for the end: true, it was dealt with. May be NULL. */
	bool (*interrupt)(struct session *s, int signo, bool from_terminal);
	/* Every options.interval_ns; may be NULL. */
	void (*tick)(struct session *s);
	/* The terminal has another size; may be NULL. */
	void (*resized)(struct session *s);
};

struct session {
	struct options *o;
	const struct session_ops *ops;
	void *ctx; /* the command's */
	struct conn conn;
	struct sigs sigs;
	struct output out;
	struct facts *facts;
	struct join *join; /* what records had no room for */
	struct procs *procs; /* NULL unless there is a child; a command may bring its own */
	const struct child_how *how; /* NULL: the child is found and executed as by a shell */
	bool by_thread;	     /* a child is followed as one thread, not as a process */
	bool ends_empty;     /* ends when no one of procs is left, with a child or without */
	struct child child;
	uint64_t deadline_ns; /* --duration, CLOCK_MONOTONIC; 0: none */
	uint64_t tick_ns, prune_ns, heard_ns; /* next tick, next prune; when the server was heard last */
	bool stopping; /* STOP was sent */
	bool resuming; /* not the first tracerd */
	bool ended;    /* no more is wanted or comes */
	bool complete; /* END came */
	bool broken;   /* something failed and was told */
	unsigned int interrupts;
	struct tr_end end;
	uint64_t lost; /* as told by LOST records */
	uint64_t opened_ns; /* CLOCK_MONOTONIC: it sees all from then on; a dump: it has all up to then */
};

/*
 * Connects (and forks options.argv if there is one and the command wants it), opens the session.
 * Returns 0, else the exit status, after saying why.
 */
int session_open(struct session *s, struct options *o, int out_fd, bool with_child);

int session_loop(struct session *s); /* 0, or -errno that was told */
void session_stop(struct session *s); /* ask for the end; idempotent */

/* Waits for the child, closes everything. Returns the exit status of tracectl. */
int session_close(struct session *s);

uint64_t session_lost(const struct session *s);

#endif

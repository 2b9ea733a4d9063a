/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * wire.h - frames: what tracectl and tracerd say to each other over a Unix stream socket.
 *
 * A frame is a header and len - 8 bytes of payload. The server speaks first, with TR_FRAME_HELLO; a
 * client that does not know its version hangs up. A receiver checks len against TR_FRAME_MAX before
 * anything else, and skips frames whose type it does not know. Host byte order: it is one machine.
 *
 * A conversation:  S: HELLO   C: OPEN   S: OPENED (or ERROR)   S: RECORDS, SUMMARY ...
 *                  C: STOP    S: what is left, then END
 * STATUS and DUMP can be asked at any time. A saved recording is HELLO and an answer to DUMP.
 * Closing the socket ends the session.
 */
#ifndef TRACER_WIRE_H
#define TRACER_WIRE_H

#include <linux/types.h>

#define TR_WIRE_VERSION 1
#define TR_FRAME_MAX (1u << 20)	      /* longest frame that the server sends */
#define TR_FRAME_REQUEST_MAX (64u << 10) /* longest frame that it accepts */

struct tr_frame {
	__u32 len; /* of the frame in bytes, this header included */
	__u16 type;
	__u16 pad;
};

enum tr_frame_type {
	TR_FRAME_HELLO = 1, /* S: struct tr_hello */
	TR_FRAME_OPEN,	    /* C: the session, as NUL-terminated strings "key=value" or "key" (filter.h) */
	TR_FRAME_OPENED,    /* S: struct tr_opened */
	TR_FRAME_ERROR,	    /* S: one sentence, no NUL; the request had no effect */
	TR_FRAME_RECORDS,   /* S: whole records (event.h), one after the other */
	TR_FRAME_SUMMARY,   /* S: struct tr_summary_head, then entries (struct tr_summary_entry) */
	TR_FRAME_SNAPSHOT,  /* C: a summary session: send what has been counted since the last */
	TR_FRAME_STOP,	    /* C: stop the session, send what is left of it and END */
	TR_FRAME_END,	    /* S: struct tr_end: the session is over */
	TR_FRAME_STATUS,    /* C: empty; S: NUL-terminated strings "key=value" */
	TR_FRAME_DUMP,	    /* C: name of a recorder, or nothing; S: OPENED, RECORDS .., END */
};

struct tr_hello {
	__u32 version; /* TR_WIRE_VERSION */
	__u32 pid;     /* of the server */
	__s64 realtime_offset_ns; /* CLOCK_REALTIME minus CLOCK_MONOTONIC */
	char backend[16];	  /* "bpf", "ptrace"; NUL-terminated */
	char server[32];	  /* version of tracerd; NUL-terminated */
};

struct tr_opened {
	__u32 session; /* its bit number */
	__u32 pad;
	__u64 time_ns; /* CLOCK_MONOTONIC from which on everything is seen; a dump: when it was made */
};

struct tr_end {
	__u64 produced; /* records made for this session, facts not counted */
	__u64 lost;	/* of these, those that did not reach the client */
};

struct tr_summary_head {
	__u64 duration_ns; /* of the interval */
	__u64 lost;	   /* calls that could not be counted in it */
	__u32 last;	   /* 0: more frames of this interval follow */
	__u32 entries;
};

/* One process and system call. nbuckets pairs of __u32 (bucket, count) follow, sorted by bucket. */
struct tr_summary_entry {
	__u32 tgid;
	__u16 nr;
	__u8 abi;
	__u8 pad;
	__u64 calls;
	__u64 errors;
	__u64 total_ns;
	__u64 min_ns;
	__u64 max_ns;
	__u32 nbuckets;
	__u32 pad2;
};

_Static_assert(sizeof(struct tr_frame) == 8, "tr_frame");
_Static_assert(sizeof(struct tr_hello) == 64, "tr_hello");
_Static_assert(sizeof(struct tr_summary_entry) == 56, "tr_summary_entry");

#endif

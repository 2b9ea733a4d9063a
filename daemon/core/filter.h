/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * filter.h - a session's question: which calls of which tasks, and what to do with them.
 *
 * A filter travels as text (TR_FRAME_OPEN: NUL-terminated "key" or "key=value" strings) and is
 * parsed here on both sides: by tracectl to complain early, by tracerd because it trusts nobody.
 * Different keys must all hold; one key given more than once, or with several values, holds when
 * one value does.
 */
#ifndef CORE_FILTER_H
#define CORE_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <core/table.h>

#define FILTER_VALUES_MAX 256	/* of one key */
#define FILTER_STRING_MAX TR_DATA_MAX /* the longest string limit, bytes */
#define FILTER_STRING_DEFAULT 32
#define FILTER_ERR_LEN 256	/* of an error sentence, NUL included */
#define FILTER_ERRNO_MAX 4096

enum filter_kind {
	FILTER_STREAM = 0, /* kind=stream: one record per call */
	FILTER_SUMMARY,	   /* kind=summary: counts and latencies */
	FILTER_PENDING,	   /* kind=pending: what is blocked now, then END */
};

struct filter_ids {
	uint32_t n;
	uint32_t v[FILTER_VALUES_MAX];
};

struct filter {
	enum filter_kind kind;
	struct filter_ids pid; /* pid=1,2: processes (tgid) */
	struct filter_ids tid; /* tid=3: threads */
	struct filter_ids uid; /* uid=1000: real uid, a number on the wire */
	uint32_t ncomm;
	char comm[FILTER_VALUES_MAX][TR_COMM_LEN]; /* comm=nginx: exact */
	uint32_t ncgroup;
	char *cgroup[16]; /* cgroup=/system.slice/x: below the cgroup2 mount, with descendants; owned */
	uint32_t nunit;
	char *unit[16];	  /* unit=nginx.service; owned */
	bool has_syscalls; /* syscall=LIST was given; else every call, unknown ones too */
	uint64_t syscalls[(SC_ID_MAX + 63) / 64]; /* bit per row id */
	bool unknown_calls; /* calls without a row match (a list that is only negations) */
	bool failed;	   /* only calls that failed */
	bool ok;	   /* only calls that succeeded */
	bool has_errno;
	uint64_t errnos[FILTER_ERRNO_MAX / 64]; /* errno=ENOENT,EACCES */
	uint64_t slower_ns; /* slower_ns=N: only calls that took at least so long; 0: all */
	bool follow;	    /* children of a matching task match too, and so on */
	bool fds;	    /* TR_FD facts for descriptor arguments and the working directory */
	bool ret_fds;	    /* and for descriptors that calls return */
	bool no_blocked;    /* do not report calls that are still blocked */
	bool entries;	    /* report a call as blocked as soon as it waits, or makes a child */
	bool env;	    /* execve: the variables, not only how many they are */
	bool pointer;	    /* where each call is made */
	bool cpu_time;	    /* a summary's times are those of the processor, without the waiting */
	bool returned;	    /* a summary counts only calls that return */
	bool trapped;	    /* the process was started under a seccomp filter that traps what is asked for */
	bool no_data;	    /* arguments without what they point to */
	bool sentences;	    /* nor is what the sentences for people don't tell */
	uint32_t stack;	    /* stack=N: by which functions, at most so many, calls and signals come; 0: not told */
	bool sources;	    /* and by which lines of their sources */
	uint32_t ninject;
	char *inject[16]; /* inject=LIST:error=ENOENT: tampering (inject.h); owned */
	uint32_t string_limit; /* string=N: bytes of T_STR and data that are captured */
	uint32_t budget;       /* budget=N: thousandths of the processors that it may cost; 0: any */
	uint32_t queue_bytes;  /* queue=N: the most that waits for this client; 0: the server's default */
};

void filter_init(struct filter *f);
void filter_done(struct filter *f);

/*
 * Sets one key (value NULL where it has none). Returns 0, or -EINVAL with a sentence in err
 * (FILTER_ERR_LEN bytes), without a final full stop.
 */
int filter_set(struct filter *f, const char *key, const char *value, char *err);

/*
 * Parses a whole payload of strings; the last must end with a NUL. Checks what keys mean together.
 */
int filter_parse(struct filter *f, const char *text, size_t len, char *err);

/*
 * Writes the filter as filter_parse reads it. Returns the bytes written, or -ENOSPC. For
 * has_syscalls it writes `syscall=` with names, so that two versions agree on classes.
 */
ssize_t filter_format(const struct filter *f, char *buf, size_t size);

/*
 * Parses a list as -e takes it (names, %class, /regex/ (POSIX extended), a leading ! to take the
 * rest) into f->syscalls. "all" and "none" are known. "trace=" and "t=" in front are accepted.
 */
int filter_syscalls(struct filter *f, const char *list, char *err);

static inline bool filter_has_id(const struct filter *f, unsigned int id)
{
	return id < SC_ID_MAX && (f->syscalls[id / 64] >> (id % 64) & 1);
}

#endif

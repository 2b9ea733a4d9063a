/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * facts.h - what the stream has told of tasks and descriptors (TR_TASK, TR_FD, TR_FORK, TR_EXEC,
 * TR_EXIT): who tid is, what fd 5 of its process is. Bounded: what is not needed goes when its process ends,
 * and beyond FACTS_MAX the oldest goes.
 */
#ifndef CLI_FACTS_H
#define CLI_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/types.h>
#include <tracer/event.h>

#define FACTS_MAX 65536 /* tasks, and descriptors */

struct facts;
struct newer;

struct fact_task {
	uint32_t tgid, tid, ppid, uid, euid;
	uint64_t start_ns, cgroup;
	char comm[TR_COMM_LEN];
	size_t comm_len; /* the NUL not included */
};

struct fact_fd {
	int32_t fd;
	uint8_t kind;  /* enum tr_fd_kind */
	uint8_t flags; /* TR_FD_DELETED, TR_FD_INCOMPLETE, TR_FD_STATE: then there is a state */
	uint8_t sock_type;
	uint16_t sock_family, sock_proto;
	uint64_t ino;
	uint32_t rdev, mode;
	const char *path; /* absolute, or the name of TR_FD_ANON; no NUL; NULL if none */
	size_t path_len;
	const void *local, *peer; /* sockaddr, NULL if none */
	size_t local_len, peer_len;
	struct tr_fd_state state;
};

/* A number and what it means. */
struct fact_call {
	uint16_t nr;
	uint8_t abi;
	bool known;
};

struct facts *facts_new(void);
void facts_free(struct facts *f);
void facts_apply(struct facts *f, const struct tr_hdr *rec); /* any checked record */
/* An exited task stays until the next record is applied, so that its exit can be shown. */

/* What was told of calls that the table does not know; f may be NULL. */
const struct newer *facts_newer(const struct facts *f);

/*
 * NULL if it was not told, or if it was closed and no call named it since. The result is valid until the next
 * facts_apply.
 */
const struct fact_task *facts_task(const struct facts *f, uint32_t tid);
const struct fact_fd *facts_fd(const struct facts *f, uint32_t tgid, int32_t fd);
/* The same for what the call that was applied last has returned. */
const struct fact_fd *facts_result(const struct facts *f, uint32_t tgid, int32_t fd);
/* A file of no path that Linux calls so. */
bool fact_is_anon(const struct fact_fd *fd, const char *name);
/* What the task of this call, which was applied last, called before. */
struct fact_call facts_call_before(const struct facts *f, const struct tr_syscall *rec);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * facts_store.h - where facts are kept: tasks by tid and descriptors by (tgid, fd), in hash tables of a fixed number
 * of buckets. Every fact hangs on its process, so that all go when it ends, and on a list by the time it was told, so
 * that the oldest goes first when there are too many. For facts.c alone.
 */
#ifndef CLI_FACTS_STORE_H
#define CLI_FACTS_STORE_H

#include <stdbool.h>
#include <sys/queue.h>
#include "facts.h"

#define RESULTS_MAX 2 /* a pair of pipes or sockets */
#define BUCKETS 16384 /* a power of two */

struct proc;

struct task {
	struct fact_task fact;
	struct fact_call call, call_before; /* the last one that returned, and the one before it */
	struct proc *proc;
	struct task *hash_next;
	TAILQ_ENTRY(task) age;
	LIST_ENTRY(task) of_proc;
};

struct desc {
	struct fact_fd fact;
	bool closed; /* by a call, and no call has named it since: another may have its number */
	struct proc *proc;
	struct desc *hash_next;
	TAILQ_ENTRY(desc) age;
	LIST_ENTRY(desc) of_proc;
	char payload[]; /* path or the two addresses */
};

struct proc {
	uint32_t tgid;
	uint64_t start_ns;
	struct proc *hash_next;
	LIST_HEAD(, task) tasks;
	LIST_HEAD(, desc) descs;
};

struct facts {
	struct task *tasks[BUCKETS];
	struct desc *descs[BUCKETS];
	struct proc *procs[BUCKETS];
	TAILQ_HEAD(, task) tasks_by_age;
	TAILQ_HEAD(, desc) descs_by_age;
	unsigned int ntasks, ndescs;
	struct newer *newer;
	/* Of a call that is still to come, or that was applied last: not in the tables yet. */
	struct desc *results[RESULTS_MAX];
	unsigned int nresults;
	uint32_t result_tgid, result_tid;
	bool returned; /* it was applied */
	uint64_t closed_some[16]; /* a bit by the hash of each that was ever closed */
	uint32_t closing_tgid; /* of these at the next record, 0: none */
	int64_t closing_first, closing_last;
	bool ended; /* forget ended_tid, and all of ended_tgid if that is not 0, at the next record */
	uint32_t ended_tid, ended_tgid;
};

unsigned int store_hash(uint32_t a, uint32_t b); /* below BUCKETS */

/* NULL if there is none. */
struct proc *store_proc(const struct facts *f, uint32_t tgid);
struct task *store_task(const struct facts *f, uint32_t tid);
struct desc *store_desc(const struct facts *f, uint32_t tgid, int32_t fd);

/* The task, made if need be, with every field but those that name it as they were; NULL: no memory. */
struct task *store_task_make(struct facts *f, uint32_t tgid, uint32_t tid);
void store_forget_task(struct facts *f, uint32_t tid);
void store_proc_remove(struct facts *f, struct proc *p); /* with all that hangs on it */

/* One that is in no table yet, to be freed; NULL: no memory. */
struct desc *store_desc_new(const struct tr_fd *rec);
void store_desc_insert(struct facts *f, uint32_t tgid, struct desc *d); /* takes d */

#endif

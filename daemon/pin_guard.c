/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pin_guard.c - see pin_guard.h. The guard is a process of another name, so that who kills the tracer by its
 * name does not kill it too.
 */
#include "pin_guard.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "procfs.h"

#define GUARD_NAME "pin-guard"

int pin_to(uint32_t tid, int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	return sched_setaffinity(tid, sizeof(one), &one) ? -errno : 0;
}

int pin_own(uint32_t tid, struct pin_own *own_x)
{
	if (sched_getaffinity(tid, sizeof(own_x->mask), &own_x->mask))
		return -errno;
	own_x->batch = sched_getscheduler(tid) == SCHED_OTHER; /* and no flag beside it */
	return 0;
}

static void set_policy(uint32_t tid, int policy)
{
	struct sched_param none = {};

	sched_setscheduler(tid, policy, &none);
}

int pin_task(uint32_t tid, int cpu, const struct pin_own *own)
{
	int r = pin_to(tid, cpu);

	if (!r && own->batch)
		set_policy(tid, SCHED_BATCH);
	return r;
}

static bool is_pinned(uint32_t tid, int cpu)
{
	cpu_set_t now;

	return !sched_getaffinity(tid, sizeof(now), &now) && CPU_COUNT(&now) == 1 &&
	       CPU_ISSET(cpu, &now);
}

/* A task without restrictions shall have none again, also when its cpuset or the machine grows later. */
void pin_restore(const struct pin_table *table, uint32_t tid, int cpu, const struct pin_own *own)
{
	const cpu_set_t *mask = &own->mask;
	cpu_set_t all;

	if (own->batch && sched_getscheduler(tid) == SCHED_BATCH)
		set_policy(tid, SCHED_OTHER);
	if (!is_pinned(tid, cpu))
		return;
	if (CPU_EQUAL(mask, &table->everything)) {
		memset(&all, 0xff, sizeof(all));
		mask = &all;
	}
	sched_setaffinity(tid, sizeof(*mask), mask);
}

static void restore_threads(const struct pin_table *table, const struct pin_slot *s, uint32_t tgid)
{
	uint32_t *tids;
	size_t n;

	if (procfs_threads(tgid, &tids, &n))
		return;
	for (size_t i = 0; i < n; i++)
		pin_restore(table, tids[i], s->cpu, &s->own);
	free(tids);
}

/* Also what came from it by a fork or clone that the tracer did not live to see. */
static void restore_family(const struct pin_table *table, const struct pin_slot *s)
{
	struct procfs_status status;
	uint32_t *children;
	size_t n;

	if (procfs_status(s->tid, &status))
		return;
	restore_threads(table, s, status.tgid);
	if (procfs_descendants(&status.tgid, 1, &children, &n))
		return;
	for (size_t i = 0; i < n; i++)
		restore_threads(table, s, children[i]);
	free(children);
}

static void guard(const struct pin_table *table, int fd)
{
	char byte;

	prctl(PR_SET_NAME, GUARD_NAME);
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	/* Whoever waits for the last that has one of our descriptors does not wait for us. */
	dup2(fd, STDIN_FILENO);
	close_range(STDIN_FILENO + 1, ~0u, 0);
	while (read(STDIN_FILENO, &byte, 1) < 0 && errno == EINTR)
		;
	for (int i = 0; i < PIN_SLOTS; i++)
		if (table->slots[i].tid)
			pin_restore(table, table->slots[i].tid, table->slots[i].cpu,
				    &table->slots[i].own);
	for (int i = 0; i < PIN_SLOTS; i++)
		if (table->slots[i].tid)
			restore_family(table, &table->slots[i]);
	_exit(0);
}

/* What the mask of this process is when nothing but its cpuset restricts it. */
static void find_everything(struct pin_table *table)
{
	cpu_set_t mine, all;

	memset(&all, 0xff, sizeof(all));
	CPU_ZERO(&table->everything);
	if (sched_getaffinity(0, sizeof(mine), &mine) || sched_setaffinity(0, sizeof(all), &all))
		return;
	sched_getaffinity(0, sizeof(table->everything), &table->everything);
	if (!CPU_EQUAL(&mine, &table->everything))
		sched_setaffinity(0, sizeof(mine), &mine);
}

int pin_guard_start(struct pin_guard *g)
{
	struct pin_table *table;
	int fds[2], r;

	table = mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (table == MAP_FAILED)
		return -errno;
	if (pipe(fds)) {
		r = -errno;
		munmap(table, sizeof(*table));
		return r;
	}
	find_everything(table);
	g->pid = fork();
	if (g->pid == 0) {
		close(fds[1]);
		guard(table, fds[0]);
	}
	r = -errno;
	close(fds[0]);
	if (g->pid < 0) {
		close(fds[1]);
		munmap(table, sizeof(*table));
		return r;
	}
	g->fd = fds[1];
	g->table = table;
	return 0;
}

void pin_guard_stop(struct pin_guard *g)
{
	if (!g->table)
		return;
	close(g->fd);
	waitpid(g->pid, NULL, 0);
	munmap(g->table, sizeof(*g->table));
	*g = (struct pin_guard){.fd = -1};
}

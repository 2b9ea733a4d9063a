/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bpf_filter.c - compiles a session's filter into the maps and masks that the programs look at. Each
 * value of a dimension maps to the sessions that asked for it. A bit of cfg->active is set when all the
 * rest stands, and cleared before it goes.
 */
#include "backend_bpf.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <core/clock.h>
#include "compile.h"
#include "procfs.h"

static int map_set(int fd, const void *key, uint64_t mask)
{
	uint64_t v = 0;

	bpf_map_lookup_elem(fd, key, &v);
	v |= mask;
	return bpf_map_update_elem(fd, key, &v, BPF_ANY) ? -errno : 0;
}

static void map_clear(int fd, const void *key, uint64_t mask)
{
	uint64_t v;

	if (bpf_map_lookup_elem(fd, key, &v))
		return;
	v &= ~mask;
	if (v)
		bpf_map_update_elem(fd, key, &v, BPF_ANY);
	else
		bpf_map_delete_elem(fd, key);
}

static int set_ids(int fd, const struct filter_ids *ids, uint64_t mask)
{
	int r = 0;

	for (uint32_t i = 0; i < ids->n && !r; i++)
		r = map_set(fd, &ids->v[i], mask);
	return r;
}

static void clear_ids(int fd, const struct filter_ids *ids, uint64_t mask)
{
	for (uint32_t i = 0; i < ids->n; i++)
		map_clear(fd, &ids->v[i], mask);
}

static int find_cgroups(struct bpf_session *s, const struct filter *f, char *err)
{
	int n;

	s->ncgroups = 0;
	for (uint32_t i = 0; i < f->ncgroup; i++) {
		int r = procfs_cgroup_id(f->cgroup[i], &s->cgroups[s->ncgroups]);

		if (r) {
			snprintf(err, FILTER_ERR_LEN, "cgroup %.100s can't be read: %s",
				 f->cgroup[i], strerror(-r));
			return r;
		}
		s->ncgroups++;
	}
	for (uint32_t i = 0; i < f->nunit; i++) {
		n = procfs_unit_ids(f->unit[i], s->cgroups + s->ncgroups,
				    sizeof(s->cgroups) / sizeof(s->cgroups[0]) - s->ncgroups);
		if (n <= 0) {
			snprintf(err, FILTER_ERR_LEN, "unit %.100s is not running", f->unit[i]);
			return -ENOENT;
		}
		s->ncgroups += n;
	}
	return 0;
}

static int enter_tasks(struct backend *b, struct bpf_session *s, const struct filter *f,
		       uint64_t mask)
{
	struct tr_config *cfg = b->cfg;
	int r;

	r = set_ids(b->maps.by_tgid, &f->pid, mask);
	if (!r)
		r = set_ids(b->maps.by_tid, &f->tid, mask);
	if (!r)
		r = set_ids(b->maps.by_uid, &f->uid, mask);
	for (uint32_t i = 0; i < f->ncomm && !r; i++)
		r = map_set(b->maps.by_comm, f->comm[i], mask);
	for (unsigned int i = 0; i < s->ncgroups && !r; i++)
		r = map_set(b->maps.by_cgroup, &s->cgroups[i], mask);
	compile_set(&cfg->any_tgid, mask, !f->pid.n);
	compile_set(&cfg->any_tid, mask, !f->tid.n);
	compile_set(&cfg->any_uid, mask, !f->uid.n);
	compile_set(&cfg->any_comm, mask, !f->ncomm);
	compile_set(&cfg->any_cgroup, mask, !s->ncgroups);
	return r;
}

static void leave_tasks(struct backend *b, const struct bpf_session *s, uint64_t mask)
{
	const struct filter *f = s->filter;

	clear_ids(b->maps.by_tgid, &f->pid, mask);
	clear_ids(b->maps.by_tid, &f->tid, mask);
	clear_ids(b->maps.by_uid, &f->uid, mask);
	for (uint32_t i = 0; i < f->ncomm; i++)
		map_clear(b->maps.by_comm, f->comm[i], mask);
	for (unsigned int i = 0; i < s->ncgroups; i++)
		map_clear(b->maps.by_cgroup, &s->cgroups[i], mask);
	for (size_t i = 0; i < s->ndescendants; i++)
		map_clear(b->maps.by_tgid, &s->descendants[i], mask);
}

/* What depends on all sessions together. */
static void set_common(struct backend *b)
{
	uint64_t summary = b->cfg->summary & b->cfg->active;

	compile_strings(b->cfg);
	b->cfg->summary_one = 0;
	if (summary && !(summary & (summary - 1))) {
		b->cfg->summary_session = __builtin_ctzll(summary);
		__atomic_store_n(&b->cfg->summary_one, summary, __ATOMIC_SEQ_CST);
	}
}

/* Children that were there before their parent was followed. */
static int enter_descendants(struct backend *b, struct bpf_session *s, const struct filter *f,
			     uint64_t mask)
{
	int r;

	if (!f->follow || !f->pid.n)
		return 0;
	r = procfs_descendants(f->pid.v, f->pid.n, &s->descendants, &s->ndescendants);
	for (size_t i = 0; i < s->ndescendants && !r; i++)
		r = map_set(b->maps.by_tgid, &s->descendants[i], mask);
	compile_changed(b->cfg);
	return r;
}

/* Before the session is active: there is no moment at which it is not limited. */
static int enter_watcher(struct backend *b, unsigned int session, const struct watcher *who)
{
	struct tr_owner owner = {.uid = who->uid, .gid = who->gid, .userns = who->userns};
	int r;

	compile_set(&b->cfg->limited, bit(session), who->limited);
	b->cfg->caps[session] = who->caps;
	b->cfg->rates[session] = who->rate;
	if (!who->limited)
		return 0;
	r = map_set(b->maps.by_pidns, &who->pidns, bit(session));
	return r ? r : map_set(b->maps.by_owner, &owner, bit(session));
}

static void leave_watcher(struct backend *b, unsigned int session, const struct watcher *who)
{
	struct tr_owner owner = {.uid = who->uid, .gid = who->gid, .userns = who->userns};

	if (!who->limited)
		return;
	map_clear(b->maps.by_pidns, &who->pidns, bit(session));
	map_clear(b->maps.by_owner, &owner, bit(session));
}

int bpf_filter_add(struct backend *b, unsigned int session, const struct filter *f,
		   const struct watcher *who, char *err)
{
	struct bpf_session *s = &b->sessions[session];
	uint64_t mask = bit(session);
	int r;

	memset(s, 0, sizeof(*s));
	r = find_cgroups(s, f, err);
	if (r)
		return r;
	s->filter = f;
	s->who = who;
	bpf_summary_settle(b, session);
	r = enter_watcher(b, session, who);
	if (!r)
		r = enter_tasks(b, s, f, mask);
	if (!r) {
		compile_enter(b->cfg, session, f, tr_now_ns());
		compile_set(&b->cfg->active, mask, true);
		set_common(b);
		compile_changed(b->cfg);
		r = enter_descendants(b, s, f, mask);
	}
	if (r) {
		snprintf(err, FILTER_ERR_LEN, "the filter can't be handed to the kernel: %s",
			 strerror(-r));
		bpf_filter_del(b, session);
	}
	return r;
}

void bpf_filter_del(struct backend *b, unsigned int session)
{
	struct bpf_session *s = &b->sessions[session];

	if (!s->filter)
		return;
	compile_set(&b->cfg->active, bit(session), false);
	compile_changed(b->cfg);
	leave_tasks(b, s, bit(session));
	leave_watcher(b, session, s->who);
	free(s->descendants);
	memset(s, 0, sizeof(*s));
	set_common(b);
}

void bpf_filter_forget(struct backend *b)
{
	compile_changed(b->cfg);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * backend_bpf.c - the programs' life: loaded once, attached while a session needs them, their rings
 * merged by time and emptied in batches.
 */
#include "backend_bpf.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <core/clock.h>
#include <core/newer.h>
#include "bpf_why.h"
#include "compile.h"
#include "task_capture.h"
#include "tracer.skel.h"
#include "tracer_plain.skel.h"

#define RING_MIN (64u << 10)
#define RING_SMALL (512u << 10) /* about half of a CPU's own cache */

static int quiet(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	if (getenv("TRACERD_LIBBPF_DEBUG"))
		return vfprintf(stderr, fmt, ap);
	(void)level;
	return 0;
}

/* How many groups the CPUs are divided into; the programs take the low bits of the CPU's number. */
static unsigned int ring_groups(void)
{
	int ncpus = libbpf_num_possible_cpus();
	unsigned int n = 1;

	while ((int)n < ncpus && n < TR_RINGS_MAX)
		n *= 2;
	return n;
}

static size_t ring_size(size_t total, unsigned int n)
{
	size_t size = RING_MIN;

	while (size * 2 * n <= total)
		size *= 2;
	return size;
}

static size_t small_size(const struct backend *b)
{
	return b->ring_size < RING_SMALL ? b->ring_size : RING_SMALL;
}

static int open_rings(struct backend *b)
{
	int outer = bpf_map__fd(b->skel->maps.rings);

	for (uint32_t i = 0; i < b->nrings; i++) {
		size_t size = i < b->nrings / 2 ? small_size(b) : b->ring_size;
		int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "tracer_ring", 0, 0, size, NULL);
		int r;

		if (fd < 0)
			return -errno;
		r = ring_map(&b->rings[i], fd, size);
		if (!r && bpf_map_update_elem(outer, &i, &fd, BPF_ANY))
			r = -errno;
		if (r)
			return r;
	}
	return 0;
}

static bool has_kernel_function(const char *name)
{
	struct btf *btf = btf__load_vmlinux_btf();
	bool found = btf && btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) > 0;

	btf__free(btf);
	return found;
}

/* Of a tracepoint, without the context that all of them have first. */
static unsigned int tracepoint_args(const char *name)
{
	struct btf *btf = btf__load_vmlinux_btf();
	char type_name[64];
	const struct btf_type *t;
	unsigned int n = 0;
	int id;

	snprintf(type_name, sizeof(type_name), "btf_trace_%s", name);
	id = btf ? btf__find_by_name_kind(btf, type_name, BTF_KIND_TYPEDEF) : -1;
	t = id > 0 ? btf__type_by_id(btf, btf__type_by_id(btf, (uint32_t)id)->type) : NULL;
	t = t && btf_is_ptr(t) ? btf__type_by_id(btf, t->type) : NULL;
	if (t && btf_is_func_proto(t) && btf_vlen(t))
		n = btf_vlen(t) - 1;
	btf__free(btf);
	return n;
}

/* The programs that were built without bpf_rdonly_cast; all else in them is the same. */
static struct tracer_bpf *open_plain(void)
{
	struct tracer_bpf *skel = calloc(1, sizeof(*skel));
	int r = skel ? tracer_bpf__create_skeleton(skel) : -ENOMEM;

	if (!r) {
		skel->skeleton->data = (void *)tracer_plain_bpf__elf_bytes(&skel->skeleton->data_sz);
		r = bpf_object__open_skeleton(skel->skeleton, NULL);
	}
	if (!r)
		return skel;
	tracer_bpf__destroy(skel);
	errno = -r;
	return NULL;
}

static int load_skeleton(struct backend *b, bool modern)
{
	bool cast = has_kernel_function("bpf_rdonly_cast");
	struct tracer_bpf *skel = cast ? tracer_bpf__open() : open_plain();

	b->skel = skel;
	if (!skel)
		return -errno;
	skel->rodata->ring_mask = b->nrings / 2 - 1;
	skel->rodata->tells_group_dead = tracepoint_args("sched_process_exit") > 1;
	skel->rodata->has_task_regs = modern;
	skel->rodata->ring_watermark = small_size(b) / 4;
	bpf_program__set_autoload(skel->progs.task_scan, modern);
	return tracer_bpf__load(skel);
}

/* Linux 5.15 brought bpf_task_pt_regs: without it there is no iterator, and signals don't tell where they came. */
static int load(struct backend *b, size_t ring_bytes)
{
	int r;

	libbpf_set_print(quiet);
	b->nrings = 2 * ring_groups();
	b->ring_size = ring_size(ring_bytes, ring_groups());
	r = load_skeleton(b, true);
	if (!r || r == -EPERM || r == -EACCES)
		return r;
	tracer_bpf__destroy(b->skel);
	return load_skeleton(b, false);
}

static void find_maps(struct backend *b)
{
	struct tracer_bpf *s = b->skel;

	b->cfg = &s->bss->cfg;
	b->places = s->bss->summary_places;
	b->obj = s->obj;
	b->maps = (struct bpf_maps){
	    .by_tgid = bpf_map__fd(s->maps.by_tgid),
	    .by_tid = bpf_map__fd(s->maps.by_tid),
	    .by_uid = bpf_map__fd(s->maps.by_uid),
	    .by_comm = bpf_map__fd(s->maps.by_comm),
	    .by_cgroup = bpf_map__fd(s->maps.by_cgroup),
	    .by_owner = bpf_map__fd(s->maps.by_owner),
	    .by_pidns = bpf_map__fd(s->maps.by_pidns),
	    .ignored = bpf_map__fd(s->maps.ignored),
	    .summaries = bpf_map__fd(s->maps.summaries),
	    .counters = bpf_map__fd(s->maps.counters),
	};
}

static void bpf_close(struct backend *b);

static int bpf_open(struct backend **b_x, const struct sink *sink, size_t ring_bytes, char *why)
{
	struct backend *b;
	int r = bpf_check(why);

	if (r)
		return r;
	b = calloc(1, sizeof(*b));
	if (!b)
		return -ENOMEM;
	b->sink = *sink;
	b->cost_fd = -1;
	r = load(b, ring_bytes);
	if (!r) {
		find_maps(b);
		b->ncpus = libbpf_num_possible_cpus();
		b->counters = calloc(b->ncpus, sizeof(*b->counters));
		b->capture = task_capture_new();
		b->newer.known = newer_new();
		r = b->counters && b->capture && b->newer.known ? open_rings(b) : -ENOMEM;
	}
	if (r) {
		bpf_why(why, r);
		bpf_close(b);
		return r;
	}
	compile_plans(b->cfg);
	bpf_summary_open(b);
	b->cfg->gen = 1;
	if (bpf_program__fd(b->skel->progs.task_scan) >= 0)
		b->scan = bpf_program__attach_iter(b->skel->progs.task_scan, NULL);
	if (libbpf_get_error(b->scan))
		b->scan = NULL;
	*b_x = b;
	return 0;
}

static void detach(struct backend *b)
{
	bpf_newer_end(b);
	bpf_link__destroy(b->switches);
	b->switches = NULL;
	while (b->nlinks)
		bpf_link__destroy(b->links[--b->nlinks]);
}

static void bpf_close(struct backend *b)
{
	if (!b)
		return;
	detach(b);
	bpf_link__destroy(b->scan);
	for (unsigned int i = 0; i < b->nrings; i++)
		ring_unmap(&b->rings[i]);
	tracer_bpf__destroy(b->skel);
	free(b->counters);
	free(b->capture);
	newer_free(b->newer.known);
	free(b);
}

/* What tasks held while programs were attached last is void with the new attach_epoch. */
static void free_all_slots(struct backend *b)
{
	int fd = bpf_map__fd(b->skel->maps.free_slots);
	uint32_t i;

	while (!bpf_map_lookup_and_delete_elem(fd, NULL, &i))
		;
	for (i = 0; i < TR_SLOTS; i++)
		bpf_map_update_elem(fd, NULL, &i, BPF_ANY);
}

static int attach(struct backend *b)
{
	struct bpf_program *programs[] = {
	    b->skel->progs.process_fork, b->skel->progs.process_exec, b->skel->progs.process_exit,
	    b->skel->progs.comm_change,	 b->skel->progs.signal_generate,
	    b->skel->progs.signal_deliver, b->skel->progs.sys_exit,
	    b->skel->progs.sys_enter,
	};

	b->cfg->attach_epoch++;
	free_all_slots(b);
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		struct bpf_link *link = bpf_program__attach(programs[i]);
		int r = libbpf_get_error(link);

		if (r) {
			detach(b);
			return r;
		}
		b->links[b->nlinks++] = link;
	}
	return 0;
}

/* What runs at every switch from task to task is only there while a session asks for it. */
static int attach_switches(struct backend *b)
{
	int r;

	if (!((b->cfg->entries | b->cfg->cpu_time) & b->cfg->active)) {
		bpf_link__destroy(b->switches);
		b->switches = NULL;
		return 0;
	}
	if (b->switches)
		return 0;
	b->switches = bpf_program__attach(b->skel->progs.task_switch);
	r = libbpf_get_error(b->switches);
	if (r)
		b->switches = NULL;
	return r;
}

static bool needs_programs(const struct filter *f)
{
	return f->kind != FILTER_PENDING;
}

void bpf_counters(struct backend *b, struct tr_counters *fresh)
{
	struct tr_counters sum = {};
	uint32_t zero = 0;

	memset(fresh, 0, sizeof(*fresh));
	if (bpf_map_lookup_elem(b->maps.counters, &zero, b->counters))
		return;
	for (unsigned int s = 0; s < TR_MAX_SESSIONS; s++) {
		for (int i = 0; i < b->ncpus; i++) {
			sum.lost[s] += b->counters[i].lost[s];
			sum.uncounted[s] += b->counters[i].uncounted[s];
			sum.unshown[s] += b->counters[i].unshown[s];
			sum.over_rate[s] += b->counters[i].over_rate[s];
		}
		fresh->lost[s] = sum.lost[s] - b->reported.lost[s];
		fresh->unshown[s] = sum.unshown[s] - b->reported.unshown[s];
		fresh->uncounted[s] = sum.uncounted[s] - b->reported.uncounted[s];
		fresh->over_rate[s] = sum.over_rate[s] - b->reported.over_rate[s];
	}
	b->reported = sum;
}

static void report_lost(struct backend *b)
{
	struct tr_counters fresh;

	bpf_counters(b, &fresh);
	for (unsigned int s = 0; s < TR_MAX_SESSIONS; s++) {
		b->unshown[s] += fresh.unshown[s];
		if (!b->sessions[s].filter)
			continue;
		b->uncounted[s] += fresh.uncounted[s];
		b->lost += fresh.lost[s] + fresh.over_rate[s];
		if (fresh.lost[s])
			b->sink.lost(b->sink.ctx, s, fresh.lost[s], TR_LOST_RING);
		if (fresh.over_rate[s])
			b->sink.lost(b->sink.ctx, s, fresh.over_rate[s], TR_LOST_RATE);
	}
}

static int bpf_session_add(struct backend *b, unsigned int session, const struct filter *f,
			   const struct watcher *who, char *err)
{
	int r;

	if (f->ninject) {
		snprintf(err, FILTER_ERR_LEN, "BPF can't tamper with calls: ptrace can");
		return -EOPNOTSUPP;
	}
	if (f->stack) {
		snprintf(err, FILTER_ERR_LEN, "BPF can't tell the functions that calls come from: ptrace can");
		return -EOPNOTSUPP;
	}
	report_lost(b);
	b->uncounted[session] = b->unshown[session] = 0;
	r = bpf_filter_add(b, session, f, who, err);
	if (r || !needs_programs(f))
		return r;
	r = b->tracing ? 0 : attach(b);
	if (!r)
		r = attach_switches(b);
	if (r) {
		snprintf(err, FILTER_ERR_LEN, "the programs can't be attached: %s", strerror(-r));
		bpf_filter_del(b, session);
		if (!b->tracing)
			detach(b);
		return r;
	}
	b->tracing++;
	return 0;
}

static void bpf_session_del(struct backend *b, unsigned int session)
{
	const struct filter *f = b->sessions[session].filter;
	bool traced;

	if (!f)
		return;
	report_lost(b);
	traced = needs_programs(f);
	bpf_newer_forget(b, bit(session));
	bpf_filter_del(b, session);
	if (traced && --b->tracing == 0)
		detach(b);
	else
		attach_switches(b);
}

static void bpf_retell(struct backend *b)
{
	bpf_newer_forget(b, ~0ULL);
	bpf_filter_forget(b);
}

static void bpf_show(struct backend *b, unsigned int session, enum tr_shown shown)
{
	compile_shown(b->cfg, session, b->sessions[session].filter, shown);
}

static uint64_t bpf_unshown(struct backend *b, unsigned int session)
{
	uint64_t n;

	report_lost(b);
	n = b->unshown[session];
	b->unshown[session] = 0;
	return n;
}

static int bpf_fd(struct backend *b, unsigned int i)
{
	return i < b->nrings ? b->rings[i].fd : -1;
}

/* The ring whose next record is the oldest, NULL when all are empty or newer than the limit. */
static struct ring *oldest(struct backend *b, uint64_t limit_ns, const struct tr_hdr **rec_x)
{
	struct ring *best = NULL;

	for (unsigned int i = 0; i < b->nrings; i++) {
		const struct tr_hdr *rec = ring_peek(&b->rings[i]);

		if (!rec || rec->time_ns > limit_ns)
			continue;
		if (!best || rec->time_ns < (*rec_x)->time_ns) {
			best = &b->rings[i];
			*rec_x = rec;
		}
	}
	return best;
}

/* ENOSYS: it is no call at all. */
static bool is_newer(const struct tr_hdr *rec)
{
	const struct tr_syscall *call = (const struct tr_syscall *)rec;

	return rec->type == TR_SYSCALL && call->nr >= NEWER_FIRST && call->nr < TR_NR_MAX &&
	       call->ret != -ENOSYS && !sc_find(call->abi, call->nr);
}

static int bpf_drain(struct backend *b, bool all)
{
	/* What another CPU made before this moment may not be in its ring yet; it takes microseconds. */
	uint64_t limit = all ? UINT64_MAX : tr_now_ns();
	const struct tr_hdr *rec;
	struct ring *ring;
	int n = 0;

	for (unsigned int i = 0; i < b->nrings; i++)
		ring_begin(&b->rings[i]);
	while ((ring = oldest(b, limit, &rec))) {
		if (is_newer(rec))
			bpf_newer_tell(b, ((const struct tr_syscall *)rec)->nr, rec->sessions,
				       rec->time_ns);
		b->sink.record(b->sink.ctx, rec);
		ring_next(ring);
		n++;
	}
	for (unsigned int i = 0; i < b->nrings; i++)
		ring_release(&b->rings[i]);
	b->records += n;
	report_lost(b);
	return n;
}

static void bpf_ignore(struct backend *b, uint32_t tgid, enum ignored_by by)
{
	uint64_t value = by == IGNORED_BY_ALL ? TR_IGNORED : TR_IGNORED_LIMITED;

	if (by)
		bpf_map_update_elem(b->maps.ignored, &tgid, &value, BPF_ANY);
	else
		bpf_map_delete_elem(b->maps.ignored, &tgid);
}

static void bpf_stats(struct backend *b, struct backend_stats *stats)
{
	*stats = (struct backend_stats){
	    .records = b->records,
	    .lost = b->lost,
	    .programs = b->nlinks,
	};
	for (unsigned int i = 0; i < b->nrings; i++)
		stats->kernel_bytes += b->rings[i].size;
}

const struct backend_ops backend_bpf = {
    .name = "bpf",
    .open = bpf_open,
    .close = bpf_close,
    .fd = bpf_fd,
    .drain = bpf_drain,
    .session_add = bpf_session_add,
    .session_del = bpf_session_del,
    .summary_begin = bpf_summary_begin,
    .summary_end = bpf_summary_end,
    .summary_drop = bpf_summary_drop,
    .pending = bpf_pending,
    .retell = bpf_retell,
    .ignore = bpf_ignore,
    .show = bpf_show,
    .unshown = bpf_unshown,
    .cost_begin = bpf_cost_begin,
    .cost_end = bpf_cost_end,
    .stats = bpf_stats,
};

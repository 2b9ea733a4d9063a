/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bpf_programs.c - the programs' life: loaded once, with their maps and rings, and attached while a
 * session needs them. Nobody else sees their skeleton.
 */
#include "backend_bpf.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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

int bpf_open(struct backend **b_x, const struct sink *sink, size_t ring_bytes, char *why)
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

void bpf_detach(struct backend *b)
{
	bpf_newer_end(b);
	bpf_link__destroy(b->switches);
	b->switches = NULL;
	while (b->nlinks)
		bpf_link__destroy(b->links[--b->nlinks]);
}

void bpf_close(struct backend *b)
{
	if (!b)
		return;
	bpf_detach(b);
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

int bpf_attach(struct backend *b)
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
			bpf_detach(b);
			return r;
		}
		b->links[b->nlinks++] = link;
	}
	return 0;
}

/* What runs at every switch from task to task is only there while a session asks for it. */
int bpf_attach_switches(struct backend *b)
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

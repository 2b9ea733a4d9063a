/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bpf_cost.c - how long the programs run. The kernel counts that only while somebody asks for it, for it
 * costs two reads of the clock for each run: so in short windows.
 */
#include "backend_bpf.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <unistd.h>

static uint64_t run_time_ns(const struct backend *b)
{
	struct bpf_program *prog;
	uint64_t sum = 0;

	bpf_object__for_each_program(prog, b->obj) {
		struct bpf_prog_info info = {};
		uint32_t len = sizeof(info);
		int fd = bpf_program__fd(prog);

		if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &len))
			sum += info.run_time_ns;
	}
	return sum;
}

void bpf_cost_begin(struct backend *b)
{
	if (b->cost_fd < 0)
		b->cost_fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
	b->cost_ns = run_time_ns(b);
}

int64_t bpf_cost_end(struct backend *b)
{
	int64_t ns = run_time_ns(b) - b->cost_ns;

	/* Without the right to ask the kernel may count nevertheless, for an administrator (sysctl). */
	if (b->cost_fd < 0)
		return ns ? ns : -EPERM;
	close(b->cost_fd);
	b->cost_fd = -1;
	return ns;
}

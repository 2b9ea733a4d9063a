/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bpf_scan.c - calls that have not returned: a task iterator tells which, and the capture interpreter
 * reads their arguments out of the waiting task, so that they look as they will when they return.
 */
#include "backend_bpf.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "task_capture.h"

static void pending_emit(struct backend *b, const struct tr_pending *p)
{
	struct tr_syscall *r;
	uint64_t now = bpf_now_ns();

	task_capture_begin(b->capture, p->tid, b->cfg->string_limit, p->nr, p->abi,
			   (const uint64_t *)p->args);
	if (p->abi < TR_ABI_MAX && p->nr < TR_NR_MAX)
		task_capture_run(b->capture, &b->cfg->plans[p->abi][p->nr], 0);
	r = task_capture_record(b->capture);
	r->h.flags = TR_F_BLOCKED | (p->exact ? 0 : TR_F_NO_ENTRY);
	r->h.time_ns = now;
	r->h.sessions = p->sessions;
	r->h.tgid = p->tgid;
	r->h.tid = p->tid;
	r->duration_ns = now > p->start_ns ? now - p->start_ns : 0;
	b->sink.record(b->sink.ctx, &r->h);
}

/* The facts that the iterator told go through the ring, and must be out before the calls. */
int bpf_pending(struct backend *b, int session)
{
	struct tr_pending found[64];
	int fd, have = 0;
	ssize_t n;

	if (!b->scan)
		return -EOPNOTSUPP;
	b->cfg->scan = session + 1;
	fd = bpf_iter_create(bpf_link__fd(b->scan));
	if (fd < 0)
		return -errno;
	/* A read may end within an element: the rest comes with the next. */
	while ((n = read(fd, (char *)found + have, sizeof(found) - have)) > 0) {
		int whole = (have + n) / sizeof(found[0]);

		have += n;
		backend_bpf.drain(b, true);
		for (int i = 0; i < whole; i++)
			pending_emit(b, &found[i]);
		have -= whole * sizeof(found[0]);
		memmove(found, found + whole, have);
	}
	close(fd);
	return n < 0 ? -errno : 0;
}

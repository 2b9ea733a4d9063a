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
#include <core/clock.h>
#include "procfs.h"
#include "task_capture.h"

/*
 * Between the iterator's look at a task and ours at its memory the task may have become a program that the
 * limited sessions may not see. If it still waits in the same call and is theirs, it was so meanwhile.
 */
static bool is_still_theirs(const struct backend *b, const struct tr_pending *p, uint64_t limited)
{
	const struct watcher *who = b->sessions[__builtin_ctzll(limited)].who;
	uint64_t nr, args[TR_MAX_ARGS];
	struct procfs_creds c;

	if (procfs_syscall(p->tid, &nr, args) || nr != p->nr || memcmp(args, p->args, sizeof(args)) ||
	    procfs_creds(p->tid, &c) || !c.dumpable)
		return false;
	for (int i = 0; i < 3; i++)
		if (c.uid[i] != who->uid || c.gid[i] != who->gid)
			return false;
	return true;
}

static void pending_emit(struct backend *b, const struct tr_pending *p)
{
	struct tr_syscall *r;
	uint64_t limited = p->sessions & b->cfg->limited, now = tr_now_ns();

	task_capture_begin(b->capture, p->tid, b->cfg->string_limit, p->nr, p->abi,
			   (const uint64_t *)p->args, ~0U);
	if (p->sessions & b->cfg->pointer)
		task_capture_pointer(b->capture, p->pointer);
	if (p->abi < TR_ABI_MAX && p->nr < TR_NR_MAX)
		task_capture_run(b->capture, &b->cfg->plans[p->abi][p->nr], 0);
	r = task_capture_record(b->capture);
	r->h.flags = TR_F_BLOCKED | (p->exact ? 0 : TR_F_NO_ENTRY);
	r->h.time_ns = now;
	r->h.sessions = p->sessions;
	if (limited && !is_still_theirs(b, p, limited))
		r->h.sessions &= ~limited;
	r->h.tgid = p->tgid;
	r->h.tid = p->tid;
	r->duration_ns = now > p->start_ns ? now - p->start_ns : 0;
	if (r->h.sessions)
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

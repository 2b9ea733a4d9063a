/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bpf_scan.c - calls that have not returned: a task iterator tells which, and the capture interpreter
 * reads their arguments out of the waiting task, so that they look as they will when they return.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <linux/types.h>

static int task_read(unsigned long long pid, void *dst, unsigned int n, unsigned long long addr);
static long task_read_str(unsigned long long pid, void *dst, unsigned int n,
			  unsigned long long addr);

#define CAP_FUNC static
#define cap_clamp(v, max) ((v) < (max) ? (v) : (max))
#define cap_read(c, dst, n, addr) task_read((c)->reader, dst, n, addr)
#define cap_read_str(c, dst, n, addr) task_read_str((c)->reader, dst, n, addr)
#include <tracer/capture.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <unistd.h>
#include "backend_bpf.h"

static int task_read(unsigned long long pid, void *dst, unsigned int n, unsigned long long addr)
{
	struct iovec to = {dst, n}, from = {(void *)(uintptr_t)addr, n};

	return process_vm_readv(pid, &to, 1, &from, 1, 0) == (ssize_t)n ? 0 : -EFAULT;
}

/* Page by page, for a string may end just before one that is missing. */
static long task_read_str(unsigned long long pid, void *dst, unsigned int n,
			  unsigned long long addr)
{
	char *p = dst, *nul;
	unsigned int done = 0;

	while (done < n - 1) {
		unsigned int page = CAP_PAGE - ((addr + done) & (CAP_PAGE - 1));
		unsigned int want = page < n - 1 - done ? page : n - 1 - done;

		if (task_read(pid, p + done, want, addr + done))
			return -EFAULT;
		nul = memchr(p + done, 0, want);
		if (nul)
			return nul - p + 1;
		done += want;
	}
	p[done] = '\0';
	return done + 1;
}

struct tr_capture *bpf_capture_new(void)
{
	return calloc(1, sizeof(struct tr_capture));
}

static void pending_emit(struct backend *b, const struct tr_pending *p)
{
	struct tr_capture *c = b->capture;
	struct tr_syscall *r = &c->rec;
	uint64_t now = bpf_now_ns();

	memset(c, 0, offsetof(struct tr_capture, payload));
	c->string_limit = b->cfg->string_limit;
	c->reader = p->tid;
	r->h.type = TR_SYSCALL;
	r->h.flags = TR_F_BLOCKED | (p->exact ? 0 : TR_F_NO_ENTRY);
	r->h.time_ns = now;
	r->h.sessions = p->sessions;
	r->h.tgid = p->tgid;
	r->h.tid = p->tid;
	r->duration_ns = now > p->start_ns ? now - p->start_ns : 0;
	r->nr = p->nr;
	r->abi = p->abi;
	memcpy(r->args, p->args, sizeof(r->args));
	if (p->abi < TR_ABI_MAX && p->nr < TR_NR_MAX)
		cap_run(c, &b->cfg->plans[p->abi][p->nr], 0);
	r->h.len = sizeof(*r) + c->off;
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

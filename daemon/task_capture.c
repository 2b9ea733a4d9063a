/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * task_capture.c - see task_capture.h. Reading another task's memory faults pages in, so that what can't be
 * read is really not there.
 */
#include "task_capture.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <linux/types.h>
#include "ptrace_sys.h"

/* The vectors of execve are read pointer by pointer: what follows the last one that was read is kept. */
struct task_reader {
	uint32_t tid;
	bool peeks; /* the first few bytes may be read as a word: what is there was written by the kernel */
	uint32_t n; /* bytes that are kept */
	uint64_t addr;
	char bytes[256];
};

static int task_read(unsigned long long reader, void *dst, unsigned int n, unsigned long long addr);
static long task_read_str(unsigned long long reader, void *dst, unsigned int n,
			  unsigned long long addr);

#define CAP_FUNC static
#define cap_clamp(v, max) ((v) < (max) ? (v) : (max))
#define cap_read(c, dst, n, addr) task_read((c)->reader, dst, n, addr)
#define cap_read_str(c, dst, n, addr) task_read_str((c)->reader, dst, n, addr)
#define more_buffer(c) (taker_of(c)->buffer)
#define more_send(c, rec, len) (taker_of(c)->send(taker_of(c)->ctx, rec, len))
#include <tracer/capture.h>
#include "task_capture.h"

static struct task_taker *taker_of(const struct tr_capture *c)
{
	return (struct task_taker *)(uintptr_t)c->more.taker;
}

#include <tracer/more.h>
#include <core/rec.h>

struct task_capture {
	struct tr_capture c; /* the first, for it is what others hold */
	struct task_reader reader;
};

int task_capture_read(uint32_t tid, void *dst, size_t n, uint64_t addr)
{
	struct iovec to = {dst, n}, from = {(void *)(uintptr_t)addr, n};

	return process_vm_readv(tid, &to, 1, &from, 1, 0) == (ssize_t)n ? 0 : -EFAULT;
}

/* Half the time of process_vm_readv; but it reads also what the task itself may not. */
static bool peek(uint32_t tid, void *dst, unsigned int n, uint64_t addr)
{
	unsigned int off = addr % sizeof(long);
	long word;

	if (off + n > sizeof(word) || pt_peek(tid, addr - off, &word))
		return false;
	memcpy(dst, (const char *)&word + off, n);
	return true;
}

/* A page that is there can be read to its end. */
static int task_read(unsigned long long reader, void *dst, unsigned int n, unsigned long long addr)
{
	struct task_reader *r = (struct task_reader *)(uintptr_t)reader;
	unsigned int ahead = CAP_PAGE - (addr & (CAP_PAGE - 1));

	if (n > sizeof(uint64_t) || n > ahead)
		return task_capture_read(r->tid, dst, n, addr);
	if (r->peeks) {
		r->peeks = false;
		if (peek(r->tid, dst, n, addr))
			return 0;
	}
	if (addr < r->addr || addr - r->addr + n > r->n) {
		ahead = ahead < sizeof(r->bytes) ? ahead : sizeof(r->bytes);
		r->n = 0;
		if (task_capture_read(r->tid, r->bytes, ahead, addr))
			return -EFAULT;
		r->addr = addr;
		r->n = ahead;
	}
	memcpy(dst, r->bytes + (addr - r->addr), n);
	return 0;
}

/*
 * Page by page, for a string may end just before one that is missing. At first little, for most strings
 * are short and what is read in vain is copied in vain.
 */
static long task_read_str(unsigned long long reader, void *dst, unsigned int n,
			  unsigned long long addr)
{
	unsigned int done = 0, piece = 256;
	char *p = dst, *nul;

	while (done < n - 1) {
		unsigned int page = CAP_PAGE - ((addr + done) & (CAP_PAGE - 1));
		unsigned int want = page < n - 1 - done ? page : n - 1 - done;

		if (want > piece)
			want = piece;
		piece = CAP_PAGE;
		if (task_read(reader, p + done, want, addr + done))
			return -EFAULT;
		nul = memchr(p + done, 0, want);
		if (nul)
			return nul - p + 1;
		done += want;
	}
	p[done] = '\0';
	return done + 1;
}

struct tr_capture *task_capture_new(void)
{
	struct task_capture *c = calloc(1, sizeof(*c));

	return c ? &c->c : NULL;
}

void task_capture_begin(struct tr_capture *c, uint32_t tid, uint32_t string_limit, uint64_t nr,
			uint8_t abi, const uint64_t *args, uint32_t wanted)
{
	struct task_reader *reader = &((struct task_capture *)c)->reader;

	memset(c, 0, offsetof(struct tr_capture, payload));
	c->string_limit = string_limit;
	c->env = 0;
	c->wanted = wanted;
	reader->tid = tid;
	c->reader = (uintptr_t)reader;
	c->rec.h.type = TR_SYSCALL;
	c->rec.nr = nr < TR_NR_BEYOND ? nr : TR_NR_BEYOND;
	if (c->rec.nr == TR_NR_BEYOND)
		c->rec.whole_nr = (int32_t)nr;
	c->rec.abi = abi;
	memcpy(c->rec.args, args, sizeof(c->rec.args));
}

void task_capture_env(struct tr_capture *c, bool wanted)
{
	c->env = wanted;
}

void task_capture_pointer(struct tr_capture *c, uint64_t pointer)
{
	cap_pointer(c, pointer);
}

void task_capture_run(struct tr_capture *c, const struct tr_plan *plan, int at_exit)
{
	struct task_reader *r = &((struct task_capture *)c)->reader;

	r->n = 0;
	r->peeks = at_exit && c->rec.ret >= 0;
	cap_run(c, plan, at_exit);
}

struct cap_buffer *task_capture_buffer(void)
{
	return calloc(1, sizeof(struct cap_buffer));
}

void task_capture_more(struct tr_capture *c, const struct tr_plan *plan, int at_exit,
		       uint64_t now_ns, uint32_t limit, struct task_taker *taker)
{
	if (!c->cut)
		return;
	c->more.time_ns = now_ns;
	c->more.limit = limit;
	c->more.taker = (uintptr_t)taker;
	more_run(c, plan, at_exit);
}

void task_capture_drop_old(struct tr_capture *c)
{
	c->retry = 0;
}

struct tr_syscall *task_capture_record(struct tr_capture *c)
{
	c->rec.h.len = sizeof(c->rec) + c->off;
	return &c->rec;
}

const char *task_capture_string(const struct tr_capture *c, unsigned int arg, uint32_t *len_x)
{
	const struct tr_item *item = rec_item_find(&c->rec, arg, TR_PART_SELF, 0, 0);

	if (!item)
		return NULL;
	*len_x = item->len;
	return rec_item_data(item);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ptrace_stack.c - stacks of stopped tasks, and their records. A stack is taken where it is what it was when
 * the call was made: at its return, but for calls whose program is no more then.
 */
#include "backend_ptrace.h"

#include <string.h>
#include <core/rec.h>
#include "stack.h"

#define NAME_MAX_BYTES 2048

struct taken {
	struct buf *out;
	uint32_t left; /* frames that may still come */
};

static uint16_t name_len(const char *s)
{
	return (uint16_t)(s ? strnlen(s, NAME_MAX_BYTES) : 0);
}

static void put_frame(struct buf *out, const struct stack_frame *f)
{
	struct tr_stack_frame frame = {.at = f->at,
				       .offset = f->offset,
				       .line = f->line,
				       .file_len = name_len(f->file),
				       .function_len = name_len(f->function),
				       .source_len = name_len(f->source)};
	size_t end = out->len + rec_frame_size(&frame);

	buf_put(out, &frame, sizeof(frame));
	buf_put(out, f->file, frame.file_len);
	buf_put(out, f->function, frame.function_len);
	buf_put(out, f->source, frame.source_len);
	while (out->len < end && !out->failed)
		buf_char(out, '\0');
}

static bool on_frame(void *ctx, const struct stack_frame *f)
{
	struct taken *t = ctx;

	if (!t->left) {
		put_frame(t->out, &(struct stack_frame){.function = "too many stack frames"});
		return false;
	}
	t->left--;
	put_frame(t->out, f);
	return true;
}

/* What the sessions that want stacks want of them. */
static const struct filter *wishes(const struct backend *b)
{
	return b->stacks ? b->filters[__builtin_ctzll(b->stacks)] : NULL;
}

void ptrace_stack_take(struct backend *b, struct ptrace_task *t)
{
	const struct filter *f = wishes(b);
	struct taken taken = {&t->stack, f ? f->stack : 0};

	t->stack.len = 0;
	if (f)
		stack_walk(&t->proc->stack, t->proc->tgid, t->tid, f->sources, on_frame, &taken);
}

void ptrace_stack_tell(struct backend *b, struct ptrace_task *t, uint64_t sessions)
{
	struct {
		struct tr_stack stack;
		char frames[TR_RECORD_MAX - sizeof(struct tr_stack)];
	} r;
	size_t from = 0;

	while (sessions && from < t->stack.len && !t->stack.failed) {
		size_t n = 0;

		memset(&r.stack, 0, sizeof(r.stack));
		while (from + n < t->stack.len) {
			size_t size = rec_frame_size((const void *)(t->stack.p + from + n));

			if (n + size > sizeof(r.frames))
				break;
			n += size;
			r.stack.nframes++;
		}
		memcpy(r.frames, t->stack.p + from, n);
		ptrace_emit(b, t, &r.stack.h, TR_STACK, (uint32_t)(sizeof(r.stack) + n), sessions);
		from += n;
	}
	t->stack.len = 0;
}

void ptrace_stack_drop(struct ptrace_proc *p)
{
	stack_free(p->stack);
	p->stack = NULL;
}

int ptrace_stack_add(struct backend *b, unsigned int session, const struct filter *f)
{
	if (!f->stack)
		return 0;
	if (!stack_supported())
		return -1;
	b->stacks |= bit(session);
	return 0;
}

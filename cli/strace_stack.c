/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* strace_stack.c - see strace_stack.h. */
#include "strace_stack.h"

#include <core/rec.h>
#include "term.h"

static void put_hex(struct buf *out, uint64_t v)
{
	if (v)
		buf_hex(out, v);
	else
		buf_put(out, "0x0", 3);
}

/* " > /usr/lib/libc.so.6(write+0x14) [0xf7b24] write.c:26", or " > what is wrong [0x7f...]" */
static void put_frame(const struct tr_stack_frame *f, struct buf *out)
{
	const char *file = (const char *)(f + 1), *function = file + f->file_len;

	buf_put(out, " > ", 3);
	term_escape(out, file, f->file_len, false);
	if (f->file_len)
		buf_char(out, '(');
	term_escape(out, function, f->function_len, false);
	if (f->file_len && f->function_len) {
		buf_char(out, '+');
		put_hex(out, f->offset);
	}
	if (f->file_len)
		buf_char(out, ')');
	if (f->file_len || f->at) {
		buf_put(out, " [", 2);
		put_hex(out, f->at);
		buf_char(out, ']');
	}
	if (f->source_len) {
		buf_char(out, ' ');
		term_escape(out, function + f->function_len, f->source_len, false);
		buf_char(out, ':');
		buf_u64(out, f->line);
	}
	buf_char(out, '\n');
}

void strace_stack(const struct tr_stack *rec, struct buf *out)
{
	const struct tr_stack_frame *f = (const void *)(rec + 1);

	for (uint32_t i = 0; i < rec->nframes; i++) {
		put_frame(f, out);
		f = (const void *)((const char *)f + rec_frame_size(f));
	}
}

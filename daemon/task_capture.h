/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * task_capture.h - the capture interpreter (capture.h) over the memory of another task, which must not run
 * meanwhile: it is stopped, or blocked in the call.
 */
#ifndef TASK_CAPTURE_H
#define TASK_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/types.h>
#include <tracer/event.h>

struct tr_capture;
struct cap_buffer;

struct tr_capture *task_capture_new(void); /* to be freed with free() */

/*
 * A new record of a call of task tid. nr: any number; args: TR_MAX_ARGS of them; wanted: bits as in struct
 * tr_plan.
 */
void task_capture_begin(struct tr_capture *c, uint32_t tid, uint32_t string_limit, uint64_t nr,
			uint8_t abi, const uint64_t *args, uint32_t wanted);
void task_capture_env(struct tr_capture *c, bool wanted); /* variables of a new program; not at first */
void task_capture_pointer(struct tr_capture *c, uint64_t pointer); /* where the call is made; before it runs */
void task_capture_run(struct tr_capture *c, const struct tr_plan *plan, int at_exit);

/* Takes the pieces that have no room in a record; send returns whether those that follow are of no use. */
struct task_taker {
	struct cap_buffer *buffer; /* task_capture_buffer() */
	int (*send)(void *ctx, struct tr_data *rec, uint32_t len);
	void *ctx;
};

struct cap_buffer *task_capture_buffer(void); /* to be freed with free() */

/* After a run: what of it the record has no room for, strings and data up to limit bytes. */
void task_capture_more(struct tr_capture *c, const struct tr_plan *plan, int at_exit,
		       uint64_t now_ns, uint32_t limit, struct task_taker *taker);
void task_capture_drop_old(struct tr_capture *c); /* the memory is that of another program now */

/* The record as it is now, with its length set; the caller fills in what else the header says. */
struct tr_syscall *task_capture_record(struct tr_capture *c);

/* The string that an argument points to, without a NUL; NULL if it was not captured. */
const char *task_capture_string(const struct tr_capture *c, unsigned int arg, uint32_t *len_x);

/* 0 when all n bytes at addr were read, else -EFAULT. */
int task_capture_read(uint32_t tid, void *dst, size_t n, uint64_t addr);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * describe.h - a system call that the table does not know, in the kernel's words: its tracepoint names the
 * arguments with their C types, and the type information has the fields of structs.
 */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include <tracer/event.h>

struct btf;

struct described {
	struct tr_newer rec;
	struct tr_newer_value values[TR_NEWER_VALUES];
};

/*
 * format: what tracefs has in events/syscalls/sys_enter_NAME/format, changed while it is read. btf: of the kernel, or
 * NULL. What has no place in a record is left out: further fields.
 */
void describe_call(struct described *d, const char *name, unsigned int nr, char *format,
		   const struct btf *btf);

#endif

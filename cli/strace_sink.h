/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_sink.h - values as strace writes them, for the formats that look like it.
 */
#ifndef CLI_STRACE_SINK_H
#define CLI_STRACE_SINK_H

#include "value.h"

struct strace_sink {
	struct sink s;
	const struct facts *facts; /* NULL: descriptors are only numbers */
	uint32_t tgid;
	bool first;  /* no element yet on this level; true before each value */
	bool is_set; /* elements are separated by spaces only */
};

extern const struct sink_ops strace_sink_ops;

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * inject.h - tampering with system calls: what is done to which of them, and when. On the wire and on the
 * command line it is text: LIST:error=ENOENT:when=2+, with strace's words.
 */
#ifndef CORE_INJECT_H
#define CORE_INJECT_H

#include <stdbool.h>
#include <stdint.h>
#include <core/filter.h>

#define INJECT_MAX 16	   /* of one session */
#define INJECT_POKES 6	   /* of one injection */
#define INJECT_POKE_MAX 64 /* bytes */

struct inject_poke {
	uint8_t arg; /* 0..5: the pointer */
	bool at_exit;
	uint16_t len;
	uint8_t bytes[INJECT_POKE_MAX];
};

struct inject {
	uint64_t calls[(SC_ID_MAX + 63) / 64]; /* bit per row id */
	bool unknown_calls;
	bool has_ret;
	int64_t ret; /* instead of making the call; -errno is an error */
	uint16_t instead; /* row id + 1 of the call that is made in its place; 0: none is */
	int signo;   /* sent when the call is made; 0: none */
	uint64_t delay_enter_ns, delay_exit_ns;
	uint32_t first, last, step; /* of the calls of a task that match; last 0: no end, step 0: only the first */
	uint8_t npokes;
	struct inject_poke pokes[INJECT_POKES];
};

/* Returns 0, or -EINVAL with a sentence in err (FILTER_ERR_LEN). */
int inject_parse(struct inject *in, const char *text, char *err);

/* It is to be done to the nth (from 1) such call of a task. */
bool inject_is_due(const struct inject *in, uint32_t nth);

#endif

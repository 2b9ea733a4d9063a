/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * trigger.h - what makes a flight recorder save what it holds: a signal, an error, a slow call, a process that
 * ends badly. Written as words: "SIGSEGV ENOSPC slower=5s exit".
 */
#ifndef CORE_TRIGGER_H
#define CORE_TRIGGER_H

#include <stdbool.h>
#include "filter.h"

struct trigger {
	uint64_t signals; /* bit signo - 1 */
	uint64_t errnos[FILTER_ERRNO_MAX / 64];
	uint64_t slower_ns; /* 0: however slow */
	bool exit;	    /* a process ends with another status than 0, or by a signal */
};

#define TRIGGER_WHY_LEN 96

/* Words with blanks or commas between; none is no trigger. 0, or -EINVAL with a sentence in err (FILTER_ERR_LEN). */
int trigger_parse(struct trigger *t, const char *text, char *err);

/* Whether a record (checked) is what is waited for. */
bool trigger_hit(const struct trigger *t, const struct tr_hdr *rec);

/* What a record that hit was, as words about its process: "got SIGSEGV". */
void trigger_why(const struct trigger *t, const struct tr_hdr *rec, char why[TRIGGER_WHY_LEN]);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * filter_text.h - a filter in one line, written as tracectl's flags are: "--comm nginx --failed".
 */
#ifndef CORE_FILTER_TEXT_H
#define CORE_FILTER_TEXT_H

#include "filter.h"

/* The number of a user by name; false: there is none. */
typedef bool filter_user_fn(const char *name, uint32_t *uid_x);

/*
 * Adds what the line asks for to f. Names of users go to find_user, which may be NULL. Returns 0, or
 * -EINVAL with a sentence in err (FILTER_ERR_LEN bytes), without a final full stop.
 */
int filter_text(struct filter *f, const char *text, filter_user_fn *find_user, char *err);

/* "10", "10s", "500ms", "20us", "7ns", "2m", "1h", all n bytes of it. 0 or -EINVAL. */
int filter_duration(const char *s, size_t n, uint64_t *ns_x);

#endif

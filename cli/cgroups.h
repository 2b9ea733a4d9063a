/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cgroups.h - the control groups that a filter names, and those below them, by the numbers that records have.
 * Only those can be found that exist now.
 */
#ifndef CLI_CGROUPS_H
#define CLI_CGROUPS_H

#include <core/filter.h>

struct cgroups {
	size_t n;
	uint64_t *ids; /* sorted */
};

/* Returns 0, or a negative errno with a sentence in err (MSG_LEN). c needs cgroups_done in any case. */
int cgroups_find(struct cgroups *c, const struct filter *f, char *err);
void cgroups_done(struct cgroups *c);
bool cgroups_has(const struct cgroups *c, uint64_t id);

#endif

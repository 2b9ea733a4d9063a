/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * idnames.h - users and groups by name, as this host knows them. Each is asked for once; a table of a fixed
 * size remembers the answers, those without a name too.
 */
#ifndef CLI_IDNAMES_H
#define CLI_IDNAMES_H

#include <stdint.h>

struct idnames;

struct idnames *idnames_new(void); /* NULL: no memory; the functions below take it */
void idnames_free(struct idnames *ids);

/* NULL if there is none. Valid until the next call. */
const char *idnames_user(struct idnames *ids, uint32_t uid);
const char *idnames_group(struct idnames *ids, uint32_t gid);
const char *idnames_interface(struct idnames *ids, uint32_t index); /* of the network */

#endif

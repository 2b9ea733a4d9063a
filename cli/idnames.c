/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* idnames.c - see idnames.h. */
#include "idnames.h"

#include <grp.h>
#include <net/if.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 256 /* a power of two */
#define NAME_LEN 33 /* what useradd allows, and a NUL */
#define RECORD_LEN 16384 /* of a group with many members */

struct slot {
	bool known;
	uint32_t id;
	char name[NAME_LEN];
};

struct idnames {
	struct slot users[SLOTS], groups[SLOTS], interfaces[SLOTS];
};

struct idnames *idnames_new(void)
{
	return calloc(1, sizeof(struct idnames));
}

void idnames_free(struct idnames *ids)
{
	free(ids);
}

static struct slot *slot_of(struct slot *slots, uint32_t id)
{
	return &slots[(id * 2654435761u) >> 24 & (SLOTS - 1)];
}

/* A name that is too long is none. */
static void remember(struct slot *s, uint32_t id, const char *name)
{
	s->known = true;
	s->id = id;
	s->name[0] = '\0';
	if (name && strlen(name) < NAME_LEN)
		strcpy(s->name, name);
}

const char *idnames_user(struct idnames *ids, uint32_t uid)
{
	struct slot *s = ids ? slot_of(ids->users, uid) : NULL;

	if (!s)
		return NULL;
	if (!s->known || s->id != uid) {
		char text[RECORD_LEN];
		struct passwd pw, *found = NULL;

		getpwuid_r(uid, &pw, text, sizeof(text), &found);
		remember(s, uid, found ? found->pw_name : NULL);
	}
	return s->name[0] ? s->name : NULL;
}

const char *idnames_group(struct idnames *ids, uint32_t gid)
{
	struct slot *s = ids ? slot_of(ids->groups, gid) : NULL;

	if (!s)
		return NULL;
	if (!s->known || s->id != gid) {
		char text[RECORD_LEN];
		struct group gr, *found = NULL;

		getgrgid_r(gid, &gr, text, sizeof(text), &found);
		remember(s, gid, found ? found->gr_name : NULL);
	}
	return s->name[0] ? s->name : NULL;
}

const char *idnames_interface(struct idnames *ids, uint32_t index)
{
	struct slot *s = ids ? slot_of(ids->interfaces, index) : NULL;

	if (!s)
		return NULL;
	if (!s->known || s->id != index) {
		char name[IF_NAMESIZE];

		remember(s, index, if_indextoname(index, name));
	}
	return s->name[0] ? s->name : NULL;
}

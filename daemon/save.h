/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * save.h - files that flight recorders leave behind: NAME-TIME.rec in one directory, for root and the daemon's
 * group to read. A file has its name only when it is whole, and all together never take more than was allowed.
 */
#ifndef SAVE_H
#define SAVE_H

#include <event2/buffer.h>
#include <stdint.h>

#define SAVE_NAME_LEN 80

struct save;

struct save_place {
	const char *dir;
	const char *group;  /* may read the files; best effort where the daemon is not root */
	uint64_t max_bytes; /* of all files */
};

/*
 * Begins a file with what is in content, which is emptied into it by and by. The oldest files go if there
 * would be too much. name: letters, digits and _.- only. Returns 0 or a negative errno.
 */
int save_begin(struct save **s_x, const struct save_place *place, const char *name,
	       struct evbuffer *content);

/* Writes some more. 1: call again; 0: the file is there; else a negative errno. */
int save_step(struct save *s);
const char *save_name(const struct save *s); /* of the file in its directory */
void save_free(struct save *s); /* what is not whole is removed; NULL: nothing */

/* Removes what a daemon that was killed left unfinished. */
void save_tidy(const char *dir);

#endif

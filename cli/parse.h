/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * parse.h - values of flags that are more than text: durations, users, processes, cgroups. Each
 * function returns 0, or a negative errno with a sentence in err (MSG_LEN bytes).
 */
#ifndef CLI_PARSE_H
#define CLI_PARSE_H

#include <stddef.h>
#include <stdint.h>

/* "10", "10s", "0.5s", "500ms", "20us", "7ns", "2m", "1h". */
int parse_duration(const char *s, uint64_t *ns_x, char *err);

int parse_number(const char *s, uint64_t min, uint64_t max, uint64_t *value_x, char *err);

/* A name or a number. */
int parse_user(const char *s, uint32_t *uid_x, char *err);

/* Every id of the list exists; a thread that is no process is told from one. */
int parse_check_pids(const char *list, char *err);
int parse_check_tids(const char *list, char *err);

/*
 * A path in the unified hierarchy, with its mount point or relative to it, to the path below the
 * mount (size bytes). mounts is the text of a mountinfo file.
 */
int parse_cgroup(const char *s, const char *mounts, char *path, size_t size, char *err);

/* The mount point of the unified hierarchy in the text of a mountinfo file. */
int parse_cgroup_mount(const char *mounts, char *path, size_t size);

#endif

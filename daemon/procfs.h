/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * procfs.h - all that is read from /proc and the cgroup file system. A process that vanished is no error.
 */
#ifndef PROCFS_H
#define PROCFS_H

#include <stddef.h>
#include <stdint.h>

/* Processes that descend from one of roots[n], which are not in the result. *pids_x is the caller's to free. */
int procfs_descendants(const uint32_t *roots, size_t n, uint32_t **pids_x, size_t *n_x);

/* Where the unified cgroup hierarchy is mounted; -ENOENT if it is not. */
int procfs_cgroup_mount(char *path, size_t size);

/* The id of a cgroup (that of bpf_get_current_cgroup_id), path relative to the mount. */
int procfs_cgroup_id(const char *path, uint64_t *id_x);

/* Ids of the cgroups that are called as a systemd unit is; returns how many, or a negative errno. */
int procfs_unit_ids(const char *unit, uint64_t *ids, size_t max);

/* Resident memory of this process in bytes, 0 if unknown. */
uint64_t procfs_own_memory(void);

#endif

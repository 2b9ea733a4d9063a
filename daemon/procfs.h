/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * procfs.h - all that is read from /proc and the cgroup file system. A process that vanished is no error.
 */
#ifndef PROCFS_H
#define PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/types.h>
#include <tracer/event.h>

struct buf;

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

/* The threads of a process, the caller's to free. -ESRCH: it is gone. */
int procfs_threads(uint32_t tgid, uint32_t **tids_x, size_t *n_x);

/* True if tid is a thread of tgid. */
bool procfs_has_thread(uint32_t tgid, uint32_t tid);

/* False: the thread made no process that is still there and its child. */
bool procfs_may_have_children(uint32_t tgid, uint32_t tid);

/* Lines of /proc/TID/status. */
struct procfs_status {
	uint32_t tgid, ppid, tracer; /* tracer 0: none */
	uint32_t uid, euid, gid, egid;
	uint32_t nthreads;
	char state; /* R, S, T, Z, ... */
	uint64_t ignored, caught; /* signals: bit signo - 1 */
};
int procfs_status(uint32_t tid, struct procfs_status *status_x);

struct procfs_creds {
	uint32_t uid[3], gid[3]; /* real, effective, saved; in our user namespace */
	uint64_t permitted;	 /* capabilities, in the process's namespace */
	uint32_t userns, pidns;	 /* inode numbers */
	bool dumpable;		 /* false also for root, whose files don't tell it */
};
int procfs_creds(uint32_t pid, struct procfs_creds *creds_x);

/* Where the unified hierarchy is mounted: a descriptor that is the caller's to close, or a negative errno. */
int procfs_cgroup_root(void);

/*
 * What TR_TASK tells: all but the header. The second one leaves out the users, which cost most to read and
 * which a task has from its parent. cgroup_root: of procfs_cgroup_root, negative: no cgroup is told.
 */
int procfs_task(uint32_t tgid, uint32_t tid, int cgroup_root, struct tr_task *task);
int procfs_task_but_users(uint32_t tgid, uint32_t tid, int cgroup_root, struct tr_task *task);
int procfs_comm(uint32_t tgid, uint32_t tid, char comm[TR_COMM_LEN]);

/* CPU time of a thread in ns, user and system. */
int procfs_times(uint32_t tgid, uint32_t tid, uint64_t *user_x, uint64_t *system_x);

/* What TR_FD tells, all but the header and what a socket is: fd and payload_len too. 0: not open. */
int procfs_fd(uint32_t tgid, int32_t fd, struct tr_fd *f, char *payload, size_t size);

/* The call that a thread is blocked in. -EAGAIN: it runs, or is in none. */
int procfs_syscall(uint32_t tid, uint64_t *nr_x, uint64_t args[TR_MAX_ARGS]);
bool procfs_is_32bit(uint32_t tid);

/* The program that a process runs: what it would become by a set-id bit, and where it lies. */
struct procfs_exe {
	bool set_uid, set_gid;
	uint32_t uid, gid;
	uint64_t ino;
};
int procfs_exe(uint32_t tid, struct procfs_exe *exe_x);
void procfs_exe_path(uint32_t tid, char *path, size_t size); /* empty: it is gone */

/* Appends the lines of /proc/TGID/maps. */
int procfs_maps(uint32_t tgid, struct buf *text);
/* Opens a file for reading as the process sees it, in its root directory. A descriptor, or a negative errno. */
int procfs_open_file(uint32_t tgid, const char *path);

/* Reads a whole small file and ends it with a NUL. Returns its length. */
ssize_t procfs_slurp(char *text, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* kernel.yama.ptrace_scope, 0 where there is none. */
int procfs_ptrace_scope(void);

#endif

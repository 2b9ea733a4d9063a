/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * facts.bpf.h - who a task is and what its descriptors are, taken from the kernel's own structures at
 * the moment of the call, and told to a session just before the first record that needs it. What was
 * told is cached; a fact that did not fit into the ring is told again at the next occasion.
 */
#ifndef FACTS_BPF_H
#define FACTS_BPF_H

#include "emit.bpf.h"
#include "fdname.bpf.h"

static __noinline int tell_task(struct task_struct *task, struct task_state *st, __u64 sessions)
{
	struct tr_task r;

	__builtin_memset(&r, 0, sizeof(r));
	hdr_init(&r.h, sizeof(r), TR_TASK, sessions, task);
	BPF_CORE_READ_STR_INTO(&r.comm, task, comm);
	r.start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	r.cgroup = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
	r.ppid = BPF_CORE_READ(task, real_parent, tgid);
	r.uid = BPF_CORE_READ(task, real_cred, uid.val);
	r.euid = BPF_CORE_READ(task, real_cred, euid.val);
	r.gid = BPF_CORE_READ(task, real_cred, gid.val);
	r.egid = BPF_CORE_READ(task, real_cred, egid.val);
	if (!emit(&r, sizeof(r)))
		st->told |= sessions;
	return 0;
}

static __always_inline void need_task(struct task_struct *task, struct task_state *st,
				      __u64 sessions)
{
	if (sessions & ~st->told)
		tell_task(task, st, sessions & ~st->told);
}

#define FROM_ITERATOR 1 /* the scratch memory to use */
#define AS_RESULT 2	 /* the call returns it */

/* By number, not by what it is: a file that comes back to it is told again, for another was told since. */
static __always_inline struct fd_seen *fd_slot(__u32 tgid, __s32 fd)
{
	__u64 key = ((__u64)tgid << 32 | (__u32)fd) * 0x9e3779b97f4a7c15ULL;

	return &fd_cache[key >> 40 & (FD_CACHE_SIZE - 1)];
}

/*
 * What a descriptor is, in one number. Addresses say nothing, for a struct file is soon reused; the inode
 * number tells one socket or pipe from the next, and the name's hash one hard link from another. Anonymous
 * files share an inode: their operations tell which they are. A name that was deleted is in no list any more.
 */
static __always_inline __u64 fd_tag(__u32 tgid, __s32 fd, __u64 name, __u64 ino)
{
	__u64 tag = name << 20 ^ ((__u64)tgid << 32 | (__u32)fd) ^ ino << 16;

	return (tag + cfg.gen) * 0x9e3779b97f4a7c15ULL;
}

static __always_inline struct file *fd_file(struct task_struct *task, __s32 fd)
{
	struct files_struct *files = untrusted(task)->files;
	struct file *file = NULL, **table;
	struct fdtable *fdt;

	if (!files)
		return NULL;
	fdt = files->fdt;
	if ((__u32)fd < fdt->max_fds) {
		table = fdt->fd;
		bpf_probe_read_kernel(&file, sizeof(file), table + fd);
	}
	return file;
}

#define TAG_DELETED (1ULL << 43) /* the highest bit of a name that a tag keeps */

static __always_inline __u64 name_tag(__u32 hash, __u64 operations, bool deleted)
{
	return hash ^ operations ^ (deleted ? TAG_DELETED : 0);
}

/* As a number, for no arithmetic is allowed on a pointer: read as if it were that of an inode. */
static __always_inline __u64 operations_of(struct file *file)
{
	void *at = (void *)file + bpf_core_field_offset(struct file, f_op);

	return TYPED(struct inode, at - bpf_core_field_offset(struct inode, i_ino))->i_ino;
}

/*
 * The tag of what descriptor fd is now. Linux 6.2 can do this by plain loads: the table of descriptors is read as
 * if it were the array for the first of them in struct files_struct, which has the same element type.
 */
static __always_inline __u64 current_tag(struct task_struct *task, __s32 fd)
{
	struct files_struct *files = untrusted(task)->files, *array;
	struct dentry *dentry;
	struct fdtable *fdt;
	struct file *file;

	if (!HAVE_RDONLY_CAST) {
		file = fd_file(task, fd);
		if (!file)
			return fd_tag(task->tgid, fd, 0, 0);
		dentry = BPF_CORE_READ(file, f_path.dentry);
		return fd_tag(task->tgid, fd, name_tag(BPF_CORE_READ(dentry, d_name.hash),
				       (__u64)BPF_CORE_READ(file, f_op),
				       !BPF_CORE_READ(dentry, d_hash.pprev)),
			      BPF_CORE_READ(file, f_inode, i_ino));
	}
	if (!files)
		return fd_tag(task->tgid, fd, 0, 0);
	fdt = files->fdt;
	if ((__u32)fd >= fdt->max_fds)
		return fd_tag(task->tgid, fd, 0, 0);
	array = bpf_rdonly_cast((void *)(fdt->fd + fd) -
				    bpf_core_field_offset(struct files_struct, fd_array),
				bpf_core_type_id_kernel(struct files_struct));
	file = array->fd_array[0];
	if (!file)
		return fd_tag(task->tgid, fd, 0, 0);
	dentry = file->f_path.dentry;
	return fd_tag(task->tgid, fd,
		      name_tag(dentry->d_name.hash, operations_of(file), !dentry->d_hash.pprev),
		      file->f_inode->i_ino);
}

static __always_inline void fd_init(struct tr_fd *f, struct task_struct *task, __s32 fd,
				    __u64 sessions)
{
	__builtin_memset(f, 0, sizeof(*f));
	hdr_init(&f->h, 0, TR_FD, sessions, task);
	f->fd = fd;
}

static __always_inline void fd_emit(struct fd_scratch *s, __u64 tag, __u64 sessions)
{
	__u32 len, n = clamp_u32(s->fd.payload_len, FD_PAYLOAD_MAX);
	struct fd_seen *seen = fd_slot(s->fd.h.tgid, s->fd.fd);

	*(__u64 *)(s->payload + n) = 0;
	len = (sizeof(s->fd) + n + 7) & ~7u;
	s->fd.h.len = len;
	if (emit(s, clamp_u32(len, sizeof(s->fd) + FD_PAYLOAD_MAX + 8)))
		return;
	if (s->fd.h.flags & TR_FD_UNSETTLED) {
		seen->tag = 0;
		return;
	}
	if (seen->tag != tag) {
		seen->told = 0;
		seen->tag = tag;
	}
	seen->told |= sessions;
}

static __always_inline int tell_file(struct task_struct *task, __s32 fd, __u64 tag, __u64 sessions,
				     __u32 how)
{
	struct file *file = fd_file(task, fd);
	struct scratch *s = scratch_get(how & FROM_ITERATOR);

	if (!s)
		return 0;
	fd_init(&s->fd.fd, task, fd, sessions);
	if (file)
		file_name(&s->fd, (__u64)file);
	else
		s->fd.fd.kind = TR_FD_NONE;
	if (how & AS_RESULT)
		s->fd.fd.h.flags |= TR_FD_RESULT;
	fd_emit(&s->fd, tag, sessions);
	return 0;
}

/* A task in a system call has a working directory; plain loads do no harm if it has none. */
static __always_inline __u64 cwd_tag(struct task_struct *task)
{
	struct dentry *dentry = untrusted(task)->fs->pwd.dentry;

	return fd_tag(task->tgid, TR_AT_FDCWD, dentry->d_name.hash, dentry->d_inode->i_ino);
}

static __always_inline int tell_cwd(struct task_struct *task, __u64 sessions, __u32 how)
{
	struct dentry *dentry = BPF_CORE_READ(task, fs, pwd.dentry);
	__u64 tag = cwd_tag(task);
	struct scratch *s = scratch_get(how & FROM_ITERATOR);

	if (!s)
		return 0;
	fd_init(&s->fd.fd, task, TR_AT_FDCWD, sessions);
	s->fd.fd.mode = 0040000;
	s->fd.fd.h.flags = TR_FD_REVERSED;
	walk_path(&s->fd, (__u64)BPF_CORE_READ(task, fs, pwd.mnt), (__u64)dentry);
	fd_emit(&s->fd, tag, sessions);
	return 0;
}

/* Of the task that runs, so that it is verified once; and of one that the iterator came to. */
GLOBAL int tell_own(__s32 fd, __u64 tag, __u64 sessions, __u32 how)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return fd == TR_AT_FDCWD ? tell_cwd(task, sessions, how) :
				   tell_file(task, fd, tag, sessions, how);
}

static __noinline int tell_others(struct task_struct *task, __s32 fd, __u64 tag, __u64 sessions)
{
	return fd == TR_AT_FDCWD ? tell_cwd(task, sessions, FROM_ITERATOR) :
				   tell_file(task, fd, tag, sessions, FROM_ITERATOR);
}

/* Tells the sessions what descriptor fd of the task is, unless they know. how: FROM_ITERATOR, AS_RESULT. */
static __always_inline void need_fd(struct task_struct *task, __s32 fd, __u64 sessions, __u32 how)
{
	struct fd_seen *seen;
	__u64 tag;

	if (fd == TR_AT_FDCWD)
		tag = cwd_tag(task);
	else if (fd >= 0)
		tag = current_tag(task, fd);
	else
		return;
	seen = fd_slot(task->tgid, fd);
	if (seen->tag == tag && !(sessions & ~seen->told))
		return;
	if (how & FROM_ITERATOR)
		tell_others(task, fd, tag, sessions);
	else
		tell_own(fd, tag, sessions, how);
}

/* The descriptor at addr. Not 0: it can't be read. */
GLOBAL int need_fd_at(__u64 addr, __u64 sessions)
{
	__s32 fd;

	if (bpf_probe_read_user(&fd, sizeof(fd), (void *)addr))
		return -1;
	if (fd >= 0)
		need_fd(bpf_get_current_task_btf(), fd, sessions, 0);
	return 0;
}

/* The same for those of an array: poll. */
GLOBAL int need_fd_array(__u64 addr, __u32 n, __u64 sessions)
{
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < TR_FD_ARRAY_MAX && i < n; i++)
		if (need_fd_at(addr + 8 * i, sessions))
			break;
	return 0;
}

/* The descriptor is still the same file, but that was connected or bound. */
static __always_inline void forget_fd(struct task_struct *task, __s32 fd)
{
	fd_slot(task->tgid, fd)->tag = 0;
}

static __always_inline void need_fd_args(struct task_struct *task, const struct tr_plan *plan,
					 const __u64 *args, __u64 sessions)
{
	__u32 fds = plan->fd_args;

	for (int i = 0; i < TR_MAX_ARGS; i++)
		if (fds >> i & 1)
			need_fd(task, (__s32)args[i], sessions, 0);
}

/* The two descriptors that the call put at addr. */
static __always_inline void need_pair(struct task_struct *task, __u64 addr, __u64 sessions)
{
	__s32 fds[2];

	if (bpf_probe_read_user(fds, sizeof(fds), (void *)addr))
		return;
	for (int i = 0; i < 2; i++)
		need_fd(task, fds[i], sessions, AS_RESULT);
}

#endif

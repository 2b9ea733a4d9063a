/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * facts.bpf.h - who a task is and what its descriptors are, taken from the kernel's own structures at
 * the moment of the call, and told to a session just before the first record that needs it. What was
 * told is cached; a fact that did not fit into the ring is told again at the next occasion.
 */
#ifndef FACTS_BPF_H
#define FACTS_BPF_H

#include "emit.bpf.h"

#define PATH_COMPONENTS 32
#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define S_IFIFO 0010000
#define ANON_INODE_FS_MAGIC 0x09041934
#define TMPFS_MAGIC 0x01021994
#define PIPEFS_MAGIC 0x50495045
#define PID_FS_MAGIC 0x50494446 /* pidfds are files of their own since 6.9 */
#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define AF_NETLINK 16

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

/*
 * A member of a kernel structure: by a plain load where p is a pointer that the verifier knows the type of
 * (cast), else by a function call. cast is a constant wherever this is expanded.
 */
#define GET(cast, p, member) ((cast) ? (p)->member : BPF_CORE_READ(p, member))

/*
 * Appends the names from dentry up to the root of all mounts, each with its NUL, the last name first, and
 * sets payload_len; TR_FD_INCOMPLETE where it did not come to the root.
 */
static __always_inline int walk(struct fd_scratch *s, struct mount *mnt, struct dentry *dentry,
				const bool cast)
{
	for (int i = 0; i < PATH_COMPONENTS; i++) {
		struct dentry *parent = GET(cast, dentry, d_parent);
		__u32 off;
		long n;

		if (dentry == GET(cast, mnt, mnt.mnt_root)) {
			struct mount *up = GET(cast, mnt, mnt_parent);

			if (up == mnt)
				return 0;
			dentry = GET(cast, mnt, mnt_mountpoint);
			mnt = up;
			continue;
		}
		if (parent == dentry) /* a file system that is not mounted: memfd, /proc/PID/ns */
			return 0;
		off = clamp_u32(s->fd.payload_len, FD_PAYLOAD_MAX);
		n = bpf_probe_read_kernel_str(s->payload + off, 256, GET(cast, dentry, d_name.name));
		if (n <= 0 || off + n > FD_PAYLOAD_MAX)
			break;
		s->fd.payload_len = off + n;
		dentry = parent;
	}
	s->fd.h.flags |= TR_FD_INCOMPLETE;
	return 0;
}

GLOBAL int walk_path(struct fd_scratch *s, __u64 vfsmnt, __u64 leaf)
{
	void *mnt = (void *)(vfsmnt - bpf_core_field_offset(struct mount, mnt));

	if (!s)
		return 0;
	s->fd.payload_len = 0;
	if (have_rdonly_cast)
		return walk(s, TYPED(struct mount, mnt), TYPED(struct dentry, (void *)leaf), true);
	return walk(s, mnt, (void *)leaf, false);
}

static __always_inline void unix_name(struct fd_scratch *s, __u32 at, __u16 *len, struct sock *sk)
{
	struct unix_sock *u = (struct unix_sock *)sk;
	struct unix_address *addr = BPF_CORE_READ(u, addr);
	__u32 n;

	if (!addr)
		return;
	n = clamp_u32(BPF_CORE_READ(addr, len), TR_FD_ADDR - 2);
	bpf_probe_read_kernel(s->payload + at, n, &addr->name);
	*len = n;
}

static __always_inline void inet_name(struct fd_scratch *s, __u32 at, __u16 *len, __u16 port,
				      __u32 addr)
{
	__u8 *p = s->payload + at;

	*(__u16 *)p = AF_INET;
	*(__u16 *)(p + 2) = port;
	*(__u32 *)(p + 4) = addr;
	*len = 16;
}

static __always_inline void inet6_name(struct fd_scratch *s, __u32 at, __u16 *len, __u16 port,
				       const struct in6_addr *addr)
{
	__u8 *p = s->payload + at;

	*(__u16 *)p = AF_INET6;
	*(__u16 *)(p + 2) = port;
	__builtin_memcpy(p + 8, addr, 16);
	*len = 28;
}

static __always_inline __u32 socket_names(struct fd_scratch *s, struct socket *sock)
{
	struct sock *sk = BPF_CORE_READ(sock, sk);
	struct tr_fd *f = &s->fd;
	struct in6_addr a6;
	__u16 num, dport;

	for (int i = 0; i < 2 * TR_FD_ADDR; i += 8)
		*(__u64 *)(s->payload + i) = 0;
	f->sock_type = BPF_CORE_READ(sock, type);
	if (!sk)
		return 0;
	f->sock_family = BPF_CORE_READ(sk, __sk_common.skc_family);
	f->sock_proto = BPF_CORE_READ(sk, sk_protocol);
	num = __builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_num));
	dport = BPF_CORE_READ(sk, __sk_common.skc_dport);
	if (f->sock_family == AF_INET) {
		if (num)
			inet_name(s, 0, &f->local_len, num,
				  BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr));
		if (dport)
			inet_name(s, TR_FD_ADDR, &f->peer_len, dport,
				  BPF_CORE_READ(sk, __sk_common.skc_daddr));
	} else if (f->sock_family == AF_INET6) {
		a6 = BPF_CORE_READ(sk, __sk_common.skc_v6_rcv_saddr);
		if (num)
			inet6_name(s, 0, &f->local_len, num, &a6);
		a6 = BPF_CORE_READ(sk, __sk_common.skc_v6_daddr);
		if (dport)
			inet6_name(s, TR_FD_ADDR, &f->peer_len, dport, &a6);
	} else if (f->sock_family == AF_UNIX) {
		struct sock *peer = BPF_CORE_READ((struct unix_sock *)sk, peer);

		unix_name(s, 0, &f->local_len, sk);
		if (peer)
			unix_name(s, TR_FD_ADDR, &f->peer_len, peer);
	} else if (f->sock_family == AF_NETLINK) {
		*(__u16 *)s->payload = AF_NETLINK;
		*(__u32 *)(s->payload + 4) = BPF_CORE_READ((struct netlink_sock *)sk, portid);
		f->local_len = 12;
	}
	return 2 * TR_FD_ADDR;
}

/* What kind of file it is; its magic is that of the file system. */
static __always_inline __u64 file_kind(struct tr_fd *f, struct inode *inode, const bool cast)
{
	f->mode = GET(cast, inode, i_mode);
	f->ino = GET(cast, inode, i_ino);
	f->rdev = GET(cast, inode, i_rdev);
	return cast ? inode->i_sb->s_magic : BPF_CORE_READ(inode, i_sb, s_magic);
}

GLOBAL int file_name(struct fd_scratch *s, __u64 addr)
{
	struct file *file = (struct file *)addr;
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	struct tr_fd *f;
	__u64 magic;
	long n;

	if (!s)
		return 0;
	f = &s->fd;
	if (have_rdonly_cast)
		magic = file_kind(f, TYPED(struct inode, inode), true);
	else
		magic = file_kind(f, inode, false);
	if ((f->mode & S_IFMT) == S_IFSOCK) {
		f->kind = TR_FD_SOCKET;
		f->payload_len = socket_names(s, BPF_CORE_READ(file, private_data));
		return 0;
	}
	if (magic == PIPEFS_MAGIC) {
		f->kind = TR_FD_PIPE;
		return 0;
	}
	if (magic == ANON_INODE_FS_MAGIC) {
		f->kind = TR_FD_ANON;
		n = bpf_probe_read_kernel_str(s->payload, 64, BPF_CORE_READ(dentry, d_name.name));
		f->payload_len = n > 0 ? n - 1 : 0;
		return 0;
	}
	if (magic == PID_FS_MAGIC) {
		f->kind = TR_FD_ANON;
		f->payload_len = sizeof("[pidfd]") - 1;
		__builtin_memcpy(s->payload, "[pidfd]", sizeof("[pidfd]") - 1);
		return 0;
	}
	f->kind = (f->mode & S_IFMT) == S_IFIFO ? TR_FD_PIPE : TR_FD_PATH;
	f->h.flags = TR_FD_REVERSED;
	if (magic == TMPFS_MAGIC && BPF_CORE_READ(dentry, d_parent) == dentry) {
		n = bpf_probe_read_kernel_str(s->payload, 256, BPF_CORE_READ(dentry, d_name.name));
		if (n > 1 && s->payload[0] != '/') { /* of memfd_create */
			f->h.flags |= TR_FD_DELETED;
			f->payload_len = n;
			return 0;
		}
	}
	/* Not in its parent's list of names any more; a root is in none. */
	if (!BPF_CORE_READ(dentry, d_hash.pprev) && BPF_CORE_READ(dentry, d_parent) != dentry)
		f->h.flags |= TR_FD_DELETED;
	return walk_path(s, (__u64)BPF_CORE_READ(file, f_path.mnt), (__u64)dentry);
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
 * number tells one socket or pipe from the next, and the name's hash one hard link from another.
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

/*
 * The tag of what descriptor fd is now. Linux 6.2 can do this by plain loads: the table of descriptors is read as
 * if it were the array for the first of them in struct files_struct, which has the same element type.
 */
static __always_inline __u64 current_tag(struct task_struct *task, __s32 fd)
{
	struct files_struct *files = untrusted(task)->files, *array;
	struct fdtable *fdt;
	struct file *file;

	if (!have_rdonly_cast) {
		file = fd_file(task, fd);
		if (!file)
			return fd_tag(task->tgid, fd, 0, 0);
		return fd_tag(task->tgid, fd, BPF_CORE_READ(file, f_path.dentry, d_name.hash),
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
	return fd_tag(task->tgid, fd, file->f_path.dentry->d_name.hash, file->f_inode->i_ino);
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
	if (seen->tag != tag) {
		seen->told = 0;
		seen->tag = tag;
	}
	seen->told |= sessions;
}

static __noinline int tell_file(struct task_struct *task, __s32 fd, __u64 tag, __u64 sessions,
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

static __noinline int tell_cwd(struct task_struct *task, __u64 sessions, __u32 how)
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

/* Tells the sessions what descriptor fd of the task is, unless they know. how: FROM_ITERATOR, AS_RESULT. */
static __always_inline void need_fd(struct task_struct *task, __s32 fd, __u64 sessions, __u32 how)
{
	struct fd_seen *seen;
	__u64 tag;

	if (fd == TR_AT_FDCWD) {
		tag = cwd_tag(task);
		seen = fd_slot(task->tgid, fd);
		if (seen->tag != tag || (sessions & ~seen->told))
			tell_cwd(task, sessions, how);
		return;
	}
	if (fd < 0)
		return;
	tag = current_tag(task, fd);
	seen = fd_slot(task->tgid, fd);
	if (seen->tag != tag || (sessions & ~seen->told))
		tell_file(task, fd, tag, sessions, how);
}

/* The descriptor is still the same file, but that was connected or bound. */
static __always_inline void forget_fd(struct task_struct *task, __s32 fd)
{
	fd_slot(task->tgid, fd)->tag = 0;
}

#endif

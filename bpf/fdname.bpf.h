/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fdname.bpf.h - what an open file is: its path, addresses or kind, and what there is to say of it beyond, out of
 * the kernel's own structures at the moment of the call.
 */
#ifndef FDNAME_BPF_H
#define FDNAME_BPF_H

#include "maps.bpf.h"

#define PATH_COMPONENTS 32
#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define S_IFIFO 0010000
#define ANON_INODE_FS_MAGIC 0x09041934
#define PIPEFS_MAGIC 0x50495045
#define PID_FS_MAGIC 0x50494446
#define NS_FS_MAGIC 0x6e736673
#define DMA_BUF_MAGIC 0x444d4142
#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define AF_NETLINK 16

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
	if (HAVE_RDONLY_CAST)
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

/* One that nobody accepted yet has no inode. */
static __always_inline __u32 unix_peer(struct fd_scratch *s, struct sock *peer)
{
	struct tr_fd_state *state = (void *)s->payload + 2 * TR_FD_ADDR;
	void *sock = BPF_CORE_READ(peer, sk_socket);
	struct inode *inode;

	if (!sock) {
		s->fd.h.flags |= TR_FD_UNSETTLED;
		return 2 * TR_FD_ADDR;
	}
	inode = sock - bpf_core_field_offset(struct socket_alloc, socket) +
		bpf_core_field_offset(struct socket_alloc, vfs_inode);
	state->value = BPF_CORE_READ(inode, i_ino);
	state->id = state->semaphore = 0;
	s->fd.h.flags |= TR_FD_STATE;
	return 2 * TR_FD_ADDR + sizeof(*state);
}

static __always_inline __u32 socket_names(struct fd_scratch *s, struct socket *sock)
{
	struct sock *sk = BPF_CORE_READ(sock, sk);
	struct tr_fd *f = &s->fd;
	struct in6_addr a6;
	__u16 num, dport;
	__u32 port;

	for (int i = 0; i < 2 * TR_FD_ADDR; i += 8)
		*(__u64 *)(s->payload + i) = 0;
	f->sock_type = BPF_CORE_READ(sock, type);
	if (!sk)
		return 0;
	f->sock_family = BPF_CORE_READ(sk, __sk_common.skc_family);
	f->sock_proto = BPF_CORE_READ(sk, sk_protocol);
	num = __builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_num));
	dport = BPF_CORE_READ(sk, __sk_common.skc_dport);
	if (!num && (f->sock_family == AF_INET || f->sock_family == AF_INET6))
		f->h.flags |= TR_FD_UNSETTLED; /* a call that needs a port gives it one */
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
		if (peer)
			return unix_peer(s, peer);
	} else if (f->sock_family == AF_NETLINK) {
		port = BPF_CORE_READ((struct netlink_sock *)sk, portid);
		*(__u16 *)s->payload = AF_NETLINK;
		*(__u32 *)(s->payload + 4) = port;
		f->local_len = 12;
		if (!port)
			f->h.flags |= TR_FD_UNSETTLED;
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

/* Whether the name begins with these eight characters, the NUL at the end included. */
#define NAMED(s, text) (*(__u64 *)(s)->payload == EIGHT(text))
#define EIGHT(t) \
	((__u64)(t)[0] | (__u64)(t)[1] << 8 | (__u64)(t)[2] << 16 | (__u64)(t)[3] << 24 | \
	 (__u64)(t)[4] << 32 | (__u64)(t)[5] << 40 | (__u64)(t)[6] << 48 | (__u64)(t)[7] << 56)

/* What it is at this moment. A process that was waited for has no number any more. */
static __always_inline bool anon_state(struct fd_scratch *s, struct file *file, struct pid *pid)
{
	struct tr_fd_state *state = (void *)s->payload + TR_FD_NAME;
	void *p = BPF_CORE_READ(file, private_data);

	state->id = state->semaphore = 0;
	if (NAMED(s, "[eventfd")) {
		state->value = BPF_CORE_READ((struct eventfd_ctx *)p, count);
		state->id = BPF_CORE_READ((struct eventfd_ctx *)p, id);
		state->semaphore = BPF_CORE_READ((struct eventfd_ctx *)p, flags) & 1;
	} else if (NAMED(s, "[signalf")) {
		state->value = ~BPF_CORE_READ((struct signalfd_ctx *)p, sigmask.sig[0]);
	} else if (NAMED(s, "[pidfd]")) {
		pid = pid ?: p;
		state->value = BPF_CORE_READ(pid, tasks[0].first) ?
				       BPF_CORE_READ(pid, numbers[0].nr) :
				       0;
	} else {
		return false;
	}
	s->fd.h.flags |= TR_FD_UNSETTLED;
	if (NAMED(s, "[pidfd]") && !state->value)
		return false;
	s->fd.payload_len = TR_FD_NAME + sizeof(*state);
	s->fd.h.flags |= TR_FD_STATE;
	return true;
}

static __always_inline void anon_name(struct fd_scratch *s, struct file *file)
{
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	long n;

	__builtin_memset(s->payload, 0, TR_FD_NAME);
	n = bpf_probe_read_kernel_str(s->payload, 64, BPF_CORE_READ(dentry, d_name.name));
	if (!anon_state(s, file, NULL))
		s->fd.payload_len = n > 0 ? n - 1 : 0;
}

/* Files of their own since Linux 6.9. */
static __always_inline void pidfd_name(struct fd_scratch *s, struct file *file, struct inode *inode)
{
	__builtin_memset(s->payload, 0, TR_FD_NAME);
	__builtin_memcpy(s->payload, "[pidfd]", sizeof("[pidfd]"));
	if (!anon_state(s, file, BPF_CORE_READ(inode, i_private)))
		s->fd.payload_len = sizeof("[pidfd]") - 1;
}

static __always_inline void ns_name(struct fd_scratch *s, struct ns_common *ns)
{
	long n = bpf_probe_read_kernel_str(s->payload, 64, BPF_CORE_READ(ns, ops, name));

	s->fd.payload_len = n > 0 ? n - 1 : 0;
}

/*
 * The root of what is not mounted anywhere and has a name (that of others is /): memfd_create, secret memory. False:
 * it has none.
 */
static __always_inline bool pseudo_name(struct fd_scratch *s, struct file *file,
					struct dentry *dentry, __u64 magic)
{
	struct dma_buf *buffer = BPF_CORE_READ(file, private_data);
	const char *name;
	long n, more;

	if (BPF_CORE_READ(dentry, d_parent) != dentry)
		return false;
	n = bpf_probe_read_kernel_str(s->payload, 256, BPF_CORE_READ(dentry, d_name.name));
	if (n <= 1 || n > 256 || s->payload[0] == '/')
		return false;
	s->fd.payload_len = n;
	if (magic != DMA_BUF_MAGIC) {
		s->fd.h.flags |= TR_FD_DELETED;
		return true;
	}
	s->payload[n - 1] = ':';
	name = BPF_CORE_READ(buffer, name);
	more = name ? bpf_probe_read_kernel_str(s->payload + n, 64, name) : 0;
	if (more <= 0)
		s->payload[n] = '\0';
	s->fd.payload_len = n + (more > 0 ? more : 1);
	return true;
}

GLOBAL int file_name(struct fd_scratch *s, __u64 addr)
{
	struct file *file = (struct file *)addr;
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	struct tr_fd *f;
	__u64 magic;

	if (!s)
		return 0;
	f = &s->fd;
	if (HAVE_RDONLY_CAST)
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
	if (magic == ANON_INODE_FS_MAGIC || magic == PID_FS_MAGIC) {
		f->kind = TR_FD_ANON;
		if (magic == PID_FS_MAGIC)
			pidfd_name(s, file, inode);
		else
			anon_name(s, file);
		return 0;
	}
	if (magic == NS_FS_MAGIC) {
		f->h.flags = TR_FD_NUMBERED;
		ns_name(s, BPF_CORE_READ(inode, i_private));
		return 0;
	}
	f->kind = (f->mode & S_IFMT) == S_IFIFO ? TR_FD_PIPE : TR_FD_PATH;
	f->h.flags = TR_FD_REVERSED;
	if (pseudo_name(s, file, dentry, magic))
		return 0;
	/* Not in its parent's list of names any more; a root is in none. */
	if (!BPF_CORE_READ(dentry, d_hash.pprev) && BPF_CORE_READ(dentry, d_parent) != dentry)
		f->h.flags |= TR_FD_DELETED;
	return walk_path(s, (__u64)BPF_CORE_READ(file, f_path.mnt), (__u64)dentry);
}

#endif

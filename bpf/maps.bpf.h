/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * maps.bpf.h - every map, and the state of a task.
 */
#ifndef MAPS_BPF_H
#define MAPS_BPF_H

#include <vmlinux.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <tracer/bpf_shared.h>

/*
 * The verifier must see that a value is bounded; without the barrier clang proves the bound itself and
 * drops the check, or does it on another register than the one that is used.
 */
static __always_inline __u32 clamp_u32(__u32 v, __u32 max)
{
	asm volatile("" : "+r"(v));
	if (v > max)
		v = max;
	asm volatile("" : "+r"(v));
	return v;
}

/* An index into a table whose size is a power of two: Linux 6.1 loses sight of some masks that clang writes. */
static __always_inline __u64 masked(__u64 i, const __u32 size)
{
	asm volatile("%0 &= %1" : "+r"(i) : "i"(size - 1));
	return i;
}

/*
 * A global function is verified once, with arguments that can be anything, and not anew on every path
 * to every call: loops go there. It takes numbers and pointers to memory, which may be NULL.
 */
#define GLOBAL __attribute__((noinline))

/* Bytes with the NUL: of an empty string Linux 6.1 says 0, and 6.18 says 1. */
static __always_inline long read_user_str(void *dst, __u32 n, __u64 addr)
{
	long r = bpf_probe_read_user_str(dst, n, (void *)addr);

	return r ? r : 1;
}

#define CAP_FUNC GLOBAL
#define cap_read(c, dst, n, addr) bpf_probe_read_user(dst, n, (void *)(addr))
#define cap_read_str(c, dst, n, addr) read_user_str(dst, n, addr)
#define cap_clamp(v, max) (clamp_u32(v, max) & 0x1fff)
#include <tracer/capture.h>

#define CACHE_LINE 64

#define PHASE_ENTERED 1 /* it was seen to begin */
#define PHASE_EXECED 2	/* it is an execve that succeeded: its arguments are gone */
#define PHASE_NOTED 4	/* a signal came that the process ignores */

/*
 * What is remembered of every task that makes a call while programs are attached. What a call of a task that
 * nobody asked for needs comes first: with the owner of the place it fills one cache line.
 */
struct task_state {
	__u64 mask;	    /* sessions whose task dimensions match; valid while gen is the current one */
	__u64 live;	    /* sessions that the call in progress is for, 0: none */
	__u64 reported;	    /* sessions that know that the call in progress is blocked */
	__u64 cred;	    /* pointers, compared to see a change */
	__u64 cgroups;
	__u32 gen;
	__u32 attach_epoch;
	__u16 nr;
	__u8 abi;
	__u8 phase;	    /* PHASE_* of the call in progress, in this attach_epoch */
	__u16 slot;	    /* index in `slots` of its capture, plus 1; 0: none */
	__u8 dumpable;	    /* as long as it had its memory */
	__u8 pad;
	__u64 start_ns;	    /* of the call in progress */
	__u64 off_ns;	    /* of these so long not on a processor, where a session wants to know */
	__u64 off_since_ns; /* 0: it is on one */
	__u64 told;	    /* sessions that have a TR_TASK of it */
	__u64 inherited;    /* sessions that follow the task because they followed its parent */
	__u64 inherited_ns; /* when that was */
	__u64 unshown;	    /* sessions that only count the call in progress */
};

/* Linux 6.2: reads of the kernel's structures without a function call for each. */
#ifdef NO_RDONLY_CAST
#define HAVE_RDONLY_CAST false
#define bpf_rdonly_cast(obj, btf_id) ((void *)(obj))
#else
#define HAVE_RDONLY_CAST true
extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym;
#endif
#define TYPED(type, p) ((type *)bpf_rdonly_cast(p, bpf_core_type_id_kernel(type)))

struct tr_config cfg __attribute__((aligned(CACHE_LINE))) = {};
/* Linux 6.16: sched_process_exit says whether the task is the last of its process. */
const volatile bool tells_group_dead = false;
/* Linux 5.15: bpf_task_pt_regs. */
const volatile bool has_task_regs = false;

const volatile __u32 ring_mask = 0;	  /* groups of CPUs - 1, a power of two less one */
const volatile __u32 ring_watermark = 0; /* bytes in a small ring that wake the reader */

/*
 * A task's state is in the table at its id, where finding it costs a few loads; only where two tasks collide,
 * one has it in task storage, whose look-up is a function call of 20 to 30 ns. A place belongs to `owner`, the
 * address of its task_struct, until that task ends, or for as long as programs stay attached.
 */
#define STATE_TABLE_SIZE 16384
struct state_place {
	__u64 owner;
	struct task_state st;
} __attribute__((aligned(CACHE_LINE)));
static struct state_place state_table[STATE_TABLE_SIZE];

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_state);
} task_states SEC(".maps");

/*
 * The record that a task is making, from a call's entry to its return. Only tasks that a stream session
 * follows have one: in a slot, whose look-up costs next to nothing, or when all are taken, in task storage.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, TR_SLOTS);
	__type(key, __u32);
	__type(value, struct tr_capture);
} slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, TR_SLOTS);
	__type(value, __u32);
} free_slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct tr_capture);
} captures SEC(".maps");

struct ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
};

/* Bytes written since the last wake-up, one cache line each. */
static struct {
	__u32 bytes;
} __attribute__((aligned(CACHE_LINE))) ring_unread[2 * TR_RINGS_MAX];

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2 * TR_RINGS_MAX);
	__type(key, __u32);
	__array(values, struct ring);
} rings SEC(".maps");

#define DIMENSION(name, key_type)                                                                  \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_HASH);                                                   \
		__uint(map_flags, BPF_F_NO_PREALLOC);                                              \
		__uint(max_entries, 65536);                                                        \
		__type(key, key_type);                                                             \
		__type(value, __u64);                                                              \
	} name SEC(".maps")

struct comm_key {
	char comm[TR_COMM_LEN];
};

DIMENSION(by_tgid, __u32);
DIMENSION(by_tid, __u32);
DIMENSION(by_uid, __u32);
DIMENSION(by_comm, struct comm_key);
DIMENSION(by_cgroup, __u64);
DIMENSION(by_owner, struct tr_owner); /* limited sessions, as by_pidns */
DIMENSION(by_pidns, __u32);
DIMENSION(ignored, __u32); /* TR_IGNORED*: the daemon and its clients */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct tr_summary_key);
	__type(value, struct tr_summary);
} summaries SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct tr_counters);
} counters SEC(".maps");

/* Which descriptors were told to whom: direct-mapped, so a collision only costs telling it again. */
#define FD_CACHE_SIZE 8192
struct fd_seen {
	__u64 tag;
	__u64 told;
};
static struct fd_seen fd_cache[FD_CACHE_SIZE];

#define FD_PAYLOAD_MAX 3840
struct fd_scratch {
	struct tr_fd fd;
	__u8 payload[FD_PAYLOAD_MAX + 512];
};

/* [0]: programs that run with preemption off; [1]: the iterator, which can be preempted by them. */
struct scratch {
	struct fd_scratch fd;
	__u8 exec[sizeof(struct tr_exec) + 4096 + 8];
	struct tr_summary empty;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

static __always_inline struct scratch *scratch_get(__u32 i)
{
	return bpf_map_lookup_elem(&scratches, &i);
}

/*
 * For reads of members that are pointers. Each time that the verifier comes across one by a pointer that it trusts, it
 * looks through the names of all types of the kernel, for whether it may trust that too: that took two fifths of the
 * time of loading (6.18).
 */
static __always_inline struct task_struct *untrusted(struct task_struct *task)
{
	return HAVE_RDONLY_CAST ? TYPED(struct task_struct, task) : task;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * event.h - the records that flow from a backend to a client, and the capture plan.
 *
 * Everything that happens is one record: a header, a fixed part that depends on the type, and for
 * some types a list of captured items. A record is made once, by a backend, and is never changed
 * after that: the daemon copies it, the socket carries it, a recording stores it.
 *
 * All fields are in host byte order and naturally aligned; every record starts on 8 bytes and its
 * length is a multiple of 8. This header is compiled for BPF too, where vmlinux.h comes before it.
 */
#ifndef TRACER_EVENT_H
#define TRACER_EVENT_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#define TR_MAX_SESSIONS 64 /* one bit each in a __u64 */
#define TR_MAX_ARGS 6
#define TR_COMM_LEN 16 /* TASK_COMM_LEN: 15 bytes and a NUL */
#define TR_NR_MAX 512  /* system call numbers that a plan can exist for, per ABI */
#define TR_NR_BEYOND 0xffff /* stands for this number, all larger ones and the negative ones */
#define TR_PLAN_OPS 8

/* Bytes that the items of one record can take together; the rest is cut and marked so. */
#define TR_PAYLOAD_MAX 7680
#define TR_ITEM_MAX 4096 /* of these, bytes of one item */
#define TR_RECORD_MAX 8192 /* no record is longer; a reader may rely on it */

/* Bytes of one call beyond its record: what struct tr_data carry in all. */
#define TR_DATA_MAX (1u << 20)
/* A session whose string limit is larger gets them: so much of most calls fits into their record. */
#define TR_STRING_SHORT 192

#define TR_AT_FDCWD (-100)

/* What a system call number means. The numbers are those of the ABI the task made the call by. */
enum tr_abi {
	TR_ABI_X86_64 = 0,
	TR_ABI_I386 = 1, /* also a 64-bit task that uses int 0x80 */
	TR_ABI_AARCH64 = 2,
	TR_ABI_MAX
};

enum tr_type {
	TR_SYSCALL = 1, /* struct tr_syscall and items */
	TR_SIGNAL,	/* struct tr_signal: a signal was delivered to tid */
	TR_EXEC,	/* struct tr_exec: the task runs a new program */
	TR_EXIT,	/* struct tr_exit: the task ended */
	TR_FORK,	/* struct tr_fork: tgid/tid made a child */
	TR_LOST,	/* struct tr_lost: so many records are missing here */
	TR_TASK,	/* struct tr_task: a fact, precedes the first record of the task */
	TR_FD,		/* struct tr_fd: a fact, precedes the first record that uses the descriptor */
	TR_RESET,	/* only the header: forget all facts, they will be told again */
	TR_BUDGET,	/* struct tr_budget: from here on more or less is shown */
	TR_STACK,	/* struct tr_stack: by which functions tid came to its last record; may be several */
	TR_DATA,	/* struct tr_data: what the record of a call has no room for, precedes it */
	TR_NEWER,	/* struct tr_newer: a fact, what a number is that the table does not know */
	TR_TYPE_MAX
};

struct tr_hdr {
	__u32 len;	/* of the whole record in bytes, header included; a multiple of 8 */
	__u16 type;	/* enum tr_type */
	__u16 flags;	/* TR_F_*, for the types that have some */
	__u64 time_ns;	/* CLOCK_MONOTONIC at which the record was made: for a call, its return */
	__u64 sessions; /* bit mask of the sessions that it belongs to */
	__u32 tgid;	/* the process, what user space calls its pid */
	__u32 tid;
};

/* tr_syscall flags */
#define TR_F_NO_ENTRY 1	 /* its entry was before the session: duration_ns is a lower bound */
#define TR_F_BLOCKED 2	 /* has not returned yet: ret is meaningless, duration_ns is the time so far */
#define TR_F_INJECTED 8 /* it was not made: the result was put in its place */
#define TR_F_DELAYED 16 /* it was held up */
#define TR_F_POKED 32	/* what its arguments point to was changed */
#define TR_F_NO_RETURN 4 /* will never return (exit, or the task was killed in it): ret is meaningless */

struct tr_syscall {
	struct tr_hdr h;
	__s64 ret; /* as the kernel returned it: -errno on failure */
	__u64 duration_ns;
	__u16 nr;
	__u8 abi;    /* enum tr_abi */
	__u8 nitems; /* struct tr_item that follow */
	union {
		__u32 more; /* 0: no struct tr_data is of this call, else the number that those have */
		__s32 whole_nr; /* where nr is TR_NR_BEYOND: the number; 0: not told */
	};
	__u64 args[TR_MAX_ARGS]; /* at entry; zero-extended for 32-bit ABIs */
};

/*
 * One piece of the caller's memory. It is followed by len bytes, padded with zeroes to 8. Items come
 * in the order of the plan, entry before exit, the elements of a vector by rising index.
 */
struct tr_item {
	__u8 arg;   /* 0..5: the argument that it belongs to */
	__u8 part;  /* enum tr_part: what it is of this argument */
	__u8 flags; /* TR_ITEM_* */
	__u8 index; /* of the element, for the parts of a vector */
	__u32 len;  /* bytes that follow, without padding */
};

enum tr_part {
	TR_PART_SELF = 0, /* what the argument points to */
	TR_PART_IOV_DATA, /* the bytes of struct iovec number `index` */
	TR_PART_STRV,	  /* string number `index` of an argv-like vector (NUL not included) */
	TR_PART_STRV_END, /* len 0: the vector ended here, with `index` strings; absent: there were more */
	TR_PART_ARG_BLOCK, /* argv (arg 1) or envp (arg 2) whole: strings with their NULs; of the new image
			    * where it was read at exit */
	TR_PART_MSG_NAME, /* msghdr.msg_name. In an array of messages index is 32 times the message's number more */
	TR_PART_MSG_IOV,  /* the struct iovec array of msghdr.msg_iov */
	TR_PART_MSG_DATA, /* the bytes of msghdr.msg_iov[index] */
	TR_PART_MSG_CONTROL,
	TR_PART_POINTEE, /* what the pointer `index` * 4 bytes into the struct points to;
			  * TR_OP_PTRS: what pointer number `index` does */
	TR_PART_ENTRIES, /* __u32: how many directory entries there are in all */
	TR_PART_LEN, /* the value-result length (socklen_t) that another argument points to */
	TR_PART_POINTER, /* __u64, of argument 0: where the program goes on; the first item, if it was asked for */
};

#define TR_ITEM_EXIT 1	/* read when the call returned, else when it was made */
#define TR_ITEM_TRUNC 2 /* there was more than len bytes; a string has no NUL then */
#define TR_ITEM_FAULT 4 /* could not be read (further than len bytes) */

/*
 * A piece of an item of the call that this task makes or has just made. The pieces of one item come in their
 * order and begin with its first byte, also where the record has that too; after a lost one, what follows is
 * of no use. The last one's item says in its flags what became of the whole.
 */
struct tr_data {
	struct tr_hdr h; /* flags: TR_DATA_LAST */
	__u32 call;	 /* tr_syscall.more */
	__u16 nr;
	__u8 abi;
	__u8 whole;   /* of a list: no session's limit cuts it */
	__u32 offset; /* of these bytes in the item */
	__u32 pad2;
	struct tr_item item; /* its len bytes follow */
};

#define TR_DATA_LAST 1

/* In h.flags: no siginfo, only signo is valid; the process does not look at this signal. */
enum tr_sigflags { TR_SIG_NO_INFO = 1, TR_SIG_IGNORED = 2 };

struct tr_signal {
	struct tr_hdr h;
	__s32 signo;
	__s32 errnum;
	__s32 code;
	__s32 pid; /* sender, where the code has one (SI_USER, SI_TKILL, CLD_*, ...); SI_TIMER: its id */
	__u32 uid; /* SI_TIMER: overruns */
	__s32 status; /* SIGCHLD: exit status or signal; SIGPOLL: descriptor; SIGSYS: system call */
	__u64 addr;	 /* SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS; SIGPOLL: its band */
	__u64 value;	 /* SI_QUEUE, SI_TIMER: sival_ptr; SIGSYS: the architecture in the upper half */
	__u64 utime, stime; /* SIGCHLD: of the child, in clock ticks; SEGV_BNDERR: the bounds */
	__u64 pointer; /* where the program was, 0: unknown */
};

struct tr_exec {
	struct tr_hdr h;
	__u32 old_tid; /* of the thread that called execve, else equal to tid */
	__u16 filename_len;
	__u16 pad;
	/* filename_len bytes, no NUL, padded to 8: what the kernel executed, an interpreter's script path */
};

struct tr_exit {
	struct tr_hdr h;
	__u32 status;	/* as wait(2) has it */
	__u32 last;	/* 1: no other thread is left, the process ended */
	__u64 utime_ns; /* CPU time of this thread */
	__u64 stime_ns;
};

struct tr_fork {
	struct tr_hdr h;
	__u32 child_tgid; /* equal to tgid: a thread was made */
	__u32 child_tid;
};

struct tr_lost {
	struct tr_hdr h;
	__u64 count; /* records of this session since the last TR_LOST */
	__u32 where; /* enum tr_lost_where */
	__u32 pad;
};

enum tr_lost_where {
	TR_LOST_RING = 0,   /* the daemon did not empty the ring in time */
	TR_LOST_CLIENT = 1, /* the client did not read in time */
	TR_LOST_RATE = 2,   /* more in this second than the user may have */
	TR_LOST_WHERES
};

/* What a session with a budget gets. */
enum tr_shown {
	TR_SHOWN_ALL = 0,
	TR_SHOWN_NO_DATA, /* calls without what their arguments point to */
	TR_SHOWN_COUNTS,  /* no calls; how many there were is told with the next struct tr_budget */
	TR_SHOWN_MAX
};

struct tr_budget {
	struct tr_hdr h;
	__u32 shown;	/* enum tr_shown */
	__u32 used;	/* of the processors, in thousandths */
	__u32 limit;
	__u32 pad;
	__u64 unshown;	/* calls since the last that were counted only */
};

/*
 * nframes times: struct tr_stack_frame, and after it the bytes of file, function and source, padded to 8.
 * They go from where the task is outwards, on from the end of a struct tr_stack just before.
 */
struct tr_stack {
	struct tr_hdr h;
	__u32 nframes;
	__u32 pad;
};

struct tr_stack_frame {
	__u64 at;     /* offset in the file; where there is none an address, 0: unknown */
	__u64 offset; /* in the function */
	__u32 line;   /* of the source */
	__u16 file_len;	    /* 0: none, and function says what is wrong */
	__u16 function_len; /* 0: unknown */
	__u16 source_len;   /* 0: unknown */
	__u16 pad[3];
};

/* What is known of a task. Told again when any of it changes. */
struct tr_task {
	struct tr_hdr h;
	char comm[TR_COMM_LEN]; /* any bytes up to the first NUL */
	__u64 start_ns;		/* of the process, CLOCK_BOOTTIME: with tgid, its identity */
	__u64 cgroup;		/* id in the unified hierarchy, 0: unknown */
	__u32 ppid;
	__u32 uid, euid; /* real and effective, in the initial user namespace */
	__u32 gid, egid;
	__u32 pad;
};

enum tr_fd_kind {
	TR_FD_PATH = 0, /* a file, directory, device or memfd: payload is its path */
	TR_FD_PIPE,	/* ino identifies it; a path payload when it is a named FIFO */
	TR_FD_SOCKET,	/* payload: nothing, or struct sockaddr_* local then peer, each TR_FD_ADDR bytes */
	TR_FD_ANON,	/* eventfd, epoll, ...: payload is its name, such as "[eventpoll]" */
	TR_FD_NONE,	/* not open */
};

/* tr_fd flags (h.flags) */
#define TR_FD_REVERSED 1   /* payload is path components, NUL-terminated each, last one first */
#define TR_FD_DELETED 2	   /* the path was unlinked */
#define TR_FD_INCOMPLETE 4 /* the path's beginning is missing */
#define TR_FD_RESULT 8	   /* the task's next call makes it so: its arguments are of before (dup2) */
#define TR_FD_STATE 16	   /* struct tr_fd_state ends the payload */
#define TR_FD_NUMBERED 32  /* the name goes on with ino: net:[4026531840] */
#define TR_FD_UNSETTLED 64 /* may become another without a call that tells: told with every call */

#define TR_FD_ADDR 112 /* a sockaddr_un of 110 bytes, padded */
#define TR_FD_NAME 16  /* of TR_FD_ANON with TR_FD_STATE: padded with NULs */

/* What an eventfd, signalfd or pidfd is at this moment, or who the peer of a Unix socket is. */
struct tr_fd_state {
	__u64 value;	 /* the count; the signals, bit 0 is signal 1; the process; the peer's ino */
	__s32 id;	 /* of an eventfd, -1: unknown */
	__s32 semaphore; /* an eventfd: 1 if it is one, -1: unknown */
};

/* Descriptor fd of process h.tgid, or its working directory where fd is TR_AT_FDCWD. */
struct tr_fd {
	struct tr_hdr h;
	__s32 fd;
	__u8 kind; /* enum tr_fd_kind */
	__u8 sock_type;	    /* SOCK_STREAM, ...; TR_FD_SOCKET only */
	__u16 sock_family;  /* AF_* */
	__u16 sock_proto;   /* IPPROTO_*, NETLINK_* */
	__u16 payload_len;  /* bytes that follow, padded to 8 */
	__u16 local_len;    /* valid bytes of the local address, 0: none */
	__u16 peer_len;
	__u64 ino;
	__u32 rdev; /* major << 20 | minor for a device node, else 0 */
	__u32 mode; /* st_mode, 0: unknown */
};

/* How a value of a struct tr_newer is shown. */
enum tr_newer_kind {
	TR_NEWER_INT = 0, /* signed, of its size */
	TR_NEWER_UINT,
	TR_NEWER_HEX,
	TR_NEWER_MODE,
	TR_NEWER_FD,
	TR_NEWER_DIRFD,
	TR_NEWER_PID,
	TR_NEWER_POINTER,
	TR_NEWER_STRING, /* only as an argument: what it points to */
	TR_NEWER_STRUCT, /* the same; the nfields values that follow are its fields */
	TR_NEWER_STRUCT_OUT, /* one that the call may fill: it is not const */
	TR_NEWER_BYTES,	 /* only as a field */
	TR_NEWER_KINDS
};

#define TR_NEWER_NAME 24
#define TR_NEWER_VALUES 64

/* An argument, or a field of the struct that the argument before it points to. */
struct tr_newer_value {
	char name[TR_NEWER_NAME]; /* ends with a NUL */
	__u8 kind; /* enum tr_newer_kind */
	__u8 nfields; /* of a struct */
	__u16 size; /* bytes of the number, of one element, or of the struct */
	__u16 off;  /* of a field */
	__u16 count; /* of a field that is an array: its elements, else 0 */
};

/*
 * A system call that is newer than the table, as the kernel describes it: its numbers are the same in all ABIs.
 * nvalues times struct tr_newer_value follow: the arguments, each with its fields behind it.
 */
struct tr_newer {
	struct tr_hdr h;
	char name[2 * TR_NEWER_NAME]; /* ends with a NUL */
	__u32 nr;
	__u32 nvalues; /* at most TR_NEWER_VALUES */
};

_Static_assert(sizeof(struct tr_newer_value) == 32, "tr_newer_value");
_Static_assert(sizeof(struct tr_newer) == 88, "tr_newer");
_Static_assert(sizeof(struct tr_hdr) == 32, "tr_hdr");
_Static_assert(sizeof(struct tr_syscall) == 104, "tr_syscall");
_Static_assert(sizeof(struct tr_item) == 8, "tr_item");
_Static_assert(sizeof(struct tr_signal) == 96, "tr_signal");
_Static_assert(sizeof(struct tr_data) == 56, "tr_data");
_Static_assert(sizeof(struct tr_exec) == 40, "tr_exec");
_Static_assert(sizeof(struct tr_exit) == 56, "tr_exit");
_Static_assert(sizeof(struct tr_fork) == 40, "tr_fork");
_Static_assert(sizeof(struct tr_lost) == 48, "tr_lost");
_Static_assert(sizeof(struct tr_budget) == 56, "tr_budget");
_Static_assert(sizeof(struct tr_stack) == 40, "tr_stack");
_Static_assert(sizeof(struct tr_stack_frame) == 32, "tr_stack_frame");
_Static_assert(sizeof(struct tr_task) == 88, "tr_task");
_Static_assert(sizeof(struct tr_fd) == 64, "tr_fd");
_Static_assert(sizeof(struct tr_fd_state) == 16, "tr_fd_state");

/*
 * The capture plan of one system call: which memory to read, when, and how much. It is derived from
 * the system call table, handed to the kernel in an array map, and run by capture.h.
 */
enum tr_op_kind {
	TR_OP_NONE = 0,
	TR_OP_STR,	/* a NUL-terminated string, at most `size` bytes (0: the session's string limit) */
	TR_OP_FIXED,	/* `size` bytes */
	TR_OP_BUF,	/* args[len] bytes of data (on exit: ret of them), up to the string limit */
	TR_OP_ARRAY,	/* args[len] elements of `size` bytes (on exit too), as many as fit */
	TR_OP_SOCKADDR, /* entry: args[len] bytes; exit: *(u32 *)args[len] bytes */
	TR_OP_SIZED,	/* args[len] bytes of a struct, whole, at most `size` */
	TR_OP_IOV,	/* args[len] struct iovec, and what they point to (on exit: ret bytes in all) */
	TR_OP_MSGHDR,	/* struct msghdr, name, iovecs, data (on exit: ret bytes) and control */
	TR_OP_MMSGHDR,	/* args[len] struct mmsghdr (on exit: ret): the array and the parts of the first 8 */
	TR_OP_STRV,	/* a NULL-terminated vector of strings; `size` 1: only how many */
	TR_OP_PAGES,	/* a byte for each page of args[len] bytes, whole, at most `size`: mincore */
	TR_OP_BITS,	/* args[len] bits, in longs (fd_set, affinity masks) */
	TR_OP_SIZED_PTR, /* *(u32 *)args[len] bytes: option values; at most `size` */
	TR_OP_RET_BYTES, /* ret bytes, whole, at most `size`: getdents, readlink, event queues */
	TR_OP_RET_ARRAY, /* ret elements of `size` bytes: epoll_wait */
	TR_OP_PTRS,  /* args[len] pointers, and `size` bytes at each */
	TR_OP_MSGBUF, /* a long and args[len] bytes, of these up to the string limit */
	TR_OP_DIRENTS, /* as TR_OP_RET_BYTES; where that is not all, how many entries there are */
	TR_OP_IOCTL, /* as many bytes, in the direction, as the request args[len] tells; at most `size` */
};

#define TR_OP_ENTRY 1
#define TR_OP_EXIT 2
#define TR_OP_MESSAGE 8 /* TR_OP_BUF: it may be a netlink message, which is read whole */
#define TR_OP_EXIT_ON_ERROR 4 /* read at exit even where the call failed (nanosleep's rem) */

struct tr_op {
	__u8 kind;  /* enum tr_op_kind */
	__u8 arg;   /* 0..5 */
	__u8 len;   /* argument that holds the length or count */
	__u8 flags; /* TR_OP_* */
	__u16 size;
	__u16 pad;
};

/* A pointer in the struct that an argument points to: its target is read too. */
struct tr_deref {
	__u8 arg; /* 0..5 */
	__u8 when_arg; /* only where the lower half of this argument is `when`; TR_DEREF_ALWAYS */
	__u8 flags; /* TR_OP_* */
	__u8 len_size; /* of the length field: 2, 4 or 8 bytes; 1: there is none, and one element; 0: a string */
	__u16 ptr; /* offset of the pointer */
	__u16 len; /* offset of the length, which counts elements of `size` bytes */
	__u16 size;
	__u16 max; /* bytes that are read at most; 0: the session's string limit */
	__u32 when;
};

#define TR_FD_ARRAY_MAX 64 /* descriptors of an array that are told */
#define TR_DEREF_ALWAYS 0xff
#define TR_PLAN_DEREFS 8

/* tr_plan flags */
#define TR_PLAN_RET_FD 1    /* the result is a descriptor */
#define TR_PLAN_FD_STALE 2  /* on success what is known of the descriptor args[0] is stale (connect, bind) */
#define TR_PLAN_CREDS 4	    /* may change credentials */
#define TR_PLAN_CWD_STALE 8 /* on success the working directory changed */
#define TR_PLAN_SIGFRAME 16 /* args[0] is made the address of the signal mask in the frame of rt_sigreturn */
#define TR_PLAN_RET_UNSIGNED 32 /* no result is an error (getuid, umask): -4095..-1 are values */
#define TR_PLAN_MAKES_PAIR 64 /* the argument tr_pair_arg() is two descriptors that it makes */
#define TR_PLAN_DUPLICATES 128 /* the result is a descriptor where args[1] is F_DUPFD or F_DUPFD_CLOEXEC */

struct tr_plan {
	__u8 nops;
	__u8 nargs;
	__u8 fd_args; /* bit i: args[i] is a descriptor (or AT_FDCWD) */
	__u8 flags;   /* TR_PLAN_* */
	__u8 nderefs;
	__u8 fd_array; /* args[fd_array - 1] is an array that has a descriptor every 8 bytes; 0: none is */
	__u8 fd_count; /* the argument that counts them */
	__u8 pad;
	/* Bit i: ops[i]; bit TR_PLAN_OPS + i: derefs[i]. */
	__u16 entry;	/* read before the kernel acts */
	__u16 exit;	/* when the call has not failed */
	__u16 on_error; /* when it has */
	__u16 said;	/* the sentence for people needs it */
	struct tr_op ops[TR_PLAN_OPS];
	struct tr_deref derefs[TR_PLAN_DEREFS];
};

/* The last of socketpair's four arguments, the first of pipe's one or two. */
static inline __attribute__((always_inline)) unsigned int tr_pair_arg(const struct tr_plan *plan)
{
	return plan->nargs == 4 ? 3 : 0;
}

/* cmd: args[1] */
static inline __attribute__((always_inline)) int tr_returns_fd(const struct tr_plan *plan, __u32 cmd)
{
	if (plan->flags & TR_PLAN_DUPLICATES)
		return cmd == 0 || cmd == 1030;
	return plan->flags & TR_PLAN_RET_FD;
}

/* From the stack pointer at rt_sigreturn to the mask that it restores. */
#define TR_SIGFRAME_X86_64 296
#define TR_SIGFRAME_I386 248
#define TR_SIGFRAME_AARCH64 168

static inline __attribute__((always_inline)) int tr_is_error(const struct tr_plan *plan, __s64 ret)
{
	return ret < 0 && ret >= -4095 && !(plan->flags & TR_PLAN_RET_UNSIGNED);
}

_Static_assert(sizeof(struct tr_op) == 8, "tr_op");
_Static_assert(sizeof(struct tr_deref) == 16, "tr_deref");
_Static_assert(sizeof(struct tr_plan) == 208, "tr_plan");

/*
 * Latency histogram: log-linear, TR_HIST_SUB linear buckets to each power of two of nanoseconds, so a
 * bucket's middle is within 6.25 % of every value in it. Values below TR_HIST_MIN_NS share the first
 * bucket, those of 2^TR_HIST_MAX_LOG2 ns (275 s) and more the last.
 */
#define TR_HIST_SUB_LOG2 3
#define TR_HIST_SUB (1 << TR_HIST_SUB_LOG2)
#define TR_HIST_MIN_LOG2 6
#define TR_HIST_MIN_NS (1ULL << TR_HIST_MIN_LOG2)
#define TR_HIST_MAX_LOG2 38
#define TR_HIST_BUCKETS ((TR_HIST_MAX_LOG2 - TR_HIST_MIN_LOG2) * TR_HIST_SUB + 2)

/* The first eight bytes are never 0. */
struct tr_summary_key {
	__u32 tgid;
	__u16 nr;
	__u8 abi;
	__u8 session;
	__u32 epoch;
};

struct tr_summary {
	__u64 calls;
	__u64 errors;
	__u64 total_ns;
	__u64 min_ns;
	__u64 max_ns;
	__u32 hist[TR_HIST_BUCKETS];
};

#endif

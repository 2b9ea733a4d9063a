/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * backend_ptrace.h - what the files of the ptrace backend share. Nobody else includes it.
 *
 * A task is known from the moment that it is seized, or that its creation or its first stop is seen, until
 * its death is collected or it is let go. It is stopped only while it is being served, except: `held`, a new
 * task whose parent has not told of it yet, and `listening`, which the kernel keeps in its group-stop.
 */
#ifndef BACKEND_PTRACE_H
#define BACKEND_PTRACE_H

#include <time.h>
#include <uthash.h>
#include <core/buf.h>
#include <tracer/bpf_shared.h>
#include "backend.h"
#include "pin_guard.h"
#include "task_capture.h"
#include "ptrace_sys.h"

struct tr_capture;
struct inject;

/* A process with traced tasks, and which sessions were told what of it. */
struct ptrace_proc {
	UT_hash_handle hh;
	uint32_t tgid;
	uint32_t ntasks; /* known */
	uint32_t nlive;	 /* of these, not yet on their way out */
	bool filters;	   /* calls by itself, with seccomp: its own word may come before our trap */
	bool shares_files; /* with another process: what is known of descriptors may change unseen */
	uint64_t cwd_told;
	uint64_t *fd_told; /* by descriptor */
	uint32_t nfds;
	int pidfd; /* -1: not open */
	struct stack *stack; /* for stacks of its tasks, NULL: none was taken */
};

/* A system call in progress. */
struct ptrace_call {
	bool active;
	bool restarts; /* was cut off when we came: the kernel is going to start it again */
	uint8_t abi;
	uint16_t nr;	  /* TR_NR_BEYOND as in its record */
	uint16_t flags; /* TR_F_* */
	int32_t whole_nr;
	uint64_t live;	/* sessions that get it */
	uint64_t reported; /* sessions that were told that it is blocked */
	uint64_t start_ns;
	uint64_t args[TR_MAX_ARGS];
	uint64_t pointer;
	const struct inject *injected; /* what is being done to it, NULL: nothing */
	bool poked;		       /* memory was changed for it */
	bool flags_hidden; /* the CLONE_UNTRACED of clone_flags, from the kernel */
	uint64_t clone_flags;
};

struct ptrace_users {
	uint32_t uid, euid, gid, egid;
};

struct ptrace_task {
	UT_hash_handle hh;
	uint32_t tid;
	struct ptrace_proc *proc; /* NULL: held */
	bool fresh;	/* seized by us, has not stopped since */
	bool cut_off;	/* seized by us: a call that is in progress begins with its first trap */
	bool held;
	bool listening;
	bool interrupted; /* we asked it to stop, it has not yet */
	bool leaving;	/* is let go at its next stop */
	bool trapped;	/* only calls that its seccomp filter traps stop; it can't be let go */
	bool exiting;	/* its end was told */
	uint32_t gen;	/* of the masks; 0: none */
	uint64_t mask;	/* sessions that want it */
	uint64_t keep;	/* sessions for which it stays traced: a new name or user may make it wanted */
	uint64_t inherited;
	uint64_t told;	/* sessions that know who it is */
	bool users_known;
	struct ptrace_users users;
	uint64_t held_ns;
	int held_status;
	uint64_t stop_ns; /* when it stopped last */
	uint8_t quick;	  /* stops in a row that followed one another soon */
	uint8_t pin;	  /* slot + 1 while it is pinned */
	bool holds_pins;  /* in a call during which nothing may be pinned */
	bool own_known;   /* it was pinned once */
	int pin_cpu;	  /* to that */
	struct pin_own own;
	bool is_seen; /* it was found to have stopped at this call */
	struct pt_call seen;
	struct ptrace_call call;
	uint16_t *inject_counts; /* of each injection and call, NULL: none was met yet */
	int inject_signo;	 /* to be sent when it goes on, 0: none */
	struct tr_capture *capture; /* of the call, NULL: none was made yet */
	struct buf stack; /* frames that were taken and not told yet */
};

struct ptrace_sum {
	UT_hash_handle hh;
	struct tr_summary_key key;
	struct tr_summary sum;
};

struct ptrace_stop {
	pid_t tid;
	int status;
};

#define PTRACE_BATCH 64
#define PTRACE_INJECTS 32

/* Tasks that share our CPU. */
struct ptrace_pins {
	struct pin_guard guard;
	bool failed;	/* nothing can be pinned */
	int cpu;	/* -1: none */
	struct pin_own own; /* ours */
	unsigned int npinned, holds, ticks;
	uint64_t stops; /* since the last tick */
	uint64_t tick_ns, not_before_ns;
	struct ptrace_task *tasks[PIN_SLOTS];
};

struct ptrace_tgid {
	UT_hash_handle hh;
	uint32_t tgid;
};

struct backend {
	struct sink sink;
	struct tr_config cfg;
	const struct filter *filters[TR_MAX_SESSIONS]; /* NULL: the bit is free */
	uint8_t effects[TR_ABI_SLOTS][TR_NR_MAX];      /* enum ptrace_effect */
	struct ptrace_task *tasks;
	struct ptrace_proc *procs;
	struct ptrace_sum *sums;
	struct ptrace_tgid *ignored;
	struct ptrace_stop stops[PTRACE_BATCH]; /* collected, not all of them served */
	unsigned int nstops, nserved;
	int signal_fd; /* SIGCHLD */
	int again_fd;  /* we stopped serving before all was served */
	int cgroup_root; /* negative: there is none */
	int diag_fd;	 /* asks of sockets; negative: nobody asked yet */
	timer_t timer; /* wakes a wait for stops */
	bool has_timer, ticking;
	uint8_t nalone, nawaited;
	struct ptrace_pins pins;
	uint64_t stop_ns; /* of the stop that was served last */
	struct cap_buffer *buffer; /* for what has no room in a record */
	struct inject *injects; /* of all sessions; PTRACE_INJECTS places */
	uint64_t inject_sessions[PTRACE_INJECTS]; /* 0: the place is free */
	uint64_t stacks; /* sessions that want them */
	uint64_t uncounted[TR_MAX_SESSIONS]; /* calls that a summary had no memory for */
	uint64_t records;
	uint64_t warned_ino; /* of the last program that runs without the privileges of its file */
	unsigned int nheld, nfresh, nleaving; /* tasks with these flags */
};

static inline uint64_t bit(unsigned int session)
{
	return 1ULL << session;
}


/* Fills the header and hands the record on. */
void ptrace_emit(struct backend *b, const struct ptrace_task *t, struct tr_hdr *rec, uint32_t type,
		 uint32_t len, uint64_t sessions);

/* ptrace_task.c: which tasks there are, and their coming and going. */
struct ptrace_task *ptrace_task_find(struct backend *b, uint32_t tid);
struct ptrace_task *ptrace_task_get(struct backend *b, uint32_t tid); /* NULL: no memory */
int ptrace_task_join(struct backend *b, struct ptrace_task *t, uint32_t tgid);
void ptrace_task_free(struct backend *b, struct ptrace_task *t);
/* Attaches what the filter names. err: a sentence (FILTER_ERR_LEN). */
int ptrace_attach(struct backend *b, unsigned int session, const struct filter *f, char *err);
int ptrace_probe(const struct filter *f, char *err);
const char *ptrace_scope_remedy(int scope); /* of Yama, not 0 */
void ptrace_continue(struct backend *b, struct ptrace_task *t, int signo); /* or lets it go */
void ptrace_stay(struct backend *b, struct ptrace_task *t); /* in its group-stop, or lets it go */
void ptrace_release(struct backend *b); /* asks all tasks that nobody wants any more to leave */
/* parent NULL: it is no more. */
void ptrace_adopt(struct backend *b, struct ptrace_task *t, const struct ptrace_task *parent,
		  uint32_t tgid, uint64_t inherited);
void ptrace_adopt_orphans(struct backend *b);

/* ptrace_filter.c */
void ptrace_refresh(struct backend *b, struct ptrace_task *t); /* mask and keep */
uint64_t ptrace_result_sessions(const struct tr_config *cfg, uint64_t mask, int64_t ret, bool error,
				uint64_t duration_ns);
int ptrace_session_enter(struct backend *b, unsigned int session, const struct filter *f,
			 char *err);
void ptrace_session_leave(struct backend *b, unsigned int session);

/* ptrace_stop.c: a status of waitpid. */
void ptrace_serve(struct backend *b, uint32_t tid, int status);

/* ptrace_call.c */
void ptrace_call_stop(struct backend *b, struct ptrace_task *t);
void ptrace_call_trapped(struct backend *b, struct ptrace_task *t);
void ptrace_call_resume(struct backend *b, struct ptrace_task *t); /* one that we cut off */
void ptrace_call_exec(struct backend *b, struct ptrace_task *t, uint32_t old_tid);
void ptrace_call_abandon(struct backend *b, struct ptrace_task *t); /* it never returns */
void ptrace_call_blocked(struct backend *b, struct ptrace_task *t, uint64_t now_ns);
/* Tells one session what the task is in, if it asked for that; the second one for a task that is not traced. */
void ptrace_call_tell(struct backend *b, struct ptrace_task *t, uint64_t session);
void ptrace_call_waits(struct backend *b, struct ptrace_task *t, uint64_t nr, const uint64_t *args,
		       uint64_t session);

/* ptrace_inject.c: calls that are tampered with. */
int ptrace_inject_add(struct backend *b, unsigned int session, const struct filter *f, char *err);
void ptrace_inject_del(struct backend *b, unsigned int session);
void ptrace_inject_enter(struct backend *b, struct ptrace_task *t, const struct pt_call *info);
/* What the call returns; *flags_x: TR_F_* for its record. */
int64_t ptrace_inject_leave(struct ptrace_task *t, int64_t ret, uint16_t *flags_x);

/* ptrace_stack.c: by which functions a task came to where it is. */
int ptrace_stack_add(struct backend *b, unsigned int session, const struct filter *f); /* < 0: impossible */
void ptrace_stack_take(struct backend *b, struct ptrace_task *t);
void ptrace_stack_tell(struct backend *b, struct ptrace_task *t, uint64_t sessions);
void ptrace_stack_drop(struct ptrace_proc *p); /* it runs another program, or none */

int ptrace_pending(struct backend *b, int session); /* ptrace_pending.c */

/* ptrace_clone.c: children that ask not to be traced are. */
void ptrace_clone_enter(struct ptrace_task *t);
void ptrace_clone_child(const struct ptrace_task *parent, struct ptrace_task *child);
void ptrace_clone_done(struct ptrace_task *t); /* the call returns, or its child stops for the first time */

/* ptrace_pin.c: a task is stopped, unless all are unpinned. */
void ptrace_pin_init(struct backend *b);
void ptrace_pin_close(struct backend *b);
void ptrace_pin_stop(struct backend *b, struct ptrace_task *t, uint64_t now_ns);
void ptrace_pin_tick(struct backend *b, uint64_t now_ns);
void ptrace_unpin(struct backend *b, struct ptrace_task *t);
void ptrace_unpin_all(struct backend *b);
/* A new task. parent NULL: it was killed before it could tell of it. */
void ptrace_pin_child(struct backend *b, const struct ptrace_task *parent, struct ptrace_task *child);
void ptrace_pin_exec(struct backend *b, struct ptrace_task *t, struct ptrace_task *old);
void ptrace_pin_rename(struct backend *b, struct ptrace_task *t);
void ptrace_pin_forget(struct backend *b, struct ptrace_task *t); /* it is no more */
void ptrace_pin_hold(struct backend *b, struct ptrace_task *t);
void ptrace_pin_release(struct backend *b, struct ptrace_task *t);
bool ptrace_pin_guard_ended(struct backend *b, uint32_t pid);

/* ptrace_facts.c */
enum ptrace_effect {
	EFFECT_NONE,
	EFFECT_CLOSE,
	EFFECT_FDS,
	EFFECT_NAME,
	EFFECT_EXEC,
	EFFECT_CLONE,
	EFFECT_SECCOMP,
	EFFECT_EXIT,
	EFFECT_AFFINITY, /* asks for a mask or a policy, or sets one */
};
void ptrace_need_task(struct backend *b, struct ptrace_task *t, uint64_t sessions);
void ptrace_need_fd(struct backend *b, struct ptrace_task *t, int32_t fd, uint64_t sessions,
		    uint16_t flags); /* TR_FD_RESULT, 0 */
void ptrace_forget_fd(struct ptrace_proc *p, int64_t fd);
void ptrace_forget_fds(struct ptrace_proc *p);
void ptrace_facts_init(struct backend *b);
/* Completes what procfs_fd tells of a socket; the payload has room for its addresses and its state. */
void ptrace_socket(struct backend *b, struct ptrace_proc *p, struct tr_fd *f, char *payload);
void ptrace_retell(struct backend *b);
void ptrace_untell(struct backend *b, uint64_t sessions); /* they are gone, and their bits will be others' */

/* ptrace_summary.c */
void ptrace_count(struct backend *b, const struct ptrace_task *t, uint64_t sessions, bool error,
		  uint64_t duration_ns);
void ptrace_summary_begin(struct backend *b);
int64_t ptrace_summary_end(struct backend *b, unsigned int session, summary_fn *fn, void *ctx);
void ptrace_summary_drop(struct backend *b, unsigned int session);

static inline const struct tr_plan *ptrace_plan(const struct backend *b, uint8_t abi, uint16_t nr)
{
	return &b->cfg.plans[abi & (TR_ABI_SLOTS - 1)][nr < TR_NR_MAX ? nr : TR_NR_MAX - 1];
}

#endif

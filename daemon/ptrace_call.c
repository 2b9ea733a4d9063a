/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ptrace_call.c - system calls from their entry to their return, and their records.
 */
#include "backend_ptrace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <core/clock.h>
#include "procfs.h"

#define RESTART_SYSCALL_X86_64 219
#define RESTART_SYSCALL_I386 0
#define RESTART_SYSCALL_AARCH64 128

static uint64_t call_sessions(const struct backend *b, const struct ptrace_call *call)
{
	uint16_t nr = call->nr < TR_NR_MAX ? call->nr : TR_NR_MAX - 1;

	return b->cfg.calls[call->abi & (TR_ABI_SLOTS - 1)][nr];
}

static enum ptrace_effect effect_of(const struct backend *b, const struct ptrace_call *c)
{
	return c->nr < TR_NR_MAX ? b->effects[c->abi & (TR_ABI_SLOTS - 1)][c->nr] : EFFECT_NONE;
}

/* Those of an array: poll. */
static void need_fd_array(struct backend *b, struct ptrace_task *t, const struct tr_plan *plan,
			  uint64_t sessions)
{
	uint32_t n = (uint32_t)t->call.args[plan->fd_count];
	struct {
		int32_t fd, rest;
	} fds[TR_FD_ARRAY_MAX];

	n = n < TR_FD_ARRAY_MAX ? n : TR_FD_ARRAY_MAX;
	if (!n || task_capture_read(t->tid, fds, n * sizeof(fds[0]), t->call.args[plan->fd_array - 1]))
		return;
	for (uint32_t i = 0; i < n; i++)
		if (fds[i].fd >= 0)
			ptrace_need_fd(b, t, fds[i].fd, sessions, 0);
}

static void need_fd_args(struct backend *b, struct ptrace_task *t, const struct tr_plan *plan,
			 uint64_t sessions)
{
	for (int i = 0; i < TR_MAX_ARGS; i++)
		if (plan->fd_args >> i & 1)
			ptrace_need_fd(b, t, (int32_t)t->call.args[i], sessions, 0);
	if (plan->fd_array)
		need_fd_array(b, t, plan, sessions);
}

struct piece_of {
	struct backend *b;
	struct ptrace_task *t;
	uint64_t sessions;
};

static int send_piece(void *ctx, struct tr_data *rec, uint32_t len)
{
	const struct piece_of *of = ctx;
	uint64_t sessions = of->sessions;

	if (rec->offset && rec->item.part != TR_PART_ARG_BLOCK && !rec->whole)
		for (unsigned int i = 0; i < TR_MAX_SESSIONS; i++)
			if (of->b->cfg.limits[i] + 8 <= rec->offset)
				sessions &= ~(1ULL << i);
	if (!sessions)
		return -1;
	ptrace_emit(of->b, of->t, &rec->h, TR_DATA, len, sessions);
	return 0;
}

/* What the record has no room for goes before it, to those who want it. */
static void send_more(struct backend *b, struct ptrace_task *t, const struct tr_plan *plan,
		      uint64_t sessions, int at_exit)
{
	struct piece_of of = {.b = b, .t = t, .sessions = sessions & b->cfg.longs};
	struct task_taker taker = {.buffer = b->buffer, .send = send_piece, .ctx = &of};

	if (of.sessions)
		task_capture_more(t->capture, plan, at_exit, tr_now_ns(),
				  b->cfg.long_limit, &taker);
}

/* Starts the record: what must be read before the kernel acts on it. */
static void begin_record(struct backend *b, struct ptrace_task *t, const struct tr_plan *plan,
			 uint64_t sessions, bool data)
{
	if (!t->capture)
		t->capture = task_capture_new();
	if (!t->capture)
		return;
	if (t->trapped) /* it may have closed them unseen */
		ptrace_forget_fds(t->proc);
	if ((plan->fd_args || plan->fd_array) && (sessions & b->cfg.fds))
		need_fd_args(b, t, plan, sessions & b->cfg.fds);
	task_capture_begin(t->capture, t->tid, tr_record_limit(&b->cfg, sessions),
			   (uint64_t)t->call.whole_nr, t->call.abi, t->call.args,
			   sessions & b->cfg.whole ? ~0U : plan->said);
	task_capture_env(t->capture, sessions & b->cfg.env);
	if (sessions & b->cfg.pointer)
		task_capture_pointer(t->capture, t->call.pointer);
	if (data)
		task_capture_run(t->capture, plan, 0);
	send_more(b, t, plan, sessions, 0);
}

static void emit_call(struct backend *b, struct ptrace_task *t, int64_t ret, uint64_t sessions,
		      uint64_t now_ns, uint16_t flags)
{
	struct tr_syscall *r;

	if (!sessions || !t->capture)
		return;
	ptrace_need_task(b, t, sessions);
	r = task_capture_record(t->capture);
	r->h.flags = flags;
	r->ret = ret;
	r->duration_ns = now_ns - t->call.start_ns;
	ptrace_emit(b, t, &r->h, TR_SYSCALL, r->h.len, sessions);
}

static uint32_t sigframe_offset(unsigned int abi)
{
	return abi == TR_ABI_X86_64 ? TR_SIGFRAME_X86_64 :
	       abi == TR_ABI_I386   ? TR_SIGFRAME_I386 :
				      TR_SIGFRAME_AARCH64;
}

/* The program that makes it is no more when it returns. */
static bool is_last(const struct backend *b, const struct ptrace_call *c)
{
	return effect_of(b, c) == EFFECT_EXEC || effect_of(b, c) == EFFECT_EXIT;
}

/* nr is any number: the tracee chose it. */
static void begin(struct backend *b, struct ptrace_task *t, const struct pt_call *info,
		  uint16_t flags)
{
	struct ptrace_call *c = &t->call;
	const struct tr_plan *plan;

	c->active = true;
	c->restarts = c->flags_hidden = false;
	c->abi = info->abi;
	c->nr = info->nr < TR_NR_BEYOND ? info->nr : TR_NR_BEYOND;
	c->whole_nr = (int32_t)info->nr;
	c->flags = flags;
	c->reported = 0;
	memcpy(c->args, info->args, sizeof(c->args));
	c->pointer = info->pointer;
	plan = ptrace_plan(b, c->abi, c->nr);
	if (plan->flags & TR_PLAN_SIGFRAME)
		c->args[0] = info->sp + sigframe_offset(c->abi);
	ptrace_refresh(b, t);
	c->live = t->mask & b->cfg.traced & call_sessions(b, c);
	if (c->live & b->cfg.stream)
		begin_record(b, t, plan, c->live & b->cfg.stream, c->live & b->cfg.data);
	else if (t->mask && effect_of(b, c) == EFFECT_EXEC)
		begin_record(b, t, plan, 0, true); /* TR_EXEC tells the name */
	if (effect_of(b, c) == EFFECT_AFFINITY)
		ptrace_pin_hold(b, t);
	if (effect_of(b, c) == EFFECT_CLONE)
		ptrace_clone_enter(t);
	if ((c->live & b->stacks) && is_last(b, c))
		ptrace_stack_take(b, t);
	c->start_ns = tr_now_ns();
	c->reported = c->live & b->cfg.entries;
	emit_call(b, t, 0, c->reported, c->start_ns, flags | TR_F_BLOCKED);
}

static bool is_restart(const struct ptrace_call *c, const struct pt_call *info)
{
	static const uint64_t nrs[TR_ABI_MAX] = {RESTART_SYSCALL_X86_64, RESTART_SYSCALL_I386,
						 RESTART_SYSCALL_AARCH64};

	return info->nr == c->nr || (info->abi < TR_ABI_MAX && info->nr == nrs[info->abi]);
}

/* What a call that succeeded changes of what sessions were told. */
static void apply_effects(struct backend *b, struct ptrace_task *t, const struct tr_plan *plan,
			  int64_t ret)
{
	const struct ptrace_call *c = &t->call;

	if (tr_returns_fd(plan, (uint32_t)c->args[1]))
		ptrace_forget_fd(t->proc, ret);
	if (plan->flags & TR_PLAN_CWD_STALE)
		t->proc->cwd_told = 0;
	switch (effect_of(b, c)) {
	case EFFECT_CLOSE:
		ptrace_forget_fd(t->proc, (int32_t)c->args[0]);
		break;
	case EFFECT_FDS:
		ptrace_forget_fds(t->proc);
		break;
	case EFFECT_NAME:
		t->told = 0;
		t->gen = 0;
		t->proc->filters |= c->args[0] == PR_SET_SECCOMP;
		break;
	case EFFECT_SECCOMP:
		t->proc->filters |= c->args[0] <= SECCOMP_SET_MODE_FILTER;
		break;
	default:
		break;
	}
}

/* Whose the task is changes for the calls after this one. */
static void apply_creds(const struct backend *b, struct ptrace_task *t, const struct tr_plan *plan)
{
	if ((plan->flags & TR_PLAN_CREDS) && effect_of(b, &t->call) != EFFECT_EXEC) {
		t->users_known = false;
		t->told = 0;
		t->gen = 0;
	}
}

/*
 * Sessions came or went while the call was in progress: those that saw it begin and still want the task get
 * it whole. Where there is none of these, it goes to those that came.
 */
static uint64_t late_sessions(struct backend *b, struct ptrace_task *t, const struct tr_plan *plan)
{
	struct ptrace_call *c = &t->call;
	bool came = t->gen != 0;
	uint64_t mask;

	ptrace_refresh(b, t);
	mask = c->live & t->mask;
	if (mask || !came)
		return mask;
	mask = t->mask & b->cfg.stream & call_sessions(b, c);
	if (mask) {
		begin_record(b, t, plan, mask, mask & b->cfg.data);
		c->flags |= TR_F_NO_ENTRY;
	}
	return mask;
}

static void need_pair(struct backend *b, struct ptrace_task *t, uint64_t addr, uint64_t sessions)
{
	int32_t fds[2];

	if (task_capture_read(t->tid, fds, sizeof(fds), addr))
		return;
	for (int i = 0; i < 2; i++) {
		ptrace_forget_fd(t->proc, fds[i]);
		ptrace_need_fd(b, t, fds[i], sessions, TR_FD_RESULT);
	}
}

/* The record of a call that returned. */
static void emit_return(struct backend *b, struct ptrace_task *t, const struct tr_plan *plan,
			int64_t ret, bool error, uint64_t stream, uint64_t now)
{
	task_capture_record(t->capture)->ret = ret;
	if (stream & b->cfg.data)
		task_capture_run(t->capture, plan, 1);
	send_more(b, t, plan, stream, 1);
	if (!error && (stream & b->cfg.ret_fds)) {
		if (tr_returns_fd(plan, (uint32_t)t->call.args[1]))
			ptrace_need_fd(b, t, ret, stream & b->cfg.ret_fds, TR_FD_RESULT);
		if (plan->flags & TR_PLAN_MAKES_PAIR)
			need_pair(b, t, t->call.args[tr_pair_arg(plan)],
				  stream & b->cfg.ret_fds);
	}
	emit_call(b, t, ret, stream, now, t->call.flags);
	if ((stream & b->stacks) && !is_last(b, &t->call))
		ptrace_stack_take(b, t);
	ptrace_stack_tell(b, t, stream & b->stacks);
}

static void finish(struct backend *b, struct ptrace_task *t, int64_t ret, uint64_t now)
{
	struct ptrace_call *c = &t->call;
	const struct tr_plan *plan = ptrace_plan(b, c->abi, c->nr);
	bool error = tr_is_error(plan, ret);
	uint64_t mask = c->live & t->mask, stream;

	if (t->gen != b->cfg.gen)
		mask = late_sessions(b, t, plan);
	if (plan->flags & TR_PLAN_FD_STALE) /* a connect that failed may be on its way */
		ptrace_forget_fd(t->proc, (int32_t)c->args[0]);
	if (!error)
		apply_effects(b, t, plan, ret);
	mask = ptrace_result_sessions(&b->cfg, mask, ret, error, now - c->start_ns);
	if (mask & b->cfg.summary) {
		ptrace_need_task(b, t, mask & b->cfg.summary);
		ptrace_count(b, t, mask & b->cfg.summary, error, now - c->start_ns);
	}
	stream = mask & b->cfg.stream;
	if (stream && t->capture)
		emit_return(b, t, plan, ret, error, stream, now);
	if (!error)
		apply_creds(b, t, plan);
}

static void begin_tampered(struct backend *b, struct ptrace_task *t, const struct pt_call *info)
{
	uint64_t start_ns = tr_now_ns();

	t->call.injected = NULL;
	if (b->injects)
		ptrace_inject_enter(b, t, info);
	begin(b, t, info, 0);
	if (t->call.injected)
		t->call.start_ns = start_ns;
}

void ptrace_call_stop(struct backend *b, struct ptrace_task *t)
{
	uint64_t now = tr_now_ns();
	struct pt_call info;

	if (t->is_seen)
		info = t->seen;
	else if (pt_call(t->tid, &info))
		return;
	t->is_seen = false;
	if (info.op == PT_ENTRY) {
		if (t->call.active && t->call.restarts && is_restart(&t->call, &info))
			t->call.restarts = false;
		else
			begin_tampered(b, t, &info);
	} else if (info.op == PT_RETURN && t->call.active) {
		if (t->call.injected)
			info.ret = ptrace_inject_leave(t, info.ret, &t->call.flags);
		finish(b, t, info.ret, t->call.injected ? tr_now_ns() : now);
		t->call.active = false;
		ptrace_clone_done(t);
		ptrace_pin_release(b, t);
	}
}

/* Whether the return must be seen too. */
static bool matters(const struct backend *b, const struct ptrace_call *c)
{
	return c->live || c->flags_hidden || effect_of(b, c) != EFFECT_CLONE;
}

/* A task that stops at every call has told of it already. */
void ptrace_call_trapped(struct backend *b, struct ptrace_task *t)
{
	struct pt_call info;

	if (!t->trapped || t->proc->filters || pt_call(t->tid, &info) || info.op != PT_ENTRY)
		return;
	begin(b, t, &info, 0);
	t->call.active = matters(b, &t->call);
}

void ptrace_call_resume(struct backend *b, struct ptrace_task *t)
{
	struct pt_call info;

	if (pt_interrupted_call(t->tid, &info))
		return;
	if (!pt_restarts(info.ret) && info.ret != -EINTR)
		return;
	begin(b, t, &info, TR_F_NO_ENTRY);
	t->call.restarts = true;
}

/* The leader takes over from the thread that called execve, whose number is no more. */
void ptrace_call_exec(struct backend *b, struct ptrace_task *t, uint32_t old_tid)
{
	struct ptrace_task *old = old_tid != t->tid ? ptrace_task_find(b, old_tid) : NULL;
	struct tr_capture *capture = t->capture;

	if (old) {
		t->call = old->call;
		t->capture = old->capture;
		t->inherited = old->inherited;
		t->users = old->users;
		t->users_known = old->users_known;
		old->capture = capture;
		buf_done(&t->stack);
		t->stack = old->stack;
		old->stack = (struct buf){};
		ptrace_pin_exec(b, t, old);
		ptrace_task_free(b, old);
	}
	if (t->capture)
		task_capture_drop_old(t->capture);
	t->told = 0;
	t->gen = 0;
	ptrace_forget_fds(t->proc);
	ptrace_stack_drop(t->proc);
	ptrace_refresh(b, t);
	t->call.live &= t->mask;
}

void ptrace_call_abandon(struct backend *b, struct ptrace_task *t)
{
	const struct tr_config *cfg = &b->cfg;
	struct ptrace_call *c = &t->call;
	uint64_t now = tr_now_ns(), mask;

	if (!c->active)
		return;
	c->active = false;
	mask = c->live & t->mask;
	if (mask & cfg->summary & ~cfg->returned)
		ptrace_count(b, t, mask & cfg->summary & ~cfg->returned, false, now - c->start_ns);
	mask &= cfg->stream & ~(cfg->failed | cfg->ok | cfg->by_errno | cfg->by_time);
	emit_call(b, t, 0, mask, now, c->flags | TR_F_NO_RETURN);
	ptrace_stack_tell(b, t, is_last(b, c) ? mask & b->stacks : 0);
}

void ptrace_call_blocked(struct backend *b, struct ptrace_task *t, uint64_t now_ns)
{
	struct ptrace_call *c = &t->call;
	uint64_t mask;

	if (!c->active || now_ns - c->start_ns < TR_BLOCKED_NS || !t->proc)
		return;
	ptrace_refresh(b, t);
	mask = t->mask & b->cfg.blocked & call_sessions(b, c) & ~c->reported;
	if (!mask)
		return;
	if (!(c->live & b->cfg.stream))
		begin_record(b, t, ptrace_plan(b, c->abi, c->nr), mask, mask & b->cfg.data);
	c->reported |= mask;
	emit_call(b, t, 0, mask, now_ns, c->flags | TR_F_BLOCKED);
}

void ptrace_call_tell(struct backend *b, struct ptrace_task *t, uint64_t session)
{
	struct ptrace_call *c = &t->call;

	if (!c->active || !t->proc)
		return;
	ptrace_refresh(b, t);
	if (!(t->mask & session & call_sessions(b, c)))
		return;
	if (!(c->live & b->cfg.stream))
		begin_record(b, t, ptrace_plan(b, c->abi, c->nr), session, true);
	else if (session & b->cfg.fds)
		need_fd_args(b, t, ptrace_plan(b, c->abi, c->nr), session);
	emit_call(b, t, 0, session, tr_now_ns(), c->flags | TR_F_BLOCKED);
}

void ptrace_call_waits(struct backend *b, struct ptrace_task *t, uint64_t nr, const uint64_t *args,
		       uint64_t session)
{
	struct pt_call info = {.abi = TR_ABI_X86_64, .nr = nr};

#ifdef __aarch64__
	info.abi = TR_ABI_AARCH64;
#else
	if (procfs_is_32bit(t->tid))
		info.abi = TR_ABI_I386;
#endif
	memcpy(info.args, args, sizeof(info.args));
	begin(b, t, &info, TR_F_NO_ENTRY);
	ptrace_call_tell(b, t, session);
}

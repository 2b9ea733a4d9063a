/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ptrace_stop.c - what a stopped task tells, and how it goes on: signals, new tasks, programs, ends. The
 * tracee and its relatives must see what they would see without us.
 */
#include "backend_ptrace.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <core/clock.h>
#include "log.h"
#include "procfs.h"

#define CLONE_FILES_FLAG 0x400
#define CLONE_THREAD_FLAG 0x10000

/* Without us such a signal would not have come to it: untraced, it is dropped when it is sent. */
static bool is_ignored(uint32_t tid, int signo)
{
	struct procfs_status status;
	uint64_t mask = 1ULL << (signo - 1);

	if (procfs_status(tid, &status))
		return false;
	if (status.ignored & mask)
		return true;
	return !(status.caught & mask) && (signo == SIGCHLD || signo == SIGCONT ||
					   signo == SIGWINCH || signo == SIGURG);
}

static void fill_signal(struct tr_signal *r, const siginfo_t *info)
{
	uint32_t f[8];

	r->errnum = info->si_errno;
	r->code = info->si_code;
	/* As the kernel lays it out: what depends on the signal begins at 16 on 64-bit machines. */
	memcpy(f, (const char *)info + 16, sizeof(f));
	r->pid = f[0];
	r->uid = f[1];
	r->status = f[2];
	r->addr = f[0] | (uint64_t)f[1] << 32;
	r->value = f[2] | (uint64_t)f[3] << 32;
	r->utime = f[4] | (uint64_t)f[5] << 32;
	r->stime = f[6] | (uint64_t)f[7] << 32;
}

static void tell_signal(struct backend *b, struct ptrace_task *t, int signo, uint16_t flags)
{
	struct tr_signal r = {.signo = signo, .h.flags = flags};
	struct pt_call call;
	siginfo_t info;
	uint64_t mask;

	ptrace_refresh(b, t);
	mask = t->mask & b->cfg.stream;
	if (!mask)
		return;
	ptrace_need_task(b, t, mask);
	if (pt_siginfo(t->tid, &info))
		r.h.flags |= TR_SIG_NO_INFO;
	else
		fill_signal(&r, &info);
	if (!pt_call(t->tid, &call))
		r.pointer = call.pointer;
	ptrace_emit(b, t, &r.h, TR_SIGNAL, sizeof(r), mask);
	if (mask & b->stacks)
		ptrace_stack_take(b, t);
	ptrace_stack_tell(b, t, mask & b->stacks);
}

static void on_signal(struct backend *b, struct ptrace_task *t, int signo)
{
	bool ignored = is_ignored(t->tid, signo);

	tell_signal(b, t, signo, ignored ? TR_SIG_IGNORED : 0);
	if (ignored)
		pt_hide_interrupt(t->tid);
	ptrace_continue(b, t, signo);
}

/* What the child shares with its parent. False: that is not known. */
static bool clone_flags(const struct ptrace_task *t, uint64_t *flags_x)
{
	const struct sc_row *row = t->call.active ? sc_find(t->call.abi, t->call.nr) : NULL;

	if (!row)
		return false;
	if (!strcmp(row->name, "clone3"))
		return !task_capture_read(t->tid, flags_x, sizeof(*flags_x), t->call.args[0]);
	*flags_x = strcmp(row->name, "clone") ? 0 : t->call.args[0];
	return true;
}

static void on_fork(struct backend *b, struct ptrace_task *t)
{
	struct tr_fork r = {};
	struct ptrace_task *child;
	unsigned long tid;
	uint64_t mask, flags = 0;
	uint32_t tgid;
	bool thread;

	if (pt_message(t->tid, &tid))
		return;
	thread = clone_flags(t, &flags) ? flags & CLONE_THREAD_FLAG :
					  procfs_has_thread(t->proc->tgid, tid);
	tgid = thread ? t->proc->tgid : tid;
	ptrace_refresh(b, t);
	mask = t->mask & b->cfg.traced;
	if (mask) {
		ptrace_need_task(b, t, mask);
		r.child_tgid = tgid;
		r.child_tid = tid;
		ptrace_emit(b, t, &r.h, TR_FORK, sizeof(r), mask);
	}
	child = ptrace_task_get(b, tid);
	if (!child)
		return;
	child->users = t->users;
	child->users_known = t->users_known;
	ptrace_adopt(b, child, t, tgid, mask & b->cfg.follow);
	child = ptrace_task_find(b, tid);
	if (child && child->proc && child->proc != t->proc && (flags & CLONE_FILES_FLAG)) {
		child->proc->shares_files = t->proc->shares_files = true;
		ptrace_forget_fds(t->proc);
	}
}

/* What the kernel ran, as it names that: a descriptor of execveat by its number. */
static uint32_t exec_name(const struct ptrace_task *t, char *name, size_t size)
{
	const struct sc_row *row = sc_find(t->call.abi, t->call.nr);
	bool at = row && !strcmp(row->name, "execveat");
	const char *path = NULL;
	uint32_t len = 0;
	int n = 0;

	if (t->capture && t->call.active)
		path = task_capture_string(t->capture, at, &len);
	if (!path)
		len = 0;
	if (at && (int32_t)t->call.args[0] != TR_AT_FDCWD && !(len && path[0] == '/'))
		n = snprintf(name, size, len ? "/dev/fd/%d/" : "/dev/fd/%d",
			     (int32_t)t->call.args[0]);
	if (len > size - n)
		len = size - n;
	if (len)
		memcpy(name + n, path, len);
	return n + len;
}

/* The kernel gives no privileges to a program that somebody without them traces. Said once for each. */
static void warn_set_id(struct backend *b, struct ptrace_task *t)
{
	struct procfs_status status;
	struct procfs_exe exe;
	char path[256];

	if (procfs_exe(t->tid, &exe)) {
		t->users_known = false;
		return;
	}
	if (!exe.set_uid && !exe.set_gid)
		return;
	t->users_known = false;
	if (exe.ino == b->warned_ino || procfs_status(t->tid, &status))
		return;
	if ((!exe.set_uid || exe.uid == status.euid) && (!exe.set_gid || exe.gid == status.egid))
		return;
	b->warned_ino = exe.ino;
	procfs_exe_path(t->tid, path, sizeof(path));
	log_warn("%s runs without the privileges of its set-id bit, for it is traced", path);
}

static void on_exec(struct backend *b, struct ptrace_task *t)
{
	struct {
		struct tr_exec exec;
		char name[4096 + 8];
	} r;
	unsigned long old = t->tid;
	uint64_t mask;
	uint32_t n;

	pt_message(t->tid, &old);
	if (t->exiting) {
		t->exiting = false;
		t->proc->nlive++;
	}
	ptrace_call_exec(b, t, old);
	warn_set_id(b, t);
	mask = t->mask & b->cfg.traced;
	if (!mask)
		return;
	memset(&r.exec, 0, sizeof(r.exec));
	n = exec_name(t, r.name, 4096);
	memset(r.name + n, 0, 8);
	r.exec.old_tid = old;
	r.exec.filename_len = n;
	ptrace_need_task(b, t, mask);
	ptrace_emit(b, t, &r.exec.h, TR_EXEC, sizeof(r.exec) + ((n + 7) & ~7u), mask);
}

/* A task ends: told once, when it still can be asked for its times, else when its status is collected. */
static void tell_exit(struct backend *b, struct ptrace_task *t, int status)
{
	struct tr_exit r = {.status = status};
	uint64_t user = 0, system = 0, mask;

	if (t->exiting)
		return;
	ptrace_refresh(b, t);
	ptrace_call_abandon(b, t);
	t->exiting = true;
	r.last = --t->proc->nlive == 0;
	mask = t->mask & b->cfg.traced;
	if (!mask)
		return;
	procfs_times(t->proc->tgid, t->tid, &user, &system);
	r.utime_ns = user;
	r.stime_ns = system;
	ptrace_need_task(b, t, mask);
	ptrace_emit(b, t, &r.h, TR_EXIT, sizeof(r), mask);
}

static void on_trap(struct backend *b, struct ptrace_task *t)
{
	if (t->cut_off) {
		t->cut_off = false;
		if (!t->trapped)
			ptrace_call_resume(b, t);
		pt_hide_interrupt(t->tid);
	}
	ptrace_continue(b, t, 0);
}

static void on_stop(struct backend *b, struct ptrace_task *t, int status)
{
	unsigned long message = 0;
	int signo;

	if (t->call.flags_hidden && !t->call.active)
		ptrace_clone_done(t);
	switch (pt_stop(status, &signo)) {
	case PT_CALL:
		ptrace_call_stop(b, t);
		break;
	case PT_TRAPPED:
		ptrace_call_trapped(b, t);
		break;
	case PT_SIGNAL:
		on_signal(b, t, signo);
		return;
	case PT_GROUP:
		ptrace_stay(b, t);
		return;
	case PT_TRAP:
		on_trap(b, t);
		return;
	case PT_FORK:
		on_fork(b, t);
		break;
	case PT_EXEC:
		on_exec(b, t);
		break;
	case PT_EXIT:
		pt_message(t->tid, &message);
		tell_exit(b, t, message);
		break;
	}
	signo = t->inject_signo;
	t->inject_signo = 0;
	ptrace_continue(b, t, signo);
}

static void hold(struct backend *b, uint32_t tid, int status)
{
	struct ptrace_task *t = ptrace_task_get(b, tid);

	if (!t)
		return;
	t->held = true;
	t->held_status = status;
	t->held_ns = tr_now_ns();
	b->nheld++;
}

/* A thread whose leader was not traced got the leader's number by execve. */
static struct ptrace_task *rename_task(struct backend *b, uint32_t tid)
{
	struct ptrace_task *t;
	unsigned long old;

	if (pt_message(tid, &old))
		return NULL;
	t = ptrace_task_find(b, old);
	if (!t)
		return NULL;
	HASH_DEL(b->tasks, t);
	t->tid = tid;
	HASH_ADD(hh, b->tasks, tid, sizeof(t->tid), t);
	ptrace_pin_rename(b, t);
	return t;
}

void ptrace_serve(struct backend *b, uint32_t tid, int status)
{
	struct ptrace_task *t = ptrace_task_find(b, tid);
	int signo;

	b->stop_ns = tr_now_ns();
	if (!WIFSTOPPED(status)) {
		if (!t && ptrace_pin_guard_ended(b, tid))
			return;
		if (t && t->proc)
			tell_exit(b, t, status);
		if (t)
			ptrace_task_free(b, t);
		return;
	}
	if (!t && pt_stop(status, &signo) == PT_EXEC)
		t = rename_task(b, tid);
	if (!t) {
		hold(b, tid, status);
		return;
	}
	if (t->fresh) {
		t->fresh = false;
		b->nfresh--;
	}
	if (!t->proc)
		return;
	ptrace_pin_stop(b, t, b->stop_ns);
	on_stop(b, t, status);
}

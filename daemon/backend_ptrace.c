/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * backend_ptrace.c - the unprivileged backend: sessions attach to the tasks that they name, and stops are
 * served here, in the daemon's one thread, for ptrace belongs to the thread that attached.
 *
 * Stops are collected all at once and then served in the order they came: served one by one, the newest
 * task would go first for ever. While they come fast we wait for the next one instead of going back to the
 * event loop, for some milliseconds at most. A timer ticks meanwhile.
 */
#include "backend_ptrace.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include <core/clock.h>
#include "compile.h"

#define SERVE_NS 10000000ULL /* then clients have their turn */
#define IDLE_NS 1000000ULL   /* after so long without a stop we wait in the event loop */
#define TICK_NS 1000000L
#define SWEEP 16 /* so often all tasks are asked for, not only those that share our CPU */
#define ALONE_MAX 16 /* stops after which we look whether there is more than one, at least */
#define ATTACH_NS 200000000ULL
#define RELEASE_NS 1000000000ULL

void ptrace_emit(struct backend *b, const struct ptrace_task *t, struct tr_hdr *rec, uint32_t type,
		 uint32_t len, uint64_t sessions)
{
	rec->len = len;
	rec->type = type;
	rec->time_ns = tr_now_ns();
	rec->sessions = sessions;
	rec->tgid = t->proc->tgid;
	rec->tid = t->tid;
	b->sink.record(b->sink.ctx, rec);
	b->records++;
}

static void on_timer(int signo)
{
	(void)signo; /* it only makes waitpid return */
}

static int make_timer(struct backend *b)
{
	struct sigaction action = {.sa_handler = on_timer};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};

	if (sigaction(SIGALRM, &action, NULL) || timer_create(CLOCK_MONOTONIC, &event, &b->timer))
		return -errno;
	b->has_timer = true;
	return 0;
}

static int make_fds(struct backend *b)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	b->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	b->again_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return b->signal_fd < 0 || b->again_fd < 0 ? -errno : 0;
}

static int ptrace_fd(struct backend *b, unsigned int i)
{
	return i == 0 ? b->signal_fd : i == 1 ? b->again_fd : -1;
}

static void clear_signal(struct backend *b)
{
	struct signalfd_siginfo info[4];

	while (read(b->signal_fd, info, sizeof(info)) > 0)
		;
}

/* Wakes the event loop at once. */
static void come_again(struct backend *b)
{
	uint64_t one = 1;

	if (write(b->again_fd, &one, sizeof(one)) < 0)
		return; /* full: it is readable anyway */
}

/* While we wait for stops nobody needs a signal for each; one that came at the end of that has sent none. */
static void tick(struct backend *b, bool on)
{
	struct sigaction child = {.sa_handler = SIG_DFL, .sa_flags = on ? SA_NOCLDSTOP : 0};
	long ns = on ? TICK_NS : 0;
	struct itimerspec t = {.it_value.tv_nsec = ns, .it_interval.tv_nsec = ns};

	if (b->ticking == on)
		return;
	b->ticking = on;
	timer_settime(b->timer, 0, &t, NULL);
	sigaction(SIGCHLD, &child, NULL);
	if (!on)
		come_again(b);
}

static bool is_collected(const struct backend *b, uint32_t tid)
{
	for (unsigned int i = b->nserved; i < b->nstops; i++)
		if ((uint32_t)b->stops[i].tid == tid)
			return true;
	return false;
}

/* Appends to what is not served yet what has stopped since. */
static void collect(struct backend *b)
{
	if (b->nserved == b->nstops)
		b->nserved = b->nstops = 0;
	while (b->nstops < PTRACE_BATCH) {
		struct ptrace_stop *s = &b->stops[b->nstops];

		s->tid = waitpid(-1, &s->status, __WALL | WNOHANG);
		if (s->tid <= 0)
			break;
		if (!is_collected(b, s->tid)) /* by its call: its status was not asked for then */
			b->nstops++;
	}
}

/*
 * The same of tasks that share our CPU, where all that are going to stop have stopped. What they stop at is a
 * call, nearly always, and what we need to know of that tells that they have stopped, too: so their statuses
 * are not asked for. A signal that a task sends itself can look like a call, but only like one that returns
 * when it is in none.
 */
static void collect_pinned(struct backend *b)
{
	for (int i = 0; i < PIN_SLOTS && b->nstops < PTRACE_BATCH; i++) {
		struct ptrace_task *t = b->pins.tasks[i];

		if (!t || t->trapped || is_collected(b, t->tid) || pt_call(t->tid, &t->seen) ||
		    t->seen.op != (t->call.active ? PT_RETURN : PT_ENTRY))
			continue;
		t->is_seen = true;
		b->stops[b->nstops++] = (struct ptrace_stop){t->tid, PT_CALL_STATUS};
	}
}

/* Waits for the next stop, or tick. That there are more is not looked for each time when there never are. */
static void await(struct backend *b)
{
	b->nserved = b->nstops = 0;
	b->stops[0].tid = waitpid(-1, &b->stops[0].status, __WALL);
	if (b->stops[0].tid <= 0)
		return;
	b->nstops = 1;
	if (b->pins.npinned > 1 && ++b->nawaited % SWEEP) {
		collect_pinned(b);
		return;
	}
	if (b->nalone < ALONE_MAX && b->nalone > 2) {
		b->nalone++;
		return;
	}
	collect(b);
	if (b->nstops > 1)
		b->nalone = 0;
	else
		b->nalone = b->nalone < ALONE_MAX ? b->nalone + 1 : 3;
}

/* Serves what was collected, in order. False: who is next waits until a client has read. */
static bool serve(struct backend *b, bool must)
{
	while (b->nserved < b->nstops) {
		const struct ptrace_stop *s = &b->stops[b->nserved];

		if (!must && b->sink.full(b->sink.ctx))
			return false;
		b->nserved++;
		ptrace_serve(b, s->tid, s->status);
	}
	return true;
}

static bool any_trapped(const struct backend *b)
{
	for (const struct ptrace_task *t = b->tasks; t; t = t->hh.next)
		if (t->trapped)
			return true;
	return false;
}

/* Tasks that can't do without us: nobody asks about them any more, but they end before we do. */
static void attend(struct backend *b)
{
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	while (any_trapped(b)) {
		tick(b, b->nheld != 0);
		await(b);
		if (!b->nstops && errno == ECHILD)
			break;
		serve(b, true);
		ptrace_adopt_orphans(b);
	}
	tick(b, false);
}

/* The kernel lets all other tracees go on when we end, and does not cut off the calls they are in. */
static void ptrace_close(struct backend *b)
{
	struct ptrace_task *t, *tnext;
	struct ptrace_tgid *g, *gnext;

	if (!b)
		return;
	ptrace_unpin_all(b);
	attend(b);
	ptrace_pin_close(b);
	HASH_ITER(hh, b->tasks, t, tnext)
		ptrace_task_free(b, t);
	HASH_ITER(hh, b->ignored, g, gnext) {
		HASH_DEL(b->ignored, g);
		free(g);
	}
	for (unsigned int i = 0; i < TR_MAX_SESSIONS; i++)
		ptrace_summary_drop(b, i);
	if (b->has_timer)
		timer_delete(b->timer);
	if (b->signal_fd >= 0)
		close(b->signal_fd);
	if (b->again_fd >= 0)
		close(b->again_fd);
	if (b->cgroup_root >= 0)
		close(b->cgroup_root);
	if (b->diag_fd >= 0)
		close(b->diag_fd);
	free(b->buffer);
	free(b);
}

static int ptrace_open(struct backend **b_x, const struct sink *sink, size_t ring_bytes, char *why)
{
	struct backend *b = calloc(1, sizeof(*b));
	int r;

	(void)ring_bytes; /* nothing waits in rings: a task waits until its record is made */
	if (!b)
		return -ENOMEM;
	b->sink = *sink;
	b->signal_fd = b->again_fd = b->cgroup_root = b->diag_fd = -1;
	ptrace_pin_init(b);
	b->cfg.gen = 1;
	compile_plans(&b->cfg);
	ptrace_facts_init(b);
	b->buffer = task_capture_buffer();
	r = b->buffer ? make_fds(b) : -ENOMEM;
	if (!r)
		r = make_timer(b);
	if (r) {
		snprintf(why, BACKEND_WHY_LEN, "%s", strerror(-r));
		ptrace_close(b);
		return r;
	}
	*b_x = b;
	return 0;
}

static void be_idle(struct backend *b)
{
	tick(b, false);
	ptrace_unpin_all(b);
}

static int ptrace_drain(struct backend *b, bool all)
{
	uint64_t before = b->records, now = tr_now_ns(), end = now + SERVE_NS;

	(void)all;
	clear_signal(b);
	collect(b);
	for (;;) {
		bool any = b->nserved < b->nstops;

		if (!serve(b, false)) {
			be_idle(b);
			break;
		}
		now = any ? b->stop_ns : tr_now_ns();
		if (now - b->pins.tick_ns >= TICK_NS)
			ptrace_pin_tick(b, now);
		if (now > end) {
			come_again(b);
			break;
		}
		if (!b->tasks || now - b->stop_ns > IDLE_NS) {
			be_idle(b);
			break;
		}
		tick(b, true);
		await(b);
	}
	return b->records - before;
}

/* Serves stops until as many tasks as *count says have stopped, or been let go. */
static void serve_until_none(struct backend *b, const unsigned int *count, uint64_t ns)
{
	uint64_t end = tr_now_ns() + ns;
	struct timespec wait = {.tv_nsec = 2000000};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	tick(b, false);
	serve(b, true);
	while (*count && tr_now_ns() < end) {
		collect(b);
		if (b->nserved == b->nstops)
			sigtimedwait(&set, NULL, &wait);
		serve(b, true);
	}
	come_again(b);
}

static void ptrace_session_del(struct backend *b, unsigned int session)
{
	if (!b->filters[session])
		return;
	ptrace_session_leave(b, session);
	ptrace_untell(b, bit(session));
	ptrace_release(b);
	serve_until_none(b, &b->nleaving, RELEASE_NS);
}

static int ptrace_session_add(struct backend *b, unsigned int session, const struct filter *f,
			      const struct watcher *who, char *err)
{
	int r;

	if (who->limited) {
		snprintf(err, FILTER_ERR_LEN, "this tracerd works by ptrace, with its own rights: "
					      "it serves no other user");
		return -EACCES;
	}
	r = ptrace_session_enter(b, session, f, err);
	if (r)
		return r;
	r = f->kind == FILTER_PENDING ? ptrace_probe(f, err) :
					 ptrace_attach(b, session, f, err);
	if (r) {
		ptrace_session_del(b, session);
		return r;
	}
	serve_until_none(b, &b->nfresh, ATTACH_NS);
	return 0;
}

static void ptrace_ignore(struct backend *b, uint32_t tgid, enum ignored_by by)
{
	bool on = by == IGNORED_BY_ALL;
	struct ptrace_tgid *g;

	HASH_FIND(hh, b->ignored, &tgid, sizeof(tgid), g);
	if (!on && g) {
		HASH_DEL(b->ignored, g);
		free(g);
	} else if (on && !g) {
		g = calloc(1, sizeof(*g));
		if (!g)
			return;
		g->tgid = tgid;
		HASH_ADD(hh, b->ignored, tgid, sizeof(g->tgid), g);
	}
}

static void ptrace_stats(struct backend *b, struct backend_stats *stats)
{
	*stats = (struct backend_stats){.records = b->records};
}

const struct backend_ops backend_ptrace = {
    .name = "ptrace",
    .open = ptrace_open,
    .close = ptrace_close,
    .fd = ptrace_fd,
    .drain = ptrace_drain,
    .session_add = ptrace_session_add,
    .session_del = ptrace_session_del,
    .summary_begin = ptrace_summary_begin,
    .summary_end = ptrace_summary_end,
    .summary_drop = ptrace_summary_drop,
    .pending = ptrace_pending,
    .retell = ptrace_retell,
    .ignore = ptrace_ignore,
    .stats = ptrace_stats,
};

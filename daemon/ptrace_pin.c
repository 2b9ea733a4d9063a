/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ptrace_pin.c - the CPU that tracer and tracees share. A stop that wakes a tracer on another CPU, and the
 * tracee after it, costs several times what it costs on one. So a task whose stops come fast is pinned to the
 * tracer's CPU, and let go as soon as it computes or waits, for milliseconds: its mask and its policy are its own
 * whenever it or somebody else who is traced asks for them, and children get those of their parents.
 */
#include "backend_ptrace.h"

#include <string.h>

#define QUICK_NS 200000ULL /* two stops of a task that follow one another so soon */
#define QUICK_STOPS 2	   /* so many of them in a row */
#define COMPUTES_NS 1000000ULL /* a task that is in no call and does not stop for so long */
#define WAITS_NS 8000000ULL    /* and one that is: most likely it sleeps, and is in nobody's way */
#define COOL_NS 10000000ULL
#define PARALLEL_NS 50000ULL /* per stop: tasks that are slower had better run side by side */
#define MOVE_TICKS 128	     /* then the scheduler may choose another CPU */

static bool start(struct ptrace_pins *p)
{
	if (p->guard.table)
		return true;
	if (p->failed)
		return false;
	p->failed = pin_own(0, &p->own) || CPU_COUNT(&p->own.mask) < 2 || pin_guard_start(&p->guard);
	return !p->failed;
}

/* The CPU that pinned tasks run on, and we with them. -1: the task may not run there. */
static int choose_cpu(struct ptrace_pins *p, const cpu_set_t *mask)
{
	int cpu = p->cpu;
	cpu_set_t others;

	if (cpu >= 0)
		return CPU_ISSET(cpu, mask) ? cpu : -1;
	cpu = sched_getcpu();
	for (int i = 0; cpu >= 0 && i < CPU_SETSIZE && !CPU_ISSET(cpu, mask); i++)
		if (CPU_ISSET(i, mask) && CPU_ISSET(i, &p->own.mask))
			cpu = i;
	if (cpu < 0 || cpu >= CPU_SETSIZE || !CPU_ISSET(cpu, mask) || pin_to(0, cpu))
		return -1;
	p->cpu = cpu;
	/* Where what is pinned runs, a process that woke seldom was seen to wait for 300 ms (6.18). */
	others = p->own.mask;
	CPU_CLR(cpu, &others);
	sched_setaffinity(p->guard.pid, sizeof(others), &others);
	return cpu;
}

static int free_slot(const struct ptrace_pins *p)
{
	for (int i = 0; i < PIN_SLOTS; i++)
		if (!p->tasks[i])
			return i;
	return -1;
}

static void enter(struct ptrace_pins *p, struct ptrace_task *t, int slot, int cpu)
{
	struct pin_slot *s = &p->guard.table->slots[slot];

	s->own = t->own;
	s->cpu = cpu;
	__atomic_store_n(&s->tid, t->tid, __ATOMIC_SEQ_CST);
	t->pin = slot + 1;
	t->pin_cpu = cpu;
	p->tasks[slot] = t;
	p->npinned++;
}

static void leave(struct ptrace_pins *p, struct ptrace_task *t)
{
	unsigned int slot = t->pin - 1;

	__atomic_store_n(&p->guard.table->slots[slot].tid, 0, __ATOMIC_SEQ_CST);
	p->tasks[slot] = NULL;
	t->pin = 0;
	p->npinned--;
}

/* A task with a single CPU is left alone: we come to it, if there is nobody else. */
static void pin(struct ptrace_pins *p, struct ptrace_task *t)
{
	int slot, cpu;

	if (!start(p) || (slot = free_slot(p)) < 0 ||
	    pin_own(t->tid, &t->own))
		return;
	t->own_known = true;
	cpu = choose_cpu(p, &t->own.mask);
	if (cpu < 0)
		return;
	enter(p, t, slot, cpu);
	if (pin_task(t->tid, cpu, &t->own))
		leave(p, t);
}

void ptrace_unpin(struct backend *b, struct ptrace_task *t)
{
	struct ptrace_pins *p = &b->pins;

	t->quick = 0;
	if (!t->pin)
		return;
	pin_restore(p->guard.table, t->tid, t->pin_cpu, &t->own);
	leave(p, t);
}

void ptrace_unpin_all(struct backend *b)
{
	struct ptrace_pins *p = &b->pins;

	for (int i = 0; p->npinned && i < PIN_SLOTS; i++)
		if (p->tasks[i])
			ptrace_unpin(b, p->tasks[i]);
	if (p->cpu >= 0)
		pin_restore(p->guard.table, 0, p->cpu, &p->own);
	p->cpu = -1;
}

void ptrace_pin_stop(struct backend *b, struct ptrace_task *t, uint64_t now_ns)
{
	uint64_t gap = now_ns - t->stop_ns;

	b->pins.stops++;
	t->stop_ns = now_ns;
	if (t->pin)
		return;
	t->quick = gap > QUICK_NS ? 0 : t->quick < QUICK_STOPS ? t->quick + 1 : QUICK_STOPS;
	if (t->quick == QUICK_STOPS && !b->pins.holds && now_ns >= b->pins.not_before_ns)
		pin(&b->pins, t);
}

void ptrace_pin_tick(struct backend *b, uint64_t now_ns)
{
	struct ptrace_pins *p = &b->pins;
	uint64_t ns = now_ns - p->tick_ns;
	bool slow = p->stops * PARALLEL_NS < ns;

	p->stops = 0;
	p->tick_ns = now_ns;
	if (!p->npinned)
		return;
	for (int i = 0; i < PIN_SLOTS; i++)
		if (p->tasks[i] && now_ns - p->tasks[i]->stop_ns >
					   (p->tasks[i]->call.active ? WAITS_NS : COMPUTES_NS))
			ptrace_unpin(b, p->tasks[i]);
	if (slow && p->npinned > 1)
		p->not_before_ns = now_ns + COOL_NS;
	if ((slow && p->npinned > 1) || !p->npinned || ++p->ticks % MOVE_TICKS == 0)
		ptrace_unpin_all(b);
}

/* It began where its parent was: pinned, if the parent was then. */
void ptrace_pin_child(struct backend *b, const struct ptrace_task *parent, struct ptrace_task *child)
{
	struct ptrace_pins *p = &b->pins;
	int slot, cpu;
	cpu_set_t now;

	if (!p->guard.table || child->pin || (parent && !parent->own_known) ||
	    sched_getaffinity(child->tid, sizeof(now), &now) || CPU_COUNT(&now) != 1)
		return;
	cpu = parent ? parent->pin_cpu : p->cpu;
	if (cpu < 0 || !CPU_ISSET(cpu, &now))
		return;
	child->own = parent ? parent->own : p->own;
	child->own_known = true;
	slot = cpu == p->cpu ? free_slot(p) : -1;
	if (slot >= 0)
		enter(p, child, slot, cpu);
	else
		pin_restore(p->guard.table, child->tid, cpu, &child->own);
}

/* The thread that called execve has now the number, and the task, of its leader. */
void ptrace_pin_exec(struct backend *b, struct ptrace_task *t, struct ptrace_task *old)
{
	struct ptrace_pins *p = &b->pins;
	int slot;

	if (t->pin)
		leave(p, t);
	t->own = old->own;
	t->own_known = old->own_known;
	if (!old->pin)
		return;
	slot = old->pin - 1;
	leave(p, old);
	enter(p, t, slot, old->pin_cpu);
}

void ptrace_pin_rename(struct backend *b, struct ptrace_task *t)
{
	if (t->pin)
		b->pins.guard.table->slots[t->pin - 1].tid = t->tid;
}

void ptrace_pin_forget(struct backend *b, struct ptrace_task *t)
{
	ptrace_pin_release(b, t);
	if (t->pin)
		leave(&b->pins, t);
}

/* Until its call returns, all have their own masks. */
void ptrace_pin_hold(struct backend *b, struct ptrace_task *t)
{
	ptrace_unpin_all(b);
	if (!t->holds_pins)
		b->pins.holds++;
	t->holds_pins = true;
}

void ptrace_pin_release(struct backend *b, struct ptrace_task *t)
{
	if (t->holds_pins && t->own_known)
		pin_own(t->tid, &t->own); /* it may have changed that, and has children next */
	b->pins.holds -= t->holds_pins;
	t->holds_pins = false;
}

/* True: it was the guard that ended. Without it nothing is pinned any more. */
bool ptrace_pin_guard_ended(struct backend *b, uint32_t pid)
{
	struct ptrace_pins *p = &b->pins;

	if (!p->guard.table || (pid_t)pid != p->guard.pid)
		return false;
	ptrace_unpin_all(b);
	p->failed = true;
	return true;
}

void ptrace_pin_init(struct backend *b)
{
	b->pins.cpu = -1;
	b->pins.guard.fd = -1;
}

void ptrace_pin_close(struct backend *b)
{
	ptrace_unpin_all(b);
	pin_guard_stop(&b->pins.guard);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ptrace_clone.c - clone and clone3 with CLONE_UNTRACED, by which a program could make children that we don't
 * see: the flag is taken out while the kernel looks, and is where it was when anybody else does.
 */
#include "backend_ptrace.h"

#include <string.h>

#define CLONE_UNTRACED_FLAG 0x00800000ULL

static bool is_clone3(const struct ptrace_call *c)
{
	const struct sc_row *row = sc_find(c->abi, c->nr);

	return row && !strcmp(row->name, "clone3");
}

/* clone3 has its flags in memory, which a child has a copy of, or shares. */
static void put_flags(uint32_t tid, const struct ptrace_call *c, uint64_t flags)
{
	if (is_clone3(c))
		pt_poke(tid, c->args[0], flags);
	else
		pt_set_first_arg(tid, c->abi, flags);
}

void ptrace_clone_enter(struct ptrace_task *t)
{
	struct ptrace_call *c = &t->call;
	uint64_t flags = c->args[0];

	if (is_clone3(c) && task_capture_read(t->tid, &flags, sizeof(flags), c->args[0]))
		return;
	if (!(flags & CLONE_UNTRACED_FLAG))
		return;
	c->flags_hidden = true;
	c->clone_flags = flags;
	put_flags(t->tid, c, flags & ~CLONE_UNTRACED_FLAG);
}

void ptrace_clone_done(struct ptrace_task *t)
{
	if (t->call.flags_hidden)
		put_flags(t->tid, &t->call, t->call.clone_flags);
	t->call.flags_hidden = false;
}

void ptrace_clone_child(const struct ptrace_task *parent, struct ptrace_task *child)
{
	if (!parent->call.active || !parent->call.flags_hidden)
		return;
	child->call = parent->call;
	child->call.active = false;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * state.bpf.h - finding what is remembered of a task, and the record that it is making.
 */
#ifndef STATE_BPF_H
#define STATE_BPF_H

#include "maps.bpf.h"

static __always_inline struct state_place *state_place(__u32 tid)
{
	return &state_table[masked(tid, STATE_TABLE_SIZE)];
}

static __always_inline struct task_state *state_find(struct task_struct *task)
{
	struct state_place *place = state_place(task->pid);

	if (place->owner == (__u64)task && place->st.attach_epoch == cfg.attach_epoch)
		return &place->st;
	return bpf_task_storage_get(&task_states, task, NULL, 0);
}

/* The state of a task that has none yet: what its place holds under its address is left from one that had both. */
static __noinline struct task_state *state_make(struct task_struct *task)
{
	struct state_place *place = state_place(task->pid);
	__u64 old = place->owner;

	if ((!old || old == (__u64)task || place->st.attach_epoch != cfg.attach_epoch) &&
	    __sync_val_compare_and_swap(&place->owner, old, (__u64)task) == old) {
		__builtin_memset(&place->st, 0, sizeof(place->st));
		place->st.attach_epoch = cfg.attach_epoch;
		return &place->st;
	}
	return bpf_task_storage_get(&task_states, task, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
}

static __always_inline struct task_state *state_get(struct task_struct *task)
{
	struct task_state *st = state_find(task);

	return st ? st : state_make(task);
}

/* A thread that runs a program takes over the id of its process's leader. */
static __noinline struct task_state *state_move(struct task_struct *task, __u32 old_tid)
{
	struct state_place *place = state_place(old_tid);
	struct task_state *st;

	if (place->owner != (__u64)task || place->st.attach_epoch != cfg.attach_epoch)
		return state_find(task);
	st = state_make(task);
	if (st)
		*st = place->st;
	place->owner = 0;
	return st;
}

static __always_inline void state_free(struct task_struct *task)
{
	struct state_place *place = state_place(task->pid);

	if (place->owner == (__u64)task)
		place->owner = 0;
}

static __always_inline struct tr_capture *slot_get(__u32 i)
{
	return bpf_map_lookup_elem(&slots, &i);
}

static __always_inline struct tr_capture *capture_get(struct task_struct *task,
						      struct task_state *st)
{
	if (st->slot)
		return slot_get(st->slot - 1);
	return bpf_task_storage_get(&captures, task, NULL, 0);
}

static __always_inline struct tr_capture *capture_make(struct task_struct *task,
						       struct task_state *st)
{
	__u32 i = 0;

	if (st->slot)
		return slot_get(st->slot - 1);
	if (!bpf_map_pop_elem(&free_slots, &i)) {
		st->slot = i + 1;
		return slot_get(i);
	}
	return bpf_task_storage_get(&captures, task, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
}

static __always_inline void capture_free(struct task_state *st)
{
	__u32 i = st->slot - 1;

	if (!st->slot)
		return;
	st->slot = 0;
	bpf_map_push_elem(&free_slots, &i, BPF_ANY);
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * compile.c - see compile.h. The programs read these words while they are written, so each change of one is whole.
 */
#include "compile.h"

#include <core/newer.h>

void compile_set(__u64 *word, uint64_t mask, bool on)
{
	if (on)
		__atomic_fetch_or(word, mask, __ATOMIC_SEQ_CST);
	else
		__atomic_fetch_and(word, ~mask, __ATOMIC_SEQ_CST);
}

void compile_changed(struct tr_config *cfg)
{
	if (__atomic_add_fetch(&cfg->gen, 1, __ATOMIC_SEQ_CST) == 0)
		__atomic_add_fetch(&cfg->gen, 1, __ATOMIC_SEQ_CST);
}

static bool wants_call(const struct filter *f, unsigned int id)
{
	return !f->has_syscalls || filter_has_id(f, id);
}

static void enter_calls(struct tr_config *cfg, const struct filter *f, uint64_t mask)
{
	bool others = !f->has_syscalls || f->unknown_calls;

	for (unsigned int abi = 0; abi < TR_ABI_SLOTS; abi++)
		for (unsigned int nr = 0; nr < TR_NR_MAX; nr++) {
			const struct sc_row *row = sc_find(abi, nr);

			compile_set(&cfg->calls[abi][nr], mask,
				    row ? wants_call(f, sc_id(row)) : others);
		}
}

static void enter_results(struct tr_config *cfg, unsigned int session, const struct filter *f)
{
	uint64_t mask = 1ULL << session;

	compile_set(&cfg->failed, mask, f->failed);
	compile_set(&cfg->ok, mask, f->ok);
	compile_set(&cfg->by_errno, mask, f->has_errno);
	for (unsigned int e = 0; e < TR_NR_MAX; e++)
		compile_set(&cfg->errnos[e], mask,
			 f->has_errno && (f->errnos[e / 64] >> (e % 64) & 1));
	compile_set(&cfg->by_time, mask, f->slower_ns != 0);
	cfg->slower_ns[session] = f->slower_ns;
}

static void enter_kind(struct tr_config *cfg, unsigned int session, const struct filter *f)
{
	bool stream = f->kind == FILTER_STREAM;
	uint64_t mask = 1ULL << session;

	compile_set(&cfg->traced, mask, f->kind != FILTER_PENDING);
	compile_set(&cfg->stream, mask, stream);
	compile_set(&cfg->summary, mask, f->kind == FILTER_SUMMARY);
	compile_set(&cfg->follow, mask, f->follow);
	compile_set(&cfg->fds, mask, f->fds && f->kind != FILTER_SUMMARY);
	compile_set(&cfg->ret_fds, mask, f->ret_fds && stream);
	compile_set(&cfg->data, mask, !f->no_data && stream);
	compile_set(&cfg->whole, mask, !f->no_data && !f->sentences && stream);
	compile_set(&cfg->env, mask, stream && f->env);
	compile_set(&cfg->pointer, mask, stream && f->pointer);
	compile_set(&cfg->longs, mask,
		    !f->no_data && stream && (f->env || f->string_limit > TR_STRING_SHORT));
	compile_set(&cfg->cpu_time, mask, f->kind == FILTER_SUMMARY && f->cpu_time);
	compile_set(&cfg->returned, mask, f->kind == FILTER_SUMMARY && f->returned);
	compile_set(&cfg->entries, mask,
		 stream && f->entries && !f->failed && !f->ok && !f->has_errno && !f->slower_ns);
	/* A call that has not returned is neither failed nor slow enough yet. */
	compile_set(&cfg->blocked, mask,
		 stream && !f->no_blocked && !f->failed && !f->ok && !f->has_errno &&
			 f->slower_ns <= TR_BLOCKED_NS);
}

/* A record is made for all its sessions: as long as the short ones want it, so that they don't pay for the others. */
void compile_strings(struct tr_config *cfg)
{
	uint32_t limit[2] = {0, 0};

	for (unsigned int i = 0; i < TR_MAX_SESSIONS; i++) {
		uint32_t *max = &limit[cfg->longs >> i & 1];

		if ((cfg->active >> i & 1) && cfg->limits[i] > *max)
			*max = cfg->limits[i];
	}
	cfg->string_limit = limit[0] < TR_ITEM_MAX ? limit[0] : TR_ITEM_MAX;
	cfg->long_limit = limit[1];
}

void compile_shown(struct tr_config *cfg, unsigned int session, const struct filter *f,
		   enum tr_shown shown)
{
	uint64_t mask = 1ULL << session;

	enter_kind(cfg, session, f);
	if (shown >= TR_SHOWN_NO_DATA) {
		compile_set(&cfg->data, mask, false);
		compile_set(&cfg->whole, mask, false);
		compile_set(&cfg->longs, mask, false);
		compile_set(&cfg->fds, mask, false);
		compile_set(&cfg->ret_fds, mask, false);
	}
	if (shown == TR_SHOWN_COUNTS)
		compile_set(&cfg->blocked, mask, false);
	compile_set(&cfg->counted, mask, shown == TR_SHOWN_COUNTS);
	compile_strings(cfg);
}

void compile_enter(struct tr_config *cfg, unsigned int session, const struct filter *f,
		   uint64_t now_ns)
{
	enter_calls(cfg, f, 1ULL << session);
	enter_results(cfg, session, f);
	enter_kind(cfg, session, f);
	compile_set(&cfg->counted, 1ULL << session, false);
	compile_set(&cfg->budgeted, 1ULL << session, f->budget != 0);
	cfg->born_ns[session] = now_ns;
	cfg->limits[session] = f->string_limit;
}

void compile_plans(struct tr_config *cfg)
{
	for (unsigned int abi = 0; abi < TR_ABI_MAX; abi++)
		for (unsigned int nr = 0; nr < TR_NR_MAX; nr++) {
			const struct sc_row *row = sc_find(abi, nr);

			if (row)
				sc_plan(row, abi, &cfg->plans[abi][nr]);
		}
}

void compile_newer(struct tr_config *cfg, const struct newer *newer, unsigned int nr)
{
	for (unsigned int abi = 0; abi < TR_ABI_MAX; abi++) {
		struct tr_plan *plan = &cfg->plans[abi][nr], made, idle;

		if (abi == TR_ABI_I386) /* structs were described as 64-bit tasks see them */
			continue;
		sc_plan(newer_find(newer, abi, nr), abi, &made);
		idle = made;
		idle.entry = idle.exit = idle.on_error = 0;
		*plan = idle;
		__atomic_store_n(&plan->entry, made.entry, __ATOMIC_RELEASE);
		__atomic_store_n(&plan->exit, made.exit, __ATOMIC_RELEASE);
		__atomic_store_n(&plan->on_error, made.on_error, __ATOMIC_RELEASE);
	}
}

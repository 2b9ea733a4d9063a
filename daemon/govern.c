/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* govern.c - see govern.h. */
#include "govern.h"

#include <string.h>
#include <unistd.h>
#include <core/clock.h>

#define SAMPLE_NS 50000000ULL
#define REST_NS 200000000ULL
/* What a record costs in the kernel, and a call that is only counted, where nobody may measure it. */
#define RECORD_NS 500
#define COUNT_NS 200

void govern_init(struct govern *g, const struct backend_ops *ops, struct backend *b,
		 struct hub *hub)
{
	memset(g, 0, sizeof(*g));
	g->ops = ops;
	g->backend = b;
	g->hub = hub;
	g->ncpus = sysconf(_SC_NPROCESSORS_ONLN);
	if (g->ncpus < 1)
		g->ncpus = 1;
}

void govern_add(struct govern *g, unsigned int session, uint32_t limit)
{
	if (!limit)
		return;
	if (!g->n++)
		g->next_ns = 0;
	g->stopped &= ~(1ULL << session);
	budget_init(&g->budgets[session], limit);
}

void govern_stop(struct govern *g, unsigned int session)
{
	g->stopped |= 1ULL << session;
}

/* Calls that were only counted since the last time. */
static uint64_t take_unshown(struct govern *g, unsigned int session)
{
	uint64_t n = g->ops->unshown(g->backend, session);

	g->unshown[session] += n;
	return n;
}

static void tell(struct govern *g, unsigned int session, uint64_t now_ns)
{
	const struct budget *b = &g->budgets[session];
	struct tr_budget rec = {.h = {.len = sizeof(rec), .type = TR_BUDGET, .time_ns = now_ns},
				.shown = b->shown,
				.used = g->used,
				.limit = b->limit,
				.unshown = g->unshown[session]};

	hub_tell(g->hub, session, &rec.h);
	g->unshown[session] = 0;
}

void govern_end(struct govern *g, unsigned int session, uint64_t now_ns)
{
	if (!g->budgets[session].limit)
		return;
	take_unshown(g, session);
	if (g->unshown[session])
		tell(g, session, now_ns);
	g->budgets[session].limit = 0;
	if (--g->n == 0 && g->sampling) {
		g->ops->cost_end(g->backend);
		g->sampling = false;
	}
}

/* What was made before the step comes before its notice. */
static void step(struct govern *g, unsigned int session, uint64_t now_ns)
{
	struct budget *b = &g->budgets[session];
	enum tr_shown before = b->shown, shown = budget_next(b, g->used);

	if (shown == before)
		return;
	g->ops->show(g->backend, session, shown);
	hub_drain(g->hub, true);
	take_unshown(g, session);
	tell(g, session, now_ns);
}

static void take_self(struct govern *g, uint64_t now_ns)
{
	struct backend_stats stats;

	g->ops->stats(g->backend, &stats);
	g->records = stats.records;
	g->self_ns = tr_clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	g->self_at_ns = now_ns;
}

/* Thousandths of all processors in the time since `from_ns`. */
static uint32_t share(const struct govern *g, uint64_t ns, uint64_t from_ns, uint64_t now_ns)
{
	uint64_t all = (now_ns - from_ns) * g->ncpus;
	uint64_t thousandths = all ? (ns * 1000 + all - 1) / all : 0;

	return thousandths < 1000 ? thousandths : 1000;
}

static void measure(struct govern *g, uint64_t now_ns)
{
	int64_t programs = g->ops->cost_end(g->backend);
	struct backend_stats stats;
	uint64_t unshown = 0;

	for (unsigned int i = 0; i < TR_MAX_SESSIONS; i++)
		unshown += g->budgets[i].limit ? take_unshown(g, i) : 0;
	g->used = share(g, tr_clock_ns(CLOCK_PROCESS_CPUTIME_ID) - g->self_ns, g->self_at_ns, now_ns);
	if (programs >= 0) {
		g->used += share(g, programs, g->sample_ns, now_ns);
	} else {
		g->ops->stats(g->backend, &stats);
		g->used += share(g,
				 (stats.records - g->records) * RECORD_NS + unshown * COUNT_NS,
				 g->self_at_ns, now_ns);
	}
	take_self(g, now_ns);
}

static void begin_sample(struct govern *g, uint64_t now_ns)
{
	if (!g->next_ns)
		take_self(g, now_ns);
	g->sampling = true;
	g->sample_ns = now_ns;
	g->next_ns = now_ns + SAMPLE_NS;
	g->ops->cost_begin(g->backend);
}

void govern_tick(struct govern *g, uint64_t now_ns)
{
	if (!g->n || now_ns < g->next_ns)
		return;
	if (!g->sampling) {
		begin_sample(g, now_ns);
		return;
	}
	g->sampling = false;
	g->next_ns = now_ns + REST_NS;
	measure(g, now_ns);
	for (unsigned int i = 0; i < TR_MAX_SESSIONS; i++)
		if (g->budgets[i].limit && !(g->stopped >> i & 1))
			step(g, i, now_ns);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * budget.h - when a session that costs too much gets less, and when it gets more again. It is told what was
 * measured at regular times, and nothing else.
 */
#ifndef CORE_BUDGET_H
#define CORE_BUDGET_H

#include <stdint.h>
#include <tracer/event.h>

struct budget {
	uint32_t limit; /* as what is used: thousandths of the processors */
	uint32_t shown; /* enum tr_shown */
	uint32_t over, under; /* measurements in a row that were so */
	uint32_t patience;    /* how many have to be under for a step back */
	uint32_t since;	      /* measurements since the last step back */
};

void budget_init(struct budget *b, uint32_t limit);

/*
 * The next measurement. Returns what is to be shown from now on. Down after two in a row that are over the
 * limit, or at once where one is far over it; back after some in a row that are below half of it, and each
 * time that this proves too early after twice as many.
 */
enum tr_shown budget_next(struct budget *b, uint32_t used);

#endif

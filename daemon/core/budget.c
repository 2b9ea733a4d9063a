/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* budget.c - see budget.h. */
#include "budget.h"

#define OVER 2
#define FAR 3	   /* times the limit */
#define PATIENCE 4
#define PATIENCE_MAX 64
#define EARLY 8 /* a step down so soon after one back: that was too early */

void budget_init(struct budget *b, uint32_t limit)
{
	*b = (struct budget){.limit = limit, .patience = PATIENCE, .since = EARLY + 1};
}

static void step_down(struct budget *b)
{
	b->shown++;
	b->over = b->under = 0;
	if (b->since <= EARLY && b->patience < PATIENCE_MAX)
		b->patience *= 2;
	b->since = EARLY + 1;
}

static void step_back(struct budget *b)
{
	b->shown--;
	b->over = b->under = 0;
	b->since = 0;
}

enum tr_shown budget_next(struct budget *b, uint32_t used)
{
	b->since += b->since <= EARLY;
	b->over = used > b->limit ? b->over + 1 : 0;
	b->under = used < b->limit / 2 || !used ? b->under + 1 : 0;
	if (b->shown < TR_SHOWN_COUNTS && (b->over >= OVER || used > FAR * b->limit))
		step_down(b);
	else if (b->shown && b->under >= b->patience)
		step_back(b);
	return b->shown;
}

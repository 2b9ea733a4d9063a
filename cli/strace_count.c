/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* strace_count.c - see strace_count.h. */
#include "strace_count.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <core/newer.h>
#include <linux/types.h>
#include <tracer/wire.h>
#include "render.h"

#define NAME_MAX_LEN 64

struct strace_counts {
	struct strace_count of[TR_ABI_MAX][TR_NR_MAX];
};

/* A line of the table. */
struct row {
	struct strace_count n;
	uint64_t avg_ns; /* in whole microseconds */
	unsigned int nr;
	char name[NAME_MAX_LEN];
};

static const struct {
	const char *title;
	int width;
	char kind; /* how it is sorted: from large to small, or by name */
} columns[COLUMN_LAST] = {
	[COLUMN_PERCENT] = {"% time", 6, 'n'},	 [COLUMN_TOTAL] = {"seconds", 11, 'n'},
	[COLUMN_MIN] = {"shortest", 8, 'n'},	 [COLUMN_MAX] = {"longest", 8, 'n'},
	[COLUMN_AVG] = {"usecs/call", 11, 'n'},	 [COLUMN_CALLS] = {"calls", 9, 'n'},
	[COLUMN_ERRORS] = {"errors", 9, 'n'},	 [COLUMN_NAME] = {"syscall", 16, 's'},
};

struct strace_counts *strace_counts_new(void)
{
	return calloc(1, sizeof(struct strace_counts));
}

void strace_counts_free(struct strace_counts *n)
{
	free(n);
}

static void merge(struct strace_count *n, const struct strace_count *more)
{
	if (!more->calls)
		return;
	if (!n->calls || more->min_ns < n->min_ns)
		n->min_ns = more->min_ns;
	if (more->max_ns > n->max_ns)
		n->max_ns = more->max_ns;
	n->calls += more->calls;
	n->errors += more->errors;
	n->total_ns += more->total_ns;
}

void strace_counts_add(struct strace_counts *n, unsigned int abi, unsigned int nr,
		       const struct strace_count *more)
{
	if (abi < TR_ABI_MAX)
		merge(&n->of[abi][nr < TR_NR_MAX ? nr : TR_NR_MAX - 1], more);
}

int strace_counts_frame(struct strace_counts *n, const struct strace_options *o, const void *payload,
			size_t len)
{
	const struct tr_summary_head *head = payload;
	const char *p = payload;
	uint32_t entries;

	if (len < sizeof(*head))
		return -EPROTO;
	entries = head->entries;
	p += sizeof(*head);
	len -= sizeof(*head);
	while (entries--) {
		const struct tr_summary_entry *e = (const void *)p;
		size_t size;

		if (len < sizeof(*e) || e->nbuckets > TR_HIST_BUCKETS)
			return -EPROTO;
		size = sizeof(*e) + (size_t)e->nbuckets * 2 * sizeof(__u32);
		if (len < size)
			return -EPROTO;
		if (strace_calls_has(&o->trace, e->abi, e->nr))
			strace_counts_add(n, e->abi, e->nr,
					  &(struct strace_count){e->calls, e->errors, e->total_ns,
								 e->min_ns, e->max_ns});
		p += size;
		len -= size;
	}
	return 0;
}

static uint64_t key_of(const struct row *r, enum strace_column by)
{
	switch (by) {
	case COLUMN_TOTAL:
	case COLUMN_PERCENT:
		return r->n.total_ns;
	case COLUMN_MIN:
		return r->n.min_ns;
	case COLUMN_MAX:
		return r->n.max_ns;
	case COLUMN_AVG:
		return r->avg_ns;
	case COLUMN_CALLS:
		return r->n.calls;
	case COLUMN_ERRORS:
		return r->n.errors;
	default:
		return 0;
	}
}

struct order {
	enum strace_column by;
};

static int compare(const void *a, const void *b, void *ctx)
{
	const struct row *x = a, *y = b;
	const struct order *order = ctx;
	uint64_t kx = key_of(x, order->by), ky = key_of(y, order->by);
	int r = 0;

	if (order->by == COLUMN_NAME)
		r = strcmp(x->name, y->name);
	else if (kx != ky)
		r = kx > ky ? -1 : 1;
	return r ? r : (x->nr > y->nr) - (x->nr < y->nr);
}

static void name_call(struct row *r, const struct newer *newer, unsigned int abi)
{
	struct buf b = {.p = r->name, .cap = sizeof(r->name) - 1};
	const struct sc_row *row = newer_find(newer, abi, r->nr);

	if (row && strlen(row->name) >= sizeof(r->name))
		return;
	render_call_name(row, r->nr, &b);
	r->name[b.len] = '\0';
}

/* The rows of an ABI, in order, and last of all their sum. Returns how many there are without it. */
static size_t fill_rows(const struct strace_counts *n, const struct strace_options *o,
			const struct newer *newer, unsigned int abi, struct row *rows)
{
	int64_t overhead = o->overhead_ns > 0 ? o->overhead_ns : 0;
	struct order order = {o->sort_by};
	struct row *sum;
	size_t count = 0;

	for (unsigned int nr = 0; nr < TR_NR_MAX; nr++) {
		struct row *r = &rows[count];
		uint64_t off;

		if (!n->of[abi][nr].calls)
			continue;
		*r = (struct row){.n = n->of[abi][nr], .nr = nr};
		off = (uint64_t)overhead * r->n.calls;
		r->n.total_ns = r->n.total_ns > off ? r->n.total_ns - off : 0;
		r->avg_ns = r->n.total_ns / r->n.calls / 1000;
		name_call(r, newer, abi);
		count++;
	}
	sum = &rows[count];
	*sum = (struct row){.name = "total"};
	for (size_t i = 0; i < count; i++)
		merge(&sum->n, &rows[i].n);
	sum->avg_ns = sum->n.calls ? sum->n.total_ns / sum->n.calls / 1000 : 0;
	if (order.by)
		qsort_r(rows, count, sizeof(*rows), compare, &order);
	return count;
}

static int put_cell(char *text, size_t size, const struct row *r, const struct row *sum,
		    enum strace_column column)
{
	double percent = sum->n.total_ns ? 100.0 * (double)r->n.total_ns / (double)sum->n.total_ns : 0;

	switch (column) {
	case COLUMN_PERCENT:
		return snprintf(text, size, "%.2f", r == sum ? 100.0 : percent);
	case COLUMN_TOTAL:
		return snprintf(text, size, "%.6f", (double)r->n.total_ns / 1e9);
	case COLUMN_MIN:
		return snprintf(text, size, "%.6f", (double)r->n.min_ns / 1e9);
	case COLUMN_MAX:
		return snprintf(text, size, "%.6f", (double)r->n.max_ns / 1e9);
	case COLUMN_AVG:
		return snprintf(text, size, "%llu", (unsigned long long)r->avg_ns);
	case COLUMN_CALLS:
		return snprintf(text, size, "%llu", (unsigned long long)r->n.calls);
	case COLUMN_ERRORS:
		if (!r->n.errors)
			return snprintf(text, size, "%s", "");
		return snprintf(text, size, "%llu", (unsigned long long)r->n.errors);
	default:
		return snprintf(text, size, "%s", r->name);
	}
}

/* As wide as the widest cell. */
static void measure(const struct strace_options *o, const struct row *rows, size_t n, int *widths)
{
	char text[NAME_MAX_LEN + 1];

	for (unsigned int i = 0; i < COLUMN_LAST && o->columns[i]; i++) {
		widths[i] = columns[o->columns[i]].width;
		for (size_t k = 0; k <= n; k++) {
			int w = put_cell(text, sizeof(text), &rows[k], &rows[n], o->columns[i]);

			if (w > widths[i])
				widths[i] = w;
		}
	}
}

static void put_padded(struct buf *out, const char *text, int width, bool left, bool last)
{
	int pad = width - (int)strlen(text);

	for (int i = 0; !left && i < pad; i++)
		buf_char(out, ' ');
	buf_str(out, text);
	for (int i = 0; left && !last && i < pad; i++)
		buf_char(out, ' ');
	buf_char(out, last ? '\n' : ' ');
}

static bool is_last(const struct strace_options *o, unsigned int i)
{
	return i + 1 == COLUMN_LAST || !o->columns[i + 1];
}

static void put_titles(const struct strace_options *o, const int *widths, struct buf *out)
{
	for (unsigned int i = 0; i < COLUMN_LAST && o->columns[i]; i++)
		put_padded(out, columns[o->columns[i]].title, widths[i],
			   columns[o->columns[i]].kind == 's', is_last(o, i));
}

static void put_dashes(const struct strace_options *o, const int *widths, struct buf *out)
{
	for (unsigned int i = 0; i < COLUMN_LAST && o->columns[i]; i++) {
		for (int k = 0; k < widths[i]; k++)
			buf_char(out, '-');
		buf_char(out, is_last(o, i) ? '\n' : ' ');
	}
}

static void put_row(const struct strace_options *o, const int *widths, const struct row *r,
		    const struct row *sum, struct buf *out)
{
	char text[NAME_MAX_LEN + 1];

	for (unsigned int i = 0; i < COLUMN_LAST && o->columns[i]; i++) {
		put_cell(text, sizeof(text), r, sum, o->columns[i]);
		put_padded(out, text, widths[i], columns[o->columns[i]].kind == 's', is_last(o, i));
	}
}

static void show(const struct strace_options *o, const struct row *rows, size_t n, struct buf *out)
{
	int widths[COLUMN_LAST];

	measure(o, rows, n, widths);
	put_titles(o, widths, out);
	put_dashes(o, widths, out);
	for (size_t i = 0; i < n; i++)
		put_row(o, widths, &rows[i], &rows[n], out);
	put_dashes(o, widths, out);
	put_row(o, widths, &rows[n], &rows[n], out);
}

void strace_counts_show(const struct strace_counts *n, const struct strace_options *o,
			const struct newer *newer, struct buf *out)
{
	struct row *rows = calloc(TR_NR_MAX + 1, sizeof(*rows));

	for (unsigned int abi = 0; rows && abi < TR_ABI_MAX; abi++) {
		size_t count = fill_rows(n, o, newer, abi, rows);

		if (!count)
			continue;
		if (abi == TR_ABI_I386)
			buf_str(out, "System call usage summary for 32 bit mode:\n");
		show(o, rows, count, out);
	}
	free(rows);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tally_show.c - a tally as a table for people, and as one JSON object.
 */
#include "tally_impl.h"

#include <stdlib.h>
#include <string.h>
#include "json.h"
#include "units.h"

#define COLUMN 9	   /* of a number or a time */
#define TOP_CALLS 3	   /* named for each process */
#define PROCS_MAX 20	   /* in the table */
#define HEAD_LINES 3	   /* what a screen needs besides rows */

static int by_total(uint64_t a_ns, uint64_t b_ns, uint64_t a_calls, uint64_t b_calls)
{
	if (a_ns != b_ns)
		return a_ns < b_ns ? 1 : -1;
	return a_calls < b_calls ? 1 : a_calls > b_calls ? -1 : 0;
}

static int compare_calls(const struct tally_call *a, const struct tally_call *b)
{
	int r = by_total(a->counts.total_ns, b->counts.total_ns, a->counts.calls, b->counts.calls);

	return r ? r : strcmp(a->name, b->name);
}

static int compare_procs(const struct tally_proc *a, const struct tally_proc *b)
{
	int r = by_total(a->total_ns, b->total_ns, a->calls, b->calls);

	return r ? r : a->tgid < b->tgid ? -1 : 1;
}

static int compare_rows(const void *x, const void *y)
{
	const struct tally_row *a = x, *b = y;
	int r = by_total(a->total_ns, b->total_ns, a->calls, b->calls);

	return r ? r : strcmp(a->call->name, b->call->name);
}

static void sort(struct tally *t)
{
	struct tally_proc *p, *next;

	HASH_SORT(t->calls, compare_calls);
	HASH_SORT(t->procs, compare_procs);
	HASH_ITER(hh, t->procs, p, next)
		qsort(p->rows, p->nrows, sizeof(*p->rows), compare_rows);
}

/* Lines of a screen that are left. */
struct page {
	const struct tally_view *view;
	struct buf *out;
	size_t from; /* of the line */
	unsigned int left;
};

static bool line_end(struct page *p)
{
	term_cut(p->out, p->from, p->view->width, p->view->color);
	if (p->view->in_place)
		buf_str(p->out, "\033[K");
	buf_char(p->out, '\n');
	p->from = p->out->len;
	if (p->left && --p->left == 0)
		return false;
	return true;
}

static void right(struct buf *out, size_t from, size_t width)
{
	char text[64];
	size_t n = out->len - from;

	if (n >= width || n > sizeof(text))
		return;
	memcpy(text, out->p + from, n);
	out->len = from;
	for (size_t i = n; i < width; i++)
		buf_char(out, ' ');
	buf_put(out, text, n);
}

static void column_text(struct buf *out, const char *s)
{
	size_t from = out->len;

	buf_str(out, s);
	right(out, from, COLUMN);
	buf_char(out, ' ');
}

/* With a comma every three digits. */
static void grouped(struct buf *out, uint64_t v)
{
	if (v < 1000) {
		buf_u64(out, v);
		return;
	}
	grouped(out, v / 1000);
	buf_char(out, ',');
	buf_u64_pad(out, v % 1000, 3, '0');
}

static void column_count(struct buf *out, uint64_t v, bool blank_zero)
{
	size_t from = out->len;

	if (out->failed)
		return;
	if (v || !blank_zero)
		grouped(out, v);
	right(out, from, COLUMN + 2);
	buf_char(out, ' ');
}

static void column_time(struct buf *out, uint64_t ns)
{
	size_t from = out->len;

	if (out->failed)
		return;
	units_duration(out, ns);
	right(out, from, COLUMN);
	buf_char(out, ' ');
}

/* Counts come from a server or a file: a quotient may be more than a number holds. */
static uint64_t rounded(double v)
{
	return v < 1e18 ? (uint64_t)(v + 0.5) : UINT64_MAX;
}

static void column_share(struct buf *out, uint64_t part, uint64_t whole)
{
	uint64_t tenths = whole ? rounded((double)part * 1000 / (double)whole) : 0;
	size_t from = out->len;

	if (out->failed)
		return;
	buf_u64(out, tenths / 10);
	buf_char(out, '.');
	buf_u64(out, tenths % 10);
	buf_char(out, '%');
	right(out, from, 6);
	buf_char(out, ' ');
}

static bool totals_line(struct page *p, const struct tally *t)
{
	struct buf *out = p->out;
	double seconds = (double)t->duration_ns / 1e9;

	term_style(out, p->view->color, STYLE_BOLD);
	grouped(out, t->all.calls);
	buf_str(out, t->all.calls == 1 ? " call" : " calls");
	term_reset(out, p->view->color);
	buf_str(out, " in ");
	units_duration(out, t->duration_ns);
	if (seconds > 0.0) {
		buf_str(out, " (");
		grouped(out, rounded((double)t->all.calls / seconds));
		buf_str(out, "/s)");
	}
	buf_str(out, ", ");
	grouped(out, t->all.errors);
	buf_str(out, t->all.errors == 1 ? " error, " : " errors, ");
	units_duration(out, t->all.total_ns);
	buf_str(out, " spent in calls");
	if (t->lost) {
		term_style(out, p->view->color, STYLE_ERROR);
		buf_str(out, ", ");
		grouped(out, t->lost);
		buf_str(out, " not counted");
		term_reset(out, p->view->color);
	}
	return line_end(p);
}

static bool calls_head(struct page *p)
{
	term_style(p->out, p->view->color, STYLE_DIM);
	buf_str(p->out, "      calls      errors     total  share       p50       p95       p99"
			"       max  call");
	term_reset(p->out, p->view->color);
	return line_end(p);
}

static bool call_line(struct page *p, const struct tally *t, const struct tally_call *c)
{
	const struct tally_counts *n = &c->counts;
	struct buf *out = p->out;

	column_count(out, n->calls, false);
	term_style(out, n->errors ? p->view->color : THEME_NONE, STYLE_ERROR);
	column_count(out, n->errors, true);
	term_reset(out, n->errors ? p->view->color : THEME_NONE);
	column_time(out, n->total_ns);
	column_share(out, n->total_ns, t->all.total_ns);
	column_time(out, hist_percentile(&n->hist, 50, n->min_ns, n->max_ns));
	column_time(out, hist_percentile(&n->hist, 95, n->min_ns, n->max_ns));
	column_time(out, hist_percentile(&n->hist, 99, n->min_ns, n->max_ns));
	column_time(out, n->max_ns);
	buf_char(out, ' ');
	buf_str(out, c->name);
	return line_end(p);
}

static void put_process(struct buf *out, const struct tally_names *names, uint32_t tgid)
{
	const struct tally_name *name = tally_name(names, tgid);

	if (name)
		term_escape(out, name->comm, name->len, false);
	buf_char(out, '[');
	buf_u64(out, tgid);
	buf_char(out, ']');
}

static bool proc_line(struct page *p, const struct tally *t, const struct tally_names *names,
		      const struct tally_proc *proc)
{
	struct buf *out = p->out;
	size_t from;

	column_count(out, proc->calls, false);
	column_count(out, proc->errors, true);
	column_time(out, proc->total_ns);
	column_share(out, proc->total_ns, t->all.total_ns);
	buf_char(out, ' ');
	from = out->len;
	put_process(out, names, proc->tgid);
	term_pad(out, from, 24);
	for (size_t i = 0; i < proc->nrows && i < TOP_CALLS; i++) {
		buf_str(out, i ? ", " : " ");
		buf_str(out, proc->rows[i].call->name);
		buf_char(out, ' ');
		grouped(out, proc->rows[i].calls);
	}
	return line_end(p);
}

static void procs_table(struct page *p, const struct tally *t, const struct tally_names *names)
{
	const struct tally_proc *proc;
	unsigned int shown = 0;

	if (!line_end(p))
		return;
	term_style(p->out, p->view->color, STYLE_DIM);
	column_text(p->out, "    calls");
	buf_str(p->out, "     errors     total  share  process, and its calls by time");
	term_reset(p->out, p->view->color);
	if (!line_end(p))
		return;
	for (proc = t->procs; proc && shown < PROCS_MAX; proc = proc->hh.next, shown++)
		if (!proc_line(p, t, names, proc))
			return;
	if (!proc)
		return;
	buf_str(p->out, "    and ");
	grouped(p->out, HASH_COUNT(t->procs) - shown);
	buf_str(p->out, " more processes");
	line_end(p);
}

void tally_human(struct tally *t, const struct tally_names *names, const struct tally_view *view,
		 struct buf *out)
{
	struct page page = {.view = view, .out = out, .from = out->len};
	unsigned int nprocs = HASH_COUNT(t->procs), rows = 0, nrows = HASH_COUNT(t->calls);

	sort(t);
	/* The last line of a screen stays free for the cursor. */
	page.left = view->height > HEAD_LINES ? view->height - 1 : 0;
	if (page.left && nprocs > 1 && nrows > page.left / 2)
		nrows = page.left / 2;
	if (!totals_line(&page, t) || !t->calls || !calls_head(&page))
		return;
	for (const struct tally_call *c = t->calls; c && rows < nrows; c = c->hh.next, rows++)
		if (!call_line(&page, t, c))
			return;
	if (nprocs > 1)
		procs_table(&page, t, names);
}

static void json_counts(struct json *j, const char *name, const struct tally_counts *c)
{
	static const struct {
		const char *key;
		unsigned int percent;
	} percentiles[] = {{"p50_ns", 50}, {"p95_ns", 95}, {"p99_ns", 99}};

	json_begin(j, '{');
	json_key(j, "syscall");
	json_str(j, name);
	json_key(j, "calls");
	json_u64(j, c->calls);
	json_key(j, "errors");
	json_u64(j, c->errors);
	json_key(j, "total_ns");
	json_u64(j, c->total_ns);
	json_key(j, "min_ns");
	json_u64(j, c->min_ns);
	json_key(j, "max_ns");
	json_u64(j, c->max_ns);
	for (size_t i = 0; i < sizeof(percentiles) / sizeof(percentiles[0]); i++) {
		json_key(j, percentiles[i].key);
		json_u64(j, hist_percentile(&c->hist, percentiles[i].percent, c->min_ns, c->max_ns));
	}
	json_end(j, '}');
}

static void json_proc(struct json *j, const struct tally_names *names, const struct tally_proc *p)
{
	const struct tally_name *name = tally_name(names, p->tgid);

	json_begin(j, '{');
	json_key(j, "pid");
	json_u64(j, p->tgid);
	json_key(j, "comm");
	if (name)
		json_string(j, name->comm, name->len);
	else
		json_null(j);
	json_key(j, "syscalls");
	json_begin(j, '[');
	for (size_t i = 0; i < p->nrows; i++) {
		const struct tally_row *row = &p->rows[i];
		struct tally_counts counts = {.calls = row->calls, .errors = row->errors,
					      .total_ns = row->total_ns, .min_ns = row->min_ns,
					      .max_ns = row->max_ns};

		for (size_t k = 0; k < row->npairs; k++)
			hist_add(&counts.hist, row->pairs[2 * k], row->pairs[2 * k + 1]);
		json_counts(j, row->call->name, &counts);
	}
	json_end(j, ']');
	json_end(j, '}');
}

void tally_json(struct tally *t, const struct tally_names *names, struct buf *out)
{
	struct json j = {.out = out};

	sort(t);
	json_begin(&j, '{');
	json_key(&j, "duration_ns");
	json_u64(&j, t->duration_ns);
	json_key(&j, "lost");
	json_u64(&j, t->lost);
	json_key(&j, "processes");
	json_begin(&j, '[');
	for (const struct tally_proc *p = t->procs; p; p = p->hh.next)
		json_proc(&j, names, p);
	json_end(&j, ']');
	json_key(&j, "syscalls");
	json_begin(&j, '[');
	for (const struct tally_call *c = t->calls; c; c = c->hh.next)
		json_counts(&j, c->name, &c->counts);
	json_end(&j, ']');
	json_end(&j, '}');
	json_line(&j);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * render_human.c - one line for each record that a person understands without the man page: when, who,
 * and a sentence made from the table's words. Only what is at least 1 ms long has its duration told.
 */
#include "render.h"

#include <core/rec.h>
#include <sys/wait.h>
#include "human_say.h"
#include "term.h"
#include "units.h"

#define WHO_COLUMNS 20
#define WHO_NARROW 14
#define NARROW 72 /* columns of a terminal where times have no fractions, and names less room */
#define NOTABLE_NS 1000000
#define SLOW_NS 100000000
#define SAMPLE_BYTES 24 /* of data that the sentence does not mention */

/* The line that is being written. */
struct line {
	struct render *r;
	struct buf *out;
	size_t from;
	size_t outcome; /* where what became of it begins, 0: anywhere; it is not cut */
	enum term_theme color;
};

static bool is_narrow(const struct line *l)
{
	const struct view *view = &l->r->view;

	return view->is_terminal && view->width && view->width < NARROW;
}

static void put_when(struct line *l, const struct tr_hdr *rec)
{
	int64_t ns = render_start_ns(l->r, rec);

	term_style(l->out, l->color, STYLE_DIM);
	if (l->r->view.time == TIME_NONE && is_narrow(l)) {
		render_clock(l->r, ns, l->out);
		buf_char(l->out, ' ');
	} else if (l->r->view.time == TIME_NONE) {
		render_clock(l->r, ns, l->out);
		buf_char(l->out, '.');
		buf_u64_pad(l->out, (uint64_t)ns / 1000000 % 1000, 3, '0');
		buf_char(l->out, ' ');
	} else {
		render_time(l->r, rec, l->out);
	}
	term_reset(l->out, l->color);
}

static void put_who(struct line *l, const struct tr_hdr *rec)
{
	const struct fact_task *task = facts_task(l->r->facts, rec->tid);
	struct buf *out = l->out;
	size_t from = out->len;

	term_style(out, l->color, STYLE_DIM);
	if (task)
		term_escape(out, task->comm, task->comm_len, false);
	else
		buf_char(out, '?');
	buf_char(out, '[');
	buf_u64(out, rec->tgid);
	if (rec->tid != rec->tgid) {
		buf_char(out, '/');
		buf_u64(out, rec->tid);
	}
	buf_char(out, ']');
	term_reset(out, l->color);
	term_pad(out, from, is_narrow(l) ? WHO_NARROW : WHO_COLUMNS);
	buf_char(out, ' ');
}

static void begin_line(struct line *l, const struct tr_hdr *rec)
{
	put_when(l, rec);
	put_who(l, rec);
}

/* Into the width of the terminal: paths get shorter first, then the sentence, what became of it last. */
static void fit(struct line *l)
{
	size_t width = l->r->view.width, n = l->out->len - l->outcome, columns;
	char outcome[256];

	if (!width || l->out->len - l->from <= width)
		return;
	columns = term_columns(l->out->p + l->outcome, n);
	if (!l->outcome || n > sizeof(outcome) || columns > width / 2) {
		term_shorten(l->out, l->from, width);
		term_cut(l->out, l->from, width, l->color);
		return;
	}
	memcpy(outcome, l->out->p + l->outcome, n);
	l->out->len = l->outcome;
	term_shorten(l->out, l->from, width - columns);
	term_cut(l->out, l->from, width - columns, l->color);
	buf_put(l->out, outcome, n);
}

static void end_line(struct line *l)
{
	if (l->r->view.is_terminal)
		fit(l);
	buf_char(l->out, '\n');
}

static enum term_style style_of(const struct sc_row *row)
{
	static const struct {
		uint32_t classes;
		enum term_style style;
	} styles[] = {
		{ SC_NETWORK, STYLE_NETWORK }, { SC_PROCESS, STYLE_PROCESS },
		{ SC_SIGNAL, STYLE_SIGNAL },   { SC_MEMORY, STYLE_MEMORY },
		{ SC_CLOCK, STYLE_TIME },      { SC_FILE | SC_DESC, STYLE_FILE },
	};

	for (size_t i = 0; row && i < sizeof(styles) / sizeof(styles[0]); i++) {
		if (row->classes & styles[i].classes)
			return styles[i].style;
	}
	return STYLE_NONE;
}

/* Data is worth a look if most of it is text. */
static bool is_text(const struct tr_item *item)
{
	const unsigned char *p = rec_item_data(item);
	size_t n = item->len < SAMPLE_BYTES ? item->len : SAMPLE_BYTES, other = 0;

	for (size_t i = 0; i < n; i++)
		other += p[i] < ' ' && p[i] != '\n' && p[i] != '\t' && p[i] != '\r';
	return n && other * 2 <= n;
}

static bool is_sample(const struct call *c, unsigned int i)
{
	unsigned int type = c->row->args[i].type;
	const struct tr_item *item;

	if (type == T_STRV)
		return strcmp(c->row->args[i].name, "argv") == 0;
	if (type != T_BUF || strcmp(c->row->name, "getrandom") == 0)
		return false;
	item = rec_item_find(c->rec, i, TR_PART_SELF, 0, true);
	return item && is_text(item);
}

/* Data and command lines that the sentence left out, in short. */
static void put_sample(struct human_sink *s, struct call *c, unsigned int used)
{
	if (!rec_item_first(c->rec))
		return;
	for (unsigned int i = 0; i < c->nargs; i++) {
		if ((used >> i & 1) || !is_sample(c, i))
			continue;
		if (c->row->args[i].type == T_BUF && c->string_limit > SAMPLE_BYTES)
			c->string_limit = SAMPLE_BYTES;
		buf_str(s->s.out, ": ");
		human_arg(s, c, i);
		return;
	}
}

static void put_error(struct line *l, const struct call *c)
{
	l->outcome = l->out->len;
	buf_str(l->out, ": ");
	term_style(l->out, l->color, STYLE_ERROR);
	human_error(l->out, c->row, (int)-c->rec->ret);
	term_reset(l->out, l->color);
}

/* The first word has the colour of the call's class. */
static void color_verb(struct line *l, size_t from, enum term_style style)
{
	struct buf *out = l->out;
	char sentence[512];
	size_t n = out->len - from, verb;
	const char *space;

	if (!l->color || style == STYLE_NONE || n > sizeof(sentence))
		return;
	memcpy(sentence, out->p + from, n);
	space = memchr(sentence, ' ', n);
	verb = space ? (size_t)(space - sentence) : n;
	out->len = from;
	term_style(out, l->color, style);
	buf_put(out, sentence, verb);
	term_reset(out, l->color);
	buf_put(out, sentence + verb, n - verb);
}

static void put_success(struct line *l, struct human_sink *s, struct call *c)
{
	const char *text = human_did(c);
	size_t from = l->out->len;

	if (text) {
		unsigned int used = human_say(s, c, text);

		color_verb(l, from, style_of(c->row));
		put_sample(s, c, used);
		return;
	}
	human_call(s, c);
	color_verb(l, from, style_of(c->row));
	if (c->rec->ret || !c->row) {
		buf_str(l->out, " = ");
		human_ret(s, c);
	}
}

/* The sentence after "tried to" or "in". */
static void put_intent(struct human_sink *s, const struct call *c)
{
	const char *text = human_tried(c);

	if (text)
		human_say(s, c, text);
	else
		human_call(s, c);
}

static void put_blocked(struct line *l, struct human_sink *s, const struct call *c)
{
	struct buf *out = l->out;

	term_style(out, l->color, STYLE_WARN);
	buf_str(out, "is blocked in ");
	render_call_name(c->row, rec_nr(c->rec), out);
	term_reset(out, l->color);
	buf_str(out, " for ");
	units_duration(out, c->rec->duration_ns);
	buf_str(out, ": ");
	put_intent(s, c);
}

static void put_unreturned(struct line *l, struct human_sink *s, struct call *c)
{
	if (c->row && (c->row->effects & SC_FX_NO_RETURN)) {
		put_success(l, s, c);
		return;
	}
	buf_str(l->out, "ended in ");
	render_call_name(c->row, rec_nr(c->rec), l->out);
	buf_str(l->out, ": ");
	put_intent(s, c);
}

/* The last part of a sentence that has its error in it. */
static void note_outcome(struct line *l, size_t from)
{
	const char *end = memrchr(l->out->p + from, ':', l->out->len - from);

	if (!l->out->failed && end && end[1] == ' ')
		l->outcome = (size_t)(end - l->out->p);
}

static void put_failure(struct line *l, struct human_sink *s, const struct call *c)
{
	const char *whole = human_failed(c);
	size_t from = l->out->len;

	if (whole) {
		human_say(s, c, whole);
		color_verb(l, from, STYLE_WARN);
		note_outcome(l, from);
		return;
	}
	if (human_tried(c))
		buf_str(l->out, "tried to ");
	put_intent(s, c);
	color_verb(l, from, STYLE_WARN);
	put_error(l, c);
}

static void put_duration(struct line *l, const struct tr_syscall *rec)
{
	if (rec->duration_ns < NOTABLE_NS && !l->r->view.durations)
		return;
	if (!l->outcome)
		l->outcome = l->out->len;
	buf_char(l->out, ' ');
	term_style(l->out, l->color, rec->duration_ns >= SLOW_NS ? STYLE_WARN : STYLE_DIM);
	buf_str(l->out, rec->h.flags & TR_F_NO_ENTRY ? "(more than " : "(");
	units_duration(l->out, rec->duration_ns);
	buf_char(l->out, ')');
	term_reset(l->out, l->color);
}

static void put_call(struct line *l, const struct tr_syscall *rec)
{
	struct call c;
	struct human_sink s = {
		.s = { .ops = &human_sink_ops, .out = l->out, .terse = true },
		.facts = l->r->facts,
		.ids = l->r->ids,
		.call = &c,
		.tgid = rec->h.tgid,
		.dir = TR_AT_FDCWD,
	};

	call_init(&c, rec, l->r->facts, l->r->view.string_limit);
	c.show_secrets = l->r->view.show_secrets;
	if (rec->h.flags & TR_F_BLOCKED)
		put_blocked(l, &s, &c);
	else if (!c.returned)
		put_unreturned(l, &s, &c);
	else if (c.failed && !(c.row && (c.row->effects & SC_FX_FOREIGN)))
		put_failure(l, &s, &c);
	else
		put_success(l, &s, &c);
	if (c.returned)
		put_duration(l, rec);
}

static const char *fault_text(int signo, int code)
{
	const char *name = signal_code_name(signo, code);

	if (!name)
		return "a fault at ";
	if (strcmp(name, "SEGV_MAPERR") == 0)
		return "nothing is mapped at ";
	if (strcmp(name, "SEGV_ACCERR") == 0)
		return "no permission for memory at ";
	if (strcmp(name, "FPE_INTDIV") == 0)
		return "division by zero at ";
	return "a fault at ";
}

static void put_signal(struct line *l, const struct tr_signal *rec)
{
	struct human_sink s = { .s = { .out = l->out }, .facts = l->r->facts };
	unsigned int has = signal_fields(rec->signo, rec->code);
	const char *name = sc_signal_name(rec->signo);
	struct buf *out = l->out;

	term_style(out, l->color, has & HAS_ADDR ? STYLE_ERROR : STYLE_SIGNAL);
	buf_str(out, "received ");
	buf_str(out, name ? name : "an unknown signal");
	term_reset(out, l->color);
	if (rec->h.flags & TR_SIG_NO_INFO)
		return;
	if (has & HAS_STATUS) {
		buf_str(out, ": child ");
		human_pid(&s, (uint32_t)rec->pid);
		buf_char(out, ' ');
		/* CLD_EXITED has a status, the other codes a signal */
		human_exit_status(out, rec->code == 1 ? (rec->status & 0xff) << 8 :
				       rec->code == 6 ? 0xffff :
				       rec->code >= 4 ? (rec->status & 0xff) << 8 | 0x7f :
							(rec->status & 0x7f) | (rec->code == 3) << 7);
	} else if ((has & HAS_SENDER) && rec->pid > 0) {
		buf_str(out, " from ");
		human_pid(&s, (uint32_t)rec->pid);
	} else if (has & HAS_ADDR) {
		buf_str(out, ": ");
		buf_str(out, fault_text(rec->signo, rec->code));
		buf_hex(out, rec->addr);
	}
}

static void put_exit(struct line *l, const struct tr_exit *rec)
{
	int status = (int)rec->status;

	term_style(l->out, l->color, status ? STYLE_ERROR : STYLE_PROCESS);
	if (!rec->last && rec->h.tid != rec->h.tgid && !status)
		buf_str(l->out, "ended this thread");
	else
		human_exit_status(l->out, status);
	term_reset(l->out, l->color);
}

static void put_exec(struct line *l, const struct tr_exec *rec)
{
	term_style(l->out, l->color, STYLE_PROCESS);
	buf_str(l->out, "now runs ");
	term_reset(l->out, l->color);
	term_escape(l->out, rec + 1, rec->filename_len, false);
	if (rec->old_tid != rec->h.tid) {
		buf_str(l->out, ", executed by thread ");
		buf_u64(l->out, rec->old_tid);
	}
}

static void put_fork(struct line *l, const struct tr_fork *rec)
{
	bool thread = rec->child_tgid == rec->h.tgid;

	term_style(l->out, l->color, STYLE_PROCESS);
	buf_str(l->out, thread ? "started thread " : "started process ");
	buf_u64(l->out, thread ? rec->child_tid : rec->child_tgid);
	term_reset(l->out, l->color);
}

static void put_lost(struct line *l, const struct tr_lost *rec)
{
	put_when(l, &rec->h);
	term_style(l->out, l->color, STYLE_ERROR);
	buf_u64(l->out, rec->count);
	buf_str(l->out, rec->count == 1 ? " event" : " events");
	buf_str(l->out, rec->where == TR_LOST_RING ?
				" lost here: tracerd could not keep up" :
		       rec->where == TR_LOST_RATE ?
				" lost here: more in a second than you may have" :
				" lost here: they were not read fast enough");
	term_reset(l->out, l->color);
}

static void put_budget(struct line *l, const struct tr_budget *rec)
{
	put_when(l, &rec->h);
	term_style(l->out, l->color, STYLE_ERROR);
	if (rec->unshown) {
		buf_u64(l->out, rec->unshown);
		buf_str(l->out, rec->unshown == 1 ? " call was not shown here; " :
						    " calls were not shown here; ");
	}
	buf_str(l->out, "watching takes ");
	render_percent(rec->used, l->out);
	buf_str(l->out, " of the processors: ");
	buf_str(l->out, render_shown(rec));
	term_reset(l->out, l->color);
}

void render_human(struct render *r, const struct tr_hdr *rec, struct buf *out)
{
	struct line l = { .r = r, .out = out, .from = out->len, .color = r->view.color };

	if (!rec->type || (rec->type >= TR_TASK && rec->type != TR_BUDGET))
		return;
	if (rec->type != TR_LOST && rec->type != TR_BUDGET)
		begin_line(&l, rec);
	switch (rec->type) {
	case TR_SYSCALL:
		put_call(&l, (const void *)rec);
		break;
	case TR_SIGNAL:
		put_signal(&l, (const void *)rec);
		break;
	case TR_EXIT:
		put_exit(&l, (const void *)rec);
		break;
	case TR_EXEC:
		put_exec(&l, (const void *)rec);
		break;
	case TR_FORK:
		put_fork(&l, (const void *)rec);
		break;
	case TR_BUDGET:
		put_budget(&l, (const void *)rec);
		break;
	default:
		put_lost(&l, (const void *)rec);
		break;
	}
	end_line(&l);
}

void render_human_hidden(struct render *r, const struct tr_hdr *rec, uint64_t calls, struct buf *out)
{
	struct line l = { .r = r, .out = out, .from = out->len, .color = r->view.color };

	begin_line(&l, rec);
	term_style(out, l.color, STYLE_DIM);
	buf_str(out, "started up (");
	buf_u64(out, calls);
	buf_str(out, calls == 1 ? " call is hidden)" : " calls are hidden)");
	term_reset(out, l.color);
	end_line(&l);
}

void render_human_end(struct render *r, uint64_t events, uint64_t lost, struct buf *out)
{
	if (!lost)
		return;
	term_style(out, r->view.color, STYLE_ERROR);
	buf_u64(out, lost);
	buf_str(out, " of ");
	buf_u64(out, events + lost);
	buf_str(out, " events were lost");
	term_reset(out, r->view.color);
	buf_char(out, '\n');
}

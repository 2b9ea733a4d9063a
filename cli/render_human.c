/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * render_human.c - one line for each record that a person understands without the man page: when, who,
 * and a sentence made from the table's words. Only what is at least 1 ms long has its duration told.
 */
#include "render.h"

#include <core/rec.h>
#include <sys/wait.h>
#include "human_sink.h"
#include "term.h"
#include "units.h"

#define WHO_COLUMNS 20
#define NOTABLE_NS 1000000
#define SLOW_NS 100000000
#define SAMPLE_BYTES 24 /* of data that the sentence does not mention */

/* The line that is being written. */
struct line {
	struct render *r;
	struct buf *out;
	size_t from;
	bool color;
};

static void put_when(struct line *l, const struct tr_hdr *rec)
{
	int64_t ns = render_start_ns(l->r, rec);

	term_style(l->out, l->color, STYLE_DIM);
	if (l->r->view.time == TIME_NONE) {
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
	term_pad(out, from, WHO_COLUMNS);
	buf_char(out, ' ');
}

static void begin_line(struct line *l, const struct tr_hdr *rec)
{
	put_when(l, rec);
	put_who(l, rec);
}

static void end_line(struct line *l)
{
	if (l->r->view.is_terminal)
		term_cut(l->out, l->from, l->r->view.width, l->color);
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

/* Sets what relative paths of argument i start from: the descriptor before it, or the working directory. */
static void set_base(struct human_sink *s, const struct call *c, unsigned int i)
{
	s->dir = TR_AT_FDCWD;
	s->as_is = i == 0 && strncmp(c->row->name, "symlink", 7) == 0;
	if (i && c->row->args[i - 1].type == T_DIRFD)
		s->dir = (int32_t)c->rec->args[i - 1];
}

static void put_value(struct human_sink *s, const struct call *c, unsigned int i)
{
	const struct facts *facts = s->facts;

	if (call_arg_absent(c, i))
		return;
	set_base(s, c, i);
	s->plain = c->row->args[i].type == T_STRV;
	s->first = true;
	if (c->row->args[i].dir == D_OUT && c->row->args[i].sub == T_FD)
		s->facts = NULL; /* new descriptors: what they were before does not matter */
	value_arg(&s->s, c, i, VALUE_BOTH);
	s->facts = facts;
	s->plain = false;
}

static void put_ret(struct human_sink *s, const struct call *c)
{
	const struct sc_flags *flags;
	enum sc_ret kind = value_ret_kind(c, &flags);
	struct buf *out = s->s.out;

	if (kind == R_FD) {
		buf_str(out, "fd ");
		buf_i64(out, c->rec->ret);
	} else if (kind == R_PID && c->row->nargs && !facts_task(s->facts, (uint32_t)c->rec->ret)) {
		buf_str(out, "process ");
		buf_i64(out, c->rec->ret);
	} else if (kind == R_FLAGS && flags) {
		s->s.ops->word_begin(&s->s);
		value_flags(out, flags, (uint64_t)c->rec->ret, false);
		s->s.ops->word_end(&s->s);
	} else {
		value_ret(&s->s, c);
	}
}

/* The argument of that name, nargs if there is none. */
static unsigned int find_arg(const struct call *c, const char *name, size_t len)
{
	unsigned int i;

	for (i = 0; i < c->nargs; i++) {
		const char *arg = c->row->args[i].name;

		if (strncmp(arg, name, len) == 0 && !arg[len])
			break;
	}
	return i;
}

/* Expands a sentence of the table. Returns the arguments that it mentions, a bit each. */
static unsigned int put_sentence(struct human_sink *s, const struct call *c, const char *text)
{
	struct buf *out = s->s.out;
	unsigned int used = 0;

	for (;;) {
		const char *open = strchr(text, '{');
		const char *close = open ? strchr(open, '}') : NULL;
		size_t len = close ? (size_t)(close - open - 1) : 0, from;
		unsigned int i;

		if (!close)
			break;
		buf_put(out, text, (size_t)(open - text));
		text = close + 1;
		from = out->len;
		i = find_arg(c, open + 1, len);
		if (i < c->nargs) {
			used |= 1u << i;
			put_value(s, c, i);
		} else {
			put_ret(s, c);
		}
		if (out->len == from && from && out->p[from - 1] == ' ')
			out->len--; /* nothing to say: no second space */
	}
	buf_str(out, text);
	return used;
}

/* Data and command lines that the sentence left out, in short. */
static void put_sample(struct human_sink *s, struct call *c, unsigned int used)
{
	if (c->string_limit > SAMPLE_BYTES)
		c->string_limit = SAMPLE_BYTES;
	for (unsigned int i = 0; i < c->nargs; i++) {
		unsigned int type = c->row->args[i].type;

		if ((used >> i & 1) || !rec_item_first(c->rec))
			continue;
		if (type != T_BUF && (type != T_STRV || strcmp(c->row->args[i].name, "argv") != 0))
			continue;
		if (type == T_BUF && !rec_item_find(c->rec, i, TR_PART_SELF, 0, true))
			continue;
		buf_str(s->s.out, ": ");
		put_value(s, c, i);
		return;
	}
}

/* What people see of a call without a sentence: name(arguments). */
static void put_plain(struct human_sink *s, const struct call *c)
{
	struct buf *out = s->s.out;
	bool some = false;

	render_call_name(c->row, c->rec->nr, out);
	buf_char(out, '(');
	for (unsigned int i = 0; i < c->nargs; i++) {
		if (call_arg_absent(c, i))
			continue;
		if (some)
			buf_str(out, ", ");
		some = true;
		s->first = true;
		if (c->row)
			put_value(s, c, i);
		else
			value_arg(&s->s, c, i, VALUE_BOTH);
	}
	buf_char(out, ')');
}

static void put_error(struct line *l, const struct call *c)
{
	buf_str(l->out, ": ");
	term_style(l->out, l->color, STYLE_ERROR);
	human_errno(l->out, (int)-c->rec->ret);
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
	term_style(out, true, style);
	buf_put(out, sentence, verb);
	term_reset(out, true);
	buf_put(out, sentence + verb, n - verb);
}

static bool is_wait(const struct call *c)
{
	return c->row && c->row->ret == R_COUNT &&
	       (strstr(c->row->name, "poll") || strstr(c->row->name, "select"));
}

static void put_success(struct line *l, struct human_sink *s, struct call *c)
{
	size_t from = l->out->len;

	if (c->row && c->row->did) {
		unsigned int used = put_sentence(s, c, c->row->did);

		color_verb(l, from, style_of(c->row));
		put_sample(s, c, used);
	} else {
		put_plain(s, c);
		color_verb(l, from, style_of(c->row));
		if (c->rec->ret || !c->row) {
			buf_str(l->out, " = ");
			put_ret(s, c);
		}
	}
	if (is_wait(c) && !c->rec->ret)
		buf_str(l->out, " (timed out)");
}

/* The sentence after "tried to" or "in". */
static void put_intent(struct human_sink *s, const struct call *c)
{
	if (c->row && c->row->tried)
		put_sentence(s, c, c->row->tried);
	else
		put_plain(s, c);
}

static void put_blocked(struct line *l, struct human_sink *s, const struct call *c)
{
	struct buf *out = l->out;

	term_style(out, l->color, STYLE_WARN);
	buf_str(out, "is blocked in ");
	render_call_name(c->row, c->rec->nr, out);
	term_reset(out, l->color);
	buf_str(out, ": ");
	put_intent(s, c);
	buf_str(out, ", for ");
	units_duration(out, c->rec->duration_ns);
}

static void put_unreturned(struct line *l, struct human_sink *s, struct call *c)
{
	if (c->row && (c->row->effects & SC_FX_NO_RETURN)) {
		put_success(l, s, c);
		return;
	}
	buf_str(l->out, "ended in ");
	render_call_name(c->row, c->rec->nr, l->out);
	buf_str(l->out, ": ");
	put_intent(s, c);
}

static void put_failure(struct line *l, struct human_sink *s, const struct call *c)
{
	size_t from = l->out->len;

	if (c->row && c->row->tried)
		buf_str(l->out, "tried to ");
	put_intent(s, c);
	color_verb(l, from, STYLE_WARN);
	put_error(l, c);
}

static void put_duration(struct line *l, const struct tr_syscall *rec)
{
	if (rec->duration_ns < NOTABLE_NS && !l->r->view.durations)
		return;
	buf_char(l->out, ' ');
	term_style(l->out, l->color, rec->duration_ns >= SLOW_NS ? STYLE_WARN : STYLE_DIM);
	buf_str(l->out, rec->h.flags & TR_F_NO_ENTRY ? "(more than " : "(");
	units_duration(l->out, rec->duration_ns);
	buf_char(l->out, ')');
	term_reset(l->out, l->color);
}

static void put_call(struct line *l, const struct tr_syscall *rec)
{
	struct human_sink s = {
		.s = { &human_sink_ops, l->out, true },
		.facts = l->r->facts,
		.tgid = rec->h.tgid,
		.dir = TR_AT_FDCWD,
	};
	struct call c;

	call_init(&c, rec, l->r->view.string_limit);
	if (rec->h.flags & TR_F_BLOCKED)
		put_blocked(l, &s, &c);
	else if (!c.returned)
		put_unreturned(l, &s, &c);
	else if (c.failed)
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
	if (!rec->last && rec->h.tid != rec->h.tgid)
		buf_str(l->out, "thread ended, it ");
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
				" lost here: they were not read fast enough");
	term_reset(l->out, l->color);
}

void render_human(struct render *r, const struct tr_hdr *rec, struct buf *out)
{
	struct line l = { r, out, out->len, r->view.color };

	if (!rec->type || rec->type >= TR_TASK)
		return;
	if (rec->type != TR_LOST)
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
	default:
		put_lost(&l, (const void *)rec);
		break;
	}
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

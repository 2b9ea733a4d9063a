/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * human_say.c - picks the sentence that the values of a call ask for, and puts the values into it.
 */
#include "human_say.h"

#include <core/compat.h>
#include <core/rec.h>
#include <sys/stat.h>
#include "render.h"
#include "units.h"

static uint64_t load(const struct tr_item *item, size_t off, size_t size)
{
	uint64_t v = 0;

	if (off < item->len && size <= item->len - off)
		memcpy(&v, (const char *)rec_item_data(item) + off, size < sizeof(v) ? size : sizeof(v));
	return v;
}

/* The first time of two is how often, the second when: never, if it is 0. */
static bool stops(const struct tr_item *item)
{
	size_t half = item ? item->len / 2 : 0;

	for (size_t i = half; i < 2 * half; i++) {
		if (((const uint8_t *)rec_item_data(item))[i])
			return false;
	}
	return half > 0;
}

static bool holds(const struct call *c, const struct sc_when *w)
{
	uint64_t mask = w->mask ? w->mask : UINT32_MAX;
	const struct tr_item *item;

	switch (w->what) {
	case SC_IF_ARG:
		return (c->rec->args[w->arg] & mask) == w->value;
	case SC_IF_RET:
		return c->returned && !c->failed && (uint64_t)c->rec->ret == w->value;
	case SC_IF_AT:
		item = rec_item_find(c->rec, w->arg, TR_PART_SELF, 0, false);
		if (!item || (item->flags & TR_ITEM_FAULT))
			return false;
		return (load(item, 0, item->len < 8 ? item->len : 8) & mask) == w->value;
	case SC_IF_STOPS:
		return stops(rec_item_find(c->rec, w->arg, TR_PART_SELF, 0, false));
	case SC_IF_ERR:
		return c->failed && (uint64_t)-c->rec->ret == w->value;
	default:
		return true;
	}
}

static bool all_hold(const struct call *c, const struct sc_say *say)
{
	for (unsigned int i = 0; i < SC_WHENS && say->when[i].what; i++) {
		if (!holds(c, &say->when[i]))
			return false;
	}
	return true;
}

static bool is_of_failure(const struct sc_say *say)
{
	return say->when[0].what == SC_IF_ERR;
}

static const char *choose(const struct call *c, bool did)
{
	if (!c->row)
		return NULL;
	for (const struct sc_say *say = c->row->says; say && (say->did || say->tried); say++) {
		const char *text = did ? say->did : say->tried;

		if (text && !is_of_failure(say) && all_hold(c, say))
			return text;
	}
	return did ? c->row->did : c->row->tried;
}

const char *human_did(const struct call *c)
{
	return choose(c, true);
}

const char *human_tried(const struct call *c)
{
	return choose(c, false);
}

const char *human_failed(const struct call *c)
{
	for (const struct sc_say *say = c->row ? c->row->says : NULL; say && (say->did || say->tried); say++) {
		if (is_of_failure(say) && all_hold(c, say))
			return say->did;
	}
	return NULL;
}

/* A path that is only text, or no path of a file at all: where a link leads, "proc" mounted, a queue's name. */
static bool is_only_text(const struct call *c, unsigned int i)
{
	const char *name = c->row->name;

	if (i)
		return false;
	return (name[0] == 's' && strncmp(name, "symlink", 7) == 0) ||
	       (name[0] == 'm' && (strncmp(name, "mq_", 3) == 0 || strcmp(name, "mount") == 0));
}

/* Sets what relative paths of argument i start from: the descriptor before it, or the working directory. */
static void set_base(struct human_sink *s, const struct call *c, unsigned int i)
{
	s->dir = TR_AT_FDCWD;
	s->as_is = is_only_text(c, i);
	if (i && c->row->args[i - 1].type == T_DIRFD)
		s->dir = (int32_t)c->rec->args[i - 1];
}

static uint64_t field(const struct sc_struct *st, const struct tr_item *item, const char *end)
{
	for (const struct sc_field *f = st->fields; f->name; f++) {
		const char *name = strchr(f->name, '_');

		if (name && strcmp(name, end) == 0)
			return load(item, f->off, f->size);
	}
	return 0;
}

/* "3.2 GiB of 20 GiB free" */
static void put_statfs(struct human_sink *s, const struct sc_struct *st, const struct tr_item *item)
{
	uint64_t unit = field(st, item, "_bsize");

	if (!field(st, item, "_blocks")) {
		buf_str(s->s.out, "it is not on a disk");
		return;
	}
	units_bytes(s->s.out, field(st, item, "_bavail") * unit);
	buf_str(s->s.out, " of ");
	units_bytes(s->s.out, field(st, item, "_blocks") * unit);
	buf_str(s->s.out, " free");
}

/* "file of 43.8 KiB": what people look at files for. False: it is no struct stat, or is not there. */
static bool put_stat(struct human_sink *s, const struct call *c, unsigned int i)
{
	static const char *const kinds[16] = {
		[1] = "named pipe",   [2] = "character device", [4] = "directory", [6] = "block device",
		[8] = "file",	      [10] = "symbolic link",	[12] = "socket",
	};
	const struct sc_arg *arg = call_arg(c, i);
	const struct sc_struct *st;
	const struct tr_item *item;
	unsigned int kind;

	if (arg->type != T_STRUCT || arg->dir != D_OUT)
		return false;
	st = sc_abi_ref(c->rec->abi, arg->ref);
	if (strncmp(st->name, "stat", 4) != 0)
		return false;
	item = rec_item_find(c->rec, i, TR_PART_SELF, 0, true);
	if (!item || c->is_32)
		return false;
	if (strncmp(st->name, "statfs", 6) == 0) {
		put_statfs(s, st, item);
		return true;
	}
	kind = (unsigned int)field(st, item, "_mode") >> 12 & 15;
	if (!kinds[kind])
		return false;
	buf_str(s->s.out, kinds[kind]);
	if (kind == 8) {
		buf_str(s->s.out, " of ");
		units_bytes(s->s.out, field(st, item, "_size"));
	}
	return true;
}

static bool is_pollfds(const struct sc_arg *arg)
{
	return arg->type == T_ARRAY && strcmp(((const struct sc_struct *)arg->ref)->name, "pollfd") == 0;
}

void human_arg(struct human_sink *s, const struct call *c, unsigned int i)
{
	const struct facts *facts = s->facts;

	if (call_arg_absent(c, i) || put_stat(s, c, i))
		return;
	set_base(s, c, i);
	s->sentence = is_pollfds(&c->row->args[i]);
	s->sentence |= c->row->args[i].type == T_NUMS && c->row->args[i].sub == T_FD;
	s->plain = s->sentence || c->row->args[i].type == T_STRV;
	s->first = true;
	if (c->row->args[i].dir == D_OUT && c->row->args[i].sub == T_FD)
		s->facts = NULL; /* new descriptors: what they were before does not matter */
	value_arg(&s->s, c, i, VALUE_BOTH);
	s->facts = facts;
	s->plain = s->sentence = false;
}

void human_ret(struct human_sink *s, const struct call *c)
{
	const struct sc_flags *flags;
	enum sc_ret kind = value_ret_kind(c, &flags);
	struct buf *out = s->s.out;

	if (kind == R_FD) {
		buf_str(out, "fd ");
		buf_i64(out, c->rec->ret);
	} else if (kind == R_PID && (c->row->classes & SC_PURE)) {
		buf_i64(out, c->rec->ret); /* its own */
	} else if (kind == R_PID && c->row->nargs && !facts_task(s->facts, (uint32_t)c->rec->ret)) {
		buf_str(out, c->row->classes & SC_PROCESS ? "process " : "");
		buf_i64(out, c->rec->ret);
	} else if (kind == R_COUNT && !c->rec->ret) {
		buf_str(out, "none");
	} else if (kind == R_FLAGS && flags == NULL) {
		value_ret(&s->s, c);
	} else if (kind == R_FLAGS && !c->rec->ret && flags->rows[0].value) {
		buf_str(out, "none");
	} else if (kind == R_IOPRIO) {
		value_num(&s->s, T_IOPRIO, flags, c->rec->ret);
	} else if (kind == R_FLAGS || (kind == R_ENUM && flags)) {
		s->s.ops->word_begin(&s->s);
		value_flags(out, flags, (uint64_t)c->rec->ret, kind == R_ENUM);
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

/* It says nothing: NULL, 0, no descriptor, an empty set. */
static bool is_nothing(const struct human_sink *s, const struct call *c, unsigned int i, size_t from)
{
	const struct buf *out = s->s.out;
	unsigned int type = call_arg(c, i)->type;

	if (out->len == from || (out->len == from + 2 && memcmp(out->p + from, "[]", 2) == 0))
		return true;
	if (type == T_SIGSET && memcmp(out->p + from, "no", 2) == 0)
		return true;
	if (type == T_FD)
		return (int32_t)c->rec->args[i] < 0;
	return !c->rec->args[i] && type != T_DIRFD && type != T_PID;
}

/* What is between braces. False: it says nothing. */
static bool put_word(struct human_sink *s, const struct call *c, const char *name, size_t len,
		     unsigned int *used)
{
	const char *dot = memchr(name, '.', len);
	unsigned int i = find_arg(c, name, dot ? (size_t)(dot - name) : len);
	size_t from = s->s.out->len;

	if (i == c->nargs) {
		if (len == 5) {
			s->plain = s->sentence = s->first = true;
			value_ready(&s->s, c);
			s->plain = s->sentence = false;
		} else {
			human_ret(s, c);
		}
		return s->s.out->len != from;
	}
	*used |= 1u << i;
	if (!dot) {
		human_arg(s, c, i);
		return !is_nothing(s, c, i, from);
	}
	s->first = true;
	if (!value_field(&s->s, c, i, dot + 1, len - (size_t)(dot + 1 - name)))
		human_arg(s, c, i);
	if (s->s.out->len == from + 3 && memcmp(s->s.out->p + from, "0 s", 3) == 0)
		return false;
	return s->s.out->len != from;
}

/* What follows is what there are so many of. */
static bool counts(const char *text)
{
	return text[0] == ' ' && strncmp(text, " of ", 4) && strncmp(text, " ready", 6) && strncmp(text, " done", 5);
}

unsigned int human_say(struct human_sink *s, const struct call *c, const char *text)
{
	struct buf *out = s->s.out;
	unsigned int used = 0;
	size_t part = 0; /* where the part in brackets began */
	bool empty = false;

	for (;;) {
		size_t n = strcspn(text, "{[]"), from;

		buf_put(out, text, n);
		text += n;
		if (!*text)
			return used;
		if (*text == '[') {
			part = out->len;
			empty = false;
			text++;
			continue;
		}
		if (*text++ == ']') {
			if (empty && !out->failed)
				out->len = part;
			continue;
		}
		n = strcspn(text, "}");
		from = out->len;
		empty |= !put_word(s, c, text, n, &used);
		text += n + (text[n] == '}');
		if (out->len == from + 4 && memcmp(out->p + from, "none", 4) == 0 && counts(text))
			out->len -= 2; /* "no messages" */
		if (out->len == from && from && out->p[from - 1] == ' ')
			out->len--; /* nothing to say: no second space */
	}
}

void human_call(struct human_sink *s, const struct call *c)
{
	struct buf *out = s->s.out;
	bool some = false;

	render_call_name(c->row, rec_nr(c->rec), out);
	buf_char(out, '(');
	for (unsigned int i = 0; i < c->nargs; i++) {
		if (call_arg_absent(c, i))
			continue;
		if (some)
			buf_str(out, ", ");
		some = true;
		s->first = true;
		if (c->row)
			human_arg(s, c, i);
		else
			value_arg(&s->s, c, i, VALUE_BOTH);
	}
	buf_char(out, ')');
}

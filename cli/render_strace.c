/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * render_strace.c - the format of strace(1): name(arguments) = result.
 */
#include "render.h"

#include <core/newer.h>
#include <core/rec.h>
#include <sys/wait.h>
#include "strace_call.h"

#define RESULT_COLUMN 40
#define PID_COLUMN 6

static void put_prefix(struct render *r, const struct tr_hdr *rec, struct buf *out)
{
	if (r->view.pid_column) {
		size_t from = out->len;

		buf_u64(out, rec->tid);
		buf_char(out, ' ');
		buf_pad(out, from, PID_COLUMN);
	} else if (r->view.multi) {
		buf_put(out, "[pid ", 5);
		buf_u64_pad(out, rec->tid, 5, ' ');
		buf_put(out, "] ", 2);
	}
	render_time(r, rec, out);
}

static void put_seconds(struct buf *out, uint64_t ns)
{
	buf_u64(out, ns / 1000000000);
	buf_char(out, '.');
	buf_u64_pad(out, ns / 1000 % 1000000, 6, '0');
}

/* What clone3 stored for its caller. */
static void put_clone3(struct strace_sink *s, const struct call *c)
{
	static const struct {
		const char *name;
		uint32_t flag;
		uint8_t off;
	} stored[] = { { "pidfd=[", 0x1000, 8 }, { "parent_tid=[", 0x00100000, 24 } };
	const struct tr_item *item = rec_item_find(c->rec, 0, TR_PART_SELF, 0, false);
	uint64_t flags = 0;
	bool some = false;

	if (!item || item->len < 8 || c->is_32 || c->failed || s->opaque)
		return;
	memcpy(&flags, rec_item_data(item), 8);
	for (size_t i = 0; i < sizeof(stored) / sizeof(stored[0]); i++) {
		const struct tr_item *at = rec_item_find(c->rec, 0, TR_PART_POINTEE, stored[i].off / 4, true);
		int32_t v;

		if (!(flags & stored[i].flag) || !at || at->len < sizeof(v))
			continue;
		memcpy(&v, rec_item_data(at), sizeof(v));
		buf_str(s->s.out, some ? ", " : " => {");
		some = true;
		buf_str(s->s.out, stored[i].name);
		if (i == 0)
			s->s.ops->fd(&s->s, v, false);
		else
			buf_i64(s->s.out, v);
		buf_char(s->s.out, ']');
	}
	if (some)
		buf_char(s->s.out, '}');
}

static bool is_clone3(const struct call *c)
{
	return c->row && strcmp(c->row->name, "clone3") == 0;
}

/*
 * clone shows which arguments its flags make use of, with their names and the stack first. False: it has
 * not returned, and there are more than these two.
 */
static bool put_clone(struct strace_sink *s, const struct call *c)
{
	static const struct {
		const char *name;
		uint8_t arg;
		uint32_t flags; /* 0: always there */
	} shown[] = {
		{ "child_stack=", 1, 0 },
		{ ", flags=", 0, 0 },
		{ ", parent_tid=", 2, 0x00101000 }, /* CLONE_PARENT_SETTID, CLONE_PIDFD */
		{ ", tls=", 4, 0x00080000 },	    /* CLONE_SETTLS */
		{ ", child_tidptr=", 3, 0x01200000 }, /* CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID */
	};

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		if (shown[i].flags && !(c->rec->args[0] & shown[i].flags))
			continue;
		if (shown[i].flags && !c->returned)
			return false;
		buf_str(s->s.out, shown[i].name);
		s->first = true;
		if (s->opaque && shown[i].arg == 2)
			s->s.ops->addr(&s->s, c->rec->args[2]);
		else
			value_arg(&s->s, c, shown[i].arg, VALUE_BOTH);
	}
	return true;
}

/* The mask that is restored is read from the stack, which may be no frame at all. */
static void put_sigreturn(struct strace_sink *s, const struct call *c)
{
	if (!rec_item_find(c->rec, 0, TR_PART_SELF, 0, false))
		return;
	buf_str(s->s.out, "{mask=");
	if (s->opaque)
		s->s.ops->addr(&s->s, c->rec->args[0]);
	else
		value_arg(&s->s, c, 0, VALUE_ENTRY);
	buf_char(s->s.out, '}');
}

static bool is_sigreturn(const struct call *c)
{
	return c->row && (c->row->effects & SC_FX_SIGFRAME);
}

static bool is_clone(const struct call *c)
{
	return c->row && c->rec->abi == TR_ABI_X86_64 && strcmp(c->row->name, "clone") == 0;
}

/* A value that the call changes, and that is shown as it was and as it is: the first of them is known. */
static bool is_halfway(const struct call *c, unsigned int i)
{
	return c->rec->args[i] && call_arg_change(c, i) == CHANGE_BOTH;
}

/* strace looks at such an argument only when the call has returned, also where it is NULL. */
static bool is_deferred(const struct call *c, unsigned int i)
{
	const struct sc_arg *arg = call_arg(c, i);

	if (arg->type == T_MMSGHDR) /* with how much was sent of each */
		return true;
	if (c->rec->args[i])
		return call_arg_is_result(c, i);
	return arg->dir == D_OUT && arg->type >= T_PATH && arg->type <= T_SOCKOPT;
}

static void put_arg_name(struct strace_sink *s, const struct call *c, unsigned int i)
{
	const char *name = call_arg(c, i)->name;

	if (!s->arg_names)
		return;
	/* One that hangs on another has no name of its own where it is not used. */
	buf_str(s->s.out, name || !c->row ? name : c->row->args[i].name);
	buf_char(s->s.out, '=');
}

/* It points to something that is more than a string. */
static bool is_opaque(const struct call *c, unsigned int i)
{
	unsigned int type = call_arg(c, i)->type;

	return type > T_BUF && type <= T_SOCKOPT;
}

static void put_hex(struct buf *out, uint64_t v)
{
	if (v)
		buf_hex(out, v);
	else
		buf_char(out, '0');
}

static void put_raw_args(struct buf *out, const struct call *c)
{
	for (unsigned int i = 0; i < c->nargs && !is_sigreturn(c); i++) {
		if (i)
			buf_put(out, ", ", 2);
		put_hex(out, c->rec->args[i]);
	}
}

/* poll and select: which descriptors are ready is told only when they return. */
static bool tells_ready(const struct call *c)
{
	const struct sc_row *row = c->row;

	if (!row || c->nargs < 3 || row->ret != R_COUNT)
		return false;
	return (row->args[0].type == T_ARRAY && row->args[0].dir == D_INOUT) || row->args[1].type == T_FDSET;
}

/* False: the call has not filled an argument, and those after it are not shown either. */
static bool put_args(struct strace_sink *s, const struct call *c)
{
	struct buf *out = s->s.out;
	bool some = false;

	for (unsigned int i = 0; i < c->nargs; i++) {
		unsigned int bytes = i == 2 ? value_ioctl_bytes(&s->s, c) : 0;

		s->arg_at[i] = out->len;
		if (call_arg_absent(c, i))
			continue;
		if (some)
			buf_put(out, ", ", 2);
		some = true;
		if (!c->returned &&
		    (is_deferred(c, i) || call_arg_change(c, i) == CHANGE_AFTER || bytes == IOCTL_FILLED))
			return false;
		put_arg_name(s, c, i);
		s->first = true;
		if (s->opaque && is_opaque(c, i) && !call_arg_empty(c, i))
			s->s.ops->addr(&s->s, c->rec->args[i]);
		else
			value_arg(&s->s, c, i, VALUE_BOTH);
		if (i == 0 && c->returned && is_clone3(c))
			put_clone3(s, c);
		if (!c->returned && (is_halfway(c, i) || is_clone3(c) || bytes == (IOCTL_GIVEN | IOCTL_FILLED)))
			return false;
	}
	return c->returned || !tells_ready(c);
}

/* raw: it is not said what becomes of a call that is interrupted. */
static void put_failure(struct buf *out, int64_t ret, bool raw)
{
	int err = (int)-ret;
	const char *name = sc_errno_name(err), *text = sc_errno_text(err);
	bool restarts = !raw && ((err >= 512 && err <= 514) || err == 516);

	buf_str(out, restarts ? "? " : "-1 ");
	if (!name) {
		buf_str(out, "(errno ");
		buf_i64(out, err);
		buf_char(out, ')');
		return;
	}
	buf_str(out, name);
	if (err >= 512 && !restarts) { /* the C library has no text for what only the kernel knows */
		buf_str(out, " (Unknown error ");
		buf_i64(out, err);
		buf_char(out, ')');
	} else if (text) {
		buf_put(out, " (", 2);
		buf_str(out, text);
		buf_char(out, ')');
	}
}

/* Of what a call made ready strace tells no more than it has room for. */
#define READY_ROOM 1024
#define READY_SET_ROOM (READY_ROOM - 25)

/* What select left of a set, of which so many count. The bracket of one that has no room for any is there, too. */
static void put_ready_set(struct buf *out, const struct call *c, unsigned int i, const char *name, size_t from,
			  int64_t *ready)
{
	const char *lead = NULL;

	for (int32_t b = 0; *ready > 0 && (b = value_fdset_next(c, i, b)) >= 0; b++, --*ready) {
		if (out->len - from >= READY_SET_ROOM)
			continue;
		if (!lead && out->len > from)
			buf_put(out, ", ", 2);
		buf_str(out, lead ? lead : name);
		buf_u64(out, (uint64_t)b);
		lead = " ";
	}
	if (out->len > from)
		buf_char(out, ']');
}

/* What is left of the timeout; what is told began at from. */
static void put_left(struct strace_sink *s, const struct call *c, unsigned int i, size_t from)
{
	struct buf *out = s->s.out;
	size_t mark = out->len;

	buf_str(out, mark > from ? ", left " : "left ");
	if (s->opaque)
		s->s.ops->addr(&s->s, c->rec->args[i]);
	else
		value_arg(&s->s, c, i, VALUE_EXIT);
	if (out->len - from < READY_ROOM - 1)
		return;
	out->len = mark;
	if (c->row->args[0].type == T_ARRAY)
		buf_put(out, ", ...", 5);
}

static void put_selected(struct strace_sink *s, const struct call *c, size_t from)
{
	static const char *const names[] = { "in [", "out [", "except [" };
	int64_t ready = c->rec->ret;
	unsigned int next = 0;

	for (unsigned int i = 0; i < c->nargs; i++) {
		const struct sc_arg *arg = &c->row->args[i];
		const char *name = arg->type == T_FDSET ? names[next++ % 3] : NULL;

		if (!c->rec->args[i] || !call_arg_changed(c, i))
			continue;
		if (name && ready > 0)
			put_ready_set(s->s.out, c, i, name, from, &ready);
		else if (arg->type == T_STRUCT)
			put_left(s, c, i, from);
	}
}

static void put_ready(struct strace_sink *s, const struct call *c)
{
	bool messages = c->row->nargs == 5 && c->row->args[1].type == T_MMSGHDR;
	bool sets = c->row->args[1].type == T_FDSET, array = c->row->args[0].type == T_ARRAY && !messages;
	const struct facts *facts = s->facts;
	struct buf *out = s->s.out;
	size_t from = out->len + 2;

	if ((!messages && !sets && !array) || (s->opaque && c->rec->ret && !sets))
		return;
	if (!c->rec->ret && (sets || (array && c->row->args[0].dir == D_INOUT))) {
		buf_str(out, " (Timeout)");
		return;
	}
	s->facts = NULL; /* they were named in the arguments */
	buf_put(out, " (", 2);
	if (!array || value_ready(&s->s, c))
		put_selected(s, c, from);
	s->facts = facts;
	if (out->len > from)
		buf_char(out, ')');
	else
		out->len = from - 2;
}

/* What strace writes in front of the names of a result's flags. */
static const char *flags_word(const struct call *c)
{
	if (strncmp(c->row->name, "fcntl", 5) != 0)
		return "";
	switch ((uint32_t)c->rec->args[1]) {
	case 1: /* F_GETFD */
	case 3: /* F_GETFL */
		return "flags ";
	case 1034: /* F_GET_SEALS */
		return "seals ";
	default:
		return "";
	}
}

static void put_ret_flags(struct strace_sink *s, const struct call *c, const struct sc_flags *flags)
{
	bool fcntl = strncmp(c->row->name, "fcntl", 5) == 0, prctl = strcmp(c->row->name, "prctl") == 0;
	bool always = prctl || (fcntl && (uint32_t)c->rec->args[1] != 1); /* F_GETFD */
	uint64_t v = (uint64_t)c->rec->ret;
	struct buf *out = s->s.out;
	size_t from = out->len;

	if (prctl && s->s.wordless)
		return;
	buf_put(out, " (", 2);
	buf_str(out, flags_word(c));
	if (always) /* whatever -X says */
		value_flags(out, flags, v, false);
	else
		value_num(&s->s, T_FLAGS, flags, (int64_t)v);
	if (out->p[out->len - 1] == '0' && !v)
		out->len = from; /* no flag has the value 0 */
	else
		buf_char(out, ')');
}

/* Which entry set_thread_area chose. */
static void put_entry_number(struct buf *out, const struct call *c)
{
	const struct tr_item *item = rec_item_find(c->rec, 0, TR_PART_SELF, 0, true);
	uint32_t entry;

	if (!item || item->len < sizeof(entry) || !(item->flags & TR_ITEM_EXIT))
		return;
	memcpy(&entry, rec_item_data(item), sizeof(entry));
	buf_str(out, " (entry_number=");
	buf_u64(out, entry);
	buf_char(out, ')');
}

/* What the number stands for. */
static void put_ret_word(struct strace_sink *s, const struct call *c, enum sc_ret kind,
			 const struct sc_flags *flags)
{
	struct buf *out = s->s.out;
	const char *signal = kind == R_SIGNAL ? sc_signal_name((int)c->rec->ret) : NULL;

	if (kind == R_FLAGS && flags) {
		put_ret_flags(s, c, flags);
		return;
	}
	if (!signal && !(kind == R_ENUM && flags) && kind != R_TIME && kind != R_IOPRIO)
		return;
	if ((kind == R_IOPRIO && s->s.wordless) || (s->opaque && strstr(c->row->name, "adjtime")))
		return;
	if (kind == R_TIME && !c->rec->ret)
		return;
	buf_put(out, " (", 2);
	if (signal)
		buf_str(out, signal);
	else if (kind == R_TIME)
		strace_date(out, c->rec->ret, 0, 0);
	else if (kind == R_IOPRIO)
		value_ioprio(&s->s, (uint32_t)c->rec->ret, flags);
	else
		value_flags(out, flags, (uint64_t)c->rec->ret, true);
	buf_char(out, ')');
}

static bool is_restart(const struct call *c)
{
	return c->row && !c->nargs && strcmp(c->row->name, "restart_syscall") == 0;
}

static void put_restart(struct buf *out, const struct call *c)
{
	struct fact_call before = {};

	if (c->facts)
		before = facts_call_before(c->facts, c->rec);
	buf_str(out, "<... resuming interrupted ");
	if (before.known)
		render_call_name(newer_find(facts_newer(c->facts), before.abi, before.nr), before.nr, out);
	else
		buf_str(out, "system call");
	buf_str(out, " ...>");
}

bool strace_call_begin(struct strace_sink *s, const struct call *c)
{
	render_call_name(c->row, rec_nr(c->rec), s->s.out);
	buf_char(s->s.out, '(');
	if (s->raw) {
		put_raw_args(s->s.out, c);
		return true;
	}
	if (is_sigreturn(c)) {
		put_sigreturn(s, c);
		return true;
	}
	if (is_restart(c)) {
		put_restart(s->s.out, c);
		return true;
	}
	return is_clone(c) ? put_clone(s, c) : put_args(s, c);
}

void strace_call_result(struct strace_sink *s, const struct call *c)
{
	struct buf *out = s->s.out;
	const struct sc_flags *flags;
	enum sc_ret kind;

	if (!c->returned) {
		buf_char(out, '?');
		return;
	}
	if (c->failed) {
		put_failure(out, c->rec->ret, s->raw);
		return;
	}
	if (s->raw) {
		put_hex(out, (uint64_t)c->rec->ret);
		return;
	}
	value_ret(&s->s, c);
	kind = value_ret_kind(c, &flags);
	if (c->row && strcmp(c->row->name, "set_thread_area") == 0 && !s->opaque)
		put_entry_number(out, c);
	else if (kind == R_COUNT && c->row)
		put_ready(s, c);
	else
		put_ret_word(s, c, kind, flags);
}

static void put_call(struct render *r, const struct tr_syscall *rec, struct buf *out)
{
	struct strace_sink s = {
		.s = { .ops = &strace_sink_ops, .out = out, .terse = true, .all_names = true, .ids = r->ids },
		.facts = r->view.fds ? r->facts : NULL,
		.tgid = rec->h.tgid,
		.decode_fds = STRACE_FDS_ALL,
	};
	size_t from = out->len;
	struct call c;
	bool whole;

	call_init(&c, rec, r->facts, r->view.string_limit);
	c.show_secrets = r->view.show_secrets;
	put_prefix(r, &rec->h, out);
	whole = strace_call_begin(&s, &c);
	if (!whole || (rec->h.flags & TR_F_BLOCKED))
		buf_str(out, " <unfinished ...>");
	if (!(rec->h.flags & TR_F_BLOCKED)) {
		buf_put(out, ") ", 2);
		buf_pad(out, from, RESULT_COLUMN);
		buf_put(out, "= ", 2);
		strace_call_result(&s, &c);
		if (r->view.durations && c.returned) {
			buf_put(out, " <", 2);
			put_seconds(out, rec->duration_ns);
			buf_char(out, '>');
		}
	}
	buf_char(out, '\n');
}

static void put_signo(struct buf *out, int signo)
{
	const char *name = sc_signal_name(signo);

	if (name)
		buf_str(out, name);
	else
		buf_i64(out, signo);
}

void strace_signal(struct strace_sink *s, const struct tr_signal *rec)
{
	struct buf *out = s->s.out;

	buf_str(out, "--- ");
	put_signo(out, rec->signo);
	if (!(rec->h.flags & TR_SIG_NO_INFO)) {
		buf_char(out, ' ');
		strace_siginfo(s, rec);
	}
	buf_str(out, " ---\n");
}

void strace_exit(const struct tr_exit *rec, struct buf *out)
{
	int status = (int)rec->status;

	if (WIFSIGNALED(status)) {
		buf_str(out, "+++ killed by ");
		put_signo(out, WTERMSIG(status));
		buf_str(out, WCOREDUMP(status) ? " (core dumped)" : "");
	} else {
		buf_str(out, "+++ exited with ");
		buf_u64(out, WEXITSTATUS(status));
	}
	buf_str(out, " +++\n");
}

static void put_exec(struct render *r, const struct tr_exec *rec, struct buf *out)
{
	if (rec->old_tid == rec->h.tid)
		return;
	put_prefix(r, &rec->h, out);
	buf_str(out, "+++ superseded by execve in pid ");
	buf_u64(out, rec->old_tid);
	buf_str(out, " +++\n");
}

static void put_lost(const struct tr_lost *rec, struct buf *out)
{
	buf_str(out, "--- lost ");
	buf_u64(out, rec->count);
	buf_str(out, rec->where == TR_LOST_RING ? " events: the tracer could not keep up ---\n" :
		     rec->where == TR_LOST_RATE ? " events: more than a user may have ---\n" :
						  " events: they were not read in time ---\n");
}

static void put_budget(const struct tr_budget *rec, struct buf *out)
{
	buf_str(out, "--- budget: ");
	if (rec->unshown) {
		buf_u64(out, rec->unshown);
		buf_str(out, " calls not shown; ");
	}
	render_percent(rec->used, out);
	buf_str(out, " used, ");
	buf_str(out, render_shown(rec));
	buf_str(out, " ---\n");
}

void render_strace(struct render *r, const struct tr_hdr *rec, struct buf *out)
{
	switch (rec->type) {
	case TR_SYSCALL:
		put_call(r, (const void *)rec, out);
		break;
	case TR_SIGNAL:
		put_prefix(r, rec, out);
		strace_signal(&(struct strace_sink){.s = {.ops = &strace_sink_ops, .out = out}}, (const void *)rec);
		break;
	case TR_EXIT:
		put_prefix(r, rec, out);
		strace_exit((const void *)rec, out);
		break;
	case TR_EXEC:
		put_exec(r, (const void *)rec, out);
		break;
	case TR_LOST:
		put_lost((const void *)rec, out);
		break;
	case TR_BUDGET:
		put_budget((const void *)rec, out);
		break;
	default:
		break;
	}
}

void render_strace_hidden(struct render *r, const struct tr_hdr *rec, uint64_t calls, struct buf *out)
{
	put_prefix(r, rec, out);
	buf_str(out, "+++ ");
	buf_u64(out, calls);
	buf_str(out, calls == 1 ? " start-up call hidden +++\n" : " start-up calls hidden +++\n");
}

void render_strace_end(struct render *r, uint64_t events, uint64_t lost, struct buf *out)
{
	(void)r;
	(void)events;
	(void)lost;
	(void)out; /* losses were told where they happened */
}

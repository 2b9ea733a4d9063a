/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * render_json.c - one JSON object a line. Keys of a call, in this order: type, time (seconds since the
 * epoch, of its start), pid, tid, comm, uid, syscall, args, ret, error, duration_ns; then abi, blocked
 * and fds where they say something.
 *
 * args: numbers are numbers of any size, flags and names are strings as strace writes them, pointers
 * to what is not known are strings "0x7f..." or null, structs objects, vectors arrays, an address is
 * {family, address, port} or {family, path}. A string that is longer than what is shown, and an array
 * that lacks elements or has such a string, has a sibling key "<name>_truncated": true, in args and in
 * structs. What an in/out argument was after the call is "<name>_after".
 */
#include "render.h"

#include <core/rec.h>
#include "json_sink.h"

/* What all records have, up to uid. */
static void put_head(struct render *r, struct json *j, const char *type, const struct tr_hdr *rec)
{
	const struct fact_task *task = facts_task(r->facts, rec->tid);

	json_begin(j, '{');
	json_key(j, "type");
	json_str(j, type);
	json_key(j, "time");
	json_seconds(j, render_start_ns(r, rec));
	json_key(j, "pid");
	json_u64(j, rec->tgid);
	json_key(j, "tid");
	json_u64(j, rec->tid);
	json_key(j, "comm");
	if (task)
		json_string(j, task->comm, task->comm_len);
	else
		json_null(j);
	json_key(j, "uid");
	if (task)
		json_u64(j, task->uid);
	else
		json_null(j);
}

static void put_args(struct json_sink *s, const struct call *c)
{
	struct json *j = &s->j;

	json_key(j, "args");
	json_begin(j, '{');
	for (unsigned int i = 0; i < c->nargs; i++) {
		const char *name = c->row ? c->row->args[i].name : call_arg(c, i)->name;

		if (call_arg_absent(c, i))
			continue;
		json_key(j, name);
		json_sink_key(s, name);
		value_arg(&s->s, c, i, c->row && call_arg_changed(c, i) ? VALUE_ENTRY : VALUE_BOTH);
		json_sink_flush(s);
		if (!c->row || !call_arg_changed(c, i))
			continue;
		json_derived_key(j, name, "_after");
		value_arg(&s->s, c, i, VALUE_EXIT);
		json_sink_key(s, NULL);
	}
	json_end(j, '}');
}

static void put_signals(struct json *j, uint64_t set)
{
	json_begin(j, '[');
	for (; set; set &= set - 1)
		json_str(j, sc_signal_name(__builtin_ctzll(set) + 1));
	json_end(j, ']');
}

static void put_state(struct json *j, const struct fact_fd *fd)
{
	json_begin(j, '{');
	json_key(j, "anon_inode");
	json_string(j, fd->path, fd->path_len);
	if (fact_is_anon(fd, "[pidfd]")) {
		json_key(j, "pid");
		json_u64(j, fd->state.value);
	} else if (fact_is_anon(fd, "[signalfd]")) {
		json_key(j, "signals");
		put_signals(j, fd->state.value);
	} else {
		json_key(j, "count");
		json_u64(j, fd->state.value);
		if (fd->state.id >= 0) {
			json_key(j, "id");
			json_i64(j, fd->state.id);
		}
		if (fd->state.semaphore >= 0) {
			json_key(j, "semaphore");
			json_boolean(j, fd->state.semaphore);
		}
	}
	json_end(j, '}');
}

/* A descriptor as people call it: its path, or the addresses of a socket. */
static void put_fact(struct json *j, const struct fact_fd *fd)
{
	if (fd->kind == TR_FD_SOCKET) {
		json_begin(j, '{');
		json_key(j, "socket");
		json_u64(j, fd->ino);
		if (fd->local) {
			json_key(j, "local");
			json_address(j, fd->local, fd->local_len);
		}
		if (fd->peer) {
			json_key(j, "peer");
			json_address(j, fd->peer, fd->peer_len);
		}
		if ((fd->flags & TR_FD_STATE) && fd->state.value) {
			json_key(j, "peer_socket");
			json_u64(j, fd->state.value);
		}
		json_end(j, '}');
	} else if (fd->flags & TR_FD_STATE) {
		put_state(j, fd);
	} else if (fd->path) {
		json_string(j, fd->path, fd->path_len);
	} else {
		json_text_begin(j);
		buf_str(j->out, fd->kind == TR_FD_PIPE ? "pipe:[" : "anon_inode:[");
		buf_u64(j->out, fd->ino);
		buf_char(j->out, ']');
		json_text_end(j);
	}
}

static void put_fd(struct json *j, const char *name, const struct fact_fd *fact, bool *some)
{
	if (!fact || fact->kind == TR_FD_NONE)
		return;
	if (!*some) {
		json_key(j, "fds");
		json_begin(j, '{');
	}
	*some = true;
	json_key(j, name);
	put_fact(j, fact);
}

static void put_fds(struct render *r, struct json *j, const struct call *c)
{
	const struct sc_flags *flags;
	uint32_t tgid = c->rec->h.tgid;
	bool some = false;

	for (unsigned int i = 0; i < c->nargs; i++) {
		unsigned int type = call_arg(c, i)->type;

		if (c->row && (type == T_FD || type == T_DIRFD))
			put_fd(j, c->row->args[i].name,
			       facts_fd(r->facts, tgid, (int32_t)c->rec->args[i]), &some);
	}
	if (c->returned && !c->failed && value_ret_kind(c, &flags) == R_FD)
		put_fd(j, "ret", facts_result(r->facts, tgid, (int32_t)c->rec->ret), &some);
	if (some)
		json_end(j, '}');
}

/* ret is an unsigned number where the table knows it to be one, and an address never a string. */
static void put_result(struct json *j, const struct call *c)
{
	const struct sc_flags *flags;
	enum sc_ret kind = value_ret_kind(c, &flags);
	const char *error = c->failed ? sc_errno_name((int)-c->rec->ret) : NULL;

	json_key(j, "ret");
	if (!c->returned)
		json_null(j);
	else if (!c->failed && (kind == R_ADDR || kind == R_HEX))
		json_u64(j, (uint64_t)c->rec->ret);
	else
		json_i64(j, c->rec->ret);
	json_key(j, "error");
	if (c->failed && !error) {
		json_text_begin(j);
		buf_i64(j->out, -c->rec->ret);
		json_text_end(j);
	} else {
		json_str(j, error);
	}
}

static void put_call(struct render *r, const struct tr_syscall *rec, struct buf *out)
{
	struct json_sink s = { .s = { .ops = &json_sink_ops, .out = out }, .j = { out, false } };
	struct json *j = &s.j;
	struct call c;

	call_init(&c, rec, r->facts, r->view.string_limit);
	c.show_secrets = r->view.show_secrets;
	put_head(r, j, "syscall", &rec->h);
	json_key(j, "syscall");
	json_text_begin(j);
	render_call_name(c.row, rec_nr(rec), out);
	json_text_end(j);
	put_args(&s, &c);
	put_result(j, &c);
	json_key(j, "duration_ns");
	json_u64(j, rec->duration_ns);
	if (rec->abi == TR_ABI_I386) {
		json_key(j, "abi");
		json_str(j, sc_abi_name(rec->abi));
	}
	if (rec->h.flags & TR_F_BLOCKED) {
		json_key(j, "blocked");
		json_boolean(j, true);
	}
	if (r->view.fds)
		put_fds(r, j, &c);
	json_end(j, '}');
	json_line(j);
}

static void put_signal(struct render *r, const struct tr_signal *rec, struct json *j)
{
	unsigned int has = signal_fields(rec->signo, rec->code);
	const char *name = sc_signal_name(rec->signo);

	put_head(r, j, "signal", &rec->h);
	json_key(j, "signal");
	if (name)
		json_str(j, name);
	else
		json_i64(j, rec->signo);
	if (rec->h.flags & TR_SIG_NO_INFO)
		return;
	name = signal_code_name(rec->signo, rec->code);
	json_key(j, "code");
	if (name)
		json_str(j, name);
	else
		json_i64(j, rec->code);
	if (has & HAS_SENDER) {
		json_key(j, "sender_pid");
		json_i64(j, rec->pid);
		json_key(j, "sender_uid");
		json_u64(j, rec->uid);
	}
	if (has & HAS_STATUS) {
		json_key(j, "status");
		json_i64(j, rec->status);
	}
	if (has & HAS_ADDR) {
		json_key(j, "addr");
		json_hex(j, rec->addr);
	}
	if (has & HAS_VALUE) {
		json_key(j, "value");
		json_u64(j, rec->value);
	}
}

static void put_exit(struct render *r, const struct tr_exit *rec, struct json *j)
{
	put_head(r, j, "exit", &rec->h);
	json_status(j, (int)rec->status);
	json_key(j, "process");
	json_boolean(j, rec->last);
	json_key(j, "user_ns");
	json_u64(j, rec->utime_ns);
	json_key(j, "system_ns");
	json_u64(j, rec->stime_ns);
}

static void put_exec(struct render *r, const struct tr_exec *rec, struct json *j)
{
	put_head(r, j, "exec", &rec->h);
	json_key(j, "filename");
	json_string(j, rec + 1, rec->filename_len);
	if (rec->old_tid != rec->h.tid) {
		json_key(j, "old_tid");
		json_u64(j, rec->old_tid);
	}
}

static void put_fork(struct render *r, const struct tr_fork *rec, struct json *j)
{
	put_head(r, j, "fork", &rec->h);
	json_key(j, "child_pid");
	json_u64(j, rec->child_tgid);
	json_key(j, "child_tid");
	json_u64(j, rec->child_tid);
}

static void put_lost(struct render *r, const struct tr_lost *rec, struct json *j)
{
	json_begin(j, '{');
	json_key(j, "type");
	json_str(j, "lost");
	json_key(j, "time");
	json_seconds(j, render_start_ns(r, &rec->h));
	json_key(j, "count");
	json_u64(j, rec->count);
	json_key(j, "where");
	json_str(j, rec->where == TR_LOST_RING ? "ring" :
		    rec->where == TR_LOST_RATE ? "rate" : "client");
}

static void put_budget(struct render *r, const struct tr_budget *rec, struct json *j)
{
	static const char *const shown[] = {"all", "no-data", "counts"};

	json_begin(j, '{');
	json_key(j, "type");
	json_str(j, "budget");
	json_key(j, "time");
	json_seconds(j, render_start_ns(r, &rec->h));
	json_key(j, "shown");
	json_str(j, rec->shown < TR_SHOWN_MAX ? shown[rec->shown] : "other");
	json_key(j, "not_shown");
	json_u64(j, rec->unshown);
	json_key(j, "used_per_mille");
	json_u64(j, rec->used);
	json_key(j, "budget_per_mille");
	json_u64(j, rec->limit);
}

void render_json(struct render *r, const struct tr_hdr *rec, struct buf *out)
{
	struct json j = { out, false };

	switch (rec->type) {
	case TR_SYSCALL:
		put_call(r, (const void *)rec, out);
		return;
	case TR_SIGNAL:
		put_signal(r, (const void *)rec, &j);
		break;
	case TR_EXIT:
		put_exit(r, (const void *)rec, &j);
		break;
	case TR_EXEC:
		put_exec(r, (const void *)rec, &j);
		break;
	case TR_FORK:
		put_fork(r, (const void *)rec, &j);
		break;
	case TR_LOST:
		put_lost(r, (const void *)rec, &j);
		break;
	case TR_BUDGET:
		put_budget(r, (const void *)rec, &j);
		break;
	default:
		return;
	}
	json_end(&j, '}');
	json_line(&j);
}

void render_json_hidden(struct render *r, const struct tr_hdr *rec, uint64_t calls, struct buf *out)
{
	struct json j = { out, false };

	put_head(r, &j, "notice", rec);
	json_key(&j, "hidden_startup_calls");
	json_u64(&j, calls);
	json_end(&j, '}');
	json_line(&j);
}

void render_json_end(struct render *r, uint64_t events, uint64_t lost, struct buf *out)
{
	struct json j = { out, false };

	(void)r;
	json_begin(&j, '{');
	json_key(&j, "type");
	json_str(&j, "end");
	json_key(&j, "events");
	json_u64(&j, events);
	json_key(&j, "lost");
	json_u64(&j, lost);
	json_end(&j, '}');
	json_line(&j);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * human_sink.c - values in words.
 */
#include "human_sink.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include "term.h"
#include "units.h"

#define NS_PER_SEC 1000000000ULL

static struct human_sink *self(struct sink *s)
{
	return (struct human_sink *)s;
}

static void on_word_begin(struct sink *s)
{
	self(s)->word = s->out->len;
}

static void on_word_end(struct sink *s)
{
	human_words(s->out, self(s)->word);
}

static void put_duration(struct buf *out, int64_t v, uint64_t unit)
{
	if (v < 0)
		buf_str(out, "ever");
	else
		units_duration(out, (uint64_t)v * unit);
}

/* Who is at the other end, not whom to change. */
static bool is_of_socket(const struct human_sink *s)
{
	return s->call && s->call->row && (s->call->row->classes & SC_NETWORK);
}

/* As the calls on processes have it: 0 is the caller or its group, -1 all, less a group. */
static void put_pid(struct human_sink *s, int64_t v)
{
	if (v > 0) {
		human_pid(s, (uint32_t)v);
	} else if (v >= -1) {
		buf_str(s->s.out, v ? "any" : is_of_socket(s) ? "nobody" : "itself");
	} else {
		buf_str(s->s.out, "group ");
		buf_i64(s->s.out, -v);
	}
}

/* A resource limit has the unit of its resource. */
static void put_limit(struct human_sink *s, uint64_t v)
{
	static const uint16_t in_bytes = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 9 | 1 << 12;
	const struct call *c = s->call;
	uint64_t resource = 16;

	for (unsigned int i = 0; c && c->row && i < c->nargs; i++) {
		if (strcmp(c->row->args[i].name, "resource") == 0)
			resource = c->rec->args[i];
	}
	if (resource < 16 && in_bytes >> resource & 1)
		units_bytes(s->s.out, v);
	else if (resource == 0 && v < UINT32_MAX) /* RLIMIT_CPU */
		units_duration(s->s.out, v * NS_PER_SEC);
	else
		buf_u64(s->s.out, v);
}

static void on_num(struct sink *s, unsigned int type, int64_t v)
{
	struct buf *out = s->out;

	switch (type) {
	case T_HEX:
		buf_hex(out, (uint64_t)v);
		break;
	case T_OCT:
		buf_oct(out, (uint64_t)v);
		break;
	case T_SIZE:
		units_bytes(out, (uint64_t)v);
		break;
	case T_UINT:
	case T_ULONG:
		buf_u64(out, (uint64_t)v);
		break;
	case VALUE_LIMIT:
		put_limit(self(s), (uint64_t)v);
		break;
	case T_PID:
		put_pid(self(s), v);
		break;
	case T_UID:
	case T_GID:
		if (v == -1)
			buf_str(out, is_of_socket(self(s)) ? "nobody" : "unchanged");
		else
			human_id(self(s), type == T_GID, (uint32_t)v);
		break;
	case T_NS:
	case T_US:
	case T_MS:
	case T_SEC:
		put_duration(out, v, type == T_NS ? 1 : type == T_US ? 1000 :
			     type == T_MS ? 1000000 : NS_PER_SEC);
		break;
	default:
		buf_i64(out, v);
	}
}

static void on_addr(struct sink *s, uint64_t v)
{
	if (v)
		buf_hex(s->out, v);
	else
		buf_str(s->out, "NULL");
}

static void on_fd(struct sink *s, int32_t fd, bool is_dir)
{
	if (fd < 0 && !(is_dir && fd == TR_AT_FDCWD))
		buf_str(s->out, "an invalid descriptor");
	else
		human_fd(self(s), fd);
}

/* The directory that a relative path starts from, if it is known. */
static void put_base(struct human_sink *s, const char *path, size_t n)
{
	const struct fact_fd *fact;
	struct buf *out = s->s.out;

	if (s->as_is || (n && path[0] == '/') || !s->facts)
		return;
	fact = facts_fd(s->facts, s->tgid, s->dir);
	if (!fact || fact->kind != TR_FD_PATH || !fact->path)
		return;
	if (fact->flags & TR_FD_INCOMPLETE)
		buf_str(out, "\xe2\x80\xa6");
	term_escape(out, fact->path, fact->path_len, false);
	if (n && fact->path[fact->path_len - 1] != '/')
		buf_char(out, '/');
}

static void put_path(struct human_sink *s, const char *p, size_t n)
{
	struct buf *out = s->s.out;
	size_t from = out->len;

	if (n == 1 && p[0] == '.')
		n = 0;
	else if (n >= 2 && p[0] == '.' && p[1] == '/')
		p += 2, n -= 2;
	put_base(s, p, n);
	term_escape(out, p, n, false);
	if (out->len == from)
		buf_str(out, "\"\"");
}

static bool needs_quotes(const char *p, size_t n)
{
	if (!n)
		return true;
	for (size_t i = 0; i < n; i++) {
		if (p[i] == ' ' || p[i] == '\'' || p[i] == '"')
			return true;
	}
	return false;
}

static void on_str(struct sink *s, const void *p, size_t n, unsigned int flags)
{
	struct buf *out = s->out;
	bool quoted = !(flags & (STR_PATH | STR_ABSTRACT)) &&
		      (!self(s)->plain || needs_quotes(p, n));

	if (flags & STR_PATH) {
		put_path(self(s), p, n);
	} else {
		if (flags & STR_ABSTRACT)
			buf_char(out, '@');
		if (quoted)
			buf_char(out, '"');
		term_escape(out, p, n, quoted);
		if (quoted)
			buf_char(out, '"');
	}
	if (flags & STR_CUT)
		buf_str(out, "\xe2\x80\xa6");
}

static bool has_bracket(const struct human_sink *s, enum value_group group)
{
	return group != GROUP_POINTEE && !(s->plain && group == GROUP_ARRAY);
}

static void on_begin(struct sink *s, enum value_group group)
{
	if (has_bracket(self(s), group))
		buf_char(s->out, group == GROUP_STRUCT ? '{' : '[');
	self(s)->first = true;
	self(s)->is_set = group == GROUP_SET || (self(s)->plain && !self(s)->sentence);
}

static void on_elem(struct sink *s)
{
	if (!self(s)->first)
		buf_str(s->out, self(s)->is_set ? " " : ", ");
	self(s)->first = false;
}

static void on_field(struct sink *s, const char *name)
{
	struct human_sink *h = self(s);
	struct buf *out = s->out;

	if (h->sentence && name && strcmp(name, "fd") == 0 && out->len && !out->failed) {
		out->len--; /* no brace */
		h->first = false;
		return;
	}
	if (h->sentence && name && strcmp(name + (name[0] == 'r'), "events") == 0) {
		buf_str(out, name[0] == 'r' ? " is " : " to be ");
		return;
	}
	on_elem(s);
	if (!name)
		return;
	buf_str(s->out, name);
	buf_char(s->out, '=');
}

static void on_more(struct sink *s, enum value_group group)
{
	if (group == GROUP_STRUCT)
		return;
	on_elem(s);
	buf_str(s->out, "\xe2\x80\xa6");
}

static void on_end(struct sink *s, enum value_group group)
{
	if (has_bracket(self(s), group) && !(self(s)->sentence && group == GROUP_STRUCT))
		buf_char(s->out, group == GROUP_STRUCT ? '}' : ']');
	self(s)->first = false;
	self(s)->is_set = false;
}

static void on_port(struct sink *s, uint16_t port)
{
	buf_u64(s->out, port);
}

static void on_ip(struct sink *s, int family, const void *ip)
{
	address_put_ip(s->out, family, ip);
}

static void on_sockaddr(struct sink *s, const void *p, size_t n)
{
	struct address a;
	const char *family;

	address_parse(&a, p, n);
	family = address_family(a.family);
	if (a.ip)
		address_put_endpoint(s->out, &a);
	else if (a.path)
		human_unix(s->out, &a);
	else if (a.family == AF_UNIX)
		buf_str(s->out, "an unnamed socket");
	else
		buf_str(s->out, family ? family : "an unknown address");
}

void human_exit_status(struct buf *out, int status)
{
	const char *name;

	if (status == 0xffff) {
		buf_str(out, "continued");
		return;
	}
	if (WIFEXITED(status)) {
		buf_str(out, "exited with status ");
		buf_u64(out, WEXITSTATUS(status));
		return;
	}
	name = sc_signal_name(WIFSTOPPED(status) ? WSTOPSIG(status) : WTERMSIG(status));
	buf_str(out, WIFSTOPPED(status) ? "stopped by " : "was killed by ");
	buf_str(out, name ? name : "an unknown signal");
	if (WIFSIGNALED(status) && WCOREDUMP(status))
		buf_str(out, " (core dumped)");
}

static void on_wstatus(struct sink *s, uint32_t status)
{
	human_exit_status(s->out, (int)status);
}

static void on_time(struct sink *s, int64_t sec, int64_t part, unsigned int flags)
{
	uint64_t ns;

	if (sec < 0 || part < 0 || sec > 1LL << 32) {
		buf_i64(s->out, sec);
		buf_str(s->out, " s");
		return;
	}
	ns = (uint64_t)sec * NS_PER_SEC + (uint64_t)part * (flags & TIME_IS_US ? 1000 : 1);
	units_duration(s->out, ns);
}

static void on_count(struct sink *s, uint64_t addr, uint64_t n, bool exact, const char *things)
{
	(void)addr;
	buf_u64(s->out, n);
	buf_str(s->out, exact ? " " : "+ ");
	buf_str(s->out, things);
}

static void on_change(struct sink *s)
{
	buf_str(s->out, " => ");
}

const struct sink_ops human_sink_ops = {
	.num = on_num,
	.addr = on_addr,
	.fd = on_fd,
	.word_begin = on_word_begin,
	.word_end = on_word_end,
	.str = on_str,
	.begin = on_begin,
	.field = on_field,
	.elem = on_elem,
	.more = on_more,
	.end = on_end,
	.port = on_port,
	.ip = on_ip,
	.sockaddr = on_sockaddr,
	.wstatus = on_wstatus,
	.time = on_time,
	.count = on_count,
	.change = on_change,
};

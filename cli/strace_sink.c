/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_sink.c - values as strace writes them: its escapes, its structs, its words. Descriptors are
 * told as its -yy tells them.
 */
#include "strace_sink.h"

#include <endian.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

static struct strace_sink *self(struct sink *s)
{
	return (struct strace_sink *)s;
}

static inline bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* One byte that can't stand for itself. next: the byte after it, -1 at the end. */
static void put_escape(struct buf *out, unsigned char c, int next)
{
	static const char letters[] = "tnvfr"; /* 9 to 13 */
	bool long_form = next >= '0' && next <= '7';

	buf_char(out, '\\');
	if (c == '"' || c == '\\') {
		buf_char(out, (char)c);
		return;
	}
	if (c >= 9 && c <= 13) {
		buf_char(out, letters[c - 9]);
		return;
	}
	if (c >= 0100 || long_form)
		buf_char(out, (char)('0' + (c >> 6)));
	if (c >= 010 || long_form)
		buf_char(out, (char)('0' + (c >> 3 & 7)));
	buf_char(out, (char)('0' + (c & 7)));
}

static void put_escaped(struct buf *out, const void *p, size_t n, bool in_angles)
{
	const unsigned char *s = p, *end = s + n;

	while (s < end) {
		const unsigned char *run = s;

		while (s < end && is_plain(*s) && !(in_angles && (*s == '<' || *s == '>')))
			s++;
		if (s > run)
			buf_put(out, run, (size_t)(s - run));
		if (s == end)
			break;
		put_escape(out, *s, s + 1 < end ? s[1] : -1);
		s++;
	}
}

static void put_hex(struct buf *out, const uint8_t *p, size_t n)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		const char text[4] = { '\\', 'x', hex[p[i] >> 4], hex[p[i] & 15] };

		buf_put(out, text, sizeof(text));
	}
}

static bool is_ascii(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((p[i] < 0x20 || p[i] >= 0x7f) && !(p[i] >= 9 && p[i] <= 13))
			return false;
	return true;
}

/* As put_escaped, with hexadecimal in place of octal numbers. */
static void put_escaped_hex(struct buf *out, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (is_plain(p[i]))
			buf_char(out, (char)p[i]);
		else if (p[i] == '"' || p[i] == '\\' || (p[i] >= 9 && p[i] <= 13))
			put_escape(out, p[i], -1);
		else
			put_hex(out, p + i, 1);
	}
}

static void put_string(struct buf *out, const void *p, size_t n, unsigned int hex, bool in_angles)
{
	if (hex == STRACE_HEX_ALL || (hex == STRACE_HEX_NON_ASCII && !is_ascii(p, n)))
		put_hex(out, p, n);
	else if (hex == STRACE_HEX_CHARS)
		put_escaped_hex(out, p, n);
	else
		put_escaped(out, p, n, in_angles);
}

static void put_text(struct buf *out, const void *p, size_t n, unsigned int hex)
{
	put_string(out, p, n, hex, false);
}

static bool is_octal(unsigned int type)
{
	return type == T_MODE || type == T_OCT;
}

static void put_bytes(struct buf *out, const void *p, size_t n)
{
	buf_char(out, '"');
	put_hex(out, p, n);
	buf_char(out, '"');
}

/* A constant's value, as -X wants it. */
static void put_value(struct buf *out, unsigned int type, int64_t v)
{
	uint16_t port = (uint16_t)v;
	uint32_t word = (uint32_t)v;

	if (type == VALUE_LIMIT || type == T_QUOTA_CMD)
		buf_u64(out, (uint64_t)v);
	else if (type == T_SIGNAL || type == T_ERRNO || type == T_DIRFD || type == T_IOPRIO)
		buf_i64(out, v);
	else if (type == VALUE_DECIMAL)
		buf_i64(out, (int32_t)v);
	else if (type == T_IN_PORT)
		put_bytes(out, &port, sizeof(port));
	else if (type == T_IN_ADDR)
		put_bytes(out, &word, sizeof(word));
	else if (type == VALUE_ADDRESS && !v)
		buf_put(out, "NULL", 4);
	else if (is_octal(type))
		value_octal(out, (uint64_t)v);
	else if (type < T_HEX && v < 0)
		buf_i64(out, v);
	else
		buf_hex(out, (uint64_t)v);
}

static void on_word_begin(struct sink *s)
{
	self(s)->word_from = s->out->len;
}

/* Puts n bytes in front of what was written since from. */
static void insert(struct buf *out, size_t from, const struct buf *text)
{
	if (out->cap - out->len < text->len && !buf_grow(out, text->len))
		return;
	memmove(out->p + from + text->len, out->p + from, out->len - from);
	memcpy(out->p + from, text->p, text->len);
	out->len += text->len;
}

/* Not only a number; 1<<CAP_CHOWN is, and 8*R15. */
static bool is_named(const char *p, size_t n)
{
	return p[0] < '0' || p[0] > '9' || (n > 3 && (memcmp(p, "1<<", 3) == 0 || memcmp(p, "8*", 2) == 0));
}

static void on_word_end(struct sink *s)
{
	struct strace_sink *me = self(s);
	char bytes[32];
	struct buf value = {.p = bytes, .cap = sizeof(bytes)};
	size_t from = me->word_from;

	if (!me->consts || !s->word_known)
		return;
	s->word_known = false;
	if (from >= s->out->len)
		return;
	put_value(&value, s->word_type, s->word_value);
	if (me->consts == STRACE_CONSTS_RAW) {
		s->out->len = from;
		buf_put(s->out, value.p, value.len);
	} else if (is_named(s->out->p + from, s->out->len - from)) {
		buf_put(&value, " /* ", 4);
		insert(s->out, from, &value);
		buf_put(s->out, " */", 3);
	}
}

void strace_escape(struct buf *out, const void *p, size_t n, unsigned int hex)
{
	put_string(out, p, n, hex, true);
}

void strace_pid(struct strace_sink *s, int64_t pid)
{
	buf_i64(s->s.out, pid);
	if (pid > 0 && s->about_pid)
		s->about_pid(s->about_ctx, s->tgid, (uint32_t)pid, s->s.out);
}

bool strace_date(struct buf *out, int64_t sec, int64_t part, unsigned int digits)
{
	static const int64_t limits[] = { [0] = 1, [6] = 1000000, [9] = 1000000000 };
	time_t t = sec;
	char text[64];
	struct tm tm;
	size_t n;

	if ((!sec && !part) || part >= limits[digits] || part < 0 || !localtime_r(&t, &tm))
		return false;
	n = strftime(text, sizeof(text), "%FT%T", &tm);
	buf_put(out, text, n);
	if (part > 0) {
		buf_char(out, '.');
		buf_u64_pad(out, (uint64_t)part, digits, '0');
	}
	n = strftime(text, sizeof(text), "%z", &tm);
	buf_put(out, text, n);
	return true;
}

static void put_date(struct buf *out, int64_t sec, int64_t part, unsigned int digits)
{
	size_t from = out->len;

	buf_put(out, " /* ", 4);
	if (strace_date(out, sec, part, digits))
		buf_put(out, " */", 3);
	else
		out->len = from;
}

/* A multiple of 1024 is written as one. */
static void put_limit(struct strace_sink *s, uint64_t v)
{
	struct buf *out = s->s.out;
	bool multiple = !(v & 1023) && v > 1024 && s->consts != STRACE_CONSTS_RAW;

	if (!multiple || s->consts == STRACE_CONSTS_VERBOSE)
		buf_u64(out, v);
	if (!multiple)
		return;
	buf_str(out, s->consts == STRACE_CONSTS_VERBOSE ? " /* " : "");
	buf_u64(out, v / 1024);
	buf_str(out, s->consts == STRACE_CONSTS_VERBOSE ? "*1024 */" : "*1024");
}

static void on_num(struct sink *s, unsigned int type, int64_t v)
{
	switch (type) {
	case T_HEX:
		buf_hex(s->out, (uint64_t)v);
		break;
	case T_OCT:
		buf_oct(s->out, (uint64_t)v);
		break;
	case T_UINT:
	case T_ULONG:
	case T_SIZE:
		buf_u64(s->out, (uint64_t)v);
		break;
	case VALUE_LIMIT:
		put_limit(self(s), (uint64_t)v);
		break;
	case T_STAMP:
		buf_i64(s->out, v);
		put_date(s->out, v, s->stamp_nsec, 9);
		break;
	case T_UID:
	case T_GID: /* -1 is "leave it as it is" */
		if (v == -1)
			buf_put(s->out, "-1", 2);
		else
			buf_u64(s->out, (uint32_t)v);
		break;
	case T_PID:
		strace_pid(self(s), v);
		break;
	default:
		buf_i64(s->out, v);
	}
}

static void on_addr(struct sink *s, uint64_t v)
{
	if (v)
		buf_hex(s->out, v);
	else
		buf_put(s->out, "NULL", 4);
}

static void on_str(struct sink *s, const void *p, size_t n, unsigned int flags)
{
	if (flags & STR_ABSTRACT)
		buf_char(s->out, '@');
	buf_char(s->out, '"');
	put_text(s->out, p, n, flags & STR_RANDOM ? STRACE_HEX_ALL : self(s)->hex);
	buf_char(s->out, '"');
	if (flags & STR_CUT)
		buf_put(s->out, "...", 3);
}

static void on_begin(struct sink *s, enum value_group group)
{
	self(s)->first = true;
	self(s)->is_set = group == GROUP_SET;
	buf_char(s->out, group == GROUP_STRUCT ? '{' : '[');
}

static void on_elem(struct sink *s)
{
	if (!self(s)->first)
		buf_put(s->out, ", ", self(s)->is_set ? 0 : 2);
	if (!self(s)->first && self(s)->is_set)
		buf_char(s->out, ' ');
	self(s)->first = false;
}

static void on_field(struct sink *s, const char *name)
{
	on_elem(s);
	if (!name)
		return;
	buf_str(s->out, name);
	buf_char(s->out, '=');
}

static void on_more(struct sink *s, enum value_group group)
{
	(void)group;
	on_elem(s);
	buf_put(s->out, "...", 3);
}

static void on_end(struct sink *s, enum value_group group)
{
	self(s)->first = false;
	self(s)->is_set = false;
	buf_char(s->out, group == GROUP_STRUCT ? '}' : ']');
}

static void on_port(struct sink *s, uint16_t port)
{
	value_word_begin(s, T_IN_PORT, htobe16(port));
	buf_str(s->out, "htons(");
	buf_u64(s->out, port);
	buf_char(s->out, ')');
	on_word_end(s);
}

/* In words, which are a string as any other. */
static void put_address(struct sink *s, int family, const void *ip)
{
	char bytes[48];
	struct buf text = {.p = bytes, .cap = sizeof(bytes)};

	address_put_ip(&text, family, ip);
	buf_char(s->out, '"');
	put_text(s->out, text.p, text.len, self(s)->hex);
	buf_char(s->out, '"');
}

/* As -X wants it: with its field's name in front. */
static void put_ip6(struct sink *s, const void *ip)
{
	buf_str(s->out, s->ip_name ? s->ip_name : "sin6_addr");
	buf_char(s->out, '=');
	put_bytes(s->out, ip, 16);
	if (self(s)->consts == STRACE_CONSTS_RAW)
		return;
	buf_str(s->out, " /* inet_pton(AF_INET6, ");
	put_address(s, AF_INET6, ip);
	buf_str(s->out, ") */");
}

static void on_ip(struct sink *s, int family, const void *ip)
{
	uint32_t word;

	if (family == AF_INET) {
		memcpy(&word, ip, sizeof(word));
		value_word_begin(s, T_IN_ADDR, word);
		buf_str(s->out, "inet_addr(");
		put_address(s, family, ip);
		buf_char(s->out, ')');
		on_word_end(s);
		return;
	}
	if (self(s)->consts) {
		put_ip6(s, ip);
		return;
	}
	buf_str(s->out, "inet_pton(AF_INET6, ");
	put_address(s, family, ip);
	buf_put(s->out, ", &", 3);
	buf_str(s->out, s->ip_name ? s->ip_name : "sin6_addr");
	buf_char(s->out, ')');
}

static void on_wstatus(struct sink *s, uint32_t v)
{
	int status = (int)v;
	struct buf *out = s->out;
	const char *name;

	buf_put(out, "[{", 2);
	if (WIFCONTINUED(status)) {
		buf_str(out, "WIFCONTINUED(s)");
	} else if (WIFEXITED(status)) {
		buf_str(out, "WIFEXITED(s) && WEXITSTATUS(s) == ");
		buf_u64(out, WEXITSTATUS(status));
	} else {
		bool stopped = WIFSTOPPED(status);
		int signo = stopped ? WSTOPSIG(status) : WTERMSIG(status);

		name = sc_signal_name(signo);
		buf_str(out, stopped ? "WIFSTOPPED(s) && WSTOPSIG(s) == " :
				       "WIFSIGNALED(s) && WTERMSIG(s) == ");
		if (name)
			buf_str(out, name);
		else
			buf_i64(out, signo);
		if (!stopped && WCOREDUMP(status))
			buf_str(out, " && WCOREDUMP(s)");
	}
	buf_put(out, "}]", 2);
}

static void on_time(struct sink *s, int64_t sec, int64_t part, unsigned int flags)
{
	bool us = flags & TIME_IS_US, date = flags & TIME_IS_DATE;
	bool named = date && !us && (part == 0x3fffffff || part == 0x3ffffffe);
	const char *name = part & 1 ? "UTIME_NOW" : "UTIME_OMIT";

	if (named && !self(s)->consts) {
		buf_str(s->out, name);
		return;
	}
	buf_str(s->out, "{tv_sec=");
	buf_i64(s->out, sec);
	buf_str(s->out, us ? ", tv_usec=" : ", tv_nsec=");
	buf_u64(s->out, (uint64_t)part);
	buf_char(s->out, '}');
	if (named && self(s)->consts == STRACE_CONSTS_VERBOSE) {
		buf_put(s->out, " /* ", 4);
		buf_str(s->out, name);
		buf_put(s->out, " */", 3);
	}
	if (date)
		put_date(s->out, sec, part, us ? 6 : 9);
}

static void on_siginfo(struct sink *s, const struct tr_signal *info)
{
	strace_siginfo(self(s), info);
}

static void on_count(struct sink *s, uint64_t addr, uint64_t n, bool exact, const char *things)
{
	buf_hex(s->out, addr);
	buf_put(s->out, " /* ", 4);
	buf_u64(s->out, n);
	buf_str(s->out, exact ? " " : "+ ");
	if (n == 1 && exact && things[0] == 'v')
		buf_str(s->out, "var"); /* but 1 entries */
	else
		buf_str(s->out, things);
	buf_put(s->out, " */", 3);
}

static void on_change(struct sink *s)
{
	buf_put(s->out, " => ", 4);
}

const struct sink_ops strace_sink_ops = {
	.num = on_num,
	.addr = on_addr,
	.fd = strace_fd,
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
	.sockaddr = value_sockaddr_struct,
	.wstatus = on_wstatus,
	.time = on_time,
	.siginfo = on_siginfo,
	.count = on_count,
	.change = on_change,
};

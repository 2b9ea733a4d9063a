/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * json_sink.c - values as JSON: render_json.c says what they look like.
 */
#include "json_sink.h"

#include <sys/socket.h>
#include <sys/wait.h>

static struct json *json_of(struct sink *s)
{
	return &((struct json_sink *)s)->j;
}

/* Appends to a key that was written before, as a key of its own. */
void json_derived_key(struct json *j, const char *name, const char *suffix)
{
	json_value(j);
	buf_char(j->out, '"');
	buf_str(j->out, name);
	buf_str(j->out, suffix);
	buf_put(j->out, "\":", 2);
	j->comma = false;
}

static unsigned int level_of(const struct json_sink *s)
{
	return s->depth < JSON_DEPTH ? s->depth : JSON_DEPTH;
}

void json_sink_key(struct json_sink *s, const char *key)
{
	s->level[level_of(s)].key = key;
	s->level[level_of(s)].cut = false;
}

static void mark_cut(struct json_sink *s)
{
	s->level[level_of(s)].cut = true;
}

/* Tells that the value before was cut, in the object that it is in. */
void json_sink_flush(struct json_sink *s)
{
	unsigned int level = level_of(s);

	if (!s->level[level].cut || !s->level[level].key)
		return;
	json_derived_key(&s->j, s->level[level].key, "_truncated");
	json_boolean(&s->j, true);
	s->level[level].cut = false;
}

static void on_num(struct sink *s, unsigned int type, int64_t v)
{
	switch (type) {
	case T_UINT:
	case T_ULONG:
	case T_HEX:
	case T_OCT:
	case T_SIZE:
	case VALUE_LIMIT:
		json_u64(json_of(s), (uint64_t)v);
		break;
	default:
		json_i64(json_of(s), v);
	}
}

static void on_addr(struct sink *s, uint64_t v)
{
	if (v)
		json_hex(json_of(s), v);
	else
		json_null(json_of(s));
}

static void on_fd(struct sink *s, int32_t fd, bool is_dir)
{
	if (is_dir && fd == TR_AT_FDCWD)
		json_str(json_of(s), "AT_FDCWD");
	else
		json_i64(json_of(s), fd);
}

static void on_word_begin(struct sink *s)
{
	json_text_begin(json_of(s));
}

static void on_word_end(struct sink *s)
{
	json_text_end(json_of(s));
}

static void on_str(struct sink *s, const void *p, size_t n, unsigned int flags)
{
	struct json_sink *js = (struct json_sink *)s;

	json_string(&js->j, p, n);
	if (flags & STR_CUT)
		mark_cut(js);
}

static void on_begin(struct sink *s, enum value_group group)
{
	struct json_sink *js = (struct json_sink *)s;

	if (group == GROUP_POINTEE)
		return;
	json_begin(&js->j, group == GROUP_STRUCT ? '{' : '[');
	js->depth++;
	json_sink_key(js, NULL);
}

static void on_field(struct sink *s, const char *name)
{
	struct json_sink *js = (struct json_sink *)s;

	json_sink_flush(js);
	json_sink_key(js, name ? name : "value");
	json_key(&js->j, name ? name : "value");
}

static void on_elem(struct sink *s)
{
	(void)s;
}

static void on_end(struct sink *s, enum value_group group)
{
	struct json_sink *js = (struct json_sink *)s;
	bool cut;

	if (group == GROUP_POINTEE)
		return;
	if (group == GROUP_STRUCT)
		json_sink_flush(js);
	cut = js->level[level_of(js)].cut;
	json_end(&js->j, group == GROUP_STRUCT ? '}' : ']');
	js->depth--;
	if (cut)
		mark_cut(js); /* an array with an element that was cut */
}

/* Fields that are left out are just not there. */
static void on_more(struct sink *s, enum value_group group)
{
	if (group != GROUP_STRUCT)
		mark_cut((struct json_sink *)s);
}

static void on_port(struct sink *s, uint16_t port)
{
	json_u64(json_of(s), port);
}

static void on_ip(struct sink *s, int family, const void *ip)
{
	json_text_begin(json_of(s));
	address_put_ip(s->out, family, ip);
	json_text_end(json_of(s));
}

void json_address(struct json *j, const void *p, size_t n)
{
	struct address a;
	const char *family;

	address_parse(&a, p, n);
	family = address_family(a.family);
	json_begin(j, '{');
	json_key(j, "family");
	if (family)
		json_str(j, family);
	else
		json_u64(j, a.family);
	if (a.ip) {
		json_key(j, "address");
		json_text_begin(j);
		address_put_ip(j->out, a.family, a.ip);
		json_text_end(j);
		json_key(j, "port");
		json_u64(j, a.port);
	}
	if (a.path) {
		json_key(j, a.abstract ? "abstract" : "path");
		json_string(j, a.path, a.path_len);
	}
	json_end(j, '}');
}

static void on_sockaddr(struct sink *s, const void *p, size_t n)
{
	struct address a;

	address_parse(&a, p, n);
	if (a.ip || a.path || a.family == AF_UNIX || !address_family(a.family)) {
		json_address(json_of(s), p, n);
		return;
	}
	s->ops->begin(s, GROUP_STRUCT);
	s->ops->field(s, "family");
	json_str(json_of(s), address_family(a.family));
	value_sockaddr_rest(s, a.family, p, n);
	s->ops->end(s, GROUP_STRUCT);
}

void json_status(struct json *j, int status)
{
	if (WIFEXITED(status)) {
		json_key(j, "status");
		json_i64(j, WEXITSTATUS(status));
		return;
	}
	json_key(j, WIFSTOPPED(status) ? "stopped" : "signal");
	json_str(j, sc_signal_name(WIFSTOPPED(status) ? WSTOPSIG(status) : WTERMSIG(status)));
	if (WIFSIGNALED(status)) {
		json_key(j, "core");
		json_boolean(j, WCOREDUMP(status));
	}
}

static void on_wstatus(struct sink *s, uint32_t status)
{
	struct json *j = json_of(s);

	json_begin(j, '{');
	if (status == 0xffff) {
		json_key(j, "continued");
		json_boolean(j, true);
	} else {
		json_status(j, (int)status);
	}
	json_end(j, '}');
}

static void on_time(struct sink *s, int64_t sec, int64_t part, unsigned int flags)
{
	struct json *j = json_of(s);

	json_begin(j, '{');
	json_key(j, "tv_sec");
	json_i64(j, sec);
	json_key(j, flags & TIME_IS_US ? "tv_usec" : "tv_nsec");
	json_i64(j, part);
	json_end(j, '}');
}

const struct sink_ops json_sink_ops = {
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
};

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value_netlink.c - data of netlink sockets as messages: their header, the struct that they begin with and
 * their attributes. Every length in them is somebody else's: what does not fit is shown as bytes.
 */
#include "value.h"

#include <core/netlink.h>

#define AF_NETLINK_FAMILY 16
#define HEAD 16 /* struct nlmsghdr */
#define ATTR_HEAD 4
#define DEPTH_MAX 4
#define ALIGN4(n) (((n) + 3) & ~(size_t)3)
#define NESTED 0x8000u /* NLA_F_NESTED */
#define ORDERED 0x4000u /* NLA_F_NET_BYTEORDER */

struct place {
	const uint8_t *p;
	size_t n;
};

static uint32_t load(const uint8_t *p, size_t n)
{
	uint32_t v = 0;

	memcpy(&v, p, n < sizeof(v) ? n : sizeof(v));
	return v;
}

static void put_raw(struct sink *s, const struct call *c, struct place at)
{
	size_t n = at.n < c->string_limit ? at.n : c->string_limit;

	s->ops->str(s, at.p, n, STR_RANDOM | (n < at.n ? STR_CUT : 0));
}

static const struct sc_field *attr_find(const struct sc_struct *attrs, unsigned int type)
{
	for (const struct sc_field *f = attrs ? attrs->fields : NULL; f && f->name; f++) {
		if (f->off == type)
			return f;
	}
	return NULL;
}

static void put_attr_type(struct sink *s, const struct sc_struct *attrs, const struct sc_field *f,
			  unsigned int type)
{
	s->ops->word_begin(s);
	if (type & NESTED)
		buf_str(s->out, "NLA_F_NESTED|");
	if (type & ORDERED)
		buf_str(s->out, "NLA_F_NET_BYTEORDER|");
	if (f) {
		buf_str(s->out, f->name);
	} else {
		buf_hex(s->out, type & ~(NESTED | ORDERED));
		if (attrs) {
			buf_str(s->out, " /* ");
			buf_str(s->out, attrs->name);
			buf_str(s->out, " */");
		}
	}
	s->ops->word_end(s);
}

static void put_attrs(struct sink *s, const struct call *c, const struct sc_struct *attrs,
		      struct place at, unsigned int depth);

/* The value of an attribute that the table knows; false: it is not as it has to be. */
static bool put_known(struct sink *s, const struct call *c, const struct sc_field *f,
		      struct place at)
{
	const struct value_type t = { f->type, f->size, f->ref };

	switch (f->type) {
	case T_CSTR:
		s->ops->str(s, at.p, strnlen((const char *)at.p, at.n), 0);
		return true;
	case T_MAC:
		return at.n == 6 && value_place(s, c, &(struct value_type){ T_MAC, 6, NULL }, at.p, 6);
	case T_IN6_ADDR:
		if (at.n == 6)
			return value_place(s, c, &(struct value_type){ T_MAC, 6, NULL }, at.p, 6);
		if (at.n != 4 && at.n != 16)
			return false;
		s->ops->ip(s, at.n == 4 ? 2 : 10, at.p);
		return true;
	case T_STRUCT:
	case T_INLINE:
		return at.n && value_struct(s, c, f->ref, at.p, at.n);
	case T_BYTES:
		return false;
	default:
		return at.n >= f->size && value_place(s, c, &t, at.p, f->size);
	}
}

/* There are whole attributes in it, and nothing else. */
static bool is_nest(struct place at)
{
	size_t len;

	if (at.n < ATTR_HEAD)
		return false;
	for (size_t i = 0; i < at.n; i += ALIGN4(len)) {
		len = at.n - i < ATTR_HEAD ? 0 : load(at.p + i, 2);
		if (len < ATTR_HEAD || len > at.n - i)
			return false;
	}
	return true;
}

static void put_attr(struct sink *s, const struct call *c, const struct sc_struct *attrs,
		     struct place at, unsigned int depth)
{
	unsigned int len = load(at.p, 2), type = load(at.p + 2, 2);
	const struct sc_field *f = attr_find(attrs, type & ~(NESTED | ORDERED));
	struct place value = { at.p + ATTR_HEAD, at.n - ATTR_HEAD };

	s->ops->begin(s, GROUP_ARRAY);
	s->ops->elem(s);
	s->ops->begin(s, GROUP_STRUCT);
	s->ops->field(s, "nla_len");
	s->ops->num(s, T_UINT, len);
	s->ops->field(s, "nla_type");
	put_attr_type(s, attrs, f, type);
	s->ops->end(s, GROUP_STRUCT);
	if (len > ATTR_HEAD) {
		bool nest = (type & NESTED) || (f && f->type == T_INLINE && f->size == 4);

		s->ops->elem(s);
		if (nest && depth < DEPTH_MAX && is_nest(value))
			put_attrs(s, c, f && f->type == T_INLINE ? f->ref : NULL, value, depth + 1);
		else if (nest || !f || !put_known(s, c, f, value))
			put_raw(s, c, value);
	}
	s->ops->end(s, GROUP_ARRAY);
}

/* How many attributes there are, at most 2. */
static bool is_single(struct place at)
{
	size_t len = at.n < ATTR_HEAD ? 0 : load(at.p, 2);

	return len >= ATTR_HEAD && ALIGN4(len) >= at.n;
}

static void put_attrs(struct sink *s, const struct call *c, const struct sc_struct *attrs,
		      struct place at, unsigned int depth)
{
	bool list = !s->all_names || !is_single(at);

	if (list)
		s->ops->begin(s, GROUP_ARRAY);
	while (at.n) {
		size_t len = at.n < ATTR_HEAD ? 0 : load(at.p, 2), step = ALIGN4(len);

		if (list)
			s->ops->elem(s);
		if (len < ATTR_HEAD || len > at.n) {
			put_raw(s, c, at);
			break;
		}
		put_attr(s, c, attrs, (struct place){ at.p, len }, depth);
		if (step >= at.n)
			break;
		at.p += step;
		at.n -= step;
	}
	if (list)
		s->ops->end(s, GROUP_ARRAY);
}

static void put_head(struct sink *s, const struct netlink_head *h, unsigned int protocol)
{
	s->ops->begin(s, GROUP_STRUCT);
	s->ops->field(s, "nlmsg_len");
	s->ops->num(s, T_UINT, h->len);
	s->ops->field(s, "nlmsg_type");
	value_num(s, T_ENUM, netlink_types(protocol), h->type);
	s->ops->field(s, "nlmsg_flags");
	value_num(s, T_FLAGS, netlink_flags(protocol, h->type), h->flags);
	s->ops->field(s, "nlmsg_seq");
	s->ops->num(s, T_UINT, h->seq);
	s->ops->field(s, "nlmsg_pid");
	s->ops->num(s, T_UINT, h->pid);
	s->ops->end(s, GROUP_STRUCT);
}

static void put_message(struct sink *s, const struct call *c, unsigned int protocol,
			struct place at, unsigned int depth);

static void put_error(struct sink *s, const struct call *c, unsigned int protocol, struct place at,
		      unsigned int depth)
{
	int32_t error = (int32_t)load(at.p, 4);
	const char *name = error < 0 && error >= -4095 ? sc_errno_name(-error) : NULL;

	s->ops->begin(s, GROUP_STRUCT);
	s->ops->field(s, "error");
	s->ops->word_begin(s);
	if (name) {
		buf_char(s->out, '-');
		buf_str(s->out, name);
	} else {
		buf_i64(s->out, error);
	}
	s->ops->word_end(s);
	if (at.n >= 4 + HEAD) {
		s->ops->field(s, "msg");
		put_message(s, c, protocol, (struct place){ at.p + 4, at.n - 4 }, depth + 1);
	}
	s->ops->end(s, GROUP_STRUCT);
}

static void put_body(struct sink *s, const struct call *c, unsigned int protocol,
		     const struct netlink_head *h, struct place at, unsigned int depth)
{
	struct netlink_kind kind;
	size_t size;

	s->ops->elem(s);
	if (h->type == 2 && at.n >= 4 && depth < DEPTH_MAX) { /* NLMSG_ERROR */
		put_error(s, c, protocol, at, depth);
		return;
	}
	if (h->type == 3 && at.n >= 4) { /* NLMSG_DONE */
		s->ops->num(s, T_INT, (int32_t)load(at.p, 4));
		return;
	}
	if (!netlink_kind(&kind, protocol, h, at.p[0]) || at.n < kind.body->size ||
	    !value_struct(s, c, kind.body, at.p, kind.body->size)) {
		put_raw(s, c, at);
		return;
	}
	size = ALIGN4(kind.body->size);
	if (size >= at.n)
		return;
	s->ops->elem(s);
	put_attrs(s, c, kind.attrs, (struct place){ at.p + size, at.n - size }, 0);
}

/* at.n is at least that of a header; the message may be cut. */
static void put_message(struct sink *s, const struct call *c, unsigned int protocol,
			struct place at, unsigned int depth)
{
	struct netlink_head h;

	memcpy(&h, at.p, HEAD);
	s->ops->begin(s, GROUP_ARRAY);
	s->ops->elem(s);
	put_head(s, &h, protocol);
	if (h.len > HEAD && at.n > HEAD) {
		size_t n = (h.len < at.n ? h.len : at.n) - HEAD;

		put_body(s, c, protocol, &h, (struct place){ at.p + HEAD, n }, depth);
	}
	s->ops->end(s, GROUP_ARRAY);
}

static void put_messages(struct sink *s, const struct call *c, unsigned int protocol,
			 struct place at, bool cut)
{
	bool list = !s->all_names || ALIGN4((size_t)load(at.p, 4)) < at.n;

	if (list)
		s->ops->begin(s, GROUP_ARRAY);
	while (at.n >= HEAD) {
		size_t len = load(at.p, 4);

		if (list)
			s->ops->elem(s);
		if (len < HEAD) {
			put_raw(s, c, at);
			break;
		}
		put_message(s, c, protocol, at, 0);
		if (ALIGN4(len) >= at.n)
			break;
		at.p += ALIGN4(len);
		at.n -= ALIGN4(len);
	}
	if (list && cut)
		s->ops->more(s, GROUP_ARRAY);
	if (list)
		s->ops->end(s, GROUP_ARRAY);
}

bool value_netlink(struct sink *s, const struct call *c, const void *data, size_t n, uint64_t whole)
{
	const struct fact_fd *fd;

	if (!c->row || !(c->row->classes & SC_NETWORK) || n < HEAD || load(data, 4) < HEAD)
		return false;
	fd = call_fd(c, 0);
	if (!fd || fd->kind != TR_FD_SOCKET || fd->sock_family != AF_NETLINK_FAMILY ||
	    fd->sock_proto == NL_KOBJECT_UEVENT)
		return false;
	put_messages(s, c, fd->sock_proto, (struct place){ data, n < whole ? n : (size_t)whole },
		     n < whole);
	return true;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value_net.c - the addresses of sockets, family by family.
 */
#include "value.h"

#include <arpa/inet.h>
#include <core/rec.h>
#include <endian.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

const char *address_family(unsigned int family)
{
	for (const struct sc_flag *f = sc_address_families()->rows; f->name; f++) {
		if (f->value == family)
			return f->name;
	}
	return NULL;
}

static uint32_t load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static void parse_unix(struct address *a, const char *path, size_t n)
{
	if (!n)
		return;
	a->abstract = !path[0];
	a->path = path + a->abstract;
	a->path_len = a->abstract ? n - 1 : strnlen(path, n);
	if (n == 1 && a->abstract)
		a->path = NULL;
}

void address_parse(struct address *a, const void *p, size_t n)
{
	const uint8_t *b = p;

	*a = (struct address){ 0 };
	if (n < 2)
		return;
	a->family = (uint16_t)(b[0] | b[1] << 8);
	if (a->family == AF_UNIX)
		parse_unix(a, (const char *)b + 2, n - 2);
	if (a->family == AF_INET && n >= 8) {
		a->port = (uint16_t)(b[2] << 8 | b[3]);
		a->ip = b + 4;
	}
	if (a->family == AF_INET6 && n >= 24) {
		a->port = (uint16_t)(b[2] << 8 | b[3]);
		a->ip = b + 8;
		a->scope = n >= 28 ? load32(b + 24) : 0;
	}
}

void address_put_ip(struct buf *out, int family, const void *ip)
{
	const uint8_t *b = ip;
	char text[INET6_ADDRSTRLEN];

	if (family == AF_INET) {
		for (int i = 0; i < 4; i++) {
			if (i)
				buf_char(out, '.');
			buf_u64(out, b[i]);
		}
	} else if (inet_ntop(AF_INET6, ip, text, sizeof(text))) {
		buf_str(out, text);
	}
}

void address_put_endpoint(struct buf *out, const struct address *a)
{
	if (a->family == AF_INET6)
		buf_char(out, '[');
	address_put_ip(out, a->family, a->ip);
	if (a->family == AF_INET6)
		buf_char(out, ']');
	buf_char(out, ':');
	buf_u64(out, a->port);
}

static void put_family(struct sink *s, unsigned int family)
{
	const char *name = address_family(family);

	s->ops->field(s, "sa_family");
	value_word_begin(s, T_ENUM, family);
	if (name) {
		buf_str(s->out, name);
	} else {
		buf_hex(s->out, family);
		buf_str(s->out, " /* AF_??? */");
	}
	s->ops->word_end(s);
}

static void put_inet(struct sink *s, const struct address *a, const uint8_t *b)
{
	if (a->family == AF_INET) {
		s->ops->field(s, "sin_port");
		s->ops->port(s, a->port);
		s->ops->field(s, "sin_addr");
		s->ops->ip(s, AF_INET, a->ip);
		return;
	}
	s->ops->field(s, "sin6_port");
	s->ops->port(s, a->port);
	s->ops->field(s, "sin6_flowinfo");
	value_word_begin(s, T_IN_ADDR, load32(b + 4));
	buf_str(s->out, "htonl(");
	buf_u64(s->out, be32toh(load32(b + 4)));
	buf_char(s->out, ')');
	s->ops->word_end(s);
	s->ops->field(s, NULL);
	s->ops->ip(s, AF_INET6, a->ip);
	s->ops->field(s, "sin6_scope_id");
	s->ops->num(s, T_UINT, a->scope);
}

static void put_netlink(struct sink *s, const uint8_t *b)
{
	uint32_t groups = load32(b + 8);
	bool some = false;

	if (s->all_names && (b[2] | b[3])) {
		s->ops->field(s, "nl_pad");
		s->ops->num(s, T_HEX, b[2] | b[3] << 8);
	}
	s->ops->field(s, "nl_pid");
	s->ops->num(s, T_INT, (int32_t)load32(b + 4));
	s->ops->field(s, "nl_groups");
	s->ops->word_begin(s);
	for (int shift = 28; shift >= 0; shift -= 4) { /* as %#08x: the prefix is two of the eight */
		some |= !groups || shift < 24 || groups >> shift;
		if (groups && shift == (groups >> 24 ? groups >> 28 ? 28 : 24 : 20))
			buf_put(s->out, "0x", 2);
		if (some)
			buf_char(s->out, "0123456789abcdef"[groups >> shift & 15]);
	}
	s->ops->word_end(s);
}

/* A hardware address has as many bytes as it says. */
static size_t trim(unsigned int family, const uint8_t *p, size_t n)
{
	return family == AF_PACKET && n > 12 && p[11] < n - 12 ? 12u + p[11] : n;
}

/* What strace takes for too short to be an address. */
static size_t least(unsigned int family)
{
	return family == AF_INET ? 16 : family == AF_PACKET ? 20 : 0;
}

void value_sockaddr_rest(struct sink *s, unsigned int family, const void *p, size_t n)
{
	static const struct tr_syscall no_rec;
	static const struct call no_call = { .rec = &no_rec, .string_limit = 64 };
	const uint8_t *b = p;
	const struct sc_field *f = s->all_names && n < least(family) ? NULL : sc_sockaddr_fields(family, n);

	if (!f && n > 2) {
		s->ops->field(s, "sa_data");
		s->ops->str(s, (const char *)p + 2, n - 2, 0);
	}
	n = trim(family, p, n);
	for (; f && f->name && f->off + (size_t)f->size <= n; f++) {
		s->ops->field(s, f->name);
		value_field_at(s, &no_call, f, b + f->off, n - f->off);
	}
}

void value_sockaddr_struct(struct sink *s, const void *p, size_t n)
{
	struct address a;

	address_parse(&a, p, n);
	s->ops->begin(s, GROUP_STRUCT);
	put_family(s, a.family);
	if (a.family == AF_UNIX) {
		if (a.path || (s->all_names && a.abstract)) {
			s->ops->field(s, "sun_path");
			s->ops->str(s, a.path ? a.path : "", a.path ? a.path_len : 0,
				    a.abstract ? STR_ABSTRACT : STR_PATH);
		}
	} else if (a.ip && !(s->all_names && n < least(a.family))) {
		put_inet(s, &a, p);
	} else if (a.family == AF_NETLINK && n >= 12) {
		put_netlink(s, p);
	} else {
		value_sockaddr_rest(s, a.family, p, n);
	}
	s->ops->end(s, GROUP_STRUCT);
}

static void put_sockaddr(struct sink *s, const void *p, size_t n)
{
	s->ops->sockaddr(s, p, n);
}

/* How long the caller's buffer is. */
static size_t address_room(const struct call *c, unsigned int i)
{
	const struct sc_arg *arg = call_arg(c, i);
	const struct tr_item *item =
		arg->len < c->nargs ? rec_item_find(c->rec, arg->len, TR_PART_SELF, 0, false) : NULL;

	if (!item || item->len < 4 || (item->flags & TR_ITEM_EXIT))
		return SIZE_MAX;
	return load32(rec_item_data(item));
}

bool value_sockaddr(struct sink *s, const struct call *c, unsigned int i, bool at_exit)
{
	const struct tr_item *item = rec_item_find(c->rec, i, TR_PART_SELF, 0, at_exit);
	size_t room = at_exit ? address_room(c, i) : SIZE_MAX;

	if (!item || item->len < 2 || room < 2)
		return false;
	put_sockaddr(s, rec_item_data(item), item->len < room ? item->len : room);
	return true;
}

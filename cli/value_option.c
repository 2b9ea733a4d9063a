/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value_option.c - the values of sockets' options, by level and name.
 */
#include "value.h"

#include <core/rec.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

static uint32_t load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* As the table describes the option; false: it does not, or there are too few bytes. */
static bool put_option(struct sink *s, const struct call *c, const struct sc_arg *value,
		       const uint8_t *p, size_t n, bool at_exit)
{
	struct value_type t = { value->sub, value->size, value->ref };
	const struct sc_struct *st = value->ref;

	switch (value->type) {
	case T_STRUCT:
		return value_struct(s, c, st, p, n < st->size ? n : st->size);
	case T_STR:
		s->ops->str(s, p, strnlen((const char *)p, n), 0);
		return true;
	case T_VALUE:
		if (n < value->size || (value->sub == T_ERRNO && (!at_exit || !load32(p))))
			return false;
		s->ops->begin(s, GROUP_POINTEE);
		value_place(s, c, &t, p, n);
		s->ops->end(s, GROUP_POINTEE);
		return true;
	default:
		return false;
	}
}

/* What strace takes for bytes, or for an int: timeouts, names, cookies, TCP_INFO, IP_MULTICAST_IF, sources. */
static bool is_opaque(uint32_t level, uint32_t name)
{
	if (level == SOL_SOCKET)
		return name == 20 || name == 21 || name == 66 || name == 67 || name == 25 || name == 31 ||
		       name == 57 || name == 61 || name == 71;
	if (level == IPPROTO_TCP)
		return name == TCP_INFO || name == TCP_CONGESTION || name == TCP_ULP;
	return level == IPPROTO_IP && (name == IP_MULTICAST_IF || (name >= 37 && name <= 40));
}

/* What strace does not look into: what was given is shorter than the struct without what is left out at its end. */
static bool is_too_short(const struct sc_arg *value, size_t n)
{
	const struct sc_struct *st = value->type == T_STRUCT ? value->ref : NULL;
	size_t least = 0;

	for (const struct sc_field *f = st ? st->fields : NULL; f && f->name; f++) {
		if (f->more != 8)
			least = f->off + (size_t)f->size;
	}
	return n < least;
}

/* SO_PEERCRED, PACKET_STATISTICS */
static bool is_only_read(const struct sc_arg *value)
{
	const struct sc_struct *st = value->type == T_STRUCT ? value->ref : NULL;

	return st && (strcmp(st->name, "ucred") == 0 || strcmp(st->name, "tpacket_stats") == 0);
}

static void put_int(struct sink *s, const uint8_t *p)
{
	s->ops->begin(s, GROUP_POINTEE);
	s->ops->num(s, T_INT, (int32_t)load32(p));
	s->ops->end(s, GROUP_POINTEE);
}

bool value_sockopt(struct sink *s, const struct call *c, unsigned int i, bool at_exit)
{
	const struct tr_item *item = rec_item_find(c->rec, i, TR_PART_SELF, 0, at_exit);
	const struct sc_arg *value =
		sc_sockopt_value((uint32_t)c->rec->args[1], (uint32_t)c->rec->args[2]);
	const uint8_t *p = item ? rec_item_data(item) : NULL;
	bool opaque = is_opaque((uint32_t)c->rec->args[1], (uint32_t)c->rec->args[2]);

	if (!item || (s->all_names && !at_exit && item->len < 4 && !value &&
		      (uint32_t)c->rec->args[1] == SOL_SOCKET && (uint32_t)c->rec->args[2] != SO_BINDTODEVICE))
		return false;
	if (value && s->all_names && (opaque || (!at_exit && is_only_read(value))))
		value = NULL;
	if (value && s->all_names && !at_exit && is_too_short(value, item->len))
		return false;
	if (value && put_option(s, c, value, p, item->len, at_exit))
		return true;
	if (s->all_names && at_exit && !value && item->len < 4 && (uint32_t)c->rec->args[2] != SO_BINDTODEVICE) {
		s->ops->str(s, p, item->len, STR_RANDOM);
		return true;
	}
	if (item->len == 4 || (s->all_names && !at_exit && !opaque && item->len > 4 &&
			       (uint32_t)c->rec->args[1] == SOL_SOCKET && item->len < 8))
		put_int(s, p);
	else
		value_bytes(s, c, item, item->len);
	return true;
}

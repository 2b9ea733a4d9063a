/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value_control.c - the control data of messages: descriptors, credentials, times, what a packet was like.
 */
#include "value.h"

#include <core/rec.h>
#include <netinet/in.h>
#include <sys/socket.h>

#define F(name) { #name, name, 0 }

/* clang-format off */
static const struct sc_flags fl_scm = { "SCM_???", (const struct sc_flag[]){
	F(SCM_RIGHTS), { "SCM_CREDENTIALS", 2, 0 }, { "SCM_SECURITY", 3, 0 }, { "SCM_PIDFD", 4, 0 },
	{ "SO_TIMESTAMP_OLD", 29, 0 }, { "SO_TIMESTAMPNS_OLD", 35, 0 }, { "SO_TIMESTAMPING_OLD", 37, 0 },
	{ "SO_WIFI_STATUS", 41, 0 }, { "SCM_TIMESTAMPING_OPT_STATS", 54, 0 },
	{ "SCM_TIMESTAMPING_PKTINFO", 58, 0 }, { "SO_TXTIME", 61, 0 }, { "SO_TIMESTAMP_NEW", 63, 0 },
	{ "SO_TIMESTAMPNS_NEW", 64, 0 }, { "SO_TIMESTAMPING_NEW", 65, 0 }, { "SO_DEVMEM_LINEAR", 78, 0 },
	{ "SO_DEVMEM_DMABUF", 79, 0 }, { "SCM_TS_OPT_ID", 81, 0 }, { NULL, 0, 0 },
} };

enum { IP_SECURITY = 3, IP_SUM = 23 };

static const struct sc_flags fl_ip_control = { "IP_???", (const struct sc_flag[]){
	F(IP_TOS), F(IP_TTL), { "SCM_SECURITY", IP_SECURITY, 0 }, F(IP_RECVOPTS), F(IP_RETOPTS), F(IP_PKTINFO),
	F(IP_RECVERR), F(IP_ORIGDSTADDR), { "IP_CHECKSUM", IP_SUM, 0 }, { NULL, 0, 0 },
} };

static const struct sc_struct st_pktinfo = { "in_pktinfo", 12, (const struct sc_field[]){
	{ "ipi_ifindex", 0, 4, T_IFINDEX, 0, 0, NULL },
	{ "ipi_spec_dst", 4, 4, T_IN_ADDR, 0, 0, NULL },
	{ "ipi_addr", 8, 4, T_IN_ADDR, 0, 0, NULL },
	{ NULL, 0, 0, 0, 0, 0, NULL },
}, NULL, 0 };

static const struct sc_struct st_pktinfo6 = { "in6_pktinfo", 20, (const struct sc_field[]){
	{ "ipi6_addr", 0, 16, T_IN6_ADDR, 0, 0, NULL },
	{ "ipi6_ifindex", 16, 4, T_IFINDEX, 0, 0, NULL },
	{ NULL, 0, 0, 0, 0, 0, NULL },
}, NULL, 0 };

static const struct sc_struct st_ucred = { "ucred", 12, (const struct sc_field[]){
	{ "pid", 0, 4, T_PID, 0, 0, NULL },
	{ "uid", 4, 4, T_UID, 0, 0, NULL },
	{ "gid", 8, 4, T_GID, 0, 0, NULL },
	{ NULL, 0, 0, 0, 0, 0, NULL },
}, NULL, 0 };

static const struct sc_struct st_error = { "sock_extended_err", 32, (const struct sc_field[]){
	{ "ee_errno", 0, 4, T_UINT, 0, 0, NULL },
	{ "ee_origin", 4, 1, T_UINT, 0, 0, NULL },
	{ "ee_type", 5, 1, T_UINT, 0, 0, NULL },
	{ "ee_code", 6, 1, T_UINT, 0, 0, NULL },
	{ "ee_info", 8, 4, T_UINT, 0, 0, NULL },
	{ "ee_data", 12, 4, T_UINT, 0, 0, NULL },
	{ "offender", 16, 16, T_SOCKADDR, 0, 0, NULL },
	{ NULL, 0, 0, 0, 0, 0, NULL },
}, NULL, 0 };
/* clang-format on */

static uint32_t load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static uint64_t load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static void put_elements(struct sink *s, const struct call *c, const struct value_type *t, const uint8_t *p,
			 size_t n)
{
	s->ops->begin(s, GROUP_ARRAY);
	for (size_t at = 0; at + t->size <= n; at += t->size) {
		if (s->terse && t->type != T_TIMESPEC && at / t->size == c->string_limit) {
			s->ops->more(s, GROUP_ARRAY);
			break;
		}
		s->ops->elem(s);
		value_place(s, c, t, p + at, t->size);
	}
	s->ops->end(s, GROUP_ARRAY);
}

#define CONTROL(level, type) ((uint64_t)(level) << 32 | (type))

/* What a kind of control data is. */
struct control {
	uint64_t what;
	struct value_type type;
	uint8_t least; /* bytes; what has fewer is not told */
	uint8_t count; /* of elements at most; 0: it is none; UINT8_MAX: as many as there are */
	bool told_missing; /* what has fewer is told to be missing */
};

static const struct control *control_of(uint32_t level, uint32_t type)
{
	/* clang-format off */
	static const struct control list[] = {
		{ CONTROL(SOL_SOCKET, SCM_RIGHTS), { T_FD, 4, NULL }, 4, UINT8_MAX, false },
		{ CONTROL(SOL_SOCKET, 2), { T_INLINE, 12, &st_ucred }, 12, 0, false }, /* SCM_CREDENTIALS */
		{ CONTROL(SOL_SOCKET, 4), { T_FD, 4, NULL }, 4, UINT8_MAX, false },    /* SCM_PIDFD */
		{ CONTROL(SOL_SOCKET, 29), { T_TIMEVAL, 16, NULL }, 16, 0, true },
		{ CONTROL(SOL_SOCKET, 35), { T_TIMESPEC, 16, NULL }, 16, 0, true },
		{ CONTROL(SOL_SOCKET, 37), { T_TIMESPEC, 16, NULL }, 48, 3, true },
		{ CONTROL(SOL_SOCKET, 63), { T_TIMEVAL, 16, NULL }, 16, 0, true },
		{ CONTROL(SOL_SOCKET, 64), { T_TIMESPEC, 16, NULL }, 16, 0, true },
		{ CONTROL(SOL_SOCKET, 65), { T_TIMESPEC, 16, NULL }, 48, 3, true },
		{ CONTROL(IPPROTO_IP, IP_PKTINFO), { T_INLINE, 12, &st_pktinfo }, 12, 0, false },
		{ CONTROL(IPPROTO_IP, IP_TTL), { T_INT, 4, NULL }, 4, UINT8_MAX, false },
		{ CONTROL(IPPROTO_IP, IP_SUM), { T_UINT, 4, NULL }, 4, UINT8_MAX, false },
		{ CONTROL(IPPROTO_IP, IP_TOS), { T_HEX, 1, NULL }, 1, UINT8_MAX, false },
		{ CONTROL(IPPROTO_IP, IP_RECVOPTS), { T_HEX, 1, NULL }, 1, UINT8_MAX, false },
		{ CONTROL(IPPROTO_IP, IP_RETOPTS), { T_HEX, 1, NULL }, 1, UINT8_MAX, false },
		{ CONTROL(IPPROTO_IP, IP_RECVERR), { T_INLINE, 32, &st_error }, 32, 0, false },
		{ CONTROL(IPPROTO_IPV6, IPV6_PKTINFO), { T_INLINE, 20, &st_pktinfo6 }, 20, 0, false },
	};
	/* clang-format on */

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		if (list[i].what == CONTROL(level, type))
			return &list[i];
	}
	return NULL;
}

static bool is_address(uint32_t level, uint32_t type, size_t n)
{
	return level == IPPROTO_IP && type == IP_ORIGDSTADDR && n >= 16;
}

/* SCM_SECURITY */
static bool is_label(uint32_t level, uint32_t type)
{
	return type == IP_SECURITY && (level == SOL_SOCKET || level == IPPROTO_IP);
}

static void put_data(struct sink *s, const struct call *c, uint32_t level, uint32_t type, const uint8_t *p,
		     size_t n)
{
	const struct control *control = control_of(level, type);
	bool told = control ? n >= control->least || control->told_missing :
			      is_label(level, type) || is_address(level, type, n);

	if (s->all_names && !told)
		return;
	if (s->all_names && level == IPPROTO_IPV6)
		return;
	s->ops->field(s, "cmsg_data");
	if (is_address(level, type, n)) {
		s->ops->sockaddr(s, p, n);
	} else if (!control) {
		s->ops->str(s, p, n, 0);
	} else if (n < control->least) {
		if (s->all_names)
			buf_str(s->out, "???");
		else
			s->ops->str(s, p, n, 0);
	} else if (control->count) {
		put_elements(s, c, &control->type, p,
			     control->count == UINT8_MAX ? n : (size_t)control->count * control->type.size);
	} else {
		value_place(s, c, &control->type, p, n);
	}
}

/* The header of a message, which is a word shorter for callers of 32 bits. */
struct head {
	uint64_t len;
	uint32_t level, type;
	size_t size;
};

static struct head head_at(const struct call *c, const uint8_t *p)
{
	size_t word = c->is_32 ? 4 : 8;

	return (struct head){ c->is_32 ? load32(p) : load64(p), load32(p + word), load32(p + word + 4), word + 8 };
}

/* One message, of which n bytes are there. */
static void put_message(struct sink *s, const struct call *c, const struct head *h, const uint8_t *p, size_t n)
{
	const struct sc_flags levels = { "SOL_???", sc_sockopt_levels()->rows };

	n = h->len < n ? (size_t)h->len : n;
	s->ops->begin(s, GROUP_STRUCT);
	s->ops->field(s, "cmsg_len");
	s->ops->num(s, T_SIZE, (int64_t)h->len);
	s->ops->field(s, "cmsg_level");
	value_num(s, T_ENUM, &levels, h->level);
	s->ops->field(s, "cmsg_type");
	if (h->level == SOL_SOCKET || h->level == IPPROTO_IP)
		value_num(s, T_ENUM, h->level == SOL_SOCKET ? &fl_scm : &fl_ip_control, h->type);
	else
		s->ops->num(s, T_HEX, h->type);
	if (n > h->size)
		put_data(s, c, h->level, h->type, p + h->size, n - h->size);
	s->ops->end(s, GROUP_STRUCT);
}

/* What does not fit together is told by where it is. */
static void put_rest(struct sink *s, uint64_t address)
{
	s->ops->more(s, GROUP_ARRAY);
	if (!s->all_names)
		return;
	buf_put(s->out, " /* ", 4);
	buf_hex(s->out, address);
	buf_put(s->out, " */", 3);
}

size_t value_control_head(const struct call *c)
{
	return c->is_32 ? 12 : 16;
}

void value_control(struct sink *s, const struct call *c, const struct tr_item *item, uint64_t whole,
		   uint64_t address)
{
	const uint8_t *p = rec_item_data(item);
	size_t n = item->len < whole ? item->len : (size_t)whole, word = c->is_32 ? 4 : 8;

	s->ops->begin(s, GROUP_ARRAY);
	for (size_t at = 0; at + value_control_head(c) <= n;) {
		struct head h = head_at(c, p + at);

		s->ops->elem(s);
		put_message(s, c, &h, p + at, n - at);
		if (h.len > n - at)
			break;
		if (h.len < h.size) {
			put_rest(s, address + at + h.size);
			break;
		}
		at += (size_t)(h.len + word - 1) & ~(word - 1);
	}
	s->ops->end(s, GROUP_ARRAY);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value_msg.c - messages of sockets with their buffers and control data, the values of their options; and
 * the vectors of buffers that files have in common with them.
 */
#include "value.h"

#include <core/rec.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#define IOV_SIZE 16
#define MSGHDR_SIZE 56
#define MMSGHDR_SIZE 64
#define CMSG_HEAD 16
#define MSG_PARTS 8 /* as many as are captured whole */

#define F(name) { #name, name, 0 }

/* clang-format off */
static const struct sc_flags fl_scm = { "SCM_???", (const struct sc_flag[]){
	F(SCM_RIGHTS), { "SCM_CREDENTIALS", 2, 0 }, { "SCM_SECURITY", 3, 0 }, { "SCM_PIDFD", 4, 0 },
	{ "SO_TIMESTAMP_OLD", 29, 0 }, { "SO_TIMESTAMPNS_OLD", 35, 0 }, { NULL, 0, 0 },
} };

static const struct sc_struct st_pktinfo = { "in_pktinfo", 12, (const struct sc_field[]){
	{ "ipi_ifindex", 0, 4, T_INT, 0, 0, NULL },
	{ "ipi_spec_dst", 4, 4, T_IN_ADDR, 0, 0, NULL },
	{ "ipi_addr", 8, 4, T_IN_ADDR, 0, 0, NULL },
	{ NULL, 0, 0, 0, 0, 0, NULL },
}, NULL, 0 };

static const struct sc_struct st_ucred = { "ucred", 12, (const struct sc_field[]){
	{ "pid", 0, 4, T_PID, 0, 0, NULL },
	{ "uid", 4, 4, T_UID, 0, 0, NULL },
	{ "gid", 8, 4, T_GID, 0, 0, NULL },
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

/* Where a vector's parts are: argument, part of the data, when. */
struct vec {
	unsigned int arg, part;
	unsigned int index; /* of the first, in an array of messages */
	bool at_exit;
	uint64_t left; /* bytes that the call moved and that are not shown yet; ~0: unlimited */
};

static void put_iov(struct sink *s, const struct call *c, struct vec *v, unsigned int k,
		    const uint8_t *iov)
{
	const struct tr_item *data = rec_item_find(c->rec, v->arg, v->part, v->index + k, v->at_exit);
	uint64_t base = load64(iov), len = load64(iov + 8);
	uint64_t whole = len < v->left ? len : v->left;

	s->ops->begin(s, GROUP_STRUCT);
	s->ops->field(s, "iov_base");
	if (data && !(s->all_names && (data->flags & TR_ITEM_FAULT) && data->len < c->string_limit))
		value_bytes(s, c, data, whole);
	else if (!whole && base)
		s->ops->str(s, "", 0, 0);
	else
		s->ops->addr(s, base);
	s->ops->field(s, "iov_len");
	s->ops->num(s, T_SIZE, (int64_t)len);
	s->ops->end(s, GROUP_STRUCT);
	if (v->left != UINT64_MAX)
		v->left -= whole;
}

/* n words of 4 or 8 bytes as words of 8. */
static void widen(uint8_t *out, const uint8_t *p, size_t n, size_t word)
{
	memset(out, 0, n * 8);
	for (size_t i = 0; i < n; i++)
		memcpy(out + i * 8, p + i * word, word);
}

static void put_vector(struct sink *s, const struct call *c, struct vec *v,
		       const struct tr_item *item, uint64_t count)
{
	const uint8_t *p = item ? rec_item_data(item) : NULL;
	unsigned int size = c->compat ? IOV_SIZE / 2 : IOV_SIZE, have = item ? item->len / size : 0;
	uint8_t iov[IOV_SIZE];

	s->ops->begin(s, GROUP_ARRAY);
	for (unsigned int k = 0; k < count; k++) {
		if (k >= have || (s->terse && k == c->string_limit)) {
			s->ops->more(s, GROUP_ARRAY);
			break;
		}
		s->ops->elem(s);
		widen(iov, p + k * size, 2, size / 2);
		put_iov(s, c, v, k, iov);
	}
	s->ops->end(s, GROUP_ARRAY);
}

static uint64_t moved(const struct call *c, bool at_exit)
{
	return at_exit && c->returned && !c->failed ? (uint64_t)c->rec->ret : UINT64_MAX;
}

bool value_iov(struct sink *s, const struct call *c, unsigned int i, bool at_exit)
{
	const struct sc_arg *arg = call_arg(c, i);
	const struct tr_item *item = rec_item_find(c->rec, i, TR_PART_SELF, 0, at_exit);
	uint64_t count = arg->len < TR_MAX_ARGS ? (uint32_t)c->rec->args[arg->len] : 0;
	struct vec v = { i, TR_PART_IOV_DATA, 0, at_exit, moved(c, at_exit) };

	if (!item && (count || (at_exit && c->failed)))
		return false;
	put_vector(s, c, &v, item, count);
	return true;
}

static void put_rights(struct sink *s, const uint8_t *p, size_t n)
{
	s->ops->begin(s, GROUP_ARRAY);
	for (size_t at = 0; at + 4 <= n; at += 4) {
		s->ops->elem(s);
		s->ops->fd(s, (int32_t)load32(p + at), false);
	}
	s->ops->end(s, GROUP_ARRAY);
}

static void put_one(struct sink *s, unsigned int type, int64_t v)
{
	s->ops->begin(s, GROUP_POINTEE);
	s->ops->num(s, type, v);
	s->ops->end(s, GROUP_POINTEE);
}

#define CMSG(level, type) ((uint64_t)(level) << 32 | (type))

/* False: bytes, as far as is known here. */
static bool put_control_data(struct sink *s, const struct call *c, uint64_t what, const uint8_t *p,
			     size_t n)
{
	switch (what) {
	case CMSG(SOL_SOCKET, SCM_RIGHTS):
		put_rights(s, p, n);
		return true;
	case CMSG(SOL_SOCKET, 2): /* SCM_CREDENTIALS */
		return value_struct(s, c, &st_ucred, p, n);
	case CMSG(SOL_SOCKET, SO_TIMESTAMP):
	case CMSG(SOL_SOCKET, SO_TIMESTAMPNS):
		if (n < 16)
			return false;
		s->ops->time(s, (int64_t)load64(p), (int64_t)load64(p + 8),
			     (uint32_t)what == SO_TIMESTAMP ? TIME_IS_US : 0);
		return true;
	case CMSG(IPPROTO_IP, IP_PKTINFO):
		return value_struct(s, c, &st_pktinfo, p, n);
	case CMSG(IPPROTO_IP, IP_TTL):
		if (n < 4)
			return false;
		put_one(s, T_INT, (int32_t)load32(p));
		return true;
	case CMSG(IPPROTO_IP, IP_TOS):
		put_one(s, T_HEX, p[0]);
		return true;
	default:
		return false;
	}
}

/* One message of so many bytes, of which n are there. */
static void put_cmsg(struct sink *s, const struct call *c, const uint8_t *p, uint64_t len, size_t n)
{
	uint32_t level = load32(p + 8), type = load32(p + 12);
	const struct sc_flags levels = { "SOL_???", sc_sockopt_levels()->rows };
	const uint8_t *data = p + CMSG_HEAD;

	n = len < n ? (size_t)len : n;
	s->ops->begin(s, GROUP_STRUCT);
	s->ops->field(s, "cmsg_len");
	s->ops->num(s, T_SIZE, (int64_t)len);
	s->ops->field(s, "cmsg_level");
	value_num(s, T_ENUM, &levels, level);
	s->ops->field(s, "cmsg_type");
	if (level == SOL_SOCKET)
		value_num(s, T_ENUM, &fl_scm, type);
	else if (level == IPPROTO_IP)
		value_num(s, T_ENUM, sc_sockopt_names(level), type);
	else
		s->ops->num(s, T_HEX, type);
	if (n > CMSG_HEAD) {
		s->ops->field(s, "cmsg_data");
		if (!put_control_data(s, c, CMSG(level, type), data, n - CMSG_HEAD))
			s->ops->str(s, data, n - CMSG_HEAD, 0);
	}
	s->ops->end(s, GROUP_STRUCT);
}

/* What does not fit together is told by where it is. */
static void put_control_rest(struct sink *s, uint64_t address)
{
	s->ops->more(s, GROUP_ARRAY);
	if (!s->all_names)
		return;
	buf_put(s->out, " /* ", 4);
	buf_hex(s->out, address);
	buf_put(s->out, " */", 3);
}

/* At an address, of which whole bytes count. */
static void put_control(struct sink *s, const struct call *c, const struct tr_item *item,
			uint64_t whole, uint64_t address)
{
	const uint8_t *p = rec_item_data(item);
	size_t n = item->len < whole ? item->len : (size_t)whole;

	s->ops->begin(s, GROUP_ARRAY);
	for (size_t at = 0; at + CMSG_HEAD <= n;) {
		uint64_t len = load64(p + at);

		s->ops->elem(s);
		put_cmsg(s, c, p + at, len, n - at);
		if (len > n - at)
			break;
		if (len < CMSG_HEAD) {
			put_control_rest(s, address + at + CMSG_HEAD);
			break;
		}
		at += (size_t)(len + 7) & ~(size_t)7;
	}
	s->ops->end(s, GROUP_ARRAY);
}

/* As sockets' lengths: what the buffer had, and what came. */
static void put_namelen(struct sink *s, const struct call *c, const struct vec *v, int32_t len)
{
	const struct tr_item *before = rec_item_find(c->rec, v->arg, TR_PART_SELF, 0, false);
	int32_t was = len;

	if (v->at_exit && call_arg(c, v->arg)->type == T_MSGHDR && before && !(before->flags & TR_ITEM_EXIT) &&
	    before->len >= 12 && s->ops->change)
		was = (int32_t)load32((const uint8_t *)rec_item_data(before) + 8);
	s->ops->num(s, T_INT, was);
	if (was == len)
		return;
	s->ops->change(s);
	s->ops->num(s, T_INT, len);
}

/* A call that failed filled nothing, but took the length from there. */
static bool put_failed_message(struct sink *s, const struct call *c, unsigned int i)
{
	const struct tr_item *item = rec_item_find(c->rec, i, TR_PART_SELF, 0, false);

	if (!item || item->len < MSGHDR_SIZE || (item->flags & TR_ITEM_EXIT))
		return false;
	s->ops->begin(s, GROUP_STRUCT);
	s->ops->field(s, "msg_namelen");
	s->ops->num(s, T_INT, (int32_t)load32((const uint8_t *)rec_item_data(item) + 8));
	s->ops->end(s, GROUP_STRUCT);
	return true;
}

/* A struct msghdr at m, whose parts are the items of v->arg. */
static void put_message(struct sink *s, const struct call *c, struct vec *v, const uint8_t *m)
{
	unsigned int arg = v->arg;
	const struct tr_item *name = rec_item_find(c->rec, arg, TR_PART_MSG_NAME, v->index, v->at_exit);
	const struct tr_item *iov = rec_item_find(c->rec, arg, TR_PART_MSG_IOV, v->index, v->at_exit);
	const struct tr_item *control =
		rec_item_find(c->rec, arg, TR_PART_MSG_CONTROL, v->index, v->at_exit);
	uint64_t iovlen = load64(m + 24), controllen = load64(m + 40);

	s->ops->field(s, "msg_name");
	if (name && load64(m) && name->len >= 2 && load32(m + 8))
		s->ops->sockaddr(s, rec_item_data(name), name->len);
	else
		s->ops->addr(s, load64(m));
	s->ops->field(s, "msg_namelen");
	put_namelen(s, c, v, (int32_t)load32(m + 8));
	s->ops->field(s, "msg_iov");
	if (iov || (!iovlen && load64(m + 16)))
		put_vector(s, c, v, iov, iovlen);
	else
		s->ops->addr(s, load64(m + 16));
	s->ops->field(s, "msg_iovlen");
	s->ops->num(s, T_SIZE, (int64_t)iovlen);
	if (controllen) {
		s->ops->field(s, "msg_control");
		if (control && controllen >= CMSG_HEAD && !c->compat)
			put_control(s, c, control, controllen, load64(m + 32));
		else
			s->ops->addr(s, load64(m + 32));
	}
	s->ops->field(s, "msg_controllen");
	s->ops->num(s, T_SIZE, (int64_t)controllen);
	s->ops->field(s, "msg_flags");
	value_num(s, T_FLAGS, sc_message_flags(), load32(m + 48));
}

bool value_msghdr(struct sink *s, const struct call *c, unsigned int i, bool at_exit)
{
	const struct tr_item *item = rec_item_find(c->rec, i, TR_PART_SELF, 0, at_exit);
	struct vec v = { i, TR_PART_MSG_DATA, 0, at_exit, moved(c, at_exit) };

	size_t word = c->compat ? 4 : 8;
	uint8_t wide[MSGHDR_SIZE];

	if (at_exit && c->failed && !c->is_32)
		return put_failed_message(s, c, i);
	if (!item || item->len < 7 * word)
		return false;
	widen(wide, rec_item_data(item), 7, word);
	s->ops->begin(s, GROUP_STRUCT);
	put_message(s, c, &v, wide);
	s->ops->end(s, GROUP_STRUCT);
	return true;
}

static void put_mmsghdr(struct sink *s, const struct call *c, struct vec *v, const uint8_t *m,
			const uint8_t *after)
{
	s->ops->elem(s);
	s->ops->begin(s, GROUP_STRUCT);
	s->ops->field(s, "msg_hdr");
	s->ops->begin(s, GROUP_STRUCT);
	put_message(s, c, v, m);
	s->ops->end(s, GROUP_STRUCT);
	if (after) {
		s->ops->field(s, "msg_len");
		s->ops->num(s, T_UINT, load32(after + MSGHDR_SIZE));
	}
	s->ops->end(s, GROUP_STRUCT);
}

bool value_mmsghdr(struct sink *s, const struct call *c, unsigned int i, bool at_exit)
{
	const struct tr_item *item = rec_item_find(c->rec, i, TR_PART_SELF, 0, at_exit);
	const struct tr_item *done = rec_item_find(c->rec, i, TR_PART_SELF, 0, true);
	const uint8_t *p = item ? rec_item_data(item) : NULL;
	size_t n = item ? item->len / MMSGHDR_SIZE : 0, ndone = 0;

	if (c->is_32 || (!item && (uint32_t)c->rec->args[2]))
		return false;
	if (done && (done->flags & TR_ITEM_EXIT) && c->returned && !c->failed)
		ndone = done->len / MMSGHDR_SIZE;
	s->ops->begin(s, GROUP_ARRAY);
	for (unsigned int k = 0; k < n; k++) {
		const uint8_t *m = p + k * MMSGHDR_SIZE;
		const uint8_t *after = k < ndone ? (const uint8_t *)rec_item_data(done) + k * MMSGHDR_SIZE : NULL;
		struct vec v = { i, TR_PART_MSG_DATA, k << 5, at_exit,
				 at_exit && after ? load32(after + MSGHDR_SIZE) : UINT64_MAX };

		if (k == MSG_PARTS) { /* no more of them are captured */
			s->ops->more(s, GROUP_ARRAY);
			break;
		}
		put_mmsghdr(s, c, &v, m, after);
	}
	s->ops->end(s, GROUP_ARRAY);
	return true;
}

bool value_msgbuf(struct sink *s, const struct call *c, unsigned int i, bool at_exit)
{
	const struct tr_item *item = rec_item_find(c->rec, i, TR_PART_SELF, 0, at_exit);
	const struct sc_arg *arg = call_arg(c, i);
	const uint8_t *p = item ? rec_item_data(item) : NULL;
	uint64_t whole = at_exit && !s->all_names ? (uint64_t)c->rec->ret : c->rec->args[arg->len];
	size_t n;

	if (!item || item->len < 8 || c->is_32 || (at_exit && c->failed))
		return false;
	n = item->len - 8u < c->string_limit ? item->len - 8u : c->string_limit;
	if (n > whole)
		n = (size_t)whole;
	s->ops->begin(s, GROUP_STRUCT);
	s->ops->field(s, "mtype");
	s->ops->num(s, T_LONG, (int64_t)load64(p));
	s->ops->field(s, "mtext");
	s->ops->str(s, p + 8, n, n < whole ? STR_CUT : 0);
	s->ops->end(s, GROUP_STRUCT);
	return true;
}

/* As the table describes the option; false: it does not, or there are too few bytes. */
static bool put_option(struct sink *s, const struct call *c, const struct sc_arg *value,
		       const uint8_t *p, size_t n)
{
	struct value_type t = { value->sub, value->size, value->ref };

	switch (value->type) {
	case T_STRUCT:
		return value_struct(s, c, value->ref, p, n);
	case T_STR:
		s->ops->str(s, p, strnlen((const char *)p, n), 0);
		return true;
	case T_VALUE:
		if (n < value->size || (value->sub == T_ERRNO && !load32(p)))
			return false;
		s->ops->begin(s, GROUP_POINTEE);
		value_place(s, c, &t, p, n);
		s->ops->end(s, GROUP_POINTEE);
		return true;
	default:
		return false;
	}
}

/* What strace takes for bytes, or for an int: timeouts, names, TCP_INFO, IP_MULTICAST_IF. */
static bool is_opaque(uint32_t level, uint32_t name)
{
	if (level == SOL_SOCKET)
		return name == 20 || name == 21 || name == 66 || name == 67 || name == 25 || name == 31;
	if (level == IPPROTO_TCP)
		return name == TCP_INFO || name == TCP_CONGESTION || name == TCP_ULP;
	return level == IPPROTO_IP && name == IP_MULTICAST_IF;
}

bool value_sockopt(struct sink *s, const struct call *c, unsigned int i, bool at_exit)
{
	const struct tr_item *item = rec_item_find(c->rec, i, TR_PART_SELF, 0, at_exit);
	const struct sc_arg *value =
		sc_sockopt_value((uint32_t)c->rec->args[1], (uint32_t)c->rec->args[2]);
	const uint8_t *p = item ? rec_item_data(item) : NULL;

	if (!item || (s->all_names && !at_exit && item->len < 4 && !value &&
		      (uint32_t)c->rec->args[1] == SOL_SOCKET && (uint32_t)c->rec->args[2] != SO_BINDTODEVICE))
		return false;
	if (value && s->all_names && is_opaque((uint32_t)c->rec->args[1], (uint32_t)c->rec->args[2]))
		value = NULL;
	if (value && put_option(s, c, value, p, item->len))
		return true;
	if (s->all_names && at_exit && !value && item->len < 4 && (uint32_t)c->rec->args[2] != SO_BINDTODEVICE) {
		s->ops->str(s, p, item->len, STR_RANDOM);
		return true;
	}
	if (item->len != 4) {
		value_bytes(s, c, item, item->len);
		return true;
	}
	s->ops->begin(s, GROUP_POINTEE);
	s->ops->num(s, T_INT, (int32_t)load32(p));
	s->ops->end(s, GROUP_POINTEE);
	return true;
}

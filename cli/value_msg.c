/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value_msg.c - messages of sockets with their buffers, and the vectors of buffers that files have in common with
 * them.
 */
#include "value.h"

#include <core/rec.h>
#include <sys/socket.h>

#define IOV_SIZE 16
#define MSGHDR_SIZE 56
#define MMSGHDR_SIZE 64
#define MSG_PARTS 8 /* as many as are captured whole */

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
		if (control && controllen >= value_control_head(c))
			value_control(s, c, control, controllen, load64(m + 32));
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

		/* No more of them are captured, or wanted. */
		if (k == MSG_PARTS || (s->terse && k == c->string_limit)) {
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

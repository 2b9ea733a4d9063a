/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* join.c - see join.h. */
#include "join.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include <core/buf.h>
#include <core/rec.h>

/* What came of one item. */
struct whole {
	struct whole *next;
	struct tr_item item; /* len: of the bytes so far; flags: of the last piece */
	uint32_t room;
	bool ended; /* the last piece came */
	bool used;
	uint8_t *bytes;
};

/* The call that a task makes. */
struct pieces {
	uint32_t tid;
	uint32_t call; /* tr_syscall.more */
	size_t bytes;
	struct whole *wholes;
	UT_hash_handle hh;
};

struct join {
	struct pieces *calls; /* by tid */
	size_t bytes;
	struct buf made; /* the record that was made last */
};

struct join *join_new(void)
{
	return calloc(1, sizeof(struct join));
}

static void drop(struct join *j, struct pieces *p)
{
	struct whole *w;

	while ((w = p->wholes)) {
		p->wholes = w->next;
		free(w->bytes);
		free(w);
	}
	j->bytes -= p->bytes;
	HASH_DEL(j->calls, p);
	free(p);
}

void join_reset(struct join *j)
{
	struct pieces *p, *next;

	HASH_ITER(hh, j->calls, p, next)
		drop(j, p);
}

void join_free(struct join *j)
{
	if (!j)
		return;
	join_reset(j);
	buf_done(&j->made);
	free(j);
}

size_t join_bytes(const struct join *j)
{
	return j->bytes;
}

static struct pieces *find(const struct join *j, uint32_t tid)
{
	struct pieces *p;

	HASH_FIND(hh, j->calls, &tid, sizeof(tid), p);
	return p;
}

/*
 * Counts what is about to be kept; false: it would be too much. Those that wait for longest give way: their
 * records were lost.
 */
static bool take(struct join *j, struct pieces *p, size_t n)
{
	if (p->bytes + n > JOIN_CALL_MAX)
		return false;
	while (j->bytes + n > JOIN_ALL_MAX && j->calls != p)
		drop(j, j->calls);
	if (j->bytes + n > JOIN_ALL_MAX)
		return false;
	p->bytes += n;
	j->bytes += n;
	return true;
}

static struct pieces *pieces_get(struct join *j, const struct tr_data *data)
{
	struct pieces *p = find(j, data->h.tid);

	if (p && p->call != data->call) { /* its record is lost, or nobody asked for it */
		drop(j, p);
		p = NULL;
	}
	if (p)
		return p;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->tid = data->h.tid;
	p->call = data->call;
	HASH_ADD(hh, j->calls, tid, sizeof(p->tid), p);
	take(j, p, sizeof(*p)); /* it is not too much: others give way */
	return p;
}

static bool is_same(const struct tr_item *a, const struct tr_item *b)
{
	return a->arg == b->arg && a->part == b->part && a->index == b->index &&
	       !((a->flags ^ b->flags) & TR_ITEM_EXIT);
}

static struct whole *whole_get(struct join *j, struct pieces *p, const struct tr_item *item)
{
	struct whole **at = &p->wholes;

	for (; *at; at = &(*at)->next)
		if (is_same(&(*at)->item, item))
			return *at;
	if (!take(j, p, sizeof(**at)))
		return NULL;
	*at = calloc(1, sizeof(**at));
	if (!*at) {
		p->bytes -= sizeof(**at);
		j->bytes -= sizeof(**at);
		return NULL;
	}
	(*at)->item = *item;
	(*at)->item.len = 0;
	return *at;
}

static bool grow(struct join *j, struct pieces *p, struct whole *w, uint32_t want)
{
	uint32_t room = w->room ? w->room : TR_ITEM_MAX;
	uint8_t *bytes;

	if (want <= w->room)
		return true;
	while (room < want)
		room *= 2;
	if (!take(j, p, room - w->room))
		return false;
	bytes = realloc(w->bytes, room);
	if (!bytes) {
		p->bytes -= room - w->room;
		j->bytes -= room - w->room;
		return false;
	}
	w->bytes = bytes;
	w->room = room;
	return true;
}

/*
 * What could not be read at entry comes once more at the return, from its beginning: then only what is new is
 * taken. Behind a gap nothing is.
 */
static void keep(struct join *j, const struct tr_data *data)
{
	struct pieces *p = pieces_get(j, data);
	struct whole *w = p ? whole_get(j, p, &data->item) : NULL;
	uint32_t known, end = data->offset + data->item.len;

	if (!w || data->offset > w->item.len)
		return;
	known = w->item.len - data->offset;
	if (known < data->item.len) {
		if (!grow(j, p, w, end))
			return;
		memcpy(w->bytes + w->item.len, (const uint8_t *)(data + 1) + known,
		       data->item.len - known);
		w->item.len = end;
	}
	if ((data->h.flags & TR_DATA_LAST) && end == w->item.len) {
		w->item.flags = data->item.flags;
		w->ended = true;
	}
}

static void put_item(struct join *j, struct tr_item item, const void *bytes)
{
	static const char zeroes[8] = {0};

	buf_put(&j->made, &item, sizeof(item));
	buf_put(&j->made, bytes, item.len);
	buf_put(&j->made, zeroes, -item.len & 7);
}

static void put_whole(struct join *j, struct whole *w)
{
	struct tr_item item = w->item;

	w->used = true;
	if (!w->ended)
		item.flags = (item.flags & TR_ITEM_EXIT) | TR_ITEM_TRUNC;
	put_item(j, item, w->bytes);
}

static struct whole *whole_find(struct pieces *p, const struct tr_item *item)
{
	for (struct whole *w = p->wholes; w; w = w->next)
		if (is_same(&w->item, item))
			return w;
	return NULL;
}

/*
 * An item as long as it is by now; how many are put. What could not be read at entry can be in the record twice, and
 * a shorter one is in the other then.
 */
static unsigned int put_known(struct join *j, struct pieces *p, const struct tr_item *item)
{
	struct whole *w = whole_find(p, item);

	if (w && w->item.len > item->len) {
		if (w->used)
			return 0;
		put_whole(j, w);
		return 1;
	}
	if (w)
		w->used = true;
	put_item(j, *item, rec_item_data(item));
	return 1;
}

/* The record with its items as long as they are by now, and behind them those that it had no room for. */
static const struct tr_hdr *make(struct join *j, struct pieces *p, const struct tr_syscall *call)
{
	const struct tr_item *item;
	struct tr_syscall *made;
	unsigned int n = 0;

	for (struct whole *w = p->wholes; w; w = w->next)
		w->used = false;
	j->made.len = 0;
	j->made.failed = false;
	buf_put(&j->made, call, sizeof(*call));
	for (item = rec_item_first(call); item; item = rec_item_next(call, item))
		n += put_known(j, p, item);
	for (struct whole *w = p->wholes; w && n < 255; w = w->next) {
		if (w->used || (!w->item.len && !w->ended))
			continue;
		put_whole(j, w);
		n++;
	}
	if (j->made.failed)
		return NULL;
	made = (struct tr_syscall *)(void *)j->made.p;
	made->nitems = (uint8_t)n;
	made->h.len = (uint32_t)j->made.len;
	return &made->h;
}

/* A call that was told already, because it waits, is told again. */
static const struct tr_hdr *whole_call(struct join *j, const struct tr_syscall *call)
{
	struct pieces *p = find(j, call->h.tid);
	const struct tr_hdr *made = NULL;

	if (!p)
		return &call->h;
	if (call->nr != TR_NR_BEYOND && p->call == call->more)
		made = make(j, p, call);
	if (!(call->h.flags & TR_F_BLOCKED))
		drop(j, p);
	return made ? made : &call->h;
}

/* The thread that called execve goes on as its process's leader, who is no more. */
static void move(struct join *j, const struct tr_exec *exec)
{
	struct pieces *p = find(j, exec->old_tid), *old;

	if (!p || exec->old_tid == exec->h.tid)
		return;
	old = find(j, exec->h.tid);
	if (old)
		drop(j, old);
	HASH_DEL(j->calls, p);
	p->tid = exec->h.tid;
	HASH_ADD(hh, j->calls, tid, sizeof(p->tid), p);
}

const struct tr_hdr *join_record(struct join *j, const struct tr_hdr *rec)
{
	struct pieces *p;

	if (rec->type == TR_DATA) {
		keep(j, (const void *)rec);
		return NULL;
	}
	if (!j->calls)
		return rec;
	switch (rec->type) {
	case TR_SYSCALL:
		return whole_call(j, (const void *)rec);
	case TR_EXEC:
		move(j, (const void *)rec);
		break;
	case TR_EXIT:
		p = find(j, rec->tid);
		if (p)
			drop(j, p);
		break;
	default:
		break;
	}
	return rec;
}

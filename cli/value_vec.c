/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value_vec.c - what there are several of: arrays, vectors of strings and of buffers, sets of bits, directory
 * entries.
 */
#include "secret.h"
#include "value.h"

#include <core/compat.h>
#include <core/rec.h>

static uint64_t load(const uint8_t *p, unsigned int size)
{
	uint64_t v = 0;

	memcpy(&v, p, size < sizeof(v) ? size : sizeof(v));
	return v;
}

static const struct tr_item *self_item(const struct call *c, unsigned int i, bool at_exit)
{
	return rec_item_find(c->rec, i, TR_PART_SELF, 0, at_exit);
}

static bool is_pollfd(const struct sc_arg *arg)
{
	const struct sc_struct *st = arg->ref;

	return arg->type == T_ARRAY && arg->dir == D_INOUT && st && strcmp(st->name, "pollfd") == 0;
}

/* struct pollfd: revents says nothing before the call, and events is known after it. */
static void put_pollfd(struct sink *s, const struct call *c, const struct sc_struct *st,
		       const uint8_t *p, const char *which)
{
	s->ops->begin(s, GROUP_STRUCT);
	for (const struct sc_field *f = st->fields; f->name; f++) {
		if (f->off + f->size > 8 || (f != st->fields && strcmp(f->name, which) != 0))
			continue;
		if (f != st->fields && (s->terse || s->all_names) && (int32_t)load(p, 4) < 0) /* it is passed over */
			continue;
		s->ops->field(s, f->name);
		value_field_at(s, c, f, p + f->off, f->size);
	}
	s->ops->end(s, GROUP_STRUCT);
}

static uint64_t array_count(const struct call *c, const struct sc_arg *arg, bool at_exit)
{
	if (arg->ret_len && at_exit)
		return c->failed ? 0 : (uint64_t)c->rec->ret;
	if (arg->len < TR_MAX_ARGS)
		return (uint32_t)c->rec->args[arg->len];
	return arg->count ? arg->count : 1;
}

bool value_array(struct sink *s, const struct call *c, unsigned int i, bool at_exit)
{
	const struct sc_arg *arg = call_arg(c, i);
	const struct sc_struct *st = sc_abi_ref(c->rec->abi, arg->ref);
	const struct tr_item *item = self_item(c, i, at_exit);
	uint64_t count = array_count(c, arg, at_exit);
	size_t size = c->compat ? compat_size(st) : st ? st->size : 0;
	bool poll = is_pollfd(arg);

	if (!size || (!item && (count || (at_exit && c->failed))))
		return false;
	if (s->all_names && arg->len < TR_MAX_ARGS && arg->count && count > arg->count)
		return false;
	s->ops->begin(s, GROUP_ARRAY);
	for (unsigned int k = 0; k < count; k++) {
		const uint8_t *p = (const uint8_t *)rec_item_data(item) + k * size;

		if ((k + 1) * size > item->len || (s->terse && k == c->string_limit)) {
			s->ops->more(s, GROUP_ARRAY);
			break;
		}
		s->ops->elem(s);
		if (poll)
			put_pollfd(s, c, st, p, at_exit ? "revents" : "events");
		else if (!value_own_struct(s, c, st, p, size))
			s->ops->more(s, GROUP_ARRAY);
	}
	s->ops->end(s, GROUP_ARRAY);
	return true;
}

#define READY_ROOM 997 /* bytes that strace has for what poll found */

bool value_ready(struct sink *s, const struct call *c)
{
	const struct sc_arg *arg = c->row && c->row->nargs ? &c->row->args[0] : NULL;
	const struct tr_item *item;
	const uint8_t *p;
	size_t from;

	if (!arg || !is_pollfd(arg))
		return false;
	item = self_item(c, 0, true);
	if (!item || !(item->flags & TR_ITEM_EXIT))
		return false;
	from = s->out->len;
	s->ops->begin(s, GROUP_ARRAY);
	p = rec_item_data(item);
	for (unsigned int k = 0, ready = 0; (k + 1) * 8u <= item->len; k++) {
		size_t mark;

		if (!(p[k * 8 + 6] | p[k * 8 + 7]))
			continue;
		if (s->terse && ready++ == c->string_limit) {
			s->ops->more(s, GROUP_ARRAY);
			break;
		}
		mark = s->out->len;
		s->ops->elem(s);
		put_pollfd(s, c, arg->ref, p + k * 8, "revents");
		if (s->all_names && s->out->len - from >= READY_ROOM) { /* as strace */
			s->out->len = mark;
			s->ops->more(s, GROUP_ARRAY);
			break;
		}
	}
	s->ops->end(s, GROUP_ARRAY);
	return true;
}

/* argv and envp of a new image: strings with their NULs, as the kernel copied them. */
static void put_block(struct sink *s, const struct call *c, const struct tr_item *item, bool env)
{
	const char *p = rec_item_data(item), *end = p + item->len;
	unsigned int next = 0;

	while (p < end) {
		size_t n = strnlen(p, (size_t)(end - p));
		bool cut = p + n == end || n > c->string_limit; /* one byte more tells that there is more */
		size_t shown = env && !c->show_secrets ? secret_shown(p, n, cut) : n;

		if (s->terse && next++ >= c->string_limit) {
			s->ops->more(s, GROUP_ARRAY);
			return;
		}
		if (shown > c->string_limit)
			shown = c->string_limit;
		s->ops->elem(s);
		s->ops->str(s, p, shown, shown < n || cut ? STR_CUT : 0);
		p += n + 1;
	}
	if (item->flags & TR_ITEM_TRUNC)
		s->ops->more(s, GROUP_ARRAY);
}

static unsigned int block_count(const struct tr_item *item)
{
	const char *p = rec_item_data(item);
	unsigned int n = 0;

	for (unsigned int k = 0; k < item->len; k++)
		n += !p[k];
	return n;
}

/* How many strings the vector has; false: more than were counted. */
static bool strv_count(const struct call *c, unsigned int i, unsigned int *ret_n)
{
	const struct tr_item *item = rec_item_first(c->rec);
	const char *p = (const char *)item;

	*ret_n = 0;
	for (unsigned int k = 0; k < c->rec->nitems; k++) {
		item = (const void *)p;
		p += sizeof(*item) + ((item->len + 7u) & ~7u);
		if (item->arg != i)
			continue;
		if (item->part == TR_PART_STRV_END) {
			*ret_n = item->index;
			return true;
		}
		if (item->part == TR_PART_STRV)
			*ret_n = item->index + 1u;
	}
	return false;
}

/* How many strings of it were read. */
static unsigned int strv_read(const struct call *c, unsigned int i)
{
	const struct tr_item *item = rec_item_first(c->rec);
	const char *p = (const char *)item;
	unsigned int n = 0;

	for (unsigned int k = 0; k < c->rec->nitems; k++) {
		item = (const void *)p;
		p += sizeof(*item) + ((item->len + 7u) & ~7u);
		n += item->arg == i && item->part == TR_PART_STRV && !(item->flags & TR_ITEM_FAULT);
	}
	return n;
}

static void put_strings(struct sink *s, const struct call *c, unsigned int i)
{
	const struct tr_item *item;
	const char *p = (const char *)rec_item_first(c->rec);
	unsigned int n, next = 0;
	bool whole = strv_count(c, i, &n), env = strcmp(c->row->args[i].name, "envp") == 0;

	for (unsigned int k = 0; k < c->rec->nitems; k++) {
		size_t shown;

		item = (const void *)p;
		p += sizeof(*item) + ((item->len + 7u) & ~7u);
		if (item->arg != i || item->part != TR_PART_STRV || item->index < next)
			continue;
		if (s->terse && next >= c->string_limit)
			break;
		shown = item->len;
		if (env && !c->show_secrets)
			shown = secret_shown(rec_item_data(item), shown, item->flags & TR_ITEM_TRUNC);
		if (shown > c->string_limit)
			shown = c->string_limit;
		if (item->index > next) /* those between could not be read */
			s->ops->more(s, GROUP_ARRAY);
		s->ops->elem(s);
		s->ops->str(s, rec_item_data(item), shown,
			    shown < item->len || (item->flags & TR_ITEM_TRUNC) ? STR_CUT : 0);
		next = item->index + 1u;
	}
	if (!whole || next < n)
		s->ops->more(s, GROUP_ARRAY);
}

bool value_strv(struct sink *s, const struct call *c, unsigned int i)
{
	const struct tr_item *block = rec_item_find(c->rec, i, TR_PART_ARG_BLOCK, 0, true);
	unsigned int n;
	bool whole = strv_count(c, i, &n);

	if (!whole && !n && !block)
		return false;
	/* All of the caller's, or of the new image's what could not be read of it. */
	if (block && (!(block->flags & TR_ITEM_EXIT) || !whole || strv_read(c, i) < n)) {
		n = block_count(block);
		whole = !(block->flags & TR_ITEM_TRUNC);
	} else {
		block = NULL;
	}
	if (s->ops->count && strcmp(c->row->args[i].name, "envp") == 0 &&
	    (s->terse || (n && !block && !strv_read(c, i)))) {
		s->ops->count(s, c->rec->args[i], n, whole, "vars");
		return true;
	}
	s->ops->begin(s, GROUP_ARRAY);
	if (block)
		put_block(s, c, block, strcmp(c->row->args[i].name, "envp") == 0);
	else
		put_strings(s, c, i);
	s->ops->end(s, GROUP_ARRAY);
	return true;
}

/* Bits of a set as numbers; bits: how many of the item's count. */
static bool put_bits(struct sink *s, const struct tr_item *item, uint64_t bits, bool are_fds)
{
	const uint8_t *p;

	if (!item)
		return false;
	p = rec_item_data(item);
	if (bits > item->len * 8u)
		bits = item->len * 8u;
	s->ops->begin(s, GROUP_SET);
	for (unsigned int b = 0; b < bits; b++) {
		if (!(p[b / 8] >> (b % 8) & 1))
			continue;
		s->ops->elem(s);
		if (are_fds)
			s->ops->fd(s, (int32_t)b, false);
		else
			s->ops->num(s, T_UINT, b);
	}
	s->ops->end(s, GROUP_SET);
	return true;
}

int32_t value_fdset_next(const struct call *c, unsigned int i, int32_t fd)
{
	const struct tr_item *item = self_item(c, i, true);
	const uint8_t *p = item ? rec_item_data(item) : NULL;
	uint32_t bits = (uint32_t)c->rec->args[0];

	for (uint32_t b = (uint32_t)fd; item && b < bits && b < item->len * 8u; b++) {
		if (p[b / 8] >> (b % 8) & 1)
			return (int32_t)b;
	}
	return -1;
}

bool value_fdset(struct sink *s, const struct call *c, unsigned int i, bool at_exit)
{
	const struct sc_arg *arg = call_arg(c, i);

	if (arg->len < TR_MAX_ARGS && (int32_t)c->rec->args[arg->len] < 0)
		return false;
	return put_bits(s, self_item(c, i, at_exit),
			arg->len < TR_MAX_ARGS ? (uint32_t)c->rec->args[arg->len] : 0, true);
}

bool value_cpuset(struct sink *s, const struct call *c, unsigned int i, bool at_exit)
{
	return put_bits(s, self_item(c, i, at_exit), ~0ULL, false);
}

/* clang-format off */
static const struct sc_flags fl_dirent = { "DT_???", (const struct sc_flag[]){
	{ "DT_UNKNOWN", 0, 0 }, { "DT_FIFO", 1, 0 }, { "DT_CHR", 2, 0 }, { "DT_DIR", 4, 0 },
	{ "DT_BLK", 6, 0 }, { "DT_REG", 8, 0 }, { "DT_LNK", 10, 0 }, { "DT_SOCK", 12, 0 },
	{ "DT_WHT", 14, 0 }, { NULL, 0, 0 },
} };
/* clang-format on */

/* struct linux_dirent64, or linux_dirent with the type in its last byte. */
static void put_dirent(struct sink *s, const struct call *c, const uint8_t *p, unsigned int len,
		       bool is_64)
{
	unsigned int name = is_64 ? 19 : 18;
	int name_first = s->all_names && !is_64; /* strace has them in the order of the bytes */

	s->ops->begin(s, GROUP_STRUCT);
	s->ops->field(s, "d_ino");
	s->ops->num(s, T_ULONG, (int64_t)load(p, 8));
	s->ops->field(s, "d_off");
	s->ops->num(s, T_ULONG, (int64_t)load(p + 8, 8));
	s->ops->field(s, "d_reclen");
	s->ops->num(s, T_UINT, len);
	for (int i = 0; i < 2; i++) {
		if (i == name_first) {
			s->ops->field(s, "d_type");
			value_num(s, T_ENUM, &fl_dirent, value_narrow(c, T_ENUM, 4, is_64 ? p[18] : p[len - 1]));
		} else {
			s->ops->field(s, "d_name");
			s->ops->str(s, p + name, strnlen((const char *)p + name, len - name), 0);
		}
	}
	s->ops->end(s, GROUP_STRUCT);
}

bool value_resident(struct sink *s, const struct call *c, unsigned int i, bool at_exit)
{
	const struct tr_item *item = rec_item_find(c->rec, i, TR_PART_SELF, 0, at_exit);
	uint64_t bytes = c->rec->args[call_arg(c, i)->len], count = bytes / 4096 + !!(bytes % 4096);
	const uint8_t *p = item ? rec_item_data(item) : NULL;

	if (c->failed || (!item && count))
		return false;
	s->ops->begin(s, GROUP_ARRAY);
	for (uint64_t k = 0; k < count; k++) {
		if (k >= item->len || (s->terse && k == c->string_limit)) {
			s->ops->more(s, GROUP_ARRAY);
			break;
		}
		s->ops->elem(s);
		s->ops->num(s, T_INT, p[k] & 1);
	}
	s->ops->end(s, GROUP_ARRAY);
	return true;
}

bool value_dirents(struct sink *s, const struct call *c, unsigned int i)
{
	const struct tr_item *item = self_item(c, i, true);
	const uint8_t *p = item ? rec_item_data(item) : NULL;
	size_t n = item ? item->len : 0;
	uint64_t count = 0;
	bool listed = !s->ops->count || !s->terse, all = !item || (uint64_t)c->rec->ret <= n;

	if (!c->returned || c->failed || (!item && c->rec->ret) ||
	    (c->is_32 && !call_arg(c, i)->sub))
		return false;
	if (listed)
		s->ops->begin(s, GROUP_ARRAY);
	for (size_t at = 0; at + 24 <= n;) {
		unsigned int len = (unsigned int)load(p + at + 16, 2);

		if (len < 24 || len > n - at)
			break;
		count++;
		if (listed) {
			s->ops->elem(s);
			put_dirent(s, c, p + at, len, call_arg(c, i)->sub);
		}
		at += len;
	}
	if (!listed) {
		const struct tr_item *entries = rec_item_find(c->rec, i, TR_PART_ENTRIES, 0, true);

		if (!all && entries && entries->len == 4) {
			count = load(rec_item_data(entries), 4);
			all = true;
		}
		s->ops->count(s, c->rec->args[i], count, all, "entries");
		return true;
	}
	if (!all)
		s->ops->more(s, GROUP_ARRAY);
	s->ops->end(s, GROUP_ARRAY);
	return true;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value_events.c - what is read from descriptors that give events in place of data: inotify, fanotify,
 * eventfd, timerfd and signalfd. Events that were not captured whole are told as far as they were.
 */
#include "value.h"

#include <core/rec.h>

#define ID_INOTIFY_ADD_WATCH 254 /* rows whose flags are those of the events */
#define ID_FANOTIFY_MARK 301

/* clang-format off */
static const struct sc_flags fl_inotify_also = { "IN_???", (const struct sc_flag[]){
	{ "IN_UNMOUNT", 0x2000, 0 }, { "IN_Q_OVERFLOW", 0x4000, 0 }, { "IN_IGNORED", 0x8000, 0 },
	{ NULL, 0, 0 },
} };

static const struct sc_field signalfd_fields[] = {
	{ "ssi_signo", 0, 4, T_SIGNAL, 0, 0, NULL }, { "ssi_errno", 4, 4, T_INT, 0, 0, NULL },
	{ "ssi_code", 8, 4, T_INT, 0, 0, NULL }, { "ssi_pid", 12, 4, T_PID, 0, 0, NULL },
	{ "ssi_uid", 16, 4, T_UID, 0, 0, NULL }, { "ssi_fd", 20, 4, T_FD, 0, 0, NULL },
	{ NULL, 0, 0, 0, 0, 0, NULL },
};
/* clang-format on */

static uint64_t load(const uint8_t *p, unsigned int size)
{
	uint64_t v = 0;

	memcpy(&v, p, size < sizeof(v) ? size : sizeof(v));
	return v;
}

static const void *flags_of(unsigned int id)
{
	return sc_by_id(id)->args[2].ref;
}

/* One event, of which n bytes were captured: as many as its fixed part has. Returns its whole length. */
typedef size_t put_event(struct sink *s, const struct call *c, const uint8_t *p, size_t n);

static size_t put_inotify(struct sink *s, const struct call *c, const uint8_t *p, size_t n)
{
	uint32_t mask = (uint32_t)load(p + 4, 4), len = (uint32_t)load(p + 12, 4);

	(void)c;
	s->ops->begin(s, GROUP_STRUCT);
	s->ops->field(s, "wd");
	s->ops->num(s, T_INT, (int32_t)load(p, 4));
	s->ops->field(s, "mask");
	value_num(s, T_FLAGS, mask & 0xe000 ? &fl_inotify_also : flags_of(ID_INOTIFY_ADD_WATCH), mask);
	s->ops->field(s, "cookie");
	s->ops->num(s, T_UINT, (int64_t)load(p + 8, 4));
	if (len) {
		size_t there = n - 16 < len ? n - 16 : len, name = strnlen((const char *)p + 16, there);

		s->ops->field(s, "name");
		s->ops->str(s, p + 16, name, name == there && there < len ? STR_CUT : 0);
	}
	s->ops->end(s, GROUP_STRUCT);
	return 16 + (size_t)len;
}

static size_t put_fanotify(struct sink *s, const struct call *c, const uint8_t *p, size_t n)
{
	size_t len = load(p, 4);

	(void)c;
	(void)n;
	s->ops->begin(s, GROUP_STRUCT);
	s->ops->field(s, "mask");
	value_num(s, T_FLAGS, flags_of(ID_FANOTIFY_MARK), (int64_t)load(p + 8, 8));
	s->ops->field(s, "fd");
	s->ops->fd(s, (int32_t)load(p + 16, 4), false);
	s->ops->field(s, "pid");
	s->ops->num(s, T_PID, (int32_t)load(p + 20, 4));
	s->ops->end(s, GROUP_STRUCT);
	return len > 24 ? len : 24;
}

static size_t put_count(struct sink *s, const struct call *c, const uint8_t *p, size_t n)
{
	(void)c;
	(void)n;
	s->ops->num(s, T_ULONG, (int64_t)load(p, 8));
	return 8;
}

static size_t put_signal(struct sink *s, const struct call *c, const uint8_t *p, size_t n)
{
	s->ops->begin(s, GROUP_STRUCT);
	for (const struct sc_field *f = signalfd_fields; f->name && f->off + (size_t)f->size <= n; f++) {
		s->ops->field(s, f->name);
		value_field_at(s, c, f, p + f->off, f->size);
	}
	s->ops->end(s, GROUP_STRUCT);
	return 128;
}

static put_event *events_of(const struct fact_fd *fd)
{
	static const struct {
		const char *name;
		put_event *put;
	} kinds[] = {
		{ "inotify", put_inotify },	{ "[fanotify]", put_fanotify },
		{ "[eventfd]", put_count },	{ "[timerfd]", put_count },
		{ "[signalfd]", put_signal },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (fact_is_anon(fd, kinds[i].name))
			return kinds[i].put;
	return NULL;
}

bool value_events(struct sink *s, const struct call *c, const struct tr_item *item, uint64_t whole)
{
	const uint8_t *p = rec_item_data(item);
	size_t n = item->len < whole ? item->len : (size_t)whole, at = 0, least;
	put_event *put;

	if (s->all_names || n < 8 || !c->row || c->row != sc_by_id(0)) /* strace shows bytes; read */
		return false;
	put = events_of(call_fd(c, 0));
	least = put == put_count ? 8 : put == put_fanotify ? 24 : 16;
	if (!put || n < least)
		return false;
	s->ops->begin(s, GROUP_ARRAY);
	while (n - at >= least) {
		size_t len;

		s->ops->elem(s);
		len = put(s, c, p + at, n - at);
		if (len > n - at)
			break;
		at += len;
	}
	if (at < n || n < whole)
		s->ops->more(s, GROUP_ARRAY);
	s->ops->end(s, GROUP_ARRAY);
	return true;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value_struct.c - structs, by the table's fields. Which of them are left out is in value_quirk.c.
 */
#include "value.h"

#include <core/compat.h>
#include <signal.h>
#include <core/rec.h>
#include "value_quirk.h"

static uint64_t load(const uint8_t *p, unsigned int size)
{
	uint64_t v = 0;

	memcpy(&v, p, size < sizeof(v) ? size : sizeof(v));
	return v;
}

static void put_time(struct sink *s, const uint8_t *p, unsigned int flags)
{
	s->ops->time(s, (int64_t)load(p, 8), (int64_t)load(p + 8, 8), flags);
}

static void put_mac(struct sink *s, const uint8_t *p, size_t n)
{
	static const char hex[] = "0123456789abcdef";

	if (s->apart)
		s->ops->str(s, p, n, STR_RANDOM);
	if (s->wordless)
		return;
	s->ops->word_begin(s);
	buf_str(s->out, s->apart ? " /* " : "");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(s->out, ':');
		buf_char(s->out, hex[p[i] >> 4]);
		buf_char(s->out, hex[p[i] & 15]);
	}
	buf_str(s->out, s->apart ? " */" : "");
	s->ops->word_end(s);
}

bool value_place(struct sink *s, const struct call *c, const struct value_type *t, const uint8_t *p,
		 size_t n)
{
	if (n < t->size)
		return false;
	switch (t->type) {
	case T_BYTES:
		s->ops->str(s, p, t->size, 0);
		return true;
	case T_CSTR:
		s->ops->str(s, p, strnlen((const char *)p, t->size), 0);
		return true;
	case T_MAC:
		put_mac(s, p, t->size);
		return true;
	case T_TIMESPEC:
	case T_TIMEVAL:
	case T_STAMP_NS:
	case T_STAMP_US:
		if (t->size < 16)
			return false;
		put_time(s, p, (t->type == T_TIMEVAL || t->type == T_STAMP_US ? TIME_IS_US : 0) |
				       (t->type >= T_STAMP_NS ? TIME_IS_DATE : 0));
		return true;
	case T_INLINE:
	case T_STRUCT:
		return value_struct(s, c, t->ref, p, t->size);
	case T_SIGSET:
		value_sigset(s, p, t->size);
		return true;
	case T_SOCKADDR:
		s->ops->sockaddr(s, p, t->size);
		return true;
	case T_IN6_ADDR:
		if (t->size < 16)
			return false;
		s->ops->ip(s, 10 /* AF_INET6 */, p);
		return true;
	default:
		if (t->type >= T_PATH) /* a pointer whose target was not captured */
			s->ops->addr(s, load(p, t->size));
		else
			value_num(s, t->type, t->ref,
				  value_narrow(c, t->type, t->size, load(p, t->size)));
		return true;
	}
}

/* One field, which may be an array of count elements. */
static bool put_field(struct sink *s, const struct call *c, const struct sc_field *f,
		      const uint8_t *p, size_t n)
{
	const struct value_type t = { f->type, f->size, f->ref };

	if (f->count <= 1)
		return value_place(s, c, &t, p, n);
	s->ops->begin(s, GROUP_ARRAY);
	for (unsigned int i = 0; i < f->count; i++) {
		if ((i + 1) * (size_t)f->size > n || (s->terse && i == c->string_limit)) {
			s->ops->more(s, GROUP_ARRAY);
			break;
		}
		s->ops->elem(s);
		value_place(s, c, &t, p + i * (size_t)f->size, f->size);
	}
	s->ops->end(s, GROUP_ARRAY);
	return true;
}

/* A field at p, of whose n bytes an array may have fewer elements than it could. */
void value_field_at(struct sink *s, const struct call *c, const struct sc_field *f, const uint8_t *p,
		    size_t n)
{
	struct sc_field one = *f;

	if (f->count && n < (size_t)f->count * f->size)
		one.count = (uint16_t)(n / f->size);
	if (f->count && one.count <= 1) {
		s->ops->begin(s, GROUP_ARRAY);
		s->ops->elem(s);
		value_place(s, c, &(struct value_type){ f->type, f->size, f->ref }, p, n);
		s->ops->end(s, GROUP_ARRAY);
		return;
	}
	put_field(s, c, &one, p, n);
}

static bool is_pointee(const struct sc_field *f)
{
	return f->type >= T_PSTR && f->type <= T_PSIGSET;
}

static size_t field_size(const struct sc_field *f)
{
	if (is_pointee(f))
		return f->size;
	return (size_t)f->size * (f->count ? f->count : 1);
}

/* What setrlimit of 32-bit callers has for no limit. */
static const struct sc_flags fl_limit_32 = { NULL, (const struct sc_flag[]){
	{ "RLIM_INFINITY", UINT32_MAX, 0 }, { NULL, 0, 0 },
} };

static bool is_signal(uint64_t how)
{
	return how == SIGEV_SIGNAL || how == SIGEV_THREAD || how == SIGEV_THREAD_ID;
}

bool value_field(struct sink *s, const struct call *c, unsigned int i, const char *name, size_t len)
{
	const struct sc_arg *arg = call_arg(c, i);
	const struct sc_struct *st =
		arg->type == T_STRUCT ? sc_abi_ref(c->rec->abi, arg->ref) : NULL;
	const struct tr_item *item = rec_item_find(c->rec, i, TR_PART_SELF, 0, arg->dir == D_OUT);
	_Alignas(8) uint8_t wide[COMPAT_MAX];
	const uint8_t *base = item ? rec_item_data(item) : NULL;
	size_t n = item ? item->len : 0;

	if (!st || !item)
		return false;
	if (c->compat) {
		n = compat_widen(st, base, n, wide);
		base = wide;
	}
	for (const struct sc_field *f = st->fields; f->name; f++) {
		if (strncmp(f->name, name, len) != 0 || f->name[len])
			continue;
		if (f->off >= n)
			return false;
		if (is_pointee(f) && f->off + (size_t)f->size <= n) {
			value_pointee(s, c, st, f, base);
			return true;
		}
		if (value_quirk(st) != QUIRK_LIMIT || f->off + (size_t)f->size > n)
			return put_field(s, c, f, base + f->off, n - f->off);
		value_num(s, VALUE_LIMIT, f->ref, (int64_t)load(base + f->off, f->size));
		return true;
	}
	return false;
}

/* The three sets of capabilities, whose lower and upper halves lie apart, each as one. */
static void put_capabilities(struct sink *s, const struct call *c, const struct sc_struct *st,
			     const uint8_t *p)
{
	const struct tr_item *head = rec_item_find(c->rec, 0, TR_PART_SELF, 0, false);
	uint32_t version = head && head->len >= 4 ? (uint32_t)load(rec_item_data(head), 4) : 0;
	bool wide = version == 0x20071026 || version == 0x20080522; /* 2 and 3; version 1 has no upper halves */
	const struct sc_field *f = st->fields;

	s->ops->begin(s, GROUP_STRUCT);
	for (unsigned int i = 0; i < 3; i++) {
		uint64_t low = load(p + f[i].off, 4), high = wide ? load(p + f[i + 3].off, 4) : 0;

		s->ops->field(s, f[i].name);
		if (low || !high)
			value_num(s, T_FLAGS, f[i].ref, (int64_t)low);
		if (low && high)
			buf_char(s->out, '|');
		if (high)
			value_num(s, T_FLAGS, f[i + 3].ref, (int64_t)high);
	}
	s->ops->end(s, GROUP_STRUCT);
}

/* struct user_desc, whose last word is bits. */
static void put_user_desc(struct sink *s, const uint8_t *p)
{
	static const struct {
		const char *name;
		uint8_t shift, mask;
	} bits[] = {
		{ "seg_32bit", 0, 1 },	     { "contents", 1, 3 },	  { "read_exec_only", 3, 1 },
		{ "limit_in_pages", 4, 1 }, { "seg_not_present", 5, 1 }, { "useable", 6, 1 },
	};
	uint32_t limit = (uint32_t)load(p + 8, 4), flags = (uint32_t)load(p + 12, 4);

	s->ops->begin(s, GROUP_STRUCT);
	s->ops->field(s, "entry_number");
	s->ops->num(s, T_INT, (int32_t)load(p, 4));
	s->ops->field(s, "base_addr");
	s->ops->num(s, T_HEX, (int64_t)load(p + 4, 4));
	s->ops->field(s, "limit");
	s->ops->word_begin(s);
	buf_put(s->out, "0x", 2);
	for (int shift = 20; shift >= 0; shift -= 4)
		buf_char(s->out, "0123456789abcdef"[limit >> shift & 15]);
	s->ops->word_end(s);
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		s->ops->field(s, bits[i].name);
		s->ops->num(s, T_UINT, flags >> bits[i].shift & bits[i].mask);
	}
	s->ops->end(s, GROUP_STRUCT);
}

/* An array whose elements differ. */
static void put_unnamed(struct sink *s, const struct call *c, const struct sc_struct *st, const uint8_t *p,
			size_t n)
{
	s->ops->begin(s, GROUP_ARRAY);
	for (const struct sc_field *f = st->fields; f->name && f->off + (size_t)f->size <= n; f++) {
		s->ops->elem(s);
		put_field(s, c, f, p + f->off, n - f->off);
	}
	s->ops->end(s, GROUP_ARRAY);
}

static void put_siginfo(struct sink *s, const uint8_t *p)
{
	struct tr_signal info = {
		.signo = (int32_t)load(p, 4),
		.errnum = (int32_t)load(p + 4, 4),
		.code = (int32_t)load(p + 8, 4),
		.pid = (int32_t)load(p + 16, 4),
		.uid = (uint32_t)load(p + 20, 4),
		.status = (int32_t)load(p + 24, 4),
		.addr = load(p + 16, 8),
		.value = load(p + 24, 8),
		.utime = load(p + 32, 8),
		.stime = load(p + 40, 8),
	};

	s->ops->siginfo(s, &info);
}

/* A field, and what it was before the call. */
static void put_changed(struct sink *s, const struct call *c, const struct sc_field *f, const uint8_t *p,
			size_t n)
{
	if ((f->more & 32) && s->before && memcmp(s->before + f->off, p + f->off, f->size) != 0) {
		put_field(s, c, f, s->before + f->off, f->size);
		s->ops->change(s);
		if (f->type == T_FLAGS) {
			buf_str(s->out, f->name);
			buf_char(s->out, '=');
		}
	}
	put_field(s, c, f, p + f->off, n - f->off);
}

/* There is something beyond the last field. */
static bool has_rest(const struct sc_struct *st, const uint8_t *p, size_t n)
{
	for (size_t i = st->size; i < n; i++) {
		if (p[i])
			return true;
	}
	return false;
}

static void put_range(struct sink *s, const struct sc_struct *st, size_t n)
{
	buf_str(s->out, "/* bytes ");
	buf_u64(s->out, st->size);
	buf_put(s->out, "..", 2);
	buf_u64(s->out, n - 1);
	buf_put(s->out, " */", 3);
}

/* What is newer than the table; of bpf's attributes strace tells that only with -v. */
static void put_rest(struct sink *s, const struct sc_struct *st, const uint8_t *p, size_t n)
{
	bool attributes = st->own_size != SC_SIZE_GROWS;

	if (!s->all_names || (attributes && s->terse)) {
		s->ops->more(s, GROUP_STRUCT);
		return;
	}
	s->ops->field(s, attributes ? "extra_data" : NULL);
	if (!attributes) {
		put_range(s, st, n);
		buf_char(s->out, ' ');
	}
	s->ops->str(s, p + st->size, n - st->size, STR_RANDOM);
	if (attributes) {
		buf_char(s->out, ' ');
		put_range(s, st, n);
	}
}

/* Where a time in seconds has its nanoseconds in the field after it. */
static uint32_t stamp_nsec(const struct sc_field *f, const uint8_t *p, size_t n)
{
	const struct sc_field *next = f + 1;
	size_t len = next->name ? strlen(next->name) : 0;

	if (len < 5 || strcmp(next->name + len - 5, "_nsec") || next->off + (size_t)next->size > n)
		return 0;
	return (uint32_t)load(p + next->off, next->size);
}

static void put_quirky(struct sink *s, const struct call *c, const struct sc_field *f, enum quirk quirk,
		       const uint8_t *p, size_t n)
{
	if (quirk == QUIRK_LIMIT)
		value_num(s, VALUE_LIMIT, c->compat ? &fl_limit_32 : f->ref,
			  (int64_t)load(p + f->off, c->compat ? 4 : f->size));
	else if (quirk == QUIRK_EVENT && f->off == 8 && n >= 16 && !is_signal(load(p + 12, 4)))
		s->ops->num(s, T_UINT, (int64_t)load(p + 8, 4));
	else
		put_changed(s, c, f, p, n);
}

bool value_struct(struct sink *s, const struct call *c, const struct sc_struct *st,
		  const uint8_t *p, size_t n)
{
	bool left_out = false;
	enum quirk quirk;

	if (!st)
		return false;
	if (strcmp(st->name, "perf_event_attr") == 0)
		return value_perf_attr(s, c, st, p, n);
	if (s->all_names && n >= 24 && strcmp(st->name, "cap_user_data") == 0) {
		put_capabilities(s, c, st, p);
		return true;
	}
	if (strcmp(st->name, "user_desc") == 0 && n >= 16) {
		put_user_desc(s, p);
		return true;
	}
	if (strcmp(st->name, "keyctl_caps") == 0) {
		put_unnamed(s, c, st, p, n);
		return true;
	}
	if (s->ops->siginfo && n >= 48 && strcmp(st->name, "siginfo") == 0) {
		put_siginfo(s, p);
		return true;
	}
	if (n >= 16 && (strcmp(st->name, "timespec") == 0 || strcmp(st->name, "timeval") == 0)) {
		put_time(s, p, st->name[4] == 'v' ? TIME_IS_US : 0);
		return true;
	}
	if (!st->fields->name || st->fields->off + (size_t)st->fields->size > n)
		return false;
	if (st->own_size && st->own_size < SC_SIZE_GROWS && st->own_size + 3u <= n) {
		uint64_t own = load(p + st->own_size - 1, 4);

		n = own && own < n ? own : n;
	}
	quirk = value_quirk(st);
	if (st->wrap && s->all_names) {
		s->ops->begin(s, GROUP_STRUCT);
		s->ops->field(s, st->wrap);
	}
	s->ops->begin(s, GROUP_STRUCT);
	for (const struct sc_field *f = st->fields; f->name; f++) {
		if (f->type == T_PAD)
			continue;
		if (f->off + field_size(f) > n || value_left_out(s, f, quirk, p, n)) {
			left_out |= quirk != QUIRK_SIGACTION && quirk != QUIRK_CLONE &&
				    quirk != QUIRK_HOW && quirk != QUIRK_EVENT &&
				    (s->terse || f->off + field_size(f) > n) &&
				    (quirk != QUIRK_SIZED || f->off + field_size(f) <= n) &&
				    !(f->more & (8 | 16 | 64));
			continue;
		}
		s->ip_name = s->all_names && f->type == T_IN6_ADDR ? f->name : NULL;
		s->ops->field(s, s->ip_name ? NULL : f->name);
		s->stamp_nsec = f->type == T_STAMP ? stamp_nsec(f, p, n) : 0;
		if (is_pointee(f))
			value_pointee(s, c, st, f, p);
		else
			put_quirky(s, c, f, quirk, p, n);
		s->ip_name = NULL;
	}
	if (left_out)
		s->ops->more(s, GROUP_STRUCT);
	else if ((quirk == QUIRK_SIZED || st->own_size) && has_rest(st, p, n))
		put_rest(s, st, p, n);
	s->ops->end(s, GROUP_STRUCT);
	if (st->wrap && s->all_names)
		s->ops->end(s, GROUP_STRUCT);
	return true;
}

bool value_own_struct(struct sink *s, const struct call *c, const struct sc_struct *st,
		      const uint8_t *p, size_t n)
{
	_Alignas(8) uint8_t wide[COMPAT_MAX];

	st = sc_abi_ref(c->rec->abi, st);
	if (!c->compat)
		return value_struct(s, c, st, p, n);
	n = compat_widen(st, p, n, wide);
	return n && value_struct(s, c, st, wide, n);
}

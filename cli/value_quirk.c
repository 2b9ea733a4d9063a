/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* value_quirk.c - see value_quirk.h. */
#include "value_quirk.h"

#include <signal.h>
#include <string.h>

static uint64_t load(const uint8_t *p, unsigned int size)
{
	uint64_t v = 0;

	memcpy(&v, p, size < sizeof(v) ? size : sizeof(v));
	return v;
}

static enum quirk stat_quirk(const struct sc_struct *st)
{
	return st->size == 144 ? QUIRK_STAT : QUIRK_STAT_MODE_16;
}

enum quirk value_quirk(const struct sc_struct *st)
{
	if (st->own_size && st->own_size != SC_SIZE_GROWS)
		return QUIRK_SIZED;
	switch (st->name[0]) {
	case 's':
		return strcmp(st->name, "stat") == 0	  ? stat_quirk(st) :
		       strcmp(st->name, "stat64") == 0	  ? QUIRK_STAT_MODE_16 :
		       strcmp(st->name, "sigaction") == 0 ? QUIRK_SIGACTION :
		       strcmp(st->name, "sigevent") == 0  ? QUIRK_EVENT :
		       strcmp(st->name, "statx") == 0	  ? QUIRK_STATX :
							    QUIRK_NONE;
	case 'c':
		return strcmp(st->name, "clone_args") == 0 ? QUIRK_CLONE : QUIRK_NONE;
	case 'o':
		return strcmp(st->name, "open_how") == 0 ? QUIRK_HOW : QUIRK_NONE;
	case 'r':
		return strncmp(st->name, "rlimit", 6) == 0 ? QUIRK_LIMIT : QUIRK_NONE;
	default:
		return QUIRK_NONE;
	}
}

/* The flags of clone3 say which of its fields are looked at. */
static bool is_used(const struct sc_field *f, uint64_t flags)
{
	static const struct {
		const char *name;
		uint64_t flags;
	} fields[] = {
		{ "pidfd", 0x1000 },	      /* CLONE_PIDFD */
		{ "child_tid", 0x01200000 },  /* CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID */
		{ "parent_tid", 0x00100000 }, /* CLONE_PARENT_SETTID */
		{ "tls", 0x00080000 },	      /* CLONE_SETTLS */
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (strcmp(f->name, fields[i].name) == 0)
			return flags & fields[i].flags;
	}
	return true;
}

/* What statx was not asked for, or does not know, by the bits of its mask. */
static bool is_unknown(const struct sc_field *f, uint64_t mask)
{
	static const struct {
		const char *name;
		uint64_t bit;
	} fields[] = {
		{ "stx_atime", 0x20 },	       { "stx_mtime", 0x40 },	       { "stx_ctime", 0x80 },
		{ "stx_btime", 0x800 },	       { "stx_mnt_id", 0x5000 },       { "stx_dio_mem", 0x2000 },
		{ "stx_dio_offset", 0x2000 },  { "stx_subvol", 0x8000 },       { "stx_atomic", 0x10000 },
		{ "stx_dio_read", 0x20000 },
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (strncmp(f->name, fields[i].name, strlen(fields[i].name)) == 0)
			return !(mask & fields[i].bit);
	}
	return false;
}

/* What a timer or a queue does when its time has come says which fields are looked at. */
static bool is_notified(const struct sc_field *f, uint32_t how)
{
	return how == (strcmp(f->name, "sigev_notify_thread_id") == 0 ? SIGEV_THREAD_ID : SIGEV_THREAD);
}

/* A device has a number in place of a size; no restorer is one that is not used. */
bool value_left_out(const struct sink *s, const struct sc_field *f, enum quirk quirk,
		    const uint8_t *p, size_t n)
{
	bool brief = s->terse || s->all_names; /* what is of no use is left out, with -v too */
	bool more = (f->more & 1 && s->terse) || (f->more & 8 && brief);

	if (f->more & 64)
		return !load(p + f->off, f->size);
	if (f->more & 16)
		return s->unfilled;

	if ((quirk == QUIRK_STAT || quirk == QUIRK_STAT_MODE_16) && brief && n >= 28) {
		unsigned int off = quirk == QUIRK_STAT ? 24 : 16;
		unsigned int type = (unsigned int)load(p + off, 4) >> 12 & 15;
		bool device = type == 2 || type == 6;

		if (strcmp(f->name, device ? "st_size" : "st_rdev") == 0)
			return true;
		return more && !(device && strcmp(f->name, "st_rdev") == 0);
	}
	if (quirk == QUIRK_SIGACTION && n >= 16 && strcmp(f->name, "sa_restorer") == 0)
		return !(load(p + 8, 8) & 0x04000000);
	if (quirk == QUIRK_CLONE && brief && n >= 8 && f->name[0] == 's' && f->name[3] == '_')
		return n < 80 || !load(p + 64, 16); /* set_tid, set_tid_size */
	if (quirk == QUIRK_CLONE && brief && n >= 88 && strcmp(f->name, "cgroup") == 0)
		return !load(p + 80, 8) && !(load(p, 8) & 0x200000000ULL); /* CLONE_INTO_CGROUP */
	if (quirk == QUIRK_CLONE && brief && n >= 8)
		return !is_used(f, load(p, 8));
	if (quirk == QUIRK_HOW && brief && n >= 8 && f->name[0] == 'm') /* O_CREAT, __O_TMPFILE */
		return !(load(p, 8) & 020000100);
	if (quirk == QUIRK_STATX && brief && !more && n >= 8)
		return is_unknown(f, load(p, 4));
	if (quirk == QUIRK_EVENT && n >= 16)
		return f->off == 0 ? brief && !load(p, 8) : f->off >= 16 && !is_notified(f, (uint32_t)load(p + 12, 4));
	return more;
}

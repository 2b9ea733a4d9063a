/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * compat.c - 32-bit layouts, worked out of the 64-bit ones: fields keep their order, words shrink to 4
 * bytes, and nothing is aligned to more than 4. That holds for structs made of words, which are listed, and
 * for those that have none.
 */
#include <core/compat.h>

#include <string.h>

/* Every field of 8 bytes is a word of the caller's ABI in these. */
static const char *const of_words[] = {
	"timespec", "timeval",	"itimerspec", "itimerval", "iovec",  "rlimit", "sigaction",
	"stack_t",  "flock",	"flock_get",  "rusage",	   "utimbuf", "tms",   "sysinfo",
};

static bool is_of_words(const struct sc_struct *st)
{
	for (size_t i = 0; i < sizeof(of_words) / sizeof(of_words[0]); i++) {
		if (strcmp(of_words[i], st->name) == 0)
			return true;
	}
	return false;
}

static bool is_word(const struct sc_field *f)
{
	return f->size == 8 && f->type != T_SIGSET && f->type != T_DEV && f->type != T_CSTR &&
	       f->type != T_BYTES && f->type != T_INLINE;
}

static unsigned int narrow_size(const struct sc_field *f)
{
	if (f->type == T_TIMESPEC || f->type == T_TIMEVAL || f->type == T_INLINE)
		return f->size / 2;
	return is_word(f) ? 4 : f->size;
}

/* The field that follows in memory the one at `after`; -1: the first. NULL: none does. */
static const struct sc_field *next_field(const struct sc_struct *st, int after)
{
	const struct sc_field *best = NULL;

	for (const struct sc_field *f = st->fields; f->name; f++) {
		if (f->off > after && (!best || f->off < best->off))
			best = f;
	}
	return best;
}

static unsigned int align(unsigned int off, unsigned int size)
{
	unsigned int to = size >= 4 ? 4 : size == 2 ? 2 : 1;

	return (off + to - 1) & ~(to - 1);
}

/* The same for every ABI: their fields have fixed widths. */
static const char *const fixed[] = {
	"statx", "clone_args", "open_how", "mount_attr", "cachestat", "cachestat_range", "sched_attr",
	"perf_event_attr", "epoll_event", "rlimit64", "futex_waitv", "file_handle", "signalfd_siginfo",
};

static bool is_fixed(const struct sc_struct *st)
{
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		if (strcmp(fixed[i], st->name) == 0)
			return true;
	}
	return false;
}

/* No field has a width that depends on the ABI. */
static bool is_same(const struct sc_struct *st)
{
	if (is_fixed(st))
		return true;
	for (const struct sc_field *f = st->fields; f->name; f++) {
		if (f->size > 4 && f->type != T_CSTR && f->type != T_BYTES && f->type != T_SIGSET)
			return false;
	}
	return true;
}

unsigned int compat_size(const struct sc_struct *st)
{
	unsigned int off = 0;
	int at = -1;

	if (!st)
		return 0;
	if (!is_of_words(st))
		return is_same(st) ? st->size : 0;
	for (const struct sc_field *f; (f = next_field(st, at)); at = f->off) {
		unsigned int count = f->count ? f->count : 1;

		off = align(off, narrow_size(f)) + narrow_size(f) * count;
	}
	return align(off, 4);
}

/* One word, with its sign, and with "unlimited" as what it is. */
static void widen_word(const struct sc_field *f, const uint8_t *p, uint8_t *out)
{
	uint32_t narrow;
	uint64_t wide;

	memcpy(&narrow, p, sizeof(narrow));
	wide = narrow;
	if (f->type == T_LONG || f->type == T_OFF || f->type == T_TIME || f->type == T_TIMESPEC ||
	    f->type == T_TIMEVAL || (f->type == T_ULONG && f->ref && narrow == UINT32_MAX))
		wide = (uint64_t)(int64_t)(int32_t)narrow;
	memcpy(out, &wide, sizeof(wide));
}

static void widen_field(const struct sc_field *f, const uint8_t *p, uint8_t *out)
{
	if (f->type == T_TIMESPEC || f->type == T_TIMEVAL || f->type == T_INLINE) {
		for (unsigned int i = 0; i < f->size / 8u; i++)
			widen_word(f, p + i * 4, out + i * 8);
	} else if (is_word(f)) {
		widen_word(f, p, out);
	} else {
		memcpy(out, p, f->size);
	}
}

size_t compat_widen(const struct sc_struct *st, const uint8_t *p, size_t n, uint8_t *out)
{
	unsigned int off = 0;
	size_t valid = 0;
	int at = -1;

	if (!st || st->size > COMPAT_MAX || !compat_size(st))
		return 0;
	memset(out, 0, COMPAT_MAX);
	if (!is_of_words(st)) {
		valid = n < st->size ? n : st->size;
		memcpy(out, p, valid);
		return valid;
	}
	for (const struct sc_field *f; (f = next_field(st, at)); at = f->off) {
		unsigned int size = narrow_size(f), count = f->count ? f->count : 1;

		off = align(off, size);
		if (off + size * count > n || f->off + f->size * count > COMPAT_MAX)
			return valid;
		for (unsigned int i = 0; i < count; i++)
			widen_field(f, p + off + i * size, out + f->off + i * f->size);
		off += size * count;
		valid = f->off + f->size * count;
	}
	return valid;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_set.h - the sets that strace's -e takes: of system calls, signals, descriptors and words,
 * each with its [!]value[,value] syntax.
 */
#ifndef CLI_STRACE_SET_H
#define CLI_STRACE_SET_H

#include <stdbool.h>
#include <stdint.h>
#include <core/filter.h>
#include <tracer/event.h>

/* Of system calls, by number in each ABI. */
struct strace_calls {
	uint64_t nr[TR_ABI_MAX][TR_NR_MAX / 64];
	bool unknown; /* numbers that no table has */
};

static inline bool strace_calls_has(const struct strace_calls *set, unsigned int abi, unsigned int nr)
{
	if (nr >= TR_NR_MAX || abi >= TR_ABI_MAX || !sc_find(abi, nr))
		return set->unknown;
	return set->nr[abi][nr / 64] >> (nr % 64) & 1;
}

/*
 * Parses strace's syscall_set: names, numbers, classes, /regex, ?, @64, @32, !, all, none. Returns 0, or
 * -EINVAL with a sentence in err (MSG_LEN).
 */
int strace_calls_parse(struct strace_calls *set, const char *text, char *err);
void strace_calls_all(struct strace_calls *set);

/* What the kernel has to look for: every row that is in the set in some ABI. */
void strace_calls_filter(const struct strace_calls *set, struct filter *f);

/* Of small numbers: signals, descriptors below 1024. */
#define STRACE_NUMBERS 1024
struct strace_numbers {
	uint64_t bits[STRACE_NUMBERS / 64];
	bool rest; /* those beyond */
};

static inline bool strace_numbers_has(const struct strace_numbers *set, int64_t n)
{
	if (n < 0 || n >= STRACE_NUMBERS)
		return n >= 0 && set->rest;
	return set->bits[n / 64] >> (n % 64) & 1;
}

bool strace_numbers_any(const struct strace_numbers *set);
int strace_signals_parse(struct strace_numbers *set, const char *text, char *err);
int strace_fds_parse(struct strace_numbers *set, const char *text, char *err);

/* Words of a fixed list, as bits. what is strace's name of the option. */
struct strace_word {
	const char *name;
	uint32_t bits;
};
int strace_words_parse(uint32_t *bits_x, const struct strace_word *words, const char *what,
		       const char *text, char *err);

#endif

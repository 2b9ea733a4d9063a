/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* strace_set.c - see strace_set.h. */
#include "strace_set.h"

#include <ctype.h>
#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "msg.h"

#define TOKEN_MAX 256
#define SIGNAL_MAX 64
#define SIGNAL_NUMBER_MAX 255 /* that strace takes */

/* One value of a list; false: it means nothing. */
typedef bool token_fn(void *set, const char *token);

/*
 * [!]value[,value]: hands every value to `add`; all and none are the caller's to know. *invert_x: an odd
 * number of exclamation marks is in front.
 */
static int parse_list(void *set, token_fn *add, const char *what, const char *text, bool *invert_x,
		      char *err)
{
	const char *s = text;
	bool any = false;

	for (*invert_x = false; *s == '!'; s++)
		*invert_x = !*invert_x;
	if (!strcmp(s, "none"))
		return 0;
	while (*s) {
		size_t n = strcspn(s, ",");
		char token[TOKEN_MAX];

		if (n >= sizeof(token))
			return msg_set(err, -EINVAL, "invalid %s '%.60s...'", what, s);
		memcpy(token, s, n);
		token[n] = '\0';
		s += n + (s[n] == ',');
		if (!n)
			continue;
		if (!add(set, token))
			return msg_set(err, -EINVAL, "invalid %s '%s'", what, token);
		any = true;
	}
	return any ? 0 : msg_set(err, -EINVAL, "invalid %s '%s'", what, text);
}

/* The ABIs that a value is limited to by its @64 or @32. */
enum { ABIS_64 = 1 << TR_ABI_X86_64 | 1 << TR_ABI_AARCH64, ABIS_32 = 1 << TR_ABI_I386 };

static bool add_nr(struct strace_calls *set, unsigned int abi, int nr)
{
	if (nr < 0 || nr >= TR_NR_MAX)
		return false;
	set->nr[abi][nr / 64] |= 1ULL << (nr % 64);
	return true;
}

static bool add_row(struct strace_calls *set, const struct sc_row *row, unsigned int abis)
{
	bool any = false;

	for (unsigned int abi = 0; abi < TR_ABI_MAX; abi++)
		if (abis >> abi & 1)
			any |= add_nr(set, abi, sc_nr(row, abi));
	return any;
}

/* Every row that `wanted` takes; the tables of several ABIs can have several rows of one name. */
static bool add_rows(struct strace_calls *set, unsigned int abis,
		     bool (*wanted)(const struct sc_row *row, const void *ctx), const void *ctx)
{
	bool any = false;

	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);

		if (row && wanted(row, ctx))
			any |= add_row(set, row, abis);
	}
	return any;
}

static bool in_class(const struct sc_row *row, const void *ctx)
{
	return row->classes & *(const uint32_t *)ctx;
}

static bool has_name(const struct sc_row *row, const void *ctx)
{
	return !strcmp(row->name, ctx);
}

static bool matches(const struct sc_row *row, const void *ctx)
{
	return !regexec(ctx, row->name, 0, NULL, 0);
}

static bool every(const struct sc_row *row, const void *ctx)
{
	(void)row, (void)ctx;
	return true;
}

/* The old names of classes have no %. */
static uint32_t class_bits(const char *name)
{
	const uint32_t old = SC_FILE | SC_DESC | SC_MEMORY | SC_NETWORK | SC_SIGNAL | SC_PROCESS |
			     SC_IPC;
	bool modern = *name == '%';

	for (const struct sc_class *c = sc_classes; c->name; c++)
		if (!strcmp(c->name, name + modern))
			return modern || (c->bits & old) ? c->bits : 0;
	return 0;
}

static bool add_regex(struct strace_calls *set, const char *pattern, unsigned int abis)
{
	size_t n = strlen(pattern);
	char text[TOKEN_MAX];
	regex_t re;
	bool any;

	memcpy(text, pattern, n + 1);
	if (n && text[n - 1] == '/') /* /regex/ is as good as /regex */
		text[n - 1] = '\0';
	if (regcomp(&re, text, REG_EXTENDED | REG_NOSUB))
		return false;
	any = add_rows(set, abis, matches, &re);
	regfree(&re);
	return any;
}

static bool add_number(struct strace_calls *set, const char *text, unsigned int abis)
{
	char *end;
	unsigned long nr = strtoul(text, &end, 10);
	bool any = false;

	if (*end || nr >= TR_NR_MAX)
		return false;
	for (unsigned int abi = 0; abi < TR_ABI_MAX; abi++)
		if ((abis >> abi & 1) && sc_find(abi, nr))
			any |= add_nr(set, abi, (int)nr);
	return any;
}

/* Cuts @64, @32 off the value. 0: another personality, which no process here has. */
static unsigned int take_abis(char *token)
{
	char *at = strrchr(token, '@');

	if (!at)
		return ABIS_64 | ABIS_32;
	*at = '\0';
	if (!strcmp(at + 1, "64"))
		return ABIS_64;
	return !strcmp(at + 1, "32") ? ABIS_32 : 0;
}

static bool add_call(void *ctx, const char *token)
{
	struct strace_calls *set = ctx;
	char name[TOKEN_MAX];
	bool maybe = *token == '?';
	unsigned int abis;
	uint32_t bits;

	strcpy(name, token + maybe);
	abis = *name == '/' ? ABIS_64 | ABIS_32 : take_abis(name);
	if (isdigit((unsigned char)*name))
		return add_number(set, name, abis) || maybe;
	if (*name == '/')
		return add_regex(set, name + 1, abis) || maybe;
	if (!strcmp(name, "all")) {
		set->unknown = true;
		return add_rows(set, abis, every, NULL) || maybe;
	}
	bits = class_bits(name);
	if (bits)
		return add_rows(set, abis, in_class, &bits) || maybe;
	return add_rows(set, abis, has_name, name) || maybe;
}

void strace_calls_all(struct strace_calls *set)
{
	memset(set, 0xff, sizeof(*set));
	set->unknown = true;
}

/* More than that a value is invalid, where that can be told. */
static void say_why_one(const char *token, char *err)
{
	const char *at = strrchr(token, '@');
	char why[128];
	regex_t re;
	int r;

	if (*token == '/') {
		r = regcomp(&re, token + 1, REG_EXTENDED | REG_NOSUB);
		if (!r) {
			regfree(&re);
			return;
		}
		regerror(r, NULL, why, sizeof(why));
		msg_set(err, -EINVAL, "regcomp: %s: %s", token + 1, why);
	} else if (at && !strcmp(at, "@x32")) {
		msg_set(err, -EINVAL, "'%s': calls of the x32 ABI are not told apart, and can't be chosen", token);
	} else if (at && strcmp(at, "@64") && strcmp(at, "@32")) {
		msg_set(err, -EINVAL, "incorrect personality designator '%s' in qualification '%s'", at + 1, token);
	}
}

static void say_why(const char *text, char *err)
{
	char copy[TOKEN_MAX], *token, *rest = copy;

	snprintf(copy, sizeof(copy), "%s", text + strspn(text, "!"));
	while ((token = strsep(&rest, ",")))
		say_why_one(token + (*token == '?'), err);
}

int strace_calls_parse(struct strace_calls *set, const char *text, char *err)
{
	bool invert;
	int r;

	memset(set, 0, sizeof(*set));
	r = parse_list(set, add_call, "system call", text, &invert, err);
	if (r)
		say_why(text, err);
	if (r || !invert)
		return r;
	for (unsigned int abi = 0; abi < TR_ABI_MAX; abi++)
		for (unsigned int i = 0; i < TR_NR_MAX / 64; i++)
			set->nr[abi][i] = ~set->nr[abi][i];
	set->unknown = !set->unknown;
	return 0;
}

void strace_calls_filter(const struct strace_calls *set, struct filter *f)
{
	memset(f->syscalls, 0, sizeof(f->syscalls));
	f->has_syscalls = true;
	f->unknown_calls = set->unknown;
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);

		for (unsigned int abi = 0; row && abi < TR_ABI_MAX; abi++) {
			int nr = sc_nr(row, abi);

			if (nr >= 0 && strace_calls_has(set, abi, (unsigned int)nr))
				f->syscalls[id / 64] |= 1ULL << (id % 64);
		}
	}
}

static bool add_bit(struct strace_numbers *set, unsigned long n)
{
	if (n >= STRACE_NUMBERS)
		return false;
	set->bits[n / 64] |= 1ULL << (n % 64);
	return true;
}

static void add_everything(struct strace_numbers *set)
{
	memset(set->bits, 0xff, sizeof(set->bits));
	set->rest = true;
}

static int parse_numbers(struct strace_numbers *set, token_fn *add, const char *what,
			 const char *text, char *err)
{
	bool invert;
	int r;

	memset(set, 0, sizeof(*set));
	r = parse_list(set, add, what, text, &invert, err);
	for (unsigned int i = 0; invert && i < STRACE_NUMBERS / 64; i++)
		set->bits[i] = ~set->bits[i];
	if (invert)
		set->rest = !set->rest;
	return r;
}

/* SIGINT, INT, int, 2. */
static bool add_signal(void *ctx, const char *token)
{
	const char *name = strncasecmp(token, "SIG", 3) ? token : token + 3;
	char *end;

	if (!strcmp(token, "all")) {
		add_everything(ctx);
		return true;
	}
	if (isdigit((unsigned char)*token)) {
		unsigned long n = strtoul(token, &end, 10);

		return !*end && n <= SIGNAL_NUMBER_MAX && add_bit(ctx, n);
	}
	for (int signo = 1; signo <= SIGNAL_MAX; signo++) {
		const char *known = sc_signal_name(signo);

		if (known && !strcasecmp(known + 3, name))
			return add_bit(ctx, (unsigned long)signo);
	}
	return false;
}

static bool add_fd(void *ctx, const char *token)
{
	char *end;
	unsigned long n;

	if (!strcmp(token, "all")) {
		add_everything(ctx);
		return true;
	}
	if (!isdigit((unsigned char)*token))
		return false;
	n = strtoul(token, &end, 10);
	return !*end && add_bit(ctx, n);
}

int strace_signals_parse(struct strace_numbers *set, const char *text, char *err)
{
	return parse_numbers(set, add_signal, "signal", text, err);
}

int strace_fds_parse(struct strace_numbers *set, const char *text, char *err)
{
	return parse_numbers(set, add_fd, "descriptor", text, err);
}

bool strace_numbers_any(const struct strace_numbers *set)
{
	for (unsigned int i = 0; i < STRACE_NUMBERS / 64; i++)
		if (set->bits[i])
			return true;
	return set->rest;
}

struct word_set {
	const struct strace_word *words;
	uint32_t bits;
};

static bool add_word(void *ctx, const char *token)
{
	struct word_set *set = ctx;

	if (!strcmp(token, "all")) {
		set->bits = UINT32_MAX;
		return true;
	}
	for (const struct strace_word *w = set->words; w->name; w++) {
		if (!strcmp(w->name, token)) {
			set->bits |= w->bits;
			return true;
		}
	}
	return false;
}

int strace_words_parse(uint32_t *bits_x, const struct strace_word *words, const char *what,
		       const char *text, char *err)
{
	struct word_set set = {.words = words};
	bool invert;
	int r = parse_list(&set, add_word, what, text, &invert, err);

	if (!r)
		*bits_x = invert ? ~set.bits : set.bits;
	return r;
}

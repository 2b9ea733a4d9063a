/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * filter_text.c - see filter_text.h. The names are those of tracectl's flags, as far as the kernel can
 * decide them; each is handed on as a key of a filter.
 */
#include "filter_text.h"
#include "filter_syntax.h"

#include <string.h>

#define WORD_MAX 256

struct flag {
	const char *name;
	char letter; /* 0: none */
	bool has_value;
	const char *key;
};

/* clang-format off */
static const struct flag flags[] = {
	{"pid",          'p', true,  "pid"},
	{"tid",          0,   true,  "tid"},
	{"comm",         0,   true,  "comm"},
	{"uid",          'u', true,  "uid"},
	{"cgroup",       0,   true,  "cgroup"},
	{"unit",         0,   true,  "unit"},
	{"follow",       'f', false, "follow"},
	{"syscall",      'e', true,  "syscall"},
	{"failed",       0,   false, "failed"},
	{"ok",           0,   false, "ok"},
	{"errno",        0,   true,  "errno"},
	{"slower",       0,   true,  "slower_ns"},
	{"string-limit", 's', true,  "string"},
};
/* clang-format on */

int filter_duration(const char *s, size_t n, uint64_t *ns_x)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {{"", 1000000000},	  {"s", 1000000000},	 {"ms", 1000000},	{"us", 1000},
		     {"ns", 1},		  {"m", 60000000000},	 {"min", 60000000000},
		     {"h", 3600000000000}};
	size_t digits = 0;
	uint64_t v;

	while (digits < n && s[digits] >= '0' && s[digits] <= '9')
		digits++;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i].name) == n - digits &&
		    !memcmp(units[i].name, s + digits, n - digits)) {
			if (filter_number(s, digits, INT64_MAX / units[i].ns, &v))
				return -EINVAL;
			*ns_x = v * units[i].ns;
			return 0;
		}
	return -EINVAL;
}

/* The next word, without the quotes that held its blanks together. 1; 0 at the end; -EINVAL. */
static int next_word(const char **text, char *word)
{
	const char *s = *text + strspn(*text, " \t");
	size_t n = 0;
	char quote = 0;

	if (!*s)
		return 0;
	for (; *s && (quote || !strchr(" \t", *s)); s++) {
		if (quote ? *s == quote : *s == '\'' || *s == '"')
			quote = quote ? 0 : *s;
		else if (n == WORD_MAX - 1)
			return -EINVAL;
		else
			word[n++] = *s;
	}
	word[n] = '\0';
	*text = s;
	return quote ? -EINVAL : 1;
}

/* The flag of a word; *value_x is what stands behind its = or its letter, NULL if nothing does. */
static const struct flag *find_flag(char *word, char **value_x)
{
	char *eq = strchr(word, '=');

	*value_x = NULL;
	if (word[0] != '-')
		return NULL;
	if (word[1] == '-' && eq) {
		*eq = '\0';
		*value_x = eq + 1;
	} else if (word[1] != '-' && word[1] && word[2]) {
		*value_x = word + 2;
	}
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (word[1] == '-' ? !strcmp(flags[i].name, word + 2) :
				     flags[i].letter && flags[i].letter == word[1])
			return &flags[i];
	return NULL;
}

static int set_value(struct filter *f, const struct flag *flag, const char *value,
		     filter_user_fn *find_user, char *err)
{
	char changed[WORD_MAX + 16];
	uint64_t ns;
	uint32_t uid;

	if (!strcmp(flag->name, "slower")) {
		if (filter_duration(value, strlen(value), &ns))
			return filter_refuse(err, "\"%.60s\" is not a time: give 10ms, 250us or 1s",
					     value);
		snprintf(changed, sizeof(changed), "%llu", (unsigned long long)ns);
		value = changed;
	} else if (!strcmp(flag->name, "unit") && !strchr(value, '.')) {
		snprintf(changed, sizeof(changed), "%s.service", value);
		value = changed;
	} else if (!strcmp(flag->name, "uid") && find_user && find_user(value, &uid)) {
		snprintf(changed, sizeof(changed), "%u", uid);
		value = changed;
	} else if (!strcmp(flag->name, "comm") && strpbrk(value, "*?[")) {
		return filter_refuse(err, "--comm takes a name here, not a pattern such as %.60s",
				     value);
	}
	return filter_set(f, flag->key, value, err);
}

int filter_text(struct filter *f, const char *text, filter_user_fn *find_user, char *err)
{
	char word[WORD_MAX], other[WORD_MAX], *value;
	int r;

	while ((r = next_word(&text, word)) > 0) {
		const struct flag *flag;
		char asked[64];

		snprintf(asked, sizeof(asked), "%.63s", word);
		flag = find_flag(word, &value);
		if (!flag)
			return filter_refuse(err, "\"%.60s\" is not a flag that a filter has", asked);
		if (flag->has_value && !value) {
			r = next_word(&text, other);
			if (!r)
				return filter_refuse(err, "--%s needs a value", flag->name);
			if (r < 0)
				break;
			value = other;
		} else if (!flag->has_value && value) {
			return filter_refuse(err, "--%s takes no value", flag->name);
		}
		r = flag->has_value ? set_value(f, flag, value, find_user, err) :
				      filter_set(f, flag->key, NULL, err);
		if (r)
			return r;
	}
	if (r < 0)
		return filter_refuse(err, "a quote is missing, or a word is too long");
	return filter_parse(f, "", 0, err);
}

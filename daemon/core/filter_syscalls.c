/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * filter_syscalls.c - a list of system calls as -e takes it, to a set of rows of the table.
 */
#include "filter.h"
#include "filter_syntax.h"

#include <errno.h>
#include <regex.h>
#include <string.h>

#define WORDS (sizeof(((struct filter *)0)->syscalls) / sizeof(uint64_t))

static void add_id(uint64_t *set, unsigned int id)
{
	set[id / 64] |= 1ULL << (id % 64);
}

static int add_class(uint64_t *set, const char *name, char *err)
{
	const struct sc_class *c = sc_classes;

	while (c->name && strcmp(c->name, name))
		c++;
	if (!c->name)
		return err ? filter_refuse(err, "unknown class of system calls \"%%%.60s\"", name)
			   : -EINVAL;
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);

		if (row && (row->classes & c->bits))
			add_id(set, id);
	}
	return 0;
}

static int add_regex(uint64_t *set, const char *pattern, char *err)
{
	bool any = false;
	regex_t re;

	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB))
		return filter_refuse(err, "\"/%.60s/\" is not a regular expression", pattern);
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);

		if (row && !regexec(&re, row->name, 0, NULL, 0)) {
			add_id(set, id);
			any = true;
		}
	}
	regfree(&re);
	if (!any)
		return filter_refuse(err, "no system call matches \"/%.60s/\"", pattern);
	return 0;
}

/* More than one row can have a name: the calls of the other ABIs. */
static bool add_name(uint64_t *set, const char *name)
{
	bool any = false;

	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);

		if (row && !strcmp(row->name, name)) {
			add_id(set, id);
			any = true;
		}
	}
	return any;
}

/*
 * One element of the list. "?name" may be unknown, as in strace; so may a class be without its %.
 */
static int add_element(uint64_t *set, const char *s, size_t n, char *err)
{
	const struct sc_row *near;
	char name[128];
	bool maybe = n && s[0] == '?';
	uint64_t nr;

	s += maybe;
	n -= maybe;
	if (!n)
		return filter_refuse(err, "an empty name in the list of system calls");
	if (n >= sizeof(name))
		return filter_refuse(err, "\"%.60s...\" is too long for a system call", s);
	memcpy(name, s, n);
	name[n] = '\0';
	if (name[0] == '%')
		return add_class(set, name + 1, err);
	if (n >= 2 && name[0] == '/' && name[n - 1] == '/') {
		name[n - 1] = '\0';
		return add_regex(set, name + 1, err);
	}
	if (!filter_number(name, n, SC_ID_OTHER - 1, &nr) && sc_by_id((unsigned int)nr)) {
		add_id(set, (unsigned int)nr);
		return 0;
	}
	if (!strcmp(name, "none") || add_name(set, name) || !add_class(set, name, NULL) || maybe)
		return 0;
	near = sc_nearest(name);
	if (near)
		return filter_refuse(err, "unknown system call \"%s\": did you mean %s?", name, near->name);
	return filter_refuse(err, "unknown system call \"%s\"", name);
}

/* Bytes up to the comma that ends the element; one within a /regex/ does not. */
static size_t element_len(const char *s)
{
	const char *end = s[0] == '/' ? strstr(s + 1, "/,") : NULL;

	if (end)
		return (size_t)(end - s) + 1;
	if (s[0] == '/' && s[1] && s[strlen(s) - 1] == '/')
		return strlen(s);
	return strcspn(s, ",");
}

static void add_all(uint64_t *set)
{
	for (unsigned int id = 0; id < SC_ID_MAX; id++)
		if (sc_by_id(id))
			add_id(set, id);
}

int filter_syscalls(struct filter *f, const char *list, char *err)
{
	uint64_t set[WORDS] = {0}, all[WORDS] = {0};
	bool negate, everything = false;

	if (!strncmp(list, "trace=", 6))
		list += 6;
	else if (!strncmp(list, "t=", 2))
		list += 2;
	negate = *list == '!';
	list += negate;
	add_all(all);
	for (const char *s = list;; s++) {
		size_t n = element_len(s);
		int r;

		if (n == 3 && !memcmp(s, "all", 3)) {
			memcpy(set, all, sizeof(set));
			everything = true;
		} else {
			r = add_element(set, s, n, err);
			if (r)
				return r;
		}
		s += n;
		if (!*s)
			break;
	}
	for (size_t i = 0; i < WORDS; i++)
		f->syscalls[i] |= negate ? all[i] & ~set[i] : set[i];
	f->unknown_calls |= negate != everything;
	f->has_syscalls = true;
	return 0;
}

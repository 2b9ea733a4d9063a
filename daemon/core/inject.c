/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* inject.c - see inject.h. */
#include "inject.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "filter_syntax.h"

#define TEXT_MAX 512
#define WHEN_MAX 65535

static int refuse(const char *what, char *err)
{
	return filter_refuse(err, "\"%.100s\" is no injection", what);
}

static bool parse_number(const char *s, uint64_t max, uint64_t *v_x)
{
	char *end;

	errno = 0;
	*v_x = strtoull(s, &end, 0);
	return *s && *s != '-' && !*end && !errno && *v_x <= max;
}

static bool set_error(struct inject *in, const char *s)
{
	uint64_t e = (uint64_t)sc_errno_by_name(s);

	if ((!e && !parse_number(s, 4095, &e)) || !e || in->has_ret)
		return false;
	in->has_ret = true;
	in->ret = -(int64_t)e;
	return true;
}

static bool set_retval(struct inject *in, const char *s)
{
	bool negative = *s == '-';
	uint64_t v;

	if (in->has_ret || !parse_number(s + negative, UINT64_MAX, &v))
		return false;
	in->has_ret = true;
	in->ret = (int64_t)(negative ? -v : v);
	return true;
}

static bool set_signal(struct inject *in, const char *s)
{
	const char *name = strncasecmp(s, "SIG", 3) ? s : s + 3;
	uint64_t v;

	if (in->signo)
		return false;
	if (parse_number(s, 64, &v)) {
		in->signo = (int)v;
		return v > 0;
	}
	for (int signo = 1; signo <= 64 && !in->signo; signo++) {
		const char *known = sc_signal_name(signo);

		if (known && !strcasecmp(known + 3, name))
			in->signo = signo;
	}
	return in->signo > 0;
}

/* "10", "1.5s", "7ms": microseconds without a unit. */
static bool parse_delay(const char *s, uint64_t *ns_x)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = {{"", 1e3}, {"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}};
	char *end;
	double v = strtod(s, &end);

	if (end == s || !(v >= 0) || *ns_x)
		return false;
	for (unsigned int i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(units[i].name, end) || v * units[i].ns > 3600e9)
			continue;
		*ns_x = (uint64_t)(v * units[i].ns);
		return true;
	}
	return false;
}

/* FIRST[..LAST][+[STEP]] */
static bool set_when(struct inject *in, const char *s)
{
	char *end;
	unsigned long first = strtoul(s, &end, 10), last = 0, step = 0;

	if (end == s || !first || first > WHEN_MAX)
		return false;
	if (end[0] == '.' && end[1] == '.') {
		s = end + 2;
		last = strtoul(s, &end, 10);
		if (end == s || last < first || last >= WHEN_MAX)
			return false;
		step = 1;
	}
	if (*end == '+') {
		s = end + 1;
		step = *s ? strtoul(s, &end, 10) : 1;
		if (!step || step > WHEN_MAX)
			return false;
		end = *s ? end : (char *)s;
	}
	in->first = (uint32_t)first;
	in->last = (uint32_t)last;
	in->step = (uint32_t)step;
	return !*end;
}

/* A call without effects: %pure. */
static bool set_instead(struct inject *in, const char *s)
{
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);

		if (row && (row->classes & SC_PURE) && !strcmp(row->name, s))
			in->instead = (uint16_t)(id + 1);
	}
	return in->instead;
}

static int digit(char c)
{
	const char *hex = "0123456789abcdef", *at = c ? strchr(hex, c | (c >= 'A' ? 0x20 : 0)) : NULL;

	return at ? (int)(at - hex) : -1;
}

/* @arg1=0000DEAD,@arg2=00 */
static bool set_pokes(struct inject *in, const char *s, bool at_exit)
{
	for (;;) {
		struct inject_poke *p = &in->pokes[in->npokes];

		if (in->npokes == INJECT_POKES || strncmp(s, "@arg", 4) || s[4] < '1' || s[4] > '6' ||
		    s[5] != '=')
			return false;
		*p = (struct inject_poke){.arg = (uint8_t)(s[4] - '1'), .at_exit = at_exit};
		for (s += 6; *s && *s != ','; s += 2) {
			int high = digit(s[0]), low = high < 0 ? -1 : digit(s[1]);

			if (low < 0 || p->len == INJECT_POKE_MAX)
				return false;
			p->bytes[p->len++] = (uint8_t)(high << 4 | low);
		}
		if (!p->len)
			return false;
		in->npokes++;
		if (!*s++)
			return true;
	}
}

static bool set(struct inject *in, const char *name, const char *value)
{
	if (!strcmp(name, "error"))
		return set_error(in, value);
	if (!strcmp(name, "retval"))
		return set_retval(in, value);
	if (!strcmp(name, "signal"))
		return set_signal(in, value);
	if (!strcmp(name, "syscall"))
		return set_instead(in, value);
	if (!strcmp(name, "delay_enter"))
		return parse_delay(value, &in->delay_enter_ns);
	if (!strcmp(name, "delay_exit"))
		return parse_delay(value, &in->delay_exit_ns);
	if (!strcmp(name, "poke_enter"))
		return set_pokes(in, value, false);
	if (!strcmp(name, "poke_exit"))
		return set_pokes(in, value, true);
	return !strcmp(name, "when") && set_when(in, value);
}

static int set_calls(struct inject *in, const char *list, size_t n, char *err)
{
	struct filter f;
	char *copy = strndup(list, n);
	int r;

	if (!copy)
		return filter_refuse(err, "out of memory");
	filter_init(&f);
	r = filter_syscalls(&f, copy, err);
	memcpy(in->calls, f.syscalls, sizeof(in->calls));
	in->unknown_calls = f.unknown_calls;
	filter_done(&f);
	free(copy);
	return r;
}

int inject_parse(struct inject *in, const char *text, char *err)
{
	size_t n = strcspn(text, ":");
	char word[TEXT_MAX];
	int r;

	memset(in, 0, sizeof(*in));
	in->first = in->step = 1;
	r = set_calls(in, text, n, err);
	for (const char *s = text + n; !r && *s; s += n) {
		char *value;

		s++;
		n = strcspn(s, ":");
		if (n >= sizeof(word))
			return refuse(s, err);
		memcpy(word, s, n);
		word[n] = '\0';
		value = strchr(word, '=');
		if (!value)
			return refuse(s, err);
		*value++ = '\0';
		if (!set(in, word, value))
			return refuse(s, err);
	}
	if (!r && !in->has_ret && !in->signo && !in->delay_enter_ns && !in->delay_exit_ns && !in->npokes)
		return filter_refuse(err, "an injection needs error, retval, signal, delay or poke");
	return r;
}

bool inject_is_due(const struct inject *in, uint32_t nth)
{
	if (nth < in->first || (in->last && nth > in->last))
		return false;
	return in->step ? (nth - in->first) % in->step == 0 : nth == in->first;
}

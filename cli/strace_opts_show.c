/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_opts_show.c - what the options of strace do that say how what was traced is shown: the lines and
 * what is in them, which are left out, and the summary.
 */
#include "strace_opts_set.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "msg.h"
#include "strace_sink.h"

int sopt_columns(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		 bool by_letter, char *err)
{
	unsigned long v;

	if (!sopt_parse_number(arg, INT_MAX, &v))
		return sopt_invalid(opt, by_letter, arg, err);
	o->column = (unsigned int)v;
	return 0;
}

int sopt_string_limit(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		      bool by_letter, char *err)
{
	unsigned long v;

	if (!sopt_parse_number(arg, INT_MAX, &v))
		return sopt_invalid(opt, by_letter, arg, err);
	o->string_limit = (uint32_t)v;
	return 0;
}

SOPT_FLAG(sopt_pointer, pointer)
SOPT_FLAG(sopt_number, number)
SOPT_FLAG(sopt_arg_names, arg_names)
SOPT_FLAG(sopt_no_abbrev, no_abbrev)
SOPT_FLAG(sopt_show_secrets, show_secrets)
SOPT_FLAG(sopt_wall_clock, summary_wall)
SOPT_FLAG(sopt_always_pid, always_pid)

int sopt_summary(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		 bool by_letter, char *err)
{
	enum strace_summary kind = opt->letter == 'c' ? SUMMARY_ONLY : SUMMARY_TOO;

	(void)arg, (void)by_letter;
	if (o->summary && o->summary != kind)
		return msg_set(err, -EUSERS,
			       "-c/--summary-only and -C/--summary are mutually exclusive");
	o->summary = kind;
	return 0;
}

int64_t strace_time_parse(const char *s)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = {{"", 1e3}, {"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}};
	char *end;
	double v = strtod(s, &end);

	if (end == s || !(v >= 0))
		return -1;
	for (unsigned int i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(units[i].name, end))
			return v * units[i].ns < 9e18 ? (int64_t)(v * units[i].ns) : -1;
	return -1;
}

int sopt_overhead(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		  bool by_letter, char *err)
{
	o->overhead_ns = strace_time_parse(arg);
	return o->overhead_ns < 0 ? sopt_invalid(opt, by_letter, arg, err) : 0;
}

/* s, ms, us, ns: how many digits after the point; -1: none of these. */
static int digits(const char *s)
{
	static const char *const names[] = {"s", "ms", "us", "ns"};

	for (int i = 0; i < 4; i++)
		if (!strcmp(names[i], s))
			return 3 * i;
	return -1;
}

static int set_precision(bool *on, unsigned int *digits_x, const struct strace_opt *opt,
			 const char *arg, bool by_letter, char *err)
{
	int n = arg ? digits(arg) : 6;

	if (n < 0)
		return sopt_invalid(opt, by_letter, arg, err);
	*on = true;
	*digits_x = (unsigned int)n;
	return 0;
}

int sopt_relative(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		  bool by_letter, char *err)
{
	return set_precision(&o->relative, &o->relative_digits, opt, arg, by_letter, err);
}

int sopt_took(struct strace_options *o, const struct strace_opt *opt, const char *arg,
	      bool by_letter, char *err)
{
	return set_precision(&o->took, &o->took_digits, opt, arg, by_letter, err);
}

static bool set_clock_word(struct strace_options *o, const char *word)
{
	static const char *const names[] = {"none", "time", "unix"};
	bool is_format = !strncmp(word, "format:", 7), is_precision = !strncmp(word, "precision:", 10);
	int n;

	word += is_format ? 7 : is_precision ? 10 : 0;
	for (unsigned int i = 0; !is_precision && i < 3; i++) {
		if (!strcmp(names[i], word)) {
			o->clock = (enum strace_clock)i;
			return true;
		}
	}
	n = is_format ? -1 : digits(word);
	if (n < 0)
		return false;
	o->clock_digits = (unsigned int)n;
	return true;
}

/* -t is counted; its meaning comes at the end. */
int sopt_clock(struct strace_options *o, const struct strace_opt *opt, const char *arg,
	       bool by_letter, char *err)
{
	char text[64];
	char *save, *word;

	if (by_letter) {
		o->time_count++;
		return 0;
	}
	o->clock = CLOCK_TIME;
	o->clock_digits = 0;
	if (!arg)
		return 0;
	if (strlen(arg) >= sizeof(text))
		return sopt_invalid(opt, by_letter, arg, err);
	strcpy(text, arg);
	for (word = strtok_r(text, ",", &save); word; word = strtok_r(NULL, ",", &save))
		if (!set_clock_word(o, word))
			return sopt_invalid(opt, by_letter, arg, err);
	return 0;
}

int sopt_hex(struct strace_options *o, const struct strace_opt *opt, const char *arg,
	     bool by_letter, char *err)
{
	static const char *const names[] = {"none", "non-ascii-chars", "non-ascii", "all"};

	if (by_letter) {
		o->hex++;
		return 0;
	}
	for (unsigned int i = 0; i < 4; i++) {
		if (!strcmp(names[i], arg ? arg : "all")) {
			o->hex_long = i + 1;
			return 0;
		}
	}
	return sopt_invalid(opt, by_letter, arg, err);
}

int sopt_consts(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		bool by_letter, char *err)
{
	if (!strcmp(arg, "raw"))
		o->consts = STRACE_CONSTS_RAW;
	else if (!strcmp(arg, "abbrev"))
		o->consts = STRACE_CONSTS_ABBREV;
	else if (!strcmp(arg, "verbose"))
		o->consts = STRACE_CONSTS_VERBOSE;
	else
		return sopt_invalid(opt, by_letter, arg, err);
	return 0;
}

int sopt_fds_letter(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		    bool by_letter, char *err)
{
	(void)opt, (void)arg, (void)by_letter, (void)err;
	o->fd_count++;
	return 0;
}

int sopt_pids_letter(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		     bool by_letter, char *err)
{
	(void)opt, (void)arg, (void)by_letter, (void)err;
	o->decode_pids |= STRACE_PIDS_COMM;
	return 0;
}

int sopt_pidns(struct strace_options *o, const struct strace_opt *opt, const char *arg,
	       bool by_letter, char *err)
{
	(void)opt, (void)arg, (void)by_letter, (void)err;
	o->decode_pids |= STRACE_PIDS_NS;
	return 0;
}

/* -z, -Z: the last one holds. */
int sopt_status_letter(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		       bool by_letter, char *err)
{
	(void)arg, (void)by_letter, (void)err;
	if (o->status == STATUS_SUCCESSFUL || o->status == STATUS_FAILED)
		msg("Only the last of -z/--successful-only/-Z/--failed-only options will take "
		    "effect. See status qualifier for more complex filters.");
	o->status = opt->letter == 'z' ? STATUS_SUCCESSFUL : STATUS_FAILED;
	return 0;
}

int sopt_quiet_letter(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		      bool by_letter, char *err)
{
	(void)opt, (void)arg, (void)by_letter, (void)err;
	o->quiet_count++;
	return 0;
}

int sopt_quiet_startup(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		       bool by_letter, char *err)
{
	(void)opt, (void)arg, (void)by_letter, (void)err;
	o->quiet_startup = true;
	return 0;
}

/* Contexts are those of SELinux, and of which nothing is asked where there is none. */
int sopt_secontext(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		   bool by_letter, char *err)
{
	(void)o, (void)opt, (void)arg, (void)by_letter;
	return msg_set(err, -EINVAL,
		       "SELinux context printing (--secontext option) is not supported "
		       "by this build of strace");
}

int sopt_tips(struct strace_options *o, const struct strace_opt *opt, const char *arg,
	      bool by_letter, char *err)
{
	static const char *const words[] = { "none", "compact", "full", "random" };
	char list[64], *word, *rest = list;
	bool none = false;

	(void)o;
	snprintf(list, sizeof(list), "%s", arg ? arg : "full");
	while ((word = strsep(&rest, ","))) {
		bool known = false;

		word += strncmp(word, "format:", 7) ? strncmp(word, "id:", 3) ? 0 : 3 : 7;
		for (unsigned int i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			known |= !strcmp(word, words[i]);
		if (!known && (!*word || word[strspn(word, "0123456789")]))
			return sopt_invalid(opt, by_letter, arg, err);
		none |= !strcmp(word, "none");
	}
	if (none)
		return 0;
	return msg_set(err, -EINVAL, "--tips is not supported: the tips are a part of strace, and are about it");
}

int sopt_color(struct strace_options *o, const struct strace_opt *opt, const char *arg,
	       bool by_letter, char *err)
{
	(void)o;
	if (!arg || !strcmp(arg, "auto") || !strcmp(arg, "never"))
		return 0;
	if (strcmp(arg, "always"))
		return sopt_invalid(opt, by_letter, arg, err);
	return msg_set(err, -EINVAL,
		       "--color=always is not supported: this format has no colours, "
		       "as --format human of the other commands has");
}

static const struct strace_word columns[] = {
	{"time-percent", COLUMN_PERCENT}, {"time_percent", COLUMN_PERCENT}, {"time", COLUMN_PERCENT},
	{"total-time", COLUMN_TOTAL},	  {"total_time", COLUMN_TOTAL},	    {"time-total", COLUMN_TOTAL},
	{"time_total", COLUMN_TOTAL},	  {"min-time", COLUMN_MIN},	    {"min_time", COLUMN_MIN},
	{"shortest", COLUMN_MIN},	  {"time-min", COLUMN_MIN},	    {"time_min", COLUMN_MIN},
	{"max-time", COLUMN_MAX},	  {"max_time", COLUMN_MAX},	    {"longest", COLUMN_MAX},
	{"time-max", COLUMN_MAX},	  {"time_max", COLUMN_MAX},	    {"avg-time", COLUMN_AVG},
	{"avg_time", COLUMN_AVG},	  {"time-avg", COLUMN_AVG},	    {"time_avg", COLUMN_AVG},
	{"calls", COLUMN_CALLS},	  {"count", COLUMN_CALLS},	    {"errors", COLUMN_ERRORS},
	{"error", COLUMN_ERRORS},	  {"name", COLUMN_NAME},	    {"syscall", COLUMN_NAME},
	{"syscall-name", COLUMN_NAME},	  {"syscall_name", COLUMN_NAME},    {NULL, 0},
};

static enum strace_column find_column(const char *name, size_t n)
{
	for (const struct strace_word *w = columns; w->name; w++)
		if (strlen(w->name) == n && !memcmp(w->name, name, n))
			return (enum strace_column)w->bits;
	return COLUMN_NONE;
}

int sopt_sort_by(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		 bool by_letter, char *err)
{
	(void)opt, (void)by_letter;
	o->sort_by = find_column(arg, strlen(arg));
	if (o->sort_by == COLUMN_PERCENT)
		o->sort_by = COLUMN_TOTAL;
	if (o->sort_by || !strcmp(arg, "nothing") || !strcmp(arg, "none"))
		return 0;
	return msg_set(err, -EUSERS, "invalid sortby: '%s'", arg);
}

int sopt_summary_columns(struct strace_options *o, const struct strace_opt *opt, const char *arg,
			 bool by_letter, char *err)
{
	unsigned int n = 0;
	bool named = false;

	(void)opt, (void)by_letter;
	for (const char *s = arg;; s++) {
		size_t len = strcspn(s, ",");
		enum strace_column c = find_column(s, len);

		if (!c)
			return msg_set(err, -EUSERS, "unknown column name: '%.*s'", (int)len, s);
		for (unsigned int i = 0; i < n; i++)
			if (o->columns[i] == c)
				return msg_set(err, -EUSERS,
					       "call summary column has been provided more than once: "
					       "'%.*s' (-U option residual: '%s')", (int)len, s, s);
		named |= c == COLUMN_NAME;
		o->columns[n++] = c;
		s += len;
		if (!*s)
			break;
	}
	if (!named)
		o->columns[n++] = COLUMN_NAME;
	if (n < COLUMN_LAST)
		o->columns[n] = COLUMN_NONE;
	return 0;
}

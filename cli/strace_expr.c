/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_expr.c - strace's -e [qualifier=][!]value[,value], whose qualifiers are long options too.
 */
#include "strace_opts_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "msg.h"
#include "strace_sink.h"

typedef int expr_fn(struct strace_options *o, const char *value, char *err);

static int set_trace(struct strace_options *o, const char *value, char *err)
{
	o->traces_all = !strcmp(value, "all");
	return strace_calls_parse(&o->trace, value, err);
}

static int set_abbrev(struct strace_options *o, const char *value, char *err)
{
	return strace_calls_parse(&o->abbrev, value, err);
}

static int set_verbose(struct strace_options *o, const char *value, char *err)
{
	return strace_calls_parse(&o->verbose, value, err);
}

static int set_raw(struct strace_options *o, const char *value, char *err)
{
	return strace_calls_parse(&o->raw, value, err);
}

static int set_signal(struct strace_options *o, const char *value, char *err)
{
	return strace_signals_parse(&o->signals, value, err);
}

static int set_read(struct strace_options *o, const char *value, char *err)
{
	return strace_fds_parse(&o->dump_read, value, err);
}

static int set_write(struct strace_options *o, const char *value, char *err)
{
	return strace_fds_parse(&o->dump_write, value, err);
}

static int set_trace_fds(struct strace_options *o, const char *value, char *err)
{
	o->has_fds = true;
	return strace_fds_parse(&o->fds, value, err);
}

static int set_status(struct strace_options *o, const char *value, char *err)
{
	static const struct strace_word words[] = {
		{"successful", STATUS_SUCCESSFUL}, {"failed", STATUS_FAILED},
		{"unfinished", STATUS_UNFINISHED}, {"unavailable", STATUS_UNAVAILABLE},
		{"detached", STATUS_DETACHED},	   {NULL, 0},
	};

	return strace_words_parse(&o->status, words, "status", value, err);
}

static int set_quiet(struct strace_options *o, const char *value, char *err)
{
	static const struct strace_word words[] = {
		{"attach", QUIET_ATTACH},	{"exit", QUIET_EXIT}, {"exits", QUIET_EXIT},
		{"path-resolution", QUIET_PATH}, {"path-resolve", QUIET_PATH},
		{"personality", QUIET_PERSONALITY}, {"thread-execve", QUIET_EXECVE},
		{"superseded", QUIET_EXECVE},	{NULL, 0},
	};

	return strace_words_parse(&o->quiet, words, "quiet", value, err);
}

static int set_decode_fds(struct strace_options *o, const char *value, char *err)
{
	static const struct strace_word words[] = {
		{"path", STRACE_FDS_PATH},   {"socket", STRACE_FDS_SOCKET},
		{"dev", STRACE_FDS_DEV},     {"pidfd", STRACE_FDS_PIDFD},
		{"signalfd", STRACE_FDS_SIGNALFD}, {"eventfd", STRACE_FDS_EVENTFD}, {NULL, 0},
	};

	return strace_words_parse(&o->decode_fds, words, "decode-fds", value, err);
}

static int set_decode_pids(struct strace_options *o, const char *value, char *err)
{
	static const struct strace_word words[] = {
		{"comm", STRACE_PIDS_COMM}, {"pidns", STRACE_PIDS_NS}, {NULL, 0}};

	return strace_words_parse(&o->decode_pids, words, "decode-pids", value, err);
}

static int refuse_kvm(struct strace_options *o, const char *value, char *err)
{
	(void)o;
	if (strcmp(value, "vcpu"))
		return msg_set(err, -EINVAL, "invalid -e kvm= argument: '%s'", value);
	return msg_set(err, -EINVAL, "-e kvm=vcpu is not supported: why a virtual CPU stopped is not recorded");
}

static int refuse_namespace(struct strace_options *o, const char *value, char *err)
{
	(void)o;
	if (strcmp(value, "new"))
		return msg_set(err, -EINVAL, "invalid -e namespace= argument: '%s'", value);
	return msg_set(err, -EINVAL, "-e namespace=new is not supported: "
				     "which namespaces a process enters is not recorded");
}

/* The names of a set's calls, as the daemon takes them. */
static void put_names(struct buf *text, const struct strace_calls *set)
{
	struct filter f;
	bool some = false;

	filter_init(&f);
	strace_calls_filter(set, &f);
	if (f.unknown_calls)
		buf_char(text, '!');
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);

		if (!row || filter_has_id(&f, id) == f.unknown_calls)
			continue;
		if (some)
			buf_char(text, ',');
		some = true;
		buf_str(text, row->name);
	}
	if (!some)
		buf_str(text, "none");
	filter_done(&f);
}

static bool has_word(const char *options, const char *word)
{
	return options && strstr(options, word);
}

/* SET[:option=value]... A fault is an injection of ENOSYS, if of nothing else. */
static int add_inject(struct strace_options *o, const char *what, const char *value, char *err)
{
	const char *options = strchr(value, ':');
	bool fault = !strcmp(what, "fault");
	struct strace_calls set;
	struct buf text = {0};
	struct inject in;
	char *list;
	int r;

	if (fault && (has_word(options, ":retval=") || has_word(options, ":signal=") ||
		      has_word(options, ":delay") || has_word(options, ":poke") ||
		      has_word(options, ":syscall=")))
		return msg_set(err, -EINVAL, "invalid %s argument '%s'", what, value);
	list = strndup(value, options ? (size_t)(options - value) : strlen(value));
	r = list ? strace_calls_parse(&set, list, err) : -ENOMEM;
	free(list);
	if (r)
		return r;
	put_names(&text, &set);
	buf_str(&text, options ? options : "");
	if (fault && !has_word(options, ":error="))
		buf_str(&text, ":error=ENOSYS");
	buf_char(&text, '\0');
	if (text.failed || o->ninject == INJECT_MAX || inject_parse(&in, text.p, err)) {
		buf_done(&text);
		return msg_set(err, -EINVAL, "invalid %s argument '%s'", what, value);
	}
	if (in.has_ret && in.ret < 0 && in.ret >= -4095 && has_word(options, ":retval="))
		msg("Inadvertent injection of error %d is possible for retval=%llu", (int)-in.ret,
		    (unsigned long long)in.ret);
	o->inject[o->ninject++] = text.p;
	return 0;
}

static int set_inject(struct strace_options *o, const char *value, char *err)
{
	return add_inject(o, "inject", value, err);
}

static int set_fault(struct strace_options *o, const char *value, char *err)
{
	return add_inject(o, "fault", value, err);
}

/* clang-format off */
static const struct {
	const char *name;
	expr_fn *set;
	const char *without; /* the value of the long option without one */
} qualifiers[] = {
	{"trace", set_trace, NULL}, {"t", set_trace, NULL},
	{"abbrev", set_abbrev, NULL}, {"a", set_abbrev, NULL},
	{"verbose", set_verbose, NULL}, {"v", set_verbose, NULL},
	{"raw", set_raw, NULL}, {"x", set_raw, NULL},
	{"signal", set_signal, NULL}, {"signals", set_signal, NULL}, {"s", set_signal, NULL},
	{"read", set_read, NULL}, {"reads", set_read, NULL}, {"r", set_read, NULL},
	{"write", set_write, NULL}, {"writes", set_write, NULL}, {"w", set_write, NULL},
	{"fault", set_fault, NULL}, {"inject", set_inject, NULL},
	{"status", set_status, NULL},
	{"quiet", set_quiet, "attach,personality"}, {"silent", set_quiet, NULL},
	{"silence", set_quiet, NULL}, {"q", set_quiet, NULL},
	{"decode-fds", set_decode_fds, "path"}, {"decode-fd", set_decode_fds, NULL},
	{"decode-pids", set_decode_pids, NULL}, {"decode-pid", set_decode_pids, NULL},
	{"trace-fds", set_trace_fds, NULL}, {"trace-fd", set_trace_fds, NULL},
	{"fds", set_trace_fds, NULL}, {"fd", set_trace_fds, NULL},
	{"kvm", refuse_kvm, NULL}, {"namespace", refuse_namespace, NULL},
};
/* clang-format on */

#define NQUALIFIERS (sizeof(qualifiers) / sizeof(qualifiers[0]))

static int find(const char *name, size_t n)
{
	for (unsigned int i = 0; i < NQUALIFIERS; i++)
		if (strlen(qualifiers[i].name) == n && !memcmp(qualifiers[i].name, name, n))
			return (int)i;
	return -1;
}

/* What is not a qualifier is a value of trace. */
int sopt_expr(struct strace_options *o, const struct strace_opt *opt, const char *arg, bool by_letter,
	      char *err)
{
	size_t n = strcspn(arg, "=");
	int i = arg[n] ? find(arg, n) : -1;

	(void)opt, (void)by_letter;
	return i < 0 ? set_trace(o, arg, err) : qualifiers[i].set(o, arg + n + 1, err);
}

int sopt_qualifier(struct strace_options *o, const struct strace_opt *opt, const char *arg,
		   bool by_letter, char *err)
{
	int i = find(opt->qualifier, strlen(opt->qualifier));

	(void)by_letter;
	return qualifiers[i].set(o, arg ? arg : qualifiers[i].without, err);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * opts_set.c - what each flag does to the options, and what flags mean together.
 */
#include "opts_set.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <core/buf.h>
#include "msg.h"
#include "parse.h"

int set_key(struct options *o, const struct opt *opt, const char *value, char *err)
{
	return filter_set(&o->filter, opt->key, value, err);
}

int set_pid(struct options *o, const struct opt *opt, const char *value, char *err)
{
	int r = set_key(o, opt, value, err);

	return r || o->command == CMD_DUMP ? r : parse_check_pids(value, err);
}

int set_tid(struct options *o, const struct opt *opt, const char *value, char *err)
{
	int r = set_key(o, opt, value, err);

	return r || o->command == CMD_DUMP ? r : parse_check_tids(value, err);
}

int set_comm(struct options *o, const struct opt *opt, const char *value, char *err)
{
	if (!*value)
		return msg_set(err, -EINVAL, "--%s needs a name", opt->name);
	if (o->ncomm == FILTER_VALUES_MAX)
		return msg_set(err, -EINVAL, "--%s was given too often", opt->name);
	o->comm[o->ncomm++] = value;
	return 0;
}

int set_user(struct options *o, const struct opt *opt, const char *value, char *err)
{
	char number[16];
	uint32_t uid;
	int r = parse_user(value, &uid, err);

	if (r)
		return r;
	snprintf(number, sizeof(number), "%u", uid);
	return filter_set(&o->filter, opt->key, number, err);
}

/* A whole small file, with a NUL; NULL if it can't be read. */
static char *read_text(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct buf b = {0};
	ssize_t n = -1;

	while (fd >= 0 && buf_grow(&b, 16384) && (n = read(fd, b.p + b.len, 16384)) > 0)
		b.len += (size_t)n;
	buf_char(&b, '\0');
	if (fd >= 0)
		close(fd);
	if (n == 0 && !b.failed)
		return b.p;
	buf_done(&b);
	return NULL;
}

int set_cgroup(struct options *o, const struct opt *opt, const char *value, char *err)
{
	char *mounts = read_text("/proc/self/mountinfo");
	char path[PATH_MAX];
	int r = parse_cgroup(value, mounts ? mounts : "", path, sizeof(path), err);

	free(mounts);
	return r ? r : filter_set(&o->filter, opt->key, path, err);
}

/* "nginx" is nginx.service, as for systemctl. */
int set_unit(struct options *o, const struct opt *opt, const char *value, char *err)
{
	char name[NAME_MAX + 1];

	if ((size_t)snprintf(name, sizeof(name), "%s%s", value,
			     strchr(value, '.') ? "" : ".service") >= sizeof(name))
		return msg_set(err, -EINVAL, "\"%.60s...\" is too long for a unit", value);
	return filter_set(&o->filter, opt->key, name, err);
}

int set_follow(struct options *o, const struct opt *opt, const char *value, char *err)
{
	(void)opt, (void)value, (void)err;
	o->follow = true;
	o->no_follow = false;
	return 0;
}

int set_show_secrets(struct options *o, const struct opt *opt, const char *value, char *err)
{
	(void)opt, (void)value, (void)err;
	o->show_secrets = true;
	return 0;
}

int set_reconnect(struct options *o, const struct opt *opt, const char *value, char *err)
{
	(void)opt, (void)value, (void)err;
	o->reconnect = true;
	return 0;
}

int set_no_follow(struct options *o, const struct opt *opt, const char *value, char *err)
{
	(void)opt, (void)value, (void)err;
	o->no_follow = true;
	o->follow = false;
	return 0;
}

/* -e is also strace's: of its other qualifiers we say that they are not calls. */
int set_syscall(struct options *o, const struct opt *opt, const char *value, char *err)
{
	const char *eq = strchr(value, '=');

	(void)opt;
	if (eq && value[0] != '/' && strncmp(value, "trace=", 6) && strncmp(value, "t=", 2))
		return msg_set(err, -EINVAL, "-e %.60s is not supported: only -e trace=LIST is",
			       value);
	return filter_syscalls(&o->filter, value, err);
}

int set_slower(struct options *o, const struct opt *opt, const char *value, char *err)
{
	(void)opt;
	return parse_duration(value, &o->filter.slower_ns, err);
}

int set_path(struct options *o, const struct opt *opt, const char *value, char *err)
{
	if (o->match.npath == MATCH_MAX)
		return msg_set(err, -EINVAL, "--%s was given too often", opt->name);
	o->match.path[o->match.npath++] = value;
	return 0;
}

int set_fd(struct options *o, const struct opt *opt, const char *value, char *err)
{
	for (const char *s = value;; s++) {
		size_t n = strcspn(s, ",");
		char number[24];
		uint64_t v;

		snprintf(number, sizeof(number), "%.*s", (int)(n < 20 ? n : 20), s);
		if (parse_number(number, 0, INT32_MAX, &v, err))
			return msg_set(err, -EINVAL, "\"%s\" is not a descriptor", number);
		if (o->match.nfd == MATCH_MAX)
			return msg_set(err, -EINVAL, "--%s has too many values", opt->name);
		o->match.fd[o->match.nfd++] = (int32_t)v;
		s += n;
		if (!*s)
			return 0;
	}
}

static int set_positive_time(uint64_t *ns_x, const struct opt *opt, const char *value, char *err)
{
	uint64_t ns;
	int r = parse_duration(value, &ns, err);

	if (r)
		return r;
	if (!ns)
		return msg_set(err, -EINVAL, "--%s must be longer than 0", opt->name);
	*ns_x = ns;
	return 0;
}

int set_duration(struct options *o, const struct opt *opt, const char *value, char *err)
{
	return set_positive_time(&o->duration_ns, opt, value, err);
}

int set_last(struct options *o, const struct opt *opt, const char *value, char *err)
{
	return set_positive_time(&o->last_ns, opt, value, err);
}

int set_file(struct options *o, const struct opt *opt, const char *value, char *err)
{
	if (!*value)
		return msg_set(err, -EINVAL, "--%s needs the name of a file", opt->name);
	o->file = value;
	return 0;
}

/* "5%", "0.5%", or without the sign. */
int set_budget(struct options *o, const struct opt *opt, const char *value, char *err)
{
	char number[16], *end;
	double v;

	v = strtod(value, &end);
	if (end == value || (*end && strcmp(end, "%")) || !(v >= 0.1 && v <= 100))
		return msg_set(err, -EINVAL, "--%s is from 0.1%% to 100%%, not \"%.60s\"", opt->name,
			       value);
	snprintf(number, sizeof(number), "%u", (unsigned int)(v * 10 + 0.5));
	return filter_set(&o->filter, "budget", number, err);
}

int set_interval(struct options *o, const struct opt *opt, const char *value, char *err)
{
	int r = set_positive_time(&o->interval_ns, opt, value, err);

	if (!r && o->interval_ns < 10000000)
		return msg_set(err, -EINVAL, "--%s can't be shorter than 10ms", opt->name);
	return r;
}

int set_count(struct options *o, const struct opt *opt, const char *value, char *err)
{
	(void)opt;
	return parse_number(value, 1, INT64_MAX, &o->count, err);
}

int set_format(struct options *o, const struct opt *opt, const char *value, char *err)
{
	const struct render_format *format = render_format_find(value);

	(void)opt;
	if (!format)
		return msg_set(err, -EINVAL, "unknown format \"%.60s\": human, strace and json are known",
			       value);
	o->format = format;
	return 0;
}

int set_json(struct options *o, const struct opt *opt, const char *value, char *err)
{
	(void)value;
	return set_format(o, opt, "json", err);
}

int set_output(struct options *o, const struct opt *opt, const char *value, char *err)
{
	if (!*value)
		return msg_set(err, -EINVAL, "--%s needs the name of a file", opt->name);
	o->out = value;
	return 0;
}

int set_string(struct options *o, const struct opt *opt, const char *value, char *err)
{
	(void)opt;
	return filter_set(&o->filter, "string", value, err);
}

/* Given once more it says more: -t, -tt, -ttt. */
int set_time(struct options *o, const struct opt *opt, const char *value, char *err)
{
	(void)opt, (void)value, (void)err;
	if (o->time == TIME_NONE || o->time == TIME_RELATIVE)
		o->time = TIME_S;
	else
		o->time = o->time == TIME_S ? TIME_US : TIME_EPOCH;
	return 0;
}

int set_relative(struct options *o, const struct opt *opt, const char *value, char *err)
{
	(void)opt, (void)value, (void)err;
	o->time = TIME_RELATIVE;
	return 0;
}

int set_took(struct options *o, const struct opt *opt, const char *value, char *err)
{
	(void)opt, (void)value, (void)err;
	o->durations = true;
	return 0;
}

int set_fd_paths(struct options *o, const struct opt *opt, const char *value, char *err)
{
	(void)opt, (void)value, (void)err;
	o->fds = true;
	return 0;
}

int set_color(struct options *o, const struct opt *opt, const char *value, char *err)
{
	static const char *const names[] = {"auto", "always", "never"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(value, names[i])) {
			o->color = (enum color_when)i;
			return 0;
		}
	}
	return msg_set(err, -EINVAL, "--%s is auto, always or never, not \"%.60s\"", opt->name, value);
}

int set_theme(struct options *o, const struct opt *opt, const char *value, char *err)
{
	o->theme = term_theme_find(value);
	o->has_theme = o->theme != THEME_MAX;
	if (!o->has_theme && strcmp(value, "auto"))
		return msg_set(err, -EINVAL, "--%s is auto, dark, light or none, not \"%.60s\"", opt->name, value);
	return 0;
}

int set_quiet(struct options *o, const struct opt *opt, const char *value, char *err)
{
	(void)opt, (void)value, (void)err;
	o->quiet = true;
	return 0;
}

int set_quiet_startup(struct options *o, const struct opt *opt, const char *value, char *err)
{
	(void)opt, (void)value, (void)err;
	o->quiet_startup = true;
	return 0;
}

int set_socket(struct options *o, const struct opt *opt, const char *value, char *err)
{
	if (!*value)
		return msg_set(err, -EINVAL, "--%s needs a path", opt->name);
	o->socket = value;
	return 0;
}

int set_backend(struct options *o, const struct opt *opt, const char *value, char *err)
{
	if (strcmp(value, "auto") && strcmp(value, "bpf") && strcmp(value, "ptrace"))
		return msg_set(err, -EINVAL, "--%s is auto, bpf or ptrace, not \"%.60s\"", opt->name,
			       value);
	o->backend = strcmp(value, "auto") ? value : NULL;
	return 0;
}

int set_help(struct options *o, const struct opt *opt, const char *value, char *err)
{
	(void)opt, (void)value, (void)err;
	o->help = true;
	return 0;
}

int set_version(struct options *o, const struct opt *opt, const char *value, char *err)
{
	(void)opt, (void)value, (void)err;
	o->version = true;
	return 0;
}

/* Exact names are for the kernel; with one glob among them all are matched here. */
static int divide_comms(struct options *o, char *err)
{
	bool globs = false;

	for (uint32_t i = 0; i < o->ncomm; i++)
		globs |= strpbrk(o->comm[i], "*?[") != NULL;
	if (globs && o->ncomm > MATCH_MAX)
		return msg_set(err, -EINVAL, "more than %d names, with globs among them", MATCH_MAX);
	for (uint32_t i = 0; i < o->ncomm; i++) {
		int r = 0;

		if (globs)
			o->match.comm[o->match.ncomm++] = o->comm[i];
		else
			r = filter_set(&o->filter, "comm", o->comm[i], err);
		if (r)
			return r;
	}
	return 0;
}

static int check_summary(const struct options *o, char *err)
{
	if (o->match.npath || o->match.nfd)
		return msg_set(err, -EINVAL,
			       "a summary counts in the kernel, which can't decide --%s: use watch",
			       o->match.npath ? "path" : "fd");
	if (o->format && !strcmp(o->format->name, "strace"))
		return msg_set(err, -EINVAL, "a summary is shown as human or json");
	if (o->argv[0] && (o->filter.pid.n || o->filter.tid.n))
		return msg_set(err, -EINVAL, "give either CMD or --pid and --tid, not both");
	if (!o->argv[0] && o->no_follow)
		return msg_set(err, -EINVAL, "--no-follow is for a CMD");
	return 0;
}

/* Their numbers mean something only while they exist. */
static int check_file(const struct options *o, char *err)
{
	if (o->file && (o->filter.ncgroup || o->filter.nunit))
		return msg_set(err, -EINVAL, "a file does not tell control groups by name: choose by --comm or --pid");
	return 0;
}

int opts_finish(struct options *o, char *err)
{
	struct filter *f = &o->filter;
	bool human, is_strace;
	int r;

	if (!o->format)
		o->format = &render_formats[0];
	human = !strcmp(o->format->name, "human");
	is_strace = !strcmp(o->format->name, "strace");
	r = divide_comms(o, err);
	if (!r && o->command == CMD_SUMMARY)
		r = check_summary(o, err);
	if (!r)
		r = check_file(o, err);
	if (r)
		return r;
	if (o->command == CMD_SUMMARY)
		f->kind = FILTER_SUMMARY;
	else if (o->command == CMD_PENDING)
		f->kind = FILTER_PENDING;
	f->follow = o->follow || (!o->no_follow && o->argv[0] &&
				  (o->command == CMD_RUN || o->command == CMD_SUMMARY));
	f->fds = o->fds || human || o->match.npath;
	f->ret_fds = o->fds || o->match.npath;
	f->sentences = human && f->kind == FILTER_STREAM;
	f->no_blocked = is_strace && f->kind == FILTER_STREAM;
	return filter_parse(f, "", 0, err);
}

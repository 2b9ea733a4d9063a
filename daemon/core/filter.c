/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * filter.c - the filter of a session, from text and to text. Keys are rows of one table: how a key
 * is read, and how it is written so that reading it again gives the same filter.
 */
#include "filter.h"
#include "filter_syntax.h"
#include "inject.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where filter_format writes to; overflow is remembered and checked once. */
struct text {
	char *p;
	size_t len, size;
	bool full;
};

/* A key without functions is a bool, which is set by being there. */
struct key {
	const char *name;
	int (*set)(struct filter *f, const char *value, char *err);
	void (*put)(const struct filter *f, struct text *t);
	size_t flag; /* offset of the bool in struct filter */
};

void filter_init(struct filter *f)
{
	memset(f, 0, sizeof(*f));
	f->string_limit = FILTER_STRING_DEFAULT;
}

void filter_done(struct filter *f)
{
	for (uint32_t i = 0; i < f->ncgroup; i++)
		free(f->cgroup[i]);
	for (uint32_t i = 0; i < f->nunit; i++)
		free(f->unit[i]);
	for (uint32_t i = 0; i < f->ninject; i++)
		free(f->inject[i]);
	f->ncgroup = f->nunit = f->ninject = 0;
}

static int set_number(const char *what, const char *value, uint64_t max, uint64_t *ret, char *err)
{
	if (filter_number(value, strlen(value), max, ret))
		return filter_refuse(err, "%.20s \"%.60s\" is not a number from 0 to %llu", what, value,
			      (unsigned long long)max);
	return 0;
}

static int add_ids(struct filter_ids *ids, const char *what, const char *list, uint64_t min,
		   uint64_t max, char *err)
{
	for (const char *s = list;; s++) {
		size_t n = strcspn(s, ",");
		uint64_t v;

		if (filter_number(s, n, max, &v) || v < min)
			return filter_refuse(err, "\"%.*s\" is not a %s", (int)(n > 60 ? 60 : n), s, what);
		if (ids->n == FILTER_VALUES_MAX)
			return filter_refuse(err, "more than %d values of %s", FILTER_VALUES_MAX, what);
		ids->v[ids->n++] = (uint32_t)v;
		s += n;
		if (!*s)
			return 0;
	}
}

static int set_kind(struct filter *f, const char *value, char *err)
{
	if (!strcmp(value, "stream"))
		f->kind = FILTER_STREAM;
	else if (!strcmp(value, "summary"))
		f->kind = FILTER_SUMMARY;
	else if (!strcmp(value, "pending"))
		f->kind = FILTER_PENDING;
	else
		return filter_refuse(err, "unknown kind of session \"%.60s\"", value);
	return 0;
}

static int set_pid(struct filter *f, const char *value, char *err)
{
	return add_ids(&f->pid, "process id", value, 1, INT32_MAX, err);
}

static int set_tid(struct filter *f, const char *value, char *err)
{
	return add_ids(&f->tid, "thread id", value, 1, INT32_MAX, err);
}

static int set_uid(struct filter *f, const char *value, char *err)
{
	return add_ids(&f->uid, "user id", value, 0, UINT32_MAX, err);
}

/* A longer name is cut as the kernel cuts it: it can't be any other task's. */
static int set_comm(struct filter *f, const char *value, char *err)
{
	size_t n = strnlen(value, TR_COMM_LEN - 1);

	if (!n)
		return filter_refuse(err, "a task's name can't be empty");
	if (f->ncomm == FILTER_VALUES_MAX)
		return filter_refuse(err, "more than %d names of tasks", FILTER_VALUES_MAX);
	memcpy(f->comm[f->ncomm], value, n);
	memset(f->comm[f->ncomm] + n, 0, TR_COMM_LEN - n);
	f->ncomm++;
	return 0;
}

static int add_string(char **list, uint32_t *n, size_t max, const char *what, const char *value,
		      char *err)
{
	char *copy;

	if (*n == max)
		return filter_refuse(err, "more than %zu %ss", max, what);
	copy = strdup(value);
	if (!copy)
		return filter_refuse(err, "out of memory");
	list[(*n)++] = copy;
	return 0;
}

static int set_cgroup(struct filter *f, const char *value, char *err)
{
	if (value[0] != '/')
		return filter_refuse(err, "cgroup \"%.100s\" does not begin with /", value);
	return add_string(f->cgroup, &f->ncgroup, sizeof(f->cgroup) / sizeof(f->cgroup[0]),
			  "cgroup", value, err);
}

static int set_inject(struct filter *f, const char *value, char *err)
{
	struct inject in;
	int r = inject_parse(&in, value, err);

	return r ? r : add_string(f->inject, &f->ninject, INJECT_MAX, "injection", value, err);
}

static int set_unit(struct filter *f, const char *value, char *err)
{
	if (!value[0] || strchr(value, '/'))
		return filter_refuse(err, "\"%.100s\" is not the name of a unit", value);
	return add_string(f->unit, &f->nunit, sizeof(f->unit) / sizeof(f->unit[0]), "unit", value,
			  err);
}

static int set_syscall(struct filter *f, const char *value, char *err)
{
	return filter_syscalls(f, value, err);
}

static int set_errno(struct filter *f, const char *value, char *err)
{
	for (const char *s = value;; s++) {
		size_t n = strcspn(s, ",");
		char name[32];
		uint64_t e = 0;

		snprintf(name, sizeof(name), "%.*s", (int)(n > 31 ? 31 : n), s);
		if (filter_number(s, n, FILTER_ERRNO_MAX - 1, &e))
			e = (uint64_t)sc_errno_by_name(name);
		if (!e || e >= FILTER_ERRNO_MAX)
			return filter_refuse(err, "unknown error \"%s\"", name);
		f->errnos[e / 64] |= 1ULL << (e % 64);
		f->has_errno = true;
		s += n;
		if (!*s)
			return 0;
	}
}

static int set_slower(struct filter *f, const char *value, char *err)
{
	return set_number("slower_ns", value, INT64_MAX, &f->slower_ns, err);
}

static int set_string(struct filter *f, const char *value, char *err)
{
	uint64_t v;
	int r = set_number("string limit", value, FILTER_STRING_MAX, &v, err);

	if (!r)
		f->string_limit = (uint32_t)v;
	return r;
}

static int set_budget(struct filter *f, const char *value, char *err)
{
	uint64_t v;
	int r = set_number("budget", value, 1000, &v, err);

	if (!r)
		f->budget = (uint32_t)v;
	return r;
}

static int set_stack(struct filter *f, const char *value, char *err)
{
	uint64_t v;
	int r = set_number("stack", value, UINT16_MAX, &v, err);

	if (!r)
		f->stack = (uint32_t)v;
	return r;
}

static int set_queue(struct filter *f, const char *value, char *err)
{
	uint64_t v;
	int r = set_number("queue", value, UINT32_MAX, &v, err);

	if (!r)
		f->queue_bytes = (uint32_t)v;
	return r;
}

static void put(struct text *t, const char *s, size_t n)
{
	if (t->full || t->size - t->len < n) {
		t->full = true;
		return;
	}
	memcpy(t->p + t->len, s, n);
	t->len += n;
}

static void put_str(struct text *t, const char *s)
{
	put(t, s, strlen(s));
}

static void put_num(struct text *t, uint64_t v)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)v);
	put_str(t, digits);
}

static void put_pair(struct text *t, const char *key, const char *value)
{
	put_str(t, key);
	put(t, "=", 1);
	put(t, value, strlen(value) + 1);
}

static void put_number(struct text *t, const char *key, uint64_t v)
{
	put_str(t, key);
	put(t, "=", 1);
	put_num(t, v);
	put(t, "", 1);
}

static void put_ids(struct text *t, const char *key, const struct filter_ids *ids)
{
	for (uint32_t i = 0; i < ids->n; i++) {
		put_str(t, i ? "," : key);
		if (!i)
			put(t, "=", 1);
		put_num(t, ids->v[i]);
	}
	if (ids->n)
		put(t, "", 1);
}

static void put_kind(const struct filter *f, struct text *t)
{
	static const char *const names[] = {"stream", "summary", "pending"};

	put_pair(t, "kind", names[f->kind]);
}

static void put_pid(const struct filter *f, struct text *t)
{
	put_ids(t, "pid", &f->pid);
}

static void put_tid(const struct filter *f, struct text *t)
{
	put_ids(t, "tid", &f->tid);
}

static void put_uid(const struct filter *f, struct text *t)
{
	put_ids(t, "uid", &f->uid);
}

static void put_comm(const struct filter *f, struct text *t)
{
	for (uint32_t i = 0; i < f->ncomm; i++)
		put_pair(t, "comm", f->comm[i]);
}

static void put_cgroup(const struct filter *f, struct text *t)
{
	for (uint32_t i = 0; i < f->ncgroup; i++)
		put_pair(t, "cgroup", f->cgroup[i]);
}

static void put_inject(const struct filter *f, struct text *t)
{
	for (uint32_t i = 0; i < f->ninject; i++)
		put_pair(t, "inject", f->inject[i]);
}

static void put_unit(const struct filter *f, struct text *t)
{
	for (uint32_t i = 0; i < f->nunit; i++)
		put_pair(t, "unit", f->unit[i]);
}

/*
 * Names only, so that the other side needs no idea of classes. A filter that also wants unknown
 * calls is written as what it leaves out.
 */
static void put_syscall(const struct filter *f, struct text *t)
{
	bool first = true;

	if (!f->has_syscalls)
		return;
	put_str(t, f->unknown_calls ? "syscall=!" : "syscall=");
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);

		if (!row || filter_has_id(f, id) == f->unknown_calls)
			continue;
		if (!first)
			put(t, ",", 1);
		put_str(t, row->name);
		first = false;
	}
	if (first)
		put_str(t, "none");
	put(t, "", 1);
}

static void put_errno(const struct filter *f, struct text *t)
{
	bool first = true;

	for (int e = 1; e < FILTER_ERRNO_MAX; e++) {
		if (!(f->errnos[e / 64] >> (e % 64) & 1))
			continue;
		put_str(t, first ? "errno=" : ",");
		put_num(t, (uint64_t)e);
		first = false;
	}
	if (!first)
		put(t, "", 1);
}

static void put_slower(const struct filter *f, struct text *t)
{
	if (f->slower_ns)
		put_number(t, "slower_ns", f->slower_ns);
}

static void put_budget(const struct filter *f, struct text *t)
{
	if (f->budget)
		put_number(t, "budget", f->budget);
}

static void put_stack(const struct filter *f, struct text *t)
{
	if (f->stack)
		put_number(t, "stack", f->stack);
}

static void put_string(const struct filter *f, struct text *t)
{
	put_number(t, "string", f->string_limit);
}

static void put_queue(const struct filter *f, struct text *t)
{
	if (f->queue_bytes)
		put_number(t, "queue", f->queue_bytes);
}

#define FLAG(member) {#member, NULL, NULL, offsetof(struct filter, member)}

/* clang-format off */
static const struct key keys[] = {
	{"kind",        set_kind,      put_kind, 0},
	{"pid",         set_pid,       put_pid, 0},
	{"tid",         set_tid,       put_tid, 0},
	{"uid",         set_uid,       put_uid, 0},
	{"comm",        set_comm,      put_comm, 0},
	{"cgroup",      set_cgroup,    put_cgroup, 0},
	{"unit",        set_unit,      put_unit, 0},
	{"syscall",     set_syscall,   put_syscall, 0},
	FLAG(failed),
	FLAG(ok),
	{"errno",       set_errno,     put_errno, 0},
	{"slower_ns",   set_slower,    put_slower, 0},
	FLAG(follow),
	FLAG(fds),
	FLAG(ret_fds),
	FLAG(no_blocked),
	FLAG(entries),
	FLAG(env),
	FLAG(pointer),
	FLAG(cpu_time),
	FLAG(returned),
	FLAG(no_data),
	FLAG(trapped),
	FLAG(sentences),
	FLAG(sources),
	{"stack",       set_stack,     put_stack, 0},
	{"inject",      set_inject,    put_inject, 0},
	{"string",      set_string,    put_string, 0},
	{"budget",      set_budget,    put_budget, 0},
	{"queue",       set_queue,     put_queue, 0},
};
/* clang-format on */

#define NKEYS (sizeof(keys) / sizeof(keys[0]))

int filter_set(struct filter *f, const char *key, const char *value, char *err)
{
	for (size_t i = 0; i < NKEYS; i++) {
		if (strcmp(keys[i].name, key))
			continue;
		if (!value != !keys[i].set)
			return filter_refuse(err, "%s %s", key, value ? "takes no value" : "needs a value");
		if (value)
			return keys[i].set(f, value, err);
		*(bool *)((char *)f + keys[i].flag) = true;
		return 0;
	}
	return filter_refuse(err, "unknown filter \"%.60s\"", key);
}

static int check_together(const struct filter *f, char *err)
{
	if (f->failed && f->ok)
		return filter_refuse(err, "no call both fails and succeeds: ask for failed or ok, not both");
	if (f->has_errno && f->ok)
		return filter_refuse(err, "a call that succeeds has no error: ask for ok or errno, not both");
	if (f->kind == FILTER_PENDING && (f->failed || f->ok || f->has_errno))
		return filter_refuse(err, "a pending call has no result yet: failed, ok and errno don't apply");
	return 0;
}

int filter_parse(struct filter *f, const char *text, size_t len, char *err)
{
	if (len && text[len - 1])
		return filter_refuse(err, "the filter does not end with a NUL");
	for (size_t pos = 0; pos < len;) {
		const char *s = text + pos, *eq = strchr(s, '=');
		size_t n = strlen(s), nkey = eq ? (size_t)(eq - s) : n;
		char key[32];
		int r;

		snprintf(key, sizeof(key), "%.*s", (int)(nkey > 31 ? 31 : nkey), s);
		r = filter_set(f, key, eq ? eq + 1 : NULL, err);
		if (r)
			return r;
		pos += n + 1;
	}
	return check_together(f, err);
}

ssize_t filter_format(const struct filter *f, char *buf, size_t size)
{
	struct text t = {.p = buf, .size = size};

	for (size_t i = 0; i < NKEYS; i++) {
		if (keys[i].put)
			keys[i].put(f, &t);
		else if (*(const bool *)((const char *)f + keys[i].flag))
			put(&t, keys[i].name, strlen(keys[i].name) + 1);
	}
	return t.full ? -ENOSPC : (ssize_t)t.len;
}

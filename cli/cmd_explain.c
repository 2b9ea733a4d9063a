/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cmd_explain.c - explain: what a name means, be it that of a call, an error, a signal or a class, or a regular
 * expression for names of calls.
 */
#include "cmd.h"

#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <strings.h>
#include "explain.h"
#include "msg.h"

#define WIDTH_DEFAULT 80
#define WIDTH_MIN 40
#define WIDTH_MAX 100 /* longer lines are hard to read */

enum kind { KIND_NONE, KIND_CALL, KIND_ERROR, KIND_SIGNAL, KIND_CLASS };

struct topic {
	enum kind kind;
	const struct sc_row *row;
	const struct sc_class *class;
	int number;
};

struct desk {
	struct paper paper;
	struct json json;
	bool is_json;
	bool some; /* something was explained */
};

static int signal_by_name(const char *name)
{
	for (int signo = 1; sc_signal_name(signo); signo++) {
		const char *full = sc_signal_name(signo);

		if (!strcasecmp(full, name) || !strcasecmp(full + 3, name))
			return signo;
	}
	return 0;
}

static int errno_by_name(const char *name)
{
	char upper[32];
	size_t n = strlen(name);

	if (n >= sizeof(upper))
		return 0;
	for (size_t i = 0; i <= n; i++)
		upper[i] = (char)(name[i] >= 'a' && name[i] <= 'z' ? name[i] - 32 : name[i]);
	return sc_errno_by_name(upper);
}

static const struct sc_class *class_by_name(const char *name)
{
	for (const struct sc_class *c = sc_classes; c->name; c++) {
		if (!strcmp(c->name, name))
			return c;
	}
	return NULL;
}

/* Names of calls go first: signal and pause are some. */
static struct topic find_topic(const char *name)
{
	const char *alias = explain_alias(name);
	struct topic t = { 0 };

	if (name[0] == '%') {
		t.class = class_by_name(name + 1);
		t.kind = t.class ? KIND_CLASS : KIND_NONE;
		return t;
	}
	t.row = sc_by_name(name);
	if (!t.row && alias)
		t.row = sc_by_name(alias);
	if (t.row) {
		t.kind = KIND_CALL;
	} else if ((t.number = errno_by_name(name))) {
		t.kind = KIND_ERROR;
	} else if ((t.number = signal_by_name(name))) {
		t.kind = KIND_SIGNAL;
	}
	return t;
}

static void show_json(struct json *j, const struct topic *t)
{
	switch (t->kind) {
	case KIND_CALL:
		explain_call_json(j, t->row);
		break;
	case KIND_ERROR:
		explain_error_json(j, t->number);
		break;
	case KIND_SIGNAL:
		explain_signal_json(j, t->number);
		break;
	case KIND_CLASS:
		explain_class_json(j, t->class);
		break;
	case KIND_NONE:
		break;
	}
}

static void show(struct desk *d, const struct topic *t)
{
	if (d->is_json) {
		show_json(&d->json, t);
		return;
	}
	if (d->some)
		buf_char(d->paper.out, '\n');
	d->some = true;
	switch (t->kind) {
	case KIND_CALL:
		explain_call(&d->paper, t->row);
		break;
	case KIND_ERROR:
		explain_error(&d->paper, t->number);
		break;
	case KIND_SIGNAL:
		explain_signal(&d->paper, t->number);
		break;
	case KIND_CLASS:
		explain_class(&d->paper, t->class);
		break;
	case KIND_NONE:
		break;
	}
}

/* All that a misspelt name could have meant. */
struct names {
	unsigned int id;
	int err, signo;
	const struct sc_class *class;
	char class_name[32];
};

static const char *next_name(void *ctx)
{
	struct names *n = ctx;

	while (n->id < SC_ID_MAX) {
		const struct sc_row *row = sc_by_id(n->id++);

		if (row)
			return row->name;
	}
	while (n->err < 534) {
		const char *name = sc_errno_name(n->err++);

		if (name)
			return name;
	}
	if (sc_signal_name(n->signo))
		return sc_signal_name(n->signo++);
	if (!n->class->name)
		return NULL;
	snprintf(n->class_name, sizeof(n->class_name), "%%%s", (n->class++)->name);
	return n->class_name;
}

static int complain(const char *name)
{
	struct names names = { .err = 1, .signo = 1, .class = sc_classes };
	const char *near = msg_nearest(name, next_name, &names);

	if (near)
		msg("%.60s is no call, error, signal or %%class: did you mean %s?", name, near);
	else
		msg("%.60s is no call, error, signal or %%class", name);
	return EXIT_USAGE;
}

static int show_matches(struct desk *d, const char *arg)
{
	size_t n = strlen(arg) - (arg[strlen(arg) - 1] == '/' ? 1 : 0);
	char pattern[256];
	bool some = false;
	regex_t re;

	if (n < 2 || n >= sizeof(pattern)) {
		msg("%.60s is no regular expression: /^futex/ is one", arg);
		return EXIT_USAGE;
	}
	memcpy(pattern, arg + 1, n - 1);
	pattern[n - 1] = '\0';
	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB)) {
		msg("%.60s is no regular expression", arg);
		return EXIT_USAGE;
	}
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		struct topic t = { .kind = KIND_CALL, .row = sc_by_id(id) };

		if (!t.row || regexec(&re, t.row->name, 0, NULL, 0))
			continue;
		some = true;
		show(d, &t);
	}
	regfree(&re);
	if (some)
		return 0;
	msg("%.60s matches no call", arg);
	return EXIT_USAGE;
}

static int explain(struct desk *d, const char *name)
{
	struct topic t;

	if (name[0] == '/')
		return show_matches(d, name);
	t = find_topic(name);
	if (t.kind == KIND_NONE)
		return complain(name);
	show(d, &t);
	return 0;
}

static unsigned int text_width(const struct output *out)
{
	unsigned int width = out->is_terminal ? out->width : output_columns();

	if (!width)
		width = WIDTH_DEFAULT;
	return width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
}

int cmd_explain(struct options *o)
{
	struct output out;
	struct desk d = { 0 };
	char err[MSG_LEN];
	int status = 0;

	if (output_init(&out, o, STDOUT_FILENO, err)) {
		msg("%s", err);
		return 1;
	}
	d.paper = (struct paper){ &out.buf, text_width(&out), out.color };
	d.json.out = &out.buf;
	d.is_json = !strcmp(o->format->name, "json");
	for (char **arg = o->argv; *arg; arg++) {
		int r = explain(&d, *arg);

		status = r ? r : status;
	}
	if (output_flush(&out, -1, -1) && !out.closed)
		status = 1;
	output_done(&out);
	return status;
}

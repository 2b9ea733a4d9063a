/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * explain.c - explanations as text: a title, a paragraph, and lists beside labels.
 */
#include "explain.h"

#include "human_sink.h"

#define LABEL_COLUMN 2
#define TEXT_COLUMN 16
#define MEANINGS_MAX 16 /* of one error */
#define REQUESTS_SHOWN 24 /* of the hundreds that ioctl has */

static const struct about abouts[] = {
#define ABOUT(name, since, errors, text) { name, since, errors, text },
#include "explain_file.def"
#include "explain_proc.def"
#include "explain_net.def"
#include "explain_other.def"
#undef ABOUT
};

const struct about *explain_about(const char *name)
{
	for (size_t i = 0; i < sizeof(abouts) / sizeof(abouts[0]); i++) {
		if (strcmp(abouts[i].name, name) == 0)
			return &abouts[i];
	}
	return NULL;
}

const char *explain_alias(const char *name)
{
	static const struct {
		const char *name, *call;
	} aliases[] = {
		{ "abort", "tgkill" },		{ "fexecve", "execveat" },
		{ "fstatat", "newfstatat" },	{ "fstatat64", "newfstatat" },
		{ "klogctl", "syslog" },	{ "posix_fadvise", "fadvise64" },
		{ "posix_fallocate", "fallocate" }, { "pread", "pread64" },
		{ "prlimit", "prlimit64" },	{ "pselect", "pselect6" },
		{ "pthread_create", "clone3" },	{ "pwrite", "pwrite64" },
		{ "raise", "tgkill" },		{ "recv", "recvfrom" },
		{ "send", "sendto" },		{ "sbrk", "brk" },
		{ "sigqueue", "rt_sigqueueinfo" }, { "sigwait", "rt_sigtimedwait" },
		{ "sigwaitinfo", "rt_sigtimedwait" }, { "sleep", "clock_nanosleep" },
		{ "usleep", "clock_nanosleep" }, { "wait", "wait4" },
		{ "wait3", "wait4" },
	};

	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		if (strcmp(aliases[i].name, name) == 0)
			return aliases[i].call;
	}
	return NULL;
}

static int next_error(const char **at)
{
	char name[32];
	size_t len = strcspn(*at, " ");

	if (!len || len >= sizeof(name))
		return 0;
	memcpy(name, *at, len);
	name[len] = '\0';
	*at += len;
	*at += strspn(*at, " ");
	return sc_errno_by_name(name);
}

unsigned int explain_errors(const struct about *about, int errors[EXPLAIN_ERRORS_MAX])
{
	const char *at = about ? about->errors : "";
	unsigned int n = 0;
	int err;

	while (n < EXPLAIN_ERRORS_MAX && (err = next_error(&at))) {
		unsigned int i = n++;

		for (; i && strcmp(sc_errno_name(errors[i - 1]), sc_errno_name(err)) > 0; i--)
			errors[i] = errors[i - 1];
		errors[i] = err;
	}
	return n;
}

static void item(struct paper *p, const char *label, const struct buf *text)
{
	paper_item(p, LABEL_COLUMN, label, TEXT_COLUMN, text->p ? text->p : "", text->len);
}

static void heading(struct paper *p, const char *text)
{
	buf_char(p->out, '\n');
	paper_title(p, text, "");
}

/* "openat: system call, %file %desc, since Linux 2.6.16" */
static void put_head(struct paper *p, const struct sc_row *row, const struct about *about)
{
	struct buf rest = { 0 };

	buf_str(&rest, ": system call");
	for (const struct sc_class *c = sc_classes; c->name; c++) {
		bool single = (c->bits & (c->bits - 1)) == 0;

		if (!single || !explain_in_class(row, c) || strcmp(c->name, "net") == 0)
			continue;
		buf_str(&rest, ", %");
		buf_str(&rest, c->name);
	}
	if (about) {
		buf_str(&rest, ", since Linux ");
		buf_str(&rest, about->since);
	}
	buf_char(&rest, '\0');
	paper_title(p, row->name, rest.failed ? "" : rest.p);
	buf_done(&rest);
}

static void put_flags(struct buf *out, bool is_request, const struct sc_flags *flags)
{
	size_t n = 0, shown = 0;

	for (const struct sc_flag *f = flags->rows; f->name; f++)
		n++;
	for (const struct sc_flag *f = flags->rows; f->name; f++, shown++) {
		const char *word = human_word(f->name);

		if (f->name[0] == '%') /* numbers */
			continue;
		if (is_request && shown == REQUESTS_SHOWN) {
			buf_str(out, ", and ");
			buf_u64(out, n - shown);
			buf_str(out, " more, which --json lists");
			return;
		}
		buf_str(out, shown ? ", " : ": ");
		buf_str(out, f->name);
		if (!word || !*word)
			continue;
		buf_str(out, " (");
		buf_str(out, word);
		buf_char(out, ')');
	}
}

static void put_field_names(struct buf *out, const struct sc_arg *arg)
{
	const struct sc_field *first = explain_fields(arg);
	bool some = false;

	for (const struct sc_field *f = first; f && f->name; f++) {
		if (f->type == T_PAD)
			continue;
		buf_str(out, some ? ", " : ": ");
		buf_str(out, f->name);
		some = true;
	}
}

/* Of what the program fills in, the fields that are flags, as ".flags". */
static void put_field_flags(struct paper *p, const struct sc_arg *arg)
{
	for (const struct sc_field *f = explain_fields(arg); f && f->name; f++) {
		const struct sc_flags *flags = explain_field_flags(f);
		struct buf label = { 0 }, text = { 0 };

		if (!flags)
			continue;
		buf_char(&label, '.');
		buf_str(&label, f->name);
		buf_char(&label, '\0');
		buf_str(&text, f->type == T_FLAGS ? "flags" : "one of");
		put_flags(&text, false, flags);
		item(p, label.failed ? f->name : label.p, &text);
		buf_done(&label);
		buf_done(&text);
	}
}

static void put_arguments(struct paper *p, const struct sc_row *row)
{
	heading(p, "Arguments");
	for (unsigned int i = 0; i < row->nargs; i++) {
		const struct sc_arg *arg = &row->args[i];
		const struct sc_flags *flags = explain_flags(arg);
		struct buf text = { 0 };

		if (arg->type == T_NONE)
			continue;
		explain_type(&text, row, arg);
		if (flags)
			put_flags(&text, arg->type == T_IOCTL, flags);
		put_field_names(&text, arg);
		item(p, arg->name, &text);
		buf_done(&text);
		if (arg->dir != D_OUT)
			put_field_flags(p, arg);
	}
}

static void put_error(struct paper *p, const struct sc_row *row, int err)
{
	const struct sc_error *e = sc_error_find(err, row);
	struct buf text = { 0 };

	buf_str(&text, e ? e->words : sc_errno_text(err));
	if (e && strcmp(e->words, e->meaning) != 0) {
		buf_str(&text, ": ");
		buf_str(&text, e->meaning);
	}
	item(p, sc_errno_name(err), &text);
	buf_done(&text);
}

static void put_result(struct paper *p, const struct sc_row *row, const struct about *about)
{
	int errors[EXPLAIN_ERRORS_MAX];
	unsigned int n = explain_errors(about, errors);
	struct buf text = { 0 };

	heading(p, "Result");
	buf_str(&text, explain_result(row));
	item(p, "Returns", &text);
	buf_done(&text);
	for (unsigned int i = 0; i < n; i++)
		put_error(p, row, errors[i]);
}

static void put_numbers(struct paper *p, const struct sc_row *row)
{
	struct buf text = { 0 };

	for (unsigned int abi = 0; abi < TR_ABI_MAX; abi++) {
		int nr = sc_nr(row, abi);

		if (nr < 0)
			continue;
		if (text.len)
			buf_str(&text, ", ");
		buf_i64(&text, nr);
		buf_str(&text, " on ");
		buf_str(&text, sc_abi_name(abi));
	}
	item(p, "number", &text);
	buf_done(&text);
}

static void put_note(void *ctx, const char *part, const char *meaning)
{
	paper_item(ctx, LABEL_COLUMN, part, TEXT_COLUMN, meaning, strlen(meaning));
}

void explain_call(struct paper *p, const struct sc_row *row)
{
	const struct about *about = explain_about(row->name);

	put_head(p, row, about);
	if (about)
		paper_text(p, LABEL_COLUMN, about->text, strlen(about->text));
	if (row->nargs)
		put_arguments(p, row);
	put_result(p, row, about);
	heading(p, "Name");
	put_numbers(p, row);
	explain_name(row, put_note, p);
}

static bool has_error(const struct about *about, int err)
{
	int errors[EXPLAIN_ERRORS_MAX];
	unsigned int n = explain_errors(about, errors);

	for (unsigned int i = 0; i < n; i++) {
		if (errors[i] == err)
			return true;
	}
	return false;
}

bool explain_returns(const struct sc_row *row, int err)
{
	const struct about *about = explain_about(row->name);

	return about && has_error(about, err);
}

/* What it means to some calls and not to others, each once, and to which. */
static unsigned int find_meanings(int err, const struct sc_error *found[MEANINGS_MAX])
{
	const struct sc_error *general = sc_error_find(err, NULL);
	unsigned int n = 0;

	for (size_t i = 0; i < sizeof(abouts) / sizeof(abouts[0]); i++) {
		const struct sc_error *e = sc_error_find(err, sc_by_name(abouts[i].name));
		unsigned int k = 0;

		while (k < n && found[k] != e)
			k++;
		if (e && e != general && k == n && n < MEANINGS_MAX && has_error(&abouts[i], err))
			found[n++] = e;
	}
	return n;
}

static void put_callers(struct paper *p, int err, const struct sc_error *e)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < sizeof(abouts) / sizeof(abouts[0]); i++) {
		if (!has_error(&abouts[i], err) || sc_error_find(err, sc_by_name(abouts[i].name)) != e)
			continue;
		if (text.len)
			buf_char(&text, ' ');
		buf_str(&text, abouts[i].name);
	}
	if (!text.len)
		buf_str(&text, "none that is known here");
	paper_text(p, LABEL_COLUMN + 2, text.p ? text.p : "", text.len);
	buf_done(&text);
}

static void put_meaning(struct paper *p, int err, const struct sc_error *e)
{
	paper_text(p, LABEL_COLUMN, e->meaning, strlen(e->meaning));
	put_callers(p, err, e);
}

static void put_meanings(struct paper *p, int err)
{
	const struct sc_error *general = sc_error_find(err, NULL), *found[MEANINGS_MAX];
	unsigned int n = find_meanings(err, found);

	if (general)
		paper_text(p, LABEL_COLUMN, general->meaning, strlen(general->meaning));
	if (n)
		heading(p, "For some calls it means");
	for (unsigned int i = 0; i < n; i++)
		put_meaning(p, err, found[i]);
	if (!general)
		return;
	heading(p, n ? "Other calls that return it" : "Calls that return it");
	put_callers(p, err, general);
}

void explain_error(struct paper *p, int err)
{
	struct buf text = { 0 };
	const char *words = sc_errno_text(err);

	buf_str(&text, " (");
	buf_i64(&text, err);
	buf_str(&text, "): ");
	buf_str(&text, words ? words : "an error");
	buf_char(&text, '\0');
	paper_title(p, sc_errno_name(err), text.failed ? "" : text.p);
	buf_done(&text);
	put_meanings(p, err);
}

void explain_signal(struct paper *p, int signo)
{
	const struct signal_about *about = explain_signal_about(signo);
	struct buf text = { 0 };

	buf_str(&text, " (");
	buf_i64(&text, signo);
	buf_str(&text, "): by default it ");
	buf_str(&text, strcmp(about->action, "nothing") ? about->action : "does nothing");
	buf_char(&text, '\0');
	paper_title(p, sc_signal_name(signo), text.failed ? "" : text.p);
	buf_done(&text);
	paper_text(p, LABEL_COLUMN, about->text, strlen(about->text));
}

void explain_class(struct paper *p, const struct sc_class *class)
{
	const char *about = explain_class_text(class->name);
	struct buf text = { 0 };

	buf_char(&text, '%');
	buf_str(&text, class->name);
	buf_char(&text, '\0');
	paper_title(p, text.failed ? class->name : text.p, ": a class of calls, for -e");
	text.len = 0;
	if (about)
		paper_text(p, LABEL_COLUMN, about, strlen(about));
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);

		if (!row || !explain_in_class(row, class))
			continue;
		if (text.len)
			buf_char(&text, ' ');
		buf_str(&text, row->name);
	}
	heading(p, "Calls");
	paper_text(p, LABEL_COLUMN, text.p ? text.p : "", text.len);
	buf_done(&text);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * explain_json.c - explanations as JSON: one object for each.
 */
#include "explain.h"

static void put_pair(struct json *j, const char *key, const char *value)
{
	json_key(j, key);
	json_str(j, value);
}

static void put_classes(struct json *j, const struct sc_row *row)
{
	json_key(j, "classes");
	json_begin(j, '[');
	for (const struct sc_class *c = sc_classes; c->name; c++) {
		if ((c->bits & (c->bits - 1)) == 0 && explain_in_class(row, c) && strcmp(c->name, "net") != 0)
			json_str(j, c->name);
	}
	json_end(j, ']');
}

static void put_numbers(struct json *j, const struct sc_row *row)
{
	json_key(j, "numbers");
	json_begin(j, '{');
	for (unsigned int abi = 0; abi < TR_ABI_MAX; abi++) {
		int nr = sc_nr(row, abi);

		if (nr < 0)
			continue;
		json_key(j, sc_abi_name(abi));
		json_i64(j, nr);
	}
	json_end(j, '}');
}

static void put_values(struct json *j, const struct sc_flags *flags)
{
	json_key(j, "values");
	json_begin(j, '[');
	for (const struct sc_flag *f = flags->rows; f->name; f++)
		if (f->name[0] != '%') /* numbers */
			json_str(j, f->name);
	json_end(j, ']');
}

static void put_fields(struct json *j, const struct sc_field *fields)
{
	json_key(j, "fields");
	json_begin(j, '[');
	for (const struct sc_field *f = fields; f->name; f++) {
		const struct sc_flags *flags = explain_field_flags(f);

		if (f->type == T_PAD)
			continue;
		json_begin(j, '{');
		put_pair(j, "name", f->name);
		if (flags)
			put_values(j, flags);
		json_end(j, '}');
	}
	json_end(j, ']');
}

static void put_argument(struct json *j, const struct sc_row *row, const struct sc_arg *arg)
{
	const struct sc_flags *flags = explain_flags(arg);
	struct buf type = { 0 };

	explain_type(&type, row, arg);
	json_begin(j, '{');
	put_pair(j, "name", arg->name);
	json_key(j, "type");
	json_string(j, type.p ? type.p : "", type.len);
	if (flags)
		put_values(j, flags);
	if (explain_fields(arg))
		put_fields(j, explain_fields(arg));
	json_end(j, '}');
	buf_done(&type);
}

static void put_errors(struct json *j, const struct sc_row *row, const struct about *about)
{
	int errors[EXPLAIN_ERRORS_MAX];
	unsigned int n = explain_errors(about, errors);

	json_key(j, "errors");
	json_begin(j, '[');
	for (unsigned int i = 0; i < n; i++) {
		const struct sc_error *e = sc_error_find(errors[i], row);

		json_begin(j, '{');
		put_pair(j, "name", sc_errno_name(errors[i]));
		put_pair(j, "words", e ? e->words : sc_errno_text(errors[i]));
		if (e)
			put_pair(j, "meaning", e->meaning);
		json_end(j, '}');
	}
	json_end(j, ']');
}

static void put_note(void *ctx, const char *part, const char *meaning)
{
	struct json *j = ctx;

	json_begin(j, '{');
	put_pair(j, "part", part);
	put_pair(j, "meaning", meaning);
	json_end(j, '}');
}

void explain_call_json(struct json *j, const struct sc_row *row)
{
	const struct about *about = explain_about(row->name);

	json_begin(j, '{');
	put_pair(j, "kind", "call");
	put_pair(j, "name", row->name);
	put_pair(j, "text", about ? about->text : NULL);
	put_pair(j, "since", about ? about->since : NULL);
	put_classes(j, row);
	put_numbers(j, row);
	json_key(j, "arguments");
	json_begin(j, '[');
	for (unsigned int i = 0; i < row->nargs; i++) {
		if (row->args[i].type != T_NONE)
			put_argument(j, row, &row->args[i]);
	}
	json_end(j, ']');
	put_pair(j, "returns", explain_result(row));
	put_errors(j, row, about);
	json_key(j, "naming");
	json_begin(j, '[');
	explain_name(row, put_note, j);
	json_end(j, ']');
	json_end(j, '}');
	json_line(j);
}

void explain_error_json(struct json *j, int err)
{
	const struct sc_error *e = sc_error_find(err, NULL);

	json_begin(j, '{');
	put_pair(j, "kind", "error");
	put_pair(j, "name", sc_errno_name(err));
	json_key(j, "number");
	json_i64(j, err);
	put_pair(j, "system_text", sc_errno_text(err));
	put_pair(j, "words", e ? e->words : NULL);
	put_pair(j, "text", e ? e->meaning : NULL);
	json_key(j, "calls");
	json_begin(j, '[');
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);

		if (row && explain_returns(row, err))
			json_str(j, row->name);
	}
	json_end(j, ']');
	json_end(j, '}');
	json_line(j);
}

void explain_signal_json(struct json *j, int signo)
{
	const struct signal_about *about = explain_signal_about(signo);

	json_begin(j, '{');
	put_pair(j, "kind", "signal");
	put_pair(j, "name", sc_signal_name(signo));
	json_key(j, "number");
	json_i64(j, signo);
	put_pair(j, "default", about->action);
	put_pair(j, "text", about->text);
	json_end(j, '}');
	json_line(j);
}

void explain_class_json(struct json *j, const struct sc_class *class)
{
	json_begin(j, '{');
	put_pair(j, "kind", "class");
	put_pair(j, "name", class->name);
	put_pair(j, "text", explain_class_text(class->name));
	json_key(j, "calls");
	json_begin(j, '[');
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);

		if (row && explain_in_class(row, class))
			json_str(j, row->name);
	}
	json_end(j, ']');
	json_end(j, '}');
	json_line(j);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * explain.h - what a call, an error, a signal or a class of calls is: as text for people, and as JSON. Facts
 * of arguments, classes and numbers come from the table; texts from explain_<area>.def.
 */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include <core/table.h>
#include "json.h"
#include "paper.h"

/* What the table does not have of a call. */
struct about {
	const char *name;
	const char *since;  /* "2.6.16": the kernel that it came with */
	const char *errors; /* names of those that one meets, with a space between */
	const char *text;   /* a paragraph */
};

const struct about *explain_about(const char *name); /* NULL: no such call */
const char *explain_alias(const char *name); /* "fstatat" is newfstatat here; NULL: it is none */

void explain_call(struct paper *p, const struct sc_row *row);
void explain_error(struct paper *p, int err);
void explain_signal(struct paper *p, int signo);
void explain_class(struct paper *p, const struct sc_class *class);

void explain_call_json(struct json *j, const struct sc_row *row);
void explain_error_json(struct json *j, int err);
void explain_signal_json(struct json *j, int signo);
void explain_class_json(struct json *j, const struct sc_class *class);

/* For the two forms. */

#define EXPLAIN_ERRORS_MAX 48

/* The errors of a call by name; how many. */
unsigned int explain_errors(const struct about *about, int errors[EXPLAIN_ERRORS_MAX]);
void explain_type(struct buf *out, const struct sc_row *row, const struct sc_arg *arg); /* "a path" */
bool explain_returns(const struct sc_row *row, int err);
const char *explain_result(const struct sc_row *row);
const char *explain_result_of(unsigned int i, const char **name); /* of those that tell more; NULL: no more */
/* The flags that an argument can have; NULL: it has none. */
const struct sc_flags *explain_flags(const struct sc_arg *arg);
/* The fields of the struct that an argument points to; NULL: it points to none. */
const struct sc_field *explain_fields(const struct sc_arg *arg);
/* The flags that a field can have; NULL: it has none. */
const struct sc_flags *explain_field_flags(const struct sc_field *f);
/* Calls note for each thing that a call's name tells. */
void explain_name(const struct sc_row *row, void (*note)(void *ctx, const char *part, const char *meaning),
		  void *ctx);
struct signal_about {
	const char *action; /* by default: "ends the process" */
	const char *text;
};
const struct signal_about *explain_signal_about(int signo);
const char *explain_class_text(const char *name); /* NULL: no such class */
bool explain_in_class(const struct sc_row *row, const struct sc_class *class);

#endif

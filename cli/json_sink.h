/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * json_sink.h - values as JSON, and what render_json.c shares with it. What is left out of a value is
 * told by a key beside it, "<name>_truncated".
 */
#ifndef CLI_JSON_SINK_H
#define CLI_JSON_SINK_H

#include "json.h"
#include "value.h"

#define JSON_DEPTH 16

struct json_sink {
	struct sink s;
	struct json j;
	unsigned int depth; /* of nested structs and arrays in an argument */
	struct {
		const char *key; /* of the value that is written */
		bool cut;	 /* some of it is left out */
	} level[JSON_DEPTH + 1];	 /* what is deeper shares the last one */
};

extern const struct sink_ops json_sink_ops;

/* The key of the next value, which the caller has written; and, after it, what tells that it was cut. */
void json_sink_key(struct json_sink *s, const char *key);
void json_sink_flush(struct json_sink *s);

void json_derived_key(struct json *j, const char *name, const char *suffix);
void json_address(struct json *j, const void *sockaddr, size_t n); /* an object */
void json_status(struct json *j, int status); /* keys for a status as wait(2) has it */

#endif

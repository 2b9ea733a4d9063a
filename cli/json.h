/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * json.h - a streaming JSON writer: values are appended to a buffer as they come, commas are its job,
 * nesting is the caller's. What it writes is valid UTF-8 whatever bytes a string has: each byte that
 * is not part of a valid character becomes U+FFFD, and controls (DEL and C1 too) are escaped.
 *
 *	json_begin(j, '{'); json_key(j, "pid"); json_u64(j, 1); json_end(j, '}'); json_line(j);
 */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <core/buf.h>

struct json {
	struct buf *out;
	bool comma; /* a value precedes on this level; starts as false */
};

void json_begin(struct json *j, char bracket); /* '{' or '[' */
void json_end(struct json *j, char bracket);   /* '}' or ']' */
void json_line(struct json *j);		       /* a newline; the next value starts afresh */
void json_key(struct json *j, const char *name); /* name needs no escape */

void json_string(struct json *j, const void *p, size_t n);
void json_str(struct json *j, const char *s); /* NULL: null */
void json_u64(struct json *j, uint64_t v);
void json_i64(struct json *j, int64_t v);
void json_hex(struct json *j, uint64_t v); /* a string: "0x7f" */
void json_boolean(struct json *j, bool v);
void json_null(struct json *j);
void json_seconds(struct json *j, int64_t ns); /* a number of seconds with 9 decimals */

/*
 * A value that the caller writes into the buffer itself between these two. A text's bytes must be
 * printable ASCII other than " and \; json_value's must be JSON.
 */
void json_text_begin(struct json *j);
void json_text_end(struct json *j);
void json_value(struct json *j); /* only what must precede the value */

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * json.c - the JSON writer. Strings are copied in runs of bytes that need no escape.
 */
#include "json.h"

#include "utf8.h"

void json_value(struct json *j)
{
	if (j->comma)
		buf_char(j->out, ',');
	j->comma = true;
}

void json_begin(struct json *j, char bracket)
{
	json_value(j);
	buf_char(j->out, bracket);
	j->comma = false;
}

void json_end(struct json *j, char bracket)
{
	buf_char(j->out, bracket);
	j->comma = true;
}

void json_line(struct json *j)
{
	buf_char(j->out, '\n');
	j->comma = false;
}

void json_key(struct json *j, const char *name)
{
	json_value(j);
	buf_char(j->out, '"');
	buf_str(j->out, name);
	buf_put(j->out, "\":", 2);
	j->comma = false;
}

/* Bytes that stand for themselves: printable ASCII but " and \. */
static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static void put_escaped(struct buf *out, uint32_t c)
{
	static const char hex[] = "0123456789abcdef";
	static const char letters[] = "btn\0fr"; /* 8 to 13 */

	buf_char(out, '\\');
	if (c == '"' || c == '\\') {
		buf_char(out, (char)c);
	} else if (c >= 8 && c <= 13 && c != 11) {
		buf_char(out, letters[c - 8]);
	} else {
		const char text[5] = { 'u', '0', '0', hex[c >> 4 & 15], hex[c & 15] };

		buf_put(out, text, sizeof(text));
	}
}

void json_string(struct json *j, const void *p, size_t n)
{
	const unsigned char *s = p, *end = s + n;
	struct buf *out = j->out;

	json_value(j);
	buf_char(out, '"');
	while (s < end) {
		const unsigned char *run = s;
		uint32_t c;
		size_t len;

		while (s < end && is_plain(*s))
			s++;
		if (s > run)
			buf_put(out, run, (size_t)(s - run));
		if (s == end)
			break;
		len = utf8_next(s, (size_t)(end - s), &c);
		if (!len)
			buf_put(out, "\xef\xbf\xbd", 3);
		else if (c < 0xa0)
			put_escaped(out, c);
		else
			buf_put(out, s, len);
		s += len ? len : 1;
	}
	buf_char(out, '"');
}

void json_str(struct json *j, const char *s)
{
	if (s)
		json_string(j, s, strlen(s));
	else
		json_null(j);
}

void json_u64(struct json *j, uint64_t v)
{
	json_value(j);
	buf_u64(j->out, v);
}

void json_i64(struct json *j, int64_t v)
{
	json_value(j);
	buf_i64(j->out, v);
}

void json_text_begin(struct json *j)
{
	json_value(j);
	buf_char(j->out, '"');
}

void json_text_end(struct json *j)
{
	buf_char(j->out, '"');
}

void json_hex(struct json *j, uint64_t v)
{
	json_text_begin(j);
	buf_hex(j->out, v);
	json_text_end(j);
}

void json_boolean(struct json *j, bool v)
{
	json_value(j);
	buf_str(j->out, v ? "true" : "false");
}

void json_null(struct json *j)
{
	json_value(j);
	buf_put(j->out, "null", 4);
}

void json_seconds(struct json *j, int64_t ns)
{
	uint64_t abs = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;

	json_value(j);
	if (ns < 0)
		buf_char(j->out, '-');
	buf_u64(j->out, abs / 1000000000);
	buf_char(j->out, '.');
	buf_u64_pad(j->out, abs % 1000000000, 9, '0');
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* secret.c - see secret.h. */
#include "secret.h"

#include <string.h>
#include <strings.h>

/* Anywhere in a name. */
static const char *const words[] = {"TOKEN",	  "SECRET",	      "PASSWORD", "PASSWD",
				    "PASSPHRASE", "CREDENTIAL",	      "APIKEY",	  "PRIVATE_KEY",
				    "COOKIE",	  "CONNECTION_STRING", "SSHPASS"};
/* Between underscores. */
static const char *const parts[] = {"KEY", "KEYS", "PASS", "PW",  "PWD",    "AUTH",
				    "PAT", "DSN",  "JWT",  "OTP", "BEARER"};

static bool contains(const char *name, size_t len, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= len; i++)
		if (!strncasecmp(name + i, word, n))
			return true;
	return false;
}

static bool is_part(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strlen(parts[i]) == len && !strncasecmp(name, parts[i], len))
			return true;
	return false;
}

static bool names_secret(const char *name, size_t len)
{
	size_t from = 0;

	if (len == 3 && !memcmp(name, "PWD", 3)) /* the directory; MYSQL_PWD is none */
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (contains(name, len, words[i]))
			return true;
	for (size_t i = 0; i <= len; i++) {
		if (i < len && name[i] != '_')
			continue;
		if (is_part(name + from, i - from))
			return true;
		from = i + 1;
	}
	return false;
}

/* scheme://user:password@host; where the value is cut behind the colon, the rest may have the @. */
static bool has_password(const char *value, size_t len, bool cut)
{
	for (size_t i = 0; i + 3 <= len; i++) {
		const char *colon, *slash, *host = value + i + 3;
		bool whole = !cut;
		size_t left = len - i - 3;

		if (memcmp(value + i, "://", 3))
			continue;
		slash = memchr(host, '/', left);
		if (slash) {
			left = (size_t)(slash - host);
			whole = true;
		}
		colon = memchr(host, ':', left);
		if (colon && (!whole || memchr(colon, '@', left - (size_t)(colon - host))))
			return true;
	}
	return false;
}

size_t secret_shown(const char *text, size_t len, bool cut)
{
	const char *eq = memchr(text, '=', len);
	size_t name;

	if (!eq)
		return len;
	name = (size_t)(eq - text);
	if (names_secret(text, name) || has_password(eq + 1, len - name - 1, cut))
		return name + 1;
	return len;
}

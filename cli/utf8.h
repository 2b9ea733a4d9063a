/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * utf8.h - one character of UTF-8 at a time, strictly: no overlong forms, no surrogates, nothing above
 * U+10FFFF. What is not that is not valid, and its reader decides what to make of the byte.
 */
#ifndef CLI_UTF8_H
#define CLI_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The length of the character at s (n > 0 bytes are left) and the character; 0: not valid. */
static inline size_t utf8_next(const unsigned char *s, size_t n, uint32_t *ret_c)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 :
		     s[0] < 0xf5 ? 4 : 0;
	uint32_t c;

	if (len <= 1) {
		*ret_c = s[0];
		return len;
	}
	if (n < len)
		return 0;
	c = s[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*ret_c = c;
	return len;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * filter_syntax.h - what the two parsers of filters share: refusing with a sentence, and numbers.
 */
#ifndef CORE_FILTER_SYNTAX_H
#define CORE_FILTER_SYNTAX_H

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include "filter.h"

/* Writes the sentence to err (FILTER_ERR_LEN bytes) and returns -EINVAL. */
__attribute__((format(printf, 2, 3))) static inline int filter_refuse(char *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, FILTER_ERR_LEN, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* Decimal digits only, all n of them, up to max. */
static inline int filter_number(const char *s, size_t n, uint64_t max, uint64_t *ret_value)
{
	uint64_t v = 0;

	if (!n)
		return -EINVAL;
	for (size_t i = 0; i < n; i++) {
		unsigned int digit = (unsigned char)s[i] - '0';

		if (digit > 9 || v > (max - digit) / 10)
			return -EINVAL;
		v = v * 10 + digit;
	}
	*ret_value = v;
	return 0;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz_filter.c - the text of a filter, which the daemon takes from anybody: it is parsed or refused with a
 * sentence, and what is written of a parsed one is parsed again to the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <core/filter.h>

static void check_again(const struct filter *f)
{
	static char first[1 << 16], second[1 << 16];
	ssize_t n = filter_format(f, first, sizeof(first)), m;
	char err[FILTER_ERR_LEN];
	struct filter again;

	if (n < 0)
		return;
	filter_init(&again);
	if (filter_parse(&again, first, (size_t)n, err))
		abort();
	m = filter_format(&again, second, sizeof(second));
	if (m != n || memcmp(first, second, (size_t)n) != 0)
		abort();
	filter_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char err[FILTER_ERR_LEN];
	struct filter f;
	char *text = malloc(size ? size : 1);

	memcpy(text, data, size);
	filter_init(&f);
	if (filter_parse(&f, text, size, err) == 0)
		check_again(&f);
	else if (!memchr(err, '\0', sizeof(err)) || !err[0])
		abort();
	filter_done(&f);
	free(text);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_auth.c - which refusals are told in the log: each user's first, and no more lines than there are places,
 * whoever asks.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "auth.h"

static char said[1 << 16];

/* What is logged while these users are refused. */
static void refuse(struct auth *a, const uint32_t *uids, unsigned int n)
{
	FILE *f = tmpfile();
	int saved = dup(STDERR_FILENO);
	size_t len;

	assert_non_null(f);
	dup2(fileno(f), STDERR_FILENO);
	for (unsigned int i = 0; i < n; i++)
		auth_refused(a, uids[i], "no");
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(f);
	len = fread(said, 1, sizeof(said) - 1, f);
	said[len] = '\0';
	fclose(f);
}

static void told_once_a_user(void **state)
{
	/* Numbers that are alike in all but their upper bits. */
	static const uint32_t uids[] = {1000, 1000 + AUTH_REFUSED_MAX, 1000, 1000 + AUTH_REFUSED_MAX,
					1000 + 2 * AUTH_REFUSED_MAX, 0};
	struct auth a = {};

	(void)state;
	refuse(&a, uids, sizeof(uids) / sizeof(uids[0]));
	assert_string_equal(said, "tracerd: user 1000 was refused: no\n"
				  "tracerd: user 1032 was refused: no\n"
				  "tracerd: user 1064 was refused: no\n"
				  "tracerd: user 0 was refused: no\n");
}

static void bounded(void **state)
{
	uint32_t uids[10 * AUTH_REFUSED_MAX];
	struct auth a = {};
	unsigned int lines = 0;
	uint64_t quiet = 0;

	(void)state;
	for (unsigned int i = 0; i < 10 * AUTH_REFUSED_MAX; i++)
		uids[i] = i;
	refuse(&a, uids, 10 * AUTH_REFUSED_MAX);
	for (const char *p = said; (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, AUTH_REFUSED_MAX);
	for (unsigned int i = 0; i < AUTH_REFUSED_MAX; i++)
		quiet += a.refused[i].kept_quiet;
	assert_int_equal(quiet, 9 * AUTH_REFUSED_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(told_once_a_user),
	    cmocka_unit_test(bounded),
	};

	unsetenv("JOURNAL_STREAM");
	return cmocka_run_group_tests(tests, NULL, NULL);
}

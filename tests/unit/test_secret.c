/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_secret.c - which variables of an environment are shown without their value.
 */
#include "secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void names(void **state)
{
	static const char *const hidden[] = {
	    "GITHUB_TOKEN=x",
	    "aws_secret_access_key=x",
	    "DB_PASSWORD=x",
	    "PGPASSWORD=x",
	    "API_KEY=x",
	    "KEY=x",
	    "SSH_KEY_FILE=x",
	    "MY_APIKEY=x",
	    "GOOGLE_APPLICATION_CREDENTIALS=x",
	    "MYSQL_PWD_PASSWD=x",
	    "SESSION_COOKIE=x",
	    "HTTP_AUTH=x",
	    "REDIS_PASS=x",
	    "MYSQL_PWD=x",
	    "SSHPASS=x",
	    "CI_JOB_JWT=x",
	};
	static const char *const shown[] = {
	    "PATH=/bin", "HOME=/root", "PWD=/tmp",	"OLDPWD=/", "KEYBOARD=us", "XKB_KEYMAP=de",
	    "MONKEY=1",	 "AUTHOR=me",  "COMPASS=north", "LANG=C",   "=x",	   "=",
	    "TOKEN",	 "",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		assert_int_equal(secret_shown(hidden[i], strlen(hidden[i]), false), strlen(hidden[i]) - 1);
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		assert_int_equal(secret_shown(shown[i], strlen(shown[i]), false), strlen(shown[i]));
}

static void values(void **state)
{
	static const char url[] = "DATABASE_URL=postgres://me:hunter2@db:5432/x";
	static const char plain[] = "HTTP_PROXY=http://proxy:3128/a@b";

	(void)state;
	assert_int_equal(secret_shown(url, strlen(url), false), strlen("DATABASE_URL="));
	assert_int_equal(secret_shown(plain, strlen(plain), false), strlen(plain));
	/* What is not part of the text is not looked at; what was cut off may be the end of a password. */
	assert_int_equal(secret_shown(url, 30, false), 30);
	assert_int_equal(secret_shown(url, 30, true), strlen("DATABASE_URL="));
	assert_int_equal(secret_shown(url, 25, true), 25);
	assert_int_equal(secret_shown(plain, strlen(plain), true), strlen(plain));
	assert_int_equal(secret_shown("A=http://proxy:31", 17, true), strlen("A="));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names),
	    cmocka_unit_test(values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

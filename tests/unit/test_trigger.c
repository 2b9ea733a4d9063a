/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_trigger.c - what a flight recorder waits for, and the line that says what it records.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <errno.h>
#include <core/filter_text.h>
#include <core/trigger.h>

static struct trigger parse(const char *text)
{
	char err[FILTER_ERR_LEN];
	struct trigger t;

	assert_int_equal(trigger_parse(&t, text, err), 0);
	return t;
}

static void refuses(const char *text, const char *sentence)
{
	char err[FILTER_ERR_LEN];
	struct trigger t;

	assert_int_equal(trigger_parse(&t, text, err), -EINVAL);
	assert_string_equal(err, sentence);
}

static bool call_hits(const char *text, int64_t ret, uint64_t duration_ns, uint16_t flags)
{
	struct tr_syscall c = {.h = {.len = sizeof(c), .type = TR_SYSCALL, .flags = flags},
			       .ret = ret,
			       .duration_ns = duration_ns};
	struct trigger t = parse(text);

	return trigger_hit(&t, &c.h);
}

static bool signal_hits(const char *text, int signo)
{
	struct tr_signal s = {.h = {.len = sizeof(s), .type = TR_SIGNAL}, .signo = signo};
	struct trigger t = parse(text);

	return trigger_hit(&t, &s.h);
}

static bool exit_hits(const char *text, uint32_t status, uint32_t last)
{
	struct tr_exit e = {
		.h = {.len = sizeof(e), .type = TR_EXIT}, .status = status, .last = last};
	struct trigger t = parse(text);

	return trigger_hit(&t, &e.h);
}

static void hits_what_was_asked_for(void **state)
{
	(void)state;
	assert_true(signal_hits("SIGSEGV,SIGBUS", 11));
	assert_true(signal_hits("SIGSEGV , SIGBUS", 7));
	assert_false(signal_hits("SIGSEGV SIGBUS", 10));
	assert_false(signal_hits("SIGSEGV", -5));
	assert_false(signal_hits("SIGSEGV", 300));
	assert_true(call_hits("ENOSPC EIO", -28, 0, 0));
	assert_true(call_hits("ENOSPC EIO", -5, 0, 0));
	assert_false(call_hits("ENOSPC EIO", -2, 0, 0));
	assert_false(call_hits("ENOSPC", 28, 0, 0));
	assert_false(call_hits("ENOSPC", INT64_MIN, 0, 0));
	assert_true(call_hits("slower=10ms", 0, 10000000, 0));
	assert_false(call_hits("slower=10ms", 0, 9999999, 0));
	assert_false(call_hits("slower=10ms", 0, 20000000, TR_F_BLOCKED));
	assert_true(exit_hits("exit", 0x300, 1));
	assert_true(exit_hits("exit", 9, 1));
	assert_false(exit_hits("exit", 0, 1));
	assert_false(exit_hits("exit", 0x300, 0));
	assert_false(exit_hits("", 0x300, 1) || signal_hits("", 11) || call_hits("", -28, 1, 0));
}

static void says_why(void **state)
{
	struct tr_syscall c = {.h = {.len = sizeof(c), .type = TR_SYSCALL},
			       .ret = -28,
			       .nr = 1,
			       .duration_ns = 2500000000};
	struct tr_exit e = {.h = {.len = sizeof(e), .type = TR_EXIT}, .status = 11, .last = 1};
	struct trigger t = parse("ENOSPC slower=1s exit");
	char why[TRIGGER_WHY_LEN];

	(void)state;
	trigger_why(&t, &c.h, why);
	assert_string_equal(why, "failed with ENOSPC in write");
	c.ret = 1;
	trigger_why(&t, &c.h, why);
	assert_string_equal(why, "took 2500 ms in write");
	trigger_why(&t, &e.h, why);
	assert_string_equal(why, "was ended by SIGSEGV");
	e.status = 0x200;
	trigger_why(&t, &e.h, why);
	assert_string_equal(why, "ended with status 2");
}

static void refuses_other_words(void **state)
{
	(void)state;
	refuses("SIGFOO", "\"SIGFOO\" is no signal, no error, nor slower=TIME or exit");
	refuses("exit slower=x", "\"x\" is not a time: give 10ms, 250us or 1s");
	refuses("slower=0", "\"0\" is not a time: give 10ms, 250us or 1s");
}

static bool find_user(const char *name, uint32_t *uid_x)
{
	*uid_x = 33;
	return !strcmp(name, "www-data");
}

/* The text is read as the other one, which is a filter on the wire, its keys separated by blanks. */
static void reads(const char *text, const char *wire)
{
	char err[FILTER_ERR_LEN] = "", a[8192], b[8192], strings[512];
	struct filter f, g;
	ssize_t n;

	snprintf(strings, sizeof(strings), "%s", wire);
	for (char *s = strings; (s = strchr(s, ' ')); s++)
		*s = '\0';
	filter_init(&f);
	filter_init(&g);
	if (filter_text(&f, text, find_user, err))
		fail_msg("%s: %s", text, err);
	assert_int_equal(filter_parse(&g, strings, *wire ? strlen(wire) + 1 : 0, err), 0);
	n = filter_format(&f, a, sizeof(a));
	assert_int_equal(n, filter_format(&g, b, sizeof(b)));
	assert_memory_equal(a, b, (size_t)n);
	filter_done(&f);
	filter_done(&g);
}

static void reads_the_flags_of_tracectl(void **state)
{
	(void)state;
	reads("", "");
	reads("--comm nginx --failed", "comm=nginx failed");
	reads("  --comm=nginx\t--comm 'php-fpm' -f ", "comm=nginx comm=php-fpm follow");
	reads("-p 1,2 --tid=3 -u www-data --uid 7", "pid=1,2 tid=3 uid=33 uid=7");
	reads("-e'!futex,%file' -s100", "syscall=!futex,%file string=100");
	reads("--slower 10ms --errno ENOENT", "slower_ns=10000000 errno=ENOENT");
	reads("--unit nginx --unit a.socket --cgroup /x", "unit=nginx.service unit=a.socket cgroup=/x");
	reads("--slower 2m --ok", "slower_ns=120000000000 ok");
}

static void refuses_text(const char *text, const char *sentence)
{
	char err[FILTER_ERR_LEN] = "";
	struct filter f;

	filter_init(&f);
	assert_int_equal(filter_text(&f, text, find_user, err), -EINVAL);
	assert_string_equal(err, sentence);
	filter_done(&f);
}

static void refuses_other_flags(void **state)
{
	(void)state;
	refuses_text("nginx", "\"nginx\" is not a flag that a filter has");
	refuses_text("--path /x", "\"--path\" is not a flag that a filter has");
	refuses_text("-", "\"-\" is not a flag that a filter has");
	refuses_text("--comm", "--comm needs a value");
	refuses_text("--failed=1", "--failed takes no value");
	refuses_text("--uid nobody-of-that-name", "\"nobody-of-that-name\" is not a user id");
	refuses_text("--slower 1x", "\"1x\" is not a time: give 10ms, 250us or 1s");
	refuses_text("--slower 99999999999h", "\"99999999999h\" is not a time: give 10ms, 250us or 1s");
	refuses_text("--comm 'a", "a quote is missing, or a word is too long");
	refuses_text("--failed --ok",
		     "no call both fails and succeeds: ask for failed or ok, not both");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hits_what_was_asked_for),
		cmocka_unit_test(says_why),
		cmocka_unit_test(refuses_other_words),
		cmocka_unit_test(reads_the_flags_of_tracectl),
		cmocka_unit_test(refuses_other_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_opts.c - the flags of tracectl: what they set, what is refused with which sentence, and
 * --help.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "msg.h"
#include "opts.h"
#include "parse.h"

/* Splits words at spaces; the result refers to static memory. */
static int parse(struct options *o, unsigned int command, const char *words, char *err)
{
	static char text[1024];
	static char *argv[32];
	int argc = 0, r;

	snprintf(text, sizeof(text), "tracectl %s", words);
	for (char *save, *s = strtok_r(text, " ", &save); s; s = strtok_r(NULL, " ", &save))
		argv[argc++] = s;
	argv[argc] = NULL;
	opts_init(o, command);
	r = opts_parse(o, argc, argv, err);
	return r ? r : opts_finish(o, err);
}

static void refused(unsigned int command, const char *words, const char *sentence)
{
	char err[MSG_LEN] = "";
	struct options o;

	assert_int_not_equal(parse(&o, command, words, err), 0);
	assert_string_equal(err, sentence);
	opts_done(&o);
}

static void test_defaults(void **state)
{
	char err[MSG_LEN];
	struct options o;

	(void)state;
	assert_int_equal(parse(&o, CMD_WATCH, "", err), 0);
	assert_string_equal(o.format->name, "human");
	assert_true(o.filter.fds && !o.filter.ret_fds && !o.filter.follow && !o.filter.no_blocked);
	assert_int_equal(o.filter.string_limit, 32);
	opts_done(&o);
}

static void test_all_kinds(void **state)
{
	char err[MSG_LEN], words[256];
	struct options o;

	(void)state;
	snprintf(words, sizeof(words),
		 "-p %d --follow -e trace=openat --slower 1.5ms --duration 2m --count 7 -s 100 -tt -T -y "
		 "--color always -o f --format strace --errno ENOENT --fd 3,4 --path /etc/*",
		 getpid());
	assert_int_equal(parse(&o, CMD_WATCH, words, err), 0);
	assert_int_equal(o.filter.pid.v[0], getpid());
	assert_true(o.filter.follow && o.filter.has_syscalls && o.filter.has_errno);
	assert_true(o.filter.fds && o.filter.ret_fds && o.filter.no_blocked);
	assert_true(o.filter.slower_ns == 1500000);
	assert_true(o.duration_ns == 120000000000ULL && o.count == 7);
	assert_int_equal(o.filter.string_limit, 100);
	assert_true(o.time == TIME_US && o.durations && o.fds && o.color == COLOR_ALWAYS);
	assert_string_equal(o.out, "f");
	assert_int_equal(o.match.fd[1], 4);
	assert_string_equal(o.match.path[0], "/etc/*");
	opts_done(&o);
}

static void test_run_stops_at_command(void **state)
{
	char err[MSG_LEN];
	struct options o;

	(void)state;
	assert_int_equal(parse(&o, CMD_RUN, "--json ls -l --json", err), 0);
	assert_string_equal(o.argv[0], "ls");
	assert_string_equal(o.argv[1], "-l");
	assert_true(o.filter.follow && !o.filter.fds);
	opts_done(&o);
	assert_int_equal(parse(&o, CMD_RUN, "--no-follow -- -x", err), 0);
	assert_string_equal(o.argv[0], "-x");
	assert_false(o.filter.follow);
	opts_done(&o);
}

static void test_comms(void **state)
{
	char err[MSG_LEN];
	struct options o;

	(void)state;
	assert_int_equal(parse(&o, CMD_WATCH, "--comm nginx --comm sh", err), 0);
	assert_int_equal(o.filter.ncomm, 2);
	assert_int_equal(o.match.ncomm, 0);
	opts_done(&o);
	assert_int_equal(parse(&o, CMD_WATCH, "--comm nginx --comm s*", err), 0);
	assert_int_equal(o.filter.ncomm, 0);
	assert_int_equal(o.match.ncomm, 2);
	opts_done(&o);
}

static void test_users_and_units(void **state)
{
	char err[MSG_LEN];
	struct options o;

	(void)state;
	assert_int_equal(parse(&o, CMD_WATCH, "--uid root --uid 12345 --unit nginx", err), 0);
	assert_int_equal(o.filter.uid.v[0], 0);
	assert_int_equal(o.filter.uid.v[1], 12345);
	assert_string_equal(o.filter.unit[0], "nginx.service");
	opts_done(&o);
}

static void test_refused(void **state)
{
	(void)state;
	refused(CMD_WATCH, "--colr x", "unknown flag --colr: did you mean --color?");
	refused(CMD_WATCH, "--xyzzyx", "unknown flag --xyzzyx");
	refused(CMD_WATCH, "-Z", "unknown flag -Z");
	refused(CMD_WATCH, "--interval 3", "--interval is not a flag of watch");
	refused(CMD_WATCH, "--pid", "--pid needs a value, such as --pid 1234");
	refused(CMD_WATCH, "-e", "--syscall needs a value, such as -e '%network,openat'");
	refused(CMD_WATCH, "--failed=3", "--failed takes no value");
	refused(CMD_WATCH, "-e opne", "unknown system call \"opne\": did you mean open?");
	refused(CMD_WATCH, "-e signal=none",
		"-e signal=none is not supported: only -e trace=LIST is");
	refused(CMD_WATCH, "--pid 2147483646", "no process 2147483646");
	refused(CMD_WATCH, "--tid 2147483646", "no thread 2147483646");
	refused(CMD_WATCH, "--uid no-such-user", "no user \"no-such-user\"");
	refused(CMD_WATCH, "--count 0",
		"\"0\" is not a number from 1 to 9223372036854775807");
	refused(CMD_WATCH, "--duration 0s", "--duration must be longer than 0");
	refused(CMD_WATCH, "--format xml",
		"unknown format \"xml\": human, strace and json are known");
	refused(CMD_WATCH, "--backend x", "--backend is auto, bpf or ptrace, not \"x\"");
	refused(CMD_WATCH, "--fd -1", "\"-1\" is not a descriptor");
	refused(CMD_SUMMARY, "--path /x",
		"a summary counts in the kernel, which can't decide --path: use watch");
	refused(CMD_SUMMARY, "--fd 1",
		"a summary counts in the kernel, which can't decide --fd: use watch");
	refused(CMD_SUMMARY, "--interval 1ms", "--interval can't be shorter than 10ms");
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = {{"10", 10000000000}, {"10s", 10000000000}, {"500ms", 500000000}, {"2m", 120000000000},
		    {"0.5", 500000000}, {"1.25us", 1250}, {"7ns", 7}, {"1h", 3600000000000}, {"0", 0}};
	static const char *const bad[] = {"", "-1", "x", "1x", "1.", ".5", "1e3", " 1", "1 s", "1.2.3",
					  "99999999999999999999", "9999999999999h", "0x10"};
	char err[MSG_LEN];
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(parse_duration(good[i].text, &ns, err), 0);
		assert_true(ns == good[i].ns);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_not_equal(parse_duration(bad[i], &ns, err), 0);
}

static void test_cgroups(void **state)
{
	char dir[] = "/tmp/tracer cgroupXXXXXX", path[256], mounts[512], err[MSG_LEN], below[256];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a.slice", dir);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(mounts, sizeof(mounts),
		 "20 1 0:1 / /proc rw - proc proc rw\n"
		 "21 1 0:2 / /tmp/tracer\\040%s rw,nosuid shared:4 - cgroup2 cgroup2 rw\n",
		 dir + strlen("/tmp/tracer "));
	assert_int_equal(parse_cgroup(path, mounts, below, sizeof(below), err), 0);
	assert_string_equal(below, "/a.slice");
	assert_int_equal(parse_cgroup("/a.slice", mounts, below, sizeof(below), err), 0);
	assert_string_equal(below, "/a.slice");
	assert_int_equal(parse_cgroup("a.slice/", mounts, below, sizeof(below), err), 0);
	assert_string_equal(below, "/a.slice");
	assert_int_equal(parse_cgroup(dir, mounts, below, sizeof(below), err), 0);
	assert_string_equal(below, "/");
	assert_int_not_equal(parse_cgroup("../..", mounts, below, sizeof(below), err), 0);
	assert_string_equal(err, "../.. is not a cgroup");
	assert_int_not_equal(parse_cgroup("b.slice", mounts, below, sizeof(below), err), 0);
	assert_string_equal(err, "can't read cgroup b.slice: No such file or directory");
	assert_int_not_equal(parse_cgroup("x", "", below, sizeof(below), err), 0);
	rmdir(path);
	rmdir(dir);
}

/* Every flag that is explained has an example right below it. */
static void test_help_has_examples(void **state)
{
	static const unsigned int commands[] = {CMD_WATCH, CMD_RUN, CMD_SUMMARY, CMD_PENDING, CMD_STATUS};

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		char *text = NULL, *save = NULL;
		size_t size;
		FILE *f = open_memstream(&text, &size);
		int flags = 0, examples = 0;

		opts_help(f, commands[i]);
		fclose(f);
		for (char *s = strtok_r(text, "\n", &save); s; s = strtok_r(NULL, "\n", &save)) {
			flags += !strncmp(s + 2, "    --", 6) || (s[2] == '-' && s[4] == ',');
			examples += !strncmp(s, "                               -", 32);
		}
		assert_true(flags > 5);
		assert_int_equal(flags, examples);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),	cmocka_unit_test(test_all_kinds),
		cmocka_unit_test(test_run_stops_at_command), cmocka_unit_test(test_comms),
		cmocka_unit_test(test_users_and_units), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_durations),	cmocka_unit_test(test_cgroups),
		cmocka_unit_test(test_help_has_examples),
	};

	return cmocka_run_group_tests_name("opts", tests, NULL, NULL);
}

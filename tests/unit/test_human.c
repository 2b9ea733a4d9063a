/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_human.c - the sentences that people are told: what a call did by the values that decide it, what became of it,
 * and what of it fits into the width of a terminal.
 */
#include "render_rig.h"

/* What a call does is told by the values that decide it. */
static void test_sentences(void **state)
{
	const uint64_t none = 0, usr1 = 1 << 9;
	const uint16_t size[4] = { 24, 80 };

	(void)state;
	BUILD_CALL(&b, "fcntl", 0, 3, 2, 1);
	assert_string_equal(human(), "set /etc/passwd to be closed by exec\n");
	BUILD_CALL(&b, "fcntl", 0, 3, 4, 04000);
	assert_string_equal(human(), "made /etc/passwd non-blocking\n");
	BUILD_CALL(&b, "fcntl", 0, 3, 1);
	assert_string_equal(human(), "asked for the descriptor flags of /etc/passwd: none\n");
	BUILD_CALL(&b, "fcntl", -22, 3, 4, 04000);
	assert_string_equal(human(), "tried to make /etc/passwd non-blocking: an argument is not valid\n");
	BUILD_CALL(&b, "mmap", 0x7000, 0, 8192, 3, 0x22, (uint64_t)-1, 0);
	assert_string_equal(human(), "mapped 8.0 KiB of new memory (readable, writable) at 0x7000\n");
	BUILD_CALL(&b, "mmap", 0x7000, 0, 8192, 1, 2, 3, 0x1000);
	assert_string_equal(human(), "mapped 8.0 KiB of /etc/passwd from offset 0x1000 (readable) at "
				     "0x7000\n");
	BUILD_CALL(&b, "mmap", 0x7000, 0, 8192, 1, 2, 3, 0);
	assert_string_equal(human(), "mapped 8.0 KiB of /etc/passwd (readable) at 0x7000\n");
	BUILD_CALL(&b, "read", 0, 3, 0x2000, 4096);
	assert_string_equal(human(), "reached the end of /etc/passwd\n");
	BUILD_CALL(&b, "fork", 0, 0);
	assert_string_equal(human(), "began as a new process\n");
	BUILD_CALL(&b, "close", -9, (uint64_t)-1);
	assert_string_equal(human(), "tried to close an invalid descriptor: not open\n");
	BUILD_CALL(&b, "read", -11, 3, 0x2000, 4096);
	assert_string_equal(human(), "tried to read from /etc/passwd: would block: nothing to read yet\n");
	BUILD_CALL(&b, "rt_sigsuspend", -514, 0x2000, 8);
	build_item(&b, 0, 0, &none, sizeof(none));
	assert_string_equal(human(), "waited for a signal: one came\n");
	BUILD_CALL(&b, "rt_sigprocmask", 0, 0, 0x2000, 0, 8);
	build_item(&b, 1, 0, &usr1, sizeof(usr1));
	assert_string_equal(human(), "blocked SIGUSR1\n");
	BUILD_CALL(&b, "rt_sigreturn", -4, 0);
	assert_string_equal(human(), "returned from a signal handler\n");
	BUILD_CALL(&b, "ioctl", 0, 3, 0x5413, 0x2000);
	build_item(&b, 2, TR_ITEM_EXIT, size, sizeof(size));
	assert_string_equal(human(), "asked for the size of the terminal /etc/passwd: 80 by 24\n");
	assert_string_equal(strace_line(), "ioctl(3, TIOCGWINSZ, {ws_row=24, ws_col=80, ws_xpixel=0, "
					   "ws_ypixel=0}) = 0\n");
	BUILD_CALL(&b, "prctl", 1, 3, 0, 0, 0, 0);
	assert_string_equal(strace_line(), "prctl(PR_GET_DUMPABLE)                  = 1 "
					   "(SUID_DUMP_USER)\n");
}

/* Times, ids and counts that say that nothing is done, or nobody meant, are told so. */
static void test_nothing_is_told(void **state)
{
	const uint64_t times[4] = { 0, 0, 100, 0 }, never[4] = { 1, 0, 0, 0 };

	(void)state;
	BUILD_CALL(&b, "timer_settime", 0, 3, 0, 0x2000, 0);
	build_item(&b, 2, 0, times, sizeof(times));
	assert_string_equal(human(), "set the timer 3 to go off in 1 min 40 s\n");
	BUILD_CALL(&b, "timer_settime", 0, 3, 0, 0x2000, 0);
	build_item(&b, 2, 0, never, sizeof(never));
	assert_string_equal(human(), "stopped the timer 3\n");
	BUILD_CALL(&b, "setitimer", 0, 0, 0x2000, 0);
	build_item(&b, 1, 0, never, sizeof(never));
	assert_string_equal(human(), "stopped its real-time timer\n");
	BUILD_CALL(&b, "setfsuid", 0, (uint64_t)-1);
	assert_non_null(strstr(human(), "asked by which user's rights it accesses files: "));
	BUILD_CALL(&b, "io_submit", 0, 0x1000, 0, 0x2000);
	assert_non_null(strstr(human(), "submitted no asynchronous operations"));
	BUILD_CALL(&b, "shmctl", 0, 7, 0x100, 0);
	assert_string_equal(human(), "removed the shared memory 7 (it goes when nobody uses it)\n");
	BUILD_CALL(&b, "kcmp", 0, 1, 2, 1, 0, 0);
	assert_non_null(strstr(human(), ": the same\n"));
	BUILD_CALL(&b, "kcmp", 3, 1, 2, 1, 0, 0);
	assert_non_null(strstr(human(), ": different\n"));
}

static bool is_unsaid(const char *line)
{
	return strstr(line, "-1") || strchr(line, '(') == line || strstr(line, "  ");
}

/* Whatever happens to whatever call, there is a sentence for it, without the -1 of libraries. */
static void test_each_call_is_told(void **state)
{
	static const int results[] = { 0, -1, -2, -4, -9, -11, -12, -13, -14, -22, -38, -95, -110, -516 };
	uint64_t args[TR_MAX_ARGS] = { 0 };

	(void)state;
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		const struct sc_row *row = sc_by_id(id);
		unsigned int abi = id < SC_ID_OTHER ? TR_ABI_X86_64 : TR_ABI_I386;
		int nr = row ? sc_nr(row, abi) : -1;

		for (size_t i = 0; nr >= 0 && i < sizeof(results) / sizeof(results[0]); i++) {
			size_t len = strlen(row->name);

			if (results[i] < 0 && (row->effects & SC_FX_NO_ERROR))
				continue; /* they have no such results */
			build_nr(&b, (unsigned int)nr, results[i], args);
			b.call.abi = (uint8_t)abi;
			if (is_unsaid(human()) ||
			    (strncmp(human(), row->name, len) == 0 && human()[len] == '('))
				fail_msg("%s, %d: %s", row->name, results[i], human());
		}
	}
}

/* The same failure is another thing for another call. */
static void test_failures(void **state)
{
	(void)state;
	BUILD_CALL(&b, "openat", -2, CWD, 0x1000, 0);
	build_str(&b, 1, "foo.conf");
	assert_string_equal(human(), "wanted /root/foo.conf: not there\n");
	BUILD_CALL(&b, "openat", -13, CWD, 0x1000, 0);
	build_str(&b, 1, "/etc/shadow");
	assert_string_equal(human(), "tried to open /etc/shadow read-only: no permission\n");
	BUILD_CALL(&b, "write", -11, 5, 0x1000, 100);
	assert_string_equal(human(), "tried to write 100 B to tcp 10.0.0.2:8080: would block: no room to "
				     "write yet\n");
	BUILD_CALL(&b, "accept4", -11, 3, 0, 0, 0);
	assert_string_equal(human(), "tried to accept a connection to /etc/passwd: would block: nobody has "
				     "connected yet\n");
	BUILD_CALL(&b, "ioctl", -25, 3, 0x5401, 0x1000);
	assert_string_equal(human(), "asked whether /etc/passwd is a terminal: it is not\n");
	BUILD_CALL(&b, "wait4", -10, (uint64_t)-1, 0, 0, 0);
	assert_string_equal(human(), "looked for children to wait for: it has none\n");
	BUILD_CALL(&b, "futex", -11, 0x1000, 128, 1, 0);
	assert_string_equal(human(), "did not wait on the futex 0x1000: its value had changed already\n");
	BUILD_CALL(&b, "chmod", 0, 0x1000, 0644);
	build_str(&b, 0, "/x");
	assert_string_equal(human(), "set the permissions of /x to 0644 (rw-r--r--)\n");
	BUILD_CALL(&b, "chown", 0, 0x1000, 0, (uint64_t)-1);
	build_str(&b, 0, "/x");
	assert_string_equal(human(), "gave /x to user 0\n");
	BUILD_CALL(&b, "mount", 0, 0x1000, 0x2000, 0x3000, 0, 0);
	build_str(&b, 0, "proc");
	build_str(&b, 1, "mnt");
	build_str(&b, 2, "proc");
	assert_string_equal(human(), "mounted proc on /root/mnt as \"proc\"\n");
}

static void test_width(void **state)
{
	struct render r = render_as("human");

	(void)state;
	r.view.is_terminal = true;
	r.view.width = 40;
	BUILD_CALL(&b, "unlink", 0, 0x1000);
	build_str(&b, 0, "/a/very/long/path/that/does/not/fit");
	assert_non_null(strstr(show(&r), "00:00:01 cat[1234]      deleted /a/ve\xe2\x80\xa6"));
	r.view.color = THEME_DARK;
	assert_non_null(strstr(show(&r), "\xe2\x80\xa6\033[0m\n"));
	r.view.color = THEME_NONE;
	r.view.width = 56;
	assert_string_equal(show(&r), "00:00:01 cat[1234]      deleted /a/very…hat/does/not/fit\n");
	BUILD_CALL(&b, "unlink", -13, 0x1000);
	build_str(&b, 0, "/a/very/long/path/that/does/not/fit");
	r.view.width = 60;
	assert_string_equal(show(&r), "00:00:01 cat[1234]      tried to delete /a/v…: no permission\n");
	r.view.width = 200;
	assert_string_equal(show(&r), "00:00:01.000 cat[1234]            tried to delete "
				      "/a/very/long/path/that/does/not/fit: no permission\n");
	r.view.is_terminal = false; /* a pipe has no width */
	r.view.width = 60;
	assert_string_equal(show(&r), "00:00:01.000 cat[1234]            tried to delete "
				      "/a/very/long/path/that/does/not/fit: no permission\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_nothing_is_told),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_each_call_is_told),
		cmocka_unit_test(test_width),
	};

	return cmocka_run_group_tests(tests, set_up_fds, tear_down);
}

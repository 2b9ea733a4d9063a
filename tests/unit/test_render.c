/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_render.c - records in, lines out. What strace prints for the same call is written here as
 * strace prints it, beside what people and JSON are told of it; JSON must parse.
 */
#include "render_rig.h"

#include <stdio.h>
#include <sys/stat.h>

static const char *strace_y(void)
{
	struct render r = render_as("strace");

	r.view.fds = true;
	return show(&r);
}

static const char *json_args(void)
{
	static char text[16384];
	struct json_object *o = json_parsed(), *args;

	assert_true(json_object_object_get_ex(o, "args", &args));
	snprintf(text, sizeof(text), "%s",
		 json_object_to_json_string_ext(args, JSON_C_TO_STRING_PLAIN |
							       JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
	return text;
}

static void test_open(void **state)
{
	(void)state;
	BUILD_CALL(&b, "openat", 3, CWD, 0x1000, 02000000, 0xdead);
	build_str(&b, 1, "/etc/passwd");
	assert_string_equal(strace_line(),
			    "openat(AT_FDCWD, \"/etc/passwd\", O_RDONLY|O_CLOEXEC) = 3\n");
	assert_string_equal(strace_y(), "openat(AT_FDCWD</root>, \"/etc/passwd\", "
					"O_RDONLY|O_CLOEXEC) = 3</etc/passwd>\n");
	assert_string_equal(human(), "opened /etc/passwd read-only as fd 3\n");
	assert_string_equal(json_args(), "{\"dirfd\":\"AT_FDCWD\",\"pathname\":\"/etc/passwd\","
					 "\"flags\":\"O_RDONLY|O_CLOEXEC\"}");

	BUILD_CALL(&b, "openat", -2, CWD, 0x1000, 01101, 0644);
	build_str(&b, 1, "new\n\1");
	assert_string_equal(strace_line(),
			    "openat(AT_FDCWD, \"new\\n\\1\", O_WRONLY|O_CREAT|O_TRUNC, 0644) = "
			    "-1 ENOENT (No such file or directory)\n");
	assert_string_equal(human(), "wanted to create /root/new\\n\\x01: its directory is not there\n");
	BUILD_CALL(&b, "openat", -14, CWD, 0x1000, 0);
	assert_string_equal(strace_line(),
			    "openat(AT_FDCWD, 0x1000, O_RDONLY)      = -1 EFAULT (Bad address)\n");
}

static void test_column(void **state)
{
	(void)state;
	BUILD_CALL(&b, "brk", 0x55d000, 0);
	assert_string_equal(strace_line(), "brk(NULL)                               = 0x55d000\n");
	BUILD_CALL(&b, "exit_group", 0, 1);
	b.h.flags = TR_F_NO_RETURN;
	assert_string_equal(strace_line(), "exit_group(1)                           = ?\n");
	assert_string_equal(human(), "ended the process with status 1\n");
	BUILD_CALL(&b, "read", -512, 0, 0x2000, 4096);
	assert_string_equal(strace_line(), "read(0, 0x2000, 4096)                   = "
					   "? ERESTARTSYS (To be restarted if SA_RESTART is set)\n");
}

static void test_numbers(void **state)
{
	(void)state;
	build_nr(&b, TR_NR_BEYOND, -38, (const uint64_t[TR_MAX_ARGS]){ 1, 2 });
	assert_string_equal(strace_line(), "syscall_0xffff(0x1, 0x2, 0, 0, 0, 0)    = "
					   "-1 ENOSYS (Function not implemented)\n");
	b.call.whole_nr = 0x10001;
	assert_string_equal(strace_line(), "syscall_0x10001(0x1, 0x2, 0, 0, 0, 0)   = "
					   "-1 ENOSYS (Function not implemented)\n");
	b.call.whole_nr = -1;
	assert_string_equal(strace_line(), "syscall_0xffffffffffffffff(0x1, 0x2, 0, 0, 0, 0) = "
					   "-1 ENOSYS (Function not implemented)\n");
}

static void test_restart(void **state)
{
	(void)state;
	BUILD_CALL(&b, "restart_syscall", 0);
	assert_string_equal(strace_line(),
			    "restart_syscall(<... resuming interrupted system call ...>) = 0\n");
	BUILD_CALL(&b, "nanosleep", -516, 0, 0);
	facts_apply(facts, &b.h);
	BUILD_CALL(&b, "restart_syscall", 0);
	b.h.flags = TR_F_BLOCKED;
	facts_apply(facts, &b.h);
	assert_string_equal(strace_line(), "restart_syscall(<... resuming interrupted nanosleep ...> "
					   "<unfinished ...>\n");
	b.h.flags = 0;
	facts_apply(facts, &b.h);
	assert_string_equal(strace_line(),
			    "restart_syscall(<... resuming interrupted nanosleep ...>) = 0\n");
}

static void test_data(void **state)
{
	(void)state;
	BUILD_CALL(&b, "read", 5, 3, 0x2000, 4096);
	build_item(&b, 1, TR_ITEM_EXIT, "a\0001\0\"", 5);
	assert_string_equal(strace_line(), "read(3, \"a\\0001\\0\\\"\", 4096)             = 5\n");
	assert_string_equal(human(), "read 5 B from /etc/passwd: \"a\\x001\\x00\\\"\"\n");

	BUILD_CALL(&b, "read", 0, 3, 0x2000, 4096);
	assert_string_equal(strace_line(), "read(3, \"\", 4096)                       = 0\n");

	BUILD_CALL(&b, "write", 4096, 1, 0x2000, 4096);
	build_item(&b, 1, TR_ITEM_TRUNC, "0123456789abcdef0123456789abcdef", 32);
	assert_string_equal(strace_line(), "write(1, \"0123456789abcdef0123456789abcdef\"..., "
					   "4096) = 4096\n");
	assert_string_equal(human(), "wrote 4.0 KiB to stdout: "
				     "\"0123456789abcdef01234567\"\xe2\x80\xa6\n");
	assert_string_equal(json_args(), "{\"fd\":1,\"buf\":\"0123456789abcdef0123456789abcdef\","
					 "\"buf_truncated\":true,\"count\":4096}");
}

static void test_blocked(void **state)
{
	(void)state;
	BUILD_CALL(&b, "read", 0, 0, 0x2000, 4096);
	b.h.flags = TR_F_BLOCKED;
	b.call.duration_ns = 1200000000;
	b.h.time_ns = BUILD_START_NS + b.call.duration_ns;
	assert_string_equal(strace_line(), "read(0,  <unfinished ...>\n");
	assert_string_equal(human(), "is blocked in read for 1.20 s: read from stdin\n");
	b.h.flags = TR_F_NO_RETURN;
	assert_string_equal(strace_line(), "read(0,  <unfinished ...>)              = ?\n");
	/* What is ready is told at the end, and what is left of a time, also where nobody wants to know. */
	BUILD_CALL(&b, "poll", 0, 0, 0, 9);
	b.h.flags = TR_F_NO_RETURN;
	assert_string_equal(strace_line(), "poll(NULL, 0, 9 <unfinished ...>)       = ?\n");
	BUILD_CALL(&b, "clock_nanosleep", 0, 0, 0, 0, 0);
	b.h.flags = TR_F_NO_RETURN;
	assert_string_equal(strace_line(), "clock_nanosleep(CLOCK_REALTIME, 0, NULL,  <unfinished ...>) = ?\n");
	BUILD_CALL(&b, "sendmmsg", 0, 4, 0x2000, 2, 0);
	b.h.flags = TR_F_BLOCKED;
	assert_string_equal(strace_line(), "sendmmsg(4,  <unfinished ...>\n");
	BUILD_CALL(&b, "pause", 0, 0);
	b.h.flags = TR_F_NO_RETURN;
	assert_string_equal(strace_line(), "pause()                                 = ?\n");
}

/* struct stat of x86_64, whatever this is run on */
struct stat_x86_64 {
	uint64_t st_dev, st_ino, st_nlink;
	uint32_t st_mode, st_uid, st_gid, pad;
	uint64_t st_rdev, st_size, rest[11];
};
_Static_assert(sizeof(struct stat_x86_64) == 144, "stat");

static void test_structs(void **state)
{
	struct stat_x86_64 st = { .st_mode = S_IFREG | 0644, .st_size = 517, .st_uid = 7 };
	const int fds[2] = { 3, 4 };

	(void)state;
	BUILD_CALL(&b, "newfstatat", 0, 3, 0x1000, 0x2000, 0x1000);
	build_str(&b, 1, "");
	build_item(&b, 2, TR_ITEM_EXIT, &st, sizeof(st));
	assert_string_equal(strace_line(), "newfstatat(3, \"\", {st_mode=S_IFREG|0644, st_size=517, "
					   "...}, AT_EMPTY_PATH) = 0\n");
	assert_string_equal(human(), "looked at /etc/passwd: file of 517 B\n");
	assert_non_null(strstr(json_args(), "\"st_uid\":7"));
	BUILD_CALL(&b, "newfstatat", -2, 3, 0x1000, 0x2000, 0x1000);
	build_str(&b, 1, "");
	assert_string_equal(strace_line(), "newfstatat(3, \"\", 0x2000, AT_EMPTY_PATH) = "
					   "-1 ENOENT (No such file or directory)\n");

	BUILD_CALL(&b, "pipe2", 0, 0x2000, 02000000);
	build_item(&b, 0, TR_ITEM_EXIT, fds, sizeof(fds));
	assert_string_equal(strace_line(), "pipe2([3, 4], O_CLOEXEC)                = 0\n");
}

/* What strace does not print as its plain value. */
static void test_particular(void **state)
{
	const uint64_t limit[2] = { 8192 * 1024, UINT64_MAX }, ignore[4] = { 1, 0x10000000, 0, 2 };
	struct stat_x86_64 null = { .st_mode = S_IFCHR | 0666, .st_rdev = 0x103 };

	(void)state;
	BUILD_CALL(&b, "prlimit64", 0, 0, 3, 0, 0x2000);
	build_item(&b, 3, TR_ITEM_EXIT, limit, sizeof(limit));
	assert_string_equal(strace_line(), "prlimit64(0, RLIMIT_STACK, NULL, {rlim_cur=8192*1024, "
					   "rlim_max=RLIM64_INFINITY}) = 0\n");
	BUILD_CALL(&b, "rt_sigaction", 0, 2, 0x2000, 0, 8);
	build_item(&b, 1, 0, ignore, sizeof(ignore));
	assert_string_equal(strace_line(), "rt_sigaction(SIGINT, {sa_handler=SIG_IGN, sa_mask=[INT], "
					   "sa_flags=SA_RESTART}, NULL, 8) = 0\n");
	BUILD_CALL(&b, "newfstatat", 0, (uint64_t)-100, 0x1000, 0x2000, 0);
	build_str(&b, 1, "/dev/null");
	build_item(&b, 2, TR_ITEM_EXIT, &null, sizeof(null));
	assert_string_equal(strace_line(),
			    "newfstatat(AT_FDCWD, \"/dev/null\", {st_mode=S_IFCHR|0666, "
			    "st_rdev=makedev(0x1, 0x3), ...}, 0) = 0\n");
	BUILD_CALL(&b, "clone", 7, 0x01200011, 0, 0, 0x7000, 0);
	assert_string_equal(strace_line(),
			    "clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|"
			    "SIGCHLD, child_tidptr=0x7000) = 7\n");
	BUILD_CALL(&b, "fcntl", 0, 3, 3);
	assert_string_equal(strace_line(), "fcntl(3, F_GETFL)                       = 0 "
					   "(flags O_RDONLY)\n");
	BUILD_CALL(&b, "getrandom", 2, 0x2000, 2, 1);
	build_item(&b, 0, TR_ITEM_EXIT, "A\1", 2);
	assert_string_equal(strace_line(), "getrandom(\"\\x41\\x01\", 2, GRND_NONBLOCK) = 2\n");
}

/* A call of a 32-bit ABI has that ABI's name, and no struct of a 64-bit one. */
static void test_i386(void **state)
{
	const uint64_t args[TR_MAX_ARGS] = { 0xffffff9c, 0x1000, 0x2000, 0 };

	(void)state;
	build_nr(&b, 300, 0, args); /* fstatat64 */
	b.call.abi = TR_ABI_I386;
	build_str(&b, 1, "/x");
	assert_memory_equal(strace_line(), "fstatat64(AT_FDCWD, \"/x\", 0x2000, 0)",
			    strlen("fstatat64(AT_FDCWD, \"/x\", 0x2000, 0)"));
	assert_non_null(strstr(json_args(), "\"AT_FDCWD\""));
}

static void test_other_records(void **state)
{
	struct render r = render_as("human");

	(void)state;
	build_begin(&b, TR_LOST, sizeof(b.lost));
	b.lost.count = 12;
	assert_string_equal(show(&r),
			    "00:00:01.000 12 events lost here: tracerd could not keep up\n");
	json_object_put(json_parsed());
	build_begin(&b, TR_FORK, sizeof(b.fork));
	b.fork.child_tgid = b.fork.child_tid = 77;
	assert_string_equal(human(), "started process 77\n");
	assert_string_equal(strace_line(), "");
	json_object_put(json_parsed());
	build_begin(&b, TR_EXEC, sizeof(b.exec));
	b.exec.old_tid = BUILD_PID;
	b.exec.filename_len = 7;
	build_append(&b, "/bin/ls", 7);
	assert_string_equal(human(), "now runs /bin/ls\n");
	json_object_put(json_parsed());
	build_begin(&b, TR_EXIT, sizeof(b.exit));
	b.exit.status = 11 | 0x80;
	b.exit.last = 1;
	assert_string_equal(human(), "was killed by SIGSEGV (core dumped)\n");
	build_task(&b, BUILD_PID, "cat"); /* a fact is no line */
	assert_string_equal(strace_line(), "");
	assert_string_equal(show(&r), "");
}

static void test_exec(void **state)
{
	(void)state;
	BUILD_CALL(&b, "execve", 0, 0x1000, 0x2000, 0x3000);
	build_str(&b, 0, "/bin/ls");
	build_part(&b, (struct build_part){ 1, TR_PART_STRV, 0, 0 }, "ls", 2);
	build_part(&b, (struct build_part){ 1, TR_PART_STRV, 0, 1 }, "a b", 3);
	build_part(&b, (struct build_part){ 1, TR_PART_STRV_END, 0, 2 }, "", 0);
	build_part(&b, (struct build_part){ 2, TR_PART_STRV, 0, 0 }, "A=1", 3);
	build_part(&b, (struct build_part){ 2, TR_PART_STRV_END, 0, 23 }, "", 0);
	assert_string_equal(strace_line(),
			    "execve(\"/bin/ls\", [\"ls\", \"a b\"], 0x3000 /* 23 vars */) = 0\n");
	assert_string_equal(human(), "ran /bin/ls: ls \"a b\"\n");
	assert_string_equal(json_args(), "{\"pathname\":\"/bin/ls\",\"argv\":[\"ls\",\"a b\"],"
					 "\"envp\":[\"A=1\"],\"envp_truncated\":true}");

	BUILD_CALL(&b, "execve", 0, 0x1000, 0x2000, 0x3000);
	build_part(&b, (struct build_part){ 1, TR_PART_ARG_BLOCK, TR_ITEM_EXIT, 0 }, "ls\0-l", 6);
	build_part(&b, (struct build_part){ 2, TR_PART_ARG_BLOCK, TR_ITEM_EXIT, 0 }, "A=1", 4);
	assert_string_equal(strace_line(),
			    "execve(0x1000, [\"ls\", \"-l\"], 0x3000 /* 1 var */) = 0\n");
}

static void test_vectors(void **state)
{
	const uint64_t iov[4] = { 0x5000, 5, 0x6000, 3 };

	(void)state;
	BUILD_CALL(&b, "writev", 8, 1, 0x2000, 2);
	build_item(&b, 1, 0, iov, sizeof(iov));
	build_part(&b, (struct build_part){ 1, TR_PART_IOV_DATA, 0, 0 }, "hello", 5);
	build_part(&b, (struct build_part){ 1, TR_PART_IOV_DATA, 0, 1 }, "you", 3);
	assert_string_equal(strace_line(), "writev(1, [{iov_base=\"hello\", iov_len=5}, "
					   "{iov_base=\"you\", iov_len=3}], 2) = 8\n");
}

static void test_poll(void **state)
{
	const uint32_t before[4] = { 3, 1, 4, 1 }, after[4] = { 3, 0x10001, 4, 1 };

	(void)state;
	BUILD_CALL(&b, "poll", 1, 0x2000, 2, 10);
	build_item(&b, 0, 0, before, sizeof(before));
	build_item(&b, 0, TR_ITEM_EXIT, after, sizeof(after));
	assert_string_equal(strace_line(),
			    "poll([{fd=3, events=POLLIN}, {fd=4, events=POLLIN}], 2, 10) = 1 "
			    "([{fd=3, revents=POLLIN}])\n");
	assert_string_equal(json_args(),
			    "{\"fds\":[{\"fd\":3,\"events\":\"POLLIN\"},{\"fd\":4,\"events\":"
			    "\"POLLIN\"}],\"fds_after\":[{\"fd\":3,\"revents\":\"POLLIN\"},"
			    "{\"fd\":4,\"revents\":\"0\"}],\"nfds\":2,\"timeout\":10}");
	assert_string_equal(human(), "waited for /etc/passwd to be readable, fd 4 to be readable: "
				     "/etc/passwd is readable\n");
	b.call.ret = 0;
	assert_string_equal(human(), "waited for /etc/passwd to be readable, fd 4 to be readable: "
				     "timed out\n");
	assert_string_equal(strace_line(),
			    "poll([{fd=3, events=POLLIN}, {fd=4, events=POLLIN}], 2, 10) = 0 "
			    "(Timeout)\n");
}

static void test_sockets(void **state)
{
	const uint32_t before = 128, after = 16;

	(void)state;
	BUILD_CALL(&b, "connect", 0, 5, 0x2000, 16);
	build_item(&b, 1, 0, "\2\0\0\120\177\0\0\1\0\0\0\0\0\0\0\0", 16);
	assert_string_equal(strace_y(),
			    "connect(5<TCP:[127.0.0.1:80->10.0.0.2:8080]>, {sa_family=AF_INET, "
			    "sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0\n");
	assert_string_equal(json_args(), "{\"sockfd\":5,\"addr\":{\"family\":\"AF_INET\","
					 "\"address\":\"127.0.0.1\",\"port\":80},\"addrlen\":16}");
	BUILD_CALL(&b, "getpeername", 0, 5, 0x2000, 0x3000);
	build_item(&b, 1, TR_ITEM_EXIT, "\1\0/run/x", 9);
	build_item(&b, 2, 0, &before, 4);
	build_item(&b, 2, TR_ITEM_EXIT, &after, 4);
	assert_string_equal(strace_line(), "getpeername(5, {sa_family=AF_UNIX, sun_path=\"/run/x\"}, "
					   "[128 => 16]) = 0\n");
}

static void test_unknown_call(void **state)
{
	const uint64_t args[TR_MAX_ARGS] = { 1, 0x22, 0, 0, 0, 6 };

	(void)state;
	build_nr(&b, 511, -38, args);
	assert_string_equal(strace_line(), "syscall_0x1ff(0x1, 0x22, 0, 0, 0, 0x6)  = "
					   "-1 ENOSYS (Function not implemented)\n");
	assert_string_equal(human(), "syscall_0x1ff(0x1, 0x22, 0, 0, 0, 0x6): "
				     "not in this kernel\n");
	json_object_put(json_parsed());
}

static void test_signals(void **state)
{
	(void)state;
	build_begin(&b, TR_SIGNAL, sizeof(b.signal));
	b.signal.signo = 15;
	b.signal.pid = 1;
	b.signal.uid = 0;
	assert_string_equal(strace_line(), "--- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=1, "
					   "si_uid=0} ---\n");
	build_begin(&b, TR_SIGNAL, sizeof(b.signal));
	b.signal.signo = 11;
	b.signal.code = 1;
	assert_string_equal(strace_line(), "--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, "
					   "si_addr=NULL} ---\n");
	json_object_put(json_parsed());
	build_begin(&b, TR_EXIT, sizeof(b.exit));
	b.exit.status = 9;
	b.exit.last = 1;
	assert_string_equal(strace_line(), "+++ killed by SIGKILL +++\n");
	json_object_put(json_parsed());
	b.exit.status = 0x100;
	assert_string_equal(strace_line(), "+++ exited with 1 +++\n");
}

static void test_prefixes(void **state)
{
	struct render r = render_as("strace");

	(void)state;
	BUILD_CALL(&b, "getppid", 1);
	r.view.multi = true;
	r.view.time = TIME_EPOCH;
	r.view.durations = true;
	assert_string_equal(show(&r), "[pid  1234] 1.000000 getppid()          = 1 <0.000123>\n");
	r.view.multi = false;
	r.view.time = TIME_US;
	assert_string_equal(show(&r), "00:00:01.000000 getppid()               = 1 <0.000123>\n");
	r.view.time = TIME_RELATIVE;
	assert_string_equal(show(&r), "     0.000000 getppid()                 = 1 <0.000123>\n");
	b.h.time_ns += 1500000000;
	assert_string_equal(show(&r), "     1.500000 getppid()                 = 1 <0.000123>\n");
}

static void test_json_head(void **state)
{
	struct render r = render_as("json");
	struct buf out = { 0 };

	(void)state;
	r.view.fds = true;
	BUILD_CALL(&b, "close", -9, 3);
	assert_string_equal(show(&r),
			    "{\"type\":\"syscall\",\"time\":1.000000000,\"pid\":1234,\"tid\":1234,"
			    "\"comm\":\"cat\",\"uid\":1000,\"syscall\":\"close\",\"args\":{\"fd\":3},"
			    "\"ret\":-9,\"error\":\"EBADF\",\"duration_ns\":123000,"
			    "\"fds\":{\"fd\":\"/etc/passwd\"}}\n");
	r.format->end(&r, 3, 1, &out);
	assert_int_equal(out.len, strlen("{\"type\":\"end\",\"events\":3,\"lost\":1}\n"));
	assert_memory_equal(out.p, "{\"type\":\"end\",\"events\":3,\"lost\":1}\n", out.len);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_column),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_blocked),
		cmocka_unit_test(test_structs),
		cmocka_unit_test(test_exec),
		cmocka_unit_test(test_particular),
		cmocka_unit_test(test_i386),
		cmocka_unit_test(test_other_records),
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_poll),
		cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_unknown_call),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_json_head),
	};

	return cmocka_run_group_tests(tests, set_up_fds, tear_down);
}

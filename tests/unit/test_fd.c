/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_fd.c - descriptors that have more to them than a path: eventfd, signalfd, pidfd, namespaces, Unix sockets; as
 * /proc tells of them, as records, and in each format.
 */
#include "procfs.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "render_rig.h"

static void tell_state(const char *name, uint64_t value, int32_t id, int32_t semaphore)
{
	struct tr_fd_state state = { .value = value, .id = id, .semaphore = semaphore };
	char padded[TR_FD_NAME] = { 0 };

	memcpy(padded, name, strlen(name));
	build_begin(&b, TR_FD, sizeof(b.fd));
	b.h.flags = TR_FD_STATE | TR_FD_UNSETTLED;
	b.fd.fd = 3;
	b.fd.kind = TR_FD_ANON;
	b.fd.payload_len = sizeof(padded) + sizeof(state);
	build_append(&b, padded, sizeof(padded));
	build_append(&b, &state, sizeof(state));
	assert_non_null(rec_check(&b, b.h.len));
	facts_apply(facts, &b.h);
	b.fd.payload_len -= 8;
	assert_null(rec_check(&b, b.h.len));
}

/* close(3) has this in it. */
static void assert_shown(const char *format, const char *want)
{
	struct render r = render_as(format);
	const char *line;

	r.view.fds = true;
	BUILD_CALL(&b, "close", 0, 3);
	line = show(&r);
	if (!strstr(line, want))
		fail_msg("%s is not in %s", want, line);
}

static void test_states(void **state)
{
	(void)state;
	tell_state("[eventfd]", 26, 5, 1);
	assert_shown("strace", "close(3<{eventfd-count=0x1a, eventfd-id=5, eventfd-semaphore=1}>)");
	assert_shown("json", "{\"anon_inode\":\"[eventfd]\",\"count\":26,\"id\":5,\"semaphore\":true}");
	assert_shown("human", "event counter fd 3\n");
	tell_state("[eventfd]", 0, 5, -1);
	assert_shown("strace", "close(3<{eventfd-count=0, eventfd-id=5}>)");
	tell_state("[eventfd]", 1, -1, -1);
	assert_shown("strace", "close(3<{eventfd-count=0x1}>)");
	tell_state("[signalfd]", 1 << 9 | 1 << 1, 0, 0);
	assert_shown("strace", "close(3<signalfd:[INT USR1]>)");
	assert_shown("json", "{\"anon_inode\":\"[signalfd]\",\"signals\":[\"SIGINT\",\"SIGUSR1\"]}");
	tell_state("[signalfd]", ~(1ULL << 8 | 1ULL << 18), 0, 0);
	assert_shown("strace", "close(3<signalfd:~[KILL STOP]>)");
	tell_state("[pidfd]", 77, 0, 0);
	assert_shown("strace", "close(3<pid:77>)");
	assert_shown("json", "{\"anon_inode\":\"[pidfd]\",\"pid\":77}");
	assert_shown("human", "process handle fd 3 of 77\n");
}

static void test_number(void **state)
{
	(void)state;
	build_path_fd(&b, 3, "net");
	b.h.flags = TR_FD_NUMBERED;
	b.fd.ino = UINT64_MAX;
	assert_non_null(rec_check(&b, b.h.len));
	facts_apply(facts, &b.h);
	assert_shown("strace", "close(3<net:[18446744073709551615]>)");
	assert_shown("json", "\"net:[18446744073709551615]\"");
}

static void test_unix_peer(void **state)
{
	struct tr_fd_state peer = { .value = 4243 };
	struct build fact; /* is there after what was shown */

	(void)state;
	build_socket_fd(&fact, 3, "\1\0\0abs\0tract", 12, "", 0);
	fact.h.flags = TR_FD_STATE;
	fact.fd.payload_len += sizeof(peer);
	build_append(&fact, &peer, sizeof(peer));
	assert_non_null(rec_check(&fact, fact.h.len));
	facts_apply(facts, &fact.h);
	assert_shown("strace", "close(3<UNIX-STREAM:[4242->4243,@\"abs\"]>)");
	assert_shown("json", "\"peer_socket\":4243");
	fact.fd.payload_len -= 8;
	assert_null(rec_check(&fact, fact.h.len));
}

/* What is told of a descriptor that was closed is of use to the calls that name it only: those were looked at. */
static void test_closed(void **state)
{
	static const struct {
		int fd;
		short events, revents;
	} polled = { 3, 1, 0 };

	(void)state;
	build_path_fd(&b, 3, "/etc/passwd");
	facts_apply(facts, &b.h);
	BUILD_CALL(&b, "close", 0, 3);
	facts_apply(facts, &b.h);
	assert_non_null(facts_fd(facts, BUILD_PID, 3)); /* it still is shown */
	BUILD_CALL(&b, "poll", 0, 0x1000, 1, 0);
	build_item(&b, 0, 0, &polled, sizeof(polled));
	facts_apply(facts, &b.h);
	assert_null(facts_fd(facts, BUILD_PID, 3));
	BUILD_CALL(&b, "openat", 3, 0, 0x1000, 0);
	facts_apply(facts, &b.h);
	assert_string_equal(facts_fd(facts, BUILD_PID, 3)->path, "/etc/passwd");
	BUILD_CALL(&b, "close_range", 0, 3, UINT32_MAX, 0);
	facts_apply(facts, &b.h);
	BUILD_CALL(&b, "fstat", 0, 4, 0x1000);
	facts_apply(facts, &b.h);
	assert_null(facts_fd(facts, BUILD_PID, 3));
	BUILD_CALL(&b, "fstat", 0, 3, 0x1000);
	facts_apply(facts, &b.h);
	assert_non_null(facts_fd(facts, BUILD_PID, 3));
}

static struct tr_fd_state read_state(int fd, const char *name)
{
	struct tr_fd_state state;
	struct tr_fd f = { 0 };
	char payload[256];

	assert_int_equal(procfs_fd((uint32_t)getpid(), fd, &f, payload, sizeof(payload) - 8), 0);
	assert_int_equal(f.kind, TR_FD_ANON);
	assert_string_equal(payload, name);
	assert_int_equal(f.h.flags, TR_FD_STATE | TR_FD_UNSETTLED);
	assert_int_equal(f.payload_len, TR_FD_NAME + sizeof(state));
	memcpy(&state, payload + TR_FD_NAME, sizeof(state));
	close(fd);
	return state;
}

static void test_procfs(void **state)
{
	int fd = eventfd(300, EFD_SEMAPHORE), other = eventfd(0, 0);
	struct tr_fd_state first, second;
	struct tr_fd f = { 0 };
	sigset_t signals;
	char payload[256];

	(void)state;
	first = read_state(fd, "[eventfd]");
	second = read_state(other, "[eventfd]");
	assert_int_equal(first.value, 300);
	assert_int_equal(second.value, 0);
	assert_true(first.id != second.id);
	assert_int_equal(first.semaphore, second.semaphore < 0 ? -1 : 1); /* older kernels don't tell */
	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGRTMAX);
	first = read_state(signalfd(-1, &signals, 0), "[signalfd]");
	first.value |= 1ULL << 63; /* qemu knows no such signal */
	assert_int_equal(first.value, 1ULL << 63 | 1 << (SIGUSR1 - 1));
	fd = (int)syscall(SYS_pidfd_open, getppid(), 0);
	if (fd >= 0)
		assert_int_equal(read_state(fd, "[pidfd]").value, getppid());
	fd = memfd_create("x (deleted)", 0);
	assert_int_equal(procfs_fd((uint32_t)getpid(), fd, &f, payload, sizeof(payload) - 8), 0);
	assert_int_equal(f.h.flags, TR_FD_DELETED);
	assert_int_equal(f.payload_len, strlen("/memfd:x (deleted)"));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_unix_peer),
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_procfs),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

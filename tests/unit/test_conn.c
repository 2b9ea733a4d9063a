/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_conn.c - the client's end of the socket, with a socket pair as the server: frames in
 * pieces, of odd and of impossible lengths, and greetings that are refused.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "conn.h"
#include "msg.h"

static void put(int fd, const void *p, size_t n)
{
	assert_int_equal(write(fd, p, n), (ssize_t)n);
}

static void put_frame(int fd, uint16_t type, const void *payload, size_t n)
{
	struct tr_frame f = {.len = (uint32_t)(sizeof(f) + n), .type = type};

	put(fd, &f, sizeof(f));
	if (n)
		put(fd, payload, n);
}

static const struct tr_hello good = {.version = TR_WIRE_VERSION, .pid = 1, .backend = "bpf"};

/* Connected after a good greeting; the server's end is returned. */
static int greeted(struct conn *c)
{
	char err[MSG_LEN];
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	put_frame(fds[1], TR_FRAME_HELLO, &good, sizeof(good));
	assert_int_equal(conn_init(c, fds[0], -1, err), 0);
	return fds[1];
}

static void refused(uint16_t type, const void *payload, size_t n, const char *sentence)
{
	char err[MSG_LEN] = "";
	struct conn c;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	put_frame(fds[1], type, payload, n);
	close(fds[1]);
	assert_int_not_equal(conn_init(&c, fds[0], -1, err), 0);
	assert_string_equal(err, sentence);
}

static void test_greetings(void **state)
{
	struct tr_hello other = {.version = 99, .server = "9.9"};
	struct conn c;

	(void)state;
	close(greeted(&c));
	assert_string_equal(c.hello.backend, "bpf");
	conn_close(&c);
	refused(TR_FRAME_HELLO, &other, sizeof(other),
		"tracerd 9.9 speaks version 99, this tracectl speaks version 1");
	refused(TR_FRAME_HELLO, &good, 8, "what answers at the socket is not tracerd");
	refused(TR_FRAME_END, &good, sizeof(good), "what answers at the socket is not tracerd");
	refused(TR_FRAME_ERROR, "no\033[1m", 6, "no?[1m");
}

static void test_pieces(void **state)
{
	const struct tr_frame *f;
	struct tr_frame head = {.len = sizeof(head) + 3, .type = TR_FRAME_ERROR};
	struct conn c;
	int fd = greeted(&c), r;

	(void)state;
	put(fd, &head, 5);
	conn_fill(&c);
	assert_null(conn_next(&c, &r));
	assert_int_equal(r, 0);
	put(fd, (char *)&head + 5, 3);
	conn_fill(&c);
	assert_null(conn_next(&c, &r));
	put(fd, "abc", 3);
	put_frame(fd, TR_FRAME_END, "12345678", 8);
	conn_fill(&c);
	f = conn_next(&c, &r);
	assert_non_null(f);
	assert_int_equal(f->type, TR_FRAME_ERROR);
	f = conn_next(&c, &r); /* after an odd length */
	assert_non_null(f);
	assert_int_equal((uintptr_t)f % 8, 0);
	assert_memory_equal(f + 1, "12345678", 8);
	close(fd);
	conn_close(&c);
}

static void bad_length(uint32_t len)
{
	struct tr_frame head = {.len = len, .type = TR_FRAME_RECORDS};
	struct conn c;
	int fd = greeted(&c), r;

	put(fd, &head, sizeof(head));
	conn_fill(&c);
	assert_null(conn_next(&c, &r));
	assert_int_equal(r, -EPROTO);
	close(fd);
	conn_close(&c);
}

static void test_bad_lengths(void **state)
{
	(void)state;
	bad_length(0);
	bad_length(7);
	bad_length(TR_FRAME_MAX + 1);
	bad_length(UINT32_MAX);
}

static void test_waits(void **state)
{
	const struct tr_frame *f;
	struct conn c;
	int fd = greeted(&c), wake[2];

	(void)state;
	assert_int_equal(conn_wait(&c, -1, 1, &f), -ETIMEDOUT);
	assert_int_equal(pipe(wake), 0);
	put(wake[1], "", 1);
	assert_int_equal(conn_wait(&c, wake[0], 1000, &f), -EINTR);
	put_frame(fd, 4711, NULL, 0);
	assert_int_equal(conn_wait(&c, wake[0], 1000, &f), 0);
	assert_int_equal(f->type, 4711);
	close(fd);
	assert_int_equal(conn_wait(&c, -1, 1000, &f), -EPIPE);
	close(wake[0]);
	close(wake[1]);
	conn_close(&c);
}

static void test_requests(void **state)
{
	static char much[TR_FRAME_REQUEST_MAX];
	char got[16];
	struct conn c;
	int fd = greeted(&c);

	(void)state;
	assert_int_equal(conn_send(&c, TR_FRAME_OPEN, "follow", 7), 0);
	assert_int_equal(read(fd, got, sizeof(got)), 15);
	assert_int_equal(((struct tr_frame *)(void *)got)->len, 15);
	assert_int_equal(conn_send(&c, TR_FRAME_OPEN, much, sizeof(much)), -EMSGSIZE);
	close(fd);
	assert_int_equal(conn_send(&c, TR_FRAME_STOP, NULL, 0), -EPIPE);
	conn_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_greetings), cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_bad_lengths), cmocka_unit_test(test_waits),
		cmocka_unit_test(test_requests),
	};

	return cmocka_run_group_tests_name("conn", tests, NULL, NULL);
}

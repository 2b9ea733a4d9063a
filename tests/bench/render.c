/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * render.c - how many records a second each format renders on one core, over a mix of calls like that
 * of a server: opens, reads, writes, stats, polls, maps and some that fail.
 */
#include "render.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include "build.h"

#define MIX 8
#define ROUNDS 1000000

static void make_mix(struct build *b)
{
	const uint32_t polled[4] = { 3, 1, 5, 1 }, ready[4] = { 3, 0x10001, 5, 1 };
	struct stat st = { .st_mode = S_IFREG | 0644, .st_size = 517 };

	BUILD_CALL(&b[0], "openat", 3, (uint64_t)-100, 0x1000, 02000000);
	build_str(&b[0], 1, "/usr/lib/x86_64-linux-gnu/libc.so.6");
	BUILD_CALL(&b[1], "read", 832, 3, 0x7ffd00001000, 832);
	build_item(&b[1], 1, TR_ITEM_EXIT | TR_ITEM_TRUNC,
		   "\177ELF\2\1\1\3\0\0\0\0\0\0\0\0\3\0>\0\1\0\0\0P\204\2\0\0\0\0\0", 32);
	BUILD_CALL(&b[2], "newfstatat", 0, 3, 0x1000, 0x2000, 0x1000);
	build_str(&b[2], 1, "");
	build_item(&b[2], 2, TR_ITEM_EXIT, &st, sizeof(st));
	BUILD_CALL(&b[3], "mmap", 0x7f0000000000, 0, 44879, 1, 2, 3, 0);
	BUILD_CALL(&b[4], "close", 0, 3);
	BUILD_CALL(&b[5], "write", 32, 5, 0x7ffd00001000, 32);
	build_item(&b[5], 1, 0, "HTTP/1.1 200 OK\r\nServer: nginx/1", 32);
	BUILD_CALL(&b[6], "poll", 1, 0x2000, 2, 10);
	build_item(&b[6], 0, 0, polled, sizeof(polled));
	build_item(&b[6], 0, TR_ITEM_EXIT, ready, sizeof(ready));
	BUILD_CALL(&b[7], "openat", -2, (uint64_t)-100, 0x1000, 02000000);
	build_str(&b[7], 1, "/etc/ld.so.preload");
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void run(const struct render_format *format, const struct facts *facts,
		const struct build *mix)
{
	struct render r = { .format = format, .facts = facts, .view.string_limit = 32 };
	struct buf out = { 0 };
	uint64_t bytes = 0;
	double start = now(), seconds;

	for (int i = 0; i < ROUNDS; i++) {
		format->record(&r, &mix[i % MIX].h, &out);
		if (out.len > 1 << 16) {
			bytes += out.len;
			out.len = 0;
		}
	}
	seconds = now() - start;
	printf("%-8s %6.2f M records/s, %4.0f ns each, %3.0f bytes each\n", format->name,
	       ROUNDS / seconds / 1e6, seconds / ROUNDS * 1e9, (double)bytes / ROUNDS);
	buf_done(&out);
}

int main(void)
{
	struct build *mix = calloc(MIX, sizeof(*mix));
	struct facts *facts = facts_new();
	struct build fact;

	if (!mix || !facts)
		return 1;
	make_mix(mix);
	build_task(&fact, BUILD_PID, "nginx");
	facts_apply(facts, &fact.h);
	build_path_fd(&fact, 3, "/usr/lib/x86_64-linux-gnu/libc.so.6");
	facts_apply(facts, &fact.h);
	build_socket_fd(&fact, 5, "\2\0\0\120\177\0\0\1", 8, "\2\0\37\220\12\0\0\2", 8);
	facts_apply(facts, &fact.h);
	for (const struct render_format *f = render_formats; f->name; f++)
		run(f, facts, mix);
	facts_free(facts);
	free(mix);
	return 0;
}

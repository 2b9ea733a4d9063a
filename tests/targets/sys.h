/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sys.h - for the targets of tests/parity: each makes, by the mode that it is called with, the system calls of a
 * family with arguments that are worth showing, some of which fail. They print nothing.
 */
#ifndef SYS_H
#define SYS_H

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define S(name, ...) syscall(SYS_##name, ##__VA_ARGS__)
#define BAD ((void *)1L)	  /* no address at all */
#define FAR ((void *)0x700000000L) /* an address with nothing there */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct mode {
	const char *name;
	void (*run)(void);
};

/* The last bytes before a page that is not there. */
static inline char *at_edge(size_t n)
{
	long page = sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, (size_t)page * 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	munmap(p + page, (size_t)page);
	return p + page - n;
}

/* A tracer that can't bring in a page can't read it either, where the call did not: all of them are there. */
static inline void touch_pages(void)
{
	extern const char __executable_start, _end;

	for (const char *p = &__executable_start; p < &_end; p += 4096)
		(void)*(const volatile char *)p;
}

static inline int run_mode(const struct mode *modes, size_t n, int argc, char **argv)
{
	touch_pages();
	for (size_t i = 0; i < n; i++) {
		if (argc > 1 && strcmp(modes[i].name, argv[1]) == 0) {
			modes[i].run();
			return 0;
		}
	}
	return 2;
}

#endif

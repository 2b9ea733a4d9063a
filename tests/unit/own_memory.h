/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * own_memory.h - what the interpreter of plans reads in unit tests: their own memory, also where it can't be read. Who
 * includes the interpreter includes this before it.
 */
#ifndef OWN_MEMORY_H
#define OWN_MEMORY_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

#define CAP_FUNC static
#define cap_clamp(v, max) ((v) < (max) ? (v) : (max))
#define cap_read(c, dst, n, addr) ((void)(c), own_read(dst, n, addr))
#define cap_read_str(c, dst, n, addr) ((void)(c), own_read_str((char *)(dst), n, addr))

/* Memory is read by the kernel, into a pipe, which does not stumble over a page that can't be read. */
static int own_read(void *dst, unsigned int n, unsigned long long addr)
{
	static int ends[2] = { -1, -1 };
	ssize_t there;

	if (ends[0] < 0 && pipe(ends))
		return -errno;
	there = write(ends[1], (const void *)(uintptr_t)addr, n);
	if (there > 0 && read(ends[0], dst, (size_t)there) != there)
		return -EIO;
	return there == (ssize_t)n ? 0 : -EFAULT;
}

static long own_read_str(char *dst, unsigned int n, unsigned long long addr)
{
	for (unsigned int i = 0; i < n; i++) {
		if (i == n - 1)
			dst[i] = '\0';
		else if (own_read(dst + i, 1, addr + i))
			return -EFAULT;
		if (!dst[i])
			return i + 1;
	}
	return -EFAULT;
}

/* So many pages, of which the last can't be read, for munmap; NULL: there is no memory. */
static uint8_t *own_pages(size_t n)
{
	uint8_t *p = mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED || mprotect(p + (n - 1) * PAGE, PAGE, PROT_NONE) ? NULL : p;
}

#endif

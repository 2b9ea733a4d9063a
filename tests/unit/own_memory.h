/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* own_memory.h - what the interpreter of plans reads in unit tests: their own memory, also where it can't be read. */
#ifndef OWN_MEMORY_H
#define OWN_MEMORY_H

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

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

#endif

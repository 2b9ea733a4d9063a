/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_i386.c - a 32-bit program. The numbers of its calls mean others on x86_64: 64 is getppid here and
 * semget there, 20 is getpid here and writev there.
 */
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	char byte;
	long fd;

	for (int i = 0; i < 5; i++)
		syscall(SYS_getppid);
	syscall(SYS_getpid);
	syscall(SYS_open, "/nonexistent/i386", O_RDONLY);
	fd = syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC);
	syscall(SYS_write, fd, "thirty-two bits", 15);
	syscall(SYS_read, fd, &byte, 1);
	syscall(SYS_getuid32);
	return 0;
}

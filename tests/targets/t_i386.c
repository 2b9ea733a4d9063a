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

	for (int i = 0; i < 5; i++)
		syscall(SYS_getppid);
	syscall(SYS_getpid);
	syscall(SYS_open, "/nonexistent/i386", O_RDONLY);
	syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC);
	syscall(SYS_write, 3, "thirty-two bits", 15);
	syscall(SYS_read, 3, &byte, 1);
	syscall(SYS_getuid32);
	return 0;
}

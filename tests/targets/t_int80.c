/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_int80.c - a 64-bit program that makes calls in two ways: twice getppid as x86_64 (110), and three times as
 * i386 by int 0x80 (64, which is semget on x86_64).
 */
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	syscall(SYS_getppid);
	syscall(SYS_getppid);
#ifdef __x86_64__
	for (int i = 0; i < 3; i++) {
		long r = 64;

		__asm__ volatile("int $0x80"
				 : "+a"(r)
				 :
				 : "memory", "r8", "r9", "r10", "r11");
	}
#endif
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_comm.c - t_comm NAME: calls itself "stranger" (getppid 3 times), NAME (5), "stranger" (7), NAME (11):
 * a filter by NAME sees 16.
 */
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void as(const char *name, int calls)
{
	prctl(PR_SET_NAME, name);
	while (calls--)
		syscall(SYS_getppid);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	as("stranger", 3);
	as(argv[1], 5);
	as("stranger", 7);
	as(argv[1], 11);
	return 0;
}

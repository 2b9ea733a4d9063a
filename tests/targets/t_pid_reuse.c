/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_pid_reuse.c - t_pid_reuse DIR: two children after each other with one pid. The first is called
 * "first" and writes "first" to DIR/first, the second likewise. Prints the pid; 77 if the kernel gave
 * another one each time.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void child(const char *dir, const char *name)
{
	char path[512];
	int fd;

	prctl(PR_SET_NAME, name);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	(void)!write(fd, name, strlen(name));
	_exit(0);
}

static void next_pid(int pid)
{
	char text[16];
	int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY);

	snprintf(text, sizeof(text), "%d", pid - 1);
	(void)!write(fd, text, strlen(text));
	close(fd);
}

int main(int argc, char **argv)
{
	pid_t first, second;

	if (argc < 2)
		return 2;
	first = fork();
	if (!first)
		child(argv[1], "first");
	waitpid(first, NULL, 0);
	for (int i = 0; i < 100; i++) {
		next_pid(first);
		second = fork();
		if (!second && getpid() == first)
			child(argv[1], "second");
		if (!second)
			_exit(0);
		waitpid(second, NULL, 0);
		if (second == first) {
			printf("%d\n", first);
			return 0;
		}
	}
	return 77;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_names.c - t_names DIR: makes, writes and removes files in DIR whose names are meant to harm who shows
 * them: escape sequences, line ends, quotes, bytes that are not UTF-8, text that runs backwards. Then takes
 * such a name itself.
 */
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static const char *const names[] = {
		"new\nline", "esc\033[31mred\033]0;title\007", "quote\"back\\slash", "tab\tcr\rbell\007",
		"latin\xe9\xff\xfe", "cut\xe2\x82", "overlong\xc0\xaf", "surrogate\xed\xa0\x80",
		"caf\xc3\xa9", "c1\xc2\x9b" "31m", "bidi\xe2\x80\xae" "txt", "del\x7f",
		"{\"type\":\"end\"}", "%s%n%d", "-> [x] <y>", " ",
	};

	if (argc < 2 || chdir(argv[1]))
		return 2;
	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int fd = open(names[i], O_CREAT | O_WRONLY, 0600);

		if (fd < 0 || write(fd, "\033\0\xff", 3) != 3)
			return 1;
		close(fd);
		unlink(names[i]);
	}
	prctl(PR_SET_NAME, "\033[2J\xff\n\"evil");
	syscall(SYS_getppid);
	return 0;
}

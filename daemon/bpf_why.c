/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bpf_why.c - see bpf_why.h. An errno of the loader says little, so what the programs need is tried
 * piece by piece.
 */
#include "bpf_why.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "backend.h"

#define INIT_PID_NS 0xeffffffcU /* inode of the first PID namespace of every kernel */
#define BTF_FILE "/sys/kernel/btf/vmlinux"

static bool locked_down(void)
{
	char text[128];
	int fd = open("/sys/kernel/security/lockdown", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return strstr(text, "[confidentiality]");
}

/* The kernel has not even the map that everything rests on. */
static const char *missing(void)
{
	if (libbpf_probe_bpf_map_type(BPF_MAP_TYPE_RINGBUF, NULL) == 0)
		return "BPF ring buffers, which Linux 5.8 brought";
	if (libbpf_probe_bpf_map_type(BPF_MAP_TYPE_TASK_STORAGE, NULL) == 0)
		return "BPF task storage, which Linux 5.11 brought";
	return NULL;
}

void bpf_why(char *why, int r)
{
	struct utsname uts;
	const char *lacks;

	uname(&uts);
	if (locked_down()) {
		snprintf(why, BACKEND_WHY_LEN, "the kernel is locked down for confidentiality");
	} else if (r == -EPERM || r == -EACCES) {
		snprintf(why, BACKEND_WHY_LEN,
			 "not permitted: BPF needs root, or the capabilities "
			 "CAP_BPF and CAP_PERFMON");
	} else if (access(BTF_FILE, R_OK)) {
		snprintf(why, BACKEND_WHY_LEN,
			 "this kernel (%.40s) has no type information: " BTF_FILE " is missing",
			 uts.release);
	} else if ((lacks = missing())) {
		snprintf(why, BACKEND_WHY_LEN, "this kernel (%.40s) has no %s", uts.release, lacks);
	} else if (r == -EINVAL || r == -ESRCH || r == -ENOENT) {
		snprintf(why, BACKEND_WHY_LEN,
			 "this kernel (%.40s) does not take the programs; 5.12 "
			 "is needed",
			 uts.release);
	} else {
		snprintf(why, BACKEND_WHY_LEN, "%s", strerror(-r));
	}
}

/* The programs see the numbers that processes have on the host. */
int bpf_check(char *why)
{
	struct stat st;

	if (stat("/proc/self/ns/pid", &st) || st.st_ino == INIT_PID_NS)
		return 0;
	snprintf(why, BACKEND_WHY_LEN,
		 "this is a container with a PID namespace of its own; BPF needs that of the host");
	return -ENODEV;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_procfs.c - what is read from /proc, asked of processes that the test makes itself.
 */
#include "procfs.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static bool has(const uint32_t *pids, size_t n, pid_t pid)
{
	for (size_t i = 0; i < n; i++)
		if (pids[i] == (uint32_t)pid)
			return true;
	return false;
}

/* A child with a child, whose name looks like the end of the name in /proc/PID/stat. */
static pid_t family(pid_t *grandchild)
{
	int fds[2];
	pid_t child;

	assert_int_equal(pipe(fds), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		pid_t pid;

		prctl(PR_SET_NAME, ") S 1 (x) 2 3");
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pid = fork();
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				pause();
		}
		(void)!write(fds[1], &pid, sizeof(pid));
		for (;;)
			pause();
	}
	assert_int_equal(read(fds[0], grandchild, sizeof(*grandchild)), sizeof(*grandchild));
	close(fds[0]);
	close(fds[1]);
	return child;
}

static void test_descendants(void **state)
{
	uint32_t root = (uint32_t)getpid(), *pids = NULL;
	pid_t child, grandchild;
	size_t n = 0;

	(void)state;
	child = family(&grandchild);
	assert_int_equal(procfs_descendants(&root, 1, &pids, &n), 0);
	assert_true(has(pids, n, child));
	assert_true(has(pids, n, grandchild));
	assert_false(has(pids, n, getppid()));
	free(pids);

	root = (uint32_t)child;
	assert_int_equal(procfs_descendants(&root, 1, &pids, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(pids[0], grandchild);
	free(pids);

	assert_true(procfs_may_have_children(root, root));
	root = (uint32_t)grandchild;
	assert_false(procfs_may_have_children(root, root));
	assert_int_equal(procfs_descendants(&root, 1, &pids, &n), 0);
	assert_int_equal(n, 0);
	free(pids);
	root = (uint32_t)child;

	kill(grandchild, SIGKILL);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_int_equal(procfs_descendants(&root, 1, &pids, &n), 0); /* vanished: no error */
	assert_int_equal(n, 0);
	free(pids);
}

static void test_cgroup(void **state)
{
	char mount[PATH_MAX], small[2];
	uint64_t id = 0;

	(void)state;
	if (procfs_cgroup_mount(mount, sizeof(mount))) {
		assert_int_equal(procfs_cgroup_id("/", &id), -ENOENT);
		return;
	}
	assert_int_equal(mount[0], '/');
	assert_int_equal(procfs_cgroup_mount(small, sizeof(small)), -ENOENT);
	assert_int_equal(procfs_cgroup_id("/", &id), 0);
	assert_int_not_equal(id, 0);
	assert_int_equal(procfs_cgroup_id("/no/such/group", &id), -ENOENT);
	assert_int_equal(procfs_cgroup_id("/../../etc", &id), -EINVAL);
	assert_int_equal(procfs_cgroup_id("/cgroup.procs", &id), -ENOTDIR);
	assert_int_equal(procfs_unit_ids("no-such-unit.service", &id, 1), 0);
}

static void test_own_memory(void **state)
{
	uint64_t before = procfs_own_memory();
	volatile char *p = malloc(32 << 20);

	(void)state;
	assert_non_null(p);
	for (size_t i = 0; i < 32 << 20; i += 4096)
		p[i] = 1;
	assert_in_range(before, 100 << 10, 1ULL << 40);
	assert_in_range(procfs_own_memory(), before + (31 << 20), before + (1ULL << 30));
	free((void *)p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_descendants),
		cmocka_unit_test(test_cgroup),
		cmocka_unit_test(test_own_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

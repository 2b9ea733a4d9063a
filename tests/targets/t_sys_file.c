/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_sys_file.c - files: opening, reading, writing, names, attributes, descriptors.
 */
#define _GNU_SOURCE
#include "sys.h"

#include <dirent.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <utime.h>

static void mode_open(void)
{
	struct open_how how = { .flags = O_RDWR | O_CREAT, .mode = 0640, .resolve = RESOLVE_BENEATH };
	struct open_how none = { .flags = O_PATH | O_DIRECTORY | O_NOFOLLOW };
	char name[300];
	int dir;

	S(open, "words", O_RDONLY);
	S(open, "words", O_RDWR | O_APPEND | O_NONBLOCK | O_CLOEXEC);
	S(open, "new", O_WRONLY | O_CREAT | O_EXCL | O_TRUNC, 0644);
	S(open, "new", O_WRONLY | O_CREAT | O_EXCL, 0600);
	S(open, "new", O_RDWR | O_SYNC | O_DSYNC | O_DIRECT | O_NOATIME);
	S(open, "nothing", O_ACCMODE | O_ASYNC);
	S(open, ".", O_TMPFILE | O_RDWR, 0600);
	S(open, "link", O_RDONLY | O_NOFOLLOW);
	S(open, "words", 0x40000000 | O_WRONLY);
	S(open, BAD, O_RDONLY);
	S(open, NULL, O_RDONLY);
	S(open, "", O_RDONLY);
	S(open, "with \"quotes\" and \\ and \n\t\r\v\f\b\a\033 and \1\0011\377\200", O_RDONLY);
	memset(name, 'x', sizeof(name));
	name[299] = 0;
	S(open, name, O_RDONLY);
	dir = (int)S(openat, AT_FDCWD, "tree", O_RDONLY | O_DIRECTORY | O_PATH);
	S(openat, dir, "deep/er/file", O_RDONLY);
	S(openat, dir, "deep", O_WRONLY);
	S(openat, -1, "deep", O_RDONLY);
	S(openat, -100, "words", O_RDONLY | O_CREAT, 07777);
	S(openat, 12345, "x", O_RDWR | O_CREAT, 01);
	S(openat2, AT_FDCWD, "how", &how, sizeof(how));
	S(openat2, dir, "../words", &how, sizeof(how));
	S(openat2, AT_FDCWD, "tree", &none, sizeof(none));
	S(openat2, AT_FDCWD, "tree", &none, 8);
	S(openat2, AT_FDCWD, "tree", BAD, sizeof(none));
	S(openat2, AT_FDCWD, "tree", NULL, sizeof(none));
	S(creat, "created", 0755);
	S(creat, "tree", 0);
	S(close, dir);
	S(close, dir);
	S(close, -1);
	S(close_range, 100, 200, 0);
	S(close_range, 3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */);
	S(close_range, 3, 2, 0);
}

static void mode_rw(void)
{
	char buf[5000], *edge = at_edge(10);
	int fd = (int)S(open, "data", O_RDWR | O_CREAT | O_TRUNC, 0600), none = open("words", O_RDONLY);

	memset(buf, 'a', sizeof(buf));
	S(write, fd, "hello\n", 6);
	S(write, fd, "\0\1\2\0033\0334\377\"\\\t", 11);
	S(write, fd, "exactly thirty-two bytes of text", 32);
	S(write, fd, "and one more than thirty-two bytes", 33);
	S(write, fd, buf, sizeof(buf));
	S(write, fd, "", 0);
	S(write, fd, NULL, 0);
	S(write, fd, NULL, 5);
	S(write, fd, BAD, 5);
	S(write, none, "no", 2);
	S(write, -1, "no", 2);
	memset(edge, 'e', 10);
	S(write, fd, edge, 10);
	S(write, fd, edge, 100);
	S(lseek, fd, 0, SEEK_SET);
	S(lseek, fd, -5, SEEK_END);
	S(lseek, fd, 1L << 40, SEEK_CUR);
	S(lseek, fd, 0, SEEK_DATA);
	S(lseek, fd, -1, SEEK_SET);
	S(lseek, fd, 0, 77);
	S(lseek, 99, 0, SEEK_HOLE);
	S(read, fd, buf, 10);
	S(lseek, fd, 0, SEEK_SET);
	S(read, fd, buf, 10);
	S(read, fd, buf, sizeof(buf));
	S(read, fd, buf, sizeof(buf));
	S(read, fd, buf, 0);
	S(read, fd, NULL, 10);
	S(read, 99, buf, 10);
	S(lseek, fd, 0, SEEK_SET);
	S(read, fd, edge, 10);
	S(read, fd, edge, 100);
	S(pread64, fd, buf, 8, 2);
	S(pread64, fd, buf, 8, -2);
	S(pread64, fd, buf, 8, 1L << 33);
	S(pwrite64, fd, "patch", 5, 3);
	S(pwrite64, fd, "patch", 5, -1);
	S(ftruncate, fd, 100);
	S(ftruncate, fd, -1);
	S(truncate, "data", 50);
	S(truncate, "nothing", 50);
	S(fallocate, fd, 0, 0, 4096);
	S(fallocate, fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, 0, 10);
	S(fallocate, fd, 0x80, 0, 10);
	S(fadvise64, fd, 0, 100, POSIX_FADV_WILLNEED);
	S(fadvise64, fd, 0, 100, 99);
	S(readahead, fd, 0, 100);
	S(fsync, fd);
	S(fdatasync, fd);
	S(fsync, 99);
	S(syncfs, 99);
	S(sync_file_range, fd, 0, 100, SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
	S(flock, fd, 2 | 4);
	S(flock, fd, 8);
	S(flock, fd, 77);
}

static void mode_vec(void)
{
	char a[40], b[8], c[4], *edge = at_edge(4);
	struct iovec in[] = { { a, sizeof(a) }, { b, sizeof(b) }, { c, sizeof(c) } };
	struct iovec out[] = { { "first", 5 }, { "", 0 }, { NULL, 0 },
			      { "\0\1 third, which is a longer one than 32", 38 } };
	struct iovec bad[] = { { "ok", 2 }, { BAD, 3 } };
	struct iovec half[] = { { "half", 4 }, { edge, 9 } };
	struct iovec many[40];
	int fd = (int)S(open, "data", O_RDWR | O_CREAT | O_TRUNC, 0600);

	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = (struct iovec){ "many", 1 + i % 4 };
	memset(edge, 'e', 4);
	S(writev, fd, out, 4);
	S(writev, fd, out, 0);
	S(writev, fd, bad, 2);
	S(writev, fd, half, 2);
	S(writev, fd, many, 40);
	S(writev, fd, NULL, 2);
	S(writev, fd, BAD, 2);
	S(writev, fd, out, -1);
	S(writev, fd, out, 2000);
	S(writev, 99, out, 2);
	S(lseek, fd, 0, SEEK_SET);
	S(readv, fd, in, 3);
	S(readv, fd, in, 3);
	S(lseek, fd, -3, SEEK_END);
	S(readv, fd, in, 3);
	S(readv, fd, in, 3);
	S(readv, 99, in, 3);
	S(preadv, fd, in, 2, 5, 0);
	S(preadv, fd, in, 2, -1, -1);
	S(pwritev, fd, out, 2, 100, 0);
	S(preadv2, fd, in, 2, 5, 0, 0);
	S(preadv2, fd, in, 2, -1, -1, 8 /* RWF_NOWAIT */);
	S(pwritev2, fd, out, 2, 100, 0, 4 | 2 /* RWF_SYNC, RWF_DSYNC */);
	S(pwritev2, fd, out, 2, 100, 0, 0x1000);
	S(vmsplice, fd, out, 1, 0);
	S(process_vm_readv, getpid(), in, 1, out, 1, 0);
	S(process_vm_writev, getpid(), in, 1, out, 1, 1);
	S(process_vm_readv, 99999, in, 1, out, 1, 0);
}

static void mode_names(void)
{
	char buf[100];
	int dir = (int)S(open, "tree", O_RDONLY | O_DIRECTORY);

	S(link, "words", "hard");
	S(link, "words", "hard");
	S(linkat, AT_FDCWD, "link", dir, "hard2", AT_SYMLINK_FOLLOW);
	S(linkat, AT_FDCWD, "", dir, "hard3", AT_EMPTY_PATH);
	S(symlink, "a target that is not there", "sym");
	S(symlinkat, "target", dir, "sym");
	S(readlink, "sym", buf, sizeof(buf));
	S(readlink, "sym", buf, 5);
	S(readlink, "words", buf, sizeof(buf));
	S(readlinkat, dir, "sym", buf, sizeof(buf));
	S(readlinkat, AT_FDCWD, "sym", NULL, 0);
	S(rename, "hard", "hard4");
	S(rename, "nothing", "more");
	S(renameat, AT_FDCWD, "hard4", dir, "hard5");
	S(renameat2, dir, "hard5", AT_FDCWD, "hard6", RENAME_NOREPLACE);
	S(renameat2, AT_FDCWD, "hard6", AT_FDCWD, "words", RENAME_EXCHANGE);
	S(renameat2, AT_FDCWD, "hard6", AT_FDCWD, "words", 0x100);
	S(unlink, "hard6");
	S(unlink, "tree");
	S(unlinkat, dir, "hard2", 0);
	S(unlinkat, dir, "deep", AT_REMOVEDIR);
	S(unlinkat, dir, "deep", 0x10);
	S(mkdir, "made", 0755);
	S(mkdir, "made", 0);
	S(mkdirat, dir, "made", 02770);
	S(rmdir, "made");
	S(rmdir, "tree");
	S(mknod, "fifo", S_IFIFO | 0600, 0);
	S(mknod, "plain", 0644, 0);
	S(mknod, "null", S_IFCHR | 0666, 0x103);
	S(mknod, "disk", S_IFBLK | 0600, 0x801);
	S(mknodat, dir, "socket", S_IFSOCK | 0700, 0);
	S(mknodat, AT_FDCWD, "words", S_IFREG | 04711, 0);
	S(chdir, "tree");
	S(getcwd, buf, sizeof(buf));
	S(getcwd, buf, 2);
	S(chdir, "nothing");
	S(fchdir, dir);
	S(fchdir, 0);
	S(chroot, "nothing");
	S(pivot_root, "nothing", "old");
	S(umask, 027);
	S(umask, 0);
}

static void mode_perms(void)
{
	int fd = (int)S(open, "words", O_RDWR);

	S(access, "words", R_OK | W_OK | X_OK);
	S(access, "words", F_OK);
	S(access, "nothing", R_OK);
	S(access, "words", 64);
	S(faccessat, AT_FDCWD, "words", R_OK);
	S(faccessat2, AT_FDCWD, "link", F_OK, AT_SYMLINK_NOFOLLOW | AT_EACCESS);
	S(faccessat2, AT_FDCWD, "link", W_OK, 0x77);
	S(chmod, "words", 0);
	S(chmod, "words", 07777);
	S(chmod, "words", 0644);
	S(chmod, "nothing", 0600);
	S(fchmod, fd, 0600);
	S(fchmodat, AT_FDCWD, "words", 04755);
	syscall(452, AT_FDCWD, "link", 0755, AT_SYMLINK_NOFOLLOW); /* fchmodat2 */
	S(chown, "words", 0, 0);
	S(chown, "words", -1, -1);
	S(lchown, "link", 1000, -1);
	S(fchown, fd, -1, 100);
	S(fchownat, AT_FDCWD, "link", 0, 0, AT_SYMLINK_NOFOLLOW);
	S(fchownat, fd, "", 0, 0, AT_EMPTY_PATH);
	S(fchownat, 99, "x", 4294967294U, 5, 0);
}

static void mode_stat(void)
{
	struct stat st;
	struct statx stx;
	struct statfs fs;
	int fd = (int)S(open, "words", O_RDONLY);

	S(stat, "words", &st);
	S(stat, "tree", &st);
	S(stat, "nothing", &st);
	S(stat, "/dev/null", &st);
	S(stat, "words", NULL);
	S(stat, BAD, &st);
	S(lstat, "link", &st);
	S(fstat, fd, &st);
	S(fstat, 99, &st);
	S(newfstatat, AT_FDCWD, "/dev/tty", &st, 0);
	S(newfstatat, fd, "", &st, AT_EMPTY_PATH);
	S(newfstatat, AT_FDCWD, "link", &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT);
	S(newfstatat, AT_FDCWD, "words", &st, 0x77);
	chmod("words", 07755);
	S(stat, "words", &st);
	S(statx, AT_FDCWD, "words", AT_STATX_SYNC_AS_STAT, STATX_BASIC_STATS, &stx);
	S(statx, AT_FDCWD, "/dev/null", AT_SYMLINK_NOFOLLOW, STATX_ALL, &stx);
	S(statx, fd, "", AT_EMPTY_PATH | AT_STATX_FORCE_SYNC, STATX_TYPE | STATX_MODE, &stx);
	S(statx, AT_FDCWD, "nothing", AT_STATX_DONT_SYNC, STATX_BTIME, &stx);
	S(statx, AT_FDCWD, "words", 0, 0, NULL);
	S(statfs, "/proc", &fs);
	S(statfs, "nothing", &fs);
	S(fstatfs, 99, &fs);
	S(statfs, "/sys", &fs);
	S(ustat, 0, BAD);
	S(ustat, 0x801, BAD);
}

static void mode_times(void)
{
	struct timespec now[2] = { { 0, UTIME_NOW }, { 0, UTIME_OMIT } };
	struct timespec at[2] = { { 1000000000, 1 }, { 2, 999999999 } };
	struct timespec wrong[2] = { { -1, -1 }, { 5, 1000000000 } };
	struct timeval tv[2] = { { 1000000000, 5 }, { 12, 999999 } };
	struct utimbuf ut = { 1000000000, 1 };
	int fd = (int)S(open, "words", O_RDONLY);

	S(utime, "words", &ut);
	S(utime, "words", NULL);
	S(utime, "nothing", &ut);
	S(utimes, "words", tv);
	S(utimes, "words", NULL);
	S(utimes, "words", BAD);
	S(futimesat, AT_FDCWD, "words", tv);
	S(utimensat, AT_FDCWD, "words", at, 0);
	S(utimensat, AT_FDCWD, "link", now, AT_SYMLINK_NOFOLLOW);
	S(utimensat, fd, NULL, NULL, 0);
	S(utimensat, AT_FDCWD, "words", wrong, 0);
	S(utimensat, AT_FDCWD, "words", BAD, 0x77);
}

static void mode_fcntl(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 2 };
	struct flock all = { .l_type = F_RDLCK, .l_whence = SEEK_END, .l_start = -1 };
	struct flock un = { .l_type = F_UNLCK };
	struct f_owner_ex owner = { F_OWNER_PID, 0 };
	int fd = (int)S(open, "words", O_RDWR | O_APPEND), pipefd[2];
	uint64_t hint = 2;

	S(fcntl, fd, F_DUPFD, 100);
	S(fcntl, fd, F_DUPFD_CLOEXEC, 100);
	S(fcntl, fd, F_GETFD);
	S(fcntl, fd, F_SETFD, FD_CLOEXEC);
	S(fcntl, fd, F_GETFD);
	S(fcntl, fd, F_SETFD, 0);
	S(fcntl, fd, F_SETFD, 6);
	S(fcntl, fd, F_GETFL);
	S(fcntl, fd, F_SETFL, O_RDWR | O_NONBLOCK);
	S(fcntl, fd, F_GETFL);
	S(fcntl, 0, F_GETFL);
	S(fcntl, fd, F_SETLK, &lock);
	S(fcntl, fd, F_SETLKW, &all);
	S(fcntl, fd, F_GETLK, &lock);
	S(fcntl, fd, F_SETLK, &un);
	lock.l_pid = 0;
	lock.l_type = F_RDLCK;
	S(fcntl, fd, F_OFD_SETLK, &lock);
	S(fcntl, fd, F_OFD_GETLK, &lock);
	S(fcntl, fd, F_SETLK, NULL);
	S(fcntl, fd, F_SETOWN, 0);
	S(fcntl, fd, F_GETOWN);
	S(fcntl, fd, F_SETOWN_EX, &owner);
	S(fcntl, fd, F_GETOWN_EX, &owner);
	S(fcntl, fd, F_SETSIG, 10);
	S(fcntl, fd, F_GETSIG);
	S(fcntl, fd, F_SETLEASE, F_RDLCK);
	S(fcntl, fd, F_GETLEASE);
	S(fcntl, fd, F_NOTIFY, DN_CREATE | DN_MULTISHOT);
	S(fcntl, fd, F_GET_RW_HINT, &hint);
	S(fcntl, fd, F_SET_RW_HINT, &hint);
	S(fcntl, fd, F_GET_SEALS);
	S(fcntl, fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SEAL);
	S(fcntl, fd, 7777, 5);
	S(fcntl, 99, F_GETFD);
	S(pipe, pipefd);
	S(fcntl, pipefd[0], F_GETPIPE_SZ);
	S(fcntl, pipefd[0], F_SETPIPE_SZ, 8192);
	S(pipe2, pipefd, O_CLOEXEC | O_NONBLOCK);
	S(pipe2, pipefd, 0x77);
	S(pipe, NULL);
	S(dup, fd);
	S(dup, 99);
	S(dup2, fd, 50);
	S(dup2, fd, fd);
	S(dup3, fd, 51, O_CLOEXEC);
	S(dup3, fd, fd, 0);
	S(tee, pipefd[0], pipefd[1], 5, 1 | 2);
}

static void mode_dirs(void)
{
	char buf[4096];
	int fd;

	for (int i = 0; i < 20; i++) {
		snprintf(buf, sizeof(buf), "many-%d", i);
		close(open(buf, O_CREAT | O_WRONLY, 0600));
	}
	fd = (int)S(open, ".", O_RDONLY | O_DIRECTORY);
	S(getdents64, fd, buf, sizeof(buf));
	S(getdents64, fd, buf, sizeof(buf));
	S(getdents64, 99, buf, sizeof(buf));
	S(lseek, fd, 0, SEEK_SET);
	S(getdents, fd, buf, sizeof(buf));
	S(lseek, fd, 0, SEEK_SET);
	S(getdents64, fd, buf, 30);
	S(getdents64, fd, BAD, 300);
	S(lookup_dcookie, 1UL, buf, 10);
}

static void mode_xattr(void)
{
	char buf[200];
	int fd = (int)S(open, "words", O_RDWR);

	S(setxattr, "words", "user.name", "value", 5, XATTR_CREATE);
	S(setxattr, "words", "user.name", "value", 5, XATTR_CREATE);
	S(setxattr, "words", "user.binary", "\0\1\2", 3, 0);
	S(setxattr, "words", "user.name", "a value that is longer than thirty-two bytes", 44, XATTR_REPLACE);
	S(setxattr, "words", "user.name", NULL, 0, 0x10);
	S(lsetxattr, "link", "trusted.name", "value", 5, 0);
	S(fsetxattr, fd, "user.other", "", 0, 0);
	S(getxattr, "words", "user.name", buf, sizeof(buf));
	S(getxattr, "words", "user.name", NULL, 0);
	S(getxattr, "words", "user.name", buf, 2);
	S(getxattr, "words", "user.none", buf, 2);
	S(lgetxattr, "link", "user.name", buf, sizeof(buf));
	S(fgetxattr, fd, "user.binary", buf, sizeof(buf));
	S(listxattr, "words", buf, sizeof(buf));
	S(listxattr, "words", NULL, 0);
	S(llistxattr, "link", buf, sizeof(buf));
	S(flistxattr, fd, buf, 3);
	S(removexattr, "words", "user.name");
	S(removexattr, "words", "user.name");
	S(lremovexattr, "link", "user.name");
	S(fremovexattr, fd, "user.binary");
}

static void mode_copy(void)
{
	int from = (int)S(open, "numbers", O_RDONLY), to = (int)S(open, "copy", O_WRONLY | O_CREAT, 0600);
	int pipefd[2];
	loff_t off = 10, off2 = 20;

	S(sendfile, to, from, NULL, 100);
	S(sendfile, to, from, &off, 100);
	S(sendfile, to, from, BAD, 100);
	S(sendfile, 99, from, NULL, 100);
	S(copy_file_range, from, NULL, to, NULL, 50, 0);
	S(copy_file_range, from, &off, to, &off2, 50, 0);
	S(copy_file_range, from, &off, to, &off2, 50, 1);
	S(pipe, pipefd);
	S(splice, from, NULL, pipefd[1], NULL, 20, SPLICE_F_MOVE);
	S(splice, from, &off, pipefd[1], NULL, 20, SPLICE_F_MORE | SPLICE_F_NONBLOCK);
	S(splice, pipefd[0], NULL, to, &off2, 30, 0);
	S(splice, pipefd[0], NULL, to, NULL, 30, 0x100);
}

static void mode_inotify(void)
{
	char buf[1000];
	int fd = (int)S(inotify_init1, IN_NONBLOCK | IN_CLOEXEC), wd;

	S(inotify_init);
	S(inotify_init1, 0x77);
	wd = (int)S(inotify_add_watch, fd, "tree", IN_CREATE | IN_DELETE | IN_ONLYDIR);
	S(inotify_add_watch, fd, ".", IN_ALL_EVENTS);
	S(inotify_add_watch, fd, "nothing", IN_MODIFY | IN_MASK_ADD | IN_DONT_FOLLOW);
	S(inotify_add_watch, 99, "tree", 0);
	S(mkdir, "tree/made", 0700);
	S(read, fd, buf, sizeof(buf));
	S(read, fd, buf, sizeof(buf));
	S(inotify_rm_watch, fd, wd);
	S(inotify_rm_watch, fd, 77);
}

static void mode_edge(void)
{
	char *path = at_edge(6), *cut = at_edge(5);
	struct stat *st = (void *)at_edge(sizeof(*st)), *half = (void *)at_edge(40);

	memcpy(path, "words", 6);
	memcpy(cut, "words", 5); /* no NUL before the missing page */
	S(open, path, O_RDONLY);
	S(open, cut, O_RDONLY);
	S(stat, path, st);
	S(stat, path, half);
	S(readlink, "link", cut, 5);
	S(readlink, "link", cut, 50);
	S(getcwd, cut, 5);
	S(symlink, cut, "new");
	S(unlink, cut);
}

int main(int argc, char **argv)
{
	static const struct mode modes[] = {
		{ "open", mode_open },	 { "rw", mode_rw },	  { "vec", mode_vec },
		{ "names", mode_names }, { "perms", mode_perms }, { "stat", mode_stat },
		{ "times", mode_times }, { "fcntl", mode_fcntl }, { "dirs", mode_dirs },
		{ "xattr", mode_xattr }, { "copy", mode_copy },	  { "inotify", mode_inotify },
		{ "edge", mode_edge },
	};

	return run_mode(modes, COUNT(modes), argc, argv);
}

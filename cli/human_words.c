/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * human_words.c - what the constants of the man pages are called by people: flags, and sets of signals.
 */
#include "human_sink.h"

#include <ctype.h>

/* Flags whose meaning fits in a word; an empty one says nothing to people. Sorted by name. */
static const struct {
	const char *name, *word;
} words[] = {
	{ "AF_ALG", "crypto" },
	{ "AF_BLUETOOTH", "Bluetooth" },
	{ "AF_CAN", "CAN" },
	{ "AF_INET", "IPv4" },
	{ "AF_INET6", "IPv6" },
	{ "AF_NETLINK", "netlink" },
	{ "AF_PACKET", "packet" },
	{ "AF_TIPC", "TIPC" },
	{ "AF_UNIX", "unix" },
	{ "AF_VSOCK", "vsock" },
	{ "AT_EACCESS", "" },
	{ "AT_EMPTY_PATH", "" },
	{ "AT_NO_AUTOMOUNT", "" },
	{ "AT_REMOVEDIR", "" },
	{ "AT_SYMLINK_NOFOLLOW", "not following links" },
	{ "CLOCK_BOOTTIME", "the time since boot" },
	{ "CLOCK_MONOTONIC", "the monotonic clock" },
	{ "CLOCK_MONOTONIC_COARSE", "the coarse monotonic clock" },
	{ "CLOCK_PROCESS_CPUTIME_ID", "its CPU time" },
	{ "CLOCK_REALTIME", "the wall clock" },
	{ "CLOCK_REALTIME_COARSE", "the coarse wall clock" },
	{ "CLOCK_THREAD_CPUTIME_ID", "its thread's CPU time" },
	{ "EPOLLERR", "failed" },
	{ "EPOLLET", "on each change" },
	{ "EPOLLEXCLUSIVE", "one waiter each" },
	{ "EPOLLHUP", "hung up" },
	{ "EPOLLIN", "readable" },
	{ "EPOLLMSG", "" },
	{ "EPOLLONESHOT", "once" },
	{ "EPOLLOUT", "writable" },
	{ "EPOLLPRI", "urgently readable" },
	{ "EPOLLRDBAND", "" },
	{ "EPOLLRDHUP", "closed by its peer" },
	{ "EPOLLRDNORM", "" },
	{ "EPOLLWRBAND", "" },
	{ "EPOLLWRNORM", "" },
	{ "FD_CLOEXEC", "closed by exec" },
	{ "F_OK", "existence" },
	{ "ITIMER_PROF", "profiling" },
	{ "ITIMER_REAL", "real-time" },
	{ "ITIMER_VIRTUAL", "CPU-time" },
	{ "MSG_NOSIGNAL", "" },
	{ "O_APPEND", "appending" },
	{ "O_CLOEXEC", "" },
	{ "O_CREAT", "creating it if missing" },
	{ "O_DIRECT", "past the cache" },
	{ "O_DIRECTORY", "" },
	{ "O_EXCL", "as a new file" },
	{ "O_LARGEFILE", "" },
	{ "O_NOATIME", "" },
	{ "O_NOCTTY", "" },
	{ "O_NOFOLLOW", "not following links" },
	{ "O_NONBLOCK", "non-blocking" },
	{ "O_PATH", "as a mere path" },
	{ "O_RDONLY", "read-only" },
	{ "O_RDWR", "read-write" },
	{ "O_SYNC", "synchronous" },
	{ "O_TMPFILE", "without a name" },
	{ "O_TRUNC", "emptying it" },
	{ "O_WRONLY", "write-only" },
	{ "POLLERR", "failed" },
	{ "POLLHUP", "hung up" },
	{ "POLLIN", "readable" },
	{ "POLLNVAL", "not open" },
	{ "POLLOUT", "writable" },
	{ "POLLPRI", "urgently readable" },
	{ "POLLRDBAND", "" },
	{ "POLLRDHUP", "closed by its peer" },
	{ "POLLRDNORM", "" },
	{ "POLLWRBAND", "" },
	{ "POLLWRNORM", "" },
	{ "POSIX_FADV_DONTNEED", "no more" },
	{ "POSIX_FADV_NOREUSE", "only once" },
	{ "POSIX_FADV_NORMAL", "as usual" },
	{ "POSIX_FADV_RANDOM", "in random order" },
	{ "POSIX_FADV_SEQUENTIAL", "in sequence" },
	{ "POSIX_FADV_WILLNEED", "soon" },
	{ "PRIO_PGRP", "process group" },
	{ "PRIO_PROCESS", "process" },
	{ "PRIO_USER", "user" },
	{ "PROT_EXEC", "executable" },
	{ "PROT_NONE", "inaccessible" },
	{ "PROT_READ", "readable" },
	{ "PROT_WRITE", "writable" },
	{ "RLIM64_INFINITY", "unlimited" },
	{ "RLIMIT_AS", "address space" },
	{ "RLIMIT_CORE", "core size" },
	{ "RLIMIT_CPU", "CPU time" },
	{ "RLIMIT_DATA", "data size" },
	{ "RLIMIT_FSIZE", "file size" },
	{ "RLIMIT_LOCKS", "file locks" },
	{ "RLIMIT_MEMLOCK", "locked memory" },
	{ "RLIMIT_MSGQUEUE", "message queues" },
	{ "RLIMIT_NICE", "nice value" },
	{ "RLIMIT_NOFILE", "open files" },
	{ "RLIMIT_NPROC", "processes" },
	{ "RLIMIT_RSS", "resident memory" },
	{ "RLIMIT_RTPRIO", "real-time priority" },
	{ "RLIMIT_SIGPENDING", "pending signals" },
	{ "RLIMIT_STACK", "stack size" },
	{ "RLIM_INFINITY", "unlimited" },
	{ "RUSAGE_CHILDREN", "its children" },
	{ "RUSAGE_SELF", "itself" },
	{ "RUSAGE_THREAD", "this thread" },
	{ "R_OK", "reading" },
	{ "SIG_DFL", "the default effect" },
	{ "SIG_IGN", "nothing" },
	{ "SOCK_CLOEXEC", "" },
	{ "SOCK_DGRAM", "datagram" },
	{ "SOCK_NONBLOCK", "non-blocking" },
	{ "SOCK_RAW", "raw" },
	{ "SOCK_SEQPACKET", "packet" },
	{ "SOCK_STREAM", "stream" },
	{ "SUID_DUMP_DISABLE", "no" },
	{ "SUID_DUMP_ROOT", "by root only" },
	{ "SUID_DUMP_USER", "yes" },
	{ "S_IFBLK", "block device" },
	{ "S_IFCHR", "character device" },
	{ "S_IFDIR", "directory" },
	{ "S_IFIFO", "named pipe" },
	{ "S_IFLNK", "symbolic link" },
	{ "S_IFREG", "file" },
	{ "S_IFSOCK", "socket" },
	{ "W_OK", "writing" },
	{ "X_OK", "execution" },
};

static const char *find_word(const char *name, size_t len)
{
	size_t low = 0, high = sizeof(words) / sizeof(words[0]);

	while (low < high) {
		size_t middle = (low + high) / 2;
		int r = strncmp(words[middle].name, name, len);

		if (!r && words[middle].name[len])
			r = 1;
		if (!r)
			return words[middle].word;
		if (r < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const char *human_word(const char *name)
{
	return find_word(name, strlen(name));
}

/* "~[INT]" to "all signals but SIGINT". */
static void put_signals(struct buf *out, size_t from)
{
	char text[512];
	size_t n = out->len - from, skip;

	if (n < 2 || n > sizeof(text))
		return;
	memcpy(text, out->p + from, n);
	out->len = from;
	skip = text[0] == '~' ? 2 : 1;
	if (skip == 2)
		buf_str(out, n == 3 ? "all signals" : "all signals but ");
	else if (n == 2)
		buf_str(out, "no signals");
	for (size_t i = skip; i < n - 1;) {
		size_t len = 0;

		while (i + len < n - 1 && text[i + len] != ' ')
			len++;
		if (isupper((unsigned char)text[i]))
			buf_str(out, "SIG");
		buf_put(out, text + i, len);
		i += len + 1;
		if (i < n - 1)
			buf_str(out, ", ");
	}
}

/* "0644" gets " (rw-r--r--)" */
static void add_permissions(struct buf *out, size_t from)
{
	static const char letters[] = "rwxrwxrwx";
	unsigned int mode = 0;

	for (size_t i = from; i < out->len; i++) {
		if (out->p[i] < '0' || out->p[i] > '7')
			return;
		mode = mode << 3 | (unsigned int)(out->p[i] - '0');
	}
	buf_str(out, " (");
	for (int i = 0; i < 9; i++)
		buf_char(out, mode >> (8 - i) & 1 ? letters[i] : '-');
	buf_str(out, mode & 04000 ? ", setuid" : "");
	buf_str(out, mode & 02000 ? ", setgid" : "");
	buf_str(out, mode & 01000 ? ", sticky)" : ")");
}

/* "O_WRONLY|O_CREAT|O_CLOEXEC" to "write-only, creating it". */
void human_words(struct buf *out, size_t from)
{
	size_t n = out->len - from;
	const char *comment;
	char text[256], *p = text;
	bool some = false;

	if (n && (out->p[from] == '~' || out->p[from] == '[')) {
		put_signals(out, from);
		return;
	}
	if (n >= 3 && n <= 5 && out->p[from] == '0' && !out->failed) {
		add_permissions(out, from);
		return;
	}
	comment = n ? memmem(out->p + from, n, " /*", 3) : NULL;
	if (comment) { /* what the value is no name of */
		out->len = (size_t)(comment - out->p);
		return;
	}
	if (!n || n > sizeof(text) || !isupper((unsigned char)out->p[from]))
		return;
	memcpy(text, out->p + from, n);
	out->len = from;
	while (p < text + n) {
		char *bar = memchr(p, '|', (size_t)(text + n - p));
		size_t len = (size_t)((bar ? bar : text + n) - p);
		const char *word = find_word(p, len);

		if (bar && text + n - p >= 14 && memcmp(p, "O_CREAT|O_EXCL", 14) == 0)
			word = ""; /* the second says it */
		if (!word || *word) {
			if (some)
				buf_str(out, ", ");
			some = true;
			if (word)
				buf_str(out, word);
			else
				buf_put(out, p, len);
		}
		p += len + 1;
	}
}

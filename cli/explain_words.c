/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * explain_words.c - the words of explanations that are not of one call: types of arguments, results, parts of
 * names, signals and classes.
 */
#include "explain.h"

static const char *number_type(unsigned int type)
{
	static const char *const names[T_TYPE_MAX] = {
		[T_INT] = "a number", [T_UINT] = "a number", [T_LONG] = "a number", [T_ULONG] = "a number",
		[T_HEX] = "a number or bits", [T_OCT] = "an octal number", [T_SIZE] = "a length in bytes",
		[T_OFF] = "an offset in bytes", [T_PTR] = "an address", [T_MODE] = "permission bits, octal",
		[T_DEV] = "a device number", [T_FD] = "a descriptor",
		[T_DIRFD] = "the descriptor of a directory where relative paths start, or AT_FDCWD: the "
			    "working directory",
		[T_PID] = "the id of a process or thread", [T_UID] = "a user", [T_GID] = "a group",
		[T_SIGNAL] = "a signal", [T_FLAGS] = "flags", [T_ENUM] = "one of",
		[T_IOPRIO] = "a level (0 is first, 7 last) of a class", [T_FUTEX_OP] = "an operation and a comparison",
		[T_ERRNO] = "an error", [T_IOCTL] = "a request", [T_NS] = "a time in nanoseconds",
		[T_US] = "a time in microseconds", [T_MS] = "a time in milliseconds, -1: forever",
		[T_SEC] = "a time in seconds", [T_TIME] = "seconds since 1970", [T_STAMP] = "seconds since 1970",
		[T_IN_PORT] = "a port", [T_IN_ADDR] = "an IPv4 address", [T_IN6_ADDR] = "an IPv6 address",
		[T_PATH] = "a path", [T_STR] = "a string", [T_BUF] = "bytes",
		[T_SIGSET] = "a set of signals", [T_STRV] = "a list of strings, NULL at its end",
		[T_IOV] = "a list of buffers", [T_MSGHDR] = "a message: address, buffers, control data",
		[T_MMSGHDR] = "a list of messages", [T_SOCKADDR] = "an address of a socket",
		[T_SOCKLEN] = "the length of the buffer, and after the call of what is in it",
		[T_FDSET] = "a set of descriptors or nodes, a bit each", [T_RESIDENT] = "a byte for each page",
		[T_CPUSET] = "a set of CPUs, a bit each",
		[T_WSTATUS] = "how the child ended or stopped", [T_DIRENTS] = "entries of the directory",
		[T_SOCKOPT] = "the option's value; its type hangs on the option",
	};

	return type < T_TYPE_MAX && names[type] ? names[type] : "a value";
}

static void put_struct(struct buf *out, const char *before, const void *ref)
{
	const struct sc_struct *st = ref;

	buf_str(out, before);
	buf_str(out, st ? st->name : "?");
}

void explain_type(struct buf *out, const struct sc_row *row, const struct sc_arg *arg)
{
	switch (arg->type) {
	case T_STRUCT:
		put_struct(out, "struct ", arg->ref);
		break;
	case T_ARRAY:
		put_struct(out, "a list of struct ", arg->ref);
		break;
	case T_NUMS:
		buf_str(out, arg->sub == T_FD ? "descriptors" : "a list of numbers");
		break;
	case T_VALUE:
		buf_str(out, number_type(arg->sub));
		buf_str(out, " in memory");
		break;
	case T_SUB:
	case T_IOCTL_ARG:
		buf_str(out, "its meaning hangs on ");
		buf_str(out, arg->len < row->nargs ? row->args[arg->len].name : "the request");
		return;
	default:
		buf_str(out, number_type(arg->type));
	}
	if (arg->type < T_PATH || arg->type == T_SOCKLEN)
		return;
	if (arg->dir == D_OUT)
		buf_str(out, ", filled by the call");
	else if (arg->dir == D_INOUT)
		buf_str(out, ", changed by the call");
}

const struct sc_flags *explain_flags(const struct sc_arg *arg)
{
	if (arg->type == T_FLAGS || arg->type == T_ENUM || arg->type == T_IOCTL ||
	    arg->type == T_IOPRIO)
		return arg->ref;
	return NULL;
}

const struct sc_field *explain_fields(const struct sc_arg *arg)
{
	const struct sc_struct *st = arg->ref;

	return (arg->type == T_STRUCT || arg->type == T_ARRAY) && st ? st->fields : NULL;
}

const struct sc_flags *explain_field_flags(const struct sc_field *f)
{
	return f->type == T_FLAGS || f->type == T_ENUM ? f->ref : NULL;
}

#define RESULT(name, text) { name, text },
static const struct {
	const char *name, *text;
} results[] = {
#include "explain_result.def"
};
#undef RESULT

const char *explain_result_of(unsigned int i, const char **name)
{
	if (i >= sizeof(results) / sizeof(results[0]))
		return NULL;
	*name = results[i].name;
	return results[i].text;
}

const char *explain_result(const struct sc_row *row)
{
	const struct about *about = explain_about(row->name);
	static const char *const names[] = {
		[R_INT] = "a number; 0 where there is nothing to tell", [R_NONE] = "never",
		[R_ZERO] = "0", [R_FD] = "a new descriptor", [R_PID] = "the id of a process or thread",
		[R_SIZE] = "how many bytes were done", [R_COUNT] = "how many",
		[R_OFF] = "an offset", [R_ADDR] = "an address", [R_HEX] = "a number or bits",
		[R_OCT] = "permission bits", [R_UID] = "a user", [R_GID] = "a group",
		[R_TIME] = "seconds since 1970", [R_FLAGS] = "flags", [R_MASK] = "bits",
		[R_ENUM] = "one of several values", [R_IOPRIO] = "a class and a level of priority",
	};

	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		if (strcmp(results[i].name, row->name) == 0)
			return results[i].text;
	}
	if (about && strcmp(about->errors, "ENOSYS") == 0)
		return "nothing: it always fails with ENOSYS";
	return row->ret < sizeof(names) / sizeof(names[0]) && names[row->ret] ? names[row->ret] : "a number";
}

static bool is_call(const char *name, size_t len)
{
	char copy[64];

	if (!len || len >= sizeof(copy))
		return false;
	memcpy(copy, name, len);
	copy[len] = '\0';
	return sc_by_name(copy) != NULL;
}

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), len = strlen(end);

	return n > len && strcmp(name + n - len, end) == 0;
}

/* Prefixes of families, and of what has no base to compare with. */
static const struct {
	const char *prefix, *meaning;
} families[] = {
	{ "rt_", "real time: the second generation of signal calls, for more than 32 signals" },
	{ "sched_", "about the scheduler: who gets the CPU" },
	{ "timer_", "POSIX timers" },
	{ "timerfd_", "timers that are descriptors" },
	{ "clock_", "POSIX clocks, chosen by an id" },
	{ "epoll_", "event poll: waiting for many descriptors" },
	{ "inotify_", "inode notify: changes of files" },
	{ "fanotify_", "file access notify" },
	{ "io_uring_", "input and output by two rings (queues) in shared memory" },
	{ "io_", "asynchronous input and output of Linux" },
	{ "mq_", "POSIX message queues" },
	{ "msg", "System V message queues" },
	{ "sem", "System V semaphores" },
	{ "shm", "System V shared memory" },
	{ "pidfd_", "on a process by its descriptor" },
	{ "process_", "on another process" },
	{ "memfd_", "a file in memory" },
	{ "landlock_", "the Landlock security module" },
	{ "lsm_", "Linux security modules" },
	{ "pkey_", "memory protection keys" },
	{ "futex_", "futex: fast user-space mutex" },
	{ "kexec_", "execute a kernel from the kernel" },
	{ "set_robust", "robust: locks that survive the death of their owner" },
	{ "get_robust", "robust: locks that survive the death of their owner" },
	{ "fs", "file system" },
	{ "arch_", "only of this architecture" },
	{ "_", "a name that the C library keeps for itself: its own function differs" },
	{ "old", "an earlier form of the call, kept for old programs" },
};

static void note_prefix(const char *name, void (*note)(void *ctx, const char *part, const char *meaning), void *ctx)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		size_t len = strlen(families[i].prefix);

		if (strncmp(name, families[i].prefix, len) != 0 || !name[len])
			continue;
		if (strcmp(families[i].prefix, "fs") == 0 && strncmp(name, "fsync", 5) == 0)
			continue;
		note(ctx, families[i].prefix, families[i].meaning);
		return;
	}
}

/* f-, l- and p- in front of another call's name, which may have -at, 64 or a number behind it. */
static void note_letter(const struct sc_row *row, size_t stem,
			void (*note)(void *ctx, const char *part, const char *meaning), void *ctx)
{
	const char *name = row->name;
	bool base = is_call(name + 1, stem - 1) || is_call(name + 1, strlen(name) - 1);

	if (!base)
		return;
	if (name[0] == 'f' && row->args[0].type == T_FD)
		note(ctx, "f-", "on an open file, by its descriptor in place of a path");
	else if (name[0] == 'f' && ends_with(name, "at"))
		note(ctx, "f-", "here it goes with -at: a descriptor is part of the question");
	else if (name[0] == 'l' && (row->classes & SC_FILE))
		note(ctx, "l-", "on a symbolic link itself, in place of what it leads to");
	else if (name[0] == 'p' && (row->classes & SC_DESC) && row->ret == R_SIZE)
		note(ctx, "p-", "at a given position, in place of the descriptor's own");
	else if (name[0] == 'p' && row->ret == R_COUNT)
		note(ctx, "p-", "as POSIX has it: with a signal mask that holds during the wait");
}

static bool takes(const struct sc_row *row, unsigned int type)
{
	for (unsigned int i = 0; i < row->nargs; i++) {
		if (row->args[i].type == type)
			return true;
	}
	return false;
}

static void note_number(const struct sc_row *row, void (*note)(void *ctx, const char *part, const char *meaning),
			void *ctx)
{
	static const char *const versions[] = {
		[1] = "the later form of the call, with flags", [2] = "the second form of the call",
		[3] = "the third form of the call", [4] = "the fourth form of the call",
	};
	const char *name = row->name;
	size_t n = strlen(name);
	char part[2] = { name[n - 1], '\0' };
	unsigned int digit = (unsigned int)(name[n - 1] - '0');

	if (ends_with(name, "time64") || ends_with(name, "settime64") || ends_with(name, "gettime64"))
		note(ctx, "64", "times of 64 bits, for 32-bit programs");
	else if (ends_with(name, "64"))
		note(ctx, "64", "sizes and offsets of 64 bits: from the time when those of 32 were usual");
	else if (ends_with(name, "32"))
		note(ctx, "32", "user and group ids of 32 bits: from the time when those of 16 were usual");
	else if (ends_with(name, "vm86") || digit < 1 || digit > 9)
		return;
	else if (digit == row->nargs)
		note(ctx, part, "the number of its arguments: it has more than the call without a number");
	else if (digit < 5)
		note(ctx, part, versions[digit]);
}

void explain_name(const struct sc_row *row, void (*note)(void *ctx, const char *part, const char *meaning), void *ctx)
{
	const char *name = row->name;
	size_t stem = strlen(name);

	while (stem > 1 && name[stem - 1] >= '0' && name[stem - 1] <= '9')
		stem--;
	if (stem > 3 && strncmp(name + stem - 2, "at", 2) == 0 && takes(row, T_DIRFD))
		stem -= 2;
	note_prefix(name, note, ctx);
	note_letter(row, stem, note, ctx);
	if (strncmp(name, "newf", 4) == 0)
		note(ctx, "new", "the form of the call that took an old one's place");
	if (strstr(name, "res") && strstr(name, "id") && (row->classes & SC_CREDS))
		note(ctx, "-res-", "real, effective and saved");
	else if (strstr(name, "setre") && strstr(name, "id"))
		note(ctx, "-re-", "real and effective");
	else if (strstr(name, "setfs"))
		note(ctx, "-fs-", "for the file system");
	if (takes(row, T_DIRFD) && strstr(name, "at"))
		note(ctx, "-at", "relative paths start at a directory that is given by a descriptor");
	if (takes(row, T_IOV) && strchr(name, 'v'))
		note(ctx, "-v", "vector: a list of buffers in place of one");
	else if (ends_with(name, "waitv"))
		note(ctx, "-v", "vector: several in place of one");
	if (strstr(name, "mmsg"))
		note(ctx, "-mm-", "multiple messages");
	if (strcmp(name, "statx") == 0)
		note(ctx, "-x", "extended");
	if (strncmp(name, "tgk", 3) == 0 || strncmp(name, "tk", 2) == 0)
		note(ctx, name[1] == 'g' ? "tg-" : "t-", name[1] == 'g' ? "of a thread group (a process), a thread" :
									  "thread");
	note_number(row, note, ctx);
}

const struct signal_about *explain_signal_about(int signo)
{
	static const char ends[] = "ends the process", dumps[] = "ends the process with a core dump",
			  ignored[] = "nothing", stops[] = "stops the process";
	/* clang-format off */
	static const struct signal_about signals[] = {
		[1] = { ends, "The terminal was hung up, or the connection to it was lost. Daemons take it as: read your configuration again." },
		[2] = { ends, "Somebody pressed Ctrl-C." },
		[3] = { dumps, "Somebody pressed Ctrl-\\." },
		[4] = { dumps, "The CPU met an instruction that it does not have: a damaged program, or one for a newer CPU." },
		[5] = { dumps, "A breakpoint or a single step. Debuggers use it." },
		[6] = { dumps, "The program gave up by itself: abort, a failed assertion, an exception that nobody caught." },
		[7] = { dumps, "Memory that is mapped could not be had: mostly a mapped file that has become shorter, or bad memory." },
		[8] = { dumps, "An impossible calculation: mostly a division of an integer by zero." },
		[9] = { ends, "The process is ended at once. It can't be handled, blocked or ignored. The kernel sends it too, when memory runs out." },
		[10] = { ends, "Free for programs to use." },
		[11] = { dumps, "The program used memory that is not its own, or not in this way: mostly a bad or a null pointer." },
		[12] = { ends, "Free for programs to use." },
		[13] = { ends, "The program wrote to a pipe or connection that nobody reads any more. Why `yes | head` ends." },
		[14] = { ends, "A time set by alarm or setitimer is over." },
		[15] = { ends, "The process is asked to end. What kill sends, and what a service manager sends first." },
		[16] = { ends, "Unused." },
		[17] = { ignored, "A child ended or stopped. The parent then calls wait." },
		[18] = { "continues the process", "A stopped process goes on. Sent by fg and bg." },
		[19] = { stops, "The process is stopped. It can't be handled, blocked or ignored." },
		[20] = { stops, "Somebody pressed Ctrl-Z." },
		[21] = { stops, "A job in the background wanted to read from the terminal." },
		[22] = { stops, "A job in the background wanted to write to the terminal." },
		[23] = { ignored, "Urgent data came over a socket." },
		[24] = { dumps, "The limit of CPU time (ulimit -t) is reached." },
		[25] = { dumps, "The limit of a file's size (ulimit -f) is reached." },
		[26] = { ends, "A timer that counts the process's own CPU time went off." },
		[27] = { ends, "A timer that counts all CPU time of the process went off. Profilers use it." },
		[28] = { ignored, "The terminal has another size." },
		[29] = { ends, "A descriptor is ready, for programs that asked to be told so." },
		[30] = { ends, "Power is failing." },
		[31] = { dumps, "A system call was made that a seccomp filter forbids." },
	};
	static const struct signal_about real_time = { ends, "A real-time signal, free for programs to use: it is queued, and can carry a number. The C library keeps the first two for its threads." };
	/* clang-format on */

	if (signo >= 32)
		return sc_signal_name(signo) ? &real_time : NULL;
	return signo > 0 && signals[signo].text ? &signals[signo] : NULL;
}

const char *explain_class_text(const char *name)
{
	static const struct {
		const char *name, *text;
	} classes[] = {
		{ "file", "Calls that take the name of a file." },
		{ "desc", "Calls that take or return a descriptor." },
		{ "memory", "Calls that map memory, or say how it is used." },
		{ "network", "Calls of the network." },
		{ "net", "Calls of the network." },
		{ "signal", "Calls that send, handle or await signals." },
		{ "process", "Calls that make, await, change or end processes." },
		{ "ipc", "Calls of System V semaphores, message queues and shared memory." },
		{ "creds", "Calls that read or change users, groups and capabilities." },
		{ "clock", "Calls that read or set the time." },
		{ "stat", "Calls that tell the attributes of a file by its name." },
		{ "lstat", "Calls that tell the attributes of a file by its name, without following a link." },
		{ "fstat", "Calls that tell the attributes of an open file, or start at one." },
		{ "%stat", "Calls that tell the attributes of a file, in whatever way." },
		{ "statfs", "Calls that tell about a file system by a path." },
		{ "fstatfs", "Calls that tell about the file system of an open file." },
		{ "%statfs", "Calls that tell about a file system, in whatever way." },
		{ "pure", "Calls that have no arguments and never fail." },
	};

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (strcmp(classes[i].name, name) == 0)
			return classes[i].text;
	}
	return NULL;
}

bool explain_in_class(const struct sc_row *row, const struct sc_class *class)
{
	return row->classes & class->bits;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* startup.c - see startup.h. */
#include "startup.h"

#include <stdlib.h>
#include <string.h>
#include <core/rec.h>
#include <core/table.h>

#define PATH_KEPT 256 /* of the library that was looked for last */
#define MAPS_MAX 3    /* mappings of new memory in a row: more are a program's malloc */

/* A program that starts. */
struct prog {
	const struct facts *facts;
	uint32_t tgid;
	uint64_t hidden;
	bool has_cache;	   /* the loader's cache of names was opened */
	bool loaded;	   /* the loader is done: it has unmapped the cache */
	int64_t fd;	   /* of the library that is open, -1: none */
	unsigned int maps; /* of new memory, since the last of a library */
	unsigned int grown; /* how often the heap was made larger */
	char wanted[PATH_KEPT];
};

struct startup {
	const struct facts *facts;
	unsigned int n;
	struct prog progs[STARTUP_MAX];
};

struct startup *startup_new(const struct facts *facts)
{
	struct startup *s = calloc(1, sizeof(*s));

	if (s)
		s->facts = facts;
	return s;
}

void startup_free(struct startup *s)
{
	free(s);
}

static struct prog *find(struct startup *s, uint32_t tgid)
{
	for (unsigned int i = 0; i < s->n; i++) {
		if (s->progs[i].tgid == tgid)
			return &s->progs[i];
	}
	return NULL;
}

/* Returns how many of its calls were hidden. */
static uint64_t end(struct startup *s, struct prog *p)
{
	uint64_t hidden = p->hidden;

	*p = s->progs[--s->n];
	return hidden;
}

static void begin(struct startup *s, uint32_t tgid)
{
	if (s->n < STARTUP_MAX)
		s->progs[s->n++] = (struct prog){ .facts = s->facts, .tgid = tgid, .fd = -1 };
}

/* A path of a call, in out (PATH_KEPT bytes); "": it has none. */
static void get_path(const struct tr_syscall *c, unsigned int arg, char *out)
{
	const struct tr_item *item = rec_item_find(c, arg, TR_PART_SELF, 0, false);
	size_t n = item ? strnlen(rec_item_data(item), item->len) : 0;

	if (n >= PATH_KEPT)
		n = 0;
	if (n)
		memcpy(out, rec_item_data(item), n);
	out[n] = '\0';
}

/* "libc.so.6", "libfoo-2.so"; not "a.sock", nor "x.so.conf". */
static bool is_library(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *so = strstr(name, ".so");

	if (!so)
		return false;
	for (so += 3; *so; so++) {
		if (*so != '.' && (*so < '0' || *so > '9'))
			return false;
	}
	return true;
}

static bool is_loader_file(const char *path)
{
	return strncmp(path, "/etc/ld.so.", 11) == 0 || strncmp(path, "/etc/ld-musl", 12) == 0;
}

/* A directory in which a library was just looked for. */
static bool is_searched(const struct prog *p, const char *path)
{
	size_t n = strlen(path);

	return n > 1 && strncmp(p->wanted, path, n) == 0 && p->wanted[n] == '/';
}

/* It is the library that was opened; where the open was not asked for (-e), what is known of it says so. */
static bool is_ours(const struct prog *p, uint64_t arg)
{
	const struct fact_fd *fact = p->facts ? facts_fd(p->facts, p->tgid, (int32_t)arg) : NULL;
	char path[PATH_KEPT];

	if (p->loaded || (int32_t)arg < 0)
		return false;
	if (p->fd >= 0 || !fact || !fact->path || fact->path_len >= PATH_KEPT)
		return (int32_t)arg == p->fd;
	memcpy(path, fact->path, fact->path_len);
	path[fact->path_len] = '\0';
	return is_library(path) || is_loader_file(path);
}

static unsigned int path_arg(const struct sc_row *row)
{
	return row->args[0].type == T_DIRFD ? 1 : 0;
}

static bool opens(struct prog *p, const struct tr_syscall *c, const struct sc_row *row)
{
	char path[PATH_KEPT];

	get_path(c, path_arg(row), path);
	if (p->loaded || (!is_library(path) && !is_loader_file(path)))
		return false;
	p->has_cache |= strcmp(path, "/etc/ld.so.cache") == 0 && c->ret >= 0;
	p->fd = c->ret;
	p->maps = 0;
	strcpy(p->wanted, path);
	return true;
}

/* stat, access and readlink: by name, or of the library that is open. */
static bool looks(const struct prog *p, const struct tr_syscall *c, const struct sc_row *row)
{
	char path[PATH_KEPT];

	if (row->args[0].type == T_FD)
		return is_ours(p, c->args[0]);
	get_path(c, path_arg(row), path);
	if (strcmp(path, "/proc/self/exe") == 0)
		return !p->loaded;
	if (!path[0])
		return is_ours(p, c->args[0]);
	return !p->loaded && (is_loader_file(path) || is_library(path) || is_searched(p, path));
}

static bool maps(struct prog *p, const struct tr_syscall *c)
{
	bool is_new = c->args[3] & 0x20, is_fixed = c->args[3] & 0x10;

	if (p->loaded)
		return false;
	if (!is_new) {
		p->maps = 0;
		return is_ours(p, c->args[4]);
	}
	return is_fixed || ++p->maps <= MAPS_MAX;
}

static bool moves_heap(struct prog *p, const struct tr_syscall *c)
{
	return !c->args[0] || ++p->grown <= (p->loaded || p->has_cache ? 1 : 3);
}

static bool closes(struct prog *p, const struct tr_syscall *c)
{
	bool ours = is_ours(p, c->args[0]);

	if (ours)
		p->fd = -1;
	return ours;
}

static bool unmaps(struct prog *p)
{
	if (p->loaded || !p->has_cache)
		return false;
	p->loaded = true;
	return true;
}

/* The stack's limit, for the size of threads' stacks. */
static bool is_stack_limit(const struct sc_row *row, const struct tr_syscall *c)
{
	return (row->nargs == 4 ? c->args[1] : c->args[0]) == 3;
}

enum kind {
	KIND_NONE,
	KIND_OPEN,
	KIND_LOOK,
	KIND_USE,
	KIND_CLOSE,
	KIND_MAP,
	KIND_UNMAP,
	KIND_PROTECT,
	KIND_HEAP,
	KIND_THREAD,
	KIND_LIMIT,
	KIND_RANDOM,
	KIND_SIGNAL,
};

static enum kind kind_of(const char *name)
{
	static const struct {
		const char *name;
		enum kind kind;
	} kinds[] = {
		{ "mmap", KIND_MAP },	      { "openat", KIND_OPEN },	   { "close", KIND_CLOSE },
		{ "read", KIND_USE },	      { "newfstatat", KIND_LOOK }, { "fstat", KIND_LOOK },
		{ "pread64", KIND_USE },      { "mprotect", KIND_PROTECT }, { "brk", KIND_HEAP },
		{ "munmap", KIND_UNMAP },     { "access", KIND_LOOK },	   { "arch_prctl", KIND_THREAD },
		{ "prlimit64", KIND_LIMIT },  { "rseq", KIND_THREAD },	   { "getrandom", KIND_RANDOM },
		{ "open", KIND_OPEN },	      { "faccessat", KIND_LOOK },  { "faccessat2", KIND_LOOK },
		{ "stat", KIND_LOOK },	      { "lstat", KIND_LOOK },	   { "statx", KIND_LOOK },
		{ "readlink", KIND_LOOK },    { "readlinkat", KIND_LOOK }, { "stat64", KIND_LOOK },
		{ "fstat64", KIND_LOOK },     { "fstatat64", KIND_LOOK },  { "mmap2", KIND_MAP },
		{ "getrlimit", KIND_LIMIT },  { "ugetrlimit", KIND_LIMIT }, { "rt_sigaction", KIND_SIGNAL },
		{ "set_tid_address", KIND_THREAD }, { "set_robust_list", KIND_THREAD },
		{ "set_thread_area", KIND_THREAD },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].kind;
	}
	return KIND_NONE;
}

static bool is_of_start(struct prog *p, const struct tr_syscall *c, const struct sc_row *row)
{
	switch (kind_of(row->name)) {
	case KIND_OPEN:
		return opens(p, c, row);
	case KIND_LOOK:
		return looks(p, c, row);
	case KIND_USE:
		return is_ours(p, c->args[0]);
	case KIND_CLOSE:
		return closes(p, c);
	case KIND_MAP:
		return maps(p, c);
	case KIND_UNMAP:
		return unmaps(p);
	case KIND_HEAP:
		return moves_heap(p, c);
	case KIND_THREAD:
	case KIND_PROTECT:
		return !p->loaded;
	case KIND_LIMIT:
		return !p->loaded && is_stack_limit(row, c);
	case KIND_RANDOM: /* a few bytes for malloc */
		return c->args[1] <= 16 && p->grown <= (p->loaded ? 0 : 1);
	case KIND_SIGNAL: /* the two signals that older libraries keep for threads */
		return c->args[0] == 32 || c->args[0] == 33;
	case KIND_NONE:
		break;
	}
	return false;
}

static bool is_exec(const struct sc_row *row)
{
	return row && strncmp(row->name, "execve", 6) == 0;
}

static bool hides_call(struct startup *s, const struct tr_syscall *c, bool counts, uint64_t *ret_hidden)
{
	const struct sc_row *row = sc_find(c->abi, c->nr);
	bool blocked = c->h.flags & TR_F_BLOCKED;
	struct prog *p = find(s, c->h.tgid), now;

	if (is_exec(row) && (blocked || c->ret == 0)) {
		if (blocked)
			return false;
		if (!p)
			begin(s, c->h.tgid);
		return false;
	}
	if (!p)
		return false;
	now = *p;
	if (row && c->h.tid == c->h.tgid && is_of_start(&now, c, row)) {
		if (blocked)
			return true;
		*p = now;
		p->hidden += counts;
		return true;
	}
	*ret_hidden = end(s, p);
	return false;
}

bool startup_hides(struct startup *s, const struct tr_hdr *rec, bool counts, uint64_t *ret_hidden)
{
	struct prog *p;

	*ret_hidden = 0;
	switch (rec->type) {
	case TR_SYSCALL:
		return hides_call(s, (const void *)rec, counts, ret_hidden);
	case TR_EXEC:
	case TR_EXIT:
		p = find(s, rec->tgid);
		if (p && (rec->type == TR_EXEC || rec->tid == rec->tgid))
			*ret_hidden = end(s, p);
		if (rec->type == TR_EXEC)
			begin(s, rec->tgid);
		return false;
	default:
		return false;
	}
}

uint64_t startup_rest(const struct startup *s)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < s->n; i++)
		sum += s->progs[i].hidden;
	return sum;
}

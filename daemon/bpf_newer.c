/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bpf_newer.c - see bpf_newer.h; and what sessions are told of such calls. The tracepoints cost every call of the
 * host some 50 ns as long as they are watched: they are let go as soon as nothing is to be learnt.
 */
#include "bpf_newer.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <core/newer.h>
#include "backend_bpf.h"
#include "compile.h"
#include "describe.h"
#include "newer.skel.h"

#define CALLS_MAX 32 /* names that are watched */
#define ASKED_MAX 1000 /* calls with a number after which it is clear that nobody knows it */
#define FORMAT_MAX 8192
#define PREFIX "sys_enter_"

struct newer_watch {
	const char *dir;
	struct newer_bpf *skel;
	struct bpf_link *links[CALLS_MAX];
	char names[CALLS_MAX][2 * TR_NEWER_NAME];
	unsigned int n;
};

/* Opened, not asked with access(2): that goes by the user, who is not root, and not by the capabilities. */
static const char *tracepoints(void)
{
	static const char *const dirs[] = {
		"/sys/kernel/tracing/events/syscalls",
		"/sys/kernel/debug/tracing/events/syscalls",
	};

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		DIR *dir = opendir(dirs[i]);

		if (!dir)
			continue;
		closedir(dir);
		return dirs[i];
	}
	return NULL;
}

static void watch_one(struct newer_watch *w, const char *name)
{
	LIBBPF_OPTS(bpf_tracepoint_opts, opts, .bpf_cookie = w->n + 1);
	char tracepoint[sizeof(PREFIX) + sizeof(w->names[0])];
	struct bpf_link *link;

	snprintf(w->names[w->n], sizeof(w->names[0]), "%s", name);
	snprintf(tracepoint, sizeof(tracepoint), PREFIX "%s", name);
	link = bpf_program__attach_tracepoint_opts(w->skel->progs.newer_call, "syscalls", tracepoint,
						   &opts);
	if (!libbpf_get_error(link))
		w->links[w->n++] = link;
}

static void watch_all(struct newer_watch *w, bool (*known)(const char *name))
{
	DIR *dir = opendir(w->dir);
	struct dirent *e;

	while (dir && w->n < CALLS_MAX && (e = readdir(dir))) {
		const char *name = e->d_name + strlen(PREFIX);

		if (!strncmp(e->d_name, PREFIX, strlen(PREFIX)) &&
		    strlen(name) < sizeof(w->names[0]) && !known(name))
			watch_one(w, name);
	}
	if (dir)
		closedir(dir);
}

struct newer_watch *newer_watch_new(bool (*known)(const char *name))
{
	struct newer_watch *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->dir = tracepoints();
	w->skel = w->dir ? newer_bpf__open_and_load() : NULL;
	if (w->skel)
		watch_all(w, known);
	if (w->n)
		return w;
	newer_watch_free(w);
	return NULL;
}

void newer_watch_free(struct newer_watch *w)
{
	if (!w)
		return;
	for (unsigned int i = 0; i < w->n; i++)
		bpf_link__destroy(w->links[i]);
	newer_bpf__destroy(w->skel);
	free(w);
}

static bool read_format(const struct newer_watch *w, const char *name, char *text)
{
	char path[256];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "%s/" PREFIX "%s/format", w->dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, FORMAT_MAX - 1);
		close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

bool newer_watch_find(struct newer_watch *w, uint32_t nr, struct described *d)
{
	uint32_t i = nr < TR_NR_MAX ? w->skel->bss->passed[nr] : 0;
	char format[FORMAT_MAX];
	struct btf *btf;

	if (!i || i > w->n || !read_format(w, w->names[i - 1], format))
		return false;
	btf = btf__load_vmlinux_btf();
	describe_call(d, w->names[i - 1], nr, format, btf);
	btf__free(btf);
	return true;
}

static bool in_table(const char *name)
{
	return sc_by_name(name);
}

static void learn(struct backend *b, uint32_t nr)
{
	struct bpf_newer *n = &b->newer;
	struct described d;

	if (n->asked[nr] > ASKED_MAX)
		return;
	if (!n->watch)
		n->watch = newer_watch_new(in_table);
	if (n->watch && newer_watch_find(n->watch, nr, &d)) {
		n->asked[nr] = ASKED_MAX;
		if (!newer_learn(n->known, &d.rec))
			compile_newer(b->cfg, n->known, nr);
	}
	if (n->watch && n->asked[nr]++ < ASKED_MAX)
		return;
	n->asked[nr] = ASKED_MAX + 1; /* nobody knows it, or everybody */
	newer_watch_free(n->watch); /* whoever still waits begins again */
	n->watch = NULL;
}

void bpf_newer_tell(struct backend *b, uint32_t nr, uint64_t sessions, uint64_t time_ns)
{
	const struct tr_newer *known = newer_record(b->newer.known, nr);
	struct described d;

	if (!known) {
		learn(b, nr);
		known = newer_record(b->newer.known, nr);
	}
	sessions &= ~b->newer.told[nr];
	if (!known || !sessions)
		return;
	b->newer.told[nr] |= sessions;
	memcpy(&d, known, known->h.len);
	d.rec.h.sessions = sessions;
	d.rec.h.time_ns = time_ns;
	b->sink.record(b->sink.ctx, &d.rec.h);
}

void bpf_newer_forget(struct backend *b, uint64_t sessions)
{
	for (unsigned int nr = 0; nr < TR_NR_MAX; nr++)
		b->newer.told[nr] &= ~sessions;
}

void bpf_newer_end(struct backend *b)
{
	newer_watch_free(b->newer.watch);
	b->newer.watch = NULL;
}

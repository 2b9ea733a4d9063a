/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* stack.c - see stack.h: with libdw of elfutils, if it was there when this was built. */
#include "stack.h"

#ifdef TRACER_LIBDW

#include <elfutils/libdwfl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <core/buf.h>
#include "procfs.h"

#define FUNCTION_MAX 4096

struct stack {
	Dwfl *dwfl;
	bool attached;
	struct buf maps; /* what dwfl knows of */
};

struct walk {
	stack_fn *fn;
	void *ctx;
	bool sources;
	unsigned int n;
};

bool stack_supported(void)
{
	return true;
}

/* The file as the process sees it, which may live in another root directory. */
static int find_elf(Dwfl_Module *mod, void **userdata, const char *name, Dwarf_Addr base,
		    char **file_name, Elf **elf)
{
	unsigned int tgid = (unsigned int)(uintptr_t)*userdata;
	int fd = tgid && name[0] == '/' ? procfs_open_file(tgid, name) : -1;

	if (fd < 0)
		return dwfl_linux_proc_find_elf(mod, userdata, name, base, file_name, elf);
	*file_name = strdup(name);
	return fd;
}

static int own(Dwfl_Module *mod, void **userdata, const char *name, Dwarf_Addr start, void *tgid)
{
	(void)mod, (void)name, (void)start;
	*userdata = tgid;
	return DWARF_CB_OK;
}

/* Tells dwfl of the memory map, if that has changed. */
static int report(struct stack *s, uint32_t tgid)
{
	struct buf maps = {};
	int r = procfs_maps(tgid, &maps);

	if (r || (maps.len == s->maps.len && !memcmp(maps.p, s->maps.p, maps.len))) {
		buf_done(&maps);
		return r;
	}
	buf_done(&s->maps);
	s->maps = maps;
	dwfl_report_begin(s->dwfl);
	r = dwfl_linux_proc_report(s->dwfl, (pid_t)tgid);
	dwfl_report_end(s->dwfl, NULL, NULL);
	dwfl_getmodules(s->dwfl, own, (void *)(uintptr_t)tgid, 0);
	return r;
}

static int prepare(struct stack *s, uint32_t tgid)
{
	static const Dwfl_Callbacks callbacks = {.find_elf = find_elf,
						 .find_debuginfo = dwfl_standard_find_debuginfo};
	int r;

	if (!s->dwfl)
		s->dwfl = dwfl_begin(&callbacks);
	if (!s->dwfl)
		return -1;
	r = report(s, tgid);
	if (r || s->attached)
		return r;
	r = dwfl_linux_proc_attach(s->dwfl, (pid_t)tgid, true);
	s->attached = !r;
	return r;
}

/* An address in memory as an offset in the file that is there. */
static uint64_t file_offset(Dwfl_Module *mod, Dwarf_Addr start, Dwarf_Addr pc)
{
	GElf_Addr bias = 0;
	Elf *elf = dwfl_module_getelf(mod, &bias);
	uint64_t addr = pc - bias;
	size_t n = 0;

	if (!elf || elf_getphdrnum(elf, &n))
		return pc - start;
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr ph;

		if (gelf_getphdr(elf, (int)i, &ph) && ph.p_type == PT_LOAD && addr >= ph.p_vaddr &&
		    addr - ph.p_vaddr < ph.p_memsz)
			return addr - ph.p_vaddr + ph.p_offset;
	}
	return pc - start;
}

/* A return address belongs to the call before it. */
static bool tell_frame(struct walk *w, Dwfl_Module *mod, Dwarf_Addr pc, bool returns)
{
	struct stack_frame f = {};
	char function[FUNCTION_MAX];
	Dwarf_Addr start = 0;
	GElf_Off offset = 0;
	const char *name;
	Dwfl_Line *line;
	GElf_Sym sym;
	int n = 0;

	f.file = dwfl_module_info(mod, NULL, &start, NULL, NULL, NULL, NULL, NULL);
	f.at = file_offset(mod, start, pc);
	if (f.file && !strncmp(f.file, "[vdso", 5)) /* without the number of the process */
		f.file = "[vdso]";
	name = dwfl_module_addrinfo(mod, pc - returns, &offset, &sym, NULL, NULL, NULL);
	if (name && *name) { /* without the version: write@@GLIBC_2.2.5 */
		snprintf(function, sizeof(function), "%.*s", (int)strcspn(name, "@"), name);
		f.function = function;
		f.offset = offset + returns;
	}
	line = w->sources ? dwfl_module_getsrc(mod, pc - returns) : NULL;
	if (line)
		f.source = dwfl_lineinfo(line, NULL, &n, NULL, NULL, NULL);
	f.line = (uint32_t)n;
	return w->fn(w->ctx, &f);
}

static int on_frame(Dwfl_Frame *frame, void *ctx)
{
	struct walk *w = ctx;
	bool activation = false;
	Dwfl_Module *mod;
	Dwarf_Addr pc;

	if (!dwfl_frame_pc(frame, &pc, &activation) || !pc)
		return DWARF_CB_ABORT;
	w->n++;
	mod = dwfl_addrmodule(dwfl_thread_dwfl(dwfl_frame_thread(frame)), pc - !activation);
	if (mod)
		return tell_frame(w, mod, pc, !activation) ? DWARF_CB_OK : DWARF_CB_ABORT;
	w->fn(w->ctx, &(struct stack_frame){.function = "unexpected_backtracing_error", .at = pc});
	return DWARF_CB_ABORT;
}

static bool tell_error(const struct walk *w, const char *what)
{
	return w->fn(w->ctx, &(struct stack_frame){.function = what});
}

void stack_walk(struct stack **s, uint32_t tgid, uint32_t tid, bool sources, stack_fn *fn, void *ctx)
{
	struct walk w = {fn, ctx, sources, 0};
	int r;

	if (!*s) {
		unsetenv("DEBUGINFOD_URLS"); /* no stack is worth asking the network for each file */
		*s = calloc(1, sizeof(**s));
	}
	if (!*s)
		return;
	r = prepare(*s, tgid);
	if (r) {
		tell_error(&w, r < 0 ? dwfl_errmsg(-1) : strerror(r));
		return;
	}
	/* Where nothing tells how a function was called, its callers are unknown. */
	if (dwfl_getthread_frames((*s)->dwfl, (pid_t)tid, on_frame, &w) < 0 && !w.n)
		tell_error(&w, dwfl_errmsg(-1));
}

void stack_free(struct stack *s)
{
	if (!s)
		return;
	dwfl_end(s->dwfl);
	buf_done(&s->maps);
	free(s);
}

#else

#include <stddef.h>

bool stack_supported(void)
{
	return false;
}

void stack_walk(struct stack **s, uint32_t tgid, uint32_t tid, bool sources, stack_fn *fn, void *ctx)
{
	(void)s, (void)tgid, (void)tid, (void)sources, (void)fn, (void)ctx;
}

void stack_free(struct stack *s)
{
	(void)s;
}

#endif

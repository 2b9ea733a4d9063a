/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * table.c - the rows of all system calls, and how they are found.
 *
 * Rows live at their id: the x86_64 number, or SC_ID_OTHER and up. Lookups by number are one or two
 * array reads; lookups by name walk the table.
 */
#include <core/table.h>
#include <core/abi_nr.h>
#include <core/compat.h>

#include <string.h>

/* Rows name only the members that they set. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#include "consts_common.def"
#include "consts_file.def"
#include "consts_mem.def"
#include "consts_net.def"
#include "consts_proc.def"
#include "consts_prctl.def"
#include "consts_bpf.def"
#include "consts_ipc.def"
#include "consts_time.def"
#include "consts_other.def"
#include "says.def"
#include "abi_aarch64_refs.def"

static const struct sc_row rows[SC_ID_MAX] = {
#include "table_file.def"
#include "table_mem.def"
#include "table_net.def"
#include "table_proc.def"
#include "table_ipc.def"
#include "table_time.def"
#include "table_other.def"
};

const struct sc_class sc_classes[] = {
	{ "file", SC_FILE },
	{ "desc", SC_DESC },
	{ "memory", SC_MEMORY },
	{ "network", SC_NETWORK },
	{ "net", SC_NETWORK },
	{ "signal", SC_SIGNAL },
	{ "process", SC_PROCESS },
	{ "ipc", SC_IPC },
	{ "creds", SC_CREDS },
	{ "clock", SC_CLOCK },
	{ "stat", SC_STAT },
	{ "lstat", SC_LSTAT },
	{ "fstat", SC_FSTAT },
	{ "%stat", SC_STAT | SC_LSTAT | SC_FSTAT },
	{ "statfs", SC_STATFS },
	{ "fstatfs", SC_FSTATFS },
	{ "%statfs", SC_STATFS | SC_FSTATFS | SC_STATFS_ANY },
	{ "pure", SC_PURE },
	{ NULL, 0 },
};

const void *sc_abi_ref(unsigned int abi, const void *ref)
{
	if (abi != TR_ABI_AARCH64)
		return ref;
	for (size_t i = 0; i < sizeof(aarch64_refs) / sizeof(aarch64_refs[0]); i++) {
		if (aarch64_refs[i].of_table == ref)
			return aarch64_refs[i].of_aarch64;
	}
	return ref;
}

const struct sc_row *sc_by_id(unsigned int id)
{
	return id < SC_ID_MAX && rows[id].name ? &rows[id] : NULL;
}

const struct sc_row *sc_find(unsigned int abi, uint64_t nr)
{
	if (nr >= TR_NR_MAX)
		return NULL;
	if (abi == TR_ABI_X86_64)
		return sc_by_id((unsigned int)nr);
	return sc_by_id(abi_nr_id(abi, (unsigned int)nr));
}

unsigned int sc_id(const struct sc_row *row)
{
	return (unsigned int)(row - rows);
}

int sc_nr(const struct sc_row *row, unsigned int abi)
{
	unsigned int id = sc_id(row);

	if (abi == TR_ABI_X86_64)
		return id < SC_ID_OTHER ? (int)id : -1;
	for (unsigned int nr = 0; nr < TR_NR_MAX; nr++) {
		if (abi_nr_id(abi, nr) == id)
			return (int)nr;
	}
	return -1;
}

const struct sc_row *sc_by_name(const char *name)
{
	for (unsigned int id = 0; id < SC_ID_MAX; id++) {
		if (rows[id].name && strcmp(rows[id].name, name) == 0)
			return &rows[id];
	}
	return NULL;
}

const char *sc_abi_name(unsigned int abi)
{
	static const char *const names[TR_ABI_MAX] = {
		[TR_ABI_X86_64] = "x86_64",
		[TR_ABI_I386] = "i386",
		[TR_ABI_AARCH64] = "aarch64",
	};

	return abi < TR_ABI_MAX ? names[abi] : "unknown";
}

int sc_is_error(const struct sc_row *row, int64_t ret)
{
	if (ret >= 0 || ret < -4095)
		return 0;
	return !row || !(row->effects & SC_FX_NO_ERROR);
}

#define NAME_LEN_MAX 40 /* longer than every call's name */

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

/* Edits (insert, delete, replace, swap of neighbours) that make b of a. */
static unsigned int distance(const char *a, size_t alen, const char *b, size_t blen)
{
	unsigned int d[NAME_LEN_MAX + 1][NAME_LEN_MAX + 1];

	for (size_t i = 0; i <= alen; i++)
		d[i][0] = (unsigned int)i;
	for (size_t j = 0; j <= blen; j++)
		d[0][j] = (unsigned int)j;
	for (size_t i = 1; i <= alen; i++) {
		for (size_t j = 1; j <= blen; j++) {
			unsigned int swap;

			d[i][j] = min3(d[i - 1][j] + 1, d[i][j - 1] + 1,
				       d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i < 2 || j < 2 || a[i - 1] != b[j - 2] || a[i - 2] != b[j - 1])
				continue;
			swap = d[i - 2][j - 2] + 1;
			if (swap < d[i][j])
				d[i][j] = swap;
		}
	}
	return d[alen][blen];
}

const struct sc_row *sc_nearest(const char *name)
{
	const struct sc_row *best = NULL;
	size_t len = strlen(name);
	unsigned int limit = len < 4 ? 1 : len < 8 ? 2 : 3;

	if (!len || len > NAME_LEN_MAX)
		return NULL;
	for (unsigned int id = 0; id < SC_ID_MAX && limit; id++) {
		size_t row_len = rows[id].name ? strlen(rows[id].name) : 0;
		unsigned int d;

		if (!row_len || row_len > NAME_LEN_MAX)
			continue;
		d = distance(name, len, rows[id].name, row_len);
		if (d < limit || (d == limit && !best)) {
			best = &rows[id];
			limit = d;
		}
	}
	return best;
}

const struct sc_flags *sc_netlink_protocols(void)
{
	return &fl_netlink_proto;
}

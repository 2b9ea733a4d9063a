/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * table.c - the rows of all system calls and how they are found.
 *
 * Rows live at their id: the x86_64 number, or SC_ID_OTHER and up. Lookups by number are one or two
 * array reads; lookups by name walk the table.
 */
#include <core/table.h>
#include <core/abi_nr.h>

#include <string.h>

/* Rows name only the members that they set. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#include "consts_common.def"
#include "consts_file.def"
#include "consts_mem.def"
#include "consts_net.def"
#include "consts_proc.def"
#include "consts_ipc.def"
#include "consts_time.def"

static const struct sc_row rows[SC_ID_MAX] = {
#include "table_file.def"
#include "table_mem.def"
#include "table_net.def"
#include "table_proc.def"
#include "table_ipc.def"
#include "table_time.def"
};

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

int sc_nr(const struct sc_row *row, unsigned int abi)
{
	unsigned int id = (unsigned int)(row - rows);

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

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * abi_nr.c - one array for each ABI, indexed by the call's number. An entry is the row's id plus
 * one, so that the numbers that an ABI does not use are 0.
 */
#include <core/abi_nr.h>
#include <core/table.h>

#define ID(id) ((id) + 1)

static const uint16_t i386_ids[TR_NR_MAX] = {
#include "abi_i386.def"
};

static const uint16_t aarch64_ids[TR_NR_MAX] = {
#include "abi_aarch64.def"
};

unsigned int abi_nr_id(unsigned int abi, unsigned int nr)
{
	uint16_t entry = 0;

	if (abi == TR_ABI_I386)
		entry = i386_ids[nr];
	else if (abi == TR_ABI_AARCH64)
		entry = aarch64_ids[nr];
	return entry ? entry - 1u : SC_ID_MAX;
}

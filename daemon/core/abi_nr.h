/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * abi_nr.h - system call numbers of the ABIs other than x86_64, as ids of the table's rows.
 */
#ifndef CORE_ABI_NR_H
#define CORE_ABI_NR_H

/* The id of call nr (below TR_NR_MAX); SC_ID_MAX if the ABI has no such call. */
unsigned int abi_nr_id(unsigned int abi, unsigned int nr);

#endif

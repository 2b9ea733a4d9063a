/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bpf_why.h - why the BPF programs could not be loaded: what this kernel lacks, or forbids.
 */
#ifndef BPF_WHY_H
#define BPF_WHY_H

/* A sentence without a full stop for the error r of loading, into why (BACKEND_WHY_LEN bytes). */
void bpf_why(char *why, int r);

/* 0, or -ENODEV with a sentence where the programs would load but mean other processes than we. */
int bpf_check(char *why);

#endif

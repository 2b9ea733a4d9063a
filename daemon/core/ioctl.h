/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ioctl.h - ioctl requests: what they are called and what their argument is. Drivers share numbers;
 * what the descriptor is decides between them.
 */
#ifndef CORE_IOCTL_H
#define CORE_IOCTL_H

#include <stdbool.h>
#include <core/buf.h>
#include <core/table.h>

/* What is known of the descriptor that a request goes to. */
struct ioctl_fd {
	uint8_t kind; /* enum tr_fd_kind */
	uint16_t family; /* AF_*, of a socket */
	uint32_t mode; /* st_mode, 0: unknown */
	const char *path; /* or the name of an anonymous file; NULL: none */
	size_t path_len;
};

/*
 * Appends the request's name; of several those of the descriptor's driver, or all of them, with "or"
 * between, where fd is NULL or does not decide. One without a name: _IOC(_IOC_READ, 0x12, 0x34, 0x10).
 */
void ioctl_put_name(struct buf *out, uint32_t request, const struct ioctl_fd *fd);

/* The request's third argument; type T_NONE: it takes none. NULL: unknown. */
const struct sc_arg *ioctl_arg(uint32_t request, const struct ioctl_fd *fd);

/* How the result of a request with that argument is shown: enum sc_ret, and its names. */
unsigned int ioctl_ret(const struct sc_arg *arg, const struct sc_flags **ret_flags);

/* Row i of the two tables, by rising request; NULL past the last. */
const char *ioctl_name_at(size_t i, uint32_t *ret_request);
const struct sc_arg *ioctl_arg_at(size_t i, uint32_t *ret_request);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * netlink.h - what netlink messages are called and made of, by the protocol of their socket.
 */
#ifndef CORE_NETLINK_H
#define CORE_NETLINK_H

#include <stdbool.h>
#include <core/table.h>

enum netlink_protocol {
	NL_ROUTE = 0,
	NL_SOCK_DIAG = 4,
	NL_XFRM = 6,
	NL_AUDIT = 9,
	NL_NETFILTER = 12,
	NL_KOBJECT_UEVENT = 15,
	NL_GENERIC = 16,
};

/*
 * A kind of message: its fixed part, and its attributes as fields: `off` is an attribute's type, and of the
 * types T_INLINE means attributes in it (NULL ref: of unknown names), T_IN6_ADDR an address by its length, T_BYTES
 * anything. attrs' name is that of an attribute that is missing: "IFLA_???".
 */
struct netlink_kind {
	const struct sc_struct *body;  /* NULL: none */
	const struct sc_struct *attrs; /* NULL: unknown */
};

struct netlink_head {
	uint32_t len;
	uint16_t type, flags;
	uint32_t seq, pid;
};

const struct sc_flags *netlink_types(unsigned int protocol);
const struct sc_flags *netlink_flags(unsigned int protocol, unsigned int type);

/* family: the first byte of the payload. False: nothing is known of such messages. */
bool netlink_kind(struct netlink_kind *kind, unsigned int protocol, const struct netlink_head *head,
		  unsigned int family);

#endif

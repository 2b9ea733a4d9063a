/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * netlink.c - which of the tables of netlink a message is told by.
 */
#include <core/netlink.h>

/* Rows name only the members that they set. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#include "netlink_structs.def"

const struct sc_flags *netlink_types(unsigned int protocol)
{
	switch (protocol) {
	case NL_ROUTE:
		return &fl_rtm;
	case NL_SOCK_DIAG:
		return &fl_sockdiag;
	case NL_XFRM:
		return &fl_xfrm;
	case NL_AUDIT:
		return &fl_audit;
	case NL_NETFILTER:
		return &fl_nfnl;
	case NL_GENERIC:
		return &fl_genl;
	default:
		return &fl_nlmsg;
	}
}

const struct sc_flags *netlink_flags(unsigned int protocol, unsigned int type)
{
	if (type == 2) /* NLMSG_ERROR */
		return &fl_nl_ack;
	if (type < 16)
		return &fl_nl_other;
	if (protocol == NL_SOCK_DIAG || protocol == NL_GENERIC)
		return &fl_nl_get;
	if (protocol != NL_ROUTE)
		return protocol == NL_NETFILTER ? &fl_nl_get : &fl_nl_other;
	switch (type & 3) { /* they come in fours: new, delete, get, set */
	case 1:
		return &fl_nl_del;
	case 2:
		return &fl_nl_get;
	default:
		return &fl_nl_new;
	}
}

/* By the type of a message of NETLINK_ROUTE, four by four. */
static const struct netlink_kind route_kinds[] = {
	[0] = { &st_ifinfomsg, &at_ifla },   [1] = { &st_ifaddrmsg, &at_ifa },
	[2] = { &st_rtmsg, &at_rta },	     [3] = { &st_ndmsg, &at_nda },
	[4] = { &st_rulemsg, &at_fra },	     [5] = { &st_tcmsg, &at_tca },
	[6] = { &st_tcmsg, &at_tca },	     [7] = { &st_tcmsg, &at_tca },
	[16] = { &st_rtgenmsg, &at_netconf }, [18] = { &st_rtgenmsg, &at_nsid },
	[21] = { &st_tcmsg, &at_tca },	     [22] = { &st_nhmsg, &at_nha },
	[23] = { &st_ifinfomsg, &at_ifla },
};

static bool diag_kind(struct netlink_kind *kind, bool request, unsigned int family)
{
	switch (family) {
	case 1:
		*kind = request ? (struct netlink_kind){ &st_unix_req, NULL } :
				  (struct netlink_kind){ &st_unix_msg, &at_udiag };
		break;
	case 2:
		*kind = request ? (struct netlink_kind){ &st_diag_req4, &at_diagreq } :
				  (struct netlink_kind){ &st_diag_msg4, &at_diag };
		break;
	case 10:
		*kind = request ? (struct netlink_kind){ &st_diag_req6, &at_diagreq } :
				  (struct netlink_kind){ &st_diag_msg6, &at_diag };
		break;
	default:
		return false;
	}
	return true;
}

bool netlink_kind(struct netlink_kind *kind, unsigned int protocol, const struct netlink_head *head,
		  unsigned int family)
{
	unsigned int group = (head->type - 16u) / 4;

	if (head->type < 16)
		return false;
	switch (protocol) {
	case NL_ROUTE:
		if (group >= sizeof(route_kinds) / sizeof(route_kinds[0]) || !route_kinds[group].body)
			return false;
		*kind = route_kinds[group];
		return true;
	case NL_SOCK_DIAG:
		return diag_kind(kind, head->flags & 1, family);
	case NL_GENERIC:
		*kind = head->type == 16 ? (struct netlink_kind){ &st_genlctrl, &at_ctrl } :
					   (struct netlink_kind){ &st_genlmsghdr, NULL };
		return true;
	case NL_NETFILTER:
		*kind = (struct netlink_kind){ &st_nfgenmsg, NULL };
		return true;
	default:
		return false;
	}
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sockopt.c - what the options of sockets are called and what their values are, and the names
 * that addresses and messages share with the rows of the network calls.
 */
#include <core/table.h>

/* Rows name only the members that they set. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

/* x86_64 numbers: the ids of the rows that name the sets */
#define ID_SOCKET 41
#define ID_SENDTO 44
#define ID_SETSOCKOPT 54

enum { SOL_IP = 0, SOL_SOCKET = 1, SOL_TCP = 6, SOL_IPV6 = 41, SOL_PACKET = 263 };

/* clang-format off */
#define END { NULL, 0, 0, T_NONE, 0, 0, NULL }
#define FIELD(name, off, size, type) { name, off, size, type, 0, 0, NULL }
#define MORE(name, off, size, type) { name, off, size, type, 1, 0, NULL }

static const struct sc_struct st_linger = { "linger", 8, (const struct sc_field[]){
	FIELD("l_onoff", 0, 4, T_INT), FIELD("l_linger", 4, 4, T_INT), END,
}, .own_size = SC_SIZE_GIVEN };

static const struct sc_struct st_ucred = { "ucred", 12, (const struct sc_field[]){
	FIELD("pid", 0, 4, T_PID), FIELD("uid", 4, 4, T_UID), FIELD("gid", 8, 4, T_GID), END,
}, .own_size = SC_SIZE_GIVEN };

static const struct sc_struct st_timeval = { "timeval", 16, (const struct sc_field[]){
	FIELD("tv_sec", 0, 8, T_LONG), FIELD("tv_usec", 8, 8, T_LONG), END,
} };

static const struct sc_struct st_filter = { "sock_filter", 8, (const struct sc_field[]){
	FIELD("code", 0, 2, T_HEX), FIELD("jt", 2, 1, T_UINT), FIELD("jf", 3, 1, T_UINT),
	FIELD("k", 4, 4, T_HEX), END,
} };

static const struct sc_struct st_fprog = { "sock_fprog", 16, (const struct sc_field[]){
	FIELD("len", 0, 2, T_UINT), { "filter", 8, 8, T_PARRAY, 4, 0, &st_filter }, END,
} };

static const struct sc_flags fl_txrehash = { "%SOCK_TXREHASH_???", (const struct sc_flag[]){
	{ "SOCK_TXREHASH_DISABLED", 0, 0 }, { "SOCK_TXREHASH_ENABLED", 1, 0 }, { "SOCK_TXREHASH_DEFAULT", 255, 0 },
	{ NULL, 0, 0 },
} };

static const struct sc_struct st_txtime = { "sock_txtime", 8, (const struct sc_field[]){
	FIELD("clockid", 0, 4, T_INT), FIELD("flags", 4, 4, T_HEX), END,
} };

static const struct sc_struct st_ip_mreqn = { "ip_mreqn", 12, (const struct sc_field[]){
	FIELD("imr_multiaddr", 0, 4, T_IN_ADDR), FIELD("imr_interface", 4, 4, T_IN_ADDR),
	{ "imr_ifindex", 8, 4, T_IFINDEX, 8, 0, NULL }, END,
} };

static const struct sc_struct st_ip_mreq_source = { "ip_mreq_source", 12, (const struct sc_field[]){
	FIELD("imr_multiaddr", 0, 4, T_IN_ADDR), FIELD("imr_interface", 4, 4, T_IN_ADDR),
	FIELD("imr_sourceaddr", 8, 4, T_IN_ADDR), END,
} };

static const struct sc_struct st_group_req = { "group_req", 136, (const struct sc_field[]){
	FIELD("gr_interface", 0, 4, T_IFINDEX), FIELD("gr_group", 8, 128, T_SOCKADDR), END,
} };

static const struct sc_struct st_ipv6_mreq = { "ipv6_mreq", 20, (const struct sc_field[]){
	FIELD("ipv6mr_multiaddr", 0, 16, T_IN6_ADDR), FIELD("ipv6mr_interface", 16, 4, T_IFINDEX), END,
} };

static const struct sc_flags fl_packet_mr = { "PACKET_MR_???", (const struct sc_flag[]){
	{ "PACKET_MR_MULTICAST", 0, 0 }, { "PACKET_MR_PROMISC", 1, 0 }, { "PACKET_MR_ALLMULTI", 2, 0 },
	{ "PACKET_MR_UNICAST", 3, 0 }, { NULL, 0, 0 },
} };

static const struct sc_struct st_packet_mreq = { "packet_mreq", 16, (const struct sc_field[]){
	FIELD("mr_ifindex", 0, 4, T_IFINDEX), { "mr_type", 4, 2, T_ENUM, 0, 0, &fl_packet_mr },
	FIELD("mr_alen", 6, 2, T_UINT), FIELD("mr_address", 8, 6, T_MAC), END,
} };

static const struct sc_struct st_tpacket_stats = { "tpacket_stats", 8, (const struct sc_field[]){
	FIELD("tp_packets", 0, 4, T_UINT), FIELD("tp_drops", 4, 4, T_UINT), END,
}, .own_size = SC_SIZE_GIVEN };

static const struct sc_struct st_tpacket_req = { "tpacket_req", 16, (const struct sc_field[]){
	FIELD("tp_block_size", 0, 4, T_UINT), FIELD("tp_block_nr", 4, 4, T_UINT),
	FIELD("tp_frame_size", 8, 4, T_UINT), FIELD("tp_frame_nr", 12, 4, T_UINT), END,
} };

static const struct sc_flags fl_tcp_state = { "TCP_???", (const struct sc_flag[]){
	{ "TCP_ESTABLISHED", 1, 0 }, { "TCP_SYN_SENT", 2, 0 }, { "TCP_SYN_RECV", 3, 0 },
	{ "TCP_FIN_WAIT1", 4, 0 }, { "TCP_FIN_WAIT2", 5, 0 }, { "TCP_TIME_WAIT", 6, 0 },
	{ "TCP_CLOSE", 7, 0 }, { "TCP_CLOSE_WAIT", 8, 0 }, { "TCP_LAST_ACK", 9, 0 },
	{ "TCP_LISTEN", 10, 0 }, { "TCP_CLOSING", 11, 0 }, { "TCP_NEW_SYN_RECV", 12, 0 },
	{ NULL, 0, 0 },
} };

static const struct sc_struct st_tcp_info = { "tcp_info", 104, (const struct sc_field[]){
	{ "tcpi_state", 0, 1, T_ENUM, 0, 0, &fl_tcp_state },
	FIELD("tcpi_retransmits", 2, 1, T_UINT), FIELD("tcpi_unacked", 24, 4, T_UINT),
	FIELD("tcpi_lost", 32, 4, T_UINT), FIELD("tcpi_rtt", 68, 4, T_UINT),
	FIELD("tcpi_rttvar", 72, 4, T_UINT), FIELD("tcpi_snd_cwnd", 80, 4, T_UINT),
	FIELD("tcpi_total_retrans", 100, 4, T_UINT),
	MORE("tcpi_ca_state", 1, 1, T_UINT), MORE("tcpi_rto", 8, 4, T_UINT),
	MORE("tcpi_ato", 12, 4, T_UINT), MORE("tcpi_snd_mss", 16, 4, T_UINT),
	MORE("tcpi_rcv_mss", 20, 4, T_UINT), MORE("tcpi_sacked", 28, 4, T_UINT),
	MORE("tcpi_retrans", 36, 4, T_UINT), MORE("tcpi_last_data_sent", 44, 4, T_UINT),
	MORE("tcpi_last_data_recv", 52, 4, T_UINT), MORE("tcpi_pmtu", 60, 4, T_UINT),
	MORE("tcpi_advmss", 88, 4, T_UINT), MORE("tcpi_rcv_space", 96, 4, T_UINT), END,
} };

/* Options whose value is not an int. */
static const struct option {
	uint16_t level, name;
	struct sc_arg value;
} options[] = {
#define STRUCT(level, name, st) { level, name, { "optval", T_STRUCT, 0, 0, 0, 0, 0, &(st), 0 } }
#define STRING(level, name) { level, name, { "optval", T_STR, 0, 0, 0, 0, 0, NULL, 0 } }
#define NUMBER(level, name, type, size) \
	{ level, name, { "optval", T_VALUE, 0, 0, type, size, 0, NULL, 0 } }
	NUMBER(SOL_SOCKET, 4, T_ERRNO, 4),	/* SO_ERROR */
	STRUCT(SOL_SOCKET, 13, st_linger),	/* SO_LINGER */
	STRUCT(SOL_SOCKET, 17, st_ucred),	/* SO_PEERCRED */
	STRUCT(SOL_SOCKET, 20, st_timeval),	/* SO_RCVTIMEO_OLD */
	STRUCT(SOL_SOCKET, 21, st_timeval),	/* SO_SNDTIMEO_OLD */
	STRUCT(SOL_SOCKET, 66, st_timeval),	/* SO_RCVTIMEO_NEW */
	STRUCT(SOL_SOCKET, 67, st_timeval),	/* SO_SNDTIMEO_NEW */
	STRING(SOL_SOCKET, 25),			/* SO_BINDTODEVICE */
	STRUCT(SOL_SOCKET, 26, st_fprog),	/* SO_ATTACH_FILTER */
	STRUCT(SOL_SOCKET, 51, st_fprog),	/* SO_ATTACH_REUSEPORT_CBPF */
	NUMBER(SOL_SOCKET, 50, T_FD, 4),	/* SO_ATTACH_BPF */
	NUMBER(SOL_SOCKET, 52, T_FD, 4),	/* SO_ATTACH_REUSEPORT_EBPF */
	STRING(SOL_SOCKET, 31),			/* SO_PEERSEC */
	NUMBER(SOL_SOCKET, 57, T_HEX, 8),	/* SO_COOKIE */
	{ SOL_SOCKET, 74, { "optval", T_VALUE, 0, 0, T_ENUM, 4, 0, &fl_txrehash, 0 } }, /* SO_TXREHASH */
	STRUCT(SOL_SOCKET, 61, st_txtime),	/* SO_TXTIME */
	NUMBER(SOL_SOCKET, 71, T_HEX, 8),	/* SO_NETNS_COOKIE */
	NUMBER(SOL_SOCKET, 77, T_FD, 4),	/* SO_PEERPIDFD */
	STRUCT(SOL_IP, 32, st_ip_mreqn),	/* IP_MULTICAST_IF */
	STRUCT(SOL_IP, 35, st_ip_mreqn),	/* IP_ADD_MEMBERSHIP */
	STRUCT(SOL_IP, 36, st_ip_mreqn),	/* IP_DROP_MEMBERSHIP */
	STRUCT(SOL_IP, 37, st_ip_mreq_source),	/* IP_UNBLOCK_SOURCE */
	STRUCT(SOL_IP, 38, st_ip_mreq_source),	/* IP_BLOCK_SOURCE */
	STRUCT(SOL_IP, 39, st_ip_mreq_source),	/* IP_ADD_SOURCE_MEMBERSHIP */
	STRUCT(SOL_IP, 40, st_ip_mreq_source),	/* IP_DROP_SOURCE_MEMBERSHIP */
	STRUCT(SOL_IP, 42, st_group_req),	/* MCAST_JOIN_GROUP */
	STRUCT(SOL_IP, 45, st_group_req),	/* MCAST_LEAVE_GROUP */
	STRUCT(SOL_IPV6, 42, st_group_req),
	STRUCT(SOL_IPV6, 45, st_group_req),
	STRUCT(SOL_IPV6, 20, st_ipv6_mreq),	/* IPV6_ADD_MEMBERSHIP */
	STRUCT(SOL_IPV6, 21, st_ipv6_mreq),	/* IPV6_DROP_MEMBERSHIP */
	STRUCT(SOL_IPV6, 27, st_ipv6_mreq),	/* IPV6_JOIN_ANYCAST */
	STRUCT(SOL_IPV6, 28, st_ipv6_mreq),	/* IPV6_LEAVE_ANYCAST */
	STRUCT(SOL_TCP, 11, st_tcp_info),	/* TCP_INFO */
	STRING(SOL_TCP, 13),			/* TCP_CONGESTION */
	STRING(SOL_TCP, 31),			/* TCP_ULP */
	STRUCT(SOL_PACKET, 1, st_packet_mreq),	/* PACKET_ADD_MEMBERSHIP */
	STRUCT(SOL_PACKET, 2, st_packet_mreq),	/* PACKET_DROP_MEMBERSHIP */
	STRUCT(SOL_PACKET, 5, st_tpacket_req),	/* PACKET_RX_RING */
	STRUCT(SOL_PACKET, 6, st_tpacket_stats), /* PACKET_STATISTICS */
	STRUCT(SOL_PACKET, 13, st_tpacket_req),	/* PACKET_TX_RING */
#undef STRUCT
#undef STRING
#undef NUMBER
};
/* clang-format on */

static const struct sc_flags *set_of(unsigned int id, unsigned int arg)
{
	const struct sc_row *row = sc_by_id(id);

	return row ? row->args[arg].ref : NULL;
}

const struct sc_flags *sc_address_families(void)
{
	return set_of(ID_SOCKET, 0);
}

const struct sc_flags *sc_message_flags(void)
{
	return set_of(ID_SENDTO, 3);
}

const struct sc_flags *sc_sockopt_levels(void)
{
	return set_of(ID_SETSOCKOPT, 1);
}

const struct sc_flags *sc_sockopt_names(unsigned int level)
{
	const struct sc_row *row = sc_by_id(ID_SETSOCKOPT);
	const struct sc_sub *sub = row ? row->args[2].ref : NULL;

	for (const struct sc_sub_row *r = sub ? sub->rows : NULL; r && r->arg.name; r++) {
		if (r->value == level)
			return r->arg.ref;
	}
	return NULL;
}

const struct sc_arg *sc_sockopt_value(unsigned int level, unsigned int name)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (options[i].level == level && options[i].name == name)
			return &options[i].value;
	}
	return NULL;
}

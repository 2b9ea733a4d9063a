/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sockaddr.c - socket addresses of the families that are no internet, Unix or netlink ones, as structs.
 */
#include <core/table.h>

/* Rows name only the members that they set. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

/* clang-format off */
/* in network order, as they lie in memory */
static const struct sc_flags fl_eth = { "^ETH_P_???", (const struct sc_flag[]){
	{ "ETH_P_ALL", 0x300 }, { "ETH_P_802_3", 0x100 },
	{ "ETH_P_AX25", 0x200 }, { "ETH_P_802_2", 0x400 },
	{ "ETH_P_SNAP", 0x500 }, { "ETH_P_LOCALTALK", 0x900 },
	{ "ETH_P_CAN", 0xc00 }, { "ETH_P_CANFD", 0xd00 },
	{ "ETH_P_LOOP", 0x6000 }, { "ETH_P_IP", 0x8 },
	{ "ETH_P_X25", 0x508 }, { "ETH_P_ARP", 0x608 },
	{ "ETH_P_RARP", 0x3580 }, { "ETH_P_ATALK", 0x9b80 },
	{ "ETH_P_AARP", 0xf380 }, { "ETH_P_8021Q", 0x81 },
	{ "ETH_P_IPX", 0x3781 }, { "ETH_P_IPV6", 0xdd86 },
	{ "ETH_P_PAUSE", 0x888 }, { "ETH_P_SLOW", 0x988 },
	{ "ETH_P_MPLS_UC", 0x4788 }, { "ETH_P_MPLS_MC", 0x4888 },
	{ "ETH_P_PPP_DISC", 0x6388 }, { "ETH_P_PPP_SES", 0x6488 },
	{ "ETH_P_PAE", 0x8e88 }, { "ETH_P_AOE", 0xa288 },
	{ "ETH_P_8021AD", 0xa888 }, { "ETH_P_LLDP", 0xcc88 },
	{ "ETH_P_MACSEC", 0xe588 }, { "ETH_P_1588", 0xf788 },
	{ "ETH_P_FCOE", 0x689 }, { "ETH_P_FIP", 0x1489 },
	{ "ETH_P_LOOPBACK", 0x90 }, { "ETH_P_NSH", 0x4f89 },
	{ "ETH_P_BATMAN", 0x543 },
	{ "htons(0)", 0 }, { 0 }
} };

static const struct sc_flags fl_hardware = { "ARPHRD_???", (const struct sc_flag[]){
	{ "ARPHRD_NETROM", 0 }, { "ARPHRD_ETHER", 1 }, { "ARPHRD_AX25", 3 }, { "ARPHRD_IEEE802", 6 },
	{ "ARPHRD_INFINIBAND", 32 }, { "ARPHRD_CAN", 280 }, { "ARPHRD_MCTP", 290 },
	{ "ARPHRD_PPP", 512 }, { "ARPHRD_HDLC", 513 }, { "ARPHRD_RAWIP", 519 },
	{ "ARPHRD_TUNNEL", 768 }, { "ARPHRD_TUNNEL6", 769 }, { "ARPHRD_LOOPBACK", 772 },
	{ "ARPHRD_SIT", 776 }, { "ARPHRD_IPGRE", 778 }, { "ARPHRD_IEEE80211", 801 },
	{ "ARPHRD_IEEE80211_RADIOTAP", 803 }, { "ARPHRD_NETLINK", 824 }, { "ARPHRD_VSOCKMON", 826 },
	{ "ARPHRD_VOID", 0xffff }, { "ARPHRD_NONE", 0xfffe }, { 0 }
} };

static const struct sc_flags fl_packet = { "PACKET_???", (const struct sc_flag[]){
	{ "PACKET_HOST", 0 }, { "PACKET_BROADCAST", 1 }, { "PACKET_MULTICAST", 2 },
	{ "PACKET_OTHERHOST", 3 }, { "PACKET_OUTGOING", 4 }, { "PACKET_LOOPBACK", 5 },
	{ "PACKET_USER", 6 }, { "PACKET_KERNEL", 7 }, { 0 }
} };

static const struct sc_flags fl_cid = { NULL, (const struct sc_flag[]){
	{ "VMADDR_CID_HYPERVISOR", 0 }, { "VMADDR_CID_LOCAL", 1 }, { "VMADDR_CID_HOST", 2 },
	{ "VMADDR_CID_ANY", 0xffffffff }, { 0 }
} };

static const struct sc_flags fl_vsock_port = { NULL, (const struct sc_flag[]){
	{ "VMADDR_PORT_ANY", 0xffffffff }, { 0 }
} };

static const struct sc_flags fl_vsock = { "VMADDR_???", (const struct sc_flag[]){
	{ "VMADDR_FLAG_TO_HOST", 1 }, { 0 }
} };

static const struct sc_flags fl_xdp = { "XDP_???", (const struct sc_flag[]){
	{ "XDP_SHARED_UMEM", 1 }, { "XDP_COPY", 2 }, { "XDP_ZEROCOPY", 4 },
	{ "XDP_USE_NEED_WAKEUP", 8 }, { "XDP_USE_SG", 16 }, { 0 }
} };

static const struct sc_flags fl_tipc = { "TIPC_???", (const struct sc_flag[]){
	{ "TIPC_SERVICE_RANGE", 1 }, { "TIPC_SERVICE_ADDR", 2 }, { "TIPC_SOCKET_ADDR", 3 }, { 0 }
} };

static const struct sc_flags fl_tipc_scope = { "TIPC_???", (const struct sc_flag[]){
	{ "TIPC_ZONE_SCOPE", 1 }, { "TIPC_CLUSTER_SCOPE", 2 }, { "TIPC_NODE_SCOPE", 3 }, { 0 }
} };

static const struct sc_flags fl_hci = { "HCI_CHANNEL_???", (const struct sc_flag[]){
	{ "HCI_CHANNEL_RAW", 0 }, { "HCI_CHANNEL_USER", 1 }, { "HCI_CHANNEL_MONITOR", 2 },
	{ "HCI_CHANNEL_CONTROL", 3 }, { "HCI_CHANNEL_LOGGING", 4 }, { 0 }
} };

static const struct sc_flags fl_bdaddr = { "BDADDR_???", (const struct sc_flag[]){
	{ "BDADDR_BREDR", 0 }, { "BDADDR_LE_PUBLIC", 1 }, { "BDADDR_LE_RANDOM", 2 }, { 0 }
} };

static const struct sc_flags fl_nfc = { "NFC_PROTO_???", (const struct sc_flag[]){
	{ "NFC_PROTO_JEWEL", 1 }, { "NFC_PROTO_MIFARE", 2 }, { "NFC_PROTO_FELICA", 3 },
	{ "NFC_PROTO_ISO14443", 4 }, { "NFC_PROTO_NFC_DEP", 5 }, { "NFC_PROTO_ISO14443_B", 6 },
	{ "NFC_PROTO_ISO15693", 7 }, { 0 }
} };

static const struct sc_flags fl_sock_type = { "SOCK_???", (const struct sc_flag[]){
	{ "SOCK_STREAM", 1 }, { "SOCK_DGRAM", 2 }, { "SOCK_RAW", 3 }, { "SOCK_RDM", 4 },
	{ "SOCK_SEQPACKET", 5 }, { 0 }
} };

static const struct sc_field fields_packet[] = {
	{ "sll_protocol", 2, 2, T_ENUM, .ref = &fl_eth }, { "sll_ifindex", 4, 4, T_IFINDEX },
	{ "sll_hatype", 8, 2, T_ENUM, .ref = &fl_hardware },
	{ "sll_pkttype", 10, 1, T_ENUM, .ref = &fl_packet }, { "sll_halen", 11, 1, T_UINT },
	{ "sll_addr", 12, 1, T_HEX, .count = 8 }, { 0 }
};
static const struct sc_field fields_vsock[] = {
	{ "svm_cid", 8, 4, T_HEX, .ref = &fl_cid }, { "svm_port", 4, 4, T_HEX, .ref = &fl_vsock_port },
	{ "svm_flags", 12, 1, T_FLAGS, .ref = &fl_vsock }, { 0 }
};
static const struct sc_field fields_xdp[] = {
	{ "sxdp_flags", 2, 2, T_FLAGS, .ref = &fl_xdp }, { "sxdp_ifindex", 4, 4, T_IFINDEX },
	{ "sxdp_queue_id", 8, 4, T_UINT }, { "sxdp_shared_umem_fd", 12, 4, T_FD }, { 0 }
};
static const struct sc_field fields_alg[] = {
	{ "salg_type", 2, 14, T_CSTR }, { "salg_feat", 16, 4, T_HEX }, { "salg_mask", 20, 4, T_HEX },
	{ "salg_name", 24, 64, T_CSTR }, { 0 }
};
static const struct sc_field fields_can[] = {
	{ "can_ifindex", 4, 4, T_IFINDEX }, { "rx_id", 8, 4, T_HEX }, { "tx_id", 12, 4, T_HEX }, { 0 }
};
static const struct sc_field fields_tipc[] = {
	{ "addrtype", 2, 1, T_ENUM, .ref = &fl_tipc }, { "scope", 3, 1, T_ENUM, .ref = &fl_tipc_scope },
	{ "type", 4, 4, T_UINT }, { "lower", 8, 4, T_UINT }, { "upper", 12, 4, T_UINT }, { 0 }
};
static const struct sc_field fields_qrtr[] = {
	{ "sq_node", 4, 4, T_HEX }, { "sq_port", 8, 4, T_HEX }, { 0 }
};
static const struct sc_field fields_x25[] = { { "sx25_addr", 2, 16, T_CSTR }, { 0 } };
static const struct sc_field fields_hci[] = {
	{ "hci_dev", 2, 2, T_UINT }, { "hci_channel", 4, 2, T_ENUM, .ref = &fl_hci }, { 0 }
};
static const struct sc_field fields_sco[] = { { "sco_bdaddr", 2, 6, T_MAC }, { 0 } };
static const struct sc_field fields_rc[] = {
	{ "rc_bdaddr", 2, 6, T_MAC }, { "rc_channel", 8, 1, T_UINT }, { 0 }
};
static const struct sc_field fields_l2[] = {
	{ "l2_psm", 2, 2, T_UINT }, { "l2_bdaddr", 4, 6, T_MAC }, { "l2_cid", 10, 2, T_UINT },
	{ "l2_bdaddr_type", 12, 1, T_ENUM, .ref = &fl_bdaddr }, { 0 }
};
static const struct sc_field fields_mctp[] = {
	{ "smctp_network", 4, 4, T_HEX }, { "smctp_addr", 8, 1, T_HEX }, { "smctp_type", 9, 1, T_HEX },
	{ "smctp_tag", 10, 1, T_HEX }, { 0 }
};
static const struct sc_field fields_nfc[] = {
	{ "dev_idx", 4, 4, T_UINT }, { "target_idx", 8, 4, T_HEX },
	{ "nfc_protocol", 12, 4, T_ENUM, .ref = &fl_nfc }, { 0 }
};
static const struct sc_field fields_phonet[] = {
	{ "spn_obj", 2, 1, T_HEX }, { "spn_dev", 3, 1, T_HEX }, { "spn_resource", 4, 1, T_HEX }, { 0 }
};
static const struct sc_field fields_llc[] = {
	{ "sllc_arphrd", 2, 2, T_ENUM, .ref = &fl_hardware }, { "sllc_test", 4, 1, T_UINT },
	{ "sllc_xid", 5, 1, T_UINT }, { "sllc_ua", 6, 1, T_UINT }, { "sllc_sap", 7, 1, T_HEX },
	{ "sllc_mac", 8, 6, T_MAC }, { 0 }
};
static const struct sc_field fields_appletalk[] = {
	{ "sat_port", 2, 1, T_UINT }, { "s_net", 4, 2, T_IN_PORT }, { "s_node", 6, 1, T_UINT }, { 0 }
};
static const struct sc_field fields_ipx[] = {
	{ "sipx_port", 2, 2, T_IN_PORT }, { "sipx_network", 4, 4, T_HEX }, { "sipx_node", 8, 6, T_MAC },
	{ "sipx_type", 14, 1, T_HEX }, { 0 }
};
static const struct sc_field fields_rxrpc[] = {
	{ "srx_service", 2, 2, T_HEX }, { "transport_type", 4, 2, T_ENUM, .ref = &fl_sock_type },
	{ "transport_len", 6, 2, T_UINT }, { 0 }
};
static const struct sc_field fields_ieee802154[] = {
	{ "addr_type", 4, 4, T_HEX }, { "pan_id", 8, 2, T_HEX }, { "hwaddr", 10, 8, T_MAC }, { 0 }
};
static const struct sc_field fields_ax25[] = {
	{ "fsa_ax25.sax25_call", 2, 7, T_BYTES }, { "fsa_ax25.sax25_ndigis", 12, 4, T_INT }, { 0 }
};
static const struct sc_field fields_iucv[] = {
	{ "siucv_port", 2, 2, T_UINT }, { "siucv_nodeid", 8, 8, T_BYTES },
	{ "siucv_user_id", 16, 8, T_BYTES }, { "siucv_name", 24, 8, T_BYTES }, { 0 }
};

/* Bluetooth's protocols share a family: their sizes tell which it is. */
static const struct {
	uint16_t family;
	uint8_t min, max; /* bytes */
	const struct sc_field *fields;
} families[] = {
	{ 3, 16, 255, fields_ax25 },	   { 4, 15, 255, fields_ipx },
	{ 5, 8, 255, fields_appletalk },   { 6, 16, 255, fields_ax25 },
	{ 9, 18, 255, fields_x25 },	   { 17, 12, 255, fields_packet },
	{ 26, 14, 255, fields_llc },	   { 29, 8, 255, fields_can },
	{ 30, 16, 255, fields_tipc },	   { 31, 6, 7, fields_hci },
	{ 31, 8, 8, fields_sco },	   { 31, 9, 10, fields_rc },
	{ 31, 12, 255, fields_l2 },	   { 32, 32, 255, fields_iucv },
	{ 33, 12, 255, fields_rxrpc },	   { 35, 5, 255, fields_phonet },
	{ 36, 18, 255, fields_ieee802154 }, { 38, 88, 255, fields_alg },
	{ 39, 16, 255, fields_nfc },	   { 40, 13, 255, fields_vsock },
	{ 42, 12, 255, fields_qrtr },	   { 44, 16, 255, fields_xdp },
	{ 45, 11, 255, fields_mctp },
};
/* clang-format on */

const struct sc_field *sc_sockaddr_fields(unsigned int family, size_t len)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (families[i].family == family && families[i].min <= len && len <= families[i].max)
			return families[i].fields;
	}
	return NULL;
}

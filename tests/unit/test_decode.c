/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_decode.c - values that need more than one row of the table: what pointers in structs point to,
 * values that hang on others, and what the kind of a descriptor decides.
 */
#include "render_rig.h"

static void strace_is(const char *expected)
{
	assert_string_equal(strace_line(), expected);
}

static void pointee(unsigned int i, unsigned int off, const void *p, size_t n)
{
	build_part(&b, (struct build_part){ (uint8_t)i, TR_PART_POINTEE, 0, (uint8_t)(off / 4) }, p, n);
}

static void fact_of_device(int fd, const char *path)
{
	struct build fact;

	build_path_fd(&fact, fd, path);
	fact.fd.mode = 0020620;
	facts_apply(facts, &fact.h);
}

static void test_ioctl_of_descriptor(void **state)
{
	const uint8_t termios[36] = { 0 };

	(void)state;
	fact_of_device(3, "/dev/pts/1");
	BUILD_CALL(&b, "ioctl", 0, 3, 0x5402, 0x2000);
	build_item(&b, 2, 0, termios, sizeof(termios));
	assert_non_null(strstr(line_as("json"), "\"request\":\"TCSETS\""));
	strace_is("ioctl(3, SNDCTL_TMR_START or TCSETS, {c_iflag=0, c_oflag=NL0|CR0|TAB0|BS0|VT0|FF0, "
		  "c_cflag=B0|CS5, c_lflag=0, ...}) = 0\n");
	fact_of_device(3, "/dev/sequencer");
	assert_non_null(strstr(line_as("json"), "\"request\":\"SNDCTL_TMR_START\""));
}

static void test_ioctl_that_failed(void **state)
{
	struct {
		char name[16];
		uint8_t rest[24];
	} ifreq = { "none", { 0 } };

	(void)state;
	BUILD_CALL(&b, "ioctl", -19, 3, 0x8915, 0x2000); /* SIOCGIFADDR */
	build_item(&b, 2, 0, &ifreq, sizeof(ifreq));
	strace_is("ioctl(3, SIOCGIFADDR, {ifr_name=\"none\"}) = -1 ENODEV (No such device)\n");
	BUILD_CALL(&b, "ioctl", -25, 3, 0x5401, 0x2000);
	build_item(&b, 2, 0, &ifreq, sizeof(ifreq));
	strace_is("ioctl(3, TCGETS, 0x2000)                = -1 ENOTTY (Inappropriate ioctl for "
		  "device)\n");
	BUILD_CALL(&b, "ioctl", 0, 3, 0x5451, 0);
	strace_is("ioctl(3, FIOCLEX)                       = 0\n");
	BUILD_CALL(&b, "ioctl", 0x10000000, 3, 0xb703, 0);
	strace_is("ioctl(3, NS_GET_NSTYPE)                 = 268435456 (CLONE_NEWUSER)\n");
	BUILD_CALL(&b, "ioctl", -25, 3, 0xc0101234, 0x2000);
	strace_is("ioctl(3, _IOC(_IOC_READ|_IOC_WRITE, 0x12, 0x34, 0x10), 0x2000) = -1 ENOTTY "
		  "(Inappropriate ioctl for device)\n");
}

struct insn {
	uint16_t code;
	uint8_t jt, jf;
	uint32_t k;
};

static void test_seccomp_filter(void **state)
{
	static const struct insn program[] = {
		{ 0x20, 0, 0, 4 },	       { 0x15, 1, 0, 0xc000003e }, { 0x06, 0, 0, 0 },
		{ 0x06, 0, 0, 0x00050001 },    { 0x06, 0, 0, 0x7fff0000 }, { 0x54, 0, 0, 0xff },
		{ 0x16, 0, 0, 0 },	       { 0x87, 0, 0, 0 },	   { 0xffff, 9, 9, 9 },
	};
	const uint64_t fprog[2] = { sizeof(program) / sizeof(program[0]), 0x3000 };

	(void)state;
	BUILD_CALL(&b, "seccomp", 0, 1, 0, 0x2000);
	build_item(&b, 2, 0, fprog, sizeof(fprog));
	pointee(2, 8, program, sizeof(program));
	strace_is("seccomp(SECCOMP_SET_MODE_FILTER, 0, {len=9, filter=0x3000}) = 0\n");
	assert_non_null(strstr(line_as("json"),
			       "\"BPF_STMT(BPF_LD|BPF_W|BPF_ABS, 0x4)\","
			       "\"BPF_JUMP(BPF_JMP|BPF_K|BPF_JEQ, 0xc000003e, 0x1, 0)\","
			       "\"BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_KILL_THREAD)\","
			       "\"BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_ERRNO|0x1)\","
			       "\"BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_ALLOW)\","
			       "\"BPF_STMT(BPF_ALU|BPF_K|BPF_AND, 0xff)\","));
}

static void test_bpf_strings(void **state)
{
	uint8_t attr[152] = { 1, 0, 0, 0, 2 };
	const uint64_t license = 0x4000, insns = 0x3000;

	(void)state;
	memcpy(attr + 8, &insns, 8);
	memcpy(attr + 16, &license, 8);
	BUILD_CALL(&b, "bpf", 4, 5, 0x2000, 48);
	build_item(&b, 1, 0, attr, 48);
	pointee(1, 16, "GPL", 3);
	strace_is("bpf(BPF_PROG_LOAD, {prog_type=BPF_PROG_TYPE_SOCKET_FILTER, insn_cnt=2, insns=0x3000, "
		  "license=\"GPL\", log_level=0, log_size=0, log_buf=NULL, "
		  "kern_version=KERNEL_VERSION(0, 0, 0), "
		  "prog_flags=0}, 48) = 4\n");
}

static void test_iocbs(void **state)
{
	const uint64_t pointers[2] = { 0x3000, 0x4000 };
	struct {
		uint64_t data;
		uint32_t key, rw;
		uint16_t op;
		int16_t prio;
		uint32_t fd;
		uint64_t buf, n, off, reserved;
		uint32_t flags, resfd;
	} iocb = { .data = 7, .fd = 5, .buf = 0x5000, .n = 10 };

	(void)state;
	BUILD_CALL(&b, "io_submit", 2, 0x7000, 2, 0x2000);
	build_item(&b, 2, 0, pointers, sizeof(pointers));
	build_part(&b, (struct build_part){ 2, TR_PART_POINTEE, 0, 0 }, &iocb, sizeof(iocb));
	strace_is("io_submit(0x7000, 2, [{aio_data=0x7, aio_lio_opcode=IOCB_CMD_PREAD, aio_fildes=5, "
		  "aio_buf=0x5000, aio_nbytes=10, aio_offset=0}, 0x4000]) = 2\n");
}

static void test_quota(void **state)
{
	const uint64_t dqblk[9] = { 1, 2, 3, 4, 5, 6 };

	(void)state;
	BUILD_CALL(&b, "quotactl", 0, (uint32_t)0x80000700, 0x1000, 1000, 0x2000);
	build_str(&b, 1, "/dev/sda1");
	build_item(&b, 3, TR_ITEM_EXIT, dqblk, sizeof(dqblk));
	strace_is("quotactl(QCMD(Q_GETQUOTA, USRQUOTA), \"/dev/sda1\", 1000, {dqb_bhardlimit=1, "
		  "dqb_bsoftlimit=2, dqb_curspace=3, dqb_ihardlimit=4, dqb_isoftlimit=5, "
		  "dqb_curinodes=6, ...}) = 0\n");
}

static void test_perf_attr(void **state)
{
	const uint64_t attr[8] = { (uint64_t)64 << 32 | 3, 0x010102, 4000, 1, 0, 1 | 1 << 10 | 3 << 15 };

	(void)state;
	BUILD_CALL(&b, "perf_event_open", 3, 0x1000, 0, (uint32_t)-1, (uint32_t)-1, 0);
	build_item(&b, 0, 0, attr, sizeof(attr));
	strace_is("perf_event_open({type=PERF_TYPE_HW_CACHE, size=PERF_ATTR_SIZE_VER0, "
		  "config=PERF_COUNT_HW_CACHE_RESULT_MISS<<16|PERF_COUNT_HW_CACHE_OP_WRITE<<8|PERF_COUNT_HW_CACHE_LL, "
		  "sample_freq=4000, sample_type=PERF_SAMPLE_IP, read_format=0, disabled=1, freq=1, "
		  "precise_ip=3 /* must have 0 skid */, ...}, 0, -1, -1, 0) = 3\n");
}

static void test_ptrace_registers(void **state)
{
	const uint64_t iov[2] = { 0x5000, 512 }, filled[2] = { 0x5000, 216 };
	uint64_t regs[27] = { [15] = 57, [16] = 0x401000 };
	const char *line;

	(void)state;
	BUILD_CALL(&b, "ptrace", 0, 0x4204, 77, 1, 0x2000);
	build_item(&b, 3, 0, iov, sizeof(iov));
	build_item(&b, 3, TR_ITEM_EXIT, filled, sizeof(filled));
	build_part(&b, (struct build_part){ 3, TR_PART_POINTEE, TR_ITEM_EXIT, 0 }, regs, sizeof(regs));
	line = line_as("strace");
	assert_non_null(strstr(line, "NT_PRSTATUS, {iov_base={r15=0, r14=0, "));
	assert_non_null(strstr(line, "orig_rax=0x39, rip=0x401000, "));
	assert_non_null(strstr(line, "gs=0}, iov_len=512 => 216}) = 0\n"));
	BUILD_CALL(&b, "ptrace", 0, 3, 77, 227, 0x2000);
	strace_is("ptrace(PTRACE_PEEKUSER, 77, offsetof(struct user, i387)+3, 0x2000) = 0\n");
}

/* Names of interfaces are those of the host, of which every one has this. */
static void test_interface(void **state)
{
	const uint32_t mreq[4] = { 1, 6 << 16 | 1, 0x04030201, 0x0605 };
	struct render r = render_as("strace");
	const char *line;

	(void)state;
	r.ids = idnames_new();
	if (strcmp(idnames_interface(r.ids, 1) ? idnames_interface(r.ids, 1) : "", "lo") != 0) {
		idnames_free(r.ids);
		skip();
	}
	BUILD_CALL(&b, "setsockopt", 0, 3, 263, 1, 0x1000, 16);
	build_item(&b, 3, 0, mreq, sizeof(mreq));
	line = show(&r);
	idnames_free(r.ids);
	assert_string_equal(line, "setsockopt(3, SOL_PACKET, PACKET_ADD_MEMBERSHIP, "
				  "{mr_ifindex=if_nametoindex(\"lo\"), "
				  "mr_type=PACKET_MR_PROMISC, mr_alen=6, mr_address=01:02:03:04:05:06}, 16) = 0\n");
}

/* What the call fills is not shown where it failed, nor what it was before. */
static void test_filled(void **state)
{
	struct {
		uint64_t api, features, ioctls;
	} asked = { 0xaa, 2, 77 }, got = { 0xaa, 6, 1 };

	(void)state;
	BUILD_CALL(&b, "ioctl", 0, 5, 0xc018aa3f, 0x1000);
	build_item(&b, 2, 0, &asked, sizeof(asked));
	build_item(&b, 2, TR_ITEM_EXIT, &got, sizeof(got));
	strace_is("ioctl(5, UFFDIO_API, {api=0xaa, features=UFFD_FEATURE_EVENT_FORK => "
		  "features=UFFD_FEATURE_EVENT_FORK|UFFD_FEATURE_EVENT_REMAP, ioctls=1<<_UFFDIO_REGISTER}) = 0\n");
	BUILD_CALL(&b, "ioctl", -22, 5, 0xc018aa3f, 0x1000);
	build_item(&b, 2, 0, &asked, sizeof(asked));
	strace_is("ioctl(5, UFFDIO_API, {api=0xaa, features=UFFD_FEATURE_EVENT_FORK}) = "
		  "-1 EINVAL (Invalid argument)\n");
}

/* socket() itself tells the protocol, where no fact does. */
static void open_netlink(unsigned int protocol)
{
	BUILD_CALL(&b, "socket", 3, 16, 3, protocol);
	facts_apply(facts, &b.h);
}

static void test_netlink(void **state)
{
	static const struct {
		struct {
			uint32_t len;
			uint16_t type, flags;
			uint32_t seq, pid;
		} head;
		uint8_t family, pad;
		uint16_t type;
		int32_t index;
		uint32_t flags, change;
		uint16_t len1, type1;
		char name[4];
		uint16_t len2, type2;
		uint32_t mask;
	} link = { { 48, 18, 0x301, 7, 0 }, 0, 0, 1, 1, 0x49, 0, 7, 3, "lo", 8, 29, 1 };

	(void)state;
	open_netlink(0);
	BUILD_CALL(&b, "sendto", 48, 3, 0x2000, 48, 0, 0, 0);
	build_item(&b, 1, 0, &link, 48);
	strace_is("sendto(3, [{nlmsg_len=48, nlmsg_type=RTM_GETLINK, nlmsg_flags=NLM_F_REQUEST|NLM_F_DUMP, "
		  "nlmsg_seq=7, nlmsg_pid=0}, {ifi_family=AF_UNSPEC, ifi_type=ARPHRD_ETHER, ifi_index=1, "
		  "ifi_flags=IFF_UP|IFF_LOOPBACK|IFF_RUNNING, ifi_change=0}, "
		  "[[{nla_len=7, nla_type=IFLA_IFNAME}, \"lo\"], "
		  "[{nla_len=8, nla_type=IFLA_EXT_MASK}, RTEXT_FILTER_VF]]], 48, 0, NULL, 0) = 48\n");
	assert_non_null(strstr(line_as("json"), "\"nlmsg_type\":\"RTM_GETLINK\""));
}

static void test_netlink_error(void **state)
{
	static const uint32_t error[9] = { 36, 2, 7, 99, (uint32_t)-19, 32, 0x50010, 7, 0 };
	static const uint32_t lies[5] = { 2000, 0x3010010, 1, 2, 0x40404040 };

	(void)state;
	open_netlink(0);
	BUILD_CALL(&b, "recvfrom", 36, 3, 0x2000, 4096, 0, 0, 0);
	build_item(&b, 1, TR_ITEM_EXIT, error, sizeof(error));
	strace_is("recvfrom(3, [{nlmsg_len=36, nlmsg_type=NLMSG_ERROR, nlmsg_flags=0, nlmsg_seq=7, "
		  "nlmsg_pid=99}, {error=-ENODEV, msg=[{nlmsg_len=32, nlmsg_type=RTM_NEWLINK, "
		  "nlmsg_flags=NLM_F_REQUEST|NLM_F_ACK, nlmsg_seq=7, nlmsg_pid=0}]}], 4096, 0, NULL, NULL) "
		  "= 36\n");
	BUILD_CALL(&b, "recvfrom", 20, 3, 0x2000, 4096, 0, 0, 0);
	build_item(&b, 1, TR_ITEM_EXIT, lies, sizeof(lies));
	strace_is("recvfrom(3, [{nlmsg_len=2000, nlmsg_type=RTM_NEWLINK, "
		  "nlmsg_flags=NLM_F_REQUEST|NLM_F_REPLACE|NLM_F_EXCL, nlmsg_seq=1, nlmsg_pid=2}, "
		  "\"\\x40\\x40\\x40\\x40\"], 4096, 0, NULL, NULL) = 20\n");
}

static void test_netlink_generic(void **state)
{
	static const struct {
		uint32_t len;
		uint16_t type, flags;
		uint32_t seq, pid;
		uint8_t cmd, version, pad[2];
		uint16_t len1, type1;
		char name[8];
	} msg = { 31, 16, 5, 1, 0, 3, 1, { 0 }, 11, 2, "nlctrl" };

	(void)state;
	open_netlink(16);
	BUILD_CALL(&b, "sendto", 32, 3, 0x2000, 32, 0, 0, 0);
	build_item(&b, 1, 0, &msg, 32);
	strace_is("sendto(3, [{nlmsg_len=31, nlmsg_type=nlctrl, nlmsg_flags=NLM_F_REQUEST|NLM_F_ACK, "
		  "nlmsg_seq=1, nlmsg_pid=0}, {cmd=CTRL_CMD_GETFAMILY, version=1}, "
		  "[{nla_len=11, nla_type=CTRL_ATTR_FAMILY_NAME}, \"nlctrl\"]], 32, 0, NULL, 0) = 32\n");
	BUILD_CALL(&b, "sendto", 32, 4, 0x2000, 32, 0, 0, 0); /* another descriptor: it is only data */
	build_item(&b, 1, 0, &msg, 32);
	assert_null(strstr(line_as("strace"), "nlmsg"));
}

static void test_addresses(void **state)
{
	static const uint8_t packet[20] = { 17, 0, 8, 0, 1, 0, 0, 0, 4, 3, 4, 6, 1, 2, 3, 4, 5, 6 };
	static const uint8_t vsock[16] = { 40, 0, 0, 0, 0, 4, 0, 0, 2, 0, 0, 0 };
	static const uint8_t rfcomm[10] = { 31, 0, 1, 2, 3, 4, 5, 6, 7 };

	(void)state;
	BUILD_CALL(&b, "bind", 0, 3, 0x2000, sizeof(packet));
	build_item(&b, 1, 0, packet, sizeof(packet));
	strace_is("bind(3, {sa_family=AF_PACKET, sll_protocol=htons(ETH_P_IP), sll_ifindex=1, "
		  "sll_hatype=ARPHRD_LOOPBACK, sll_pkttype=PACKET_OUTGOING, sll_halen=6, "
		  "sll_addr=[0x1, 0x2, 0x3, 0x4, 0x5, 0x6]}, 20) = 0\n");
	assert_non_null(strstr(line_as("json"), "\"sll_addr\":[1,2,3,4,5,6]}"));
	BUILD_CALL(&b, "connect", 0, 3, 0x2000, sizeof(vsock));
	build_item(&b, 1, 0, vsock, sizeof(vsock));
	strace_is("connect(3, {sa_family=AF_VSOCK, svm_cid=VMADDR_CID_HOST, svm_port=0x400, "
		  "svm_flags=0}, 16) = 0\n");
	BUILD_CALL(&b, "connect", 0, 3, 0x2000, sizeof(rfcomm));
	build_item(&b, 1, 0, rfcomm, sizeof(rfcomm));
	strace_is("connect(3, {sa_family=AF_BLUETOOTH, rc_bdaddr=01:02:03:04:05:06, rc_channel=7}, 10) "
		  "= 0\n");
	build_begin(&b, TR_SYSCALL, sizeof(b.call));
	BUILD_CALL(&b, "connect", 0, 3, 0x2000, 4);
	build_item(&b, 1, 0, vsock, 4); /* too short for what it says it is */
	strace_is("connect(3, {sa_family=AF_VSOCK, sa_data=\"\\0\\0\"}, 4) = 0\n");
}

/* A call of another ABI, by its number there. */
#define BUILD_ABI(abi_, nr_, ret, ...)                                                             \
	do {                                                                                       \
		build_nr(&b, nr_, ret, (const uint64_t[TR_MAX_ARGS]){ __VA_ARGS__ });              \
		b.call.abi = abi_;                                                                 \
	} while (0)

static void test_i386_structs(void **state)
{
	static const uint32_t nap[2] = { 1, 500 }, limit[2] = { 512, 0xffffffff };
	static const uint32_t iov[4] = { 0x3000, 7, 0x4000, 3 };
	static const uint32_t action[5] = { 1, 0x14000000, 0x5000, 0x200, 0 };
	static const uint32_t msg[7] = { 0, 0, 0x5000, 2, 0, 0, 0 };

	(void)state;
	BUILD_ABI(TR_ABI_I386, 162, 0, 0x2000, 0);
	build_item(&b, 0, 0, nap, sizeof(nap));
	strace_is("nanosleep({tv_sec=1, tv_nsec=500}, NULL) = 0\n");
	BUILD_ABI(TR_ABI_I386, 75, 0, 4, 0x2000);
	build_item(&b, 1, 0, limit, sizeof(limit));
	strace_is("setrlimit(RLIMIT_CORE, {rlim_cur=512, rlim_max=RLIM_INFINITY}) = 0\n");
	BUILD_ABI(TR_ABI_I386, 146, 10, 3, 0x2000, 2);
	build_item(&b, 1, 0, iov, sizeof(iov));
	build_part(&b, (struct build_part){ 1, TR_PART_IOV_DATA, 0, 0 }, "thirty-", 7);
	build_part(&b, (struct build_part){ 1, TR_PART_IOV_DATA, 0, 1 }, "two", 3);
	strace_is("writev(3, [{iov_base=\"thirty-\", iov_len=7}, {iov_base=\"two\", iov_len=3}], 2) = 10\n");
	BUILD_ABI(TR_ABI_I386, 174, 0, 10, 0x2000, 0, 8);
	build_item(&b, 1, 0, action, sizeof(action));
	strace_is("rt_sigaction(SIGUSR1, {sa_handler=SIG_IGN, sa_mask=[USR1], "
		  "sa_flags=SA_RESTORER|SA_RESTART, sa_restorer=0x5000}, NULL, 8) = 0\n");
	BUILD_ABI(TR_ABI_I386, 370, 10, 3, 0x2000, 0);
	build_item(&b, 1, 0, msg, sizeof(msg));
	build_part(&b, (struct build_part){ 1, TR_PART_MSG_IOV, 0, 0 }, iov, sizeof(iov));
	build_part(&b, (struct build_part){ 1, TR_PART_MSG_DATA, 0, 0 }, "thirty-", 7);
	strace_is("sendmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"thirty-\", iov_len=7}, "
		  "{iov_base=0x4000, iov_len=3}], msg_iovlen=2, msg_controllen=0, msg_flags=0}, 0) = 10\n");
	BUILD_ABI(TR_ABI_I386, 192, 0x7000, 0, 4096, 1, 2, 3, 0x22);
	strace_is("mmap2(NULL, 4096, PROT_READ, MAP_PRIVATE, 3, 0x22000) = 0x7000\n");
}

static void test_aarch64(void **state)
{
	uint8_t stat[128] = { 0 };
	const uint32_t mode = 0100644;
	const uint64_t size = 517;
	static const uint64_t events[4] = { 1, 7, 4, 8 };

	(void)state;
	BUILD_ABI(TR_ABI_AARCH64, 56, 3, (uint64_t)-100, 0x1000, 0x84000, 0);
	build_str(&b, 1, "/etc");
	strace_is("openat(AT_FDCWD, \"/etc\", O_RDONLY|O_CLOEXEC|O_DIRECTORY) = 3\n");
	memcpy(stat + 16, &mode, 4);
	memcpy(stat + 48, &size, 8);
	BUILD_ABI(TR_ABI_AARCH64, 80, 0, 3, 0x2000);
	build_item(&b, 1, TR_ITEM_EXIT, stat, sizeof(stat));
	strace_is("fstat(3, {st_mode=S_IFREG|0644, st_size=517, ...}) = 0\n");
	assert_non_null(strstr(line_as("human"), ": file of 517 B\n"));
	BUILD_ABI(TR_ABI_AARCH64, 22, 2, 3, 0x2000, 8, (uint64_t)-1, 0, 8);
	build_item(&b, 1, TR_ITEM_EXIT, events, sizeof(events));
	assert_non_null(strstr(line_as("strace"), "events=EPOLLOUT, data={u32=8, u64=8}}"));
}

/* socketcall is told as the call that it makes; the loader's first call has bits for fields. */
static void test_i386_calls(void **state)
{
	const uint32_t args[3] = { 1, 2, 0 }, one[2] = { 5, 6 };
	uint32_t desc[4] = { (uint32_t)-1, 0xf7fc0540, 0xfffff, 0x51 };

	(void)state;
	BUILD_ABI(TR_ABI_I386, 102, 4, 1, 0x1000);
	build_item(&b, 1, 0, args, sizeof(args));
	strace_is("socket(AF_UNIX, SOCK_DGRAM, 0)          = 4\n");
	BUILD_ABI(TR_ABI_I386, 102, 0, 4, 0x1000);
	build_item(&b, 1, 0, one, sizeof(one));
	strace_is("listen(5, 6)                            = 0\n");
	BUILD_ABI(TR_ABI_I386, 243, 0, 0x1000);
	build_item(&b, 0, 0, desc, sizeof(desc));
	desc[0] = 12;
	build_item(&b, 0, TR_ITEM_EXIT, desc, sizeof(desc));
	strace_is("set_thread_area({entry_number=-1, base_addr=0xf7fc0540, limit=0x0fffff, seg_32bit=1, contents=0, "
		  "read_exec_only=0, limit_in_pages=1, seg_not_present=0, useable=1}) = 0 (entry_number=12)\n");
}

/* What a 32-bit caller's memory is read by. */
static void test_i386_plans(void **state)
{
	struct tr_plan plan;

	(void)state;
	sc_plan(sc_by_name("nanosleep"), TR_ABI_I386, &plan);
	assert_int_equal(plan.ops[0].size, 8);
	sc_plan(sc_by_name("rt_sigaction"), TR_ABI_I386, &plan);
	assert_int_equal(plan.ops[0].size, 20);
	sc_plan(sc_by_name("getrusage"), TR_ABI_I386, &plan);
	assert_int_equal(plan.ops[0].size, 72);
	sc_plan(sc_by_name("fstat"), TR_ABI_AARCH64, &plan);
	assert_int_equal(plan.ops[0].size, 128);
	sc_plan(sc_by_name("epoll_wait"), TR_ABI_X86_64, &plan);
	assert_int_equal(plan.ops[0].size, 12);
}

static void fact_of_events(int fd, const char *name)
{
	struct build fact;

	build_path_fd(&fact, fd, name);
	fact.fd.kind = TR_FD_ANON;
	facts_apply(facts, &fact.h);
}

static void test_events(void **state)
{
	static const struct {
		int32_t wd;
		uint32_t mask, cookie, len;
		char name[16];
	} event = { 1, 0x100, 0, 32, "0123456789abcdef" };
	const uint64_t count = 3;

	(void)state;
	fact_of_events(3, "inotify");
	fact_of_events(4, "[eventfd]");
	BUILD_CALL(&b, "read", 48, 3, 0x2000, 4096);
	build_item(&b, 1, TR_ITEM_EXIT | TR_ITEM_TRUNC, &event, sizeof(event));
	assert_non_null(strstr(line_as("json"), "{\"wd\":1,\"mask\":\"IN_CREATE\",\"cookie\":0,"
						"\"name\":\"0123456789abcdef\""));
	assert_null(strstr(line_as("strace"), "wd=")); /* strace shows what was read */
	BUILD_CALL(&b, "read", 8, 4, 0x2000, 8);
	build_item(&b, 1, TR_ITEM_EXIT, &count, sizeof(count));
	assert_non_null(strstr(line_as("json"), "\"buf\":[3]"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ioctl_of_descriptor, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ioctl_that_failed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_seccomp_filter, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bpf_strings, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_iocbs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_quota, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_perf_attr, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ptrace_registers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_filled, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_interface, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_events, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_i386_structs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_i386_calls, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_i386_plans, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_aarch64, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_addresses, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_netlink, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_netlink_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_netlink_generic, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

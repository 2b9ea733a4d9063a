/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_sys_trace.c - what watches, and what runs inside the kernel: ptrace, BPF, perf, io_uring, userfaultfd, aio,
 * fanotify.
 */
#define _GNU_SOURCE
#include "sys.h"

#include <elf.h>
#include <linux/aio_abi.h>
#include <linux/bpf.h>
#include <linux/fanotify.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <linux/ptrace.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <sys/user.h>

#define SYS_cachestat 451

/* A child that another than the tracer attaches to is refused; every request is one that fails. */
static void mode_ptrace(void)
{
	struct user_regs_struct regs = { 0 };
	struct iovec iov = { &regs, sizeof(regs) };
	struct ptrace_peeksiginfo_args peek = { 1, PTRACE_PEEKSIGINFO_SHARED, 3 };
	struct ptrace_rseq_configuration rseq;
	siginfo_t info = { .si_signo = SIGUSR1, .si_code = SI_USER };
	uint64_t words[64] = { 0 };
	int pid = 99999;

	S(ptrace, PTRACE_ATTACH, pid, 0, 0);
	S(ptrace, PTRACE_SEIZE, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | 0x8000);
	S(ptrace, PTRACE_PEEKTEXT, pid, 0x1000, words);
	S(ptrace, PTRACE_PEEKUSR, pid, 0, words);
	S(ptrace, PTRACE_PEEKUSR, pid, 120, words);
	S(ptrace, PTRACE_PEEKUSR, pid, 848, words);
	S(ptrace, PTRACE_PEEKUSR, pid, 3, words);
	S(ptrace, PTRACE_POKEDATA, pid, 0x1000, 0x90);
	S(ptrace, PTRACE_POKEUSR, pid, 128, 0x90);
	S(ptrace, PTRACE_GETREGS, pid, 0, &regs);
	S(ptrace, PTRACE_SETREGS, pid, 0, &regs);
	S(ptrace, PTRACE_GETFPREGS, pid, 0, words);
	S(ptrace, PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov);
	S(ptrace, PTRACE_SETREGSET, pid, NT_PRSTATUS, &iov);
	S(ptrace, PTRACE_GETREGSET, pid, NT_X86_XSTATE, &iov);
	S(ptrace, PTRACE_GETREGSET, pid, NT_FPREGSET, BAD);
	S(ptrace, PTRACE_GETREGSET, pid, 0x77777, NULL);
	S(ptrace, PTRACE_GETSIGINFO, pid, 0, &info);
	S(ptrace, PTRACE_SETSIGINFO, pid, 0, &info);
	S(ptrace, PTRACE_SETSIGINFO, pid, 0, BAD);
	S(ptrace, PTRACE_GETSIGMASK, pid, 8, words);
	S(ptrace, PTRACE_SETSIGMASK, pid, 8, words);
	S(ptrace, PTRACE_PEEKSIGINFO, pid, &peek, &info);
	S(ptrace, PTRACE_PEEKSIGINFO, pid, BAD, &info);
	S(ptrace, PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACEFORK | PTRACE_O_TRACEEXIT);
	S(ptrace, PTRACE_SETOPTIONS, pid, 0, 0x70000000);
	S(ptrace, PTRACE_GETEVENTMSG, pid, 0, words);
	S(ptrace, PTRACE_GET_SYSCALL_INFO, pid, sizeof(words), words);
	S(ptrace, PTRACE_SECCOMP_GET_FILTER, pid, 0, NULL);
	S(ptrace, PTRACE_SECCOMP_GET_FILTER, pid, 5, words);
	S(ptrace, PTRACE_SECCOMP_GET_METADATA, pid, 16, words);
	S(ptrace, PTRACE_GET_RSEQ_CONFIGURATION, pid, sizeof(rseq), &rseq);
	S(ptrace, PTRACE_GET_THREAD_AREA, pid, 12, words);
	S(ptrace, PTRACE_ARCH_PRCTL, pid, words, 0x1003);
	S(ptrace, PTRACE_INTERRUPT, pid, 0, 0);
	S(ptrace, PTRACE_LISTEN, pid, 0, 0);
	S(ptrace, PTRACE_CONT, pid, 0, 0);
	S(ptrace, PTRACE_CONT, pid, 1, SIGSTOP);
	S(ptrace, PTRACE_SYSCALL, pid, 0, 77);
	S(ptrace, PTRACE_SINGLESTEP, pid, 0, 0);
	S(ptrace, PTRACE_SYSEMU, pid, 0, SIGKILL);
	S(ptrace, PTRACE_DETACH, pid, 0, SIGCONT);
	S(ptrace, PTRACE_KILL, pid, 0, 0);
	S(ptrace, 0x4242, pid, 1, 2);
}

#define INSN(c, d, s, o, i) { .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) }

static void bpf_maps(void)
{
	union bpf_attr attr;
	uint32_t key = 0;
	uint64_t value = 5;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = 4;
	attr.value_size = 8;
	attr.max_entries = 2;
	strcpy(attr.map_name, "a_map");
	fd = (int)S(bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
	attr.map_type = 77;
	attr.map_flags = BPF_F_NO_PREALLOC | BPF_F_RDONLY | 1 << 30;
	S(bpf, BPF_MAP_CREATE, &attr, 28);
	S(bpf, BPF_MAP_CREATE, &attr, 16);
	S(bpf, BPF_MAP_CREATE, BAD, sizeof(attr));
	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (uint32_t)fd;
	attr.key = (uintptr_t)&key;
	attr.value = (uintptr_t)&value;
	attr.flags = BPF_NOEXIST;
	S(bpf, BPF_MAP_UPDATE_ELEM, &attr, 32);
	attr.flags = BPF_EXIST;
	S(bpf, BPF_MAP_UPDATE_ELEM, &attr, 32);
	attr.flags = 0;
	S(bpf, BPF_MAP_LOOKUP_ELEM, &attr, 32);
	S(bpf, BPF_MAP_DELETE_ELEM, &attr, 32);
	attr.next_key = (uintptr_t)&value;
	S(bpf, BPF_MAP_GET_NEXT_KEY, &attr, 24);
	S(bpf, BPF_MAP_LOOKUP_AND_DELETE_ELEM, &attr, 32);
	S(bpf, BPF_MAP_FREEZE, &attr, 4);
	S(close, fd);
	memset(&attr, 0, sizeof(attr));
	attr.batch.map_fd = 99;
	attr.batch.count = 5;
	attr.batch.in_batch = 0x1000;
	S(bpf, BPF_MAP_LOOKUP_BATCH, &attr, 56);
	S(bpf, BPF_MAP_DELETE_BATCH, &attr, 56);
}

static void bpf_programs(void)
{
	static char log[64];
	struct bpf_insn insns[] = {
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 2), INSN(BPF_LDX | BPF_MEM | BPF_W, 1, 10, -8, 0),
		INSN(BPF_JMP | BPF_JEQ | BPF_X, 1, 2, 3, 0),   INSN(BPF_LD | BPF_IMM | BPF_DW, 1, 1, 0, 77),
		INSN(0, 0, 0, 0, 0),			       INSN(BPF_STX | BPF_ATOMIC | BPF_DW, 1, 2, 0, BPF_XCHG),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, 6),	       INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER };
	struct bpf_prog_info info = { 0 };

	attr.insns = (uintptr_t)insns;
	attr.insn_cnt = COUNT(insns);
	attr.license = (uintptr_t)"GPL";
	attr.log_level = 1;
	attr.log_size = sizeof(log);
	attr.log_buf = (uintptr_t)log;
	attr.prog_flags = BPF_F_STRICT_ALIGNMENT;
	strcpy(attr.prog_name, "a_prog");
	S(bpf, BPF_PROG_LOAD, &attr, 72);
	S(bpf, BPF_PROG_LOAD, &attr, 116);
	attr.prog_type = BPF_PROG_TYPE_XDP;
	attr.insns = 1;
	attr.insn_cnt = 5;
	attr.license = 1;
	attr.log_level = 7;
	attr.log_size = 0;
	attr.log_buf = 0;
	S(bpf, BPF_PROG_LOAD, &attr, 48);
	memset(&attr, 0, sizeof(attr));
	attr.pathname = (uintptr_t)"/sys/fs/bpf/nothing";
	attr.bpf_fd = 99;
	attr.file_flags = BPF_F_RDONLY;
	S(bpf, BPF_OBJ_PIN, &attr, 16);
	S(bpf, BPF_OBJ_GET, &attr, 16);
	memset(&attr, 0, sizeof(attr));
	attr.target_fd = 98;
	attr.attach_bpf_fd = 99;
	attr.attach_type = BPF_CGROUP_INET_EGRESS;
	attr.attach_flags = BPF_F_ALLOW_MULTI | 0x700;
	S(bpf, BPF_PROG_ATTACH, &attr, 16);
	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = 99;
	attr.test.repeat = 3;
	S(bpf, BPF_PROG_TEST_RUN, &attr, 80);
	S(bpf, BPF_PROG_TEST_RUN, &attr, 40);
	memset(&attr, 0, sizeof(attr));
	attr.start_id = 0x7ffffff0;
	S(bpf, BPF_PROG_GET_NEXT_ID, &attr, 12);
	S(bpf, BPF_MAP_GET_FD_BY_ID, &attr, 12);
	attr.info.bpf_fd = 99;
	attr.info.info_len = sizeof(info);
	attr.info.info = (uintptr_t)&info;
	S(bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, 16);
	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = 99;
	attr.query.attach_type = BPF_CGROUP_DEVICE;
	attr.query.query_flags = BPF_F_QUERY_EFFECTIVE;
	S(bpf, BPF_PROG_QUERY, &attr, 28);
	memset(&attr, 0, sizeof(attr));
	attr.raw_tracepoint.name = (uintptr_t)"sys_enter";
	attr.raw_tracepoint.prog_fd = 99;
	S(bpf, BPF_RAW_TRACEPOINT_OPEN, &attr, 16);
}

static void mode_bpf(void)
{
	union bpf_attr attr = { 0 };

	bpf_maps();
	bpf_programs();
	attr.btf = (uintptr_t)"btf";
	attr.btf_size = 3;
	S(bpf, BPF_BTF_LOAD, &attr, 28);
	memset(&attr, 0, sizeof(attr));
	attr.task_fd_query.pid = 99999;
	attr.task_fd_query.fd = 5;
	S(bpf, BPF_TASK_FD_QUERY, &attr, 48);
	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = 99;
	attr.link_create.attach_type = BPF_TRACE_FENTRY;
	S(bpf, BPF_LINK_CREATE, &attr, 16);
	memset(&attr, 0, sizeof(attr));
	attr.link_update.link_fd = 99;
	attr.link_update.flags = BPF_F_REPLACE;
	S(bpf, BPF_LINK_UPDATE, &attr, 16);
	S(bpf, BPF_ENABLE_STATS, &(union bpf_attr){ .enable_stats.type = 77 }, 4);
	memset(&attr, 0, sizeof(attr));
	attr.iter_create.link_fd = 99;
	S(bpf, BPF_ITER_CREATE, &attr, 8);
	S(bpf, BPF_LINK_DETACH, &(union bpf_attr){ .link_detach.link_fd = 99 }, 4);
	memset(&attr, 0, sizeof(attr));
	attr.prog_bind_map.prog_fd = 98;
	attr.prog_bind_map.map_fd = 99;
	S(bpf, BPF_PROG_BIND_MAP, &attr, 12);
	S(bpf, 777, &attr, 12);
}

static void mode_perf(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr), .config = PERF_COUNT_SW_TASK_CLOCK, .disabled = 1,
		.exclude_kernel = 1, .read_format = PERF_FORMAT_ID | PERF_FORMAT_TOTAL_TIME_ENABLED,
	};
	int fd;

	fd = (int)S(perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	S(ioctl, fd, PERF_EVENT_IOC_ENABLE, 0);
	S(ioctl, fd, PERF_EVENT_IOC_PERIOD, &(uint64_t){ 1000 });
	S(close, fd);
	attr.type = PERF_TYPE_HARDWARE;
	attr.config = PERF_COUNT_HW_CPU_CYCLES;
	attr.sample_period = 1000;
	attr.freq = 1;
	attr.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_CALLCHAIN;
	attr.precise_ip = 2;
	attr.mmap_data = attr.sample_id_all = attr.enable_on_exec = 1;
	S(perf_event_open, &attr, 99999, 3, 99, PERF_FLAG_FD_NO_GROUP | PERF_FLAG_PID_CGROUP | 0x70);
	attr.type = PERF_TYPE_HW_CACHE;
	attr.config = PERF_COUNT_HW_CACHE_L1D | PERF_COUNT_HW_CACHE_OP_READ << 8 |
		      PERF_COUNT_HW_CACHE_RESULT_MISS << 16;
	attr.size = PERF_ATTR_SIZE_VER0;
	S(perf_event_open, &attr, 99999, -1, -1, 0);
	attr.type = PERF_TYPE_BREAKPOINT;
	attr.size = PERF_ATTR_SIZE_VER3;
	S(perf_event_open, &attr, 99999, -1, -1, 0);
	attr.type = PERF_TYPE_TRACEPOINT;
	attr.size = 8;
	S(perf_event_open, &attr, 99999, -1, -1, 0);
	attr.type = 77;
	attr.size = 4000;
	S(perf_event_open, &attr, 99999, -1, -1, 0);
	S(perf_event_open, BAD, 0, -1, -1, 0);
}

static void mode_uring(void)
{
	struct io_uring_params params = { .flags = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP, .cq_entries = 8 };
	struct iovec iov = { BAD, 4096 };
	int fds[] = { 0, -1, 2 }, fd;

	fd = (int)S(io_uring_setup, 4, &params);
	S(io_uring_enter, fd, 0, 0, IORING_ENTER_GETEVENTS, NULL, 8);
	S(io_uring_enter, 99, 1, 2, IORING_ENTER_SQ_WAKEUP | IORING_ENTER_EXT_ARG, BAD, 24);
	S(io_uring_enter, 99, 1, 2, 0x7000, &(sigset_t){ 0 }, 8);
	S(io_uring_register, fd, IORING_REGISTER_FILES, fds, 3);
	S(io_uring_register, fd, IORING_UNREGISTER_FILES, NULL, 0);
	S(io_uring_register, fd, IORING_REGISTER_BUFFERS, &iov, 1);
	S(io_uring_register, fd, IORING_UNREGISTER_BUFFERS, NULL, 0);
	S(io_uring_register, fd, IORING_REGISTER_EVENTFD, &fds[2], 1);
	S(io_uring_register, fd, IORING_UNREGISTER_EVENTFD, NULL, 0);
	S(io_uring_register, fd, IORING_REGISTER_PERSONALITY, NULL, 0);
	S(io_uring_register, fd, IORING_UNREGISTER_PERSONALITY, NULL, 7);
	S(io_uring_register, fd, IORING_REGISTER_ENABLE_RINGS, NULL, 0);
	S(io_uring_register, fd, 7777, BAD, 5);
	S(io_uring_setup, 0, &params);
	params.flags = 0x70000000;
	S(io_uring_setup, 5000000, &params);
	S(io_uring_setup, 1, BAD);
}

static void mode_uffd(void)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_EVENT_FORK };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_copy copy = { .src = 0x1000, .len = 4096, .mode = UFFDIO_COPY_MODE_DONTWAKE };
	struct uffdio_zeropage zero = { .mode = UFFDIO_ZEROPAGE_MODE_DONTWAKE };
	struct uffdio_writeprotect protect = { .mode = UFFDIO_WRITEPROTECT_MODE_WP };
	void *p = (void *)S(mmap, NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = (int)S(userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);

	S(userfaultfd, 0x70);
	S(ioctl, fd, UFFDIO_API, &api);
	api = (struct uffdio_api){ .api = UFFD_API };
	S(ioctl, fd, UFFDIO_API, &api);
	reg.range.start = (uintptr_t)p;
	reg.range.len = 8192;
	S(ioctl, fd, UFFDIO_REGISTER, &reg);
	copy.dst = (uintptr_t)p;
	copy.src = 1;
	S(ioctl, fd, UFFDIO_COPY, &copy);
	zero.range.start = (uintptr_t)p;
	zero.range.len = 4096;
	S(ioctl, fd, UFFDIO_ZEROPAGE, &zero);
	S(ioctl, fd, UFFDIO_WAKE, &zero.range);
	protect.range = zero.range;
	S(ioctl, fd, UFFDIO_WRITEPROTECT, &protect);
	S(ioctl, fd, UFFDIO_UNREGISTER, &reg.range);
	S(ioctl, 99, UFFDIO_API, &api);
	S(ioctl, 99, UFFDIO_REGISTER, &reg);
	S(ioctl, fd, UFFDIO_COPY, BAD);
}

static void mode_aio(void)
{
	char buf[16] = "data to write";
	struct iovec iov = { buf, 4 };
	struct iocb write = { .aio_lio_opcode = IOCB_CMD_PWRITE, .aio_fildes = 1, .aio_nbytes = 4, .aio_data = 5 };
	struct iocb read = { .aio_lio_opcode = IOCB_CMD_PREAD, .aio_nbytes = 16, .aio_offset = 3, .aio_reqprio = 1 };
	struct iocb writev = { .aio_lio_opcode = IOCB_CMD_PWRITEV, .aio_fildes = 99, .aio_nbytes = 1 };
	struct iocb poll = { .aio_lio_opcode = IOCB_CMD_POLL, .aio_buf = 1, .aio_flags = IOCB_FLAG_RESFD };
	struct iocb odd = { .aio_lio_opcode = 77, .aio_fildes = 3, .aio_flags = IOCB_FLAG_IOPRIO };
	struct iocb *list[] = { &read, &write, &writev, &poll, &odd, NULL, BAD };
	struct io_event events[4];
	struct timespec now = { 0, 1000 };
	aio_context_t ctx = 0;

	read.aio_fildes = (uint32_t)S(open, "numbers", O_RDWR);
	read.aio_buf = write.aio_buf = (uintptr_t)buf;
	writev.aio_buf = (uintptr_t)&iov;
	S(io_setup, 4, &ctx);
	S(io_setup, 5, BAD);
	S(io_submit, ctx, 1, list);
	S(io_getevents, ctx, 1, 4, events, NULL);
	S(io_getevents, ctx, 1, 4, events, &now);
	S(io_submit, ctx, 0, list);
	S(io_submit, 0, 1, list);
	S(io_submit, ctx, 1, BAD);
	S(io_cancel, ctx, &write, events);
	S(io_cancel, ctx, BAD, events);
	S(io_pgetevents, ctx, 0, 4, events, &now, NULL);
	S(io_pgetevents, 0, 0, 4, events, &now, &(struct { sigset_t *s; size_t n; }){ &(sigset_t){ { 2 } }, 8 });
	S(io_destroy, ctx);
	S(io_destroy, 0);
}

static void mode_fanotify(void)
{
	char buf[4096];
	int fd = (int)S(fanotify_init, FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_NONBLOCK, O_RDONLY | O_LARGEFILE), file;

	S(fanotify_init, FAN_CLASS_NOTIF | FAN_REPORT_FID | FAN_UNLIMITED_MARKS, O_RDWR);
	S(fanotify_init, FAN_CLASS_PRE_CONTENT, O_RDWR | O_APPEND);
	S(fanotify_mark, fd, FAN_MARK_ADD, FAN_OPEN | FAN_CLOSE | FAN_EVENT_ON_CHILD, AT_FDCWD, ".");
	S(fanotify_mark, fd, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_ACCESS, AT_FDCWD, "nothing");
	S(fanotify_mark, fd, FAN_MARK_REMOVE | FAN_MARK_DONT_FOLLOW, FAN_ALL_EVENTS | FAN_ONDIR, 99, NULL);
	S(fanotify_mark, fd, FAN_MARK_FLUSH, 0, -1, BAD);
	S(fanotify_mark, 99, 0, 1ULL << 40, AT_FDCWD, "x");
	file = (int)S(open, "words", O_RDONLY);
	S(close, file);
	S(read, fd, buf, sizeof(buf));
	S(fanotify_mark, fd, FAN_MARK_FLUSH, 0, AT_FDCWD, NULL);
	syscall(SYS_cachestat, 99, &(uint64_t[2]){ 0, 4096 }, buf, 0);
}

int main(int argc, char **argv)
{
	static const struct mode modes[] = {
		{ "ptrace", mode_ptrace }, { "bpf", mode_bpf }, { "perf", mode_perf },		{ "uring", mode_uring },
		{ "uffd", mode_uffd },	   { "aio", mode_aio }, { "fanotify", mode_fanotify },
	};

	return run_mode(modes, COUNT(modes), argc, argv);
}

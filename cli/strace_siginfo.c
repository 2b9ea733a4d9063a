/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strace_siginfo.c - siginfo as strace writes it: the fields that its code fills.
 */
#include "strace_sink.h"

#include <signal.h>
#include <string.h>

#define ARCH_X86_64 0xc000003eu
#define ARCH_I386 0x40000003u
#define ARCH_AARCH64 0xc00000b7u

/* name: NULL if there is none. */
static void put_const(struct strace_sink *s, unsigned int type, int64_t v, const char *name)
{
	value_word_begin(&s->s, type, v);
	if (name)
		buf_str(s->s.out, name);
	else if (type == T_HEX)
		buf_hex(s->s.out, (uint64_t)v);
	else
		buf_i64(s->s.out, v);
	s->s.ops->word_end(&s->s);
}

static void put_signo(struct strace_sink *s, int signo)
{
	put_const(s, T_SIGNAL, signo, sc_signal_name(signo));
}

static void put_address(struct buf *out, const char *name, uint64_t v)
{
	buf_str(out, name);
	if (v)
		buf_hex(out, v);
	else
		buf_put(out, "NULL", 4);
}

static void put_sender(struct strace_sink *s, const struct tr_signal *rec)
{
	struct buf *out = s->s.out;

	buf_str(out, ", si_pid=");
	strace_pid(s, rec->pid);
	buf_str(out, ", si_uid=");
	buf_u64(out, rec->uid);
}

static void put_value(struct buf *out, const struct tr_signal *rec)
{
	buf_str(out, ", si_int=");
	buf_i64(out, (int32_t)rec->value);
	put_address(out, ", si_ptr=", rec->value);
}

/* From a program: kill, tgkill, sigqueue, a timer. */
static void put_user(struct strace_sink *s, const struct tr_signal *rec)
{
	struct buf *out = s->s.out;

	if (rec->code == SI_TIMER) {
		buf_str(out, ", si_timerid=");
		buf_hex(out, (uint32_t)rec->pid);
		buf_str(out, ", si_overrun=");
		buf_i64(out, (int32_t)rec->uid);
		put_value(out, rec);
		return;
	}
	put_sender(s, rec);
	if (rec->code != SI_USER && rec->code != SI_TKILL && rec->value)
		put_value(out, rec);
}

/* Ticks of a hundredth of a second. */
static void put_ticks(struct buf *out, const char *name, uint64_t ticks)
{
	buf_str(out, name);
	buf_u64(out, ticks);
	if (!ticks)
		return;
	buf_put(out, " /* ", 4);
	buf_u64(out, ticks / 100);
	buf_char(out, '.');
	buf_u64_pad(out, ticks % 100, 2, '0');
	buf_put(out, " s */", 5);
}

static void put_child(struct strace_sink *s, const struct tr_signal *rec)
{
	struct buf *out = s->s.out;

	put_sender(s, rec);
	buf_str(out, ", si_status=");
	if (rec->code == CLD_EXITED)
		buf_i64(out, rec->status);
	else
		put_signo(s, rec->status);
	put_ticks(out, ", si_utime=", rec->utime);
	put_ticks(out, ", si_stime=", rec->stime);
}

static void put_fault(struct buf *out, const struct tr_signal *rec)
{
	put_address(out, ", si_addr=", rec->addr);
	if (rec->signo == SIGSEGV && rec->code == SEGV_BNDERR) {
		put_address(out, ", si_lower=", rec->utime);
		put_address(out, ", si_upper=", rec->stime);
	} else if (rec->signo == SIGSEGV && rec->code == SEGV_PKUERR) {
		buf_str(out, ", si_pkey=");
		buf_u64(out, (uint32_t)rec->utime);
	} else if (rec->signo == SIGBUS && (rec->code == BUS_MCEERR_AR || rec->code == BUS_MCEERR_AO)) {
		buf_str(out, ", si_addr_lsb=");
		buf_i64(out, (int16_t)rec->value);
	}
}

static void put_call(struct buf *out, const struct tr_signal *rec)
{
	uint32_t arch = (uint32_t)(rec->value >> 32);
	unsigned int abi = arch == ARCH_X86_64	? TR_ABI_X86_64 :
			   arch == ARCH_I386	? TR_ABI_I386 :
			   arch == ARCH_AARCH64 ? TR_ABI_AARCH64 :
						  TR_ABI_MAX;
	const struct sc_row *row = abi < TR_ABI_MAX ? sc_find(abi, (uint32_t)rec->status) : NULL;

	put_address(out, ", si_call_addr=", rec->addr);
	buf_str(out, ", si_syscall=");
	if (row) {
		buf_str(out, "__NR_");
		buf_str(out, row->name);
	} else {
		buf_i64(out, rec->status);
	}
	buf_str(out, ", si_arch=");
	buf_str(out, abi == TR_ABI_X86_64  ? "AUDIT_ARCH_X86_64" :
		     abi == TR_ABI_I386	   ? "AUDIT_ARCH_I386" :
		     abi == TR_ABI_AARCH64 ? "AUDIT_ARCH_AARCH64" :
					     "");
	if (abi == TR_ABI_MAX)
		buf_hex(out, arch);
}

static void put_kernel(struct strace_sink *s, const struct tr_signal *rec)
{
	struct buf *out = s->s.out;

	switch (rec->signo) {
	case SIGCHLD:
		put_child(s, rec);
		break;
	case SIGILL:
	case SIGFPE:
	case SIGSEGV:
	case SIGBUS:
	case SIGTRAP:
		put_fault(out, rec);
		break;
	case SIGPOLL:
		if (rec->code < POLL_IN || rec->code > POLL_MSG)
			break;
		buf_str(out, ", si_band=");
		buf_i64(out, (int64_t)rec->addr);
		break;
	case SIGSYS:
		put_call(out, rec);
		break;
	default:
		if (rec->pid || rec->uid)
			put_sender(s, rec);
		if (rec->value)
			put_value(out, rec);
	}
}

void strace_siginfo(struct strace_sink *s, const struct tr_signal *rec)
{
	const char *code = signal_code_name(rec->signo, rec->code);
	struct buf *out = s->s.out;

	if (!rec->signo) {
		buf_put(out, "{}", 2);
		return;
	}
	buf_str(out, "{si_signo=");
	put_signo(s, rec->signo);
	buf_str(out, ", si_code=");
	put_const(s, T_HEX, (uint32_t)rec->code, code);
	if (rec->errnum) {
		buf_str(out, ", si_errno=");
		put_const(s, T_ERRNO, rec->errnum, sc_errno_name(rec->errnum));
	}
	if (rec->code <= 0)
		put_user(s, rec);
	else
		put_kernel(s, rec);
	buf_char(out, '}');
}

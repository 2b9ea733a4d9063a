/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value.h - the walker: takes an argument of a record apart by the type that the table gives it, and
 * tells a sink what it finds. What a number, a string or a struct looks like is the sink's affair, so
 * that every format decodes everything, and a new type is decoded once for all formats.
 *
 * Every byte of a record is the traced program's choice: the walker checks each length against the
 * item that was captured, and shows an address where nothing was.
 */
#ifndef CLI_VALUE_H
#define CLI_VALUE_H

#include <stdbool.h>
#include <stdint.h>
#include <core/buf.h>
#include <core/table.h>
#include "facts.h"
#include "idnames.h"

struct sink;

enum value_group {
	GROUP_STRUCT,  /* fields follow */
	GROUP_ARRAY,   /* elements follow */
	GROUP_SET,     /* elements that are bits of a set */
	GROUP_POINTEE, /* one element: what a pointer to a number points to */
};

enum str_flags {
	STR_CUT = 1,  /* there is more than these bytes */
	STR_PATH = 2, /* a file name */
	STR_ABSTRACT = 4, /* a Unix socket's name without a file */
	STR_RANDOM = 8, /* bytes that are no text at all */
};

enum time_flags {
	TIME_IS_US = 1, /* timeval, else timespec */
	TIME_IS_DATE = 2, /* since the epoch, and of interest as a date */
};

/* Beside enum sc_type: a limit that people count in KiB, for num(); of words, a decimal constant, and an address. */
#define VALUE_LIMIT (T_TYPE_MAX + 1)
#define VALUE_DECIMAL (T_TYPE_MAX + 2)
#define VALUE_ADDRESS (T_TYPE_MAX + 3)

struct sink_ops {
	/* v of enum sc_type T_INT..T_TIME; the unsigned types' values are to be cast back. */
	void (*num)(struct sink *s, unsigned int type, int64_t v);
	void (*addr)(struct sink *s, uint64_t v);
	void (*fd)(struct sink *s, int32_t fd, bool is_dir); /* is_dir: AT_FDCWD is possible */
	/* Between these two the walker writes ASCII without quotes or backslashes to s->out. */
	void (*word_begin)(struct sink *s);
	void (*word_end)(struct sink *s);
	void (*str)(struct sink *s, const void *p, size_t n, unsigned int flags);
	void (*begin)(struct sink *s, enum value_group group);
	void (*field)(struct sink *s, const char *name); /* its value follows; NULL: it has no name */
	void (*elem)(struct sink *s);		     /* its value follows */
	void (*more)(struct sink *s, enum value_group group); /* some of the group are left out */
	void (*end)(struct sink *s, enum value_group group);
	void (*port)(struct sink *s, uint16_t port); /* in host order */
	void (*ip)(struct sink *s, int family, const void *address);
	void (*sockaddr)(struct sink *s, const void *p, size_t n);
	void (*wstatus)(struct sink *s, uint32_t status);
	void (*time)(struct sink *s, int64_t sec, int64_t part, unsigned int flags); /* enum time_flags */
	/* NULL: siginfo is a struct as any other. */
	void (*siginfo)(struct sink *s, const struct tr_signal *info);
	/* So many things at an address that is not taken apart; NULL: it is. */
	void (*count)(struct sink *s, uint64_t addr, uint64_t n, bool exact, const char *things);
	/* What follows is the value after the call; NULL: both are never shown together. */
	void (*change)(struct sink *s);
};

struct sink {
	const struct sink_ops *ops;
	struct buf *out;
	bool terse; /* fields that strace leaves out are left out */
	bool all_names; /* of what drivers share a number for, as strace does */
	bool apart; /* what a word is put together from are words too, with their values */
	bool wordless; /* and of words, nothing but their values is shown */
	struct idnames *ids; /* NULL: interfaces are numbers */
	const char *ip_name; /* what an IPv6 address is stored in; NULL: sin6_addr */
	bool unfilled; /* what the struct shown is before the call: what that fills is left out */
	const uint8_t *before; /* the struct shown, as it was before the call; NULL: that is not of interest */
	bool result; /* a descriptor is what the call returns, not what it is given */
	/* What the word that begins stands for, where word_known; its type as num() has it. */
	bool word_known;
	uint8_t word_type;
	int64_t word_value;
	uint32_t stamp_nsec; /* of the T_STAMP that comes: another field of its struct has them */
};

/* A call being shown. */
struct call {
	const struct tr_syscall *rec;
	struct tr_syscall made; /* what rec points to where a call makes another: socketcall */
	const struct sc_row *row; /* NULL: unknown */
	unsigned int nargs;
	uint32_t string_limit;
	bool returned; /* ret is meaningful */
	bool failed;
	bool is_32; /* an ABI of 32 bits */
	bool compat; /* and a call that the table describes for 64 bits: structs have to be widened */
	const struct facts *facts; /* what descriptors are; NULL: nothing is known */
	bool show_secrets; /* of the environment */
};

enum value_when { VALUE_BOTH, VALUE_ENTRY, VALUE_EXIT };

void call_init(struct call *c, const struct tr_syscall *rec, const struct facts *facts,
	       uint32_t string_limit);

/* What descriptor argument i is; NULL if it is not known. */
const struct fact_fd *call_fd(const struct call *c, unsigned int i);

/* The argument's description, with T_SUB resolved; static, never NULL. i < c->nargs. */
const struct sc_arg *call_arg(const struct call *c, unsigned int i);

/* It is not part of the call: the mode of an open that creates nothing, F_GETFL's third. */
bool call_arg_absent(const struct call *c, unsigned int i);

/* It is only known once the call has returned. */
bool call_arg_is_result(const struct call *c, unsigned int i);

/* It points to an array of no elements. */
bool call_arg_empty(const struct call *c, unsigned int i);

/* What an in/out argument is shown as where one value has to do, or two. */
enum call_change { CHANGE_BEFORE, CHANGE_AFTER, CHANGE_BOTH };
enum call_change call_arg_change(const struct call *c, unsigned int i);

/* What it points to, as it was read at this moment and no other. */
const struct tr_item *call_item(const struct call *c, unsigned int i, bool at_exit);

static inline bool call_is_pointer(unsigned int type) /* enum sc_type */
{
	return type >= T_PATH && type <= T_SOCKOPT;
}

/* It is an in/out argument whose value after the call was captured. */
bool call_arg_changed(const struct call *c, unsigned int i);

/* VALUE_BOTH: as it was made, and after sink's change() as it was after it, where they are short. */
void value_arg(struct sink *s, const struct call *c, unsigned int i, enum value_when when);

/* The result of a call that did not fail. How its kind is: value_ret_kind. */
enum sc_ret value_ret_kind(const struct call *c, const struct sc_flags **ret_flags);
void value_ret(struct sink *s, const struct call *c);

/* A field of the struct that argument i points to; false: there is none, or it was not captured. */
bool value_field(struct sink *s, const struct call *c, unsigned int i, const char *name, size_t len);

/* For the walker's own files. */

/* A number of a type and width out of size raw bits, with its sign. size 0: an argument's default. */
int64_t value_narrow(const struct call *c, unsigned int type, unsigned int size, uint64_t raw);
void value_num(struct sink *s, unsigned int type, const void *ref, int64_t v);
/* As word_begin(), of a word that stands for v. */
void value_word_begin(struct sink *s, unsigned int type, int64_t v);
void value_flags(struct buf *out, const struct sc_flags *flags, uint64_t v, bool is_enum);
void value_flags_only(struct buf *out, const struct sc_flags *flags, uint64_t v); /* without rows that have a mask */
void value_octal(struct buf *out, uint64_t mode);
void value_permissions(struct sink *s, uint64_t mode);
/* A number that is put together from several; false: it is told as one. */
bool value_parts(struct sink *s, unsigned int type, const void *ref, int64_t v);
/* One that stands for v and has this name, NULL: it has none. */
void value_part(struct sink *s, unsigned int type, int64_t v, const char *name, const char *unknown);
const char *value_name(const struct sc_flags *flags, uint64_t v); /* NULL: it has none */
void value_ioprio(struct sink *s, uint32_t v, const struct sc_flags *classes);
void value_sigset(struct sink *s, const uint8_t *p, size_t n);

/* A number or struct in place, at p; n bytes are there. False: too few. */
struct value_type {
	unsigned int type;
	unsigned int size;
	const void *ref;
};
bool value_place(struct sink *s, const struct call *c, const struct value_type *t, const uint8_t *p,
		 size_t n);
void value_field_at(struct sink *s, const struct call *c, const struct sc_field *f, const uint8_t *p,
		    size_t n);
bool value_struct(struct sink *s, const struct call *c, const struct sc_struct *st,
		  const uint8_t *p, size_t n);

/* One struct sock_filter: BPF_STMT(code, k) or BPF_JUMP(code, k, jt, jf); one struct bpf_insn. */
void value_bpf_filter(struct sink *s, const struct call *c, const uint8_t *p);
void value_bpf_insn(struct sink *s, const uint8_t *p);

/* struct perf_event_attr; false: it is shorter than the first one was. */
bool value_perf_attr(struct sink *s, const struct call *c, const struct sc_struct *st, const uint8_t *p, size_t n);

/* What is read from inotify, eventfd and their like; false: it is data. */
bool value_events(struct sink *s, const struct call *c, const struct tr_item *item, uint64_t whole);

/* Data of a netlink socket; false: it is none, or nothing that can be told. */
bool value_netlink(struct sink *s, const struct call *c, const void *data, size_t n, uint64_t whole);

/* A field T_PSTR, T_PBUF or T_PARRAY of the struct at base; the pointers of T_PTRS. */
void value_pointee(struct sink *s, const struct call *c, const struct sc_struct *st,
		   const struct sc_field *f, const uint8_t *base);
bool value_pointers(struct sink *s, const struct call *c, unsigned int i);

/* ioctl: its third argument's description, and its request. */
const struct sc_arg *value_ioctl_arg(const struct call *c);
enum sc_ret value_ioctl_ret(const struct call *c, const struct sc_flags **ret_flags);
bool value_ioctl_failed(struct sink *s, const struct call *c); /* what a failed one was asked for */
/* One that is not described is shown in bytes: those that are given, are filled, or both. 0: it is not. */
enum { IOCTL_GIVEN = 1, IOCTL_FILLED = 2 };
unsigned int value_ioctl_bytes(const struct sink *s, const struct call *c);
bool value_ioctl_unknown(struct sink *s, const struct call *c); /* false: they were not captured */
void value_ioctl_request(struct sink *s, const struct call *c);

/* The same of a struct in the caller's memory, whose layout is that of its ABI. */
bool value_own_struct(struct sink *s, const struct call *c, const struct sc_struct *st,
		      const uint8_t *p, size_t n);

/* Arguments by type; false: nothing that can be shown was captured. */
bool value_array(struct sink *s, const struct call *c, unsigned int i, bool at_exit);
bool value_strv(struct sink *s, const struct call *c, unsigned int i);
bool value_iov(struct sink *s, const struct call *c, unsigned int i, bool at_exit);
/* Control data at an address, of which whole bytes count; and what its messages begin with. */
void value_control(struct sink *s, const struct call *c, const struct tr_item *item, uint64_t whole,
		   uint64_t address);
size_t value_control_head(const struct call *c);
bool value_msghdr(struct sink *s, const struct call *c, unsigned int i, bool at_exit);
bool value_mmsghdr(struct sink *s, const struct call *c, unsigned int i, bool at_exit);
bool value_sockaddr(struct sink *s, const struct call *c, unsigned int i, bool at_exit);
bool value_sockopt(struct sink *s, const struct call *c, unsigned int i, bool at_exit);
bool value_fdset(struct sink *s, const struct call *c, unsigned int i, bool at_exit);
int32_t value_fdset_next(const struct call *c, unsigned int i, int32_t fd); /* after the call, from fd on; -1: none */
bool value_resident(struct sink *s, const struct call *c, unsigned int i, bool at_exit);
bool value_cpuset(struct sink *s, const struct call *c, unsigned int i, bool at_exit);
bool value_msgbuf(struct sink *s, const struct call *c, unsigned int i, bool at_exit);
bool value_dirents(struct sink *s, const struct call *c, unsigned int i);
void value_bytes(struct sink *s, const struct call *c, const struct tr_item *item, uint64_t whole);

/* The descriptors that poll found ready, as an array. False: c is no poll, or they were not captured. */
bool value_ready(struct sink *s, const struct call *c);

/* The fields of an address that is no internet, Unix or netlink one, into a group. */
void value_sockaddr_rest(struct sink *s, unsigned int family, const void *p, size_t n);

/* A sockaddr as the struct that it is, for sinks that show it so. */
void value_sockaddr_struct(struct sink *s, const void *p, size_t n);

/* "SI_USER", "SEGV_MAPERR"; NULL if unknown. */
const char *signal_code_name(int signo, int code);
/* The siginfo fields that this signal has: enum signal_has bits. */
enum signal_has { HAS_SENDER = 1, HAS_STATUS = 2, HAS_ADDR = 4, HAS_VALUE = 8 };
unsigned int signal_fields(int signo, int code);

/* What is common to all formats in a sockaddr. */
struct address {
	uint16_t family;
	uint16_t port;	   /* host order; INET, INET6 */
	uint32_t scope;	   /* INET6 */
	const void *ip;	   /* 4 or 16 bytes; NULL: too short, or another family */
	const char *path;  /* UNIX: bytes without NUL; NULL: unnamed */
	size_t path_len;
	bool abstract;
};
void address_parse(struct address *a, const void *p, size_t n);
void address_put_ip(struct buf *out, int family, const void *ip);
void address_put_endpoint(struct buf *out, const struct address *a); /* 127.0.0.1:80, [::1]:80 */
const char *address_family(unsigned int family); /* "AF_INET", NULL if unknown */

#endif

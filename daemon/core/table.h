/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * table.h - the system call table: what every call is called, what its arguments mean, and how to
 * say it. Everything that the project knows of a call is derived from its row here.
 *
 * Rows are const data in table_<area>.def; what they refer to (flag sets, structs) is in
 * consts_<area>.def. A row is found by its id: the x86_64 number where the call has one, else
 * SC_ID_OTHER or more (calls that only i386 or aarch64 has).
 */
#ifndef CORE_TABLE_H
#define CORE_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include <linux/types.h>
#include <tracer/event.h>

#define SC_ID_OTHER 600 /* ids from here on have no x86_64 number */
#define SC_ID_MAX 700

/* Classes, with strace's names and meaning: -e %file. */
#define SC_FILE (1u << 0)    /* takes a file name */
#define SC_DESC (1u << 1)    /* takes or returns a descriptor */
#define SC_MEMORY (1u << 2)
#define SC_NETWORK (1u << 3)
#define SC_SIGNAL (1u << 4)
#define SC_PROCESS (1u << 5)
#define SC_IPC (1u << 6)
#define SC_CREDS (1u << 7)
#define SC_CLOCK (1u << 8)
#define SC_STAT (1u << 9)    /* the stat variants, and so on as in strace(1) */
#define SC_LSTAT (1u << 10)
#define SC_FSTAT (1u << 11)
#define SC_STATFS (1u << 12)
#define SC_FSTATFS (1u << 13)
#define SC_PURE (1u << 14)   /* no arguments and never fails */
#define SC_STATFS_ANY (1u << 15) /* only in %%statfs: ustat */

struct sc_class {
	const char *name; /* without % */
	uint32_t bits;
};
extern const struct sc_class sc_classes[]; /* ends with a NULL name; has %%stat etc. as "%stat" */

/* How an argument, or a field of a struct, is read and shown. */
enum sc_type {
	T_NONE = 0, /* not shown: an argument that only other ABIs use */
	/*
	 * Numbers; the width is that of the argument or field. Where one that is no T_FLAGS or T_ENUM
	 * has a ref (struct sc_flags), the values that it names are shown by name: SIG_IGN.
	 */
	T_INT,	  /* signed decimal */
	T_UINT,	  /* unsigned decimal */
	T_LONG,   /* signed decimal, 64 bits (32 on a 32-bit ABI) */
	T_ULONG,
	T_HEX,
	T_OCT,	  /* octal */
	T_SIZE,	  /* a length in bytes: unsigned decimal; people get units */
	T_OFF,	  /* a file offset, signed */
	T_PTR,	  /* an address; NULL */
	T_MODE,	  /* permission bits, octal; st_mode fields with the type by name */
	T_DEV,	  /* device number: makedev(major, minor) */
	T_FD,	  /* a descriptor */
	T_DIRFD,  /* a descriptor or AT_FDCWD */
	T_PID,
	T_UID,
	T_GID,
	T_SIGNAL, /* by name, SIG prefix */
	T_FLAGS,  /* ref: struct sc_flags */
	T_ENUM,	  /* ref: struct sc_flags, exactly one */
	T_FUTEX_OP, /* what FUTEX_WAKE_OP does and compares */
	T_IOPRIO, /* ref: struct sc_flags of its class, in the upper bits */
	T_KERNEL_VERSION,
	T_QUOTA_CMD, /* ref: two struct sc_flags, of the upper 24 bits and of the lower 8 */
	T_CODE,	  /* as T_ENUM; strace writes the number, and the name beside it */
	T_ERRNO,  /* a positive errno */
	T_IOCTL,  /* ioctl request number */
	T_NS,	  /* a duration in ns; T_US, T_MS, T_SEC likewise (-1: forever) */
	T_US,
	T_MS,
	T_SEC,
	T_TIME,	  /* seconds since the epoch */
	T_STAMP,  /* the same, where strace tells the date too */
	T_PAGES,  /* an offset in units of 4,096 bytes, shown in bytes */
	T_IFINDEX, /* the number of a network interface */
	T_IN_PORT, /* 16 bits in network order: htons(80) */
	T_IN_ADDR, /* 32 bits in network order: inet_addr("...") */
	T_IN6_ADDR,
	/* pointers; a capture item holds what they point to */
	T_PATH,	  /* string, never abbreviated */
	T_STR,	  /* string, abbreviated at the string limit */
	T_BUF,	  /* bytes: args[len] of them; where dir is OUT, ret of them. `count`: the length is the
		   * 4 bytes at this offset in the struct that args[len] points to */
	T_STRUCT, /* ref: struct sc_struct */
	T_ARRAY,  /* args[len] elements of ref: struct sc_struct (dir OUT: ret elements if ret_len);
		   * where there are more than `count`, if not 0, strace shows the address */
	T_NUMS,	  /* args[len] (0xff: `count` of them) numbers of type `sub`, `size` bytes each: pipe's fds */
	T_VALUE,  /* pointer to one number of type `sub`, `size` bytes: int *, off_t *, socklen_t * */
	T_SIGSET, /* kernel sigset, args[len] bytes (0xff: 8) */
	T_STRV,	  /* argv; with size 1 the strings are only counted: envp */
	T_IOV,	  /* args[len] iovecs and their data */
	T_MSGHDR,
	T_MMSGHDR,
	T_MSGBUF, /* a long and args[len] bytes; OUT: ret of them count */
	T_SOCKADDR, /* IN: args[len] bytes; OUT: *args[len] */
	T_SOCKLEN,  /* int *, value-result length: [128 => 16] as strace */
	T_FDSET,   /* fd_set of args[len] bits */
	T_RESIDENT, /* a byte for each page of args[len] bytes, whose lowest bit counts */
	T_CPUSET,  /* args[len] bytes of bits; OUT: ret bytes */
	T_WSTATUS, /* int *, a wait status */
	T_DIRENTS, /* ret bytes of struct linux_dirent64 (sub: 1) or linux_dirent (sub: 0) */
	T_PTRS,	   /* args[len] pointers to ref: struct sc_struct: io_submit */
	T_SOCKOPT, /* option value: args[len] bytes (OUT: *args[len]); by level args[1], name args[2] */
	/* hangs on another argument */
	T_SUB,	  /* ref: struct sc_sub: looked up by the value of args[len] */
	T_IOCTL_ARG, /* by the request in args[len] and the descriptor: ioctl.h; an address where that has none */
	/* only inside structs and rows of sc_sub */
	T_BYTES,  /* `size` raw bytes in place, shown as a string */
	T_CSTR,	  /* `size` bytes in place, a string up to its NUL: utsname */
	T_TIMESPEC, /* in place: {tv_sec, tv_nsec}; T_TIMEVAL likewise */
	T_TIMEVAL,
	T_STAMP_NS, /* timespec and timeval where strace tells the date too */
	T_STAMP_US,
	T_INLINE, /* ref: struct sc_struct, in place */
	T_PAD,	  /* not shown */
	T_MAC,	  /* a hardware address of `size` bytes */
	/* Pointers in a struct whose targets are captured too; `count` is the offset of the field with the length. */
	T_PSTR,	  /* a string */
	T_PBUF,	  /* bytes */
	T_PARRAY, /* elements of ref: struct sc_struct; `more` 2: the length is in bytes;
		   * 4: strace shows the address unless -v */
	T_PNUM,	  /* a number of `count` bytes that the call stores */
	T_PSIGSET, /* a set of signals */
	T_TYPE_MAX
};

enum sc_dir { D_IN = 0, D_OUT = 1, D_INOUT = 2 };

#define SC_NOLEN 0xff

struct sc_arg {
	const char *name; /* as in the man page */
	uint8_t type;	  /* enum sc_type */
	uint8_t dir;	  /* enum sc_dir, for pointers */
	uint8_t len;	  /* index of the argument that a length rule or T_SUB refers to */
	uint8_t sub;	  /* enum sc_type of the elements of T_NUMS, T_VALUE */
	uint16_t size;	  /* of a number behind a pointer, in bytes */
	uint16_t count;	  /* T_NUMS with len SC_NOLEN */
	const void *ref;
	uint8_t ret_len; /* 1: the result is the length or count (dir OUT) */
};

/* How the result is shown, where the call did not fail. */
enum sc_ret {
	R_INT = 0,
	R_NONE,	 /* does not return */
	R_ZERO,	 /* 0 is all that success can be */
	R_FD,
	R_PID,
	R_SIZE,	 /* bytes done */
	R_COUNT, /* number of things, ready descriptors, ... */
	R_OFF,
	R_ADDR,	 /* hex */
	R_HEX,
	R_OCT,	 /* umask */
	R_UID,
	R_GID,
	R_TIME,	 /* seconds since the epoch */
	R_FLAGS, /* ret_ref: struct sc_flags (fcntl F_GETFL: through sc_sub) */
	R_MASK,
	R_SIGNAL, /* decimal with the name beside it: 10 (SIGUSR1) */
	R_ENUM,	 /* ret_ref; decimal with the name beside it: 1 (SUID_DUMP_USER) */
	R_IOPRIO, /* ret_ref: its classes; decimal with what it is put together from beside it */
};

/* What a call does to the caller's descriptors or process, beyond what types say. */
#define SC_FX_FD_STALE (1u << 0)  /* changes what descriptor args[0] is: connect, bind, listen */
#define SC_FX_CREDS (1u << 1)	  /* changes credentials: setuid, setresgid, capset, ... */
#define SC_FX_CWD (1u << 2)	  /* chdir, fchdir */
#define SC_FX_NO_RETURN (1u << 3) /* exit, exit_group */
#define SC_FX_NO_ERROR (1u << 4)  /* no result is an error: getuid, umask, ... */
#define SC_FX_SIGFRAME (1u << 6)  /* argument 0 is read from the frame on the stack: rt_sigreturn */
#define SC_FX_FOREIGN (1u << 5)   /* the result is another call's: rt_sigreturn */

/* A condition on one value of a call, of which the bits of mask (0: the lower 32) have to be value. */
enum sc_what {
	SC_ALWAYS = 0,
	SC_IF_ARG, /* the argument */
	SC_IF_AT,  /* the number that it points to, at entry */
	SC_IF_STOPS, /* the times of a timer that it points to, at entry, stop it */
	SC_IF_RET, /* the result of a call that did not fail; all 64 bits */
	SC_IF_ERR, /* the errno of a call that failed; only as the first condition */
};

struct sc_when {
	uint8_t what; /* enum sc_what */
	uint8_t arg;
	uint64_t mask;
	uint64_t value;
};

/*
 * Where values decide what a call does: all conditions hold. A list of them ends without sentences. Where
 * the first condition is SC_IF_ERR, did is the whole sentence for the call that failed so.
 */
#define SC_WHENS 3
struct sc_say {
	struct sc_when when[SC_WHENS];
	const char *did;
	const char *tried;
};

/*
 * did and tried are the sentence for people: "opened {pathname} {flags}" and "open {pathname}"; in
 * braces the name of an argument, {argument.field} of a struct, {ret}, or {ready}: what poll found.
 * What is in brackets is left out where one of its values is nothing: NULL, 0, no descriptor. did tells
 * a call that succeeded; tried completes "tried to ..." for one that failed, and "in ..." for one that
 * is blocked (the reader adds those words). The first of says that holds, and has the sentence that is
 * needed, takes their place. A row without sentences is told as name(arguments).
 */
struct sc_row {
	const char *name;
	uint32_t classes;
	uint8_t nargs;
	uint8_t ret;	 /* enum sc_ret */
	uint16_t effects; /* SC_FX_* */
	const struct sc_flags *ret_ref;
	const char *did;
	const char *tried;
	const struct sc_say *says;
	struct sc_arg args[TR_MAX_ARGS];
};

/*
 * A value matches a row when (value & mask) == row.value; a mask of 0 stands for row.value. Rows with
 * a mask (O_ACCMODE, S_IFMT, MAP_TYPE) come first. A row of value 0 without a mask is the name of 0.
 * For T_ENUM mask is not used. A first row called "%o" stands for the bits of its mask, shown as
 * permissions. The table ends with a NULL name.
 */
struct sc_flag {
	const char *name;
	uint64_t value;
	uint64_t mask;
};

struct sc_flags {
	const char *prefix; /* of names that are missing: "O_???" as strace prints it. What
			     * it begins with beside that: %: decimal; ~: in network order; ^: so too, in
			     * an address; +: an offset; &: a field and flags, which -X tells apart;
			     * |: flags and a field */
	const struct sc_flag *rows;
};

struct sc_field {
	const char *name;
	uint16_t off;
	uint16_t size; /* of one element in bytes */
	uint8_t type;  /* enum sc_type: numbers and the in-place types */
	uint8_t more;  /* 1: strace leaves it out unless -v; 8: and does not say so; 2, 4: see T_PARRAY;
			* 16: the call fills it: not shown before, or where that failed; 32: where the call
			* changed it, its old value is shown too; 64: left out where it is 0 */
	uint16_t count; /* of an array, 0 or 1: not one */
	const void *ref;
};

#define SC_SIZE_GIVEN 0xff
#define SC_SIZE_GROWS 0xfe
#define SC_SIZE_MORE 64 /* bytes that are read beyond the end of what grows */

struct sc_struct {
	const char *name; /* "stat" */
	uint16_t size;	  /* sizeof on a 64-bit ABI */
	const struct sc_field *fields; /* ends with a NULL name */
	const char *wrap; /* strace has it in braces as the field of this name, of a union */
	uint8_t own_size; /* 1 + the offset of a field of 4 bytes that tells how long it is; SC_SIZE_GIVEN:
			   * an argument does, and what is beyond is not missing; SC_SIZE_GROWS: so too,
			   * and what is beyond the last field that is known is told; 0: none */
};

/* Rows are looked up by value in order; the row with a NULL name ends the list and is the default. */
struct sc_sub_row {
	uint64_t value;
	struct sc_arg arg;
	uint8_t ret; /* enum sc_ret where it differs, else R_INT */
	const struct sc_flags *ret_ref;
};

struct sc_sub {
	const struct sc_sub_row *rows;
	uint8_t shift; /* the value's lower bits that don't count */
	uint16_t unless; /* the upper half, where it is this, does not count */
	uint32_t mask; /* 0: all bits count */
};

/* The row of a call, NULL if it is not known. nr may be any value: a tracee chose it. */
const struct sc_row *sc_find(unsigned int abi, uint64_t nr);
const struct sc_row *sc_by_id(unsigned int id); /* NULL where there is none */

unsigned int sc_id(const struct sc_row *row);

/* The number of a call in an ABI, -1 if that ABI does not have it. */
int sc_nr(const struct sc_row *row, unsigned int abi);

/* By name; NULL if there is none. */
const struct sc_row *sc_by_name(const char *name);

/* The known call whose name is nearest, NULL if none is near. For "did you mean". */
const struct sc_row *sc_nearest(const char *name);

const char *sc_abi_name(unsigned int abi);

/* Fills plan from the row (all zero but nargs where nothing has to be read). */
void sc_plan(const struct sc_row *row, unsigned int abi, struct tr_plan *plan);

/* When plan's operations are due, from their flags. said, bit i: people are told what argument i points to. */
void sc_plan_moments(struct tr_plan *plan, unsigned int said);

/* Bit i: people are told what argument i points to, or one of them hangs on it. */
unsigned int sc_said(const struct sc_row *row);

/* ret counts as an error of row: -4095..-1, and row can fail. row may be NULL. */
int sc_is_error(const struct sc_row *row, int64_t ret);

/* "ENOENT" and "No such file or directory"; kernel-only ones (ERESTARTSYS) too. NULL if unknown. */
const char *sc_errno_name(int err);
const char *sc_errno_text(int err);
int sc_errno_by_name(const char *name); /* 0 if there is none */

/* What an error means to people. */
struct sc_error {
	int err;
	uint32_t classes;    /* of the calls that it is about, 0: all */
	const char *calls;   /* their names, " a b ", instead of classes; NULL: none are named */
	const char *words;   /* "not there" */
	const char *meaning; /* half a sentence */
};

/* For a call, or for any (row NULL). NULL: nothing is known of it but sc_errno_text. */
const struct sc_error *sc_error_find(int err, const struct sc_row *row);

const char *sc_signal_name(int signo); /* "SIGINT", "SIGRT_3"; NULL if it is none */

/* Names that the rows of the network calls use, for addresses, messages and their control data. */
const struct sc_flags *sc_address_families(void); /* AF_* */
/* The fields of an address of len bytes; those that begin beyond len are not there. NULL: unknown. */
const struct sc_field *sc_sockaddr_fields(unsigned int family, size_t len);
const struct sc_flags *sc_message_flags(void);	  /* MSG_* */
const struct sc_flags *sc_netlink_protocols(void); /* NETLINK_* */
const struct sc_flags *sc_sockopt_levels(void);	  /* SOL_*; cmsg_level too */
const struct sc_flags *sc_sockopt_names(unsigned int level); /* NULL: an unknown level */

/*
 * What optval points to: T_STRUCT, T_STR (up to its length), or T_VALUE; NULL: an int, if it is 4
 * bytes, else bytes. A value may be shorter than the struct: show the fields that are there.
 */
const struct sc_arg *sc_sockopt_value(unsigned int level, unsigned int name);

#endif

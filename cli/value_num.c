/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value_num.c - numbers, and the words that stand for them: flags, enumerations, modes, devices,
 * signals, signal sets, ioctl requests.
 */
#include "value.h"

#include <core/ioctl.h>
#include <endian.h>

static int64_t sign_extend(uint64_t raw, unsigned int size)
{
	switch (size) {
	case 1:
		return (int8_t)raw;
	case 2:
		return (int16_t)raw;
	case 4:
		return (int32_t)raw;
	default:
		return (int64_t)raw;
	}
}

static uint64_t zero_extend(uint64_t raw, unsigned int size)
{
	return size >= 8 ? raw : raw & ((1ULL << size * 8) - 1);
}

/* The width of an argument that does not state it. */
static unsigned int default_size(const struct call *c, unsigned int type)
{
	switch (type) {
	case T_LONG:
	case T_ULONG:
	case T_HEX:
	case T_SIZE:
	case T_OFF:
	case T_PTR:
	case T_TIME:
	case T_STAMP:
	case T_NS:
	case T_US:
	case T_DEV:
	case T_SUB:
	case T_IOCTL_ARG:
		return c->is_32 ? 4 : 8;
	case T_MODE:
		return 2;
	default:
		return 4;
	}
}

int64_t value_narrow(const struct call *c, unsigned int type, unsigned int size, uint64_t raw)
{
	if (!size)
		size = default_size(c, type);
	switch (type) {
	case T_INT:
	case T_LONG:
	case T_OFF:
	case T_FD:
	case T_DIRFD:
	case T_PID:
	case T_SIGNAL:
	case T_IFINDEX:
	case T_ERRNO:
	case T_NS:
	case T_US:
	case T_MS:
	case T_SEC:
	case T_TIME:
	case T_STAMP:
	case T_UID:
	case T_GID:
		return sign_extend(raw, size);
	default:
		return (int64_t)zero_extend(raw, size);
	}
}

/* In network order. */
static bool is_swapped(const struct sc_flags *flags)
{
	return flags->prefix && (flags->prefix[0] == '~' || flags->prefix[0] == '^');
}

static void put_unknown(struct buf *out, const struct sc_flags *flags, uint64_t v)
{
	const char *prefix = flags->prefix;

	if (prefix && (prefix[0] == '&' || prefix[0] == '|'))
		prefix++;
	if (prefix && prefix[0] == '%') {
		buf_i64(out, (int32_t)v);
		prefix++;
	} else if (is_swapped(flags)) {
		buf_str(out, "htons(");
		buf_hex(out, be16toh((uint16_t)v));
		buf_put(out, " /* ", 4);
		buf_str(out, prefix + 1);
		buf_put(out, " */)", 4);
		return;
	} else {
		buf_hex(out, v);
	}
	if (!prefix)
		return;
	buf_put(out, " /* ", 4);
	buf_str(out, prefix);
	buf_put(out, " */", 3);
}

/* Rows of rising values, and how far v is beyond one. */
static void put_between(struct buf *out, const struct sc_flags *flags, uint64_t v)
{
	const struct sc_flag *f = flags->rows;

	while (f[1].name && f[1].value <= v)
		f++;
	if (!f[1].name && f->value != v) {
		buf_hex(out, v);
		return;
	}
	buf_str(out, f->name);
	if (f->value == v)
		return;
	buf_char(out, '+');
	buf_u64(out, v - f->value);
}

static void put_enum(struct buf *out, const struct sc_flags *flags, uint64_t v)
{
	if (flags->prefix && flags->prefix[0] == '+') {
		put_between(out, flags, v);
		return;
	}
	for (const struct sc_flag *f = flags->rows; f->name; f++) {
		bool swapped = is_swapped(flags);

		if (f->value == v || (f->value >> 32 == UINT32_MAX && (uint32_t)f->value == v)) {
			buf_str(out, swapped ? "htons(" : "");
			buf_str(out, f->name);
			buf_str(out, swapped ? ")" : "");
			return;
		}
	}
	put_unknown(out, flags, v);
}

/* At least three digits, as people write permissions. */
void value_octal(struct buf *out, uint64_t mode)
{
	if (mode < 010) {
		buf_put(out, "00", 2);
		buf_char(out, (char)('0' + mode));
	} else {
		buf_oct(out, mode);
	}
}

/* Rows that are no names: the bits of their mask, as permissions, or as a number where there is no name for it. */
static bool is_permissions(const struct sc_flag *f)
{
	return f->name[0] == '%' && f->name[1] == 'o';
}

static bool is_number(const struct sc_flag *f)
{
	return f->name[0] == '%' && f->name[1] == 'd';
}

static void put_quota_cmd(struct buf *out, const struct sc_flags *flags, uint32_t v)
{
	buf_str(out, "QCMD(");
	put_enum(out, &flags[0], v >> 8);
	buf_put(out, ", ", 2);
	put_enum(out, &flags[1], v & 0xff);
	buf_char(out, ')');
}

static void put_kernel_version(struct buf *out, uint32_t v)
{
	buf_str(out, "KERNEL_VERSION(");
	buf_u64(out, v >> 16);
	buf_put(out, ", ", 2);
	buf_u64(out, v >> 8 & 0xff);
	buf_put(out, ", ", 2);
	buf_u64(out, v & 0xff);
	buf_char(out, ')');
}

static void put_rest(struct buf *out, const struct sc_flags *flags, uint64_t rest, bool some)
{
	if (rest && some) {
		buf_char(out, '|');
		buf_hex(out, rest);
	} else if (rest) {
		put_unknown(out, flags, rest);
	}
}

/* fields: rows that have a mask count too. */
static void put_flags(struct buf *out, const struct sc_flags *flags, uint64_t v, bool fields)
{
	const struct sc_flag *permissions = NULL;
	uint64_t rest = v, decided = 0;
	bool some = false;

	for (const struct sc_flag *f = flags->rows; f->name; f++) {
		if (is_permissions(f)) {
			permissions = f;
			rest &= ~f->mask;
			continue;
		}
		if (f->mask && !fields)
			continue;
		if (is_number(f) ? !(rest & f->mask) || (decided & f->mask) :
		    f->mask ? (v & f->mask) != f->value || (decided & f->mask) :
			      f->value ? (rest & f->value) != f->value : v != 0 || some)
			continue;
		decided |= f->mask;
		rest &= ~(f->mask ? f->mask : f->value);
		if (some)
			buf_char(out, '|');
		some = true;
		if (is_number(f))
			buf_u64(out, v & f->mask);
		else
			buf_str(out, f->name);
		if (!rest && !f->mask)
			break;
	}
	put_rest(out, flags, rest, some);
	some |= rest != 0;
	if (permissions && fields && some)
		buf_char(out, '|');
	if (permissions && fields)
		value_octal(out, v & permissions->mask);
	else if (!some)
		buf_char(out, '0');
}

void value_flags(struct buf *out, const struct sc_flags *flags, uint64_t v, bool is_enum)
{
	if (is_enum)
		put_enum(out, flags, v);
	else
		put_flags(out, flags, v, true);
}

void value_flags_only(struct buf *out, const struct sc_flags *flags, uint64_t v)
{
	put_flags(out, flags, v, false);
}

static const char *file_type(uint32_t mode)
{
	static const char *const names[16] = {
		[1] = "S_IFIFO", [2] = "S_IFCHR", [4] = "S_IFDIR",   [6] = "S_IFBLK",
		[8] = "S_IFREG", [10] = "S_IFLNK", [12] = "S_IFSOCK",
	};

	return names[mode >> 12 & 15];
}

static void put_mode(struct buf *out, uint64_t mode)
{
	const char *type = file_type((uint32_t)mode);

	if (type) {
		buf_str(out, type);
		buf_str(out, mode & 04000 ? "|S_ISUID" : "");
		buf_str(out, mode & 02000 ? "|S_ISGID" : "");
		buf_str(out, mode & 01000 ? "|S_ISVTX" : "");
		buf_char(out, '|');
		mode &= ~0177000ULL;
	}
	value_octal(out, mode);
}

void value_permissions(struct sink *s, uint64_t mode)
{
	s->ops->word_begin(s);
	value_octal(s->out, mode);
	s->ops->word_end(s);
}

static void put_dev(struct buf *out, uint64_t dev)
{
	buf_str(out, "makedev(");
	buf_hex(out, (dev >> 8 & 0xfff) | (dev >> 32 & 0xfffff000));
	buf_put(out, ", ", 2);
	buf_hex(out, (dev & 0xff) | (dev >> 12 & 0xffffff00));
	buf_char(out, ')');
}

static void put_name(struct buf *out, const char *name, int64_t v)
{
	if (name)
		buf_str(out, name);
	else
		buf_i64(out, v);
}

void value_word_begin(struct sink *s, unsigned int type, int64_t v)
{
	s->word_known = true;
	s->word_type = (uint8_t)type;
	s->word_value = v;
	s->ops->word_begin(s);
}

/* The type that a constant of a table is written as. */
static unsigned int written_as(unsigned int type, const struct sc_flags *flags)
{
	char how = type == T_ENUM && flags->prefix ? flags->prefix[0] : 0;

	return how == '%' ? VALUE_DECIMAL : how == '^' ? T_IN_PORT : how == '+' ? VALUE_ADDRESS : type;
}

/* A number that is told by its name. */
static void put_word(struct sink *s, unsigned int type, const void *ref, int64_t v)
{
	if (value_parts(s, type, ref, v))
		return;
	value_word_begin(s, type == T_ENUM ? written_as(type, ref) : type, v);
	switch (type) {
	case T_FLAGS:
	case T_ENUM:
		value_flags(s->out, ref, (uint64_t)v, type == T_ENUM);
		break;
	case T_MODE:
		put_mode(s->out, (uint64_t)v);
		break;
	case T_DEV:
		put_dev(s->out, (uint64_t)v);
		break;
	case T_SIGNAL:
		put_name(s->out, sc_signal_name((int)v), v);
		break;
	case T_KERNEL_VERSION:
		put_kernel_version(s->out, (uint32_t)v);
		break;
	case T_QUOTA_CMD:
		put_quota_cmd(s->out, ref, (uint32_t)v);
		break;
	case T_ERRNO:
		put_name(s->out, sc_errno_name((int)v), v);
		break;
	case T_IOCTL:
		ioctl_put_name(s->out, (uint32_t)v, ref);
		break;
	default:
		buf_i64(s->out, v);
	}
	s->ops->word_end(s);
}

/* Some values of a number have names: SIG_IGN, RLIM_INFINITY. */
static bool put_named(struct sink *s, unsigned int type, const struct sc_flags *names, int64_t v)
{
	for (const struct sc_flag *f = names->rows; f->name; f++) {
		if (f->value != (uint64_t)v)
			continue;
		value_word_begin(s, type, v);
		buf_str(s->out, f->name);
		s->ops->word_end(s);
		return true;
	}
	return false;
}

static void put_code(struct sink *s, const struct sc_flags *names, int64_t v)
{
	const struct sc_flag *f = names->rows;

	while (f->name && f->value != (uint64_t)v)
		f++;
	s->ops->word_begin(s);
	if (s->all_names) {
		buf_i64(s->out, v);
		buf_put(s->out, " /* ", 4);
		buf_str(s->out, f->name ? f->name : names->prefix);
		buf_put(s->out, " */", 3);
	} else {
		value_flags(s->out, names, (uint64_t)v, true);
	}
	s->ops->word_end(s);
}

/* As a call that gives it, where it is one of this host. */
static void put_interface(struct sink *s, int64_t v)
{
	const char *name = s->all_names && v > 0 ? idnames_interface(s->ids, (uint32_t)v) : NULL;

	if (!name || s->apart)
		s->ops->num(s, T_INT, v);
	if (!name || s->wordless)
		return;
	buf_str(s->out, s->apart ? " /* if_nametoindex(" : "if_nametoindex(");
	s->ops->str(s, name, strlen(name), STR_PATH);
	buf_str(s->out, s->apart ? ") */" : ")");
}

void value_num(struct sink *s, unsigned int type, const void *ref, int64_t v)
{
	uint32_t in_addr = (uint32_t)v;

	if (ref && (type < T_FLAGS || type == VALUE_LIMIT) && put_named(s, type, ref, v))
		return;
	switch (type) {
	case T_PTR:
	case T_SUB:
	case T_IOCTL_ARG:
		s->ops->addr(s, (uint64_t)v);
		break;
	case T_FD:
	case T_DIRFD:
		s->ops->fd(s, (int32_t)v, type == T_DIRFD);
		break;
	case T_FLAGS:
	case T_ENUM:
		if (!ref) {
			s->ops->num(s, T_HEX, v);
			break;
		}
		put_word(s, type, ref, v);
		break;
	case T_CODE:
		put_code(s, ref, v);
		break;
	case T_MODE:
	case T_DEV:
	case T_SIGNAL:
	case T_FUTEX_OP:
	case T_IOPRIO:
	case T_KERNEL_VERSION:
	case T_QUOTA_CMD:
	case T_ERRNO:
	case T_IOCTL:
		put_word(s, type, ref, v);
		break;
	case T_STAMP:
		s->ops->num(s, s->all_names ? T_STAMP : T_TIME, v);
		break;
	case T_PAGES:
		s->ops->num(s, T_HEX, (int64_t)((uint64_t)v << 12));
		break;
	case T_IFINDEX:
		put_interface(s, v);
		break;
	case T_IN_PORT:
		s->ops->port(s, be16toh((uint16_t)v));
		break;
	case T_IN_ADDR:
		s->ops->ip(s, 2 /* AF_INET */, &in_addr);
		break;
	default:
		s->ops->num(s, type, v);
	}
}

void value_sigset(struct sink *s, const uint8_t *p, size_t n)
{
	uint64_t set = 0;
	bool first = true;

	memcpy(&set, p, n < sizeof(set) ? n : sizeof(set));
	s->ops->word_begin(s);
	if (__builtin_popcountll(set) >= 43) { /* two thirds of 64: what is missing is shorter */
		buf_char(s->out, '~');
		set = ~set;
	}
	buf_char(s->out, '[');
	for (; set; set &= set - 1) {
		int signo = __builtin_ctzll(set) + 1;
		const char *name = sc_signal_name(signo);

		if (!first)
			buf_char(s->out, ' ');
		first = false;
		if (s->apart)
			value_word_begin(s, T_SIGNAL, signo);
		put_name(s->out, name && strncmp(name, "SIG", 3) == 0 ? name + 3 : name, signo);
		if (s->apart)
			s->ops->word_end(s);
	}
	buf_char(s->out, ']');
	s->ops->word_end(s);
}

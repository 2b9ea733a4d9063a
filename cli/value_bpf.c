/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value_bpf.c - the instructions of BPF programs: those of socket filters and of seccomp as the macros that write them,
 * those of programs that are loaded as structs.
 */
#include "value.h"

/* clang-format off */
static const struct sc_flags classes = { "BPF_???", (const struct sc_flag[]){
	{ "BPF_LD", 0, 0 }, { "BPF_LDX", 1, 0 }, { "BPF_ST", 2, 0 }, { "BPF_STX", 3, 0 }, { "BPF_ALU", 4, 0 },
	{ "BPF_JMP", 5, 0 }, { "BPF_RET", 6, 0 }, { "BPF_MISC", 7, 0 }, { NULL, 0, 0 },
} };
static const struct sc_flags loaded_classes = { "BPF_???", (const struct sc_flag[]){
	{ "BPF_LD", 0, 0 }, { "BPF_LDX", 1, 0 }, { "BPF_ST", 2, 0 }, { "BPF_STX", 3, 0 }, { "BPF_ALU", 4, 0 },
	{ "BPF_JMP", 5, 0 }, { "BPF_JMP32", 6, 0 }, { "BPF_ALU64", 7, 0 }, { NULL, 0, 0 },
} };
static const struct sc_flags sizes = { "BPF_???", (const struct sc_flag[]){
	{ "BPF_W", 0, 0 }, { "BPF_H", 8, 0 }, { "BPF_B", 0x10, 0 }, { "BPF_DW", 0x18, 0 }, { NULL, 0, 0 },
} };
static const struct sc_flags modes = { "BPF_???", (const struct sc_flag[]){
	{ "BPF_IMM", 0, 0 }, { "BPF_ABS", 0x20, 0 }, { "BPF_IND", 0x40, 0 }, { "BPF_MEM", 0x60, 0 },
	{ "BPF_LEN", 0x80, 0 }, { "BPF_MSH", 0xa0, 0 }, { NULL, 0, 0 },
} };
static const struct sc_flags loaded_modes = { "BPF_???", (const struct sc_flag[]){
	{ "BPF_IMM", 0, 0 }, { "BPF_ABS", 0x20, 0 }, { "BPF_IND", 0x40, 0 }, { "BPF_MEM", 0x60, 0 },
	{ "BPF_MEMSX", 0x80, 0 }, { "BPF_XADD", 0xc0, 0 }, { NULL, 0, 0 },
} };
static const struct sc_flags sources = { "BPF_???", (const struct sc_flag[]){
	{ "BPF_K", 0, 0 }, { "BPF_X", 8, 0 }, { "BPF_A", 0x10, 0 }, { NULL, 0, 0 },
} };
static const struct sc_flags alu_ops = { "BPF_???", (const struct sc_flag[]){
	{ "BPF_ADD", 0, 0 }, { "BPF_SUB", 0x10, 0 }, { "BPF_MUL", 0x20, 0 }, { "BPF_DIV", 0x30, 0 },
	{ "BPF_OR", 0x40, 0 }, { "BPF_AND", 0x50, 0 }, { "BPF_LSH", 0x60, 0 }, { "BPF_RSH", 0x70, 0 },
	{ "BPF_NEG", 0x80, 0 }, { "BPF_MOD", 0x90, 0 }, { "BPF_XOR", 0xa0, 0 }, { NULL, 0, 0 },
} };
static const struct sc_flags loaded_alu_ops = { "BPF_???", (const struct sc_flag[]){
	{ "BPF_ADD", 0, 0 }, { "BPF_SUB", 0x10, 0 }, { "BPF_MUL", 0x20, 0 }, { "BPF_DIV", 0x30, 0 },
	{ "BPF_OR", 0x40, 0 }, { "BPF_AND", 0x50, 0 }, { "BPF_LSH", 0x60, 0 }, { "BPF_RSH", 0x70, 0 },
	{ "BPF_NEG", 0x80, 0 }, { "BPF_MOD", 0x90, 0 }, { "BPF_XOR", 0xa0, 0 }, { "BPF_MOV", 0xb0, 0 },
	{ "BPF_ARSH", 0xc0, 0 }, { "BPF_END", 0xd0, 0 }, { NULL, 0, 0 },
} };
static const struct sc_flags jump_ops = { "BPF_???", (const struct sc_flag[]){
	{ "BPF_JA", 0, 0 }, { "BPF_JEQ", 0x10, 0 }, { "BPF_JGT", 0x20, 0 }, { "BPF_JGE", 0x30, 0 },
	{ "BPF_JSET", 0x40, 0 }, { NULL, 0, 0 },
} };
static const struct sc_flags loaded_jump_ops = { "BPF_???", (const struct sc_flag[]){
	{ "BPF_JA", 0, 0 }, { "BPF_JEQ", 0x10, 0 }, { "BPF_JGT", 0x20, 0 }, { "BPF_JGE", 0x30, 0 },
	{ "BPF_JSET", 0x40, 0 }, { "BPF_JNE", 0x50, 0 }, { "BPF_JSGT", 0x60, 0 }, { "BPF_JSGE", 0x70, 0 },
	{ "BPF_CALL", 0x80, 0 }, { "BPF_EXIT", 0x90, 0 }, { "BPF_JLT", 0xa0, 0 }, { "BPF_JLE", 0xb0, 0 },
	{ "BPF_JSLT", 0xc0, 0 }, { "BPF_JSLE", 0xd0, 0 }, { NULL, 0, 0 },
} };
static const struct sc_flags misc_ops = { "BPF_???", (const struct sc_flag[]){
	{ "BPF_TAX", 0, 0 }, { "BPF_TXA", 0x80, 0 }, { NULL, 0, 0 },
} };
static const struct sc_flags registers = { "BPF_REG_???", (const struct sc_flag[]){
	{ "BPF_REG_0", 0, 0 }, { "BPF_REG_1", 1, 0 }, { "BPF_REG_2", 2, 0 }, { "BPF_REG_3", 3, 0 },
	{ "BPF_REG_4", 4, 0 }, { "BPF_REG_5", 5, 0 }, { "BPF_REG_6", 6, 0 }, { "BPF_REG_7", 7, 0 },
	{ "BPF_REG_8", 8, 0 }, { "BPF_REG_9", 9, 0 }, { "BPF_REG_10", 10, 0 }, { NULL, 0, 0 },
} };
static const struct sc_flags actions = { "SECCOMP_RET_???", (const struct sc_flag[]){
	{ "SECCOMP_RET_KILL_PROCESS", 0x80000000, 0 }, { "SECCOMP_RET_KILL_THREAD", 0, 0 },
	{ "SECCOMP_RET_TRAP", 0x00030000, 0 }, { "SECCOMP_RET_ERRNO", 0x00050000, 0 },
	{ "SECCOMP_RET_USER_NOTIF", 0x7fc00000, 0 }, { "SECCOMP_RET_TRACE", 0x7ff00000, 0 },
	{ "SECCOMP_RET_LOG", 0x7ffc0000, 0 }, { "SECCOMP_RET_ALLOW", 0x7fff0000, 0 }, { NULL, 0, 0 },
} };
/* clang-format on */

enum { CLASS = 7, SIZE = 0x18, MODE = 0xe0, SOURCE = 8, OP = 0xf0, RESULT = 0x18, MISC = 0xf8 };

static uint64_t load(const uint8_t *p, unsigned int size)
{
	uint64_t v = 0;

	memcpy(&v, p, size < sizeof(v) ? size : sizeof(v));
	return v;
}

static void put_part(struct sink *s, const struct sc_flags *names, uint32_t v)
{
	value_part(s, T_FLAGS, v, value_name(names, v), names->prefix);
}

static void put_next(struct sink *s, const struct sc_flags *names, uint32_t v)
{
	buf_char(s->out, '|');
	put_part(s, names, v);
}

/* Bits that mean nothing. */
static void put_excess(struct sink *s, unsigned int bits)
{
	if (!bits)
		return;
	buf_char(s->out, '|');
	buf_hex(s->out, bits);
	buf_str(s->out, " /* BPF_??? */");
}

static void put_code(struct sink *s, unsigned int code)
{
	unsigned int known = CLASS;

	put_part(s, &classes, code & CLASS);
	switch (code & CLASS) {
	case 0:
	case 1:
		put_next(s, &sizes, code & SIZE);
		put_next(s, &modes, code & MODE);
		known |= SIZE | MODE;
		break;
	case 4:
	case 5:
		put_next(s, &sources, code & SOURCE);
		put_next(s, (code & CLASS) == 4 ? &alu_ops : &jump_ops, code & OP);
		known |= SOURCE | OP;
		break;
	case 6:
		put_next(s, &sources, code & RESULT);
		known |= RESULT;
		break;
	case 7:
		put_next(s, &misc_ops, code & MISC);
		known |= MISC;
		break;
	}
	put_excess(s, code & ~known);
}

static void put_action(struct sink *s, uint32_t k)
{
	put_part(s, &actions, k & 0xffff0000);
	if (!(k & 0xffff))
		return;
	buf_char(s->out, '|');
	buf_hex(s->out, k & 0xffff);
}

/* Else it is seccomp's filter, whose results are actions. */
static bool is_socket(const struct call *c)
{
	return c->row && (c->row->classes & SC_NETWORK);
}

/* In parts each of which is a word, or as one. */
static void begin(struct sink *s)
{
	if (!s->apart)
		s->ops->word_begin(s);
}

static void end(struct sink *s)
{
	if (!s->apart)
		s->ops->word_end(s);
}

void value_bpf_filter(struct sink *s, const struct call *c, const uint8_t *p)
{
	unsigned int code = (unsigned int)load(p, 2), jt = p[2], jf = p[3];
	uint32_t k = (uint32_t)load(p + 4, 4);
	bool jump = jt || jf;

	begin(s);
	buf_str(s->out, jump ? "BPF_JUMP(" : "BPF_STMT(");
	put_code(s, code);
	buf_put(s->out, ", ", 2);
	if ((code & CLASS) == 6 && !is_socket(c))
		put_action(s, k);
	else
		buf_hex(s->out, k);
	if (jump) {
		buf_put(s->out, ", ", 2);
		buf_hex(s->out, jt);
		buf_put(s->out, ", ", 2);
		buf_hex(s->out, jf);
	}
	buf_char(s->out, ')');
	end(s);
}

void value_bpf_insn(struct sink *s, const uint8_t *p)
{
	unsigned int code = p[0], class = code & CLASS;

	s->ops->begin(s, GROUP_STRUCT);
	s->ops->field(s, "code");
	begin(s);
	put_part(s, &loaded_classes, class);
	if (class < 4) {
		put_next(s, &sizes, code & SIZE);
		put_next(s, &loaded_modes, code & MODE);
	} else {
		put_next(s, &sources, code & SOURCE);
		put_next(s, class == 4 || class == 7 ? &loaded_alu_ops : &loaded_jump_ops, code & OP);
	}
	end(s);
	for (unsigned int i = 0; i < 2; i++) {
		s->ops->field(s, i ? "src_reg" : "dst_reg");
		begin(s);
		put_part(s, &registers, p[1] >> i * 4 & 15);
		end(s);
	}
	s->ops->field(s, "off");
	s->ops->num(s, T_INT, (int16_t)load(p + 2, 2));
	s->ops->field(s, "imm");
	s->ops->num(s, T_HEX, (int64_t)load(p + 4, 4));
	s->ops->end(s, GROUP_STRUCT);
}

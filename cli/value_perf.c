/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value_perf.c - struct perf_event_attr: what is counted hangs on its type, what its sampling is on a bit, and
 * its bits are fields of their own.
 */
#include "value.h"

#include <string.h>

#define TYPE_BREAKPOINT 5
#define CONFIG 8
#define BITS 40
#define BIT_FREQ (1 << 10)
#define BIT_CLOCKID (1 << 25)
#define FIRST_SIZE 64

static const char *const hardware[] = {
	"CPU_CYCLES", "INSTRUCTIONS", "CACHE_REFERENCES", "CACHE_MISSES", "BRANCH_INSTRUCTIONS", "BRANCH_MISSES",
	"BUS_CYCLES", "STALLED_CYCLES_FRONTEND", "STALLED_CYCLES_BACKEND", "REF_CPU_CYCLES",
};
static const char *const software[] = {
	"CPU_CLOCK", "TASK_CLOCK", "PAGE_FAULTS", "CONTEXT_SWITCHES", "CPU_MIGRATIONS", "PAGE_FAULTS_MIN",
	"PAGE_FAULTS_MAJ", "ALIGNMENT_FAULTS", "EMULATION_FAULTS", "DUMMY", "BPF_OUTPUT", "CGROUP_SWITCHES",
};
static const char *const caches[] = { "L1D", "L1I", "LL", "DTLB", "ITLB", "BPU", "NODE" };
static const char *const cache_ops[] = { "READ", "WRITE", "PREFETCH" };
static const char *const cache_results[] = { "ACCESS", "MISS" };
static const char *const skids[] = {
	"arbitrary skid", "constant skid", "requested to have 0 skid", "must have 0 skid",
};

#define COUNT(names) (sizeof(names) / sizeof((names)[0]))

static uint64_t load(const uint8_t *p, unsigned int size)
{
	uint64_t v = 0;

	memcpy(&v, p, size);
	return v;
}

static void put_name(struct buf *out, const char *prefix, const char *const *names, size_t n, uint64_t v)
{
	if (v < n) {
		buf_str(out, prefix);
		buf_str(out, names[v]);
		return;
	}
	buf_hex(out, v);
	buf_put(out, " /* ", 4);
	buf_str(out, prefix);
	buf_put(out, "??? */", 6);
}

static void put_cache_part(struct sink *s, const char *prefix, const char *const *names, size_t n, unsigned int v)
{
	if (s->apart)
		value_word_begin(s, T_ENUM, v);
	put_name(s->out, prefix, names, n, v);
	if (s->apart)
		s->ops->word_end(s);
}

static void put_cache(struct sink *s, uint64_t v)
{
	if (v >> 24) {
		buf_hex(s->out, v >> 24);
		buf_str(s->out, "<<24|");
	}
	put_cache_part(s, "PERF_COUNT_HW_CACHE_RESULT_", cache_results, COUNT(cache_results), v >> 16 & 0xff);
	buf_str(s->out, "<<16|");
	put_cache_part(s, "PERF_COUNT_HW_CACHE_OP_", cache_ops, COUNT(cache_ops), v >> 8 & 0xff);
	buf_str(s->out, "<<8|");
	put_cache_part(s, "PERF_COUNT_HW_CACHE_", caches, COUNT(caches), v & 0xff);
}

static void put_config(struct sink *s, uint64_t type, uint64_t v)
{
	if (type != 0 && type != 1 && type != 3) {
		s->ops->num(s, T_HEX, (int64_t)v);
		return;
	}
	if (type == 3 && s->apart) {
		put_cache(s, v);
		return;
	}
	if (type == 3)
		s->ops->word_begin(s);
	else
		value_word_begin(s, T_HEX, (int64_t)v);
	if (type == 0)
		put_name(s->out, "PERF_COUNT_HW_", hardware, COUNT(hardware), v);
	else if (type == 1)
		put_name(s->out, "PERF_COUNT_SW_", software, COUNT(software), v);
	else
		put_cache(s, v);
	s->ops->word_end(s);
}

static void put_skid(struct sink *s, unsigned int v)
{
	s->ops->field(s, "precise_ip");
	s->ops->num(s, T_UINT, v);
	if (!s->all_names)
		return;
	buf_put(s->out, " /* ", 4);
	buf_str(s->out, skids[v]);
	buf_put(s->out, " */", 3);
}

/* Each bit that is set is a field, or each there is; two are a number. */
static void put_bits(struct sink *s, const struct sc_flags *bits, uint64_t v)
{
	bool skid = false;

	for (const struct sc_flag *f = bits->rows; f->name; f++) {
		if (!skid && f->value >= 1 << 17) {
			put_skid(s, v >> 15 & 3);
			skid = true;
		}
		if ((s->terse && !(v & f->value)) || (f->value & (3 << 15)))
			continue;
		s->ops->field(s, f->name);
		s->ops->num(s, T_UINT, (v & f->value) != 0);
	}
}

/* Some fields share their place with another, or are of use to some events only. */
static bool is_of_use(const struct sc_field *f, const uint8_t *p, uint64_t bits)
{
	static const struct {
		const char *name;
		uint64_t sample; /* of sample_type */
	} sampled[] = {
		{ "branch_sample_type", 1 << 11 }, { "sample_stack_user", 1 << 13 },
	};

	for (size_t i = 0; i < COUNT(sampled); i++) {
		if (strcmp(f->name, sampled[i].name) == 0)
			return load(p + 24, 8) & sampled[i].sample;
	}
	if (strcmp(f->name, "bp_type") == 0)
		return load(p, 4) == TYPE_BREAKPOINT;
	return strcmp(f->name, "clockid") != 0 || (bits & BIT_CLOCKID);
}

/* Of a breakpoint, what others are configured by is where it lies and how long it is. */
static const char *name_of(const struct sc_field *f, bool breakpoint)
{
	if (breakpoint && strcmp(f->name, "config1") == 0)
		return "bp_addr";
	return breakpoint && strcmp(f->name, "config2") == 0 ? "bp_len" : f->name;
}

bool value_perf_attr(struct sink *s, const struct call *c, const struct sc_struct *st, const uint8_t *p, size_t n)
{
	uint64_t size = n >= 8 ? load(p + 4, 4) : 0;
	uint64_t bits = n >= FIRST_SIZE ? load(p + BITS, 8) : 0;
	bool left_out = false, breakpoint = n >= FIRST_SIZE && load(p, 4) == TYPE_BREAKPOINT;

	if (n < FIRST_SIZE || (size && size < FIRST_SIZE))
		return false;
	n = size && size < n ? size : n;
	for (const struct sc_field *f = st->fields; f->name; f++) {
		bool period = strcmp(f->name, "sample_period") == 0;

		if (f == st->fields)
			s->ops->begin(s, GROUP_STRUCT);
		if (f->off + (size_t)f->size > n || ((f->more & 1) && s->terse && f->off != BITS)) {
			left_out |= f->off + (size_t)f->size <= n;
			continue;
		}
		if (s->all_names && !is_of_use(f, p, bits))
			continue;
		if (f->off == BITS) {
			put_bits(s, f->ref, bits);
			continue;
		}
		s->ops->field(s, period && (bits & BIT_FREQ) ? "sample_freq" : name_of(f, breakpoint));
		if (breakpoint && strcmp(f->name, "config2") == 0)
			s->ops->num(s, T_ULONG, (int64_t)load(p + f->off, f->size)); /* a length */
		else if (f->off == CONFIG)
			put_config(s, load(p, 4), load(p + CONFIG, 8));
		else
			value_field_at(s, c, f, p + f->off, f->size);
	}
	if (left_out)
		s->ops->more(s, GROUP_STRUCT);
	s->ops->end(s, GROUP_STRUCT);
	return true;
}

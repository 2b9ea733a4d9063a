/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * units.c - amounts with a unit that keeps them short.
 */
#include "units.h"

/* value / unit with so many decimals. */
static void put_fraction(struct buf *out, uint64_t value, uint64_t unit, int decimals)
{
	uint64_t scale = decimals == 2 ? 100 : decimals == 1 ? 10 : 1;
	uint64_t whole = value / unit;
	uint64_t part = (uint64_t)((unsigned __int128)(value % unit) * scale / unit);

	buf_u64(out, whole);
	if (!decimals)
		return;
	buf_char(out, '.');
	buf_u64_pad(out, part, decimals, '0');
}

void units_bytes(struct buf *out, uint64_t bytes)
{
	static const char *const names[] = { " B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB" };
	unsigned int i = 0;

	while (i < 6 && bytes >> (10 * (i + 1)))
		i++;
	put_fraction(out, bytes, 1ULL << (10 * i), i && bytes >> (10 * i) < 100 ? 1 : 0);
	buf_str(out, names[i]);
}

void units_duration(struct buf *out, uint64_t ns)
{
	static const struct {
		uint64_t ns;
		const char *name;
	} units[] = { { 1, " ns" }, { 1000, " \xc2\xb5s" }, { 1000000, " ms" }, { 1000000000, " s" } };
	uint64_t seconds = ns / 1000000000;
	unsigned int i = 0;

	if (seconds >= 3600) {
		buf_u64(out, seconds / 3600);
		buf_str(out, " h ");
		buf_u64(out, seconds / 60 % 60);
		buf_str(out, " min");
		return;
	}
	if (seconds >= 60) {
		buf_u64(out, seconds / 60);
		buf_str(out, " min ");
		buf_u64(out, seconds % 60);
		buf_str(out, " s");
		return;
	}
	if (!ns) {
		buf_str(out, "0 s");
		return;
	}
	while (i < 3 && ns >= units[i + 1].ns)
		i++;
	put_fraction(out, ns, units[i].ns,
		     !i || !(ns % units[i].ns) || ns >= 100 * units[i].ns ? 0 :
		     ns >= 10 * units[i].ns ? 1 : 2);
	buf_str(out, units[i].name);
}

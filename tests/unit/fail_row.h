/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* fail_row.h - a failure of tests that go through all rows of the system call table. */
#ifndef FAIL_ROW_H
#define FAIL_ROW_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <core/table.h>

/* Says which row it is about, as asserts in loops do not. */
static inline void fail_row(const struct sc_row *row, const char *arg, const char *what)
{
	fail_msg("%s: %s: %s", row->name, arg ? arg : "row", what);
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * secret.h - which environment variables hold what should not be shown, as far as names and values tell.
 */
#ifndef CLI_SECRET_H
#define CLI_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/*
 * How much of "NAME=value" may be shown: all of it, or up to and with the = where the name speaks of a
 * secret (API_TOKEN) or the value is an address with a password in it. cut: the value goes on, so that
 * an address that may have had one counts.
 */
size_t secret_shown(const char *text, size_t len, bool cut);

#endif

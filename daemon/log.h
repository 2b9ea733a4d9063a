/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * log.h - one line to stderr, with a syslog priority in front where the journal reads it.
 */
#ifndef LOG_H
#define LOG_H

__attribute__((format(printf, 1, 2))) void log_err(const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void log_warn(const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void log_info(const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void log_debug(const char *fmt, ...);

/* What is less important than LOG_ERR .. LOG_DEBUG of syslog.h is not said; all is in the beginning. */
void log_set_level(int level);

#endif

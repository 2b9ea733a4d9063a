/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * opts_set.h - a row of the table of flags, and the setters that rows refer to. Private to opts*.c.
 */
#ifndef CLI_OPTS_SET_H
#define CLI_OPTS_SET_H

#include "opts.h"

struct opt;

/* Takes a value (NULL for flags without one); 0, or -EINVAL with a sentence in err (MSG_LEN). */
typedef int opt_setter(struct options *o, const struct opt *opt, const char *value, char *err);

struct opt {
	const char *name;
	char letter;	 /* 0: none */
	const char *arg; /* how --help calls the value; NULL: none */
	const char *help;
	const char *example;
	unsigned int commands; /* CMD_* that have it */
	opt_setter *set;       /* NULL: not a flag but a heading, name is its text */
	const char *key; /* of the filter, where the flag is one */
};

const struct opt *opts_row(size_t i); /* opts.c: of the table, NULL at its end */

opt_setter set_pid, set_tid, set_comm, set_user, set_cgroup, set_unit, set_follow, set_no_follow,
    set_syscall, set_key, set_slower, set_last, set_file, set_budget,
    set_path, set_fd, set_duration, set_count, set_interval,
    set_format, set_json, set_output, set_string, set_time, set_relative, set_took, set_fd_paths,
    set_show_secrets, set_reconnect, set_color, set_theme, set_quiet, set_quiet_startup, set_socket,
    set_backend, set_help, set_version;

#endif

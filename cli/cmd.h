/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cmd.h - what a command is, and the commands. Each runs with complete options and returns the exit
 * status.
 */
#ifndef CLI_CMD_H
#define CLI_CMD_H

#include "opts.h"
#include "session.h"

struct command {
	const char *name;
	unsigned int bit;  /* CMD_* */
	const char *args;  /* of the usage line */
	const char *help;  /* half a line */
	const char *example;
	int (*run)(struct options *o);
};

int cmd_watch(struct options *o);
int cmd_run(struct options *o);
int cmd_summary(struct options *o);
int cmd_pending(struct options *o);
int cmd_dump(struct options *o);
int cmd_status(struct options *o);
int cmd_explain(struct options *o);

/* strace's own command line: argv[0] is the name that messages begin with. o: --socket, --backend. */
int cmd_strace(const struct options *o, int argc, char **argv);

/* What watch, run and pending share: records to lines. Writes to out_fd unless -o. */
int stream_command(struct options *o, int out_fd, bool with_child);

#endif

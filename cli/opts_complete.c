/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * opts_complete.c - see opts_complete.h. Commands and flags come from the tables that parse them; a
 * row of values[] says for a flag's setter where its values come from.
 */
#include "opts_complete.h"

#include <ctype.h>
#include <dirent.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <core/buf.h>
#include <core/table.h>
#include "opts_set.h"

struct completion {
	struct buf out;	    /* lines */
	const char *before; /* what of the word stays as it is: a flag and =, list elements */
	size_t nbefore;
	const char *typed; /* the rest: what candidates begin with */
};

typedef void provider(struct completion *c);

static bool is_plain(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return false;
	return true;
}

static bool has_line(const struct buf *b, const char *line, size_t len)
{
	for (const char *p = b->p, *end = b->p + b->len; p && p < end;) {
		const char *eol = memchr(p, '\n', end - p);

		if ((size_t)(eol - p) == len && !memcmp(p, line, len))
			return true;
		p = eol + 1;
	}
	return false;
}

/* A process chooses its name: one that would be several lines is left out. */
static void offer(struct completion *c, const char *word, const char *help)
{
	struct buf line = {};

	if (strncmp(word, c->typed, strlen(c->typed)) || !is_plain(word) || !is_plain(help))
		return;
	buf_put(&line, c->before, c->nbefore);
	buf_str(&line, word);
	if (*help) {
		buf_char(&line, '\t');
		buf_str(&line, help);
	}
	if (!line.failed && !has_line(&c->out, line.p, line.len)) {
		buf_put(&c->out, line.p, line.len);
		buf_char(&c->out, '\n');
	}
	buf_done(&line);
}

/* The first line of a file of a process. */
static bool proc_line(const char *pid, const char *file, char *line, size_t size)
{
	char path[300];
	FILE *f;
	bool ok;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, file);
	f = fopen(path, "re");
	if (!f)
		return false;
	ok = fgets(line, size, f);
	fclose(f);
	line[ok ? strcspn(line, "\n") : 0] = '\0';
	return ok;
}

static void each_process(struct completion *c,
			 void (*fn)(struct completion *c, const char *pid, char *line),
			 const char *file)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	char line[4096];

	while (d && (e = readdir(d)))
		if (isdigit((unsigned char)e->d_name[0]) &&
		    proc_line(e->d_name, file, line, sizeof(line)))
			fn(c, e->d_name, line);
	if (d)
		closedir(d);
}

static void offer_pid(struct completion *c, const char *pid, char *comm)
{
	offer(c, pid, comm);
}

static void offer_comm(struct completion *c, const char *pid, char *comm)
{
	(void)pid;
	offer(c, comm, "");
}

/* "0::/system.slice/nginx.service" */
static void offer_cgroup(struct completion *c, const char *pid, char *line)
{
	char *path = strchr(line, '/');

	(void)pid;
	if (path)
		offer(c, path, "");
}

static void offer_unit(struct completion *c, const char *pid, char *line)
{
	(void)pid;
	for (char *save, *part = strtok_r(line, "/", &save); part;
	     part = strtok_r(NULL, "/", &save)) {
		const char *dot = strrchr(part, '.');

		if (dot && (!strcmp(dot, ".service") || !strcmp(dot, ".scope")))
			offer(c, part, "");
	}
}

static void pids(struct completion *c)
{
	each_process(c, offer_pid, "comm");
}

static void comms(struct completion *c)
{
	each_process(c, offer_comm, "comm");
}

static void cgroups(struct completion *c)
{
	each_process(c, offer_cgroup, "cgroup");
}

static void units(struct completion *c)
{
	each_process(c, offer_unit, "cgroup");
}

static void users(struct completion *c)
{
	struct passwd *user;

	setpwent();
	while ((user = getpwent()))
		offer(c, user->pw_name, "");
	endpwent();
}

static void syscalls(struct completion *c)
{
	char name[64];

	if (c->typed[0] == '!' && !c->nbefore) {
		c->before = c->typed++;
		c->nbefore = 1;
	}
	for (const struct sc_class *class = sc_classes; class->name; class ++) {
		snprintf(name, sizeof(name), "%%%s", class->name);
		offer(c, name, "");
	}
	for (unsigned int id = 0; id < SC_ID_MAX; id++)
		if (sc_by_id(id))
			offer(c, sc_by_id(id)->name, "");
}

static void errnos(struct completion *c)
{
	for (int e = 1; e < FILTER_ERRNO_MAX; e++) {
		const char *name = sc_errno_name(e), *text = sc_errno_text(e);

		if (name)
			offer(c, name, text ? text : "");
	}
}

static void formats(struct completion *c)
{
	for (const struct render_format *f = render_formats; f->name; f++)
		offer(c, f->name, f->help);
}

static void colors(struct completion *c)
{
	offer(c, "auto", "");
	offer(c, "always", "");
	offer(c, "never", "");
}

static void backends(struct completion *c)
{
	offer(c, "auto", "");
	offer(c, "bpf", "");
	offer(c, "ptrace", "");
}

static void files(struct completion *c)
{
	buf_str(&c->out, ":files\n");
}

static const struct {
	opt_setter *set;
	provider *offer;
	bool list; /* of several values, with commas between them */
} values[] = {
    {set_pid, pids, true},	    {set_tid, pids, true},	  {set_comm, comms, false},
    {set_user, users, false},	    {set_cgroup, cgroups, false}, {set_unit, units, false},
    {set_syscall, syscalls, true},  {set_format, formats, false}, {set_color, colors, false},
    {set_backend, backends, false}, {set_output, files, false},	  {set_socket, files, false},
    {set_path, files, false},	    {set_file, files, false},
};

static void offer_values(struct completion *c, const struct opt *opt)
{
	const char *comma = strrchr(c->typed, ',');

	if (opt->set == set_key && opt->arg) { /* --errno */
		if (comma) {
			c->nbefore += comma + 1 - c->typed;
			c->typed = comma + 1;
		}
		errnos(c);
		return;
	}
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (values[i].set != opt->set)
			continue;
		if (values[i].list && comma) {
			c->nbefore += comma + 1 - c->typed;
			c->typed = comma + 1;
		}
		values[i].offer(c);
	}
}

static void offer_flags(struct completion *c, unsigned int command)
{
	const struct opt *opt;
	char name[64];

	for (size_t i = 0; (opt = opts_row(i)); i++) {
		if (!opt->set || !(opt->commands & command))
			continue;
		snprintf(name, sizeof(name), "--%s", opt->name);
		offer(c, name, opt->help);
		if (opt->letter && strlen(c->typed) < 2) {
			snprintf(name, sizeof(name), "-%c", opt->letter);
			offer(c, name, opt->help);
		}
	}
}

/* The flag that a whole word is, with its value or without. */
static const struct opt *flag_of(const char *word, unsigned int command)
{
	size_t len = strcspn(word, "=");
	const struct opt *opt;

	for (size_t i = 0; (opt = opts_row(i)); i++) {
		if (!opt->set || !(opt->commands & command))
			continue;
		if (!strncmp(word, "--", 2) && strlen(opt->name) == len - 2 &&
		    !strncmp(word + 2, opt->name, len - 2))
			return opt;
		if (word[0] == '-' && opt->letter && word[1] == opt->letter && !word[2])
			return opt;
	}
	return NULL;
}

static bool wants_next(const char *word, const struct opt *opt)
{
	return opt && opt->arg && !strchr(word, '=');
}

static const struct command *command_of(const struct command *commands, const char *name)
{
	for (; commands->name; commands++)
		if (!strcmp(commands->name, name))
			return commands;
	return NULL;
}

/* The word that is being typed, after those that are complete. */
static void offer_word(struct completion *c, const struct command *commands, unsigned int command,
		       const char *word)
{
	const char *eq = strchr(word, '=');
	const struct opt *opt;

	c->before = c->typed = word;
	if (word[0] == '-' && word[1] == '-' && eq) {
		opt = flag_of(word, command);
		c->nbefore = eq + 1 - word;
		c->typed = eq + 1;
		if (opt)
			offer_values(c, opt);
		return;
	}
	if (command == CMD_NONE && word[0] != '-') {
		for (; commands->name; commands++)
			offer(c, commands->name, commands->help);
		offer(c, "help", "explain a command and its flags");
		return;
	}
	offer_flags(c, command);
}

static void complete(struct completion *c, const struct command *commands, int n,
		     char *const *words)
{
	unsigned int command = CMD_NONE;
	const struct opt *pending = NULL; /* the flag whose value comes next */

	for (int i = 0; i < n - 1; i++) {
		const char *word = words[i];
		const struct command *named;

		if (pending) {
			pending = NULL;
		} else if (word[0] == '-' && strcmp(word, "--")) {
			const struct opt *opt = flag_of(word, command);

			pending = wants_next(word, opt) ? opt : NULL;
		} else if (command == CMD_NONE && (named = command_of(commands, word))) {
			command = named->bit;
		} else if (command != CMD_NONE) {
			buf_str(&c->out, ":command ");
			buf_u64(&c->out, i + !strcmp(word, "--"));
			buf_char(&c->out, '\n');
			return;
		}
	}
	if (pending) {
		c->before = c->typed = words[n - 1];
		offer_values(c, pending);
	} else if ((command & (CMD_RUN | CMD_STRACE)) && words[n - 1][0] != '-') {
		buf_str(&c->out, ":command ");
		buf_u64(&c->out, n - 1);
		buf_char(&c->out, '\n');
	} else {
		offer_word(c, commands, command, words[n - 1]);
	}
}

void opts_complete(FILE *out, const struct command *commands, int n, char *const *words)
{
	struct completion c = {};

	if (n > 0)
		complete(&c, commands, n, words);
	fwrite(c.out.p, 1, c.out.len, out);
	buf_done(&c.out);
}

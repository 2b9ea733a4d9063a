/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * main.c - tracerd: options, configuration, and the event loop.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include "config.h"
#include "ctl.h"
#include "listen.h"
#include "log.h"
#include "notify.h"

#define DAEMON_NICE 10

enum {
	EXIT_FAILED = 1,
	EXIT_WRONG = 2,	     /* an option or the configuration */
	EXIT_NO_BACKEND = 3, /* nothing on this machine that it could work by */
};

struct server {
	int argc;
	char **argv;		 /* options override the file, also when it is read again */
	const char *config_file; /* NULL: the usual one, if there is one */
	bool check;		 /* only look whether the file is right */
	int fd;			 /* of the one client of a private daemon, -1: serve the socket */
	struct config config;
	const struct backend_ops *ops;
	struct backend *backend;
	struct hub *hub;
	struct ctl *ctl;
	struct event_base *base;
	struct event *signals[3], *watchdog;
	struct listener listener;
};

static const struct backend_ops *const backends[] = {&backend_bpf, &backend_ptrace};

static void usage(FILE *f)
{
	fputs("usage: tracerd [--config FILE] [OPTION]..\n"
	      "       tracerd --check-config [FILE]\n"
	      "\n"
	      "Watches system calls and serves what tracectl asks. It stays in the foreground.\n"
	      "\n"
	      "  --config FILE     read FILE instead of " CONFIG_FILE "\n"
	      "  --check-config    say what is wrong in the file, and end\n"
	      "\n"
	      "What these options say overrides the file; tracerd.conf(5) explains the keys:\n"
	      "\n"
	      "  --socket PATH     listen there (default /run/tracerd/tracerd.sock)\n"
	      "  --group NAME      its members see every process, as root does (default tracer)\n"
	      "  --backend NAME    bpf, ptrace, or auto: the first of them that is available\n"
	      "  --ring-mb N       memory of the rings from the kernel, MB in all (default 16)\n"
	      "  --queue-mb N      what may wait for one slow client, MB (default 16)\n"
	      "  --max-sessions N  sessions of all clients together (default 64)\n"
	      "  --payload WORD    off, metadata or full: what is shown of data (default full)\n"
	      "  --log-level WORD  error, warning, info or debug (default info)\n"
	      "\n"
	      "  --private --fd N  serve the one client at descriptor N, then end\n"
	      "  -h, --help        this text\n"
	      "  -V, --version     the version\n",
	      f);
}

enum { OPT_KEY = 256, OPT_CONFIG, OPT_CHECK, OPT_PRIVATE, OPT_FD };

/* OPT_KEY: a key of [daemon]. */
static const struct option long_options[] = {
    {"socket", required_argument, NULL, OPT_KEY},
    {"group", required_argument, NULL, OPT_KEY},
    {"backend", required_argument, NULL, OPT_KEY},
    {"ring-mb", required_argument, NULL, OPT_KEY},
    {"queue-mb", required_argument, NULL, OPT_KEY},
    {"max-sessions", required_argument, NULL, OPT_KEY},
    {"payload", required_argument, NULL, OPT_KEY},
    {"log-level", required_argument, NULL, OPT_KEY},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"check-config", no_argument, NULL, OPT_CHECK},
    {"private", no_argument, NULL, OPT_PRIVATE},
    {"fd", required_argument, NULL, OPT_FD},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {0},
};

static void say_error(void *ctx, const char *sentence)
{
	(void)ctx;
	log_err("%s", sentence);
}

static int set_key(struct config *c, const char *key, const char *value)
{
	char err[CONFIG_ERR_LEN], socket[PATH_MAX];

	if (!strcmp(key, "socket") && value[0] != '/' && getcwd(socket, sizeof(socket))) {
		size_t len = strlen(socket);

		snprintf(socket + len, sizeof(socket) - len, "/%s", value);
		value = socket;
	}
	if (!config_set(c, "daemon", key, value, err))
		return 0;
	log_err("--%s: %s", key, err);
	return EXIT_WRONG + 1;
}

/* 0: go on; else the exit status plus 1. */
static int set_option(struct server *s, struct config *c, int opt, int index)
{
	switch (opt) {
	case OPT_KEY:
		return set_key(c, long_options[index].name, optarg);
	case OPT_CONFIG:
		s->config_file = optarg;
		return 0;
	case OPT_CHECK:
		s->check = true;
		return 0;
	case OPT_PRIVATE:
		return 0;
	case OPT_FD:
		s->fd = atoi(optarg);
		return 0;
	case 'h':
		usage(stdout);
		return 1;
	case 'V':
		puts("tracerd " TRACER_VERSION);
		return 1;
	default:
		usage(stderr);
		return EXIT_WRONG + 1;
	}
}

static int parse_options(struct server *s, struct config *c)
{
	int opt, index = 0, r = 0;

	optind = 1;
	while (!r && (opt = getopt_long(s->argc, s->argv, "hV", long_options, &index)) != -1)
		r = set_option(s, c, opt, index);
	if (!r && s->check && optind < s->argc)
		s->config_file = s->argv[optind++];
	if (!r && optind < s->argc) {
		log_err("unexpected argument %s", s->argv[optind]);
		return EXIT_WRONG + 1;
	}
	return r;
}

/* The file, if one was named or the usual one is there, and what options say against it. */
static int read_config(struct server *s, struct config *c)
{
	const char *path = s->config_file ? s->config_file : CONFIG_FILE;
	int r;

	config_init(c);
	if (s->fd >= 0 && !s->config_file)
		return parse_options(s, c);
	r = config_load(c, path, say_error, NULL);
	if (r == -ENOENT && (s->config_file || s->check))
		log_err("there is no %s", path);
	else if (r == -ENOENT)
		r = 0;
	return r ? EXIT_WRONG + 1 : parse_options(s, c);
}

static int open_backend(struct server *s)
{
	char why[BACKEND_WHY_LEN] = "";
	struct sink sink;
	bool automatic = !strcmp(s->config.backend, "auto"), known = automatic;

	for (size_t i = 0; i < sizeof(backends) / sizeof(backends[0]); i++) {
		if (!automatic && strcmp(s->config.backend, backends[i]->name))
			continue;
		known = true;
		s->ops = backends[i];
		s->hub = hub_new(s->ops, (size_t)s->config.queue_mb << 20);
		if (!s->hub)
			return -ENOMEM;
		sink = hub_sink(s->hub);
		if (!s->ops->open(&s->backend, &sink, (size_t)s->config.ring_mb << 20, why)) {
			if (*why)
				log_warn("using %s, for bpf is not available: %s", s->ops->name,
					 why);
			hub_start(s->hub, s->backend);
			return 0;
		}
		hub_free(s->hub);
		s->hub = NULL;
		if (!automatic)
			log_err("backend %s is not available: %s", s->ops->name, why);
	}
	if (!known)
		log_err("there is no backend %s", s->config.backend);
	else if (automatic)
		log_err("no backend is available: %s", why);
	return -ENODEV;
}

static int serve_socket(struct server *s)
{
	int fd = listen_open(&s->listener, s->config.socket);

	return fd < 0 ? fd : ctl_listen(s->ctl, fd);
}

static void on_end(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(arg);
}

/* Sessions go on; a file with mistakes changes nothing. */
static void on_hangup(evutil_socket_t fd, short what, void *arg)
{
	struct server *s = arg;
	struct config next;
	const char *key;

	(void)fd;
	(void)what;
	notify_reloading();
	if (read_config(s, &next)) {
		log_err("the configuration stays as it was");
	} else {
		key = config_needs_restart(&s->config, &next);
		if (key)
			log_warn("a new value of %s needs a restart", key);
		config_reload(&s->config, &next);
		log_set_level(s->config.log_level);
		ctl_reload(s->ctl);
		log_info("the configuration was read again");
	}
	notify("READY=1");
}

static void on_watchdog(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	notify("WATCHDOG=1");
}

static int add_signal(struct server *s, int i, int signal, event_callback_fn fn, void *arg)
{
	s->signals[i] = evsignal_new(s->base, signal, fn, arg);
	return s->signals[i] && !event_add(s->signals[i], NULL) ? 0 : -ENOMEM;
}

/* A daemon that hangs sends nothing, and is started anew. */
static int start_watchdog(struct server *s)
{
	uint64_t us = notify_watchdog_us() / 2;
	struct timeval every = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};

	if (!us)
		return 0;
	s->watchdog = event_new(s->base, -1, EV_PERSIST, on_watchdog, NULL);
	return s->watchdog && !event_add(s->watchdog, &every) ? 0 : -ENOMEM;
}

/*
 * What is watched goes first; what waits for us is queued, or counted as lost. But who is traced by ptrace waits for
 * us, and would wait behind everybody else.
 */
static void give_way(const struct server *s)
{
	if (s->ops != &backend_ptrace && getpriority(PRIO_PROCESS, 0) < DAEMON_NICE)
		setpriority(PRIO_PROCESS, 0, DAEMON_NICE);
}

static int start(struct server *s)
{
	int r;

	signal(SIGPIPE, SIG_IGN);
	s->base = event_base_new();
	if (!s->base || add_signal(s, 0, SIGTERM, on_end, s->base) ||
	    add_signal(s, 1, SIGINT, on_end, s->base))
		return -ENOMEM;
	if (s->fd < 0 && (add_signal(s, 2, SIGHUP, on_hangup, s) || start_watchdog(s)))
		return -ENOMEM;
	r = open_backend(s);
	if (r)
		return r;
	give_way(s);
	s->ctl = ctl_new(s->base, s->ops, s->backend, s->hub, &s->config);
	if (!s->ctl)
		return -ENOMEM;
	return s->fd >= 0 ? ctl_serve_one(s->ctl, s->fd) : serve_socket(s);
}

static void finish(struct server *s)
{
	ctl_free(s->ctl);
	if (s->backend)
		s->ops->close(s->backend);
	hub_free(s->hub);
	listen_close(&s->listener);
	for (int i = 0; i < 3; i++)
		if (s->signals[i])
			event_free(s->signals[i]);
	if (s->watchdog)
		event_free(s->watchdog);
	if (s->base)
		event_base_free(s->base);
}

static void say_ready(const struct server *s)
{
	char status[sizeof(s->listener.path) + 64];

	if (s->fd >= 0)
		return;
	snprintf(status, sizeof(status), "READY=1\nSTATUS=Serving %s by %s", s->listener.path,
		 s->ops->name);
	notify(status);
	log_info("serving %s by %s", s->listener.path, s->ops->name);
}

int main(int argc, char **argv)
{
	struct server s = {.argc = argc, .argv = argv, .fd = -1, .listener = {.lock_fd = -1}};
	int r;

	config_init(&s.config);
	r = parse_options(&s, &s.config);
	if (!r)
		r = read_config(&s, &s.config);
	if (!r && s.check)
		r = 1;
	if (r)
		return r - 1;
	log_set_level(s.config.log_level);
	r = start(&s);
	if (!r) {
		say_ready(&s);
		event_base_dispatch(s.base);
		notify("STOPPING=1");
	}
	finish(&s);
	return r == -ENODEV ? EXIT_NO_BACKEND : r ? EXIT_FAILED : 0;
}

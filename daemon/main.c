/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * main.c - tracerd: options, the socket, and the event loop.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "ctl.h"
#include "log.h"
#include "notify.h"

#define DEFAULT_SOCKET "/run/tracerd/tracerd.sock"
#define DEFAULT_RING_MB 16
#define DEFAULT_QUEUE_MB 16
#define MB_MAX 1024
#define DAEMON_NICE 10 /* what is watched goes first; what waits for us is queued, or counted as lost */

struct options {
	const char *socket;
	const char *backend;
	unsigned long ring_mb, queue_mb;
	int fd; /* of the one client of a private daemon, -1: serve the socket */
};

struct server {
	struct options opt;
	const struct backend_ops *ops;
	struct backend *backend;
	struct hub *hub;
	struct ctl *ctl;
	struct event_base *base;
	struct event *signals[2];
	int lock_fd;
	bool bound;
};

static const struct backend_ops *const backends[] = {&backend_bpf, &backend_ptrace};

static void usage(FILE *f)
{
	fputs("usage: tracerd [--socket PATH] [--backend auto|bpf|ptrace] [--ring-mb N] [--queue-mb N]\n"
	      "\n"
	      "Watches system calls and serves what tracectl asks. It stays in the foreground.\n"
	      "\n"
	      "  --socket PATH     listen there (default " DEFAULT_SOCKET ")\n"
	      "  --backend NAME    bpf, ptrace, or auto: the first of them that is available\n"
	      "  --ring-mb N       memory of the rings from the kernel, MB in all (default 16)\n"
	      "  --queue-mb N      what may wait for one slow client, MB (default 16)\n"
	      "  --private --fd N  serve the one client at descriptor N, then end\n"
	      "  -h, --help        this text\n"
	      "  -V, --version     the version\n",
	      f);
}

static int parse_mb(const char *s, unsigned long *mb_x)
{
	char *end;

	errno = 0;
	*mb_x = strtoul(s, &end, 10);
	return errno || *end || s == end || *s == '-' || *mb_x < 1 || *mb_x > MB_MAX ? -EINVAL : 0;
}

enum { OPT_SOCKET = 256, OPT_BACKEND, OPT_RING, OPT_QUEUE, OPT_PRIVATE, OPT_FD };

static const struct option long_options[] = {
    {"socket", required_argument, NULL, OPT_SOCKET},
    {"backend", required_argument, NULL, OPT_BACKEND},
    {"ring-mb", required_argument, NULL, OPT_RING},
    {"queue-mb", required_argument, NULL, OPT_QUEUE},
    {"private", no_argument, NULL, OPT_PRIVATE},
    {"fd", required_argument, NULL, OPT_FD},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {0},
};

/* 0: go on; else the exit status plus 1. */
static int set_option(struct options *o, int opt)
{
	switch (opt) {
	case OPT_SOCKET:
		o->socket = optarg;
		return 0;
	case OPT_BACKEND:
		o->backend = optarg;
		return 0;
	case OPT_RING:
	case OPT_QUEUE:
		if (!parse_mb(optarg, opt == OPT_RING ? &o->ring_mb : &o->queue_mb))
			return 0;
		log_err("%s is not a number of MB from 1 to %d", optarg, MB_MAX);
		return 3;
	case OPT_PRIVATE:
		return 0;
	case OPT_FD:
		o->fd = atoi(optarg);
		return 0;
	case 'h':
		usage(stdout);
		return 1;
	case 'V':
		puts("tracerd " TRACER_VERSION);
		return 1;
	default:
		usage(stderr);
		return 3;
	}
}

static int parse_options(struct options *o, int argc, char **argv)
{
	int opt, r = 0;

	*o = (struct options){
	    .socket = DEFAULT_SOCKET,
	    .backend = "auto",
	    .ring_mb = DEFAULT_RING_MB,
	    .queue_mb = DEFAULT_QUEUE_MB,
	    .fd = -1,
	};
	while (!r && (opt = getopt_long(argc, argv, "hV", long_options, NULL)) != -1)
		r = set_option(o, opt);
	if (!r && optind < argc) {
		log_err("unexpected argument %s", argv[optind]);
		return 3;
	}
	return r;
}

static int open_backend(struct server *s)
{
	char why[BACKEND_WHY_LEN] = "";
	struct sink sink;
	bool automatic = !strcmp(s->opt.backend, "auto"), known = automatic;

	for (size_t i = 0; i < sizeof(backends) / sizeof(backends[0]); i++) {
		if (!automatic && strcmp(s->opt.backend, backends[i]->name))
			continue;
		known = true;
		s->ops = backends[i];
		s->hub = hub_new(s->ops, s->opt.queue_mb << 20);
		if (!s->hub)
			return -ENOMEM;
		sink = hub_sink(s->hub);
		if (!s->ops->open(&s->backend, &sink, s->opt.ring_mb << 20, why)) {
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
		log_err("there is no backend %s", s->opt.backend);
	else if (automatic)
		log_err("no backend is available: %s", why);
	return -ENODEV;
}

/* The lock tells a live daemon from the socket of a dead one. It is held until the process ends. */
static int lock_socket(struct server *s)
{
	char path[sizeof(((struct sockaddr_un *)0)->sun_path) + 8];

	snprintf(path, sizeof(path), "%s.lock", s->opt.socket);
	s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock_fd < 0) {
		log_err("can't create %s: %s", path, strerror(errno));
		return -errno;
	}
	if (flock(s->lock_fd, LOCK_EX | LOCK_NB)) {
		log_err("another tracerd serves %s", s->opt.socket);
		return -EBUSY;
	}
	return 0;
}

static void make_directory(const char *socket)
{
	char dir[sizeof(((struct sockaddr_un *)0)->sun_path)], *slash;

	snprintf(dir, sizeof(dir), "%s", socket);
	slash = strrchr(dir, '/');
	if (slash && slash != dir) {
		*slash = '\0';
		mkdir(dir, 0755);
	}
}

static int bind_socket(struct server *s)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	struct group *group = getgrnam("tracer");
	mode_t old;
	int fd, r;

	if (strlen(s->opt.socket) >= sizeof(addr.sun_path)) {
		log_err("the path of the socket is longer than %zu bytes",
			sizeof(addr.sun_path) - 1);
		return -ENAMETOOLONG;
	}
	strcpy(addr.sun_path, s->opt.socket);
	make_directory(s->opt.socket);
	r = lock_socket(s);
	if (r)
		return r;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	unlink(addr.sun_path);
	old = umask(group ? 0117 : 0177);
	r = bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ? -errno : 0;
	umask(old);
	if (!r && listen(fd, 64))
		r = -errno;
	if (r) {
		log_err("can't listen at %s: %s", addr.sun_path, strerror(-r));
		close(fd);
		return r;
	}
	s->bound = true;
	if (group && chown(addr.sun_path, (uid_t)-1, group->gr_gid))
		log_warn("can't give %s to group tracer: %s", addr.sun_path, strerror(errno));
	return ctl_listen(s->ctl, fd);
}

static void on_signal(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(arg);
}

static int start(struct server *s)
{
	int r;

	signal(SIGPIPE, SIG_IGN);
	if (getpriority(PRIO_PROCESS, 0) < DAEMON_NICE)
		setpriority(PRIO_PROCESS, 0, DAEMON_NICE);
	s->base = event_base_new();
	if (!s->base)
		return -ENOMEM;
	s->signals[0] = evsignal_new(s->base, SIGTERM, on_signal, s->base);
	s->signals[1] = evsignal_new(s->base, SIGINT, on_signal, s->base);
	event_add(s->signals[0], NULL);
	event_add(s->signals[1], NULL);
	r = open_backend(s);
	if (r)
		return r;
	s->ctl = ctl_new(s->base, s->ops, s->backend, s->hub);
	if (!s->ctl)
		return -ENOMEM;
	return s->opt.fd >= 0 ? ctl_serve_one(s->ctl, s->opt.fd) : bind_socket(s);
}

static void finish(struct server *s)
{
	ctl_free(s->ctl);
	if (s->backend)
		s->ops->close(s->backend);
	hub_free(s->hub);
	if (s->bound)
		unlink(s->opt.socket);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	for (int i = 0; i < 2; i++)
		if (s->signals[i])
			event_free(s->signals[i]);
	if (s->base)
		event_base_free(s->base);
}

int main(int argc, char **argv)
{
	struct server s = {.lock_fd = -1};
	int r;

	r = parse_options(&s.opt, argc, argv);
	if (r)
		return r - 1;
	r = start(&s);
	if (!r) {
		notify("READY=1");
		if (s.opt.fd < 0)
			log_info("serving %s by %s", s.opt.socket, s.ops->name);
		event_base_dispatch(s.base);
		notify("STOPPING=1");
	}
	finish(&s);
	return r ? 1 : 0;
}

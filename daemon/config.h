/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * config.h - what an administrator decides: /etc/tracerd/tracerd.conf, and the options that
 * override it.
 *
 * The struct is a plain value without pointers. tracerd holds one, which is replaced in place when
 * the file is read again (SIGHUP): who keeps a pointer to it sees the new values at the next look.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/un.h>

#define CONFIG_FILE "/etc/tracerd/tracerd.conf"
#define CONFIG_GROUPS_MAX 32
#define CONFIG_RECORDERS_MAX 8
#define CONFIG_NAME_LEN 33 /* of a user or group, NUL included */
#define CONFIG_ERR_LEN 256 /* of a sentence, NUL included */

/* How much of what calls point to is taken at all; each includes the one before it. */
enum config_payload {
	PAYLOAD_OFF = 0,  /* numbers only */
	PAYLOAD_METADATA, /* paths, addresses, structures; not what is read, written, sent or
			     received */
	PAYLOAD_FULL,
};

/* What one user may take up who is neither root nor in the group. */
struct config_limits {
	uint32_t sessions;
	uint32_t memory_mb; /* queues of all the user's sessions */
	uint32_t rate;	    /* records a second in all the user's sessions; 0: no limit */
};

struct config_group {
	char name[CONFIG_NAME_LEN];
	enum config_payload payload;
};

/* What is kept in memory all the time, for somebody who asks afterwards. */
struct config_recorder {
	char name[CONFIG_NAME_LEN];
	char filter[192]; /* filter_text.h */
	uint32_t seconds; /* what is older goes; 0: as long as there is room */
	uint32_t memory_mb;
	enum config_payload payload;
	char save_on[96];    /* trigger.h; empty: it is never saved */
	uint32_t save_after; /* seconds of what follows that are saved too */
	uint32_t save_pause; /* seconds from one file to the next, at least */
};

struct config {
	/* [daemon] */
	char socket[sizeof(((struct sockaddr_un *)0)->sun_path)];
	char group[CONFIG_NAME_LEN]; /* its members see every process, as root does */
	char backend[16];
	uint32_t ring_mb;	     /* rings from the kernel, in all */
	uint32_t queue_mb;	     /* what may wait for one slow client */
	uint32_t max_sessions;	     /* of all users */
	int log_level;		     /* LOG_ERR to LOG_DEBUG */
	enum config_payload payload; /* the most for everybody who is in no group below */
	uint32_t budget;	     /* per cent of the processors that a stream may cost; 0: any */
	char recordings[200];	     /* the directory for what recorders save */
	uint32_t recordings_mb;	     /* of all files there */
	/* [user] */
	struct config_limits user;
	/* [group NAME]: the most for its members; of several groups the one that allows most
	 * counts. */
	uint32_t ngroups;
	struct config_group groups[CONFIG_GROUPS_MAX];
	/* [recorder NAME] */
	uint32_t nrecorders;
	struct config_recorder recorders[CONFIG_RECORDERS_MAX];
};

/* Takes one complaint: a sentence without a full stop. */
typedef void config_say(void *ctx, const char *sentence);

void config_init(struct config *c); /* the defaults */

/* Sets one key of a section. Returns 0, or -EINVAL with what is wrong and what is allowed in err.
 */
int config_set(struct config *c, const char *section, const char *key, const char *value,
	       char *err);

/*
 * Reads a file on top of what c has. Every mistake is said, with file, line and key. Returns 0;
 * -EINVAL after a mistake; or the error of reading it, of which -ENOENT is not said.
 */
int config_load(struct config *c, const char *path, config_say *say, void *ctx);
int config_read(struct config *c, FILE *f, const char *name, config_say *say, void *ctx);

/* Takes over all of next that a running tracerd can change; the other keys stay as they are. */
void config_reload(struct config *now, const struct config *next);

/* A key that a running tracerd can't change and that differs, NULL if there is none. */
const char *config_needs_restart(const struct config *now, const struct config *next);

struct filter;

/* What a recorder's line of filters asks for, to a filter that was initialised; err: as config_set. */
int config_filter(struct filter *f, const char *text, char *err);

const char *config_payload_name(enum config_payload p);

#endif

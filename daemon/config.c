/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * config.c - see config.h. One table has every key with what is allowed; inih splits the lines. Its
 * handler is not told the line, so the reader that feeds it counts.
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <pwd.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <core/filter_text.h>
#include <core/trigger.h>

#define SECTION_LEN 50 /* inih's own limit, NUL included */
#define KEYS_MAX 16
#define SECTIONS "[daemon], [user], [group NAME], [recorder NAME]"

enum kind { KIND_PATH, KIND_NAME, KIND_WORD, KIND_NUMBER, KIND_ENUM, KIND_FILTER, KIND_TRIGGER };

struct word {
	const char *name;
	int value;
};

struct key {
	const char *section, *name;
	enum kind kind;
	size_t offset, size; /* in struct config; of a section with a name: in its entry */
	uint32_t min, max;
	const struct word *words; /* up to one without a name */
	bool fixed;		  /* as long as the daemon runs */
};

static const struct word payloads[] = {
    {"off", PAYLOAD_OFF}, {"metadata", PAYLOAD_METADATA}, {"full", PAYLOAD_FULL}, {0}};
static const struct word levels[] = {
    {"error", LOG_ERR}, {"warning", LOG_WARNING}, {"info", LOG_INFO}, {"debug", LOG_DEBUG}, {0}};
static const struct word backends[] = {{"auto", 0}, {"bpf", 0}, {"ptrace", 0}, {0}};

#define OF_RECORDER(member)                                                                        \
	offsetof(struct config_recorder, member), sizeof(((struct config_recorder *)0)->member)
#define AT(member) offsetof(struct config, member), sizeof(((struct config *)0)->member)

/* clang-format off */
static const struct key keys[] = {
	{"daemon", "socket",       KIND_PATH,   AT(socket),         .fixed = true},
	{"daemon", "group",        KIND_NAME,   AT(group),          .fixed = true},
	{"daemon", "backend",      KIND_WORD,   AT(backend),        .words = backends, .fixed = true},
	{"daemon", "ring-mb",      KIND_NUMBER, AT(ring_mb),        .min = 1, .max = 1024, .fixed = true},
	{"daemon", "queue-mb",     KIND_NUMBER, AT(queue_mb),       .min = 1, .max = 1024, .fixed = true},
	{"daemon", "max-sessions", KIND_NUMBER, AT(max_sessions),   .min = 1, .max = 64},
	{"daemon", "log-level",    KIND_ENUM,   AT(log_level),      .words = levels},
	{"daemon", "payload",      KIND_ENUM,   AT(payload),        .words = payloads},
	{"daemon", "budget",       KIND_NUMBER, AT(budget),         .min = 0, .max = 100},
	{"daemon", "recordings",   KIND_PATH,   AT(recordings),     .max = 0},
	{"daemon", "recordings-mb", KIND_NUMBER, AT(recordings_mb), .min = 1, .max = 1000000},
	{"user",   "sessions",     KIND_NUMBER, AT(user.sessions),  .min = 0, .max = 64},
	{"user",   "memory-mb",    KIND_NUMBER, AT(user.memory_mb), .min = 1, .max = 1024},
	{"user",   "rate",         KIND_NUMBER, AT(user.rate),      .min = 0, .max = 100000000},
	{"group",  "payload",      KIND_ENUM,   offsetof(struct config_group, payload),
						sizeof(enum config_payload), .words = payloads},
	{"recorder", "filter",     KIND_FILTER, OF_RECORDER(filter), .max = 0},
	{"recorder", "seconds",    KIND_NUMBER, OF_RECORDER(seconds),   .min = 0, .max = 86400},
	{"recorder", "memory-mb",  KIND_NUMBER, OF_RECORDER(memory_mb), .min = 1, .max = 1024},
	{"recorder", "payload",    KIND_ENUM,   OF_RECORDER(payload),   .words = payloads},
	{"recorder", "save-on",    KIND_TRIGGER, OF_RECORDER(save_on),  .max = 0},
	{"recorder", "save-after", KIND_NUMBER, OF_RECORDER(save_after), .min = 0, .max = 60},
	{"recorder", "save-pause", KIND_NUMBER, OF_RECORDER(save_pause), .min = 0, .max = 86400},
};
/* clang-format on */
#define NKEYS (sizeof(keys) / sizeof(keys[0]))

void config_init(struct config *c)
{
	*c = (struct config){
	    .socket = "/run/tracerd/tracerd.sock",
	    .group = "tracer",
	    .backend = "auto",
	    .ring_mb = 16,
	    .queue_mb = 16,
	    .max_sessions = 64,
	    .log_level = LOG_INFO,
	    .payload = PAYLOAD_FULL,
	    .recordings = "/var/lib/tracerd",
	    .recordings_mb = 256,
	    .user = {.sessions = 8, .memory_mb = 64, .rate = 200000},
	};
}

static const struct word *word_find(const struct word *words, const char *name)
{
	for (; words->name; words++)
		if (!strcmp(words->name, name))
			return words;
	return NULL;
}

const char *config_payload_name(enum config_payload p)
{
	return payloads[p].name;
}

static void join(char *out, size_t size, const char *item, bool first)
{
	size_t len = strlen(out);

	snprintf(out + len, size - len, "%s%s", first ? "" : ", ", item);
}

static int bad_word(const struct key *k, const char *value, char *err)
{
	char allowed[128] = "";

	for (const struct word *w = k->words; w->name; w++)
		join(allowed, sizeof(allowed), w->name, w == k->words);
	snprintf(err, CONFIG_ERR_LEN, "%.40s is not one of: %s", value, allowed);
	return -EINVAL;
}

static int set_number(const struct key *k, uint32_t *at, const char *value, char *err)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(value, &end, 10);
	if (errno || *end || !isdigit((unsigned char)*value) || v < k->min || v > k->max) {
		snprintf(err, CONFIG_ERR_LEN, "%.40s is not a number from %u to %u", value, k->min,
			 k->max);
		return -EINVAL;
	}
	*at = v;
	return 0;
}

static bool is_name(const char *s)
{
	if (!isalpha((unsigned char)*s) && *s != '_')
		return false;
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr("_.-", *s))
			return false;
	return true;
}

static int set_text(const struct key *k, char *at, const char *value, char *err)
{
	size_t len = strlen(value);

	if (k->kind == KIND_PATH && (value[0] != '/' || len >= k->size)) {
		snprintf(err, CONFIG_ERR_LEN, "%.40s is not an absolute path of at most %zu bytes",
			 value, k->size - 1);
		return -EINVAL;
	}
	if (k->kind == KIND_NAME && (!is_name(value) || len >= k->size)) {
		snprintf(err, CONFIG_ERR_LEN,
			 "%.40s is not a name of at most %zu letters, digits and _.-", value,
			 k->size - 1);
		return -EINVAL;
	}
	if (len >= k->size) {
		snprintf(err, CONFIG_ERR_LEN, "it is longer than %zu bytes", k->size - 1);
		return -EINVAL;
	}
	memset(at, 0, k->size);
	memcpy(at, value, len);
	return 0;
}

static bool find_user(const char *name, uint32_t *uid_x)
{
	const struct passwd *user = getpwnam(name);

	if (user)
		*uid_x = user->pw_uid;
	return user;
}

int config_filter(struct filter *f, const char *text, char *err)
{
	_Static_assert(FILTER_ERR_LEN <= CONFIG_ERR_LEN, "sentences fit");
	return filter_text(f, text, find_user, err);
}

static int check_filter(const char *text, char *err)
{
	struct filter f;
	int r;

	filter_init(&f);
	r = config_filter(&f, text, err);
	filter_done(&f);
	return r;
}

static int set_value(const struct key *k, void *at, const char *value, char *err)
{
	struct trigger trigger;
	const struct word *w;

	switch (k->kind) {
	case KIND_NUMBER:
		return set_number(k, at, value, err);
	case KIND_PATH:
	case KIND_NAME:
		return set_text(k, at, value, err);
	case KIND_WORD:
		return word_find(k->words, value) ? set_text(k, at, value, err)
						  : bad_word(k, value, err);
	case KIND_FILTER:
		return check_filter(value, err) ? -EINVAL : set_text(k, at, value, err);
	case KIND_TRIGGER:
		return trigger_parse(&trigger, value, err) ? -EINVAL : set_text(k, at, value, err);
	default:
		w = word_find(k->words, value);
		if (!w)
			return bad_word(k, value, err);
		memcpy(at, &w->value, sizeof(w->value));
		return 0;
	}
}

/* There can be several of the section, each with a name of its own. */
static bool has_names(const char *section)
{
	return !strcmp(section, "group") || !strcmp(section, "recorder");
}

/* "group NAME" is an instance of group; the rest of the name goes to *rest_x. */
static bool section_is(const char *section, const char *name, const char **rest_x)
{
	size_t len = strlen(name);

	if (strncmp(section, name, len))
		return false;
	*rest_x = section + len + strspn(section + len, " \t");
	return has_names(name) ? section[len] && *rest_x > section + len && **rest_x : !section[len];
}

static bool section_known(const char *section)
{
	const char *rest;

	for (size_t i = 0; i < NKEYS; i++)
		if (section_is(section, keys[i].section, &rest))
			return true;
	return false;
}

static int bad_section(const char *section, char *err)
{
	if (*section)
		snprintf(err, CONFIG_ERR_LEN, "there is no section [%.40s]; allowed are: " SECTIONS,
			 section);
	else
		snprintf(err, CONFIG_ERR_LEN, "a key must stand below one of: " SECTIONS);
	return -EINVAL;
}

static int bad_key(const char *section, char *err)
{
	char allowed[160] = "";
	const char *rest;

	for (size_t i = 0; i < NKEYS; i++)
		if (section_is(section, keys[i].section, &rest))
			join(allowed, sizeof(allowed), keys[i].name, !*allowed);
	snprintf(err, CONFIG_ERR_LEN, "there is no such key; allowed are: %s", allowed);
	return -EINVAL;
}

static struct config_group *group_get(struct config *c, const char *name, char *err)
{
	struct config_group *g;

	for (g = c->groups; g < c->groups + c->ngroups; g++)
		if (!strcmp(g->name, name))
			return g;
	if (!is_name(name) || strlen(name) >= sizeof(g->name)) {
		snprintf(err, CONFIG_ERR_LEN, "%.40s is not the name of a group", name);
		return NULL;
	}
	if (c->ngroups == CONFIG_GROUPS_MAX) {
		snprintf(err, CONFIG_ERR_LEN, "there are more than %d groups", CONFIG_GROUPS_MAX);
		return NULL;
	}
	c->ngroups++;
	*g = (struct config_group){.payload = PAYLOAD_OFF};
	memcpy(g->name, name, strlen(name) + 1);
	return g;
}

static struct config_recorder *recorder_get(struct config *c, const char *name, char *err)
{
	struct config_recorder *r;

	for (r = c->recorders; r < c->recorders + c->nrecorders; r++)
		if (!strcmp(r->name, name))
			return r;
	if (!is_name(name) || strlen(name) >= sizeof(r->name)) {
		snprintf(err, CONFIG_ERR_LEN, "%.40s is not a name for a recorder", name);
		return NULL;
	}
	if (c->nrecorders == CONFIG_RECORDERS_MAX) {
		snprintf(err, CONFIG_ERR_LEN, "there are more than %d recorders",
			 CONFIG_RECORDERS_MAX);
		return NULL;
	}
	c->nrecorders++;
	*r = (struct config_recorder){.seconds = 60,
				       .memory_mb = 16,
				       .payload = PAYLOAD_METADATA,
				       .save_after = 1,
				       .save_pause = 10};
	memcpy(r->name, name, strlen(name) + 1);
	return r;
}

static void *named_get(struct config *c, const char *section, const char *name, char *err)
{
	return !strcmp(section, "group") ? (void *)group_get(c, name, err)
					 : (void *)recorder_get(c, name, err);
}

int config_set(struct config *c, const char *section, const char *key, const char *value, char *err)
{
	const char *rest;
	void *base = c;

	if (!section_known(section))
		return bad_section(section, err);
	for (size_t i = 0; i < NKEYS; i++) {
		if (!section_is(section, keys[i].section, &rest) || strcmp(key, keys[i].name))
			continue;
		if (*rest)
			base = named_get(c, keys[i].section, rest, err);
		return base ? set_value(&keys[i], (char *)base + keys[i].offset, value, err)
			    : -EINVAL;
	}
	return bad_key(section, err);
}

const char *config_needs_restart(const struct config *now, const struct config *next)
{
	for (size_t i = 0; i < NKEYS; i++)
		if (keys[i].fixed && memcmp((const char *)now + keys[i].offset,
					    (const char *)next + keys[i].offset, keys[i].size))
			return keys[i].name;
	return NULL;
}

void config_reload(struct config *now, const struct config *next)
{
	struct config c = *next;

	for (size_t i = 0; i < NKEYS; i++)
		if (keys[i].fixed)
			memcpy((char *)&c + keys[i].offset, (const char *)now + keys[i].offset,
			       keys[i].size);
	*now = c;
}

/* A file that is being read. */
struct reading {
	struct config *c;
	FILE *f;
	const char *name;
	config_say *say;
	void *ctx;
	unsigned int line, mistakes;
	char seen_section[SECTION_LEN]; /* whose keys are: */
	char seen[KEYS_MAX][CONFIG_NAME_LEN];
	unsigned int nseen;
};

static void complain(struct reading *r, const char *where, const char *what)
{
	char sentence[CONFIG_ERR_LEN + 128];

	r->mistakes++;
	snprintf(sentence, sizeof(sentence), "%s:%u: %s%s%s", r->name, r->line, where,
		 *where ? ": " : "", what);
	r->say(r->ctx, sentence);
}

/* Is this key of this section there already? The sections of a file come one after the other. */
static bool seen_before(struct reading *r, const char *section, const char *key)
{
	if (strcmp(section, r->seen_section)) {
		snprintf(r->seen_section, sizeof(r->seen_section), "%s", section);
		r->nseen = 0;
	}
	for (unsigned int i = 0; i < r->nseen; i++)
		if (!strcmp(r->seen[i], key))
			return true;
	if (r->nseen < KEYS_MAX)
		snprintf(r->seen[r->nseen++], CONFIG_NAME_LEN, "%s", key);
	return false;
}

/* inih's: 0 is a mistake. */
static int on_key(void *arg, const char *section, const char *name, const char *value)
{
	struct reading *r = arg;
	char err[CONFIG_ERR_LEN];

	if (seen_before(r, section, name)) {
		complain(r, name, "it is set twice in this section");
		return 0;
	}
	if (!config_set(r->c, section, name, value, err))
		return 1;
	if (!*section || section_known(section)) /* else the heading was complained about */
		complain(r, name, err);
	return 0;
}

/* Headings are looked at here: inih tells of a section with its first key only. */
static void check_heading(struct reading *r, const char *name)
{
	char section[SECTION_LEN], err[CONFIG_ERR_LEN];
	const char *end = strchr(name, ']'), *rest;

	if (!end || end - name >= SECTION_LEN) {
		complain(r, "", end ? "the name of the section is too long" : "a ] is missing");
		return;
	}
	memcpy(section, name, end - name);
	section[end - name] = '\0';
	if (!section_known(section)) {
		bad_section(section, err);
		complain(r, "", err);
	} else if (section_is(section, "recorder", &rest) && !recorder_get(r->c, rest, err)) {
		complain(r, "", err);
	}
}

/*
 * inih's fgets. Blanks in front go, for they would continue the value above; a line that is too
 * long for inih's buffer, or means nothing, is complained about and handed on as an empty one.
 */
static char *next_line(char *s, int size, void *arg)
{
	struct reading *r = arg;
	size_t blanks;
	int c;

	if (!fgets(s, size, r->f))
		return NULL;
	r->line++;
	if (!strchr(s, '\n') && (c = fgetc(r->f)) != EOF) {
		complain(r, "", "the line is too long");
		while (c != '\n' && c != EOF)
			c = fgetc(r->f);
		s[0] = '\0';
	}
	blanks = strspn(s, " \t");
	memmove(s, s + blanks, strlen(s + blanks) + 1);
	if (s[0] == '[') {
		check_heading(r, s + 1);
	} else if (!strchr("#;\r\n", s[0]) && !strpbrk(s, "=:")) {
		complain(r, "", "this is neither [section] nor key = value");
		s[0] = '\0';
	}
	return s;
}

int config_read(struct config *c, FILE *f, const char *name, config_say *say, void *ctx)
{
	struct reading r = {.c = c, .f = f, .name = name, .say = say, .ctx = ctx};

	ini_parse_stream(next_line, &r, on_key, &r);
	if (ferror(f))
		return -EIO;
	return r.mistakes ? -EINVAL : 0;
}

int config_load(struct config *c, const char *path, config_say *say, void *ctx)
{
	char sentence[PATH_MAX + 128];
	FILE *f = fopen(path, "re");
	int r;

	r = f ? config_read(c, f, path, say, ctx) : -errno;
	if (f)
		fclose(f);
	if (r && r != -EINVAL && r != -ENOENT) {
		snprintf(sentence, sizeof(sentence), "can't read %s: %s", path, strerror(-r));
		say(ctx, sentence);
	}
	return r;
}

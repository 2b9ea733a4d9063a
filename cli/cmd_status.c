/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cmd_status.c - what tracerd says of itself. Keys that we don't know are shown as they are, so
 * that a newer tracerd can say more.
 */
#include "cmd.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "json.h"
#include "msg.h"
#include "sigs.h"
#include "term.h"
#include "units.h"

#define STATUS_MS 10000

enum kind { KIND_TEXT, KIND_NUMBER, KIND_BYTES, KIND_SECONDS, KIND_LIST };

static const struct known {
	const char *key;
	const char *label; /* for people */
	enum kind kind;
} knowns[] = {
	{ "server", "tracerd", KIND_TEXT },
	{ "backend", "backend", KIND_TEXT },
	{ "kernel", "kernel", KIND_TEXT },
	{ "scope", "you see", KIND_TEXT },
	{ "uptime_s", "running for", KIND_SECONDS },
	{ "sessions", "sessions", KIND_NUMBER },
	{ "events", "events", KIND_NUMBER },
	{ "events_per_s", "events a second", KIND_NUMBER },
	{ "lost", "lost", KIND_NUMBER },
	{ "memory_bytes", "memory", KIND_BYTES },
	{ "ring_bytes", "rings in the kernel", KIND_BYTES },
	{ "programs_attached", "programs attached", KIND_NUMBER },
	{ "session", "session", KIND_LIST },
	{ "recorder", "recorder", KIND_LIST },
};

struct pair {
	const char *key, *value;
	size_t key_len;
	const struct known *known; /* NULL: not known */
};

/* The next "key=value" string of text; false at its end or where it is cut. */
static bool next_pair(const char **text, size_t *len, struct pair *pair)
{
	size_t n = strnlen(*text, *len);
	const char *eq = memchr(*text, '=', n);

	if (n == *len || !eq)
		return false;
	*pair = (struct pair){.key = *text, .key_len = (size_t)(eq - *text), .value = eq + 1};
	for (size_t i = 0; i < sizeof(knowns) / sizeof(knowns[0]); i++)
		if (strlen(knowns[i].key) == pair->key_len &&
		    !memcmp(knowns[i].key, pair->key, pair->key_len))
			pair->known = &knowns[i];
	*text += n + 1;
	*len -= n + 1;
	return true;
}

static bool number(const char *s, uint64_t *value_x)
{
	uint64_t v = 0;

	if (!*s || strlen(s) > 19)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return false;
		v = v * 10 + (uint64_t)(*s - '0');
	}
	*value_x = v;
	return true;
}

static void human_pair(const struct pair *pair, struct buf *out)
{
	size_t from = out->len;
	uint64_t v;

	if (pair->known)
		buf_str(out, pair->known->label);
	else
		term_escape(out, pair->key, pair->key_len, false);
	term_pad(out, from, 21);
	if (pair->known && pair->known->kind == KIND_BYTES && number(pair->value, &v))
		units_bytes(out, v);
	else if (pair->known && pair->known->kind == KIND_SECONDS && number(pair->value, &v) &&
		 v < UINT64_MAX / 1000000000)
		units_duration(out, v * 1000000000);
	else
		term_escape(out, pair->value, strlen(pair->value), false);
	buf_char(out, '\n');
}

static void human(const char *text, size_t len, struct buf *out)
{
	struct pair pair;

	while (next_pair(&text, &len, &pair))
		human_pair(&pair, out);
}

static void json_pair(struct json *j, const struct pair *pair)
{
	uint64_t v;

	json_key(j, pair->known->key);
	if (pair->known->kind != KIND_TEXT && number(pair->value, &v))
		json_u64(j, v);
	else
		json_str(j, pair->value);
}

static void json_list(struct json *j, const char *text, size_t len, const char *key,
		      const char *name)
{
	struct pair pair;

	json_key(j, name);
	json_begin(j, '[');
	while (next_pair(&text, &len, &pair))
		if (pair.known && !strcmp(pair.known->key, key))
			json_str(j, pair.value);
	json_end(j, ']');
}

/* Only keys that are known: their names are safe, and none comes twice. */
static void json(const char *text, size_t len, struct buf *out)
{
	struct json j = {.out = out};
	const char *again = text;
	size_t again_len = len;
	uint64_t seen = 0;
	struct pair pair;

	json_begin(&j, '{');
	while (next_pair(&text, &len, &pair)) {
		uint64_t bit = pair.known ? 1ULL << (pair.known - knowns) : 0;

		if (!pair.known || pair.known->kind == KIND_LIST || (seen & bit))
			continue;
		seen |= bit;
		json_pair(&j, &pair);
	}
	json_list(&j, again, again_len, "session", "session_list");
	json_list(&j, again, again_len, "recorder", "recorder_list");
	json_end(&j, '}');
	json_line(&j);
}

static int ask(struct conn *c, const struct sigs *sigs, const struct options *o, struct buf *out,
	       char *err)
{
	struct conn_where where = {.socket = o->socket, .backend = o->backend, .wake_fd = sigs->end_fd};
	const struct tr_frame *f = NULL;
	int r = conn_open(c, &where, err);

	if (r)
		return r;
	r = conn_send(c, TR_FRAME_STATUS, NULL, 0);
	while (!r) {
		const char *text;
		size_t n;

		r = conn_wait(c, sigs->end_fd, STATUS_MS, &f);
		if (r || f->type != TR_FRAME_STATUS)
			continue;
		text = conn_payload(f, &n);
		if (!strcmp(o->format->name, "json"))
			json(text, n, out);
		else
			human(text, n, out);
		return 0;
	}
	return msg_set(err, r, "tracerd does not answer: %s", strerror(-r));
}

int cmd_status(struct options *o)
{
	struct sigs sigs = {.fd = -1};
	struct conn c = {.fd = -1};
	char err[MSG_LEN] = "";
	struct output out;
	int r;

	r = sigs_init(&sigs);
	if (!r)
		r = output_init(&out, o, STDOUT_FILENO, err);
	if (r) {
		msg("%s", *err ? err : strerror(-r));
		return 1;
	}
	r = ask(&c, &sigs, o, &out.buf, err);
	conn_close(&c);
	if (r && *err)
		msg("%s", err);
	if (!r)
		r = output_flush(&out, sigs.fd, -1);
	output_done(&out);
	sigs_done(&sigs);
	return r && r != -EPIPE ? 1 : 0;
}

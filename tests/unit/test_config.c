/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_config.c - the configuration: defaults, every key, and which sentence each mistake gets.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include "config.h"

struct said {
	unsigned int n;
	char text[8][512];
};

static void note(void *ctx, const char *sentence)
{
	struct said *s = ctx;

	if (s->n < 8)
		snprintf(s->text[s->n], sizeof(s->text[0]), "%s", sentence);
	s->n++;
}

static int parse(struct config *c, const char *text, struct said *said)
{
	FILE *f = fmemopen((void *)text, strlen(text), "r");
	int r;

	memset(said, 0, sizeof(*said));
	config_init(c);
	r = config_read(c, f, "f", note, said);
	fclose(f);
	return r;
}

static void takes_every_key(void **state)
{
	struct config c;
	struct said said;

	(void)state;
	assert_int_equal(parse(&c,
			       "# a comment\n"
			       "[daemon]\n"
			       "socket = /run/x\n group=wheel ; why\nbackend: bpf\nring-mb = 2\n"
			       "queue-mb = 3\nmax-sessions = 4\nlog-level = warning\n"
			       "payload = metadata\n\n"
			       "[user]\nsessions = 0\nmemory-mb = 5\nrate = 6\n"
			       "[group adm]\npayload = full\n[group  dev]\npayload = off\r\n",
			       &said),
			 0);
	assert_int_equal(said.n, 0);
	assert_string_equal(c.socket, "/run/x");
	assert_string_equal(c.group, "wheel");
	assert_string_equal(c.backend, "bpf");
	assert_int_equal(c.ring_mb, 2);
	assert_int_equal(c.queue_mb, 3);
	assert_int_equal(c.max_sessions, 4);
	assert_int_equal(c.log_level, LOG_WARNING);
	assert_int_equal(c.payload, PAYLOAD_METADATA);
	assert_int_equal(c.user.sessions, 0);
	assert_int_equal(c.user.memory_mb, 5);
	assert_int_equal(c.user.rate, 6);
	assert_int_equal(c.ngroups, 2);
	assert_string_equal(c.groups[0].name, "adm");
	assert_int_equal(c.groups[0].payload, PAYLOAD_FULL);
	assert_string_equal(c.groups[1].name, "dev");
	assert_int_equal(c.groups[1].payload, PAYLOAD_OFF);
}

static void nothing_leaves_the_defaults(void **state)
{
	struct config c, defaults;
	struct said said;

	(void)state;
	config_init(&defaults);
	assert_int_equal(parse(&c, "\n; [nothing]\n[user]\n", &said), 0);
	assert_memory_equal(&c, &defaults, sizeof(c));
	assert_null(config_needs_restart(&c, &defaults));
	c.user.rate = 1;
	assert_null(config_needs_restart(&c, &defaults));
	c.ring_mb = 1;
	assert_string_equal(config_needs_restart(&c, &defaults), "ring-mb");
}

static void complains(const char *text, const char *sentence)
{
	struct config c;
	struct said said;

	assert_int_equal(parse(&c, text, &said), -EINVAL);
	assert_string_equal(said.text[0], sentence);
	assert_int_equal(said.n, 1);
}

static void says_what_is_wrong(void **state)
{
	char line[600] = "[daemon]\nsocket = /";

	(void)state;
	complains("[daemon]\n\nring-mb = 0", "f:3: ring-mb: 0 is not a number from 1 to 1024");
	complains("[daemon]\nring-mb = 2x", "f:2: ring-mb: 2x is not a number from 1 to 1024");
	complains("[daemon]\nring-mb = -1", "f:2: ring-mb: -1 is not a number from 1 to 1024");
	complains("[daemon]\nring-mb = 99999999999999999999",
		  "f:2: ring-mb: 99999999999999999999 is not a number from 1 to 1024");
	complains("[daemon]\nring-mb =", "f:2: ring-mb:  is not a number from 1 to 1024");
	complains("[daemon]\nbackend = dtrace",
		  "f:2: backend: dtrace is not one of: auto, bpf, ptrace");
	complains("[daemon]\nlog-level = 3",
		  "f:2: log-level: 3 is not one of: error, warning, info, debug");
	complains("[daemon]\nsocket = s",
		  "f:2: socket: s is not an absolute path of at most 107 bytes");
	complains("[daemon]\ngroup = a b",
		  "f:2: group: a b is not a name of at most 32 letters, digits and _.-");
	complains("[user]\nring-mb = 1",
		  "f:2: ring-mb: there is no such key; allowed are: sessions, memory-mb, rate");
	complains("[recorder]\nlast = 1\nsize = 2",
		  "f:1: there is no section [recorder]; allowed are: "
		  "[daemon], [user], [group NAME], [recorder NAME]");
	complains("[recorder a]\nfilter = --comm 'x\n",
		  "f:2: filter: a quote is missing, or a word is too long");
	complains("[recorder a]\nfilter = --comm php*\n",
		  "f:2: filter: --comm takes a name here, not a pattern such as php*");
	complains("[recorder a/b]\n", "f:1: a/b is not a name for a recorder");
	complains("rate = 1",
		  "f:1: rate: a key must stand below one of: [daemon], [user], [group NAME], "
		  "[recorder NAME]");
	complains("[group]\n", "f:1: there is no section [group]; allowed are: [daemon], [user], "
			       "[group NAME], [recorder NAME]");
	complains("[group -x]\npayload = off", "f:2: payload: -x is not the name of a group");
	complains("[daemon\n", "f:1: a ] is missing");
	complains("[daemon]\nring-mb\n", "f:2: this is neither [section] nor key = value");
	complains("[user]\nrate = 1\nrate = 2\n", "f:3: rate: it is set twice in this section");
	memset(line + strlen(line), 'x', 500);
	complains(line, "f:2: the line is too long");
}

static void goes_on_after_a_mistake(void **state)
{
	struct config c;
	struct said said;

	(void)state;
	assert_int_equal(
	    parse(&c, "[daemon]\nring-mb = a\n[users]\n[user]\nrate = 7\nrage = 8\n", &said),
	    -EINVAL);
	assert_int_equal(said.n, 3);
	assert_string_equal(
	    said.text[2],
	    "f:6: rage: there is no such key; allowed are: sessions, memory-mb, rate");
	assert_int_equal(c.user.rate, 7);
}

static void groups_are_bounded(void **state)
{
	char text[4096] = "", err[CONFIG_ERR_LEN];
	struct config c;

	(void)state;
	config_init(&c);
	for (int i = 0; i < CONFIG_GROUPS_MAX; i++) {
		snprintf(text, sizeof(text), "group g%d", i);
		assert_int_equal(config_set(&c, text, "payload", "full", err), 0);
	}
	assert_int_equal(config_set(&c, "group g1", "payload", "off", err), 0);
	assert_int_equal(c.groups[1].payload, PAYLOAD_OFF);
	assert_int_equal(config_set(&c, "group h", "payload", "off", err), -EINVAL);
	assert_string_equal(err, "there are more than 32 groups");
}

static void a_file_that_cannot_be_read(void **state)
{
	struct config c;
	struct said said = {};

	(void)state;
	config_init(&c);
	assert_int_equal(config_load(&c, "/nonexistent/x", note, &said), -ENOENT);
	assert_int_equal(said.n, 0);
	assert_int_equal(config_load(&c, "/", note, &said), -EIO);
	assert_int_equal(said.n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_every_key),	  cmocka_unit_test(nothing_leaves_the_defaults),
	    cmocka_unit_test(says_what_is_wrong), cmocka_unit_test(goes_on_after_a_mistake),
	    cmocka_unit_test(groups_are_bounded), cmocka_unit_test(a_file_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz_config.c - the text of a configuration: what is taken is within what each key allows, and its recorders have
 * filters and triggers that can be parsed; what is not taken is told, in sentences of one line with the line's number.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include <core/filter.h>
#include <core/trigger.h>
#include "config.h"

static void note(void *ctx, const char *sentence)
{
	unsigned int *n = ctx, line;

	if (sscanf(sentence, "f:%u: ", &line) != 1 || !line)
		abort();
	(*n)++;
}

static void must(bool holds)
{
	if (!holds)
		abort();
}

static bool ends(const char *s, size_t size)
{
	return memchr(s, '\0', size);
}

static void check_recorder(const struct config_recorder *r)
{
	struct trigger trigger;
	char err[CONFIG_ERR_LEN];
	struct filter f;

	must(ends(r->name, sizeof(r->name)) && r->name[0]);
	must(ends(r->filter, sizeof(r->filter)) && ends(r->save_on, sizeof(r->save_on)));
	must(r->seconds <= 86400 && r->memory_mb >= 1 && r->memory_mb <= 1024 && r->save_after <= 60);
	filter_init(&f);
	must(!config_filter(&f, r->filter, err));
	filter_done(&f);
	must(!r->save_on[0] || !trigger_parse(&trigger, r->save_on, err));
}

static void check(const struct config *c)
{
	must(c->socket[0] == '/' && ends(c->socket, sizeof(c->socket)));
	must(c->recordings[0] == '/' && ends(c->recordings, sizeof(c->recordings)));
	must(c->group[0] && ends(c->group, sizeof(c->group)));
	must(!strcmp(c->backend, "auto") || !strcmp(c->backend, "bpf") || !strcmp(c->backend, "ptrace"));
	must(c->ring_mb >= 1 && c->ring_mb <= 1024 && c->queue_mb >= 1 && c->queue_mb <= 1024);
	must(c->max_sessions >= 1 && c->max_sessions <= 64 && c->budget <= 100);
	must(c->log_level >= LOG_ERR && c->log_level <= LOG_DEBUG);
	must(config_payload_name(c->payload));
	must(c->user.sessions <= 64 && c->user.memory_mb >= 1 && c->user.memory_mb <= 1024);
	must(c->ngroups <= CONFIG_GROUPS_MAX && c->nrecorders <= CONFIG_RECORDERS_MAX);
	for (uint32_t i = 0; i < c->ngroups; i++)
		must(ends(c->groups[i].name, sizeof(c->groups[i].name)) &&
		     config_payload_name(c->groups[i].payload));
	for (uint32_t i = 0; i < c->nrecorders; i++)
		check_recorder(&c->recorders[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config c, running;
	unsigned int n = 0;
	FILE *f;
	int r;

	if (!size)
		return 0;
	f = fmemopen((void *)data, size, "r");
	config_init(&c);
	r = config_read(&c, f, "f", note, &n);
	fclose(f);
	must(r == (n ? -EINVAL : 0));
	check(&c); /* what was wrong has left the value as it was */
	config_init(&running);
	config_reload(&running, &c);
	must(!config_needs_restart(&running, &running));
	check(&running);
	return 0;
}

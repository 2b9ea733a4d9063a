/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* trigger.c - see trigger.h. */
#include "trigger.h"
#include "filter_syntax.h"
#include "filter_text.h"

#include <string.h>

#define SIGNALS 64

static int signal_by_name(const char *name)
{
	for (int i = 1; i <= SIGNALS; i++) {
		const char *known = sc_signal_name(i);

		if (known && !strcmp(known, name))
			return i;
	}
	return 0;
}

static int add_word(struct trigger *t, const char *word, char *err)
{
	int signo = signal_by_name(word), e = sc_errno_by_name(word);

	if (!strcmp(word, "exit")) {
		t->exit = true;
	} else if (signo) {
		t->signals |= 1ULL << (signo - 1);
	} else if (e > 0 && e < FILTER_ERRNO_MAX) {
		t->errnos[e / 64] |= 1ULL << (e % 64);
	} else if (!strncmp(word, "slower=", 7)) {
		if (filter_duration(word + 7, strlen(word + 7), &t->slower_ns) || !t->slower_ns)
			return filter_refuse(err, "\"%.60s\" is not a time: give 10ms, 250us or 1s",
					     word + 7);
	} else {
		return filter_refuse(err, "\"%.60s\" is no signal, no error, nor slower=TIME or exit",
				     word);
	}
	return 0;
}

int trigger_parse(struct trigger *t, const char *text, char *err)
{
	memset(t, 0, sizeof(*t));
	while (*(text += strspn(text, " \t,"))) {
		size_t n = strcspn(text, " \t,");
		char word[64];
		int r;

		snprintf(word, sizeof(word), "%.*s", (int)(n < 63 ? n : 63), text);
		r = add_word(t, word, err);
		if (r)
			return r;
		text += n;
	}
	return 0;
}

static int error_of(const struct tr_syscall *call)
{
	const struct sc_row *row = sc_find(call->abi, call->nr);

	if (call->ret >= 0 || call->ret <= -FILTER_ERRNO_MAX ||
	    (row && row->effects & SC_FX_NO_ERROR))
		return 0;
	return (int)-call->ret;
}

static bool wants_error(const struct trigger *t, int e)
{
	return e && t->errnos[e / 64] >> (e % 64) & 1;
}

static bool is_slow(const struct trigger *t, const struct tr_syscall *call)
{
	return t->slower_ns && call->duration_ns >= t->slower_ns;
}

bool trigger_hit(const struct trigger *t, const struct tr_hdr *rec)
{
	const struct tr_syscall *call = (const struct tr_syscall *)rec;
	const struct tr_exit *end = (const struct tr_exit *)rec;
	int signo;

	switch (rec->type) {
	case TR_SYSCALL:
		if (rec->flags & (TR_F_BLOCKED | TR_F_NO_RETURN))
			return false;
		return wants_error(t, error_of(call)) || is_slow(t, call);
	case TR_SIGNAL:
		signo = ((const struct tr_signal *)rec)->signo;
		return signo > 0 && signo <= SIGNALS && t->signals >> (signo - 1) & 1;
	case TR_EXIT:
		return t->exit && end->last && end->status;
	default:
		return false;
	}
}

static void call_why(const struct trigger *t, const struct tr_syscall *call,
		     char why[TRIGGER_WHY_LEN])
{
	const struct sc_row *row = sc_find(call->abi, call->nr);
	const char *name = row ? row->name : "a system call";
	int e = error_of(call);

	if (wants_error(t, e))
		snprintf(why, TRIGGER_WHY_LEN, "failed with %s in %s", sc_errno_name(e), name);
	else
		snprintf(why, TRIGGER_WHY_LEN, "took %llu ms in %s",
			 (unsigned long long)(call->duration_ns / 1000000), name);
}

static void exit_why(uint32_t status, char why[TRIGGER_WHY_LEN])
{
	const char *name = sc_signal_name((int)(status & 0x7f));

	if (status & 0x7f)
		snprintf(why, TRIGGER_WHY_LEN, "was ended by %s", name ? name : "a signal");
	else
		snprintf(why, TRIGGER_WHY_LEN, "ended with status %u", status >> 8 & 0xff);
}

void trigger_why(const struct trigger *t, const struct tr_hdr *rec, char why[TRIGGER_WHY_LEN])
{
	if (rec->type == TR_SYSCALL)
		call_why(t, (const struct tr_syscall *)rec, why);
	else if (rec->type == TR_SIGNAL)
		snprintf(why, TRIGGER_WHY_LEN, "got %s",
			 sc_signal_name(((const struct tr_signal *)rec)->signo));
	else
		exit_why(((const struct tr_exit *)rec)->status, why);
}

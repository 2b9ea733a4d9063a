/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value_ioctl.c - ioctl: which of the requests that share a number is meant hangs on the descriptor.
 */
#include "value.h"

#include <core/ioctl.h>
#include <core/rec.h>

static bool describe(struct ioctl_fd *fd, const struct call *c)
{
	const struct fact_fd *fact = call_fd(c, 0);

	if (!fact || fact->kind == TR_FD_NONE)
		return false;
	*fd = (struct ioctl_fd){
		.kind = fact->kind,
		.family = fact->sock_family,
		.mode = fact->mode,
		.path = fact->path,
		.path_len = fact->path_len,
	};
	return true;
}

const struct sc_arg *value_ioctl_arg(const struct call *c)
{
	static const struct sc_arg unknown = { .name = "argp", .type = T_HEX };
	struct ioctl_fd fd;
	const struct sc_arg *arg =
		ioctl_arg((uint32_t)c->rec->args[1], describe(&fd, c) ? &fd : NULL);

	return arg ? arg : &unknown;
}

void value_ioctl_request(struct sink *s, const struct call *c)
{
	struct ioctl_fd fd;
	bool known = !s->all_names && describe(&fd, c);

	value_word_begin(s, T_HEX, (uint32_t)c->rec->args[1]);
	ioctl_put_name(s->out, (uint32_t)c->rec->args[1], known ? &fd : NULL);
	s->ops->word_end(s);
}

enum sc_ret value_ioctl_ret(const struct call *c, const struct sc_flags **ret_flags)
{
	return (enum sc_ret)ioctl_ret(value_ioctl_arg(c), ret_flags);
}

bool value_ioctl_failed(struct sink *s, const struct call *c)
{
	const struct sc_arg *arg = value_ioctl_arg(c);
	const struct sc_struct *st = arg->type == T_STRUCT ? arg->ref : NULL;
	const struct tr_item *item = rec_item_find(c->rec, 2, TR_PART_SELF, 0, 0);

	if (!st || !item || item->len < 16 || strcmp(st->name, "ifreq") != 0)
		return false;
	s->ops->begin(s, GROUP_STRUCT);
	s->ops->field(s, st->fields->name);
	value_place(s, c, &(struct value_type){ st->fields->type, st->fields->size, NULL },
		    (const uint8_t *)rec_item_data(item) + st->fields->off, st->fields->size);
	s->ops->end(s, GROUP_STRUCT);
	return true;
}

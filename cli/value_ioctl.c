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

/* Requests of these types strace knows or does not know; of all others it shows the bytes. */
static bool is_of_known_type(unsigned int type)
{
	static const uint8_t known[] = {
		0x03, 0x12, 0x15, '!', '"', '$', '=', '>', 'E',	 'I',  'K',  'L',  'M',	 'O',  'R',  'T',  'V',
		'W',  'X',  'f',  'i', 'o', 'p', 0x89, 0x8a, 0x94, 0xa4, 0xaa, 0xab, 0xae, 0xb4, 0xb7, 0xfd,
	};

	return memchr(known, (int)type, sizeof(known));
}

static const struct tr_item *bytes_at(const struct call *c, bool at_exit)
{
	const struct tr_item *item = rec_item_find(c->rec, 2, TR_PART_SELF, 0, at_exit);

	return item && !(item->flags & TR_ITEM_EXIT) == !at_exit ? item : NULL;
}

static void put_bytes(struct sink *s, const struct call *c, const struct tr_item *item, size_t size)
{
	size_t n = item->len < size ? item->len : size;

	n = n < c->string_limit ? n : c->string_limit;
	s->ops->str(s, rec_item_data(item), n, STR_RANDOM | (n < size ? STR_CUT : 0));
}

unsigned int value_ioctl_bytes(const struct sink *s, const struct call *c)
{
	uint32_t request = (uint32_t)c->rec->args[1];
	unsigned int way = request >> 30; /* 1: it is given, 2: it is filled */

	if (!s->all_names || s->terse || !c->row || c->row->args[2].type != T_IOCTL_ARG)
		return 0;
	if (call_arg(c, 2)->type != T_HEX)
		return 0;
	if (!(request >> 16 & 0x3fff) || !c->rec->args[2] || is_of_known_type(request >> 8 & 0xff))
		return 0;
	return way ? way : IOCTL_GIVEN | IOCTL_FILLED;
}

bool value_ioctl_unknown(struct sink *s, const struct call *c)
{
	const struct tr_item *before = bytes_at(c, false), *after = bytes_at(c, true);
	unsigned int way = value_ioctl_bytes(s, c), size = (uint32_t)c->rec->args[1] >> 16 & 0x3fff;

	if (!after && c->failed)
		after = before; /* it was left alone */
	if (!way || ((way & IOCTL_GIVEN) && !before) || (c->returned && (way & IOCTL_FILLED) && !after))
		return false;
	if (way & IOCTL_GIVEN)
		put_bytes(s, c, before, size);
	if (!c->returned)
		return way & IOCTL_GIVEN;
	if (way == (IOCTL_GIVEN | IOCTL_FILLED))
		s->ops->change(s);
	if (way & IOCTL_FILLED)
		put_bytes(s, c, after, size);
	return true;
}

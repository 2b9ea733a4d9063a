/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rec.c - the one place that checks a record's lengths. After rec_check, walking its items needs no
 * further check, because they were walked once.
 */
#include <core/rec.h>

#include <string.h>

#define ALIGN8(n) (((size_t)(n) + 7) & ~(size_t)7)

static const uint16_t fixed_size[TR_TYPE_MAX] = {
	[TR_SYSCALL] = sizeof(struct tr_syscall), [TR_SIGNAL] = sizeof(struct tr_signal),
	[TR_EXEC] = sizeof(struct tr_exec),	  [TR_EXIT] = sizeof(struct tr_exit),
	[TR_FORK] = sizeof(struct tr_fork),	  [TR_LOST] = sizeof(struct tr_lost),
	[TR_TASK] = sizeof(struct tr_task),	  [TR_FD] = sizeof(struct tr_fd),
	[TR_RESET] = sizeof(struct tr_hdr),	  [TR_BUDGET] = sizeof(struct tr_budget),
	[TR_STACK] = sizeof(struct tr_stack),
	[TR_DATA] = sizeof(struct tr_data),	  [TR_NEWER] = sizeof(struct tr_newer),
};

static int items_fit(const struct tr_syscall *rec)
{
	const char *p = (const char *)(rec + 1);
	size_t left = rec->h.len - sizeof(*rec);

	for (unsigned int i = 0; i < rec->nitems; i++) {
		const struct tr_item *item = (const void *)p;
		size_t size;

		if (left < sizeof(*item))
			return 0;
		size = sizeof(*item) + ALIGN8(item->len);
		if (size > left || item->arg >= TR_MAX_ARGS)
			return 0;
		p += size;
		left -= size;
	}
	return !left; /* so that the last item is known by where it ends */
}

static int frames_fit(const struct tr_stack *rec)
{
	const char *p = (const char *)(rec + 1);
	size_t left = rec->h.len - sizeof(*rec);

	for (uint32_t i = 0; i < rec->nframes; i++) {
		const struct tr_stack_frame *f = (const void *)p;

		if (left < sizeof(*f) || left < rec_frame_size(f))
			return 0;
		left -= rec_frame_size(f);
		p += rec_frame_size(f);
	}
	return 1;
}

static int is_text(const char *p, size_t size)
{
	return memchr(p, '\0', size) != NULL;
}

/* That values are of the sizes that readers count on is left to who makes a row of them. */
static int values_fit(const struct tr_newer *rec)
{
	const struct tr_newer_value *v = (const void *)(rec + 1);

	if (rec->nr >= TR_NR_MAX || !is_text(rec->name, sizeof(rec->name)) ||
	    rec->nvalues > TR_NEWER_VALUES ||
	    rec->nvalues > (rec->h.len - sizeof(*rec)) / sizeof(*v))
		return 0;
	for (uint32_t i = 0; i < rec->nvalues; i++)
		if (!is_text(v[i].name, sizeof(v[i].name)))
			return 0;
	return 1;
}

static int fd_fits(const struct tr_fd *fd)
{
	uint32_t names = fd->kind == TR_FD_SOCKET ? 2 * TR_FD_ADDR : TR_FD_NAME;

	if (fd->payload_len > fd->h.len - sizeof(*fd))
		return 0;
	if ((fd->h.flags & TR_FD_STATE) && fd->payload_len != names + sizeof(struct tr_fd_state))
		return 0;
	if (fd->kind != TR_FD_SOCKET)
		return 1;
	return fd->local_len <= TR_FD_ADDR && fd->peer_len <= TR_FD_ADDR &&
	       (!fd->local_len || fd->payload_len >= TR_FD_ADDR) &&
	       (!fd->peer_len || fd->payload_len >= 2 * TR_FD_ADDR);
}

static int payload_fits(const struct tr_hdr *h)
{
	const struct tr_fd *fd = (const void *)h;
	const struct tr_exec *exec = (const void *)h;
	const struct tr_data *data = (const void *)h;

	switch (h->type) {
	case TR_SYSCALL:
		return items_fit((const void *)h);
	case TR_STACK:
		return frames_fit((const void *)h);
	case TR_NEWER:
		return values_fit((const void *)h);
	case TR_DATA:
		return data->item.arg < TR_MAX_ARGS && data->item.len <= h->len - sizeof(*data) &&
		       data->offset <= TR_DATA_MAX;
	case TR_EXEC:
		return exec->filename_len <= h->len - sizeof(*exec);
	case TR_FD:
		return fd_fits(fd);
	default:
		return 1;
	}
}

const struct tr_hdr *rec_check(const void *p, size_t n)
{
	const struct tr_hdr *h = p;

	if (n < sizeof(*h) || h->len < sizeof(*h) || h->len > n || h->len > TR_RECORD_MAX ||
	    h->len % 8)
		return NULL;
	if (!h->type || h->type >= TR_TYPE_MAX)
		return h;
	if (h->len < fixed_size[h->type] || !payload_fits(h))
		return NULL;
	return h;
}

const struct tr_item *rec_item_first(const struct tr_syscall *rec)
{
	return rec->nitems ? (const void *)(rec + 1) : NULL;
}

const struct tr_item *rec_item_next(const struct tr_syscall *rec, const struct tr_item *item)
{
	const char *next = (const char *)(item + 1) + ALIGN8(item->len);

	return next < (const char *)rec + rec->h.len ? (const void *)next : NULL;
}

const struct tr_item *rec_item_find(const struct tr_syscall *rec, unsigned int arg,
				    unsigned int part, unsigned int index, int at_exit)
{
	const char *p = (const char *)(rec + 1);
	const struct tr_item *best = NULL;
	bool best_side = false;

	for (unsigned int i = 0; i < rec->nitems; i++) {
		const struct tr_item *item = (const void *)p;
		bool side = !(item->flags & TR_ITEM_EXIT) == !at_exit;

		p += sizeof(*item) + ALIGN8(item->len);
		if (item->arg != arg || item->part != part || item->index != index ||
		    (!item->len && (item->flags & TR_ITEM_FAULT)))
			continue;
		if (side && !(item->flags & TR_ITEM_FAULT))
			return item;
		if (best_side && !side)
			continue;
		best = item;
		best_side = side;
	}
	return best;
}

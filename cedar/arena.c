/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cedar/arena.h"

#define BLOCK_MIN ((size_t)8192)
#define BLOCK_MIN_TIGHT ((size_t)1008) /* with its header 1 KiB */
#define BLOCK_MAX ((size_t)1 << 20)

struct arena_block {
	struct arena_block *next;
	size_t size;
	alignas(max_align_t) unsigned char data[];
};

void
cd_arena_init(struct arena *a, size_t max)
{
	*a = (struct arena){ .max = max };
}

void
cd_arena_init_tight(struct arena *a, size_t max)
{
	*a = (struct arena){ .max = max, .tight = true };
}

void
cd_arena_free(struct arena *a)
{
	struct arena_block *block = a->first;

	while (block != NULL) {
		struct arena_block *next = block->next;

		free(block);
		block = next;
	}
	*a = (struct arena){ .max = a->max, .tight = a->tight };
}

/* Allocate from this block, which is empty, from now on; NULL: there is none yet. */
static void
use_block(struct arena *a, struct arena_block *block)
{
	a->current = block;
	a->free = block != NULL ? block->data : NULL;
	a->left = block != NULL ? block->size : 0;
}

void
cd_arena_reset(struct arena *a)
{
	use_block(a, a->first);
}

/*
 * The size of the next block.  It grows with what there is, so there are few blocks:
 * each twice the last, or, where tight, half of all that is held.
 */
static size_t
block_size(const struct arena *a)
{
	size_t min = a->tight ? BLOCK_MIN_TIGHT : BLOCK_MIN, want = a->held / 2;

	if (!a->tight)
		want = a->current != NULL ? a->current->size * 2 : 0;
	if (want < min)
		return min;
	return want < BLOCK_MAX ? want : BLOCK_MAX;
}

/*
 * The next block is one kept from an earlier round if it is large enough, else a
 * new one put before it.
 */
bool
cd_arena_extend(struct arena *a, size_t size)
{
	struct arena_block *next = a->current != NULL ? a->current->next : a->first;
	struct arena_block *block;
	size_t want;

	if (next == NULL || next->size < size) {
		want = block_size(a);
		if (want < size)
			want = size;
		if (want > a->max - a->held)
			want = size;
		if (want > a->max - a->held || (block = malloc(sizeof(*block) + want)) == NULL)
			return false;
		block->size = want;
		block->next = next;
		a->held += want;
		if (a->current != NULL)
			a->current->next = block;
		else
			a->first = block;
		next = block;
	}
	use_block(a, next);
	return true;
}

void *
cd_arena_zero(struct arena *a, size_t count, size_t size)
{
	void *p;

	if (size != 0 && count > SIZE_MAX / 2 / size)
		return NULL;
	if ((p = cd_arena_alloc(a, count * size)) != NULL)
		memset(p, 0, count * size);
	return p;
}

char *
cd_arena_copy(struct arena *a, const char *text, size_t len)
{
	char *copy;

	if (len > SIZE_MAX / 2 || (copy = cd_arena_alloc(a, len + 1)) == NULL)
		return NULL;
	if (len > 0)
		memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

struct arena_mark
cd_arena_mark(const struct arena *a)
{
	return (struct arena_mark){ .block = a->current, .free = a->free, .left = a->left };
}

void
cd_arena_release(struct arena *a, struct arena_mark mark)
{
	/* Without a block nothing had been allocated yet. */
	if (mark.block == NULL) {
		use_block(a, a->first);
		return;
	}
	a->current = mark.block;
	a->free = mark.free;
	a->left = mark.left;
}

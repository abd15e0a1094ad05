/* SPDX-License-Identifier: MIT */
#ifndef CEDAR_ARENA_H
#define CEDAR_ARENA_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Memory that is given back all at once.  Blocks come from malloc(), never
 * move, and are kept by cd_arena_reset() for the next round, so that a steady
 * state needs no malloc().
 */
struct arena_block;

struct arena {
	struct arena_block *first;
	struct arena_block *current; /* NULL only while there is no block */
	unsigned char *free;         /* what is left of the current block */
	size_t left;                 /* bytes there */
	size_t held;                 /* bytes of all blocks */
	size_t max;                  /* held never exceeds it */
	bool tight;
};

/* A point in time; what was allocated after it can be given back. */
struct arena_mark {
	struct arena_block *block;
	unsigned char *free;
	size_t left;
};

/*
 * At most max bytes.  Blocks double, for work that is done again and again; in a
 * tight arena, for what is made once and kept, little is held beyond what is used.
 */
void cd_arena_init(struct arena *, size_t max);
void cd_arena_init_tight(struct arena *, size_t max);
void cd_arena_free(struct arena *);
void cd_arena_reset(struct arena *);

/* Make a block of at least so many bytes the current one; false where max or the heap forbid. */
bool cd_arena_extend(struct arena *, size_t);

/* Uninitialised, aligned for anything; NULL only where max or the heap is exhausted. */
static inline void *
cd_arena_alloc(struct arena *a, size_t size)
{
	const size_t align = alignof(max_align_t);
	void *p;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = size > 0 ? (size + align - 1) & ~(align - 1) : align;
	if (size > a->left && !cd_arena_extend(a, size))
		return NULL;
	p = a->free;
	a->free += size;
	a->left -= size;
	return p;
}

/* The same for count elements, all bytes zero. */
void *cd_arena_zero(struct arena *, size_t count, size_t size);
/* A copy with a NUL after it; an empty text is a valid pointer too. */
char *cd_arena_copy(struct arena *, const char *, size_t);

struct arena_mark cd_arena_mark(const struct arena *);
void cd_arena_release(struct arena *, struct arena_mark);

#endif

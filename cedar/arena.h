/* SPDX-License-Identifier: MIT */
#ifndef CEDAR_ARENA_H
#define CEDAR_ARENA_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Memory that is given back all at once.  Blocks come from malloc(), never
 * move, and are kept by cd_arena_reset() for the next round, so that a steady
 * state needs no malloc().
 */
struct arena_block;

struct arena {
	struct arena_block *first;
	struct arena_block *current;	/* NULL only while there is no block */
	size_t used;			/* bytes taken from the current block */
	size_t held;			/* bytes of all blocks */
	size_t max;			/* held never exceeds it */
};

/* A point in time; what was allocated after it can be given back. */
struct arena_mark {
	struct arena_block *block;
	size_t used;
};

void cd_arena_init(struct arena *, size_t max);
void cd_arena_free(struct arena *);
void cd_arena_reset(struct arena *);

/* Uninitialised, aligned for anything; NULL where max or the heap is exhausted. */
void *cd_arena_alloc(struct arena *, size_t);
/* The same for count elements, all bytes zero. */
void *cd_arena_zero(struct arena *, size_t count, size_t size);
/* A copy with a NUL after it; an empty text is a valid pointer too. */
char *cd_arena_copy(struct arena *, const char *, size_t);

struct arena_mark cd_arena_mark(const struct arena *);
void cd_arena_release(struct arena *, struct arena_mark);

#endif

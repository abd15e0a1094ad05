/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_PLACES_H
#define GRANTD_FCGI_PLACES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "fcgi/pool.h"
#include "fcgi/rooms.h"

/*
 * Where kept connections are, and those that wait: which place a connection has, who has it in hand, and what its
 * next event is to be. One epoll instance and one table in shared memory, of all processes.
 *
 * A place is free, or a connection's: that is one bit of its generation, which moves with each. Whoever has it in hand is beside it in
 * the same word, so that both are compared and swapped at once; the rest of a place is that one's alone. A connection that nobody
 * has in hand is armed for one event, with which some process tries to get hold of it.
 *
 * A place's descriptor has the same number in all processes that have it. Which they have is for each to know: `generation` is no shared memory.
 * Fork safe; no threads. Nothing here waits, and nothing here fails but for want of memory or descriptors.
 */
struct places {
	int epoll; /* of all processes */
	int most;
	int self; /* this process, as a holder */
	int next; /* where a free place is looked for */
	struct place_table *table;
	size_t table_size;
	struct rooms rooms;
	/* What this process has at each place's descriptor; of the keeper's, open: there is one. */
	uint32_t *generation;
};

/* In memory that all processes share. */
struct place {
	/* The generation above, and who has it in hand (NOBODY, or a worker's number by place_holder()). */
	_Atomic uint64_t holder;
	/* The rest is the holder's. */
	_Atomic int64_t due; /* how long it may wait; 0: it is idle, and may for ever */
	enum pool_pause pause;
	bool late;
	int room; /* + 1; 0: none */
};

struct place_table {
	atomic_int count; /* of connections that the keeper has */
	atomic_int paused, sharing;
	atomic_bool refusing, held_back;
	struct place place[];
};

/* Descriptors below this are everybody's own; a process has no more than a dozen of those. */
#define PLACE_FIRST_FD 64

#define NOBODY 0

static inline int
place_holder(int worker)
{
	return worker + 1;
}

static inline int
place_fd(int place)
{
	return PLACE_FIRST_FD + place;
}

/* A place's word, with its holder in the lower half; and what an event carries, with the place there. */
static inline uint64_t
place_word(uint32_t generation, int lower)
{
	return (uint64_t)generation << 32 | (uint32_t)lower;
}

static inline uint32_t
place_generation(uint64_t word)
{
	return (uint32_t)(word >> 32);
}

static inline int
place_lower(uint64_t word)
{
	return (int)(uint32_t)word;
}

/* Is it a connection's? */
static inline bool
place_is_open(uint32_t generation)
{
	return generation % 2 == 1;
}

static inline struct place *
place_at(const struct places *ps, int place)
{
	return &ps->table->place[place];
}

/* Its word as it is now. */
static inline uint64_t
place_load(const struct places *ps, int place)
{
	return atomic_load(&place_at(ps, place)->holder);
}

/* False, with errno set; places_close() is then due as well. It closes what this process has. */
MUST_CHECK bool places_open(struct places *, int most, int rooms, size_t room_bytes);
void places_close(struct places *);

/* A place that was free, with its next generation, held by `who`; -1: there is none. */
int place_take(struct places *, int who, uint32_t *generation);

/* It is free again. The caller holds it, or is the keeper and has forgotten its connection. */
void place_leave(struct places *, int place, uint32_t generation);

/* Put the descriptor, which is taken over, at the place. False: errno says why. */
MUST_CHECK bool place_settle(struct places *, int fd, int place, uint32_t generation);

/* Take it in hand, if it still is of this generation and nobody has it. */
MUST_CHECK bool place_hold(const struct places *, int place, uint32_t generation);

/* Nobody has it in hand from then on; and it is armed as well, so that whoever waits is told of what comes. */
void place_release(const struct places *, int place, uint32_t generation);
void place_let_go(const struct places *, int place, uint32_t generation, uint32_t events);

/* (Re)arm: the next event of the connection is for whoever waits. With EPOLLOUT, there is one at once. */
bool place_arm(const struct places *, int operation, int place, uint32_t generation,
    uint32_t events);

/* What it is to be told of. */
uint32_t place_events(const struct places *, int place);

/* What it waits for from now on, and until when; where that takes no room, its room is left. */
void place_pause(const struct places *, int place, enum pool_pause, int64_t due);

/* Its room; NULL: it has none. */
struct room *place_room(const struct places *, int place);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_ROOMS_H
#define GRANTD_FCGI_ROOMS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/*
 * Memory for what came so far of requests that wait, shared by all processes, so that any of them goes on
 * with it. A room is a place's (fcgi/places.h) and whoever holds the place has the room; it is taken with one compare
 * and swap. A room's memory is touched as far as it is used.
 *
 * What a process that was killed had taken, and put at no place yet, is found by whoever compares both (pool_bury()). Fork safe;
 * no threads.
 */
struct rooms {
	int count;
	size_t size; /* of each, with what struct room has before its bytes */
	/* Of each room: who is to be woken for it (pool_wake()); 0: nobody. Apart, as all are looked through for each that waits. */
	_Atomic uint64_t *group;
	unsigned char *first;
	void *memory;
	size_t memory_size;
};

struct room {
	atomic_int place; /* + 1, whose it is; 0: nobody's */
	_Atomic int64_t since;
	size_t used; /* bytes; SIZE_MAX while they are written */
	_Alignas(max_align_t) unsigned char bytes[];
};

/* `count` of them with so many bytes each; ended by rooms_close(), in this process alone. False, with errno set: no memory. */
MUST_CHECK bool rooms_open(struct rooms *, int count, size_t bytes);
void rooms_close(struct rooms *);

/* By its number, 0 to `count` - 1. */
struct room *room_at(const struct rooms *, int room);

/* Take one for the place. Its number; -1: all are taken. */
int room_take(const struct rooms *, int place);

/* Nothing is left in it, and anybody may take it. */
void room_leave(const struct rooms *, int room);

/* How many wait with this group. */
int rooms_in_group(const struct rooms *, uint64_t group);

#endif

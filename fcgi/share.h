/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_SHARE_H
#define GRANTD_FCGI_SHARE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/uuid.h"
#include "fcgi/board.h"

/*
 * For which tenant each worker has a request in hand, in memory that the parent and all workers share, so
 * that no tenant has more than its share of them. By the number of the worker's slot on the board: what a
 * worker that was killed had is given back by whoever clears the slot.
 *
 * Tenants are told apart by 61 bits of a hash: two that meet share a share.
 */
struct shares {
	atomic_int used; /* slots, from the first: the others were never used */
	/* Requests that had to wait for their tenant's share, and that were refused for it. */
	_Atomic uint64_t waited, refused;
	_Atomic uint64_t tenant[BOARD_SLOTS]; /* 0: none */
};

/* Shared with processes forked later; NULL with errno set. Lives until the process ends. */
MUST_CHECK struct shares *shares_open(void);

/* The parent's, before the fork, and when a worker is gone. */
void share_clear(struct shares *, int slot);

/*
 * How many of `workers` one tenant may have, where that is set to `wanted` (0: half of them): one at least,
 * and never the last one that is left for the others, where there are two or more.
 */
int share_most(int workers, int wanted);

/* What one tenant may have in hand at once. */
struct share_room {
	int most;
	/*
	 * One more, where that leaves a worker to the others and it is the tenant's only read: its changes may all wait for one thing (a row,
	 * a standby that is to confirm them), and the tenant is to be read all the same.
	 */
	int with_read;
};
struct share_room share_room(int workers, int wanted);

/* A tenant as it is counted. */
uint64_t share_tenant(const struct uuid *);

/*
 * The worker has a request of this tenant in hand, whose key is good, and which is a change or only reads. False: there is no room
 * for it, and it does not count. Those that ask at the same time may all be refused, where together they are too many.
 */
MUST_CHECK bool share_take(struct shares *, int slot, uint64_t tenant, const struct share_room *,
    bool changes);

/*
 * The worker has one in hand that names this tenant, and nobody knows yet whether it may. False: with all
 * of those and of the former, there are more than `most`. It keeps nobody from share_take().
 */
MUST_CHECK bool share_guess(struct shares *, int slot, uint64_t tenant, int most);

/* It has it no more. */
void share_give_back(struct shares *, int slot);

/* Would share_take() be true, for another worker? */
MUST_CHECK bool share_is_left(const struct shares *, uint64_t tenant, const struct share_room *,
    bool changes);

/* The group that such a request waits in, not 0: what lets a read in need not let in a change. */
uint64_t share_group(uint64_t tenant, bool changes);

#endif

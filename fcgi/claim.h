/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_CLAIM_H
#define GRANTD_FCGI_CLAIM_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/share.h"
#include "handlers/dispatch.h"

struct connection;
struct seam;
struct worker;

/*
 * How a worker comes by its tenants' shares (fcgi/share.h) for the one request that it has in hand. The machine asks, through
 * struct tenant_share. Where there is none, and the request may wait, its connection goes to the pool with the group of
 * those that wait for the same; whoever gives a share back wakes one of them.
 *
 * Each worker has one, made after the fork. What it borrows outlives it. Alone, there are no shares, and it does nothing.
 */
struct claim {
	const struct worker *w;
	const struct seam *seam;
	struct tenant_share way; /* how the machine asks */
	struct share_room room;
	struct connection *c; /* whose request is in hand */
	bool counted;         /* as some tenant's, or maybe some tenant's */
	uint64_t tenant;      /* that it is counted for for sure; 0: none */
	uint64_t asked;       /* that a share was asked for last, */
	bool changes;         /* and for which kind of request */
};

/* From now on, the service asks this one. */
void claim_open(struct claim *, const struct worker *, const struct seam *, struct service *);

/* The request of this connection is in hand. It is over, or given back: so is its share. */
void claim_begin(struct claim *, struct connection *);
void claim_end(struct claim *);

/* The connection of the request that was given back waits with PAUSE_SHARE by now: it is woken, where a share is left after all. */
void claim_waits(const struct claim *);

#endif

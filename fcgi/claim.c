/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/settings.h"
#include "fcgi/board.h"
#include "fcgi/claim.h"
#include "fcgi/pool.h"
#include "fcgi/seam.h"
#include "fcgi/worker.h"

/* There is room for it, which is its own from then on, and no tenant takes more than half of what there is. */
static bool
have_room(const struct claim *cl)
{
	struct pool *pool = cl->w->pool;

	return !cl->c->late && cl->w->settings->tenant_wait > 0 && seam_can_save(cl->seam) &&
	    pool_in_group(pool, share_group(cl->asked, true)) +
		pool_in_group(pool, share_group(cl->asked, false)) <
	    pool_rooms(pool) / 2 &&
	    pool_room(pool, cl->c) != NULL;
}

static int
own_slot(const struct claim *cl)
{
	return (int)(cl->w->slot - cl->w->board);
}

static enum share
take_share(void *to, const struct uuid *id, bool changes)
{
	struct claim *cl = to;
	struct shares *shares = cl->w->shares;
	uint64_t tenant = share_tenant(id);

	cl->counted = true;
	cl->asked = tenant;
	cl->changes = changes;
	if (share_take(shares, own_slot(cl), tenant, &cl->room, changes)) {
		cl->tenant = tenant;
		return SHARE_TAKEN;
	}
	if (!have_room(cl)) {
		atomic_fetch_add(&shares->refused, 1);
		return SHARE_REFUSED;
	}
	if (cl->c->pause != PAUSE_SHARE)
		atomic_fetch_add(&shares->waited, 1);
	cl->c->group = share_group(tenant, changes);
	return SHARE_LATER;
}

static bool
guess_share(void *to, const struct uuid *id)
{
	struct claim *cl = to;

	cl->counted = true;
	return share_guess(cl->w->shares, own_slot(cl), share_tenant(id), cl->room.most);
}

void
claim_open(struct claim *cl, const struct worker *w, const struct seam *seam,
    struct service *service)
{
	*cl = (struct claim){ .w = w, .seam = seam };
	if (w->shares == NULL)
		return;
	cl->room = share_room(w->settings->workers, w->settings->tenant_workers);
	cl->way = (struct tenant_share){ .to = cl, .take = take_share, .guess = guess_share };
	service_share(service, &cl->way);
}

void
claim_begin(struct claim *cl, struct connection *c)
{
	cl->c = c;
}

void
claim_end(struct claim *cl)
{
	if (!cl->counted)
		return;
	share_give_back(cl->w->shares, own_slot(cl));
	if (cl->tenant != 0) {
		pool_wake(cl->w->pool, share_group(cl->tenant, true));
		pool_wake(cl->w->pool, share_group(cl->tenant, false));
	}
	cl->counted = false;
	cl->tenant = 0;
}

/* One may have been given back while this request was not yet seen to wait. */
void
claim_waits(const struct claim *cl)
{
	if (share_is_left(cl->w->shares, cl->asked, &cl->room, cl->changes))
		pool_wake(cl->w->pool, share_group(cl->asked, cl->changes));
}

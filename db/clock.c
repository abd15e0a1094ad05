/* SPDX-License-Identifier: MIT */
/*
 * The database's clock, without asking for it each time: how far it is from this host's monotonic clock, which nobody sets. An
 * answer with a time in it was made between the sending of its exchange and the hearing of it, so the shorter
 * that took, the better the time is known.
 */
#include "config.h"

#include "base/clock.h"
#include "db/connection.h"

/* No longer than this is anything made of a time that was told: two clocks drift apart, and the database's may be set. */
#define CLOCK_KEPT_US INT64_C(60000000)

/* How fast they may drift apart: one in so many, which is more than clocks that anybody runs a service with. */
#define CLOCK_DRIFT INT64_C(10000)

static bool
is_kept(const struct db_clock *k, int64_t at)
{
	return k->known && at - k->taken < CLOCK_KEPT_US;
}

void
db_clock_saw(struct db *db, int64_t database_us)
{
	struct db_clock *k = &db->clock;
	const int64_t error = db->heard - db->sent;

	if (is_kept(k, db->heard) && error > k->error + (db->heard - k->taken) / CLOCK_DRIFT)
		return;
	*k = (struct db_clock){
		.known = true,
		.offset = database_us - db->sent,
		.error = error,
		.taken = db->heard,
	};
}

bool
db_clock_now(const struct db *db, int64_t *now_us)
{
	const int64_t at = clock_monotonic_us();

	if (!is_kept(&db->clock, at))
		return false;
	*now_us = at + db->clock.offset;
	return true;
}

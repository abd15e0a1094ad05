/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_AUDIT_COUNTS_H
#define GRANTD_DB_AUDIT_COUNTS_H

#include "db/db.h"
#include "db/told.h"

/*
 * Compare what activity_count says with the events that are there, and the events' grants with the grants, of one tenant: the
 * events of a thousand grants at a time. In the caller's transaction, and in its snapshot; a statement may take ten
 * minutes from then on. `step` is called before each
 * exchange; NULL: nothing is. As db_exchange().
 */
MUST_CHECK enum outcome audit_counts(struct db *, const struct uuid *tenant,
    void (*step)(void *context), void *context, const struct told_sink *);

#endif

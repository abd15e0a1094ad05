/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_BASELINE_H
#define GRANTD_POLICY_BASELINE_H

#include "db/change.h"

/*
 * What a new tenant starts with: one policy, "baseline", that anyone who may can see and edit like any other.
 *
 *	admin		everything
 *	auditor		reading
 *	operator	reading, and switching the auditing of a grant
 *	collector	recording session activity
 */
/* Room for the results of baseline_queue(): they must be there until its exchange is over. */
struct baseline;

/*
 * Queue the baseline for a tenant that the same transaction creates; `by` says who and why, its id is not used.
 * NULL when there are no random bytes or no memory: then roll back. After the exchange, baseline_free().
 */
MUST_CHECK struct baseline *baseline_queue(struct db *, const struct uuid *tenant,
    const struct change_by *by);
void baseline_free(struct baseline *);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_INSTANTS_H
#define GRANTD_POLICY_INSTANTS_H

#include <stddef.h>
#include <stdint.h>

#include "policy/set.h"

/*
 * When a tenant's rules may change their mind: the present, and for each point in time that a rule names, and that lies
 * ahead, the millisecond before it, itself, and the one after it; and the same for those that lie a duration that
 * a rule names before or after such a point, as in `context.now.durationSince(datetime("...")) > duration("5m")`. Rules on the
 * time of the day come round again every day, and are not followed.
 */
#define INSTANTS_MAX 128 /* the soonest; those that are named go before those that are reckoned */

struct instants {
	size_t count;
	int64_t at[INSTANTS_MAX]; /* microseconds since 1970, rising; the first is the present */
};

void instants_of(struct instants *, const struct policy_set *, int64_t now_us);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_POLICY_SQL_H
#define GRANTD_DB_POLICY_SQL_H

#include "db/audit_sql.h"

/*
 * What every statement has that changes policies or rules, after `hashed` and `logged` of db/audit_sql.h: the
 * tenant's version moves exactly where an entry was made. It moves to the time of the entry, so that a version never
 * comes back with other policies: workers that keep what belonged to a change which a failover or a restored backup took
 * back would take it for the next one.
 */
#define POLICY_VERSION_MOVED \
	"moved AS (UPDATE grantd.tenants t SET policy_version =" \
	" greatest(t.policy_version + 1, " DB_MICROSECONDS( \
	    "h.created_at") ")" \
			    " FROM hashed h WHERE t.id = $1)"

#endif

/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_POLICY_SQL_H
#define GRANTD_DB_POLICY_SQL_H

#include "db/audit_sql.h"

/*
 * What every statement has that changes policies or rules, after `hashed` and `logged` of db/audit_sql.h: the
 * tenant's version moves exactly where an entry was made.
 */
#define POLICY_VERSION_MOVED \
	"moved AS (UPDATE grantd.tenants t SET policy_version = t.policy_version + 1" \
	" FROM hashed h WHERE t.id = $1)"

#endif

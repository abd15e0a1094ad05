/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_POLICY_SQL_H
#define GRANTD_DB_POLICY_SQL_H

#include "db/audit_sql.h"
#include "db/policy.h"
#include "db/policy_rule.h"

/* For db/ alone: what statements about policies `p` and rules `r` share. */
#define POLICY_COLUMNS 7
#define POLICY_COLUMN_LIST \
	"p.id, p.name, p.priority, p.enabled, " DB_MICROSECONDS( \
	    "p.created_at") ", " DB_MICROSECONDS("p.updated_at") ", p.version"

#define RULE_COLUMNS 9
#define RULE_COLUMN_LIST \
	"r.policy_id, r.id, r.policy_text, r.notice, r.audit_session, r.ordinal, " DB_MICROSECONDS( \
	    "r.created_at") ", " DB_MICROSECONDS("r.updated_at") ", r.version"

/* Read the columns; false, and `found` false, where one is not as it should be. Texts borrow. */
bool policy_from_row(struct policy *, struct db_row *row);
bool rule_from_row(struct rule_record *, struct db_row *row);

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

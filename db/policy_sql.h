/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_POLICY_SQL_H
#define GRANTD_DB_POLICY_SQL_H

#include "db/policy.h"
#include "db/policy_rule.h"

/* For db/ alone: what statements about policies `p` and rules `r` share. */
#define POLICY_COLUMNS 7
#define POLICY_COLUMN_LIST \
	"p.id, p.name, p.priority, p.enabled, p.created_at, p.updated_at, p.version"

#define RULE_COLUMNS 9
#define RULE_COLUMN_LIST \
	"r.policy_id, r.id, r.policy_text, r.notice, r.audit_session, r.ordinal, r.created_at," \
	" r.updated_at, r.version"

/* Read the columns; false, and `found` false, where one is not as it should be. Texts borrow. */
bool policy_from_row(struct policy *, struct db_row *row);
bool rule_from_row(struct rule_record *, struct db_row *row);

#endif

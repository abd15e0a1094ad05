/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_POLICY_SQL_H
#define GRANTD_DB_POLICY_SQL_H

#include "db/policy.h"
#include "db/policy_rule.h"

/* For db/ alone: what statements about policies and rules share; the tables are `p` and `r` in most of them. */
#define POLICY_COLUMNS 7
#define POLICY_COLUMNS_OF(row) \
	row ".id, " row ".name, " row ".priority, " row ".enabled, " row ".created_at, " row \
	    ".updated_at, " row ".version"
#define POLICY_COLUMN_LIST POLICY_COLUMNS_OF("p")

#define RULE_COLUMNS 9
#define RULE_COLUMNS_OF(row) \
	row ".policy_id, " row ".id, " row ".policy_text, " row ".notice, " row \
	    ".audit_session, " row ".ordinal, " row ".created_at, " row ".updated_at, " row \
	    ".version"
#define RULE_COLUMN_LIST RULE_COLUMNS_OF("r")

/* Read the columns; false, and `found` false, where one is not as it should be. Texts borrow. */
bool policy_from_row(struct policy *, struct db_row *row);
bool rule_from_row(struct rule_record *, struct db_row *row);

#endif

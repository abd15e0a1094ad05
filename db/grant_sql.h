/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_GRANT_SQL_H
#define GRANTD_DB_GRANT_SQL_H

#include "db/audit_sql.h"
#include "db/grant.h"

/* For db/ alone: what statements about grants share. The table is `g` in all of them. */
#define GRANT_COLUMNS 15
#define GRANT_STATUS \
	"CASE WHEN g.status = 'active' AND g.expires_at <= statement_timestamp()" \
	" THEN 'expired' ELSE g.status END"

/* The columns, with those that change given as expressions. */
#define GRANT_COLUMN_LIST_WITH(status, audit_enabled, revoked_at, updated_at, version) \
	"g.id, g.request_id, g.grantee_id, g.resource_type, g.resource_id, g.action, " status \
	", " audit_enabled \
	", " DB_MICROSECONDS("g.expires_at") ", " DB_MICROSECONDS("g.granted_at") ", " DB_MICROSECONDS( \
	    revoked_at) ", g.metadata, " DB_MICROSECONDS("g.created_at") ", " DB_MICROSECONDS(updated_at) ", " version

#define GRANT_COLUMN_LIST \
	GRANT_COLUMN_LIST_WITH(GRANT_STATUS, "g.audit_enabled", "g.revoked_at", "g.updated_at", \
	    "g.version")

/* Read the columns; false, and g->found false, where one is not as it should be. Texts borrow. */
bool grant_from_row(struct grant *g, struct db_row *row);

/* A db_reader of at most one grant. */
enum outcome grant_read(struct db_rows *rows, void *into);

#endif

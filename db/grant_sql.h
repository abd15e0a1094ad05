/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_GRANT_SQL_H
#define GRANTD_DB_GRANT_SQL_H

#include "db/change.h"
#include "db/grant.h"

/* For db/ alone: what statements about grants share. The table is `g` in all of them. */
#define GRANT_COLUMNS 15
#define GRANT_STATUS \
	"CASE WHEN g.status = 'active' AND g.expires_at <= statement_timestamp()" \
	" THEN 'expired' ELSE g.status END"

#define GRANT_COLUMN_LIST \
	"g.id, g.request_id, g.grantee_id, g.resource_type, g.resource_id, g.action, " GRANT_STATUS \
	", g.audit_enabled, g.expires_at, g.granted_at, g.revoked_at, g.metadata, g.created_at," \
	" g.updated_at, g.version"

/* Read the columns; false, and g->found false, where one is not as it should be. Texts borrow. */
bool grant_from_row(struct grant *g, struct db_row *row);

/* db_readers of at most one grant, and of what a change of one answers. */
enum outcome grant_read(struct db_rows *rows, void *into);
enum outcome grant_change_read(struct db_rows *rows, void *into);

#endif

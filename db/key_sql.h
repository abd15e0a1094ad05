/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_KEY_SQL_H
#define GRANTD_DB_KEY_SQL_H

#include "db/change.h"
#include "db/key_record.h"

/* For db/ alone: what statements about keys share. The table is `k` in all of them. */
#define KEY_COLUMNS 11
#define KEY_STATUS \
	"CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked'" \
	" WHEN k.expires_at <= statement_timestamp() THEN 'expired' ELSE 'active' END"
#define KEY_COLUMN_LIST \
	"k.id, k.key_name, k.name, array_to_string(k.roles, ' '), " KEY_STATUS \
	", k.created_at, k.updated_at, k.expires_at, k.revoked_at, k.last_used_at, k.version"

/* Read the columns; false, and k->found false, where one is not as it should be. Texts borrow. */
bool key_from_row(struct key_record *k, struct db_row *row);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_KEY_SQL_H
#define GRANTD_DB_KEY_SQL_H

#include "db/change.h"
#include "db/key_record.h"

/* For db/ alone: what statements about keys share. The table is `k` in most of them. */
#define KEY_COLUMNS 11
#define KEY_STATUS_OF(row) \
	"CASE WHEN " row ".revoked_at IS NOT NULL THEN 'revoked'" \
	" WHEN " row ".expires_at <= statement_timestamp() THEN 'expired' ELSE 'active' END"
#define KEY_COLUMNS_OF(row) \
	row ".id, " row ".key_name, " row ".name, array_to_string(" row \
	    ".roles, ' '), " KEY_STATUS_OF(row) ", " row ".created_at, " row ".updated_at, " row \
						".expires_at, " row ".revoked_at, " row \
						".last_used_at, " row ".version"
#define KEY_STATUS KEY_STATUS_OF("k")
#define KEY_COLUMN_LIST KEY_COLUMNS_OF("k")

/* Read the columns; false, and k->found false, where one is not as it should be. Texts borrow. */
bool key_from_row(struct key_record *k, struct db_row *row);

#endif

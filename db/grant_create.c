/* SPDX-License-Identifier: MIT */
/* Making a grant, and making it once where the client names its request. */
#include "config.h"

#include "db/grant_create.h"
#include "db/grant_sql.h"

static const struct statement grant_create = {
	.name = "grant_create",
	.params = CHANGE_PARAMS + 11,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT grantd.create_grant(" CHANGE_ARGUMENTS
	       ", $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
};

void
db_grant_create(struct db *db, const struct uuid *tenant, const struct grant_new *n,
    const struct idempotency *once, const struct change_by *by, struct grant *created)
{
	struct db_params p = DB_PARAMS_EMPTY;

	grant_clear(created);
	change_put(&p, tenant, by);
	db_put_uuid(&p, &n->id);
	db_put_uuid(&p, n->request_id);
	db_put_text(&p, n->grantee_id);
	db_put_text(&p, n->resource_type);
	db_put_text(&p, n->resource_id);
	db_put_text(&p, n->action);
	db_put_bool(&p, n->audit_enabled);
	db_put_time(&p, n->expires_at);
	db_put_text(&p, n->metadata);
	db_put_text(&p, once->key);
	db_put_bytea(&p, once->key != NULL ? once->body_hash : NULL, sizeof(once->body_hash));
	db_queue(db, &grant_create, &p, grant_change_read, created);
}

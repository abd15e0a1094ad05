/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "db/audit_archive.h"

static const struct statement archive_begin = {
	.name = "archive_begin",
	.params = CHANGE_PARAMS + 5,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT grantd.begin_archive(" CHANGE_ARGUMENTS ", $9, $10, $11, $12, $13)",
};

static const struct statement archive_drop = {
	.name = "archive_drop",
	.params = 9,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT grantd.drop_archived($1, $2, $3, $4, $5, $6, $7, $8, $9)",
};

static const struct statement archive_find = {
	.name = "archive_find",
	.params = 10,
	.columns = 9,
	.rows = ROWS_ONE,
	/* The row that tells of an archive is compared with the entry that does, while the log has that. */
	.sql =
	    "SELECT l.entries, l.entries = $5::bigint - $4::bigint + 1 AND l.digest = $6::bytea,"
	    " coalesce(c.sequence, 0), c.hash, c.archive, coalesce(c.told::text = $7, false),"
	    " c.told::text IS NOT DISTINCT FROM $8, r.id IS NOT NULL,"
	    " coalesce(r.digest = $10::bytea AND NOT EXISTS ("
	    "  SELECT FROM grantd.audit_log e WHERE e.tenant_id = $1 AND e.id = r.entry"
	    "  AND e.record #>> '{archive,sha256}' IS DISTINCT FROM encode($10::bytea, 'hex')), false)"
	    " FROM (SELECT count(*) AS entries,"
	    "  coalesce(sha256(string_agg(a.hash, ''::bytea ORDER BY a.sequence)), '') AS digest"
	    "  FROM grantd.audit_log a WHERE a.tenant_id = $1 AND a.resource_type = $2"
	    "  AND a.resource_id = $3 AND a.sequence BETWEEN $4::bigint AND $5::bigint) l"
	    " LEFT JOIN grantd.audit_cuts c ON c.tenant_id = $1 AND c.resource_type = $2"
	    "  AND c.resource_id = $3"
	    " LEFT JOIN grantd.audit_archives r ON r.tenant_id = $1 AND r.id = $9::uuid",
};

void
db_archive_begin(struct db *db, const struct uuid *tenant, const struct audit_archive *a,
    const struct change_by *by, enum change *state)
{
	struct db_params p = DB_PARAMS_EMPTY;

	change_put(&p, tenant, by);
	db_put_uuid(&p, &a->id);
	db_put_bytea(&p, a->digest, sizeof(a->digest));
	db_put_time(&p, a->before);
	db_put_int(&p, a->entries);
	db_put_int(&p, a->chains);
	db_queue(db, &archive_begin, &p, change_read, state);
}

void
db_archive_drop(struct db *db, const struct uuid *archive, const struct audit_part *part,
    enum change *state)
{
	struct db_params p = DB_PARAMS_EMPTY;

	db_put_uuid(&p, &part->tenant);
	db_put_uuid(&p, archive);
	db_put_text(&p, part->resource_type);
	db_put_uuid(&p, &part->resource_id);
	db_put_int(&p, part->first);
	db_put_int(&p, part->last);
	db_put_bytea(&p, part->hash, sizeof(part->hash));
	db_put_bytea(&p, part->hashes, sizeof(part->hashes));
	db_put_text(&p, part->told);
	db_queue(db, &archive_drop, &p, change_read, state);
}

static enum outcome
found_read(struct db_rows *rows, void *into)
{
	struct audit_whereabouts *w = into;
	struct db_row row = db_row_at(rows, 0);

	w->in_log = db_get_int(&row);
	w->is_whole = db_get_bool(&row);
	w->cut = db_get_int(&row);
	if (w->cut > 0) {
		db_get_bytea(&row, w->cut_hash, sizeof(w->cut_hash));
		w->cut_archive = db_get_uuid(&row);
	} else {
		row.column += 2;
	}
	w->same_told = db_get_bool(&row);
	w->same_before = db_get_bool(&row);
	w->is_known = db_get_bool(&row);
	w->same_file = db_get_bool(&row);
	return row.failed ? BROKEN : DONE;
}

void
db_archive_find(struct db *db, const struct uuid *archive, const uint8_t digest[AUDIT_HASH_LEN],
    const struct audit_part *part, struct audit_whereabouts *w)
{
	struct db_params p = DB_PARAMS_EMPTY;

	db_put_uuid(&p, &part->tenant);
	db_put_text(&p, part->resource_type);
	db_put_uuid(&p, &part->resource_id);
	db_put_int(&p, part->first);
	db_put_int(&p, part->last);
	db_put_bytea(&p, part->hashes, sizeof(part->hashes));
	db_put_text(&p, part->told);
	db_put_text(&p, part->told_before);
	db_put_uuid(&p, archive);
	db_put_bytea(&p, digest, AUDIT_HASH_LEN);
	db_queue(db, &archive_find, &p, found_read, w);
}

/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_AUDIT_ROW_H
#define GRANTD_DB_AUDIT_ROW_H

#include "base/buf.h"
#include "db/statement.h"

#define AUDIT_HASH_LEN 32 /* SHA-256 */

/* One audit entry as it is stored. Texts borrow from the rows it was read from. */
struct audit_row {
	struct uuid tenant;
	struct uuid id;
	const char *actor_id;
	const char *actor_type;
	const char *action;
	const char *resource_type;
	struct uuid resource_id;
	const char *outcome;
	bool
	    second_form; /* hashed as the second form has it: `metadata` is the very text that was */
	const char *metadata;  /* a JSON object; of the first form, as PostgreSQL prints jsonb */
	const char *reasoning; /* NULL: none was given */
	int64_t created_at;    /* microseconds since 1970 in UTC */
	int64_t sequence;
	uint8_t previous_hash[AUDIT_HASH_LEN];
	uint8_t hash[AUDIT_HASH_LEN];
};

/* The columns of a statement on grantd.audit_log a that audit_row_read() reads. */
#define AUDIT_ROW_COLUMNS 15
#define AUDIT_ROW_COLUMN_LIST \
	"a.tenant_id, a.id, a.actor_id, a.actor_type, a.action, a.resource_type, a.resource_id," \
	" a.outcome, a.record IS NOT NULL, coalesce(a.record::text, a.metadata::text, '')," \
	" a.reasoning, a.created_at, a.sequence, a.previous_hash, a.hash"

/* False where a column is not as it should be; *e is then not to be used. */
MUST_CHECK bool audit_row_read(struct audit_row *e, struct db_row *row);

/*
 * What the entry's hash has to be: SHA-256 over all its other columns, computed here by the rules that the database
 * follows too.
 *
 * First form (grantd.audit_hash()): fields in a row, each a netstring "<bytes in decimal>:<bytes>," and a NULL as "-,". The
 * fields are "grantd-audit-1", previous_hash in lower-case hexadecimal, tenant, id, resource_type, resource_id, sequence,
 * actor_id, actor_type, action, outcome, metadata, reasoning, and created_at in decimal microseconds since 1970.
 *
 * Second form (grantd.audit_append()), numbers with the highest byte first: "grantd-audit-2", previous_hash, tenant,
 * id, resource_id, sequence in 8 bytes, created_at in 8 bytes as microseconds since 2000; resource_type, actor_id, actor_type,
 * action, outcome and reasoning, each with its length in 4 bytes before it, and a NULL as the length -1; the record.
 *
 * `work` is memory to work in, kept from call to call. False: out of memory, or libcrypto failed.
 */
MUST_CHECK bool audit_row_hash(const struct audit_row *e, struct buf *work,
    uint8_t hash[AUDIT_HASH_LEN]);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_AUDIT_SQL_H
#define GRANTD_DB_AUDIT_SQL_H

#include "db/audit.h"
#include "db/statement.h"

/*
 * The part that every statement shares which changes a row and logs it. Such a statement is one
 * WITH query:
 *
 *	before	the row that carries the chain, locked: at least audit_length and audit_head
 *	hashed	the entry's place in the chain and its hash: one row where `before` has one
 *	logged	the entry, inserted
 *
 * and an UPDATE or INSERT of its own that puts hashed.sequence and hashed.hash on the row. Parameters $1 to $8 are
 * those of audit_put(). `was` and `is` are the jsonb that the entry tells as before and after.
 */
#define AUDIT_PARAMS 8

/* What `before` selects where the row is yet to be inserted: the beginning of its chain. */
#define AUDIT_CHAIN_START "0::bigint AS audit_length, decode(repeat('00', 32), 'hex') AS audit_head"

#define AUDIT_HASHED(resource_type, outcome, was, is) \
	"hashed AS (SELECT e.*, grantd.audit_hash(e.previous_hash, $1::uuid, $3::uuid, '" resource_type \
	"', $2::uuid, e.sequence, $4::text, $5::text, $6::text, '" outcome \
	"', e.metadata, $7::text," \
	" e.created_at) AS hash FROM (SELECT before.audit_length + 1 AS sequence," \
	" before.audit_head AS previous_hash, statement_timestamp() AS created_at," \
	" jsonb_build_object('before', " was ", 'after', " is ") || $8::jsonb AS metadata" \
	" FROM before) e)"

#define AUDIT_LOGGED(resource_type, outcome) \
	"logged AS (INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action," \
	" resource_type, resource_id, outcome, metadata, reasoning, created_at, sequence," \
	" previous_hash, hash) SELECT $1::uuid, $3::uuid, $4::text, $5::text, $6::text, '" resource_type \
	"', $2::uuid, '" outcome \
	"', h.metadata, $7::text, h.created_at, h.sequence, h.previous_hash," \
	" h.hash FROM hashed h)"

/* A time as text in a `was` or `is`, in the form that answers have; NULL stays NULL. */
#define AUDIT_TIME(expression) \
	"to_char((" expression ") AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

/* Put $1 to $8. */
void audit_put(struct db_params *, const struct uuid *tenant, const struct uuid *resource,
    const struct audit_entry *);

#endif

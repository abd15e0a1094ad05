-- SPDX-License-Identifier: MIT
-- Deploy grantd:audit_record to pg
-- requires: audit_log grants
--
-- Entries in a second form, whose hash costs a third of the first one's. What an
-- entry tells is kept as the text that was hashed (record), where the first form
-- hashed what PostgreSQL makes of jsonb (metadata). Entries of the first form
-- stay as they are, with record null; no row is written anew, so this takes
-- milliseconds at any size, and both forms follow each other in one chain. The
-- planner's statistics of a column go with its type: ANALYZE afterwards, as
-- install.sql does.
--
-- The columns that every change writes have the plain types underneath their
-- domains: the functions that write them (changes.sql) are the only way in, and
-- a domain is tested at each assignment, a tenth of the statement's time. What a
-- caller gives is tested where it comes in: by audit_append(), and by
-- update_grant(), which has that one's work spelled out.
--
-- The schema's version moves with the change after this one. Until then this one
-- is found undone by install.sql, and may run again.

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
SET LOCAL ROLE grantd_owner;

-- In the order in which requests lock them: each reads its key first, so that none is
-- under way any more once that table is held, and none can wait for what this holds while
-- this waits for it.
LOCK TABLE grantd.api_keys, grantd.grants, grantd.audit_log IN ACCESS EXCLUSIVE MODE;

ALTER TABLE grantd.audit_log
	ADD COLUMN IF NOT EXISTS record json,
	ALTER COLUMN metadata DROP NOT NULL,
	ALTER COLUMN actor_id TYPE text,
	ALTER COLUMN actor_type TYPE text,
	ALTER COLUMN action TYPE text,
	ALTER COLUMN resource_type TYPE text,
	ALTER COLUMN outcome TYPE text,
	ALTER COLUMN reasoning TYPE text,
	ALTER COLUMN sequence TYPE bigint,
	ALTER COLUMN previous_hash TYPE bytea,
	ALTER COLUMN hash TYPE bytea;
COMMENT ON COLUMN grantd.audit_log.record IS 'What the entry tells, as the text that its hash is of; null in entries of the first form';
COMMENT ON COLUMN grantd.audit_log.metadata IS 'What an entry of the first form tells; null in those of the second';

-- The head before the last entry: UpdateGrant is one UPDATE, and what follows it
-- needs the head that was there before.
ALTER TABLE grantd.grants
	ADD COLUMN IF NOT EXISTS audit_previous bytea,
	ALTER COLUMN version TYPE bigint,
	ALTER COLUMN audit_length TYPE bigint,
	ALTER COLUMN audit_length SET DEFAULT 0, -- as the domain had
	ALTER COLUMN audit_head TYPE bytea,
	ALTER COLUMN audit_head SET DEFAULT '\x0000000000000000000000000000000000000000000000000000000000000000';
COMMENT ON COLUMN grantd.grants.audit_previous IS 'The head of the chain before its last entry, where UpdateGrant made that one';

-- The hash of an entry of the second form is the SHA-256 of these bytes, numbers
-- with the highest byte first:
--   the 14 bytes "grantd-audit-2"
--   previous_hash  32 bytes
--   tenant_id, id, resource_id  16 bytes each
--   sequence       8 bytes
--   created_at     8 bytes: microseconds since 2000-01-01 00:00:00 UTC
--   resource_type, actor_id, actor_type, action, outcome, reasoning
--                  4 bytes of length, and the text in UTF-8; a null is the length -1
--   record         its text in UTF-8, to the end
-- So no two entries that differ have the same bytes. The program that verifies
-- chains computes the same on its own; grantd.update_grant() has it spelled out.
CREATE OR REPLACE FUNCTION grantd.audit_text(field text) RETURNS bytea
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce(int4send(octet_length(convert_to(field, 'UTF8'))) || convert_to(field, 'UTF8'),
		'\xffffffff'::bytea);
END
$$;
COMMENT ON FUNCTION grantd.audit_text(text) IS 'A text as the second form of entries has it: its length in bytes, and the bytes';
REVOKE ALL ON FUNCTION grantd.audit_text(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grantd.audit_text(text) TO grantd_auth;

-- Append an entry to the chain whose length and head are given, by whoever holds
-- the row that carries them; both are moved on, for that row to be updated.
-- `context` is a JSON object that is not empty; what it says is followed by what was and what is.
-- The bound on a record is there so that no entry grows without one: two texts of a rule fit, however
-- many of their bytes JSON has to escape.
CREATE OR REPLACE FUNCTION grantd.audit_append(tenant uuid, entry uuid, actor text, actor_kind text,
	operation text, chain text, owner uuid, result text, context text, was jsonb, becomes jsonb,
	reason text, at timestamptz, INOUT length bigint, INOUT head bytea)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	record CONSTANT text := left(context, -1) || ',"before":' || coalesce(was::text, 'null')
		|| ',"after":' || coalesce(becomes::text, 'null') || '}';
	previous CONSTANT bytea := head;
BEGIN
	IF octet_length(record) > 1048576 THEN
		RAISE EXCEPTION 'an audit entry tells more than 1 MiB'
			USING ERRCODE = 'check_violation', SCHEMA = 'grantd', TABLE = 'audit_log',
			CONSTRAINT = 'audit_log_record_length';
	END IF;
	length := length + 1;
	head := sha256('grantd-audit-2'::bytea || previous || uuid_send(tenant) || uuid_send(entry)
		|| uuid_send(owner) || int8send(length) || timestamptz_send(at)
		|| grantd.audit_text(chain) || grantd.audit_text(actor) || grantd.audit_text(actor_kind)
		|| grantd.audit_text(operation) || grantd.audit_text(result) || grantd.audit_text(reason)
		|| convert_to(record, 'UTF8'));
	INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action, resource_type,
		resource_id, outcome, record, reasoning, created_at, sequence, previous_hash, hash)
	VALUES (tenant, entry, actor::grantd.identifier, actor_kind::grantd.actor_type,
		operation::grantd.identifier, chain::grantd.chain_owner, owner, result::grantd.outcome,
		record::json, reason::grantd.reason, at, length::grantd.revision, previous::grantd.sha256, head);
END
$$;
COMMENT ON FUNCTION grantd.audit_append(uuid, uuid, text, text, text, text, uuid, text, text, jsonb, jsonb, text, timestamptz, bigint, bytea) IS 'Adds an entry to a chain, and moves its length and head on';
REVOKE ALL ON FUNCTION grantd.audit_append(uuid, uuid, text, text, text, text, uuid, text, text, jsonb, jsonb, text, timestamptz, bigint, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grantd.audit_append(uuid, uuid, text, text, text, text, uuid, text, text, jsonb, jsonb, text, timestamptz, bigint, bytea) TO grantd_auth;

-- A time as answers and entries write it.
CREATE OR REPLACE FUNCTION grantd.time_text(at timestamptz) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
END
$$;
COMMENT ON FUNCTION grantd.time_text(timestamptz) IS 'RFC 3339 in UTC with microseconds';
REVOKE ALL ON FUNCTION grantd.time_text(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grantd.time_text(timestamptz) TO grantd_auth;

RESET ROLE;
\if :{?grantd_in_transaction}
\else
COMMIT;
\endif

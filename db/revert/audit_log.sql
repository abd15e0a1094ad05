-- SPDX-License-Identifier: MIT
-- Revert grantd:audit_log from pg

BEGIN;

UPDATE grantd.schema_version SET version = 0, changed_at = statement_timestamp();
DROP TABLE grantd.audit_log;
DROP FUNCTION grantd.audit_log_is_append_only();
DROP FUNCTION grantd.audit_hash(bytea, uuid, uuid, text, uuid, bigint, text, text, text, text,
	jsonb, text, timestamptz);

COMMIT;

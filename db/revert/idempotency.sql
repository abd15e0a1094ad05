-- SPDX-License-Identifier: MIT
-- Revert grantd:idempotency from pg

BEGIN;

UPDATE grantd.schema_version SET version = 2, changed_at = statement_timestamp();
DROP TABLE grantd.idempotency_keys;
DROP DOMAIN grantd.body_hash;
DROP DOMAIN grantd.idempotency_key;

COMMIT;

-- SPDX-License-Identifier: MIT
-- A next version of the schema as one could be, for tests/faults/roll.sh: it adds and takes nothing away, so that it serves
-- workers of the version before.
BEGIN;
SET LOCAL ROLE grantd_owner;
SET LOCAL lock_timeout = '100ms';
LOCK TABLE grantd.grants, grantd.api_keys IN ACCESS EXCLUSIVE MODE;
ALTER TABLE grantd.grants ADD COLUMN label text;
ALTER TABLE grantd.api_keys ADD COLUMN label text NOT NULL DEFAULT '';
CREATE TABLE grantd.labels (tenant_id uuid NOT NULL, name text NOT NULL, PRIMARY KEY (tenant_id, name));
ALTER TABLE grantd.labels ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION grantd.label(tenant uuid) RETURNS text LANGUAGE sql AS 'SELECT NULL::text';
GRANT EXECUTE ON FUNCTION grantd.label(uuid) TO grantd_app;
UPDATE grantd.schema_version SET version = version + 1, changed_at = statement_timestamp();
COMMIT;

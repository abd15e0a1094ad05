-- SPDX-License-Identifier: MIT
-- Revert grantd:schema from pg

BEGIN;

DROP FUNCTION grantd.current_tenant();
DROP TABLE grantd.schema_version;
DROP SCHEMA grantd;

COMMIT;

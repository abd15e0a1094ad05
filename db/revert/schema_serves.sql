-- SPDX-License-Identifier: MIT
-- Revert grantd:schema_serves from pg

BEGIN;
SET LOCAL ROLE grantd_owner;

ALTER TABLE grantd.schema_version DROP COLUMN serves_from;
COMMENT ON TABLE grantd.schema_version IS
	'One row: which schema this is. The last change of each set raises the number; a worker serves only the number it was built for';

COMMIT;

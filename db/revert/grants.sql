-- SPDX-License-Identifier: MIT
-- Revert grantd:grants from pg

BEGIN;

DROP TABLE grantd.grants;
DROP FUNCTION grantd.grants_row_agrees();

COMMIT;

-- SPDX-License-Identifier: MIT
-- Revert grantd:api_keys from pg

BEGIN;

DROP TABLE grantd.api_keys;
DROP FUNCTION grantd.api_keys_stay_revoked();

COMMIT;

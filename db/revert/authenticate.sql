-- SPDX-License-Identifier: MIT
-- Revert grantd:authenticate from pg

BEGIN;

DROP FUNCTION grantd.find_key(bytea);
DROP FUNCTION grantd.authenticate(bytea);

COMMIT;

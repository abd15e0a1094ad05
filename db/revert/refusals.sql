-- SPDX-License-Identifier: MIT
-- Revert grantd:refusals from pg

BEGIN;

DROP TABLE grantd.refusals;

COMMIT;

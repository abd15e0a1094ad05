-- SPDX-License-Identifier: MIT
-- Revert grantd:tenants from pg

BEGIN;

DROP TABLE grantd.tenants;

COMMIT;

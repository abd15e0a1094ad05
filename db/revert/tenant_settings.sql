-- SPDX-License-Identifier: MIT
-- Revert grantd:tenant_settings from pg

BEGIN;
SET LOCAL ROLE grantd_owner;

ALTER TABLE grantd.tenants DROP COLUMN failing_forbid_denies;

COMMIT;

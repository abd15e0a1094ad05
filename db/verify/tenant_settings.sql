-- SPDX-License-Identifier: MIT
-- Verify grantd:tenant_settings on pg

BEGIN;

SELECT failing_forbid_denies FROM grantd.tenants WHERE false;

ROLLBACK;

-- SPDX-License-Identifier: MIT
-- Verify grantd:schema_serves on pg

BEGIN;

SELECT serves_from FROM grantd.schema_version WHERE false;

ROLLBACK;

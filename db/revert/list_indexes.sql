-- SPDX-License-Identifier: MIT
-- Revert grantd:list_indexes from pg

BEGIN;

DROP INDEX grantd.grants_grantee;
DROP INDEX grantd.api_keys_newest;
DROP INDEX grantd.policies_newest;
DROP INDEX grantd.policy_rules_order;
DROP INDEX grantd.tenants_newest;

COMMIT;

-- SPDX-License-Identifier: MIT
-- Verify grantd:types on pg

BEGIN;

SELECT NULL::grantd.display_name;
SELECT NULL::grantd.identifier;
SELECT NULL::grantd.resource_identifier;
SELECT NULL::grantd.resource_type;
SELECT NULL::grantd.grant_status;
SELECT NULL::grantd.key_name;
SELECT NULL::grantd.role_names;
SELECT NULL::grantd.moment;
SELECT NULL::grantd.json_object;
SELECT NULL::grantd.revision;
SELECT NULL::grantd.sha256;
SELECT NULL::grantd.chain_length;
SELECT NULL::grantd.chain_head;
SELECT NULL::grantd.chain_owner;
SELECT NULL::grantd.actor_type;
SELECT NULL::grantd.outcome;
SELECT NULL::grantd.reason;

ROLLBACK;

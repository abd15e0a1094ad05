-- SPDX-License-Identifier: MIT
-- Revert grantd:types from pg

BEGIN;

DROP DOMAIN grantd.reason;
DROP DOMAIN grantd.outcome;
DROP DOMAIN grantd.actor_type;
DROP DOMAIN grantd.chain_owner;
DROP DOMAIN grantd.chain_head;
DROP DOMAIN grantd.chain_length;
DROP DOMAIN grantd.sha256;
DROP DOMAIN grantd.revision;
DROP DOMAIN grantd.json_object;
DROP DOMAIN grantd.moment;
DROP DOMAIN grantd.role_names;
DROP DOMAIN grantd.key_name;
DROP DOMAIN grantd.grant_status;
DROP DOMAIN grantd.resource_type;
DROP DOMAIN grantd.resource_identifier;
DROP DOMAIN grantd.identifier;
DROP DOMAIN grantd.display_name;

COMMIT;

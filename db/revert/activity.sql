-- SPDX-License-Identifier: MIT
-- Revert grantd:activity from pg

BEGIN;

UPDATE grantd.schema_version SET version = 3, changed_at = statement_timestamp();
DROP FUNCTION grantd.activity_maintain(integer, interval, boolean);
DROP FUNCTION grantd.activity_add_month(name, name, date);
DROP FUNCTION grantd.activity_create_partition(name, name, text);
DROP TABLE grantd.activity_count;
DROP TABLE grantd.activity_event;
DROP DOMAIN grantd.event_details;
DROP DOMAIN grantd.event_outcome;
DROP DOMAIN grantd.event_kind;
DROP DOMAIN grantd.event_name;
DROP DOMAIN grantd.service_name;

COMMIT;

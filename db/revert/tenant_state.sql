-- SPDX-License-Identifier: MIT
-- Revert grantd:tenant_state from pg
--
-- Refuses where a tenant is not served here: without these columns it would be.

BEGIN;
SET LOCAL ROLE grantd_owner;

DO $$
BEGIN
	IF EXISTS (SELECT FROM grantd.tenants WHERE state <> 'serving' OR hold IS NOT NULL) THEN
		RAISE EXCEPTION 'there are tenants that are disabled, have moved, or are about to'
			USING HINT = 'Enable or delete them first: grantctl tenant list';
	END IF;
END
$$;

CREATE OR REPLACE FUNCTION grantd.audit_log_is_append_only() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'grantd.audit_log is append-only: % is not allowed', TG_OP
		USING ERRCODE = 'insufficient_privilege';
END
$$;
COMMENT ON FUNCTION grantd.audit_log_is_append_only() IS 'Trigger: refuses UPDATE, DELETE and TRUNCATE';

DROP FUNCTION grantd.remove_rows(uuid, integer);
DROP FUNCTION grantd.end_move(uuid, uuid, text, uuid, text, text, boolean, text);
DROP FUNCTION grantd.take_tenant(grantd.tenants, uuid);
DROP FUNCTION grantd.tenant_alone(uuid, boolean);
DROP FUNCTION grantd.refuse_away(uuid);
ALTER TABLE grantd.tenants DROP COLUMN state, DROP COLUMN moved_to, DROP COLUMN hold, DROP COLUMN move_id,
	DROP COLUMN move_since;

COMMIT;

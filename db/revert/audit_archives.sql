-- SPDX-License-Identifier: MIT
-- Revert grantd:audit_archives from pg
--
-- Chains whose beginnings are in archives alone are none to an older grantd.

BEGIN;
SET LOCAL ROLE grantd_owner;

ALTER TABLE grantd.audit_cuts NO FORCE ROW LEVEL SECURITY;
DO $$
BEGIN
	IF EXISTS (SELECT FROM grantd.audit_cuts) THEN
		RAISE EXCEPTION 'there are chains whose beginnings were archived, which an older grantd cannot verify'
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = 'Stay with this schema ("sqitch deploy" brings back what was reverted).';
	END IF;
END
$$;

DROP TRIGGER audit_log_was_archived ON grantd.audit_log;
DROP FUNCTION grantd.audit_log_was_archived();
DROP TABLE grantd.audit_cuts;
DROP TABLE grantd.audit_archives;
REVOKE DELETE ON grantd.audit_log FROM grantd_auth;

CREATE OR REPLACE FUNCTION grantd.audit_log_is_append_only() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF TG_OP = 'DELETE' AND current_user = 'grantd_owner' AND EXISTS (SELECT FROM grantd.tenants t
	    WHERE t.id = grantd.current_tenant() AND t.hold = 'removing') THEN
		RETURN NULL;
	END IF;
	RAISE EXCEPTION 'grantd.audit_log is append-only: % is not allowed', TG_OP
		USING ERRCODE = 'insufficient_privilege';
END
$$;
COMMENT ON FUNCTION grantd.audit_log_is_append_only() IS 'Trigger: refuses UPDATE, DELETE and TRUNCATE, but for the DELETE of a tenant that is being removed';
DROP FUNCTION grantd.is_removing();

COMMIT;

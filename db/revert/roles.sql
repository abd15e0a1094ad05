-- SPDX-License-Identifier: MIT
-- Revert grantd:roles from pg
--
-- Roles belong to the whole cluster. One that another database still uses, or
-- that this role may not drop, stays.

BEGIN;

DO $$
DECLARE
	role text;
BEGIN
	FOREACH role IN ARRAY ARRAY['grantd_auth', 'grantd_app', 'grantd_owner'] LOOP
		BEGIN
			EXECUTE format('DROP ROLE IF EXISTS %I', role);
		EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege THEN
			RAISE NOTICE 'role % stays: %', role, SQLERRM;
		END;
	END LOOP;
END
$$;

COMMIT;

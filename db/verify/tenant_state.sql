-- SPDX-License-Identifier: MIT
-- Verify grantd:tenant_state on pg

BEGIN;

SELECT state, moved_to, hold, move_id, move_since FROM grantd.tenants WHERE false;

DO $$
BEGIN
	ASSERT (SELECT count(*) = 5 AND bool_and(proowner = 'grantd_owner'::regrole AND NOT prosecdef)
		FROM pg_proc WHERE pronamespace = 'grantd'::regnamespace
		AND proname IN ('refuse_away', 'tenant_alone', 'take_tenant', 'end_move', 'remove_rows')
		AND NOT has_function_privilege('grantd_app', oid, 'EXECUTE')),
		'what moves and removes tenants is for the owner';
END
$$;

ROLLBACK;

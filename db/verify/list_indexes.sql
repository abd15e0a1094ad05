-- SPDX-License-Identifier: MIT
-- Verify grantd:list_indexes on pg

BEGIN;

DO $$
BEGIN
	ASSERT (SELECT array_agg(pg_get_indexdef(i.indexrelid) ORDER BY i.indexrelid::regclass::text)
		FROM pg_index i WHERE i.indisvalid AND i.indisready
		AND i.indexrelid IN ('grantd.grants_grantee'::regclass, 'grantd.api_keys_newest'::regclass,
			'grantd.policies_newest'::regclass, 'grantd.policy_rules_order'::regclass,
			'grantd.tenants_newest'::regclass)) = ARRAY[
		'CREATE INDEX api_keys_newest ON grantd.api_keys USING btree (tenant_id, created_at, id)',
		'CREATE INDEX grants_grantee ON grantd.grants USING btree (tenant_id, grantee_id, created_at, id)',
		'CREATE INDEX policies_newest ON grantd.policies USING btree (tenant_id, created_at, id) WHERE (deleted_at IS NULL)',
		'CREATE INDEX policy_rules_order ON grantd.policy_rules USING btree (tenant_id, policy_id, ordinal, id)',
		'CREATE INDEX tenants_newest ON grantd.tenants USING btree (created_at, id)'],
		'there is an index in the order of each list';
END
$$;

ROLLBACK;

-- SPDX-License-Identifier: MIT
-- Revert grantd:changes from pg
--
-- Workers write the tables themselves again. For policy_rules they get the columns
-- that there are; the others come back with them (rule_text).

BEGIN;
SET LOCAL ROLE grantd_owner;

LOCK TABLE grantd.api_keys IN ACCESS EXCLUSIVE MODE;
UPDATE grantd.schema_version SET version = 4, changed_at = statement_timestamp();

DROP FUNCTION grantd.is_stranger, grantd.refuse_old_snapshot, grantd.get_grant, grantd.get_policies, grantd.update_grant, grantd.update_grant_not, grantd.revoke_grant,
	grantd.create_grant, grantd.log_denied, grantd.record_activity, grantd.create_api_key,
	grantd.rotate_api_key, grantd.revoke_api_key, grantd.note_key_use, grantd.create_policy,
	grantd.update_policy, grantd.delete_policy, grantd.change_rule, grantd.create_tenant;
DROP FUNCTION grantd.grant_made, grantd.api_key_made, grantd.policy_made, grantd.rule_made,
	grantd.entry_made, grantd.grant_changed, grantd.grant_status, grantd.add_api_key,
	grantd.policy_json, grantd.rule_json, grantd.move_policies, grantd.admit_policies, grantd.admit;
DROP TYPE grantd.grant_change, grantd.grant_view;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['tenants', 'api_keys', 'grants', 'audit_log', 'policies', 'policy_rules',
		'idempotency_keys', 'activity_event', 'activity_count']
	LOOP
		EXECUTE format('DROP POLICY %I ON grantd.%I', name || '_functions', name);
		EXECUTE format('REVOKE ALL ON grantd.%I FROM grantd_auth', name);
	END LOOP;
END
$$;

CREATE POLICY tenants_lookup ON grantd.tenants FOR SELECT TO grantd_auth
	USING (true);
COMMENT ON POLICY tenants_lookup ON grantd.tenants IS 'grantd.authenticate() reads policy_version of the tenant a key belongs to';
GRANT SELECT (id, policy_version) ON grantd.tenants TO grantd_auth;
CREATE POLICY tenants_change_own_row ON grantd.tenants FOR UPDATE TO grantd_app
	USING (id = grantd.current_tenant())
	WITH CHECK (id = grantd.current_tenant());
COMMENT ON POLICY tenants_change_own_row ON grantd.tenants IS 'A worker moves policy_version and the audit chain of the tenant it serves at the moment';
GRANT UPDATE (policy_version, audit_length, audit_head) ON grantd.tenants TO grantd_app;

CREATE POLICY api_keys_lookup ON grantd.api_keys FOR SELECT TO grantd_auth
	USING (true);
COMMENT ON POLICY api_keys_lookup ON grantd.api_keys IS 'grantd.authenticate() finds a key before a tenant is known';
GRANT INSERT (tenant_id, id, key_name, name, roles, hash, created_at, updated_at, expires_at,
	audit_length, audit_head)
	ON grantd.api_keys TO grantd_app;
GRANT UPDATE (expires_at, revoked_at, last_used_at, updated_at, version, audit_length, audit_head)
	ON grantd.api_keys TO grantd_app;
GRANT SELECT (tenant_id, id, name, roles, hash, expires_at, revoked_at, version)
	ON grantd.api_keys TO grantd_auth;

GRANT INSERT ON grantd.grants, grantd.audit_log, grantd.policies TO grantd_app;
GRANT UPDATE (audit_enabled, status, revoked_at, updated_at, version, audit_length, audit_head)
	ON grantd.grants TO grantd_app;
GRANT EXECUTE ON FUNCTION grantd.audit_hash(bytea, uuid, uuid, text, uuid, bigint, text, text, text, text,
	jsonb, text, timestamptz) TO grantd_app;
GRANT UPDATE (name, priority, enabled, updated_at, deleted_at, version, audit_length, audit_head)
	ON grantd.policies TO grantd_app;
GRANT INSERT, DELETE ON grantd.policy_rules, grantd.idempotency_keys TO grantd_app;
GRANT UPDATE (ordinal, policy_text, notice, audit_session, updated_at, version)
	ON grantd.policy_rules TO grantd_app;
GRANT INSERT (tenant_id, grant_id, id, occurred_at, service, name, kind, outcome, source_ip,
	details) ON grantd.activity_event TO grantd_app;
GRANT INSERT ON grantd.activity_count TO grantd_app;
GRANT UPDATE (events) ON grantd.activity_count TO grantd_app;

COMMIT;

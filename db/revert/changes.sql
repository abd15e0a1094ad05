-- SPDX-License-Identifier: MIT
-- Revert grantd:changes from pg
--
-- Workers write the tables themselves again. For policy_rules they get the columns
-- that there are; the others come back with them (rule_text).

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
SET LOCAL ROLE grantd_owner;

LOCK TABLE grantd.api_keys IN ACCESS EXCLUSIVE MODE;
UPDATE grantd.schema_version SET version = 4, changed_at = statement_timestamp();

-- Whatever belongs to grantd_auth, but for the doors that were there before (authenticate): an upgrade takes away with this
-- what another version has made.
DO $$
DECLARE
	old record;
BEGIN
	FOR old IN SELECT oid::regprocedure AS name FROM pg_proc
		WHERE pronamespace = 'grantd'::regnamespace AND proowner = 'grantd_auth'::regrole AND proname NOT IN ('authenticate', 'find_key')
	LOOP
		EXECUTE format('DROP FUNCTION %s', old.name);
	END LOOP;
	FOR old IN SELECT oid::regtype AS name FROM pg_type
		WHERE typnamespace = 'grantd'::regnamespace AND typowner = 'grantd_auth'::regrole AND typrelid <> 0
	LOOP
		EXECUTE format('DROP TYPE %s', old.name);
	END LOOP;
END
$$;

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

-- As authenticate.sql has it.
GRANT CREATE ON SCHEMA grantd TO grantd_auth;
RESET ROLE;
SET LOCAL ROLE grantd_auth;
CREATE OR REPLACE FUNCTION grantd.authenticate(key_hash bytea)
	RETURNS TABLE (tenant_id uuid, id uuid, name text, roles text[],
		policy_version bigint, version bigint, stamp text)
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	no_tenant text;
	found_rows integer;
BEGIN
	-- What an earlier statement of this transaction chose must not stay
	-- chosen when nothing is found now.
	no_tenant := set_config('grantd.tenant', '', true) || set_config('grantd.stamp', '', true);

	-- Of the key's row, and of no other, the tenant is chosen on the way out. So is the
	-- stamp: what a decision rests on, for a statement later in the transaction that
	-- was sent along on a guess, and must do nothing where the guess was wrong.
	RETURN QUERY
	SELECT set_config('grantd.tenant', k.tenant_id::text, true)::uuid,
		k.id, k.name::text, k.roles::text[], t.policy_version::bigint, k.version::bigint,
		set_config('grantd.stamp', format('%s %s %s', k.id, k.version, t.policy_version), true)
	FROM grantd.api_keys k
	JOIN grantd.tenants t ON t.id = k.tenant_id
	WHERE k.hash = key_hash
	  AND k.revoked_at IS NULL
	  AND (k.expires_at IS NULL OR k.expires_at > statement_timestamp());

	GET DIAGNOSTICS found_rows = ROW_COUNT;
	IF found_rows > 1 THEN
		RAISE EXCEPTION 'two API keys have the same hash'
			USING ERRCODE = 'cardinality_violation',
			HINT = 'Rows were copied by hand: revoke all keys with this hash.';
	END IF;
END
$$;
SET LOCAL ROLE grantd_owner;
REVOKE CREATE ON SCHEMA grantd FROM grantd_auth;

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

RESET ROLE;
\if :{?grantd_in_transaction}
\else
COMMIT;
\endif

-- SPDX-License-Identifier: MIT
--
-- What a database of version 4 may hold: rows of every table, with audit chains of the first form and rules that
-- are kept in parts too. Read by the tests of the upgrade, as the superuser.
BEGIN;

INSERT INTO grantd.tenants (id, name)
SELECT ('11111111-0000-7000-8000-00000000000' || n)::uuid, 'tenant ' || n FROM generate_series(1, 3) n;
INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash, expires_at)
SELECT id, id, 'KEY0000' || right(name, 1), 'key', '{admin}', sha256(convert_to(name, 'UTF8')), now() + interval '1 day'
FROM grantd.tenants;
INSERT INTO grantd.grants (tenant_id, id, request_id, grantee_id, resource_type, resource_id, action, expires_at,
	metadata, status, revoked_at)
SELECT t.id, ('aaaaaaaa-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, gen_random_uuid(), 'person ' || n % 7,
	'aws_account', n::text, 'connect', now() + interval '1 hour', jsonb_build_object('n', n, 'é', 2.50),
	CASE n % 5 WHEN 0 THEN 'revoked' ELSE 'active' END, CASE n % 5 WHEN 0 THEN now() END
FROM grantd.tenants t, generate_series(1, 100) n;
INSERT INTO grantd.policies (tenant_id, id, name) SELECT id, id, 'p' FROM grantd.tenants;
INSERT INTO grantd.policy_rules (tenant_id, policy_id, id, ordinal, effect, principal_scope_type, action_scope_type,
	action_ids, resource_scope_type, conditions, policy_text, notice)
SELECT id, id, id, 7, 'permit', 'any', 'eq', '{GetGrant}', 'any', 'when { "é" == "é" }',
	'@id("x") permit (principal, action == Action::"GetGrant", resource) when { "é" == "é" }; // why', 'told'
FROM grantd.tenants;
INSERT INTO grantd.idempotency_keys (tenant_id, key, body_hash, grant_id, audit_enabled)
SELECT tenant_id, 'once', sha256(''), id, false FROM grantd.grants WHERE resource_id = '1';
INSERT INTO grantd.activity_event (tenant_id, grant_id, id, occurred_at, service, name, kind, outcome, details)
SELECT tenant_id, id, gen_random_uuid(), now(), 's3', 'GetObject', 'read', 'success', '{"k": "v"}' FROM grantd.grants;
INSERT INTO grantd.activity_count
SELECT tenant_id, grant_id, date_trunc('month', recorded_at AT TIME ZONE 'UTC'), service, kind, outcome, count(*)
FROM grantd.activity_event GROUP BY 1, 2, 3, 4, 5, 6;

-- What an entry told then: the row as it was made, and then what was set.
CREATE FUNCTION pg_temp.told(chain text, r jsonb, n integer, at timestamptz, OUT action text, OUT outcome text,
	OUT before jsonb, OUT after jsonb) LANGUAGE plpgsql AS $$
DECLARE
	rule record;
BEGIN
	outcome := 'done';
	SELECT x.* INTO rule FROM grantd.policy_rules x WHERE x.tenant_id::text = r ->> 'tenant_id' AND x.policy_id::text = r ->> 'id';
	before := CASE WHEN n > 1 THEN jsonb_build_object('version', n - 1) END;
	after := CASE WHEN n > 1 THEN jsonb_build_object('version', n)
		ELSE r - '{tenant_id,id,hash,created_at,updated_at,revoked_at,status,granted_at,last_used_at,audit_length,audit_head}'::text[]
			|| jsonb_build_object('version', 1) END;
	IF n = 1 THEN
		action := CASE chain WHEN 'grant' THEN 'CreateGrant' WHEN 'api_key' THEN 'CreateApiKey'
			WHEN 'policy' THEN 'CreatePolicy' ELSE 'CreateTenant' END;
		after := after - CASE chain WHEN 'tenant' THEN 'policy_version' ELSE 'deleted_at' END;
		IF after ? 'expires_at' THEN
			after := after || jsonb_build_object('expires_at', to_char((r ->> 'expires_at')::timestamptz AT TIME ZONE 'UTC',
				'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'));
		END IF;
	ELSIF chain = 'tenant' THEN
		action := 'CreatePolicy';
		outcome := 'denied';
		before := NULL;
	ELSIF chain = 'policy' AND n = 2 THEN
		action := 'CreatePolicyRule';
		before := NULL;
		after := jsonb_build_object('rule_id', rule.id, 'ordinal', rule.ordinal, 'policy_text', rule.policy_text,
			'notice', rule.notice, 'audit_session', rule.audit_session, 'version', 1);
	ELSIF chain = 'policy' THEN
		action := 'UpdatePolicy';
		before := '{"priority": 0, "version": 1}';
		after := '{"priority": 0, "version": 2}';
	ELSIF chain = 'api_key' THEN
		action := 'RotateApiKey';
		after := after || jsonb_build_object('replaced_by', r ->> 'id');
	ELSIF n = 3 AND r ->> 'status' = 'revoked' THEN
		action := 'RevokeGrant';
		before := before || '{"status": "active"}';
		after := after || '{"status": "revoked"}';
	ELSE
		action := 'UpdateGrant';
		before := before || jsonb_build_object('audit_enabled', n = 3);
		after := after || jsonb_build_object('audit_enabled', n = 2 AND r ->> 'status' <> 'revoked');
	END IF;
END
$$;

-- Three entries in every chain.
DO $$
DECLARE
	chain text;
	name text;
	row record;
	entry uuid;
	head bytea;
	said record;
	told jsonb;
	at timestamptz;
BEGIN
	FOREACH chain IN ARRAY ARRAY['grant', 'api_key', 'policy', 'tenant'] LOOP
		name := CASE chain WHEN 'policy' THEN 'policies' ELSE chain || 's' END;
		FOR n IN 1..3 LOOP
			FOR row IN EXECUTE format('SELECT %s AS tenant_id, id, audit_head, created_at, to_jsonb(t) AS told FROM grantd.%I t',
				CASE chain WHEN 'tenant' THEN 'id' ELSE 'tenant_id' END, name)
			LOOP
				entry := gen_random_uuid();
				at := CASE WHEN n = 1 THEN row.created_at
					WHEN chain = 'policy' AND n = 2 THEN (SELECT r.created_at FROM grantd.policy_rules r WHERE r.policy_id = row.id)
					ELSE statement_timestamp() END;
				said := pg_temp.told(chain, row.told, n, at);
				told := jsonb_build_object('request_id', 'ü', 'before', said.before, 'after', said.after);
				head := grantd.audit_hash(row.audit_head, row.tenant_id, entry, chain, row.id, n, 'tester', 'system',
					said.action, said.outcome, told, nullif('why ' || n, 'why 2'), at);
				INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action, resource_type,
					resource_id, outcome, metadata, reasoning, created_at, sequence, previous_hash, hash)
				VALUES (row.tenant_id, entry, 'tester', 'system', said.action, chain, row.id, said.outcome, told,
					nullif('why ' || n, 'why 2'), at, n, row.audit_head, head);
				EXECUTE format('UPDATE grantd.%I SET audit_length = $1, audit_head = $2 WHERE %s = $3 AND id = $4', name,
					CASE chain WHEN 'tenant' THEN 'id' ELSE 'tenant_id' END)
				USING n, head, row.tenant_id, row.id;
				IF chain <> 'tenant' AND NOT said.after ? 'rule_id' THEN
					EXECUTE format('UPDATE grantd.%I SET version = $1, updated_at = $2 WHERE tenant_id = $3 AND id = $4', name)
					USING (said.after ->> 'version')::bigint, at, row.tenant_id, row.id;
				END IF;
				IF said.action = 'RevokeGrant' THEN
					UPDATE grantd.grants g SET revoked_at = at WHERE g.tenant_id = row.tenant_id AND g.id = row.id;
				END IF;
			END LOOP;
		END LOOP;
	END LOOP;
END
$$;

COMMIT;

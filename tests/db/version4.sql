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

-- Three entries in every chain.
DO $$
DECLARE
	chain text;
	name text;
	row record;
	entry uuid;
	head bytea;
	told jsonb;
BEGIN
	FOREACH chain IN ARRAY ARRAY['grant', 'api_key', 'policy', 'tenant'] LOOP
		name := CASE chain WHEN 'policy' THEN 'policies' ELSE chain || 's' END;
		FOR n IN 1..3 LOOP
			FOR row IN EXECUTE format('SELECT %s AS tenant_id, id, audit_head FROM grantd.%I',
				CASE chain WHEN 'tenant' THEN 'id' ELSE 'tenant_id' END, name)
			LOOP
				entry := gen_random_uuid();
				told := jsonb_build_object('request_id', 'ü', 'before', NULL, 'after', jsonb_build_object('version', n));
				head := grantd.audit_hash(row.audit_head, row.tenant_id, entry, chain, row.id, n, 'tester', 'system',
					'X', 'done', told, nullif('why ' || n, 'why 2'), statement_timestamp());
				INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action, resource_type,
					resource_id, outcome, metadata, reasoning, sequence, previous_hash, hash)
				VALUES (row.tenant_id, entry, 'tester', 'system', 'X', chain, row.id, 'done', told,
					nullif('why ' || n, 'why 2'), n, row.audit_head, head);
				EXECUTE format('UPDATE grantd.%I SET audit_length = $1, audit_head = $2, version = version + 1
					WHERE %s = $3 AND id = $4', name, CASE chain WHEN 'tenant' THEN 'id' ELSE 'tenant_id' END)
				USING n, head, row.tenant_id, row.id;
			END LOOP;
		END LOOP;
	END LOOP;
END
$$;

COMMIT;

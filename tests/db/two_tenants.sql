-- SPDX-License-Identifier: MIT
--
-- What the tests here start from, read by each inside its transaction: tenants A
-- (1111...) and B (2222...), each with a key and two grants, and for A
-- also a revoked and an expired key. A key's hash is that of the text 'key ' and its letter.

\set a '''11111111-1111-7111-8111-111111111111'''
\set b '''22222222-2222-7222-8222-222222222222'''
\set grant1 '''aaaaaaaa-0000-7000-8000-000000000001'''
\set grant2 '''aaaaaaaa-0000-7000-8000-000000000002'''
\set entry1 '''eeeeeeee-0000-7000-8000-000000000001'''
\set key_a sha256('''key A''')
\set key_b sha256('''key B''')

SET LOCAL client_min_messages = warning;

INSERT INTO grantd.tenants (id, name, policy_version) VALUES (:a, 'A', 7), (:b, 'B', 8);

INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash, created_at, expires_at,
	revoked_at)
VALUES
	(:a, 'cccccccc-0000-7000-8000-00000000000a', 'AAAAAAAA', 'key of A', '{admin,auditor}',
	 :key_a, now() - interval '1 day', now() + interval '1 day', NULL),
	(:a, 'cccccccc-0000-7000-8000-00000000000d', 'AAAAAAAD', 'revoked', '{admin}',
	 sha256('key revoked'), now() - interval '1 day', NULL, now()),
	(:a, 'cccccccc-0000-7000-8000-00000000000e', 'AAAAAAAE', 'expired', '{admin}',
	 sha256('key expired'), now() - interval '1 day', now(), NULL),
	(:b, 'cccccccc-0000-7000-8000-00000000000b', 'BBBBBBBB', 'key of B', '{operator}',
	 :key_b, now(), NULL, NULL);

-- The same ids in both tenants: an id alone says nothing.
INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id, action,
	expires_at)
SELECT t, g, 'somebody', 'aws_account', '123456789012', 'connect', now() + interval '1 hour'
FROM unnest(ARRAY[:a, :b]::uuid[]) t, unnest(ARRAY[:grant1, :grant2]::uuid[]) g;

-- A call of one of the functions of changes.sql as A's key, with what is not named in `arguments` as in here.
CREATE FUNCTION pg_temp.call(name text, arguments jsonb DEFAULT '{}') RETURNS text
LANGUAGE sql AS $$
	SELECT format('SELECT to_jsonb(r) FROM grantd.%I(%s) r', name, string_agg(format('%I => %L::%s', n,
		given ->> n, format_type(p.proargtypes[place - 1], NULL)), ', '))
	FROM pg_proc p, unnest(p.proargnames) WITH ORDINALITY a(n, place), LATERAL (SELECT jsonb_build_object(
		'tenant', '11111111-1111-7111-8111-111111111111', 'key_hash', sha256('key A'), 'key_version', 1,
		'policies_version', 7, 'entry', gen_random_uuid(), 'context', '{"request_id":"r"}', 'wanted', true,
		'grant_id', 'aaaaaaaa-0000-7000-8000-000000000001', 'grantee', 'somebody', 'resource_kind', 'aws_account',
		'resource', '1', 'audited', false, 'expires', now() + interval '1 hour', 'about', '{}',
		'operation', CASE name WHEN 'create_grant' THEN 'connect' ELSE 'CreatePolicyRule' END, 'title', 'x',
		'key_id', gen_random_uuid(), 'public_name', 'AAAAAAAX', 'role_list', '{admin}', 'new_hash', sha256('key X'),
		'old_id', 'cccccccc-0000-7000-8000-00000000000a', 'old_version', 1, 'overlap', 60, 'inherit', false,
		'old_entry', gen_random_uuid(), 'policy_id', 'dddddddd-0000-7000-8000-000000000001', 'rank', 1, 'active', true,
		'rule_id', 'dddddddd-0000-7000-8000-000000000002', 'text_', 'permit (principal, action, resource);',
		'audits', true, 'requested', '{}', 'failing_denies', true) || arguments AS given) AS g
	WHERE p.pronamespace = 'grantd'::regnamespace AND p.proname = name AND place <= p.pronargs
$$;

-- Switches auditing of A's first grant, as a worker does.
PREPARE patch(uuid, boolean) AS
SELECT grantd.update_grant('11111111-1111-7111-8111-111111111111', sha256('key A'), 1, 7, NULL, $1,
	'{"request_id":"r"}', NULL, 'aaaaaaaa-0000-7000-8000-000000000001', NULL, $2);

-- The same as it was done before there were functions: an entry of the first form.
PREPARE patch_first_form(uuid, boolean) AS
WITH changed AS (
	UPDATE grantd.grants g
	SET audit_enabled = $2, version = version + 1, updated_at = statement_timestamp(),
		audit_length = audit_length + 1,
		audit_head = grantd.audit_hash(audit_head, tenant_id, $1, 'grant', id,
			audit_length + 1, 'tester', 'system', 'UpdateGrant', 'done',
			'{"n": 1}', NULL, statement_timestamp())
	WHERE tenant_id = '11111111-1111-7111-8111-111111111111'
	  AND id = 'aaaaaaaa-0000-7000-8000-000000000001'
	RETURNING g.*
)
INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action, resource_type,
	resource_id, outcome, metadata, created_at, sequence, previous_hash, hash)
SELECT c.tenant_id, $1, 'tester', 'system', 'UpdateGrant', 'grant', c.id, 'done', '{"n": 1}',
	c.updated_at, c.audit_length, old.audit_head, c.audit_head
FROM changed c JOIN grantd.grants old USING (tenant_id, id);

-- What the hash of an entry of the second form is of, in hexadecimal digits: written down here once more, in
-- another way than the functions do it.
CREATE FUNCTION pg_temp.field(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT coalesce(lpad(to_hex(octet_length(t)), 8, '0') || encode(convert_to(t, 'UTF8'), 'hex'), 'ffffffff')
$$;
CREATE FUNCTION pg_temp.digits(e grantd.audit_log) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT '6772616e74642d61756469742d32' || encode(e.previous_hash, 'hex')
		|| replace(concat(e.tenant_id, e.id, e.resource_id), '-', '') || lpad(to_hex(e.sequence), 16, '0')
		|| lpad(to_hex((extract(epoch FROM e.created_at - '2000-01-01 00:00:00+00') * 1000000)::bigint), 16, '0')
		|| pg_temp.field(e.resource_type) || pg_temp.field(e.actor_id) || pg_temp.field(e.actor_type)
		|| pg_temp.field(e.action) || pg_temp.field(e.outcome) || pg_temp.field(e.reasoning)
		|| encode(convert_to(e.record::text, 'UTF8'), 'hex')
$$;

-- What is wrong with the chains, of either form.
CREATE FUNCTION pg_temp.broken() RETURNS SETOF text LANGUAGE sql STABLE AS $$
	SELECT format('%s %s: hash', e.action, e.id) FROM grantd.audit_log e
	WHERE e.hash <> CASE WHEN e.record IS NOT NULL THEN sha256(decode(pg_temp.digits(e), 'hex'))
		ELSE grantd.audit_hash(e.previous_hash, e.tenant_id, e.id, e.resource_type, e.resource_id, e.sequence,
			e.actor_id, e.actor_type, e.action, e.outcome, e.metadata, e.reasoning, e.created_at) END
	UNION ALL
	SELECT format('%s %s: place', e.action, e.id) FROM (SELECT *, row_number() OVER chain AS place,
		lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER chain AS hash_before FROM grantd.audit_log
		WINDOW chain AS (PARTITION BY tenant_id, resource_type, resource_id ORDER BY sequence)) e
	WHERE e.sequence <> e.place OR e.previous_hash <> e.hash_before
	UNION ALL
	SELECT format('%s %s: head', h.kind, h.id) FROM (
		SELECT 'grant' AS kind, tenant_id, id, audit_length::bigint, audit_head::bytea FROM grantd.grants
		UNION ALL SELECT 'api_key', tenant_id, id, audit_length, audit_head FROM grantd.api_keys
		UNION ALL SELECT 'policy', tenant_id, id, audit_length, audit_head FROM grantd.policies
		UNION ALL SELECT 'tenant', id, id, audit_length, audit_head FROM grantd.tenants) h
	LEFT JOIN LATERAL (SELECT e.sequence, e.hash FROM grantd.audit_log e
		WHERE (e.tenant_id, e.resource_type, e.resource_id) = (h.tenant_id, h.kind, h.id)
		ORDER BY e.sequence DESC LIMIT 1) last ON true
	WHERE h.audit_length <> coalesce(last.sequence, 0)
	   OR h.audit_head <> coalesce(last.hash, decode(repeat('00', 32), 'hex'))
$$;

-- Passes where the statement is refused by that rule, named as 'SQLSTATE constraint'.
CREATE FUNCTION pg_temp.refused(what text, statement text, rule text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	code text;
	name text;
BEGIN
	EXECUTE statement;
	RETURN ok(false, what || ' is refused: ' || statement);
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, name = CONSTRAINT_NAME;
	RETURN is(code || ' ' || name, rule, what || ' is refused');
END
$$;

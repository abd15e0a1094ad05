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

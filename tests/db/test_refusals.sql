-- SPDX-License-Identifier: MIT
-- Refusals of the same kind by the same key: some are entries, the others are counted, and the sum is exact.

BEGIN;
SELECT no_plan();

SELECT '11111111-1111-4111-8111-111111111111' AS tenant, '33333333-3333-4333-8333-333333333333' AS key \gset
INSERT INTO grantd.tenants (id, name) VALUES (:'tenant', 'a');
INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash)
VALUES (:'tenant', :'key', 'aaaaaaaa', 'k', '{x}', sha256('key'));

-- One refusal of this operation, by this worker; the same id is the same call.
CREATE FUNCTION pg_temp.refuse(operation text, worker integer, entry uuid DEFAULT gen_random_uuid()) RETURNS text LANGUAGE sql AS $$
	SELECT grantd.log_denied(t.id, sha256('key'), k.version, t.policy_version, NULL, entry, '{"n":1}', NULL, operation, NULL, '{}',
		md5(worker::text)::uuid)
	FROM grantd.tenants t JOIN grantd.api_keys k ON k.tenant_id = t.id
$$;
-- Entries, and what they and the counts not yet told add up to.
CREATE VIEW pg_temp.sums AS SELECT
	(SELECT count(*) FROM grantd.audit_log) AS entries,
	(SELECT count(*) + coalesce(sum((record ->> 'repeated')::bigint), 0) FROM grantd.audit_log)
		+ (SELECT coalesce(sum(repeated), 0) FROM grantd.refusals) AS refusals;

SELECT is(array_agg(DISTINCT said), ARRAY['done'], 'each is told as logged')
FROM (SELECT pg_temp.refuse('CreateGrant', n % 4) AS said FROM generate_series(1, 500) n) x;
SELECT results_eq('SELECT * FROM pg_temp.sums', 'VALUES (10::bigint, 500::numeric)', 'ten are entries, and none is lost');
SELECT is(sum(repeated), 490::numeric, 'what no entry tells of is to be seen') FROM grantd.refusals;
SELECT ok(bool_and(since <= until), 'with its times') FROM grantd.refusals WHERE repeated > 0;

SELECT is(pg_temp.refuse('RevokeApiKey', 1), 'done', 'another operation');
SELECT is(count(*), 11::bigint, 'has entries of its own') FROM grantd.audit_log;

-- A call whose end nobody knew
SELECT is(pg_temp.refuse('CreateGrant', 1, '55555555-5555-7555-8555-555555555555'), 'done', 'one that is counted');
SELECT is(pg_temp.refuse('CreateGrant', 1, '55555555-5555-7555-8555-555555555555'), 'made', 'is counted once');
SELECT is(pg_temp.refuse('UpdatePolicy', 1, '66666666-6666-7666-8666-666666666666'), 'done', 'one that is an entry');
SELECT is(pg_temp.refuse('UpdatePolicy', 1, '66666666-6666-7666-8666-666666666666'), 'made', 'is one entry');
SELECT results_eq('SELECT * FROM pg_temp.sums', 'VALUES (12::bigint, 503::numeric)', 'and so the sum says');

-- The while is over, also for the call that was repeated late
UPDATE grantd.refusals SET called_at = called_at - interval '11 minutes'
WHERE writer = '00000000-0000-0000-0000-000000000000' AND operation = 'CreateGrant';
SELECT is(pg_temp.refuse('CreateGrant', 1, '55555555-5555-7555-8555-555555555555'), 'made', 'a late repetition is none either');
SELECT is(pg_temp.refuse('CreateGrant', 9), 'done', 'the next refusal');
SELECT results_eq('SELECT * FROM pg_temp.sums', 'VALUES (13::bigint, 504::numeric)', 'is an entry');
SELECT is(sum((record ->> 'repeated')::bigint), 491::numeric, 'which tells of those that were counted') FROM grantd.audit_log;
SELECT is(sum(repeated), 0::numeric, 'once') FROM grantd.refusals;
SELECT matches(record ->> 'until', '^[0-9-]{10}T[0-9:.]{15}Z$', 'and until when that was')
FROM grantd.audit_log WHERE record ->> 'repeated' IS NOT NULL;

-- Workers that are gone
UPDATE grantd.refusals SET called_at = called_at - interval '2 hours', repeated = 3, since = now(), until = now()
WHERE operation = 'CreateGrant' AND writer <> '00000000-0000-0000-0000-000000000000';
SELECT is(pg_temp.refuse('CreateGrant', 10), 'done', 'a worker that is new');
SELECT is(max((record ->> 'repeated')::bigint), 491::bigint, 'tells') FROM grantd.audit_log;
SELECT is(count(*), 1::bigint, 'of five that are gone, and leaves no row of theirs')
FROM grantd.audit_log WHERE record ->> 'repeated' = '15';
SELECT is(count(*), 2::bigint, 'but its own and that of all') FROM grantd.refusals WHERE operation = 'CreateGrant';

SELECT is(grantd.log_denied(:'tenant', sha256('key'), 7, 8, NULL, gen_random_uuid(), '{"n":1}', NULL, 'CreateGrant', NULL, '{}',
	md5('1')::uuid), 'stale', 'what was not decided on the present state is not counted');
SELECT is(count(*), 2::bigint, 'at all') FROM grantd.refusals WHERE operation = 'CreateGrant';

SELECT * FROM finish();
ROLLBACK;

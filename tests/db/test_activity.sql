-- SPDX-License-Identifier: MIT
--
-- Session activity: what the tables refuse, what a worker may do with them, and the months.
BEGIN;
SELECT plan(84);
\ir two_tenants.sql

\set event '''ffffffff-0000-7000-8000-000000000001'''

-- The same ids in both tenants: an id alone says nothing.
INSERT INTO grantd.activity_event (tenant_id, grant_id, id, occurred_at, service, name, kind, outcome)
SELECT t, :grant1, :event, '2026-11-23 02:31:45+00', 's3', 'GetObject', 'read', 'success'
FROM unnest(ARRAY[:a, :b]::uuid[]) t;
INSERT INTO grantd.activity_count
SELECT tenant_id, grant_id, date_trunc('month', recorded_at AT TIME ZONE 'UTC'), service, kind,
	outcome, 1
FROM grantd.activity_event;

SELECT pg_temp.refused(what, format('UPDATE grantd.%s SET %s', tab, change), '23514 ' || rule)
FROM (VALUES
	('activity_event', 'an event in the year 10000', 'occurred_at = ''10000-01-01''', 'moment_four_digit_year'),
	('activity_event', 'an event at the end of time', 'occurred_at = ''infinity''', 'moment_four_digit_year'),
	('activity_event', 'an event without a service', 'service = ''''', 'service_name_length'),
	('activity_event', 'a service of 101 bytes', 'service = repeat(''ü'', 50) || ''x''', 'service_name_length'),
	('activity_event', 'an event without a name', 'name = ''''', 'event_name_length'),
	('activity_event', 'a name of 201 bytes', 'name = repeat(''x'', 201)', 'event_name_length'),
	('activity_event', 'an unknown kind', 'kind = ''list''', 'event_kind_known'),
	('activity_event', 'an unknown outcome', 'outcome = ''done''', 'event_outcome_known'),
	('activity_event', 'details that are a list', 'details = ''[]''', 'event_details_object'),
	('activity_event', 'details that are a JSON null', 'details = ''null''', 'event_details_object'),
	('activity_count', 'a count of an unknown kind', 'kind = ''x''', 'event_kind_known'),
	('activity_count', 'a count of an unknown outcome', 'outcome = ''x''', 'event_outcome_known')
) AS t(tab, what, change, rule);
SELECT pg_temp.refused(format('%s without %s', tab, c), format('UPDATE grantd.%s SET %s = NULL', tab, c),
	'23502 ')
FROM (VALUES ('activity_event', ARRAY['tenant_id', 'grant_id', 'id', 'recorded_at', 'occurred_at',
		'service', 'name', 'kind', 'outcome']),
	('activity_count', ARRAY['tenant_id', 'grant_id', 'month', 'service', 'kind', 'outcome', 'events'])
) AS t(tab, columns), unnest(columns) c;
SELECT lives_ok(format('UPDATE grantd.activity_event SET %s', change), what || ' is accepted')
FROM (VALUES ('a service of 100 bytes', 'service = repeat(''x'', 100)'),
	('an event of the year 1', 'occurred_at = ''0001-01-01 00:00:00+00'''),
	('an address', 'source_ip = ''2001:db8::1'''),
	('no address', 'source_ip = NULL'),
	('details of a hundred thousand numbers',
		'details = jsonb_build_object(''a'', array_fill(1, ARRAY[60000]))')) AS t(what, change);

-- A worker that serves A.
SET LOCAL ROLE grantd_app;
SELECT is_empty('SELECT * FROM grantd.activity_event', 'without a tenant no event is visible');
SELECT is_empty('SELECT * FROM grantd.activity_count', 'without a tenant no count is visible');
SELECT set_config('grantd.tenant', :a, true) \g /dev/null
SELECT results_eq('SELECT tenant_id FROM grantd.activity_event', ARRAY[:a::uuid], 'A sees its own events');
SELECT results_eq('SELECT tenant_id FROM grantd.activity_count', ARRAY[:a::uuid], 'A sees its own counts');
SELECT throws_ok('SELECT * FROM grantd.activity_event_other', '42501', NULL,
	'a worker may not look into a partition past its table');
SELECT throws_ok('SELECT * FROM grantd.activity_maintain(1, NULL, true)', '42501', NULL,
	'a worker may not ask for partitions');
SELECT throws_ok('DELETE FROM grantd.activity_event_other', '42501', NULL, 'nor delete what is in one');

-- Through the function that stores them: all new events of a batch or none, counted once.
CREATE FUNCTION pg_temp.record(events jsonb, tenant uuid DEFAULT '11111111-1111-7111-8111-111111111111',
	hash bytea DEFAULT sha256('key A'), key_version bigint DEFAULT 1, policies_version bigint DEFAULT 7,
	grant_id uuid DEFAULT 'aaaaaaaa-0000-7000-8000-000000000002', grant_version bigint DEFAULT 1) RETURNS text
LANGUAGE sql AS $$
	SELECT concat_ws(' ', state, accepted) FROM grantd.record_activity(tenant, hash, key_version,
		policies_version, grant_id, grant_version, events)
$$;
CREATE FUNCTION pg_temp.event(n integer, change jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
	SELECT jsonb_build_object('id', 'ffffffff-0000-7000-8000-' || lpad(n::text, 12, '0'), 'occurred_at',
		'2026-11-23T02:31:45Z', 'service', 'sqs', 'name', 'Send', 'kind', 'write', 'outcome', 'success') || change
$$;
SELECT is(pg_temp.record(jsonb_build_array(pg_temp.event(1))), 'off', 'what is not audited stores no event');
RESET ROLE;
UPDATE grantd.grants SET audit_enabled = true WHERE id = :grant2;
SET LOCAL ROLE grantd_app;
SELECT is(pg_temp.record(jsonb_build_array(pg_temp.event(1), pg_temp.event(2), pg_temp.event(1, '{"name":"again"}'))),
	'done 2', 'an id that is twice in a batch is one event');
SELECT is(pg_temp.record(jsonb_build_array(pg_temp.event(2), pg_temp.event(3))), 'done 1', 'one that is there is not stored again');
SELECT is(pg_temp.record('[]'), 'done 0', 'no events are none');
SELECT results_eq($$SELECT right(id::text, 1), name::text FROM grantd.activity_event WHERE service = 'sqs' ORDER BY id$$,
	$$VALUES ('1', 'Send'), ('2', 'Send'), ('3', 'Send')$$, 'these are stored, the first of two with one id');
SELECT results_eq($$SELECT service::text, kind::text, outcome::text, events FROM grantd.activity_count WHERE service = 'sqs'$$,
	$$VALUES ('sqs', 'write', 'success', 3::bigint)$$, 'and counted');
SELECT is(pg_temp.record(jsonb_build_array(pg_temp.event(4)), hash => sha256(h::bytea)), 'key', 'refused: ' || h)
FROM unnest(ARRAY['key B', 'key revoked', 'key expired', 'nobody''s']) h;
SELECT is(pg_temp.record(jsonb_build_array(pg_temp.event(4)), grant_id => gen_random_uuid()), 'key', 'refused: a grant that is not there');
SELECT is(pg_temp.record(jsonb_build_array(pg_temp.event(4)), key_version => 2), 'stale', 'refused: another version of the key');
SELECT is(pg_temp.record(jsonb_build_array(pg_temp.event(4)), policies_version => 6), 'stale', 'of the policies');
SELECT is(pg_temp.record(jsonb_build_array(pg_temp.event(4)), grant_version => 2), 'stale', 'of the grant');
SELECT pg_temp.refused(what, format('SELECT pg_temp.record(%L)', jsonb_build_array(pg_temp.event(4),
	pg_temp.event(5, change::jsonb))), '23514 ' || rule)
FROM (VALUES ('an event without a service''s name', '{"service":""}', 'service_name_length'),
	('an event of the year 10000', '{"occurred_at":"10000-01-01T00:00:00Z"}', 'moment_four_digit_year'),
	('an event of an unknown kind', '{"kind":"list"}', 'event_kind_known'),
	('an event with an unknown outcome', '{"outcome":"done"}', 'event_outcome_known'),
	('an event with a list for details', '{"details":[]}', 'event_details_object')) AS v(what, change, rule);
SELECT is((SELECT count(*) FROM grantd.activity_event WHERE service = 'sqs'), 3::bigint, 'and with it the whole batch');
RESET ROLE;
SELECT is((SELECT count(*) FROM grantd.activity_event WHERE tenant_id = :b), 1::bigint, 'no other tenant has more than it had');
SELECT throws_ok('SELECT * FROM grantd.activity_maintain(1, NULL, true)', '42501', NULL,
	'nor may a superuser, who would own them');

-- The months. What is expected is said in months from now, whatever month it is.
SET LOCAL ROLE grantd_owner;
SELECT set_config('grantd.tenant', '', true) \g /dev/null
CREATE FUNCTION pg_temp.month(distance integer) RETURNS date
LANGUAGE sql STABLE AS $$
	SELECT (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => distance))::date
$$;
CREATE FUNCTION pg_temp.months(parent text) RETURNS SETOF text
LANGUAGE sql STABLE AS $$
	SELECT substr(c.relname, length(parent) + 2) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
	WHERE i.inhparent = ('grantd.' || parent)::regclass ORDER BY 1
$$;
CREATE FUNCTION pg_temp.named(VARIADIC distance integer[]) RETURNS text[]
LANGUAGE sql STABLE AS $$
	SELECT array_agg(to_char(pg_temp.month(d), 'YYYY_MM')) || 'other'::text FROM unnest(distance) d
$$;
SELECT set_eq($$SELECT pg_temp.months('activity_event')$$, pg_temp.named(0, 1, 2, 3),
	'the installation makes this month and three more');
SELECT set_eq($$SELECT pg_temp.months('activity_count')$$, pg_temp.named(0, 1, 2, 3), 'for the counts too');

-- Two events that no partition was made for, of A and B, with their counts.
RESET ROLE;
INSERT INTO grantd.activity_event (tenant_id, grant_id, id, recorded_at, occurred_at, service, name, kind, outcome)
SELECT t, :grant1, gen_random_uuid(), pg_temp.month(5) + interval '15 days', now(), 'ec2', 'x', 'read', 'success'
FROM unnest(ARRAY[:a, :b]::uuid[]) t;
INSERT INTO grantd.activity_count
SELECT t, :grant1, pg_temp.month(5), 'ec2', 'read', 'success', 1 FROM unnest(ARRAY[:a, :b]::uuid[]) t;
SELECT is((SELECT count(*) FROM grantd.activity_event_other), 2::bigint,
	'what has no partition is stored all the same');
SET LOCAL ROLE grantd_owner;

SELECT set_eq($$SELECT * FROM grantd.activity_maintain(6, NULL, true)$$,
	$$SELECT 'add', pg_temp.month(d) FROM unnest(ARRAY[4, 5, 6]) d$$, 'a dry run says what it would add');
SELECT set_eq($$SELECT pg_temp.months('activity_event')$$, pg_temp.named(0, 1, 2, 3), 'and adds nothing');
SELECT results_eq($$SELECT * FROM grantd.activity_maintain(6, NULL, false)$$,
	$$SELECT 'add', pg_temp.month(d) FROM unnest(ARRAY[4, 5, 6]) d$$, 'months ahead are added');
SELECT set_eq($$SELECT pg_temp.months('activity_event')$$, pg_temp.named(0, 1, 2, 3, 4, 5, 6), 'they are there');
SELECT set_eq($$SELECT pg_temp.months('activity_count')$$, pg_temp.named(0, 1, 2, 3, 4, 5, 6), 'for the counts too');
SELECT is_empty($$SELECT * FROM grantd.activity_maintain(6, NULL, false)$$, 'again there is nothing to do');
SELECT is_empty($$SELECT * FROM grantd.activity_maintain(0, NULL, false)$$, 'nor with fewer months ahead');
SELECT is_empty($$SELECT relid FROM (SELECT relid FROM pg_partition_tree('grantd.activity_event')
	UNION ALL SELECT relid FROM pg_partition_tree('grantd.activity_count')) t
	JOIN pg_class c ON c.oid = relid
	WHERE NOT (relrowsecurity AND relforcerowsecurity) OR pg_get_userbyid(relowner) <> 'grantd_owner'
	OR (relkind = 'r' AND has_any_column_privilege('grantd_app', relid, 'SELECT, INSERT, UPDATE'))$$,
	'row-level security is forced on all of them, and workers have no way in but the table');
SELECT is_empty('SELECT * FROM grantd.activity_event', 'the owner sees no event without a tenant');
RESET ROLE;
SELECT is((SELECT count(*) FROM grantd.activity_event_other), 0::bigint, 'what had no partition has moved');
SELECT is((SELECT sum(events) FROM grantd.activity_count_other), NULL, 'with its counts');
SELECT results_eq($$SELECT tenant_id FROM grantd.activity_event WHERE service = 'ec2' ORDER BY 1$$,
	ARRAY[:a, :b]::uuid[], 'and is there, every tenant''s');

-- As if months had gone by: what is said to be four months ahead was made four months ago.
UPDATE grantd.activity_event SET recorded_at = pg_temp.month(0) WHERE service = 'ec2';
UPDATE grantd.activity_count SET month = pg_temp.month(0) WHERE service = 'ec2';
DO $$
DECLARE
	parent text;
	was    text := to_char(pg_temp.month(6), '_YYYY_MM');
	is_now text := to_char(pg_temp.month(-4), '_YYYY_MM');
BEGIN
	FOREACH parent IN ARRAY ARRAY['activity_event', 'activity_count'] LOOP
		EXECUTE format('ALTER TABLE grantd.%I DETACH PARTITION grantd.%I', parent, parent || was);
		EXECUTE format('ALTER TABLE grantd.%I RENAME TO %I', parent || was, parent || is_now);
		EXECUTE format('ALTER TABLE grantd.%I ATTACH PARTITION grantd.%I FOR VALUES FROM (%L) TO (%L)',
			parent, parent || is_now, pg_temp.month(-4) || ' 00:00:00+00',
			pg_temp.month(-3) || ' 00:00:00+00');
	END LOOP;
END
$$;
INSERT INTO grantd.activity_event (tenant_id, grant_id, id, recorded_at, occurred_at, service, name, kind, outcome)
VALUES (:a, :grant1, gen_random_uuid(), pg_temp.month(-4), now(), 'old', 'x', 'read', 'success');
INSERT INTO grantd.activity_count VALUES (:a, :grant1, pg_temp.month(-4), 'old', 'read', 'success', 1);
SET LOCAL ROLE grantd_owner;
SELECT is_empty($$SELECT * FROM grantd.activity_maintain(5, now() - pg_temp.month(-3) + interval '1 day', false)$$,
	'a month that has not been over for so long stays');
SELECT is_empty($$SELECT * FROM grantd.activity_maintain(5, NULL, false)$$, 'and without a limit all stay');
SELECT set_eq($$SELECT * FROM grantd.activity_maintain(5, now() - pg_temp.month(-3), true)$$,
	$$VALUES ('drop', pg_temp.month(-4))$$, 'a dry run says what it would drop');
SELECT results_eq($$SELECT * FROM grantd.activity_maintain(6, now() - pg_temp.month(-3), false)$$,
	$$VALUES ('add', pg_temp.month(6)), ('drop', pg_temp.month(-4))$$, 'a month that has is dropped');
SELECT set_config('grantd.tenant', :a, true) \g /dev/null
SELECT is((SELECT count(*) FROM grantd.activity_event WHERE service = 'old'), 0::bigint, 'its events are gone');
SELECT is((SELECT count(*) FROM grantd.activity_count WHERE service = 'old'), 0::bigint,
	'and so are their counts');
SELECT is((SELECT count(*) FROM grantd.activity_event), (SELECT sum(events)::bigint FROM grantd.activity_count),
	'those of other months are what they were');

SELECT * FROM finish();
ROLLBACK;

-- SPDX-License-Identifier: MIT
-- Verify grantd:audit_record on pg

BEGIN;

SELECT record FROM grantd.audit_log WHERE false;
SELECT audit_previous FROM grantd.grants WHERE false;

DO $$
BEGIN
	ASSERT (SELECT count(*) = 3 FROM pg_attribute WHERE attrelid = 'grantd.grants'::regclass
		AND attname IN ('version', 'audit_length', 'audit_head')
		AND atttypid IN ('bigint'::regtype, 'bytea'::regtype)), 'a grant''s chain has plain types';
	ASSERT (SELECT NOT bool_or(t.typtype = 'd') FILTER (WHERE a.attname <> 'metadata') FROM pg_attribute a
		JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = 'grantd.audit_log'::regclass
		AND a.attnum > 0 AND NOT a.attisdropped), 'and so have entries';
	ASSERT grantd.audit_text('é') = '\x00000002c3a9' AND grantd.audit_text('') = '\x00000000'
		AND grantd.audit_text(NULL) = '\xffffffff', 'a text is its length and its bytes';
	ASSERT NOT has_function_privilege('grantd_app', 'grantd.audit_append(uuid, uuid, text, text, text,'
		'text, uuid, text, text, jsonb, jsonb, text, timestamptz, bigint, bytea)', 'EXECUTE'),
		'grantd_app may not append what it likes';
END
$$;

ROLLBACK;

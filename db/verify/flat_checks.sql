-- SPDX-License-Identifier: MIT
-- Verify grantd:flat_checks on pg

BEGIN;

DO $$
BEGIN
	ASSERT (SELECT count(*) = 2 FROM pg_constraint WHERE conname IN ('display_name_one_line', 'notice_one_line')
		AND connamespace = 'grantd'::regnamespace AND pg_get_constraintdef(oid) LIKE 'CHECK (((octet\_length(VALUE) >= 1) AND %'),
		'the conditions have the form that a restore gives them';
END
$$;

ROLLBACK;

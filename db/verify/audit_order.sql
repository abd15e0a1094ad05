-- SPDX-License-Identifier: MIT
-- Verify grantd:audit_order on pg

BEGIN;

SELECT written_by FROM grantd.audit_log WHERE false;

DO $$
BEGIN
	ASSERT (SELECT indisvalid FROM pg_index WHERE indexrelid = 'grantd.audit_log_order'::regclass),
		'the log has its order';
	ASSERT (SELECT tgenabled = 'A' FROM pg_trigger WHERE tgrelid = 'grantd.audit_log'::regclass
		AND tgname = 'audit_log_is_written_now'), 'whoever writes';
END
$$;

ROLLBACK;

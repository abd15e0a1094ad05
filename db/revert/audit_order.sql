-- SPDX-License-Identifier: MIT
-- Revert grantd:audit_order from pg

BEGIN;

DROP TRIGGER audit_log_is_written_now ON grantd.audit_log;
DROP FUNCTION grantd.audit_log_is_written_now();
ALTER TABLE grantd.audit_log DROP COLUMN written_by;

COMMIT;

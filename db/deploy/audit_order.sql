-- SPDX-License-Identifier: MIT
-- Deploy grantd:audit_order to pg
-- requires: audit_record
--
-- An order of the audit log in which nothing is ever skipped: by the transaction that
-- wrote an entry. Whoever reads up to the oldest transaction that is still under way
-- (pg_snapshot_xmin) has all there will ever be up to there. No clock gives that, and no id: an
-- entry whose id and time are earlier may be committed later. It holds on a standby as well.
--
-- It costs a column of 8 bytes and one more index, which is only ever appended to. What that is of a
-- change was measured: see "The log's weight" in docs/scaling.md.
--
-- Entries that are there already have no such transaction (0) and are not in the index; whoever
-- follows the log reads those by their ids first. No row is written anew.
--
-- Building the index reads the log once, and holds off whoever writes to it. Where that is too long, add both
-- beforehand, which holds nobody off, and is left as it is (see list_indexes.sql):
--
--     SET ROLE grantd_owner;
--     ALTER TABLE grantd.audit_log ADD COLUMN written_by xid8 NOT NULL DEFAULT '0'::xid8;
--     CREATE INDEX CONCURRENTLY audit_log_order
--         ON grantd.audit_log (written_by) WHERE written_by > '0'::xid8;

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
SET LOCAL ROLE grantd_owner;

LOCK TABLE grantd.api_keys, grantd.audit_log IN ACCESS EXCLUSIVE MODE;

ALTER TABLE grantd.audit_log ADD COLUMN IF NOT EXISTS written_by xid8 NOT NULL DEFAULT '0'::xid8;
ALTER TABLE grantd.audit_log ALTER COLUMN written_by SET DEFAULT pg_current_xact_id();
COMMENT ON COLUMN grantd.audit_log.written_by IS 'The transaction that wrote the entry, 0 where an older version did; no part of its hash';

CREATE INDEX IF NOT EXISTS audit_log_order ON grantd.audit_log (written_by) WHERE written_by > '0'::xid8;
COMMENT ON INDEX grantd.audit_log_order IS 'For following the log: nothing is skipped in this order';

-- Only a transaction itself can say which it is: a copy of an entry from another database, where numbers mean
-- other transactions, gets the number of the transaction that copies. (A dump that is restored
-- keeps them, since triggers come last in it; whoever follows the log sees that it is another database.)
CREATE OR REPLACE FUNCTION grantd.audit_log_is_written_now() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	NEW.written_by := pg_current_xact_id();
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION grantd.audit_log_is_written_now() IS 'Trigger: an entry is written by the transaction that writes it';
REVOKE ALL ON FUNCTION grantd.audit_log_is_written_now() FROM PUBLIC;

CREATE OR REPLACE TRIGGER audit_log_is_written_now
	BEFORE INSERT ON grantd.audit_log FOR EACH ROW
	WHEN (NEW.written_by IS DISTINCT FROM pg_current_xact_id())
	EXECUTE FUNCTION grantd.audit_log_is_written_now();
ALTER TABLE grantd.audit_log ENABLE ALWAYS TRIGGER audit_log_is_written_now;
COMMENT ON TRIGGER audit_log_is_written_now ON grantd.audit_log IS 'An entry is written by the transaction that writes it, wherever it comes from';

RESET ROLE;
\if :{?grantd_in_transaction}
\else
COMMIT;
\endif

-- SPDX-License-Identifier: MIT
-- Deploy grantd:refusals to pg
-- requires: audit_record
--
-- How often the policies refused the same to the same key. The first refusals of
-- a while are entries of their own; those that follow are counted here, and the
-- next entry of that key and operation tells how many there were. The count is in
-- the database, by the transaction that the refusal's answer waits for, so that a
-- crash loses none.
--
-- Each writer (a worker, which has one request at a time) counts in a row of its
-- own, with the last call's id: a call that is repeated, because nobody knows
-- what became of it, is found and not counted again. The row whose writer is zero
-- is for all writers: how many entries there were since when.
--
-- The schema's version moves with the change after this one. Until then this one
-- is found undone by install.sql, and may run again.

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
SET LOCAL ROLE grantd_owner;

CREATE TABLE IF NOT EXISTS grantd.refusals (
	tenant_id uuid NOT NULL,
	key_id    uuid NOT NULL,
	operation grantd.identifier NOT NULL,
	writer    uuid NOT NULL,
	call      uuid NOT NULL,
	called_at timestamptz NOT NULL,
	entries   integer NOT NULL DEFAULT 0,
	repeated  bigint NOT NULL DEFAULT 0,
	since     timestamptz,
	until     timestamptz,

	PRIMARY KEY (tenant_id, key_id, operation, writer)
) WITH (fillfactor = 50);

COMMENT ON TABLE grantd.refusals IS 'Refusals by policy that are counted and not yet told by an entry of the audit log';
COMMENT ON COLUMN grantd.refusals.tenant_id IS 'The tenant';
COMMENT ON COLUMN grantd.refusals.key_id IS 'The key that was refused';
COMMENT ON COLUMN grantd.refusals.operation IS 'What was refused';
COMMENT ON COLUMN grantd.refusals.writer IS 'The worker that counts in this row; zero: all of them';
COMMENT ON COLUMN grantd.refusals.call IS 'Id of the last call, which is that of its entry where it has one';
COMMENT ON COLUMN grantd.refusals.called_at IS 'When that was; in the row of all writers, when the while began that entries are of';
COMMENT ON COLUMN grantd.refusals.entries IS 'In the row of all writers: entries in that while';
COMMENT ON COLUMN grantd.refusals.repeated IS 'Refusals that no entry tells of yet';
COMMENT ON COLUMN grantd.refusals.since IS 'The first of these';
COMMENT ON COLUMN grantd.refusals.until IS 'The last of these';

ALTER TABLE grantd.refusals ENABLE ROW LEVEL SECURITY;
ALTER TABLE grantd.refusals FORCE ROW LEVEL SECURITY;

DROP POLICY IF EXISTS refusals_tenant ON grantd.refusals;
DROP POLICY IF EXISTS refusals_functions ON grantd.refusals;
CREATE POLICY refusals_tenant ON grantd.refusals TO grantd_owner, grantd_app
	USING (tenant_id = grantd.current_tenant())
	WITH CHECK (tenant_id = grantd.current_tenant());
COMMENT ON POLICY refusals_tenant ON grantd.refusals IS 'Rows of the chosen tenant alone';
CREATE POLICY refusals_functions ON grantd.refusals TO grantd_auth USING (true) WITH CHECK (true);
COMMENT ON POLICY refusals_functions ON grantd.refusals IS 'The functions that authenticate name their tenant themselves';

GRANT SELECT ON grantd.refusals TO grantd_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON grantd.refusals TO grantd_auth;

RESET ROLE;
\if :{?grantd_in_transaction}
\else
COMMIT;
\endif

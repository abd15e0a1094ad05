-- SPDX-License-Identifier: MIT
-- Deploy grantd:audit_archives to pg
-- requires: audit_order refusals
--
-- What stands for entries that were written to an archive and dropped from the log.
-- A chain's cut is how far it was dropped: its last entry's sequence and hash, from where the chain goes on, and
-- what the entries up to there tell of the row, from where the comparison of rows
-- with entries goes on. There is one for each chain, which moves with each archive. It carries what is told
-- rather than leaving the entries that tell it in the log, so that a chain has no holes, and
-- what retention is to remove is removed. `seal` is of all of it.
--
-- The entries themselves can be dropped by nobody but the function that has written the cut first: the trigger
-- looks for it, whoever deletes.

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
SET LOCAL ROLE grantd_owner;

CREATE TABLE IF NOT EXISTS grantd.audit_archives (
	tenant_id  uuid NOT NULL,
	id         uuid NOT NULL,
	entry      uuid NOT NULL,
	digest     grantd.sha256 NOT NULL,
	before     timestamptz NOT NULL,
	entries    bigint NOT NULL CHECK (entries >= 0),
	chains     bigint NOT NULL CHECK (chains >= 0),
	actor      grantd.identifier NOT NULL,
	created_at timestamptz NOT NULL,

	PRIMARY KEY (tenant_id, id)
);
COMMENT ON TABLE grantd.audit_archives IS 'Files that entries of the audit log were dropped into';
COMMENT ON COLUMN grantd.audit_archives.tenant_id IS 'Whose entries';
COMMENT ON COLUMN grantd.audit_archives.id IS 'The archive, as its file names itself';
COMMENT ON COLUMN grantd.audit_archives.entry IS 'The entry in the tenant''s chain that says so';
COMMENT ON COLUMN grantd.audit_archives.digest IS 'SHA-256 of the whole file';
COMMENT ON COLUMN grantd.audit_archives.before IS 'What was older than this';
COMMENT ON COLUMN grantd.audit_archives.entries IS 'How many of the tenant''s entries the file has';
COMMENT ON COLUMN grantd.audit_archives.chains IS 'Of how many chains';
COMMENT ON COLUMN grantd.audit_archives.actor IS 'Who dropped them';
COMMENT ON COLUMN grantd.audit_archives.created_at IS 'When that began';

CREATE TABLE IF NOT EXISTS grantd.audit_cuts (
	tenant_id     uuid NOT NULL,
	resource_type text NOT NULL,
	resource_id   uuid NOT NULL,
	sequence      bigint NOT NULL CHECK (sequence >= 1),
	hash          bytea NOT NULL CHECK (octet_length(hash) = 32),
	archive       uuid NOT NULL,
	told          json NOT NULL,
	seal          bytea NOT NULL CHECK (octet_length(seal) = 32),

	PRIMARY KEY (tenant_id, resource_type, resource_id)
);
COMMENT ON TABLE grantd.audit_cuts IS 'How far chains were archived and dropped, and what was told up to there';
COMMENT ON COLUMN grantd.audit_cuts.tenant_id IS 'The tenant';
COMMENT ON COLUMN grantd.audit_cuts.resource_type IS 'Whose chain: grant, api_key, policy or tenant';
COMMENT ON COLUMN grantd.audit_cuts.resource_id IS 'Id of that grant, key, policy or tenant';
COMMENT ON COLUMN grantd.audit_cuts.sequence IS 'The last entry that was dropped; the next one is the first in the log';
COMMENT ON COLUMN grantd.audit_cuts.hash IS 'Its hash, which the next one has as previous_hash';
COMMENT ON COLUMN grantd.audit_cuts.archive IS 'The archive that has it';
COMMENT ON COLUMN grantd.audit_cuts.told IS 'What the entries up to there tell of the row';
COMMENT ON COLUMN grantd.audit_cuts.seal IS 'SHA-256 of the other columns';

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['audit_archives', 'audit_cuts'] LOOP
		EXECUTE format('ALTER TABLE grantd.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE grantd.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('DROP POLICY IF EXISTS %I ON grantd.%I', name || '_tenant', name);
		EXECUTE format('DROP POLICY IF EXISTS %I ON grantd.%I', name || '_functions', name);
		EXECUTE format('CREATE POLICY %I ON grantd.%I TO grantd_owner, grantd_app'
			' USING (tenant_id = grantd.current_tenant()) WITH CHECK (tenant_id = grantd.current_tenant())',
			name || '_tenant', name);
		EXECUTE format('COMMENT ON POLICY %I ON grantd.%I IS %L', name || '_tenant', name,
			'Rows of the chosen tenant alone');
		EXECUTE format('CREATE POLICY %I ON grantd.%I TO grantd_auth USING (true) WITH CHECK (true)',
			name || '_functions', name);
		EXECUTE format('COMMENT ON POLICY %I ON grantd.%I IS %L', name || '_functions', name,
			'The functions that authenticate name their tenant themselves');
		EXECUTE format('GRANT SELECT ON grantd.%I TO grantd_app', name);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE ON grantd.%I TO grantd_auth', name);
	END LOOP;
END
$$;
GRANT DELETE ON grantd.audit_log TO grantd_auth;

-- Is a tenant being removed? Row-level security shows the owner the rows of that one alone.
CREATE OR REPLACE FUNCTION grantd.is_removing() RETURNS boolean
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN current_user = 'grantd_owner' AND EXISTS (SELECT FROM grantd.tenants t
		WHERE t.id = grantd.current_tenant() AND t.hold = 'removing');
END
$$;
COMMENT ON FUNCTION grantd.is_removing() IS 'May the rows of the chosen tenant be deleted, as all of it is?';
REVOKE ALL ON FUNCTION grantd.is_removing() FROM PUBLIC;
-- Its trigger asks, too, where a function of changes deletes what was archived.
GRANT EXECUTE ON FUNCTION grantd.is_removing() TO grantd_auth;

CREATE OR REPLACE FUNCTION grantd.audit_log_is_append_only() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF TG_OP = 'DELETE' AND current_user = 'grantd_auth' THEN
		RETURN NULL; -- what is deleted is looked at afterwards
	ELSIF TG_OP = 'DELETE' AND grantd.is_removing() THEN
		RETURN NULL;
	END IF;
	RAISE EXCEPTION 'grantd.audit_log is append-only: % is not allowed', TG_OP
		USING ERRCODE = 'insufficient_privilege';
END
$$;
COMMENT ON FUNCTION grantd.audit_log_is_append_only() IS 'Trigger: refuses UPDATE, DELETE and TRUNCATE, but for the DELETE of what was archived, and of a tenant that is being removed';

CREATE OR REPLACE FUNCTION grantd.audit_log_was_archived() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT grantd.is_removing() AND EXISTS (SELECT FROM gone g WHERE NOT EXISTS (SELECT FROM grantd.audit_cuts c
	    WHERE c.tenant_id = g.tenant_id AND c.resource_type = g.resource_type
	      AND c.resource_id = g.resource_id AND c.sequence >= g.sequence)) THEN
		RAISE EXCEPTION 'grantd.audit_log is append-only: what no archive has is not deleted'
			USING ERRCODE = 'insufficient_privilege';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION grantd.audit_log_was_archived() IS 'Trigger: refuses to delete what is behind its chain''s cut';
REVOKE ALL ON FUNCTION grantd.audit_log_was_archived() FROM PUBLIC;

CREATE OR REPLACE TRIGGER audit_log_was_archived
	AFTER DELETE ON grantd.audit_log REFERENCING OLD TABLE AS gone
	FOR EACH STATEMENT EXECUTE FUNCTION grantd.audit_log_was_archived();
COMMENT ON TRIGGER audit_log_was_archived ON grantd.audit_log IS 'Nothing is deleted but what an archive has';

RESET ROLE;
\if :{?grantd_in_transaction}
\else
COMMIT;
\endif

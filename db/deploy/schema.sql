-- SPDX-License-Identifier: MIT
-- Deploy grantd:schema to pg
-- requires: roles
--
-- How the tables that follow are laid out:
--
-- * A table that belongs to tenants has tenant_id first in its primary key, in
--   every unique constraint and in every foreign key. It can then be spread
--   over several servers by tenant, or partitioned by it, and no query changes.
--   For the same reason nothing draws numbers from a sequence.
-- * Row-level security is enabled and forced on it, for its owner too. A row is
--   seen and written only where its tenant is grantd.current_tenant().
-- * A tenant is chosen for one transaction by grantd.authenticate(), or by
--   set_config('grantd.tenant', ..., true) in grantctl, never for a session.
--   PostgreSQL lets any role set such a parameter, so this guards against a
--   query that forgets its tenant, not against one that an attacker wrote: the
--   worker sends no SQL but its own fixed statements.
-- * A check constraint never compares two readings of the clock: a clock that
--   was put back must not make rows unchangeable.

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif

CREATE SCHEMA grantd AUTHORIZATION grantd_owner;
SET LOCAL ROLE grantd_owner;

COMMENT ON SCHEMA grantd IS 'grantd: time-bound access grants, the keys that may change them, and the audit log';
GRANT USAGE ON SCHEMA grantd TO grantd_app, grantd_auth;

CREATE TABLE grantd.schema_version (
	only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
	version    integer NOT NULL CHECK (version >= 0),
	changed_at timestamptz NOT NULL DEFAULT statement_timestamp()
);
COMMENT ON TABLE grantd.schema_version IS
	'One row: which schema this is. The last change of each set raises the number; a worker serves only the number it was built for';
COMMENT ON COLUMN grantd.schema_version.only_row IS 'Always true: keeps the table to one row';
COMMENT ON COLUMN grantd.schema_version.version IS '0 while the first set of changes is not complete';
COMMENT ON COLUMN grantd.schema_version.changed_at IS 'When the number last moved';
INSERT INTO grantd.schema_version (version) VALUES (0);
GRANT SELECT ON grantd.schema_version TO grantd_app;

-- The body is parsed here and now, so no search_path can change what it means,
-- and it is inlined into the policies that use it. Outside a transaction that
-- chose a tenant the parameter is '' or absent; both are no tenant.
CREATE FUNCTION grantd.current_tenant() RETURNS uuid
	LANGUAGE sql STABLE PARALLEL SAFE
	RETURN nullif(current_setting('grantd.tenant', true), '')::uuid;
COMMENT ON FUNCTION grantd.current_tenant() IS
	'The tenant chosen for this transaction; null where none was, and then no row is visible';
REVOKE ALL ON FUNCTION grantd.current_tenant() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grantd.current_tenant() TO grantd_app, grantd_auth;

RESET ROLE;

\if :{?grantd_in_transaction}
\else
COMMIT;
\endif

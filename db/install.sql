-- SPDX-License-Identifier: MIT
-- Installs or upgrades grantd's schema with psql alone:
--
--     psql -X -f db/install.sql DATABASE
--
-- It runs the same scripts as sqitch, in one transaction: all or nothing. What
-- is there already is left alone, so it may be run again at any time, and by
-- two people at once. (To go on with sqitch in a database that was installed
-- this way, tell it what is there: sqitch deploy --log-only.)
--
-- Who may run it:
--   * a superuser; or
--   * a role with CREATEROLE that owns the database or has CREATE on it; or
--   * a role with CREATE on the database alone, after a superuser has run
--         CREATE ROLE grantd_owner NOLOGIN;
--         CREATE ROLE grantd_app NOLOGIN;
--         CREATE ROLE grantd_auth NOLOGIN;
--         GRANT grantd_owner, grantd_auth TO that_role;
-- Where none of these holds, it stops and says what is missing. Whoever ran it
-- is a member of grantd_owner from then on, and may use grantctl.
--
-- Workers connect as a role of their own, which the operator creates:
--         CREATE ROLE grantd_worker LOGIN IN ROLE grantd_app;
-- with a password or, better, a line for peer authentication in pg_hba.conf.

\set ON_ERROR_STOP on
\set QUIET on
\set VERBOSITY default
\set grantd_in_transaction yes
\pset format unaligned
\pset tuples_only on

BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL search_path = pg_catalog, pg_temp;
-- Whatever role and database say, the scripts mean one thing.
SET LOCAL standard_conforming_strings = on;
SET LOCAL transform_null_equals = off;
SET LOCAL array_nulls = on;
SET LOCAL row_security = on;
SET LOCAL datestyle = 'ISO, MDY';
SET LOCAL timezone = 'UTC';
SET LOCAL check_function_bodies = on;
SELECT pg_advisory_xact_lock(hashtextextended('grantd.install', 0)) AS locked \gset

SELECT to_regclass('grantd.schema_version') IS NOT NULL AS found \gset
\if :found
SELECT version AS version_before FROM grantd.schema_version \gset
\else
\set version_before 0
\endif

SELECT :version_before < 1 AS wanted \gset
\if :wanted
\ir deploy/roles.sql
\ir deploy/schema.sql
\ir deploy/types.sql
\ir deploy/tenants.sql
\ir deploy/api_keys.sql
\ir deploy/authenticate.sql
\ir deploy/grants.sql
\ir deploy/audit_log.sql
\endif

SELECT :version_before < 2 AS wanted \gset
\if :wanted
\ir deploy/policies.sql
\endif

SELECT :version_before < 3 AS wanted \gset
\if :wanted
\ir deploy/idempotency.sql
\endif

SELECT :version_before < 4 AS wanted \gset
\if :wanted
\ir deploy/activity.sql
\endif

SELECT :version_before < 6 AS wanted \gset
\if :wanted
-- Every request reads its key first, so that none is under way any more once this is held, and none
-- waits for what an upgrade holds while it has what that still needs.
SET LOCAL ROLE grantd_owner;
LOCK TABLE grantd.api_keys IN ACCESS EXCLUSIVE MODE;
RESET ROLE;
\endif

SELECT :version_before < 5 AS wanted \gset
\if :wanted
\ir deploy/rule_text.sql
\ir deploy/list_indexes.sql
\ir deploy/audit_record.sql
\endif

-- Functions are made anew, all of them.
SELECT :version_before = 5 AS wanted \gset
\if :wanted
\ir revert/changes.sql
\endif

SELECT :version_before < 6 AS wanted \gset
\if :wanted
\ir deploy/tenant_settings.sql
\ir deploy/refusals.sql
\ir deploy/tenant_state.sql
\ir deploy/schema_serves.sql
\ir deploy/flat_checks.sql
\ir deploy/audit_order.sql
\ir deploy/audit_archives.sql
\ir deploy/changes.sql
\endif

SELECT version AS version_after FROM grantd.schema_version \gset
COMMIT;

-- What the planner knew of a column went with the column's type. Nobody is held off by this.
SELECT :version_before BETWEEN 1 AND 4 AS wanted \gset
\if :wanted
SET ROLE grantd_owner;
ANALYZE grantd.grants, grantd.audit_log;
RESET ROLE;
\endif

SELECT CASE WHEN :version_before = :version_after
	THEN format('grantd: schema version %s is installed in database "%s", nothing to do',
		:version_after, current_database())
	ELSE format('grantd: installed schema version %s in database "%s", which had %s',
		:version_after, current_database(),
		coalesce('version ' || nullif(:version_before, 0), 'none'))
	END;

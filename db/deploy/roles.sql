-- SPDX-License-Identifier: MIT
-- Deploy grantd:roles to pg
--
-- Three roles, none of which can log in. Roles belong to the whole cluster, so
-- several databases may share them, and a role that is there already is used.
--
--   grantd_owner  owns the schema and its tables. grantctl connects as a member.
--   grantd_app    what a worker may do. A worker's login role is made by the
--                 operator: CREATE ROLE grantd_worker LOGIN IN ROLE grantd_app;
--   grantd_auth   owns the function that looks up a credential, and can read
--                 what that function reads, nothing else. Nobody connects as it.
--
-- The check comes first, because this is where an installation fails on a host
-- that gives its users few rights: it says what is missing and how to mend it.

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif

DO $$
DECLARE
	me     CONSTANT name := current_user;
	wanted CONSTANT text[] := ARRAY['grantd_owner', 'grantd_app', 'grantd_auth'];
	absent text[];
	unsafe text;
	role   text;
BEGIN
	IF current_setting('server_version_num')::int < 150000 THEN
		RAISE EXCEPTION 'grantd needs PostgreSQL 15 or later, this is %',
			current_setting('server_version');
	END IF;
	IF current_setting('server_encoding') <> 'UTF8' THEN
		RAISE EXCEPTION 'database "%" has encoding %, grantd needs UTF8',
			current_database(), current_setting('server_encoding')
			USING HINT = 'CREATE DATABASE ... ENCODING ''UTF8'' TEMPLATE template0;';
	END IF;
	IF NOT has_database_privilege(current_database(), 'CREATE') THEN
		RAISE EXCEPTION 'role "%" may not create a schema in database "%"',
			me, current_database()
			USING HINT = format('Let the database''s owner or a superuser run: '
				'GRANT CREATE ON DATABASE %I TO %I;', current_database(), me);
	END IF;

	SELECT array_agg(w ORDER BY n) INTO absent
	FROM unnest(wanted) WITH ORDINALITY AS list(w, n)
	WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = w);

	IF absent IS NOT NULL AND NOT EXISTS (SELECT FROM pg_roles
	    WHERE rolname = me AND (rolsuper OR rolcreaterole)) THEN
		RAISE EXCEPTION 'role "%" may not create roles, and these do not exist: %',
			me, array_to_string(absent, ', ')
			USING HINT = format('Let a superuser run this once, then try again: %s'
				' GRANT grantd_owner, grantd_auth TO %I;',
				(SELECT string_agg(format('CREATE ROLE %I NOLOGIN;', a), ' ')
				 FROM unnest(absent) AS a), me);
	END IF;
	FOREACH role IN ARRAY coalesce(absent, '{}') LOOP
		EXECUTE format('CREATE ROLE %I NOLOGIN', role);
		EXECUTE format('COMMENT ON ROLE %I IS %L', role, CASE role
			WHEN 'grantd_owner' THEN 'grantd: owns the schema and its tables'
			WHEN 'grantd_app' THEN 'grantd: what a worker may do; login roles are its members'
			WHEN 'grantd_auth' THEN 'grantd: owns the look-up of credentials'
			END);
	END LOOP;

	-- A role that was there before us must not be one that row-level
	-- security does not bind.
	SELECT string_agg(rolname, ', ') INTO unsafe FROM pg_roles
	WHERE rolname = ANY (wanted)
	  AND (rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole);
	IF unsafe IS NOT NULL THEN
		RAISE EXCEPTION 'these roles exist with more rights than grantd gives them: %',
			unsafe USING HINT = 'ALTER ROLE ... NOSUPERUSER NOBYPASSRLS NOLOGIN NOCREATEROLE;';
	END IF;

	-- Who is no superuser must be a member of a role to give objects to it.
	FOREACH role IN ARRAY ARRAY['grantd_owner', 'grantd_auth'] LOOP
		IF NOT pg_has_role(role, 'USAGE') THEN
			EXECUTE format('GRANT %I TO %I', role, me);
		END IF;
	END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
	RAISE EXCEPTION 'role "%" is not a member of grantd_owner and grantd_auth: %',
		me, SQLERRM
		USING HINT = format('Let a superuser run: '
			'GRANT grantd_owner, grantd_auth TO %I;', me);
END
$$;

\if :{?grantd_in_transaction}
\else
COMMIT;
\endif

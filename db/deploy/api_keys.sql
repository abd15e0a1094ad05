-- SPDX-License-Identifier: MIT
-- Deploy grantd:api_keys to pg
-- requires: tenants

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
SET LOCAL ROLE grantd_owner;

CREATE TABLE grantd.api_keys (
	tenant_id    uuid NOT NULL REFERENCES grantd.tenants (id),
	id           uuid NOT NULL,
	key_name     grantd.key_name NOT NULL,
	name         grantd.display_name NOT NULL,
	roles        grantd.role_names NOT NULL,
	hash         grantd.sha256 NOT NULL,
	created_at   timestamptz NOT NULL DEFAULT statement_timestamp(),
	updated_at   timestamptz NOT NULL DEFAULT statement_timestamp(),
	expires_at   grantd.moment,
	revoked_at   timestamptz,
	last_used_at timestamptz,
	version      grantd.revision NOT NULL DEFAULT 1,
	audit_length grantd.chain_length NOT NULL,
	audit_head   grantd.chain_head NOT NULL,

	PRIMARY KEY (tenant_id, id),
	UNIQUE (tenant_id, key_name),
	CONSTRAINT api_keys_expires_later CHECK (expires_at > created_at)
) WITH (fillfactor = 85);

-- A credential names no tenant, so it is looked up by its hash alone. A unique
-- index without tenant_id could not be distributed, and a table of hashes beside
-- this one could have no foreign key to it there; so this index is a plain one.
-- 256 random bits do not repeat, and a hash that two keys share all the same
-- (rows copied by hand) opens nothing: grantd.authenticate() fails on it.
CREATE INDEX api_keys_hash ON grantd.api_keys (hash);
COMMENT ON INDEX grantd.api_keys_hash IS 'For grantd.authenticate(), the one query that knows no tenant';

COMMENT ON TABLE grantd.api_keys IS 'Credentials; a key is kept as its hash only, and is revoked rather than deleted';
COMMENT ON COLUMN grantd.api_keys.tenant_id IS 'The tenant that the key opens';
COMMENT ON COLUMN grantd.api_keys.id IS 'The key as ApiKey::"..." in policies and as actor_id in the audit log';
COMMENT ON COLUMN grantd.api_keys.key_name IS 'The 8 base62 characters after grd_ that name the key; no secret, shown in logs and listings';
COMMENT ON COLUMN grantd.api_keys.name IS 'What people call it';
COMMENT ON COLUMN grantd.api_keys.roles IS '1 to 32 names for policies to speak of: lower-case letters, digits, _ and -';
COMMENT ON COLUMN grantd.api_keys.hash IS 'SHA-256 of the whole key as text; a worker cannot read it';
COMMENT ON COLUMN grantd.api_keys.created_at IS 'When the row was inserted';
COMMENT ON COLUMN grantd.api_keys.updated_at IS 'When the key last changed; its use and its audit chain do not count';
COMMENT ON COLUMN grantd.api_keys.expires_at IS 'From then on the key opens nothing; null: never';
COMMENT ON COLUMN grantd.api_keys.revoked_at IS 'Null: not revoked';
COMMENT ON COLUMN grantd.api_keys.last_used_at IS 'Roughly when it was last used: written now and then, not at each request';
COMMENT ON COLUMN grantd.api_keys.version IS 'Number of the key''s present state, from 1';
COMMENT ON COLUMN grantd.api_keys.audit_length IS 'Number of entries in the key''s audit chain';
COMMENT ON COLUMN grantd.api_keys.audit_head IS 'Hash of the last entry of that chain; 32 zero bytes while it is empty';

-- Workers may revoke a key, so they may write the column; what is refused is the way back.
CREATE FUNCTION grantd.api_keys_stay_revoked() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'a revoked API key stays revoked'
		USING ERRCODE = 'check_violation', SCHEMA = 'grantd', TABLE = 'api_keys',
		CONSTRAINT = 'api_keys_stay_revoked';
END
$$;
COMMENT ON FUNCTION grantd.api_keys_stay_revoked() IS 'Trigger: refuses to change revoked_at once it is set';
REVOKE ALL ON FUNCTION grantd.api_keys_stay_revoked() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER api_keys_stay_revoked
	AFTER UPDATE OF revoked_at ON grantd.api_keys
	FOR EACH ROW
	WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
	EXECUTE FUNCTION grantd.api_keys_stay_revoked();
COMMENT ON TRIGGER api_keys_stay_revoked ON grantd.api_keys IS 'A key that was revoked opens nothing ever again';

ALTER TABLE grantd.api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE grantd.api_keys FORCE ROW LEVEL SECURITY;

CREATE POLICY api_keys_tenant ON grantd.api_keys TO grantd_owner, grantd_app
	USING (tenant_id = grantd.current_tenant())
	WITH CHECK (tenant_id = grantd.current_tenant());
COMMENT ON POLICY api_keys_tenant ON grantd.api_keys IS 'Rows of the chosen tenant alone';

CREATE POLICY api_keys_lookup ON grantd.api_keys FOR SELECT TO grantd_auth
	USING (true);
COMMENT ON POLICY api_keys_lookup ON grantd.api_keys IS 'grantd.authenticate() finds a key before a tenant is known';

GRANT SELECT (tenant_id, id, key_name, name, roles, created_at, updated_at, expires_at,
	revoked_at, last_used_at, version, audit_length, audit_head)
	ON grantd.api_keys TO grantd_app;
GRANT INSERT (tenant_id, id, key_name, name, roles, hash, created_at, updated_at, expires_at,
	audit_length, audit_head)
	ON grantd.api_keys TO grantd_app;
GRANT UPDATE (expires_at, revoked_at, last_used_at, updated_at, version, audit_length, audit_head)
	ON grantd.api_keys TO grantd_app;
GRANT SELECT (tenant_id, id, name, roles, hash, expires_at, revoked_at, version)
	ON grantd.api_keys TO grantd_auth;

RESET ROLE;
\if :{?grantd_in_transaction}
\else
COMMIT;
\endif

-- SPDX-License-Identifier: MIT
-- Deploy grantd:authenticate to pg
-- requires: api_keys

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
SET LOCAL ROLE grantd_owner;

-- PL/pgSQL, because its plans live as long as the session: a function in SQL
-- that cannot be inlined, as one with SECURITY DEFINER cannot, is planned anew
-- by every statement that calls it.
CREATE FUNCTION grantd.authenticate(key_hash bytea)
	RETURNS TABLE (tenant_id uuid, id uuid, name text, roles text[],
		policy_version bigint, version bigint, stamp text)
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	no_tenant text;
	found_rows integer;
BEGIN
	-- What an earlier statement of this transaction chose must not stay
	-- chosen when nothing is found now.
	no_tenant := set_config('grantd.tenant', '', true) || set_config('grantd.stamp', '', true);

	-- Of the key's row, and of no other, the tenant is chosen on the way out. So is the
	-- stamp: what a decision rests on, for a statement later in the transaction that
	-- was sent along on a guess, and must do nothing where the guess was wrong.
	RETURN QUERY
	SELECT set_config('grantd.tenant', k.tenant_id::text, true)::uuid,
		k.id, k.name::text, k.roles::text[], t.policy_version::bigint, k.version::bigint,
		set_config('grantd.stamp', format('%s %s %s', k.id, k.version, t.policy_version), true)
	FROM grantd.api_keys k
	JOIN grantd.tenants t ON t.id = k.tenant_id
	WHERE k.hash = key_hash
	  AND k.revoked_at IS NULL
	  AND (k.expires_at IS NULL OR k.expires_at > statement_timestamp());

	GET DIAGNOSTICS found_rows = ROW_COUNT;
	IF found_rows > 1 THEN
		RAISE EXCEPTION 'two API keys have the same hash'
			USING ERRCODE = 'cardinality_violation',
			HINT = 'Rows were copied by hand: revoke all keys with this hash.';
	END IF;
END
$$;
COMMENT ON FUNCTION grantd.authenticate(bytea) IS
	'The key with this SHA-256, unless it is revoked or expired, and chooses its tenant for the rest of the transaction; no row and no tenant otherwise';
REVOKE ALL ON FUNCTION grantd.authenticate(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grantd.authenticate(bytea) TO grantd_app;

-- For operators: whose key is this, whatever has become of it? A worker has no
-- use for it, and could not be made to ask.
CREATE FUNCTION grantd.find_key(key_hash bytea)
	RETURNS TABLE (tenant_id uuid, id uuid)
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT k.tenant_id, k.id FROM grantd.api_keys k WHERE k.hash = key_hash;
END;
COMMENT ON FUNCTION grantd.find_key(bytea) IS
	'Where the key with this SHA-256 is kept, of any tenant, revoked and expired ones too; chooses no tenant';
REVOKE ALL ON FUNCTION grantd.find_key(bytea) FROM PUBLIC;

-- A role needs CREATE in the schema at the moment it is given a function there.
GRANT CREATE ON SCHEMA grantd TO grantd_auth;
RESET ROLE;
ALTER FUNCTION grantd.authenticate(bytea) OWNER TO grantd_auth;
ALTER FUNCTION grantd.find_key(bytea) OWNER TO grantd_auth;
-- Only now: a new owner takes over what the old one was allowed.
GRANT EXECUTE ON FUNCTION grantd.find_key(bytea) TO grantd_owner;
SET LOCAL ROLE grantd_owner;
REVOKE CREATE ON SCHEMA grantd FROM grantd_auth;
RESET ROLE;

\if :{?grantd_in_transaction}
\else
COMMIT;
\endif

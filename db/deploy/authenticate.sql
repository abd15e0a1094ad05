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
		policy_version bigint, version bigint)
	LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	chosen text;
BEGIN
	SELECT k.tenant_id, k.id, k.name, k.roles, t.policy_version, k.version
	INTO tenant_id, id, name, roles, policy_version, version
	FROM grantd.api_keys k
	JOIN grantd.tenants t ON t.id = k.tenant_id
	WHERE k.hash = key_hash
	  AND k.revoked_at IS NULL
	  AND (k.expires_at IS NULL OR k.expires_at > statement_timestamp())
	  AND NOT EXISTS (SELECT FROM grantd.api_keys twin
		WHERE twin.hash = key_hash
		  AND (twin.tenant_id, twin.id) <> (k.tenant_id, k.id));

	-- Also when nothing was found: what an earlier statement of this
	-- transaction chose must not stay chosen.
	chosen := set_config('grantd.tenant', coalesce(tenant_id::text, ''), true);
	IF chosen <> '' THEN
		RETURN NEXT;
	END IF;
END
$$;
COMMENT ON FUNCTION grantd.authenticate(bytea) IS
	'The key with this SHA-256, unless it is revoked, expired or ambiguous, and chooses its tenant for the rest of the transaction; no row and no tenant otherwise';
REVOKE ALL ON FUNCTION grantd.authenticate(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grantd.authenticate(bytea) TO grantd_app;

-- A role needs CREATE in the schema at the moment it is given a function there.
GRANT CREATE ON SCHEMA grantd TO grantd_auth;
RESET ROLE;
ALTER FUNCTION grantd.authenticate(bytea) OWNER TO grantd_auth;
SET LOCAL ROLE grantd_owner;
REVOKE CREATE ON SCHEMA grantd FROM grantd_auth;
RESET ROLE;

\if :{?grantd_in_transaction}
\else
COMMIT;
\endif

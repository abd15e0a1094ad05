-- SPDX-License-Identifier: MIT
-- Deploy grantd:changes to pg
-- requires: audit_record rule_text list_indexes idempotency refusals tenant_settings tenant_state schema_serves flat_checks audit_archives
--
-- Every change is one function, called by one statement. Each authenticates the
-- key for the tenant that is named, looks whether what the caller decided on is
-- still so, holds the row, changes it, and writes the entry that says so, with
-- the entry's id chosen by the caller. They belong to grantd_auth, whom row-level
-- security lets see all tenants; each names its tenant in every statement. A
-- worker's role may call them and write no table.
--
-- All that make an entry begin with the same eight parameters (record_activity makes none, and has only the first four):
--   tenant           whose rows these are
--   key_hash         SHA-256 of the caller's key; null: grantctl, whose login must be a member
--                    of grantd_owner
--   key_version, policies_version
--                    what the decision rested on
--   actor            who does it, where no key does
--   entry            id of the entry to be made
--   context          what the entry tells of the request, as a JSON object that is not empty
--   reason           why, in the caller's words, or null
--
-- and answer with a state before the row's columns:
--   done      changed, and an entry made
--   made      the entry is there already: an earlier call with the same id was committed. Its row
--             is held before this is said, so that the caller's own commit waits for whatever the
--             first one had to wait for (replication). The columns are those that the entry made.
--   same      all is as asked for; nothing was changed. Where standbys are to confirm commits, the row is held as in `made`
--   none      there is no such row
--   key       no such key in this tenant, or it is revoked or expired
--   stale     the key, the policies or the row are not those that were decided on
-- and what is said at a function besides. In every state but `done` nothing was changed.
--
-- A tenant that is not served here fails them all (SQLSTATE GD001). For that each begins by taking the tenant's advisory
-- lock, shared, in a statement of its own, so that the next one sees whatever a move or removal has done to the tenant's
-- row; tenant_state.sql tells the rest. What grantctl asks for and cannot be done in this database, or not now, fails with a
-- sentence for its operator (GD002).
--
-- The id of an entry is unique within its tenant, so that a call that is repeated because
-- nobody knows what became of the first can never do a thing twice: whichever
-- of the two comes second finds the entry, or fails on its id and is undone.

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
SET LOCAL ROLE grantd_owner;

-- Every request reads its key first: none is under way any more once this is held.
LOCK TABLE grantd.api_keys IN ACCESS EXCLUSIVE MODE;

GRANT SELECT, INSERT, UPDATE ON grantd.grants, grantd.api_keys, grantd.policies, grantd.tenants
	TO grantd_auth;
GRANT SELECT, INSERT, UPDATE, DELETE ON grantd.policy_rules TO grantd_auth;
GRANT SELECT, INSERT ON grantd.audit_log, grantd.activity_event TO grantd_auth;
GRANT SELECT, INSERT, UPDATE ON grantd.activity_count TO grantd_auth;
GRANT SELECT, INSERT, DELETE ON grantd.idempotency_keys TO grantd_auth;

DROP POLICY api_keys_lookup ON grantd.api_keys;
DROP POLICY tenants_lookup ON grantd.tenants;
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['tenants', 'api_keys', 'grants', 'audit_log', 'policies', 'policy_rules',
		'idempotency_keys', 'activity_event', 'activity_count']
	LOOP
		EXECUTE format('CREATE POLICY %I ON grantd.%I TO grantd_auth USING (true) WITH CHECK (true)',
			name || '_functions', name);
		EXECUTE format('COMMENT ON POLICY %I ON grantd.%I IS %L', name || '_functions', name,
			'The functions that authenticate name their tenant themselves');
	END LOOP;
END
$$;

-- A role needs CREATE in the schema at the moment it is given a function there.
GRANT CREATE ON SCHEMA grantd TO grantd_auth;
RESET ROLE;
SET LOCAL ROLE grantd_auth;

-- A stranger has no key in this tenant, not even one that is revoked: nothing is held for him.
CREATE FUNCTION grantd.is_stranger(tenant uuid, key_hash bytea) RETURNS boolean
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN key_hash IS NOT NULL AND NOT EXISTS (SELECT FROM grantd.api_keys k
		WHERE k.hash = key_hash AND k.tenant_id = tenant);
END
$$;
COMMENT ON FUNCTION grantd.is_stranger(uuid, bytea) IS 'Is this hash of no key of the tenant?';
REVOKE ALL ON FUNCTION grantd.is_stranger(uuid, bytea) FROM PUBLIC;

-- A snapshot that is older than the statement would know keys that are revoked by now.
CREATE FUNCTION grantd.refuse_old_snapshot() RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'changes are made at READ COMMITTED'
			USING ERRCODE = 'invalid_transaction_state';
	END IF;
END
$$;
COMMENT ON FUNCTION grantd.refuse_old_snapshot() IS 'Fails in a transaction whose snapshot may be old';
REVOKE ALL ON FUNCTION grantd.refuse_old_snapshot() FROM PUBLIC;

-- As authenticate.sql has it, and with regard to whether the tenant is served here. The key of one that is away is no stranger's:
-- whoever has it is to come again, and not to be told that it is none.
CREATE OR REPLACE FUNCTION grantd.authenticate(key_hash bytea)
	RETURNS TABLE (tenant_id uuid, id uuid, name text, roles text[],
		policy_version bigint, version bigint, stamp text)
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	no_tenant text;
	found_rows integer;
	away uuid;
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
	  AND (k.expires_at IS NULL OR k.expires_at > statement_timestamp())
	  AND t.state = 'serving' AND t.hold IS DISTINCT FROM 'arriving';

	GET DIAGNOSTICS found_rows = ROW_COUNT;
	IF found_rows > 1 THEN
		RAISE EXCEPTION 'two API keys have the same hash'
			USING ERRCODE = 'cardinality_violation',
			HINT = 'Rows were copied by hand: revoke all keys with this hash.';
	ELSIF found_rows = 0 THEN
		SELECT t.id INTO away FROM grantd.api_keys k JOIN grantd.tenants t ON t.id = k.tenant_id
		WHERE k.hash = key_hash AND k.revoked_at IS NULL
		  AND (k.expires_at IS NULL OR k.expires_at > statement_timestamp())
		  AND (t.state = 'moved' OR t.state = 'serving' AND t.hold = 'arriving');
		IF FOUND THEN
			PERFORM grantd.refuse_away(away);
		END IF;
	END IF;
END
$$;

-- May this call go on? `actor` and `actor_kind` are who makes the entry.
CREATE FUNCTION grantd.admit(tenant uuid, key_hash bytea, key_version bigint, policies_version bigint,
	entry uuid, INOUT actor text, OUT actor_kind text, OUT state text)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	stands text;
	held text;
BEGIN
	PERFORM grantd.refuse_old_snapshot();
	IF key_hash IS NULL THEN
		IF NOT pg_has_role(session_user, 'grantd_owner', 'MEMBER') THEN
			RAISE EXCEPTION 'a change without a key is for members of grantd_owner'
				USING ERRCODE = 'insufficient_privilege';
		END IF;
		actor_kind := 'system';
		state := 'admitted';
		SELECT t.state, t.hold INTO stands, held FROM grantd.tenants t WHERE t.id = tenant;
	ELSE
		SELECT k.id::text, 'api_key', CASE WHEN t.state = 'disabled' THEN 'key' WHEN k.version = key_version
				AND t.policy_version = policies_version THEN 'admitted' ELSE 'stale' END, t.state, t.hold
		INTO actor, actor_kind, state, stands, held
		FROM grantd.api_keys k JOIN grantd.tenants t ON t.id = k.tenant_id
		WHERE k.hash = key_hash AND k.tenant_id = tenant AND k.revoked_at IS NULL
		  AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp());
		IF NOT FOUND THEN
			state := 'key';
		END IF;
	END IF;
	IF EXISTS (SELECT FROM grantd.audit_log a WHERE a.tenant_id = tenant AND a.id = entry) THEN
		state := 'made';
	ELSIF state <> 'key' AND (stands = 'moved' OR held IS NOT NULL) THEN
		PERFORM grantd.refuse_away(tenant);
	END IF;
END
$$;
COMMENT ON FUNCTION grantd.admit(uuid, bytea, bigint, bigint, uuid, text) IS 'Authenticates the caller of a change';
REVOKE ALL ON FUNCTION grantd.admit(uuid, bytea, bigint, bigint, uuid, text) FROM PUBLIC;

-- The entry that a call made before, whose own row is `owner`.
CREATE FUNCTION grantd.entry_made(tenant uuid, entry uuid, chain text, owner uuid)
	RETURNS grantd.audit_log
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	a grantd.audit_log;
BEGIN
	SELECT * INTO a FROM grantd.audit_log x WHERE x.tenant_id = tenant AND x.id = entry
		AND x.resource_type = chain AND x.resource_id = owner AND x.outcome = 'done';
	IF NOT FOUND THEN
		RAISE EXCEPTION 'entry % is not of % %', entry, chain, owner
			USING ERRCODE = 'data_corrupted';
	END IF;
	RETURN a;
END
$$;
COMMENT ON FUNCTION grantd.entry_made(uuid, uuid, text, uuid) IS 'The entry of an earlier call; fails where it is of something else';
REVOKE ALL ON FUNCTION grantd.entry_made(uuid, uuid, text, uuid) FROM PUBLIC;

-- ---- grants ----

-- Spelled out in get_grant() and update_grant(), where one call more would tell.
CREATE FUNCTION grantd.grant_status(status text, expires_at timestamptz, at timestamptz) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN CASE WHEN status = 'active' AND expires_at <= at THEN 'expired' ELSE status END;
END
$$;
COMMENT ON FUNCTION grantd.grant_status(text, timestamptz, timestamptz) IS 'What a grant''s status reads as at a time';
REVOKE ALL ON FUNCTION grantd.grant_status(text, timestamptz, timestamptz) FROM PUBLIC;

-- What answers are made of, in plain types, so that no value is tested again on its way out.
CREATE TYPE grantd.grant_change AS (state text,
	id uuid, request_id uuid, grantee_id text, resource_type text, resource_id text, action text,
	status text, audit_enabled boolean, expires_at timestamptz, granted_at timestamptz,
	revoked_at timestamptz, metadata jsonb, created_at timestamptz, updated_at timestamptz,
	version bigint, audit_length bigint, audit_head bytea, audit_previous bytea, actor text);
COMMENT ON TYPE grantd.grant_change IS 'A grant after a change, and what became of that';

CREATE FUNCTION grantd.grant_changed(state text, g grantd.grants, at timestamptz)
	RETURNS grantd.grant_change
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ROW(state, g.id, g.request_id, g.grantee_id::text, g.resource_type::text, g.resource_id::text,
		g.action::text, grantd.grant_status(g.status, g.expires_at, at), g.audit_enabled,
		g.expires_at::timestamptz, g.granted_at::timestamptz, g.revoked_at, g.metadata::jsonb,
		g.created_at, g.updated_at, g.version, NULL::bigint, NULL::bytea, NULL::bytea,
		NULL::text)::grantd.grant_change;
END
$$;
COMMENT ON FUNCTION grantd.grant_changed(text, grantd.grants, timestamptz) IS 'The answer of a change of a grant';
REVOKE ALL ON FUNCTION grantd.grant_changed(text, grantd.grants, timestamptz) FROM PUBLIC;

-- The grant as that entry of its own left it: what came later is taken back.
CREATE FUNCTION grantd.grant_made(tenant uuid, grant_id uuid, entry uuid)
	RETURNS grantd.grant_change
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	g grantd.grants;
	a grantd.audit_log;
	audited boolean;
BEGIN
	SELECT * INTO g FROM grantd.grants x WHERE x.tenant_id = tenant AND x.id = grant_id FOR UPDATE;
	a := grantd.entry_made(tenant, entry, 'grant', grant_id);
	IF g.status = 'revoked' AND EXISTS (SELECT FROM grantd.audit_log x
	    WHERE x.tenant_id = tenant AND x.resource_type = 'grant' AND x.resource_id = grant_id
	      AND x.sequence > a.sequence AND x.action = 'RevokeGrant' AND x.outcome = 'done') THEN
		g.revoked_at := NULL;
		g.status := 'active';
	END IF;
	-- RevokeGrant does not say it.
	SELECT coalesce(x.record, x.metadata::json) -> 'after' ->> 'audit_enabled' INTO audited
	FROM grantd.audit_log x WHERE x.tenant_id = tenant AND x.resource_type = 'grant'
		AND x.resource_id = grant_id AND x.sequence <= a.sequence AND x.outcome = 'done'
		AND x.action IN ('CreateGrant', 'UpdateGrant')
	ORDER BY x.sequence DESC LIMIT 1;
	g.audit_enabled := coalesce(audited, g.audit_enabled);
	g.version := a.record -> 'after' ->> 'version';
	g.updated_at := a.created_at;
	RETURN grantd.grant_changed('made', g, a.created_at);
END
$$;
COMMENT ON FUNCTION grantd.grant_made(uuid, uuid, uuid) IS 'A grant as one entry left it, with its row held';
REVOKE ALL ON FUNCTION grantd.grant_made(uuid, uuid, uuid) FROM PUBLIC;

-- GetGrant, and what changes of a grant are decided on. A key that is not of this tenant gives nulls;
-- a grant that is not there gives the key alone.
CREATE TYPE grantd.grant_view AS (key_id uuid, key_name text, roles text, key_version bigint,
	policies_version bigint, seen_at timestamptz,
	id uuid, request_id uuid, grantee_id text, resource_type text, resource_id text, action text,
	status text, audit_enabled boolean, expires_at timestamptz, granted_at timestamptz,
	revoked_at timestamptz, metadata jsonb, created_at timestamptz, updated_at timestamptz,
	version bigint);
COMMENT ON TYPE grantd.grant_view IS 'A caller and a grant, as they are now';

CREATE FUNCTION grantd.get_grant(tenant uuid, key_hash bytea, grant_id uuid) RETURNS grantd.grant_view
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	v grantd.grant_view;
BEGIN
	SELECT k.id, k.name::text, array_to_string(k.roles, ' '), k.version::bigint, t.policy_version::bigint,
		statement_timestamp(), g.id, g.request_id, g.grantee_id::text, g.resource_type::text, g.resource_id::text,
		g.action::text,
		CASE WHEN g.status = 'active' AND g.expires_at <= statement_timestamp()
			THEN 'expired' ELSE g.status END::text,
		g.audit_enabled, g.expires_at::timestamptz, g.granted_at::timestamptz, g.revoked_at,
		g.metadata::jsonb, g.created_at, g.updated_at, g.version
	INTO v
	FROM grantd.api_keys k JOIN grantd.tenants t ON t.id = k.tenant_id
	LEFT JOIN grantd.grants g ON g.tenant_id = tenant AND g.id = grant_id
	WHERE k.hash = key_hash AND k.tenant_id = tenant AND k.revoked_at IS NULL
	  AND (k.expires_at IS NULL OR k.expires_at > statement_timestamp())
	  AND t.state = 'serving' AND t.hold IS DISTINCT FROM 'arriving';
	RETURN v;
END
$$;
COMMENT ON FUNCTION grantd.get_grant(uuid, bytea, uuid) IS 'GetGrant: the caller''s key and the grant';
REVOKE ALL ON FUNCTION grantd.get_grant(uuid, bytea, uuid) FROM PUBLIC;

-- The rules in force, in the order in which they are asked, for a worker that has them not. One row with the
-- version alone where there are none; no row where the key is not of this tenant.
CREATE FUNCTION grantd.get_policies(tenant uuid, key_hash bytea)
	RETURNS TABLE (policies_version bigint, failing_denies boolean, seen_at timestamptz, policy uuid,
		rank integer, rule uuid, content text, message text, audits boolean)
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT t.policy_version::bigint, t.failing_forbid_denies, statement_timestamp(), r.policy_id,
		p.priority, r.id, r.policy_text::text, r.notice::text, r.audit_session
	FROM grantd.api_keys k JOIN grantd.tenants t ON t.id = k.tenant_id
	LEFT JOIN (grantd.policies p JOIN grantd.policy_rules r
		ON r.tenant_id = p.tenant_id AND r.policy_id = p.id)
		ON p.tenant_id = t.id AND p.enabled AND p.deleted_at IS NULL
	WHERE k.hash = key_hash AND k.tenant_id = tenant AND k.revoked_at IS NULL
	  AND (k.expires_at IS NULL OR k.expires_at > statement_timestamp())
	  AND t.state = 'serving' AND t.hold IS DISTINCT FROM 'arriving'
	ORDER BY p.priority DESC, p.created_at, p.id, r.ordinal, r.id;
END
$$;
COMMENT ON FUNCTION grantd.get_policies(uuid, bytea) IS 'The rules in force in a caller''s tenant';
REVOKE ALL ON FUNCTION grantd.get_policies(uuid, bytea) FROM PUBLIC;

-- UpdateGrant, which everything is tuned for. One UPDATE looks the key up, compares what was
-- decided on, and computes the entry's hash from the row it holds, so that the row is
-- locked and written once; the entry is inserted from what it returns. The hash is
-- that of audit_append(), spelled out; grant_version null: no rule looked at the grant. Why
-- nothing was changed is looked for only where that is so.
CREATE FUNCTION grantd.update_grant(tenant uuid, key_hash bytea, key_version bigint,
	policies_version bigint, actor text, entry uuid, context text, reason text,
	grant_id uuid, grant_version bigint, wanted boolean)
	RETURNS grantd.grant_change
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r grantd.grant_change;
BEGIN
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		PERFORM grantd.refuse_old_snapshot();
	END IF;
	IF octet_length(reason) > 512 OR octet_length(context) > 131072 THEN
		RAISE EXCEPTION 'a reason of more than 512 bytes, or a context of more than 128 KiB'
			USING ERRCODE = 'check_violation', SCHEMA = 'grantd', TABLE = 'audit_log',
			CONSTRAINT = CASE WHEN octet_length(reason) > 512 THEN 'reason_length'
				ELSE 'audit_log_record_length' END;
	END IF;
	PERFORM pg_advisory_xact_lock_shared(uuid_hash_extended(tenant, 0));
	UPDATE grantd.grants g SET audit_enabled = wanted, version = g.version + 1,
		updated_at = statement_timestamp(), audit_length = g.audit_length + 1,
		audit_previous = g.audit_head,
		audit_head = sha256('grantd-audit-2'::bytea || g.audit_head || uuid_send(tenant)
			|| uuid_send(entry) || uuid_send(grant_id) || int8send(g.audit_length + 1)
			|| timestamptz_send(statement_timestamp())
			|| '\x000000056772616e7400000024'::bytea -- "grant", and the length of a UUID
			|| convert_to(k.id::text, 'UTF8')
			|| '\x000000076170695f6b65790000000b5570646174654772616e7400000004646f6e65'::bytea -- "api_key", "UpdateGrant", "done"
			|| CASE WHEN reason IS NULL THEN '\xffffffff'::bytea ELSE
				int4send(octet_length(convert_to(reason, 'UTF8'))) || convert_to(reason, 'UTF8') END
			|| convert_to(format(CASE WHEN wanted
				THEN '%s,"before":{"audit_enabled":false,"version":%s},"after":{"audit_enabled":true,"version":%s}}'
				ELSE '%s,"before":{"audit_enabled":true,"version":%s},"after":{"audit_enabled":false,"version":%s}}'
				END, left(context, -1), g.version, g.version + 1), 'UTF8'))
	FROM grantd.api_keys k, grantd.tenants t
	WHERE k.hash = key_hash AND k.tenant_id = tenant AND k.version = key_version
	  AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > statement_timestamp())
	  AND t.id = tenant AND t.policy_version = policies_version AND t.state = 'serving' AND t.hold IS NULL
	  AND g.tenant_id = tenant AND g.id = grant_id AND g.audit_enabled <> wanted
	  AND (grant_version IS NULL OR g.version = grant_version)
	RETURNING 'done', g.id, g.request_id, g.grantee_id::text, g.resource_type::text,
		g.resource_id::text, g.action::text,
		CASE WHEN g.status = 'active' AND g.expires_at <= statement_timestamp()
			THEN 'expired' ELSE g.status END::text,
		g.audit_enabled, g.expires_at::timestamptz, g.granted_at::timestamptz, g.revoked_at,
		g.metadata::jsonb, g.created_at, g.updated_at, g.version, g.audit_length, g.audit_head,
		g.audit_previous, k.id::text
	INTO r;
	IF NOT FOUND THEN
		RETURN grantd.update_grant_not(tenant, key_hash, key_version, policies_version, actor, entry,
			context, reason, grant_id, grant_version, wanted);
	END IF;
	INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action, resource_type,
		resource_id, outcome, record, reasoning, created_at, sequence, previous_hash, hash)
	VALUES (tenant, entry, r.actor, 'api_key', 'UpdateGrant', 'grant', grant_id, 'done',
		format(CASE WHEN wanted
			THEN '%s,"before":{"audit_enabled":false,"version":%s},"after":{"audit_enabled":true,"version":%s}}'
			ELSE '%s,"before":{"audit_enabled":true,"version":%s},"after":{"audit_enabled":false,"version":%s}}'
			END, left(context, -1), r.version - 1, r.version)::json,
		reason, r.updated_at, r.audit_length, r.audit_previous, r.audit_head);
	RETURN r;
END
$$;
COMMENT ON FUNCTION grantd.update_grant(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid, bigint, boolean) IS 'UpdateGrant: switches a grant''s auditing';
REVOKE ALL ON FUNCTION grantd.update_grant(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid, bigint, boolean) FROM PUBLIC;

-- The rest of UpdateGrant: why nothing was to be updated; and the change itself where no key makes it.
CREATE FUNCTION grantd.update_grant_not(tenant uuid, key_hash bytea, key_version bigint,
	policies_version bigint, actor text, entry uuid, context text, reason text,
	grant_id uuid, grant_version bigint, wanted boolean)
	RETURNS grantd.grant_change
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	a record;
	g grantd.grants;
	at CONSTANT timestamptz := statement_timestamp();
BEGIN
	a := grantd.admit(tenant, key_hash, key_version, policies_version, entry, actor);
	IF a.state = 'made' THEN
		RETURN grantd.grant_made(tenant, grant_id, entry);
	ELSIF a.state <> 'admitted' THEN
		RETURN ROW(a.state, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
			NULL, NULL, NULL, NULL, NULL, NULL)::grantd.grant_change;
	END IF;
	SELECT * INTO g FROM grantd.grants x WHERE x.tenant_id = tenant AND x.id = grant_id;
	IF NOT FOUND THEN
		RETURN grantd.grant_changed('none', NULL, at);
	ELSIF g.version <> grant_version THEN
		RETURN grantd.grant_changed('stale', g, at);
	ELSIF g.audit_enabled = wanted AND current_setting('synchronous_standby_names') = '' THEN
		RETURN grantd.grant_changed('same', g, at);
	ELSIF g.audit_enabled <> wanted AND key_hash IS NOT NULL THEN
		RETURN grantd.grant_changed('stale', g, at); -- it was changed between the two statements
	END IF;
	-- Where standbys are to confirm, one may not have confirmed yet what somebody else set (his session was ended while
	-- he waited): with the row held, this commit waits, too.
	SELECT * INTO g FROM grantd.grants x WHERE x.tenant_id = tenant AND x.id = grant_id FOR UPDATE;
	IF g.version <> grant_version THEN
		RETURN grantd.grant_changed('stale', g, at);
	ELSIF g.audit_enabled = wanted THEN
		RETURN grantd.grant_changed('same', g, at);
	ELSIF key_hash IS NOT NULL THEN
		RETURN grantd.grant_changed('stale', g, at);
	END IF;
	SELECT c.length, c.head INTO g.audit_length, g.audit_head
	FROM grantd.audit_append(tenant, entry, a.actor, a.actor_kind, 'UpdateGrant', 'grant', grant_id,
		'done', context, jsonb_build_object('audit_enabled', g.audit_enabled, 'version', g.version),
		jsonb_build_object('audit_enabled', wanted, 'version', g.version + 1), reason, at,
		g.audit_length, g.audit_head) c;
	UPDATE grantd.grants x SET audit_enabled = wanted, version = x.version + 1, updated_at = at,
		audit_length = g.audit_length, audit_head = g.audit_head
	WHERE x.tenant_id = tenant AND x.id = grant_id RETURNING x.* INTO g;
	RETURN grantd.grant_changed('done', g, at);
END
$$;
COMMENT ON FUNCTION grantd.update_grant_not(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid, bigint, boolean) IS 'Why UpdateGrant found nothing to update';
REVOKE ALL ON FUNCTION grantd.update_grant_not(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid, bigint, boolean) FROM PUBLIC;

-- RevokeGrant.
CREATE FUNCTION grantd.revoke_grant(tenant uuid, key_hash bytea, key_version bigint,
	policies_version bigint, actor text, entry uuid, context text, reason text,
	grant_id uuid, grant_version bigint)
	RETURNS grantd.grant_change
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	a record;
	g grantd.grants;
	at CONSTANT timestamptz := statement_timestamp();
BEGIN
	IF grantd.is_stranger(tenant, key_hash) THEN
		RETURN grantd.grant_changed('key', NULL, at);
	END IF;
	PERFORM pg_advisory_xact_lock_shared(uuid_hash_extended(tenant, 0));
	SELECT * INTO g FROM grantd.grants x WHERE x.tenant_id = tenant AND x.id = grant_id FOR UPDATE;
	a := grantd.admit(tenant, key_hash, key_version, policies_version, entry, actor);
	IF a.state = 'made' THEN
		RETURN grantd.grant_made(tenant, grant_id, entry);
	ELSIF a.state <> 'admitted' THEN
		RETURN grantd.grant_changed(a.state, NULL, at);
	ELSIF g.id IS NULL THEN
		RETURN grantd.grant_changed('none', NULL, at);
	ELSIF g.version <> grant_version THEN
		RETURN grantd.grant_changed('stale', g, at);
	ELSIF g.status = 'revoked' THEN
		RETURN grantd.grant_changed('same', g, at);
	END IF;
	SELECT c.length, c.head INTO g.audit_length, g.audit_head
	FROM grantd.audit_append(tenant, entry, a.actor, a.actor_kind, 'RevokeGrant', 'grant', grant_id,
		'done', context, jsonb_build_object('status', g.status, 'version', g.version),
		jsonb_build_object('status', 'revoked', 'version', g.version + 1), reason, at,
		g.audit_length, g.audit_head) c;
	UPDATE grantd.grants x SET status = 'revoked', revoked_at = at, version = x.version + 1,
		updated_at = at, audit_length = g.audit_length, audit_head = g.audit_head
	WHERE x.tenant_id = tenant AND x.id = grant_id RETURNING x.* INTO g;
	RETURN grantd.grant_changed('done', g, at);
END
$$;
COMMENT ON FUNCTION grantd.revoke_grant(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid, bigint) IS 'RevokeGrant: ends a grant before its time';
REVOKE ALL ON FUNCTION grantd.revoke_grant(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid, bigint) FROM PUBLIC;

-- CreateGrant. More states: `past`, expires_at has gone by; `first`, the Idempotency-Key was used within 24 hours with
-- the same body, and the columns are the first answer's; `mismatch`, with another body. Two at once with
-- one key: the second fails on it (unique_violation), and finds the first one's when it is repeated.
CREATE FUNCTION grantd.create_grant(tenant uuid, key_hash bytea, key_version bigint,
	policies_version bigint, actor text, entry uuid, context text, reason text,
	grant_id uuid, request_id uuid, grantee text, resource_kind text, resource text, operation text,
	audited boolean, expires timestamptz, about jsonb, idempotency_key text, body bytea)
	RETURNS grantd.grant_change
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	a record;
	g grantd.grants;
	used grantd.idempotency_keys;
	at CONSTANT timestamptz := statement_timestamp();
BEGIN
	PERFORM pg_advisory_xact_lock_shared(uuid_hash_extended(tenant, 0));
	a := grantd.admit(tenant, key_hash, key_version, policies_version, entry, actor);
	IF a.state = 'made' THEN
		RETURN grantd.grant_made(tenant, grant_id, entry);
	ELSIF a.state <> 'admitted' THEN
		RETURN grantd.grant_changed(a.state, NULL, at);
	END IF;
	IF idempotency_key IS NOT NULL THEN
		DELETE FROM grantd.idempotency_keys i
		WHERE i.tenant_id = tenant AND i.created_at <= at - interval '24 hours';
		SELECT * INTO used FROM grantd.idempotency_keys i
		WHERE i.tenant_id = tenant AND i.key = idempotency_key;
		IF used.body_hash <> body THEN
			RETURN grantd.grant_changed('mismatch', NULL, at);
		ELSIF used.grant_id IS NOT NULL THEN
			-- As it was when it was made; the row is held as in `made`.
			SELECT * INTO g FROM grantd.grants x
			WHERE x.tenant_id = tenant AND x.id = used.grant_id FOR UPDATE;
			g.status := 'active';
			g.audit_enabled := used.audit_enabled;
			g.revoked_at := NULL;
			g.updated_at := g.created_at;
			g.version := 1;
			RETURN grantd.grant_changed('first', g, g.created_at);
		END IF;
	END IF;
	IF expires <= at THEN
		RETURN grantd.grant_changed('past', NULL, at);
	ELSIF NOT EXISTS (SELECT FROM grantd.tenants t WHERE t.id = tenant) THEN
		RETURN grantd.grant_changed('none', NULL, at);
	END IF;
	SELECT c.length, c.head INTO g.audit_length, g.audit_head
	FROM grantd.audit_append(tenant, entry, a.actor, a.actor_kind, 'CreateGrant', 'grant', grant_id,
		'done', context, NULL, jsonb_build_object('request_id', request_id, 'grantee_id', grantee,
			'resource_type', resource_kind, 'resource_id', resource, 'action', operation,
			'audit_enabled', audited, 'expires_at', grantd.time_text(expires),
			'metadata', about, 'version', 1), reason, at, 0, decode(repeat('00', 32), 'hex')) c;
	INSERT INTO grantd.grants AS x (tenant_id, id, request_id, grantee_id, resource_type,
		resource_id, action, audit_enabled, expires_at, metadata, granted_at, created_at, updated_at,
		audit_length, audit_head)
	VALUES (tenant, grant_id, request_id, grantee, resource_kind, resource, operation, audited,
		expires, about, at, at, at, g.audit_length, g.audit_head) RETURNING x.* INTO g;
	IF idempotency_key IS NOT NULL THEN
		INSERT INTO grantd.idempotency_keys (tenant_id, key, body_hash, grant_id, audit_enabled)
		VALUES (tenant, idempotency_key, body, g.id, audited);
	END IF;
	RETURN grantd.grant_changed('done', g, at);
END
$$;
COMMENT ON FUNCTION grantd.create_grant(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid, uuid, text, text, text, text, boolean, timestamptz, jsonb, text, bytea) IS 'CreateGrant: makes a grant, once where the client names its request';
REVOKE ALL ON FUNCTION grantd.create_grant(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid, uuid, text, text, text, text, boolean, timestamptz, jsonb, text, bytea) FROM PUBLIC;

-- Counts a refusal, in the row of its writer: `counted`, `made` where this very call was counted or made an entry before, or
-- `entry`: it is to be one, and `told` is what that says of those that were counted before, as members of JSON.
-- The numbers: ten entries of a key and operation in ten minutes. Counts that other writers have in hand are left for the next entry, so
-- that nobody waits for two rows.
CREATE FUNCTION grantd.count_refusal(tenant uuid, key uuid, action text, by uuid, entry uuid,
	at timestamptz, only_count boolean, OUT state text, OUT told text)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	everyone CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
	one record;
	n bigint := 0;
	first timestamptz;
	last timestamptz;
	earlier CONSTANT timestamptz := at - interval '10 minutes';
BEGIN
	state := 'counted';
	INSERT INTO grantd.refusals AS r (tenant_id, key_id, operation, writer, call, called_at, repeated, since, until)
	VALUES (tenant, key, action, by, entry, at, only_count::integer,
		CASE WHEN only_count THEN at END, CASE WHEN only_count THEN at END)
	ON CONFLICT (tenant_id, key_id, operation, writer) DO UPDATE SET call = entry, called_at = at,
		repeated = r.repeated + only_count::integer,
		since = CASE WHEN r.repeated = 0 THEN excluded.since ELSE r.since END,
		until = CASE WHEN only_count THEN at ELSE r.until END
	WHERE r.call <> entry;
	IF NOT FOUND THEN
		state := 'made';
		RETURN;
	ELSIF only_count THEN
		RETURN;
	END IF;
	INSERT INTO grantd.refusals AS r (tenant_id, key_id, operation, writer, call, called_at, entries)
	VALUES (tenant, key, action, everyone, entry, at, 1)
	ON CONFLICT (tenant_id, key_id, operation, writer) DO UPDATE SET call = entry,
		called_at = CASE WHEN r.called_at <= earlier THEN at ELSE r.called_at END,
		entries = CASE WHEN r.called_at <= earlier THEN 1 ELSE r.entries + 1 END
	WHERE r.entries < 10 OR r.called_at <= earlier;
	IF NOT FOUND THEN -- others made the last ones meanwhile
		UPDATE grantd.refusals r SET repeated = r.repeated + 1, until = at,
			since = CASE WHEN r.repeated = 0 THEN at ELSE r.since END
		WHERE r.tenant_id = tenant AND r.key_id = key AND r.operation = action AND r.writer = by;
		RETURN;
	END IF;
	state := 'entry';
	FOR one IN SELECT r.writer, r.called_at, r.repeated, r.since, r.until FROM grantd.refusals r
		WHERE r.tenant_id = tenant AND r.key_id = key AND r.operation = action AND r.writer <> everyone
		FOR UPDATE SKIP LOCKED
	LOOP
		n := n + one.repeated;
		first := CASE WHEN one.repeated > 0 THEN least(first, one.since) ELSE first END;
		last := CASE WHEN one.repeated > 0 THEN greatest(last, one.until) ELSE last END;
		-- Whoever wrote nothing for an hour repeats no call.
		IF one.called_at < at - interval '1 hour' THEN
			DELETE FROM grantd.refusals r WHERE r.tenant_id = tenant AND r.key_id = key
				AND r.operation = action AND r.writer = one.writer;
		ELSIF one.repeated > 0 THEN
			UPDATE grantd.refusals r SET repeated = 0 WHERE r.tenant_id = tenant AND r.key_id = key
				AND r.operation = action AND r.writer = one.writer;
		END IF;
	END LOOP;
	IF n > 0 THEN
		told := format('"repeated":%s,"since":"%s","until":"%s"', n, grantd.time_text(first),
			grantd.time_text(last));
	END IF;
END
$$;
COMMENT ON FUNCTION grantd.count_refusal(uuid, uuid, text, uuid, uuid, timestamptz, boolean) IS 'Counts a refusal, and says whether it is to be an entry';
REVOKE ALL ON FUNCTION grantd.count_refusal(uuid, uuid, text, uuid, uuid, timestamptz, boolean) FROM PUBLIC;

-- A refusal of a change by the policies: an entry that says who tried what. On a grant it is in the grant's
-- chain, otherwise in the tenant's. Of many of the same key and operation most are counted (`done` as well), and hold nothing but
-- the row that their writer counts in; without a writer each is an entry.
CREATE FUNCTION grantd.log_denied(tenant uuid, key_hash bytea, key_version bigint,
	policies_version bigint, actor text, entry uuid, context text, reason text,
	operation text, grant_id uuid, requested jsonb, writer uuid DEFAULT NULL) RETURNS text
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	a record;
	g grantd.grants;
	t grantd.tenants;
	c record;
	counts CONSTANT boolean := key_hash IS NOT NULL AND writer IS NOT NULL;
	at CONSTANT timestamptz := statement_timestamp();
BEGIN
	IF grantd.is_stranger(tenant, key_hash) THEN
		RETURN 'key';
	END IF;
	PERFORM pg_advisory_xact_lock_shared(uuid_hash_extended(tenant, 0));
	IF counts THEN
		a := grantd.admit(tenant, key_hash, key_version, policies_version, entry, actor);
		IF a.state = 'made' THEN
			NULL; -- said below, where what it is about is held: then this commit waits for what the first one had to
		ELSIF a.state <> 'admitted' THEN
			RETURN a.state;
		ELSIF grant_id IS NOT NULL AND NOT EXISTS (SELECT FROM grantd.grants x
		    WHERE x.tenant_id = tenant AND x.id = grant_id) THEN
			RETURN 'none';
		ELSIF EXISTS (SELECT FROM grantd.refusals r WHERE r.tenant_id = tenant AND r.key_id = a.actor::uuid
		    AND r.operation = log_denied.operation AND r.writer = '00000000-0000-0000-0000-000000000000'
		    AND r.entries >= 10 AND r.called_at > at - interval '10 minutes') THEN
			c := grantd.count_refusal(tenant, a.actor::uuid, operation, writer, entry, at, true);
			RETURN CASE c.state WHEN 'made' THEN 'made' ELSE 'done' END;
		END IF;
	END IF;
	IF grant_id IS NOT NULL THEN
		SELECT * INTO g FROM grantd.grants x WHERE x.tenant_id = tenant AND x.id = grant_id FOR UPDATE;
	ELSE
		SELECT * INTO t FROM grantd.tenants x WHERE x.id = tenant FOR NO KEY UPDATE;
	END IF;
	a := grantd.admit(tenant, key_hash, key_version, policies_version, entry, actor);
	IF a.state <> 'admitted' THEN
		RETURN a.state;
	ELSIF grant_id IS NOT NULL AND g.id IS NULL THEN
		RETURN 'none';
	END IF;
	IF counts THEN
		c := grantd.count_refusal(tenant, a.actor::uuid, operation, writer, entry, at, false);
		IF c.state <> 'entry' THEN
			RETURN CASE c.state WHEN 'made' THEN 'made' ELSE 'done' END;
		END IF;
		context := left(context, -1) || coalesce(',' || c.told, '') || '}';
	END IF;
	IF grant_id IS NOT NULL THEN
		c := grantd.audit_append(tenant, entry, a.actor, a.actor_kind, operation, 'grant', grant_id, 'denied',
			context, jsonb_build_object('audit_enabled', g.audit_enabled, 'version', g.version),
			requested, reason, at, g.audit_length, g.audit_head);
		UPDATE grantd.grants x SET audit_length = c.length, audit_head = c.head
		WHERE x.tenant_id = tenant AND x.id = grant_id;
	ELSE
		c := grantd.audit_append(tenant, entry, a.actor, a.actor_kind, operation, 'tenant', tenant, 'denied',
			context, NULL, requested, reason, at, t.audit_length, t.audit_head);
		UPDATE grantd.tenants x SET audit_length = c.length, audit_head = c.head WHERE x.id = tenant;
	END IF;
	RETURN 'done';
END
$$;
COMMENT ON FUNCTION grantd.log_denied(uuid, bytea, bigint, bigint, text, uuid, text, text, text, uuid, jsonb, uuid) IS 'Logs that the policies refused a change';
REVOKE ALL ON FUNCTION grantd.log_denied(uuid, bytea, bigint, bigint, text, uuid, text, text, text, uuid, jsonb, uuid) FROM PUBLIC;

-- ---- activity ----

-- RecordActivity: `accepted` of the events are new. One more state: `off`, the grant's auditing is. The
-- grant's row is held by a statement of its own, so that the next one sees all that
-- whoever held it before has committed; `found` looks for the ids of the batch and for nothing
-- else, however many events the grant has. No entry is made, so that `made` is never said.
CREATE FUNCTION grantd.record_activity(tenant uuid, key_hash bytea, key_version bigint,
	policies_version bigint, grant_id uuid, grant_version bigint, events jsonb,
	OUT state text, OUT accepted bigint)
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	held record;
BEGIN
	PERFORM grantd.refuse_old_snapshot();
	PERFORM pg_advisory_xact_lock_shared(uuid_hash_extended(tenant, 0));
	SELECT k.version AS key, t.policy_version AS policies, g.version, g.audit_enabled, t.state AS stands,
		t.hold INTO held
	FROM grantd.api_keys k JOIN grantd.tenants t ON t.id = k.tenant_id
	JOIN grantd.grants g ON g.tenant_id = tenant AND g.id = record_activity.grant_id
	WHERE k.hash = key_hash AND k.tenant_id = tenant AND k.revoked_at IS NULL
	  AND (k.expires_at IS NULL OR k.expires_at > statement_timestamp())
	FOR NO KEY UPDATE OF g;
	IF NOT FOUND THEN
		state := 'key'; -- or there is no such grant: whoever reads both tells
		RETURN;
	ELSIF held.stands = 'disabled' THEN
		state := 'key';
		RETURN;
	ELSIF held.stands = 'moved' OR held.hold IS NOT NULL THEN
		PERFORM grantd.refuse_away(tenant);
	ELSIF held.key IS DISTINCT FROM key_version OR held.policies IS DISTINCT FROM policies_version
	    OR held.version <> grant_version THEN
		state := 'stale';
		RETURN;
	ELSIF NOT held.audit_enabled THEN
		state := 'off';
		RETURN;
	END IF;
	accepted := grantd.store_activity(tenant, record_activity.grant_id, events);
	state := 'done';
END
$$;
COMMENT ON FUNCTION grantd.record_activity(uuid, bytea, bigint, bigint, uuid, bigint, jsonb) IS 'RecordActivity: stores a batch of events, all or none';
REVOKE ALL ON FUNCTION grantd.record_activity(uuid, bytea, bigint, bigint, uuid, bigint, jsonb) FROM PUBLIC;

-- Those of the events that are not there yet, and their number. The caller holds the grant's row.
CREATE FUNCTION grantd.store_activity(tenant uuid, grant_id uuid, events jsonb) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	accepted bigint;
BEGIN
	WITH given AS (SELECT DISTINCT ON (e.id) e.* FROM ROWS FROM (jsonb_to_recordset(events)
			AS (id uuid, occurred_at timestamptz, service text, name text, kind text, outcome text,
			source_ip inet, details jsonb)) WITH ORDINALITY AS e ORDER BY e.id, e.ordinality),
	found AS (SELECT a.id FROM grantd.activity_event a WHERE a.tenant_id = tenant
			AND a.grant_id = store_activity.grant_id
			AND a.id = ANY (ARRAY(SELECT given.id FROM given))),
	stored AS (INSERT INTO grantd.activity_event (tenant_id, grant_id, id, occurred_at, service,
			name, kind, outcome, source_ip, details)
		SELECT tenant, store_activity.grant_id, n.id, n.occurred_at, n.service, n.name, n.kind,
			n.outcome, n.source_ip, n.details
		FROM given n WHERE n.id NOT IN (SELECT found.id FROM found)
		RETURNING service, kind, outcome),
	counted AS (INSERT INTO grantd.activity_count AS c (tenant_id, grant_id, month, service, kind,
			outcome, events)
		SELECT tenant, store_activity.grant_id,
			date_trunc('month', statement_timestamp() AT TIME ZONE 'UTC')::date,
			s.service, s.kind, s.outcome, count(*)
		FROM stored s GROUP BY s.service, s.kind, s.outcome
		ON CONFLICT (tenant_id, grant_id, month, service, kind, outcome)
		DO UPDATE SET events = c.events + excluded.events)
	SELECT count(*) FROM stored INTO accepted;
	RETURN accepted;
END
$$;
COMMENT ON FUNCTION grantd.store_activity(uuid, uuid, jsonb) IS 'Stores events that are new, and counts them';
REVOKE ALL ON FUNCTION grantd.store_activity(uuid, uuid, jsonb) FROM PUBLIC;

-- ---- keys ----

-- The key as that entry of its own left it. When it was used last is in no entry: null for a new key, and otherwise as
-- it is now.
CREATE FUNCTION grantd.api_key_made(tenant uuid, key_id uuid, entry uuid) RETURNS grantd.api_keys
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	key grantd.api_keys;
	a grantd.audit_log;
	after json;
BEGIN
	SELECT * INTO key FROM grantd.api_keys x WHERE x.tenant_id = tenant AND x.id = key_id FOR UPDATE;
	a := grantd.entry_made(tenant, entry, 'api_key', key_id);
	after := a.record -> 'after';
	IF a.action = 'RevokeApiKey' THEN
		key.revoked_at := a.created_at;
	ELSE
		key.revoked_at := NULL;
		key.expires_at := (after ->> 'expires_at')::timestamptz;
	END IF;
	IF a.sequence = 1 THEN
		key.last_used_at := NULL;
	END IF;
	key.hash := NULL; -- a worker's role may not read it
	key.version := (after ->> 'version')::bigint;
	key.updated_at := a.created_at;
	key.audit_length := a.sequence;
	key.audit_head := a.hash;
	RETURN key;
END
$$;
COMMENT ON FUNCTION grantd.api_key_made(uuid, uuid, uuid) IS 'A key as one entry left it, with its row held';
REVOKE ALL ON FUNCTION grantd.api_key_made(uuid, uuid, uuid) FROM PUBLIC;

-- CreateApiKey. One more state: `past`, expires_at has gone by.
CREATE FUNCTION grantd.create_api_key(tenant uuid, key_hash bytea, key_version bigint,
	policies_version bigint, actor text, entry uuid, context text, reason text,
	key_id uuid, public_name text, title text, role_list text[], new_hash bytea, expires timestamptz,
	OUT state text, OUT key grantd.api_keys)
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	a record;
BEGIN
	PERFORM pg_advisory_xact_lock_shared(uuid_hash_extended(tenant, 0));
	a := grantd.admit(tenant, key_hash, key_version, policies_version, entry, actor);
	state := a.state;
	IF state = 'made' THEN
		key := grantd.api_key_made(tenant, key_id, entry);
	ELSIF state <> 'admitted' THEN
		RETURN;
	ELSIF NOT EXISTS (SELECT FROM grantd.tenants t WHERE t.id = tenant) THEN
		state := 'none';
	ELSIF expires <= statement_timestamp() THEN
		state := 'past';
	ELSE
		key := grantd.add_api_key(tenant, a.actor, a.actor_kind, 'CreateApiKey', entry, context, reason,
			key_id, public_name, title, role_list, new_hash, expires, NULL);
		state := 'done';
	END IF;
END
$$;
COMMENT ON FUNCTION grantd.create_api_key(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid, text, text, text[], bytea, timestamptz) IS 'CreateApiKey: makes a key';
REVOKE ALL ON FUNCTION grantd.create_api_key(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid, text, text, text[], bytea, timestamptz) FROM PUBLIC;

-- A hash that two keys share opens nothing: so nobody may give one a second key.
CREATE FUNCTION grantd.claim_hash(tenant uuid, new_hash bytea) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM grantd.api_keys k WHERE k.hash = new_hash) THEN
		RAISE EXCEPTION 'there is an API key with this hash already'
			USING ERRCODE = 'unique_violation';
	END IF;
END
$$;
COMMENT ON FUNCTION grantd.claim_hash(uuid, bytea) IS 'Fails where a key of any tenant has this hash';
REVOKE ALL ON FUNCTION grantd.claim_hash(uuid, bytea) FROM PUBLIC;

-- Add a key, and its first entry. `replaces` is the key that this one comes after, or null. The entry tells the digest of
-- the hash, by which grantctl audit verify notices another hash, and which opens nothing.
CREATE FUNCTION grantd.add_api_key(tenant uuid, actor text, actor_kind text, operation text, entry uuid,
	context text, reason text, key_id uuid, public_name text, title text, role_list text[],
	new_hash bytea, expires timestamptz, replaces uuid) RETURNS grantd.api_keys
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c record;
	key grantd.api_keys;
	at CONSTANT timestamptz := statement_timestamp();
BEGIN
	PERFORM grantd.claim_hash(tenant, new_hash);
	c := grantd.audit_append(tenant, entry, actor, actor_kind, operation, 'api_key', key_id, 'done', context, NULL,
		jsonb_build_object('key_name', public_name, 'name', title, 'roles', role_list,
			'expires_at', grantd.time_text(expires), 'replaces', replaces,
			'hash_digest', encode(sha256(new_hash), 'hex'), 'version', 1),
		reason, at, 0, decode(repeat('00', 32), 'hex'));
	INSERT INTO grantd.api_keys AS k (tenant_id, id, key_name, name, roles, hash, expires_at,
		created_at, updated_at, audit_length, audit_head)
	VALUES (tenant, key_id, public_name, title, role_list, new_hash, expires, at, at, c.length, c.head)
	RETURNING k.* INTO key;
	key.hash := NULL;
	RETURN key;
END
$$;
COMMENT ON FUNCTION grantd.add_api_key(uuid, text, text, text, uuid, text, text, uuid, text, text, text[], bytea, timestamptz, uuid) IS 'Adds a key and its first entry';
REVOKE ALL ON FUNCTION grantd.add_api_key(uuid, text, text, text, uuid, text, text, uuid, text, text, text[], bytea, timestamptz, uuid) FROM PUBLIC;

-- RotateApiKey: a new key with the name and roles of an old one, which goes on for `overlap` seconds, but never longer
-- than it was to. Each of the two gets an entry. `expires` is when the new one ends; with `inherit` it ends when
-- the old one was to. More states: `past`; `revoked`, the old key is; `replaced`, it was rotated before: two
-- keys would follow one, and whoever still has the old one could make himself a new one in its last hour.
CREATE FUNCTION grantd.rotate_api_key(tenant uuid, key_hash bytea, key_version bigint,
	policies_version bigint, actor text, entry uuid, context text, reason text,
	old_id uuid, old_version bigint, overlap bigint, old_entry uuid,
	key_id uuid, public_name text, new_hash bytea, inherit boolean, expires timestamptz,
	OUT state text, OUT key grantd.api_keys, OUT retired grantd.api_keys)
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	a record;
	c record;
	at CONSTANT timestamptz := statement_timestamp();
	retires timestamptz;
BEGIN
	IF grantd.is_stranger(tenant, key_hash) THEN
		state := 'key';
		RETURN;
	END IF;
	PERFORM pg_advisory_xact_lock_shared(uuid_hash_extended(tenant, 0));
	SELECT * INTO retired FROM grantd.api_keys x
	WHERE x.tenant_id = tenant AND x.id = old_id FOR UPDATE;
	retired.hash := NULL;
	a := grantd.admit(tenant, key_hash, key_version, policies_version, entry, actor);
	state := a.state;
	IF state = 'made' THEN
		retired := grantd.api_key_made(tenant, old_id, old_entry);
		key := grantd.api_key_made(tenant, key_id, entry);
		RETURN;
	ELSIF state <> 'admitted' THEN
		RETURN;
	ELSIF retired.id IS NULL THEN
		state := 'none';
		RETURN;
	ELSIF retired.version <> old_version THEN
		state := 'stale';
		RETURN;
	ELSIF retired.revoked_at IS NOT NULL THEN
		state := 'revoked';
		RETURN;
	ELSIF EXISTS (SELECT FROM grantd.audit_log x WHERE x.tenant_id = tenant AND x.resource_type = 'api_key'
	    AND x.resource_id = old_id AND x.action = 'RotateApiKey' AND x.outcome = 'done'
	    AND coalesce(x.record, x.metadata::json) -> 'after' ->> 'replaced_by' IS NOT NULL) THEN
		state := 'replaced';
		RETURN;
	END IF;
	IF inherit THEN
		expires := retired.expires_at;
	END IF;
	IF expires <= at THEN
		state := 'past';
		RETURN;
	END IF;
	key := grantd.add_api_key(tenant, a.actor, a.actor_kind, 'RotateApiKey', entry, context, reason,
		key_id, public_name, retired.name, retired.roles, new_hash, expires, old_id);
	retires := least(retired.expires_at, at + make_interval(secs => overlap)); -- a null is passed over
	c := grantd.audit_append(tenant, old_entry, a.actor, a.actor_kind, 'RotateApiKey', 'api_key', old_id, 'done', context,
		jsonb_build_object('expires_at', grantd.time_text(retired.expires_at),
			'version', retired.version),
		jsonb_build_object('expires_at', grantd.time_text(retires), 'replaced_by', key_id,
			'version', retired.version + 1),
		reason, at, retired.audit_length, retired.audit_head);
	state := 'done';
	UPDATE grantd.api_keys x SET expires_at = retires, version = x.version + 1, updated_at = at,
		audit_length = c.length, audit_head = c.head
	WHERE x.tenant_id = tenant AND x.id = old_id RETURNING x.* INTO retired;
	retired.hash := NULL;
END
$$;
COMMENT ON FUNCTION grantd.rotate_api_key(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid, bigint, bigint, uuid, uuid, text, bytea, boolean, timestamptz) IS 'RotateApiKey: a new key in place of an old one';
REVOKE ALL ON FUNCTION grantd.rotate_api_key(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid, bigint, bigint, uuid, uuid, text, bytea, boolean, timestamptz) FROM PUBLIC;

-- RevokeApiKey. The tenant's row is held, as by changes of policies: whoever revokes looks whether a key is left that may
-- change the policies, and two who revoke the last two of them must not each see the other's.
CREATE FUNCTION grantd.revoke_api_key(tenant uuid, key_hash bytea, key_version bigint,
	policies_version bigint, actor text, entry uuid, context text, reason text,
	key_id uuid, old_version bigint, OUT state text, OUT key grantd.api_keys)
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	a record;
	c record;
	at CONSTANT timestamptz := statement_timestamp();
BEGIN
	IF grantd.is_stranger(tenant, key_hash) THEN
		state := 'key';
		RETURN;
	END IF;
	PERFORM pg_advisory_xact_lock_shared(uuid_hash_extended(tenant, 0));
	PERFORM FROM grantd.tenants t WHERE t.id = tenant FOR NO KEY UPDATE;
	SELECT * INTO key FROM grantd.api_keys x WHERE x.tenant_id = tenant AND x.id = key_id FOR UPDATE;
	key.hash := NULL; -- a worker's role may not read it
	a := grantd.admit(tenant, key_hash, key_version, policies_version, entry, actor);
	state := CASE WHEN a.state <> 'admitted' THEN a.state WHEN key.id IS NULL THEN 'none'
		WHEN key.version <> old_version THEN 'stale' WHEN key.revoked_at IS NOT NULL THEN 'same'
		ELSE 'done' END;
	IF state = 'made' THEN
		key := grantd.api_key_made(tenant, key_id, entry);
	END IF;
	IF state <> 'done' THEN
		RETURN;
	END IF;
	c := grantd.audit_append(tenant, entry, a.actor, a.actor_kind, 'RevokeApiKey', 'api_key', key_id, 'done', context,
		jsonb_build_object('revoked_at', NULL, 'version', key.version),
		jsonb_build_object('revoked_at', grantd.time_text(at), 'version', key.version + 1),
		reason, at, key.audit_length, key.audit_head);
	UPDATE grantd.api_keys x SET revoked_at = at, version = x.version + 1, updated_at = at,
		audit_length = c.length, audit_head = c.head
	WHERE x.tenant_id = tenant AND x.id = key_id RETURNING x.* INTO key;
	key.hash := NULL;
END
$$;
COMMENT ON FUNCTION grantd.revoke_api_key(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid, bigint) IS 'RevokeApiKey: the key opens nothing any more';
REVOKE ALL ON FUNCTION grantd.revoke_api_key(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid, bigint) FROM PUBLIC;

-- That the key was used just now, unless that was noted within so many milliseconds or somebody holds the row. No
-- change that anything rests on, and no entry: so its commit waits for nothing, and a worker that only reads
-- never waits for a standby.
CREATE FUNCTION grantd.note_key_use(tenant uuid, key_hash bytea, within bigint) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM pg_advisory_xact_lock_shared(uuid_hash_extended(tenant, 0));
	UPDATE grantd.api_keys SET last_used_at = statement_timestamp()
	WHERE tenant_id = tenant AND id = (SELECT k.id FROM grantd.api_keys k JOIN grantd.tenants t
			ON t.id = k.tenant_id AND t.state = 'serving' AND t.hold IS NULL
		WHERE k.tenant_id = tenant AND k.hash = key_hash
		  AND coalesce(k.last_used_at, '-infinity')
			<= statement_timestamp() - within * interval '1 millisecond'
		FOR NO KEY UPDATE OF k SKIP LOCKED);
	IF FOUND THEN
		PERFORM set_config('synchronous_commit', 'off', true);
	END IF;
END
$$;
COMMENT ON FUNCTION grantd.note_key_use(uuid, bytea, bigint) IS 'Notes that a key was used';
REVOKE ALL ON FUNCTION grantd.note_key_use(uuid, bytea, bigint) FROM PUBLIC;

-- ---- policies ----
--
-- Whoever changes policies or rules holds the tenant's row first, so that one lock orders all changes of a tenant's
-- policies, and moves its policy_version to the time of the change: a version never comes back with
-- other policies, not after a fail-over or a restored backup either.

CREATE FUNCTION grantd.admit_policies(tenant uuid, key_hash bytea, key_version bigint,
	policies_version bigint, entry uuid, INOUT actor text, OUT actor_kind text, OUT state text)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	a record;
BEGIN
	IF grantd.is_stranger(tenant, key_hash) THEN
		state := 'key';
		RETURN;
	END IF;
	PERFORM pg_advisory_xact_lock_shared(uuid_hash_extended(tenant, 0));
	PERFORM FROM grantd.tenants t WHERE t.id = tenant FOR NO KEY UPDATE;
	a := grantd.admit(tenant, key_hash, key_version, policies_version, entry, actor);
	actor := a.actor;
	actor_kind := a.actor_kind;
	state := a.state;
END
$$;
COMMENT ON FUNCTION grantd.admit_policies(uuid, bytea, bigint, bigint, uuid, text) IS 'Authenticates the caller of a change of policies, with the tenant''s row held';
REVOKE ALL ON FUNCTION grantd.admit_policies(uuid, bytea, bigint, bigint, uuid, text) FROM PUBLIC;

-- The entry tells where it moved to: `context` is given back with that in it.
CREATE FUNCTION grantd.move_policies(tenant uuid, at timestamptz, context text) RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	microseconds CONSTANT bigint := extract(epoch FROM at) * 1000000;
	moved bigint;
BEGIN
	UPDATE grantd.tenants t SET policy_version = greatest(t.policy_version + 1, microseconds) WHERE t.id = tenant
	RETURNING t.policy_version INTO moved;
	RETURN left(context, -1) || ',"policy_version":' || coalesce(moved, 1) || '}';
END
$$;
COMMENT ON FUNCTION grantd.move_policies(uuid, timestamptz, text) IS 'Moves a tenant''s policy_version, for the entry to tell';
REVOKE ALL ON FUNCTION grantd.move_policies(uuid, timestamptz, text) FROM PUBLIC;

CREATE FUNCTION grantd.policy_json(p grantd.policies) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN jsonb_build_object('name', p.name, 'priority', p.priority, 'enabled', p.enabled,
		'version', p.version);
END
$$;
COMMENT ON FUNCTION grantd.policy_json(grantd.policies) IS 'A policy as entries tell it';
REVOKE ALL ON FUNCTION grantd.policy_json(grantd.policies) FROM PUBLIC;

CREATE FUNCTION grantd.rule_json(r grantd.policy_rules) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN jsonb_build_object('rule_id', r.id, 'ordinal', r.ordinal, 'policy_text', r.policy_text,
		'notice', r.notice, 'audit_session', r.audit_session, 'version', r.version);
END
$$;
COMMENT ON FUNCTION grantd.rule_json(grantd.policy_rules) IS 'A rule as entries tell it';
REVOKE ALL ON FUNCTION grantd.rule_json(grantd.policy_rules) FROM PUBLIC;

-- The policy as that entry of its own left it; after DeletePolicy nothing changes it any more.
CREATE FUNCTION grantd.policy_made(tenant uuid, policy_id uuid, entry uuid) RETURNS grantd.policies
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	p grantd.policies;
	a grantd.audit_log;
	after json;
BEGIN
	SELECT * INTO p FROM grantd.policies x WHERE x.tenant_id = tenant AND x.id = policy_id FOR UPDATE;
	a := grantd.entry_made(tenant, entry, 'policy', policy_id);
	IF a.action <> 'DeletePolicy' THEN
		after := a.record -> 'after';
		p.name := after ->> 'name';
		p.priority := after ->> 'priority';
		p.enabled := after ->> 'enabled';
		p.version := after ->> 'version';
		p.updated_at := a.created_at;
		p.deleted_at := NULL;
		p.audit_length := a.sequence;
		p.audit_head := a.hash;
	END IF;
	RETURN p;
END
$$;
COMMENT ON FUNCTION grantd.policy_made(uuid, uuid, uuid) IS 'A policy as one entry left it, with its row held';
REVOKE ALL ON FUNCTION grantd.policy_made(uuid, uuid, uuid) FROM PUBLIC;

-- The rule as that entry of its policy left it, or had it where it removed it: all of it is in the entry but when the rule
-- was made, which is the time of the entry that said so. Its row may be gone; its policy's is held.
CREATE FUNCTION grantd.rule_made(tenant uuid, policy_id uuid, rule_id uuid, entry uuid)
	RETURNS grantd.policy_rules
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r grantd.policy_rules;
	a grantd.audit_log;
	told json;
BEGIN
	PERFORM FROM grantd.policies x WHERE x.tenant_id = tenant AND x.id = policy_id FOR UPDATE;
	a := grantd.entry_made(tenant, entry, 'policy', policy_id);
	told := a.record -> CASE WHEN a.action = 'DeletePolicyRule' THEN 'before' ELSE 'after' END;
	IF (told ->> 'rule_id')::uuid IS DISTINCT FROM rule_id THEN
		RAISE EXCEPTION 'entry % is not of rule %', entry, rule_id
			USING ERRCODE = 'data_corrupted';
	END IF;
	r.tenant_id := tenant;
	r.policy_id := policy_id;
	r.id := rule_id;
	r.ordinal := told ->> 'ordinal';
	r.policy_text := told ->> 'policy_text';
	r.notice := told ->> 'notice';
	r.audit_session := told ->> 'audit_session';
	r.version := (told ->> 'version')::bigint + (a.action = 'DeletePolicyRule')::integer;
	r.updated_at := a.created_at;
	SELECT x.created_at INTO r.created_at FROM grantd.policy_rules x
	WHERE x.tenant_id = tenant AND x.policy_id = rule_made.policy_id AND x.id = rule_id;
	IF NOT FOUND THEN
		SELECT max(x.created_at) INTO r.created_at FROM grantd.audit_log x
		WHERE x.tenant_id = tenant AND x.resource_type = 'policy'
		  AND x.resource_id = rule_made.policy_id AND x.action = 'CreatePolicyRule'
		  AND coalesce(x.record, x.metadata::json) -> 'after' ->> 'rule_id' = rule_id::text;
	END IF;
	RETURN r;
END
$$;
COMMENT ON FUNCTION grantd.rule_made(uuid, uuid, uuid, uuid) IS 'A rule as one entry left it, with its policy''s row held';
REVOKE ALL ON FUNCTION grantd.rule_made(uuid, uuid, uuid, uuid) FROM PUBLIC;

-- CreatePolicy. Two of one name: unique_violation.
CREATE FUNCTION grantd.create_policy(tenant uuid, key_hash bytea, key_version bigint,
	policies_version bigint, actor text, entry uuid, context text, reason text,
	policy_id uuid, title text, rank integer, active boolean,
	OUT state text, OUT policy grantd.policies)
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	a record;
	c record;
	at CONSTANT timestamptz := statement_timestamp();
BEGIN
	a := grantd.admit_policies(tenant, key_hash, key_version, policies_version, entry, actor);
	state := a.state;
	IF state = 'made' THEN
		policy := grantd.policy_made(tenant, policy_id, entry);
		RETURN;
	ELSIF state <> 'admitted' THEN
		RETURN;
	END IF;
	c := grantd.audit_append(tenant, entry, a.actor, a.actor_kind, 'CreatePolicy', 'policy', policy_id, 'done',
		grantd.move_policies(tenant, at, context),
		NULL, jsonb_build_object('name', title, 'priority', rank, 'enabled', active, 'version', 1),
		reason, at, 0, decode(repeat('00', 32), 'hex'));
	INSERT INTO grantd.policies AS p (tenant_id, id, name, priority, enabled, created_at, updated_at,
		audit_length, audit_head)
	VALUES (tenant, policy_id, title, rank, active, at, at, c.length, c.head) RETURNING p.* INTO policy;
	state := 'done';
END
$$;
COMMENT ON FUNCTION grantd.create_policy(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid, text, integer, boolean) IS 'CreatePolicy: adds a policy without rules';
REVOKE ALL ON FUNCTION grantd.create_policy(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid, text, integer, boolean) FROM PUBLIC;

-- UpdatePolicy.
CREATE FUNCTION grantd.update_policy(tenant uuid, key_hash bytea, key_version bigint,
	policies_version bigint, actor text, entry uuid, context text, reason text,
	policy_id uuid, title text, rank integer, active boolean,
	OUT state text, OUT policy grantd.policies)
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	a record;
	c record;
	at CONSTANT timestamptz := statement_timestamp();
BEGIN
	a := grantd.admit_policies(tenant, key_hash, key_version, policies_version, entry, actor);
	SELECT * INTO policy FROM grantd.policies p
	WHERE p.tenant_id = tenant AND p.id = policy_id AND p.deleted_at IS NULL FOR UPDATE;
	state := CASE WHEN a.state <> 'admitted' THEN a.state WHEN policy.id IS NULL THEN 'none'
		WHEN (policy.name, policy.priority, policy.enabled) = (title, rank, active) THEN 'same'
		ELSE 'done' END;
	IF state = 'made' THEN
		policy := grantd.policy_made(tenant, policy_id, entry);
	END IF;
	IF state <> 'done' THEN
		RETURN;
	END IF;
	c := grantd.audit_append(tenant, entry, a.actor, a.actor_kind, 'UpdatePolicy', 'policy', policy_id, 'done',
		grantd.move_policies(tenant, at, context),
		grantd.policy_json(policy), jsonb_build_object('name', title, 'priority', rank, 'enabled', active,
			'version', policy.version + 1),
		reason, at, policy.audit_length, policy.audit_head);
	UPDATE grantd.policies p SET name = title, priority = rank, enabled = active, version = p.version + 1,
		updated_at = at, audit_length = c.length, audit_head = c.head
	WHERE p.tenant_id = tenant AND p.id = policy_id RETURNING p.* INTO policy;
END
$$;
COMMENT ON FUNCTION grantd.update_policy(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid, text, integer, boolean) IS 'UpdatePolicy: its name, priority, and whether its rules are asked';
REVOKE ALL ON FUNCTION grantd.update_policy(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid, text, integer, boolean) FROM PUBLIC;

-- DeletePolicy: the row stays, for its chain. The entry counts the rules and does not repeat them: together they could be
-- larger than an entry may be.
CREATE FUNCTION grantd.delete_policy(tenant uuid, key_hash bytea, key_version bigint,
	policies_version bigint, actor text, entry uuid, context text, reason text,
	policy_id uuid, OUT state text, OUT policy grantd.policies)
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	a record;
	c record;
	rules bigint;
	at CONSTANT timestamptz := statement_timestamp();
BEGIN
	a := grantd.admit_policies(tenant, key_hash, key_version, policies_version, entry, actor);
	SELECT * INTO policy FROM grantd.policies p
	WHERE p.tenant_id = tenant AND p.id = delete_policy.policy_id AND p.deleted_at IS NULL FOR UPDATE;
	state := CASE WHEN a.state <> 'admitted' THEN a.state WHEN policy.id IS NULL THEN 'none'
		ELSE 'done' END;
	IF state = 'made' THEN
		policy := grantd.policy_made(tenant, delete_policy.policy_id, entry);
	END IF;
	IF state <> 'done' THEN
		RETURN;
	END IF;
	SELECT count(*) INTO rules FROM grantd.policy_rules r
	WHERE r.tenant_id = tenant AND r.policy_id = delete_policy.policy_id;
	c := grantd.audit_append(tenant, entry, a.actor, a.actor_kind, 'DeletePolicy', 'policy',
		delete_policy.policy_id, 'done', grantd.move_policies(tenant, at, context),
		grantd.policy_json(policy) || jsonb_build_object('rules', rules), NULL,
		reason, at, policy.audit_length, policy.audit_head);
	DELETE FROM grantd.policy_rules r WHERE r.tenant_id = tenant AND r.policy_id = delete_policy.policy_id;
	UPDATE grantd.policies p SET deleted_at = at, version = p.version + 1, updated_at = at,
		audit_length = c.length, audit_head = c.head
	WHERE p.tenant_id = tenant AND p.id = delete_policy.policy_id RETURNING p.* INTO policy;
END
$$;
COMMENT ON FUNCTION grantd.delete_policy(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid) IS 'DeletePolicy: takes a policy and its rules out of force';
REVOKE ALL ON FUNCTION grantd.delete_policy(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid) FROM PUBLIC;

-- CreatePolicyRule, UpdatePolicyRule and DeletePolicyRule: `operation` says which. A rule's entry is in its policy's
-- chain. `place` null: behind the others, or where it is.
CREATE FUNCTION grantd.change_rule(tenant uuid, key_hash bytea, key_version bigint,
	policies_version bigint, actor text, entry uuid, context text, reason text,
	operation text, policy_id uuid, rule_id uuid, text_ text, notice_ text, audits boolean, place integer,
	OUT state text, OUT rule grantd.policy_rules)
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	a record;
	c record;
	p grantd.policies;
	was jsonb;
	becomes jsonb;
	at CONSTANT timestamptz := statement_timestamp();
BEGIN
	IF operation NOT IN ('CreatePolicyRule', 'UpdatePolicyRule', 'DeletePolicyRule') THEN
		RAISE EXCEPTION 'a rule is created, updated or deleted'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	a := grantd.admit_policies(tenant, key_hash, key_version, policies_version, entry, actor);
	SELECT * INTO p FROM grantd.policies x
	WHERE x.tenant_id = tenant AND x.id = change_rule.policy_id AND x.deleted_at IS NULL FOR UPDATE;
	SELECT * INTO rule FROM grantd.policy_rules r WHERE r.tenant_id = tenant
		AND r.policy_id = change_rule.policy_id AND r.id = rule_id FOR UPDATE;
	state := CASE WHEN a.state <> 'admitted' THEN a.state WHEN p.id IS NULL THEN 'none'
		WHEN operation <> 'CreatePolicyRule' AND rule.id IS NULL THEN 'none'
		WHEN operation = 'UpdatePolicyRule' AND (rule.policy_text, rule.notice, rule.audit_session, rule.ordinal)
			IS NOT DISTINCT FROM (text_, notice_, audits, coalesce(place, rule.ordinal)) THEN 'same'
		ELSE 'done' END;
	IF state = 'made' THEN
		rule := grantd.rule_made(tenant, change_rule.policy_id, rule_id, entry);
	END IF;
	IF state <> 'done' THEN
		RETURN;
	END IF;
	IF operation = 'CreatePolicyRule' THEN
		rule.tenant_id := tenant;
		rule.policy_id := change_rule.policy_id;
		rule.id := rule_id;
		rule.version := 1;
		rule.created_at := at;
		SELECT least(coalesce(max(r.ordinal), 0) + 1, 1000000) INTO rule.ordinal
		FROM grantd.policy_rules r WHERE r.tenant_id = tenant AND r.policy_id = change_rule.policy_id;
	ELSE
		was := grantd.rule_json(rule);
		rule.version := rule.version + 1;
	END IF;
	rule.updated_at := at;
	IF operation <> 'DeletePolicyRule' THEN
		rule.policy_text := text_;
		rule.notice := notice_;
		rule.audit_session := audits;
		rule.ordinal := coalesce(place, rule.ordinal);
		becomes := grantd.rule_json(rule);
	END IF;
	c := grantd.audit_append(tenant, entry, a.actor, a.actor_kind, operation, 'policy',
		change_rule.policy_id, 'done', grantd.move_policies(tenant, at, context), was, becomes, reason, at,
		p.audit_length, p.audit_head);
	IF operation <> 'CreatePolicyRule' THEN
		DELETE FROM grantd.policy_rules r WHERE r.tenant_id = tenant
			AND r.policy_id = change_rule.policy_id AND r.id = rule_id;
	END IF;
	IF operation <> 'DeletePolicyRule' THEN
		INSERT INTO grantd.policy_rules (tenant_id, policy_id, id, ordinal, policy_text, notice, audit_session,
			created_at, updated_at, version)
		VALUES (tenant, change_rule.policy_id, rule_id, rule.ordinal, rule.policy_text, rule.notice,
			rule.audit_session, rule.created_at, rule.updated_at, rule.version);
	END IF;
	UPDATE grantd.policies x SET audit_length = c.length, audit_head = c.head
	WHERE x.tenant_id = tenant AND x.id = change_rule.policy_id;
END
$$;
COMMENT ON FUNCTION grantd.change_rule(uuid, bytea, bigint, bigint, text, uuid, text, text, text, uuid, uuid, text, text, boolean, integer) IS 'Adds, changes or removes a rule';
REVOKE ALL ON FUNCTION grantd.change_rule(uuid, bytea, bigint, bigint, text, uuid, text, text, text, uuid, uuid, text, text, boolean, integer) FROM PUBLIC;

-- ---- tenants ----

-- For grantctl alone.
CREATE FUNCTION grantd.create_tenant(tenant uuid, key_hash bytea, key_version bigint,
	policies_version bigint, actor text, entry uuid, context text, reason text,
	title text, OUT state text, OUT created grantd.tenants)
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	a record;
	c record;
	at CONSTANT timestamptz := statement_timestamp();
BEGIN
	a := grantd.admit(tenant, NULL, NULL, NULL, entry, actor);
	IF a.state = 'made' THEN
		SELECT * INTO created FROM grantd.tenants t WHERE t.id = tenant FOR UPDATE;
		state := 'made';
		RETURN;
	END IF;
	c := grantd.audit_append(tenant, entry, a.actor, a.actor_kind, 'CreateTenant', 'tenant', tenant, 'done', context,
		NULL, jsonb_build_object('name', title, 'version', 1), reason, at, 0,
		decode(repeat('00', 32), 'hex'));
	INSERT INTO grantd.tenants AS t (id, name, created_at, updated_at, audit_length, audit_head)
	VALUES (tenant, title, at, at, c.length, c.head) RETURNING t.* INTO created;
	state := 'done';
END
$$;
COMMENT ON FUNCTION grantd.create_tenant(uuid, bytea, bigint, bigint, text, uuid, text, text, text) IS 'Makes a tenant';
REVOKE ALL ON FUNCTION grantd.create_tenant(uuid, bytea, bigint, bigint, text, uuid, text, text, text) FROM PUBLIC;

-- UpdateTenant: its name, what it may choose, and whether its keys open anything; null: as it is. For grantctl alone. It
-- holds what changes of policies do, and moves what they move where it changes what is read with them.
CREATE FUNCTION grantd.update_tenant(tenant uuid, key_hash bytea, key_version bigint,
	policies_version bigint, actor text, entry uuid, context text, reason text,
	title text, failing_denies boolean, serves boolean, OUT state text, OUT changed grantd.tenants)
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	a record;
	c record;
	e grantd.audit_log;
	after json;
	was jsonb;
	becomes jsonb;
	stands text;
	at CONSTANT timestamptz := statement_timestamp();
BEGIN
	a := grantd.admit_policies(tenant, NULL, NULL, NULL, entry, actor);
	SELECT * INTO changed FROM grantd.tenants t WHERE t.id = tenant;
	title := coalesce(title, changed.name);
	failing_denies := coalesce(failing_denies, changed.failing_forbid_denies);
	stands := CASE WHEN serves THEN 'serving' WHEN NOT serves THEN 'disabled' ELSE changed.state END;
	state := CASE WHEN a.state <> 'admitted' THEN a.state WHEN changed.id IS NULL THEN 'none'
		WHEN (changed.name, changed.failing_forbid_denies, changed.state) = (title, failing_denies, stands)
			THEN 'same'
		ELSE 'done' END;
	IF state = 'made' THEN
		e := grantd.entry_made(tenant, entry, 'tenant', tenant);
		after := e.record -> 'after';
		changed.name := coalesce(after ->> 'name', changed.name);
		changed.failing_forbid_denies := coalesce((after ->> 'failing_forbid_denies')::boolean,
			changed.failing_forbid_denies);
		changed.state := coalesce(after ->> 'state', changed.state);
		changed.version := after ->> 'version';
		changed.updated_at := e.created_at;
		changed.audit_length := e.sequence;
		changed.audit_head := e.hash;
	END IF;
	IF state <> 'done' THEN
		RETURN;
	END IF;
	was := jsonb_build_object('version', changed.version);
	becomes := jsonb_build_object('version', changed.version + 1);
	IF changed.name <> title THEN
		was := was || jsonb_build_object('name', changed.name);
		becomes := becomes || jsonb_build_object('name', title);
	END IF;
	IF changed.state <> stands THEN
		was := was || jsonb_build_object('state', changed.state);
		becomes := becomes || jsonb_build_object('state', stands);
	END IF;
	IF changed.failing_forbid_denies <> failing_denies THEN
		was := was || jsonb_build_object('failing_forbid_denies', changed.failing_forbid_denies);
		becomes := becomes || jsonb_build_object('failing_forbid_denies', failing_denies);
		context := grantd.move_policies(tenant, at, context);
	END IF;
	c := grantd.audit_append(tenant, entry, a.actor, a.actor_kind, 'UpdateTenant', 'tenant', tenant, 'done',
		context, was, becomes, reason, at, changed.audit_length, changed.audit_head);
	UPDATE grantd.tenants t SET name = title, failing_forbid_denies = failing_denies, state = stands,
		version = t.version + 1, updated_at = at, audit_length = c.length, audit_head = c.head
	WHERE t.id = tenant;
	SELECT * INTO changed FROM grantd.tenants t WHERE t.id = tenant;
END
$$;
COMMENT ON FUNCTION grantd.update_tenant(uuid, bytea, bigint, bigint, text, uuid, text, text, text, boolean, boolean) IS 'Changes a tenant: its name, what it may choose, and whether it is served';
REVOKE ALL ON FUNCTION grantd.update_tenant(uuid, bytea, bigint, bigint, text, uuid, text, text, text, boolean, boolean) FROM PUBLIC;

-- The tenant whose rows the rest of the transaction sees.
CREATE FUNCTION grantd.choose_tenant(tenant uuid) RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN set_config('grantd.tenant', tenant::text, true);
END
$$;
COMMENT ON FUNCTION grantd.choose_tenant(uuid) IS 'Chooses a tenant for the rest of the transaction';
REVOKE ALL ON FUNCTION grantd.choose_tenant(uuid) FROM PUBLIC;

-- ---- for grantctl audit verify ----

-- Row-level security lets nobody but grantd_auth see rows of a tenant that is not there. From tenant to tenant by each
-- table's index, however many rows are between them.
CREATE FUNCTION grantd.find_strays() RETURNS TABLE (kind text, tenant uuid)
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	FOREACH kind IN ARRAY ARRAY['api_keys', 'grants', 'audit_log', 'audit_cuts', 'audit_archives', 'policies',
		'policy_rules', 'idempotency_keys', 'activity_event', 'activity_count']
	LOOP
		tenant := NULL;
		LOOP
			EXECUTE format('SELECT x.tenant_id FROM grantd.%I x WHERE $1 IS NULL OR x.tenant_id > $1'
				' ORDER BY x.tenant_id LIMIT 1', kind) INTO tenant USING tenant;
			EXIT WHEN tenant IS NULL;
			IF NOT EXISTS (SELECT FROM grantd.tenants t WHERE t.id = tenant) THEN
				RETURN NEXT;
			END IF;
		END LOOP;
	END LOOP;
END
$$;
COMMENT ON FUNCTION grantd.find_strays() IS 'The tenants that are not there and have rows all the same, by table';
REVOKE ALL ON FUNCTION grantd.find_strays() FROM PUBLIC;

-- ---- for grantctl audit follow ----

-- What the reading of a batch begins with: which database this is, how far all transactions have
-- ended, and the transaction that wrote an entry which was read before: -1 where that was archived, null where it
-- is not there. Where none is asked for: the last transaction before the bound that wrote an entry here, or null.
CREATE FUNCTION grantd.audit_bound(tenant uuid, known uuid, chain text, owner uuid, place bigint,
	OUT database text, OUT bound bigint, OUT writer bigint)
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT s.system_identifier || '-' || d.oid INTO database
	FROM pg_control_system() s, pg_database d WHERE d.datname = current_database();
	bound := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
	IF known IS NULL THEN
		SELECT a.written_by::text::bigint INTO writer FROM grantd.audit_log a
		WHERE a.written_by > '0'::xid8 -- of which the index is
		  AND a.written_by < pg_snapshot_xmin(pg_current_snapshot()) AND a.xmin = a.written_by::xid
		ORDER BY a.written_by DESC LIMIT 1;
		RETURN;
	END IF;
	SELECT a.written_by::text::bigint INTO writer FROM grantd.audit_log a
	WHERE a.tenant_id = tenant AND a.id = known;
	IF NOT FOUND AND EXISTS (SELECT FROM grantd.audit_cuts c WHERE c.tenant_id = tenant
	    AND c.resource_type = chain AND c.resource_id = owner AND c.sequence >= place) THEN
		writer := -1;
	END IF;
END
$$;
COMMENT ON FUNCTION grantd.audit_bound(uuid, uuid, text, uuid, bigint) IS 'Which database this is, and how far its transactions have ended';
REVOKE ALL ON FUNCTION grantd.audit_bound(uuid, uuid, text, uuid, bigint) FROM PUBLIC;

-- Entries by tenant and id; `here`: written by the transaction whose number they have, and not brought by a dump.
CREATE FUNCTION grantd.audit_by_id(tenant uuid, behind uuid, most integer)
	RETURNS TABLE (e grantd.audit_log, here boolean)
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT a, a.xmin = a.written_by::xid FROM grantd.audit_log a
	WHERE (a.tenant_id, a.id) > (audit_by_id.tenant, behind)
	ORDER BY a.tenant_id, a.id LIMIT most;
END
$$;
COMMENT ON FUNCTION grantd.audit_by_id(uuid, uuid, integer) IS 'Entries of all tenants, in the order of their ids';
REVOKE ALL ON FUNCTION grantd.audit_by_id(uuid, uuid, integer) FROM PUBLIC;

-- Entries by the transactions that wrote them, as far as all transactions have ended.
CREATE FUNCTION grantd.audit_by_writer(since bigint, most integer)
	RETURNS TABLE (e grantd.audit_log, here boolean)
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT a, a.xmin = a.written_by::xid FROM grantd.audit_log a
	WHERE a.written_by > '0'::xid8 -- of which the index is
	  AND a.written_by > since::text::xid8 AND a.written_by < pg_snapshot_xmin(pg_current_snapshot())
	ORDER BY a.written_by LIMIT most;
END
$$;
COMMENT ON FUNCTION grantd.audit_by_writer(bigint, integer) IS 'Entries of all tenants, in the order of their transactions';
REVOKE ALL ON FUNCTION grantd.audit_by_writer(bigint, integer) FROM PUBLIC;

-- Entries of one transaction that wrote many, by tenant and id. Compared as text, since the index in the order of
-- transactions would give all of them for each page.
CREATE FUNCTION grantd.audit_of_writer(writer bigint, tenant uuid, behind uuid, most integer)
	RETURNS TABLE (e grantd.audit_log, here boolean)
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT a, a.xmin = a.written_by::xid FROM grantd.audit_log a
	WHERE a.written_by::text = audit_of_writer.writer::text
	  AND (a.tenant_id, a.id) > (audit_of_writer.tenant, behind)
	ORDER BY a.tenant_id, a.id LIMIT most;
END
$$;
COMMENT ON FUNCTION grantd.audit_of_writer(bigint, uuid, uuid, integer) IS 'Entries of one transaction, in the order of their ids';
REVOKE ALL ON FUNCTION grantd.audit_of_writer(bigint, uuid, uuid, integer) FROM PUBLIC;

-- ---- for grantctl audit archive ----

-- Dropping entries is nothing that a move carries: what has arrived would keep them. So nothing of a tenant is archived from the
-- moment on at which a move of it begins. The lock, which whoever begins one takes alone, keeps it from beginning until the transaction ends.
CREATE FUNCTION grantd.refuse_moving(tenant uuid) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	t grantd.tenants;
BEGIN
	PERFORM pg_advisory_xact_lock_shared(uuid_hash_extended(tenant, 0));
	SELECT * INTO t FROM grantd.tenants x WHERE x.id = tenant;
	IF t.state = 'moved' OR t.hold IS NOT NULL THEN
		PERFORM grantd.refuse_away(tenant);
	ELSIF t.move_id IS NOT NULL THEN
		RAISE EXCEPTION 'a move of tenant % is under way, which would not carry it: drop nothing before that has ended, or is given up (grantctl tenant move --abort)',
			tenant USING ERRCODE = 'GD002';
	END IF;
END
$$;
COMMENT ON FUNCTION grantd.refuse_moving(uuid) IS 'Fails where a tenant moves, and keeps it from moving until the transaction ends';
REVOKE ALL ON FUNCTION grantd.refuse_moving(uuid) FROM PUBLIC;

-- What is told of entries that are dropped into an archive. For grantctl alone. `same`: it was begun before;
-- `mismatch`: with another file of that name.
CREATE FUNCTION grantd.begin_archive(tenant uuid, key_hash bytea, key_version bigint,
	policies_version bigint, actor text, entry uuid, context text, reason text,
	archive uuid, file_digest bytea, until timestamptz, dropped bigint, owners bigint)
	RETURNS text
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	a record;
	c record;
	t grantd.tenants;
	at CONSTANT timestamptz := statement_timestamp();
	begun bytea;
BEGIN
	PERFORM grantd.refuse_moving(tenant);
	SELECT * INTO t FROM grantd.tenants x WHERE x.id = tenant FOR NO KEY UPDATE;
	a := grantd.admit(tenant, NULL, NULL, NULL, entry, actor);
	SELECT x.digest INTO begun FROM grantd.audit_archives x
	WHERE x.tenant_id = tenant AND x.id = archive;
	IF t.id IS NULL THEN
		RETURN 'none';
	ELSIF begun IS NOT NULL THEN
		RETURN CASE WHEN begun = file_digest THEN 'same' ELSE 'mismatch' END;
	ELSIF a.state <> 'admitted' THEN
		RETURN a.state;
	END IF;
	c := grantd.audit_append(tenant, entry, a.actor, a.actor_kind, 'ArchiveAuditLog', 'tenant', tenant, 'done',
		left(context, -1) || format(',"archive":{"id":"%s","sha256":"%s","before":"%s","entries":%s,"chains":%s}}',
			archive, encode(file_digest, 'hex'), grantd.time_text(until), dropped, owners),
		NULL, NULL, reason, at, t.audit_length, t.audit_head);
	UPDATE grantd.tenants x SET audit_length = c.length, audit_head = c.head WHERE x.id = tenant;
	INSERT INTO grantd.audit_archives (tenant_id, id, entry, digest, before, entries, chains, actor, created_at)
	VALUES (tenant, archive, entry, file_digest, until, dropped, owners, a.actor, at);
	RETURN 'done';
END
$$;
COMMENT ON FUNCTION grantd.begin_archive(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid, bytea, timestamptz, bigint, bigint) IS 'Tells of an archive, before entries are dropped';
REVOKE ALL ON FUNCTION grantd.begin_archive(uuid, bytea, bigint, bigint, text, uuid, text, text, uuid, bytea, timestamptz, bigint, bigint) FROM PUBLIC;

-- Drops the beginning of a chain, once the cut is there that stands for it, and only where the log has exactly the entries
-- whose hashes are given (the SHA-256 of all of them in a row). `none`: there is no such
-- archive; `same`: it was dropped before; `stale`: the chain's cut is another; `mismatch`: the log has other entries.
CREATE FUNCTION grantd.drop_archived(tenant uuid, archive uuid, chain text, owner uuid, first bigint,
	last bigint, last_hash bytea, hashes bytea, told text) RETURNS text
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	cut record;
	found record;
	n bigint;
BEGIN
	PERFORM grantd.refuse_old_snapshot();
	IF NOT pg_has_role(session_user, 'grantd_owner', 'MEMBER') THEN
		RAISE EXCEPTION 'entries are archived by members of grantd_owner'
			USING ERRCODE = 'insufficient_privilege';
	END IF;
	PERFORM grantd.refuse_moving(tenant);
	IF NOT EXISTS (SELECT FROM grantd.audit_archives a
	    WHERE a.tenant_id = tenant AND a.id = drop_archived.archive) THEN
		RETURN 'none';
	END IF;
	SELECT * INTO cut FROM grantd.audit_cuts c WHERE c.tenant_id = tenant
		AND c.resource_type = chain AND c.resource_id = owner FOR UPDATE;
	IF cut.archive = drop_archived.archive AND cut.sequence = last AND cut.hash = last_hash THEN
		RETURN 'same';
	ELSIF coalesce(cut.sequence, 0) + 1 <> first THEN
		RETURN 'stale';
	END IF;
	SELECT count(*) AS entries, sha256(string_agg(a.hash, ''::bytea ORDER BY a.sequence)) AS digest INTO found
	FROM grantd.audit_log a WHERE a.tenant_id = tenant AND a.resource_type = chain
		AND a.resource_id = owner AND a.sequence BETWEEN first AND last;
	IF found.entries <> last - first + 1 OR found.digest IS DISTINCT FROM hashes THEN
		RETURN 'mismatch';
	END IF;
	INSERT INTO grantd.audit_cuts AS c (tenant_id, resource_type, resource_id, sequence, hash, archive, told, seal)
	VALUES (tenant, chain::grantd.chain_owner, owner, last, last_hash, drop_archived.archive, told::json,
		sha256('grantd-cut-1'::bytea || uuid_send(tenant) || uuid_send(owner)
			|| uuid_send(drop_archived.archive) || int8send(last) || last_hash
			|| grantd.audit_text(chain) || convert_to(told, 'UTF8')))
	ON CONFLICT (tenant_id, resource_type, resource_id) DO UPDATE SET sequence = excluded.sequence,
		hash = excluded.hash, archive = excluded.archive, told = excluded.told, seal = excluded.seal;
	DELETE FROM grantd.audit_log a WHERE a.tenant_id = tenant AND a.resource_type = chain
		AND a.resource_id = owner AND a.sequence BETWEEN first AND last;
	GET DIAGNOSTICS n = ROW_COUNT;
	IF n <> last - first + 1 THEN
		RAISE EXCEPTION 'entries of % % changed while they were dropped', chain, owner
			USING ERRCODE = 'serialization_failure';
	END IF;
	RETURN 'done';
END
$$;
COMMENT ON FUNCTION grantd.drop_archived(uuid, uuid, text, uuid, bigint, bigint, bytea, bytea, text) IS 'Drops what an archive has of a chain, and notes from where it goes on';
REVOKE ALL ON FUNCTION grantd.drop_archived(uuid, uuid, text, uuid, bigint, bigint, bytea, bytea, text) FROM PUBLIC;

-- ---- who may call what ----

DO $$
DECLARE
	f record;
BEGIN
	FOR f IN SELECT p.oid::regprocedure AS name, p.proname FROM pg_proc p
		WHERE p.pronamespace = 'grantd'::regnamespace AND p.proowner = 'grantd_auth'::regrole
		  AND p.proname IN ('get_grant', 'get_policies', 'update_grant', 'revoke_grant', 'create_grant', 'log_denied',
			'record_activity', 'create_api_key', 'rotate_api_key', 'revoke_api_key', 'note_key_use',
			'create_policy', 'update_policy', 'delete_policy', 'change_rule', 'create_tenant',
			'update_tenant', 'choose_tenant', 'find_strays', 'audit_bound', 'audit_by_id', 'audit_by_writer', 'audit_of_writer',
			'begin_archive', 'drop_archived')
	LOOP
		EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO grantd_owner', f.name);
		IF f.proname NOT IN ('create_tenant', 'update_tenant', 'choose_tenant', 'find_strays', 'audit_bound', 'audit_by_id',
			'audit_by_writer', 'audit_of_writer', 'begin_archive', 'drop_archived') THEN
			EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO grantd_app', f.name);
		END IF;
	END LOOP;
END
$$;

SET LOCAL ROLE grantd_owner;
REVOKE CREATE ON SCHEMA grantd FROM grantd_auth;

-- A worker reads, under row-level security, and calls functions; it writes no table. (A privilege for
-- single columns goes with the one for the table.)
REVOKE INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA grantd FROM grantd_app;
DROP POLICY tenants_change_own_row ON grantd.tenants;
REVOKE ALL ON FUNCTION grantd.audit_hash(bytea, uuid, uuid, text, uuid, bigint, text, text, text, text,
	jsonb, text, timestamptz) FROM grantd_app;

UPDATE grantd.schema_version SET version = 6, serves_from = 6, changed_at = statement_timestamp();

RESET ROLE;
\if :{?grantd_in_transaction}
\else
COMMIT;
\endif

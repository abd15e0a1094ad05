-- SPDX-License-Identifier: MIT
-- Deploy grantd:tenant_state to pg
-- requires: tenant_settings refusals
--
-- Whether a tenant is served here, and what carries it to another database.
--
-- Two columns say it, and every look-up of a key reads the row that they are in:
--
--   state  what the tenant's own entries tell: serving, disabled, or moved away
--   hold   what is under way, and no entry tells:
--            closed    a move is about to end: it is read here, and nothing of it is written
--            arriving  it is being carried here: nobody is served
--            removing  its rows are being deleted
--
-- Whoever writes rows of a tenant first takes the advisory lock of the tenant, shared, and then looks at these columns. Whoever closes
-- it takes that lock alone: then every change that was let in before is committed and seen, and every one after it is refused.
--
-- Who may serve a tenant that moves is one row in one database at any time: the row at the old place becomes `moved` before
-- the one at the new place stops to be `arriving`, and move_id ties the two together.
--
-- The schema's version moves with a change after this one. Until then this one is found undone by
-- install.sql, and may run again.

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
SET LOCAL ROLE grantd_owner;
SET LOCAL client_min_messages = warning;

-- CHECKs, and no domains, which would have the table written anew.
ALTER TABLE grantd.tenants
	ADD COLUMN IF NOT EXISTS state text NOT NULL DEFAULT 'serving'
		CONSTRAINT tenants_state_known CHECK (state IN ('serving', 'disabled', 'moved')),
	ADD COLUMN IF NOT EXISTS moved_to text,
	ADD COLUMN IF NOT EXISTS hold text
		CONSTRAINT tenants_hold_known CHECK (hold IN ('closed', 'arriving', 'removing')),
	ADD COLUMN IF NOT EXISTS move_id uuid,
	ADD COLUMN IF NOT EXISTS move_since xid8;
COMMENT ON COLUMN grantd.tenants.state IS 'serving; disabled: its keys open nothing; moved: it is served by another database';
COMMENT ON COLUMN grantd.tenants.moved_to IS 'Which database it has moved to, for people; null: it has not';
COMMENT ON COLUMN grantd.tenants.hold IS 'closed: nothing of it is written, as a move is about to end; arriving: it is being carried here, and nobody is served; removing: its rows are being deleted; null: none of these';
COMMENT ON COLUMN grantd.tenants.move_id IS 'The move that is under way, the same at both of its ends; null: none is';
COMMENT ON COLUMN grantd.tenants.move_since IS 'While it is arriving: what transactions of the old place from this one on have written is still to be carried';

-- Where a tenant is away, whoever asks is to come again: it is open elsewhere, or soon.
CREATE OR REPLACE FUNCTION grantd.refuse_away(tenant uuid) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	t grantd.tenants;
BEGIN
	SELECT * INTO t FROM grantd.tenants x WHERE x.id = tenant;
	RAISE EXCEPTION '%', CASE
		WHEN t.state = 'moved' THEN format('the tenant has moved to %s', t.moved_to)
		WHEN t.hold = 'arriving' THEN 'the tenant is arriving here, and not open yet'
		WHEN t.hold = 'removing' THEN 'the tenant is being removed'
		ELSE 'the tenant is closed for a moment, as it moves' END
		USING ERRCODE = 'GD001';
END
$$;
COMMENT ON FUNCTION grantd.refuse_away(uuid) IS 'Fails, and says why a tenant is not served here just now';
REVOKE ALL ON FUNCTION grantd.refuse_away(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grantd.refuse_away(uuid) TO grantd_auth;

-- Alone with the tenant: whoever had its lock shared, to write rows of it, has ended. What comes later in the transaction sees all of
-- theirs, and they, who wait for this to end, see what it does. `moves`: for grantctl tenant move.
CREATE OR REPLACE FUNCTION grantd.tenant_alone(tenant uuid, moves boolean) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(uuid_hash_extended(tenant, 0));
END
$$;
COMMENT ON FUNCTION grantd.tenant_alone(uuid, boolean) IS 'Waits for all who write rows of the tenant, and keeps them off until the transaction ends';
REVOKE ALL ON FUNCTION grantd.tenant_alone(uuid, boolean) FROM PUBLIC;

-- The tenant's row at the place where it arrives: made, or brought up to date. False: it is there, and not by this move.
CREATE OR REPLACE FUNCTION grantd.take_tenant(t grantd.tenants, move uuid) RETURNS boolean
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	t.hold := 'arriving';
	t.move_id := move;
	t.move_since := NULL;
	INSERT INTO grantd.tenants AS x SELECT t.* ON CONFLICT (id) DO UPDATE SET name = excluded.name,
		policy_version = excluded.policy_version, created_at = excluded.created_at,
		updated_at = excluded.updated_at, version = excluded.version, audit_length = excluded.audit_length,
		audit_head = excluded.audit_head, failing_forbid_denies = excluded.failing_forbid_denies,
		state = excluded.state
	WHERE x.hold = 'arriving' AND x.move_id = move;
	RETURN FOUND;
END
$$;
COMMENT ON FUNCTION grantd.take_tenant(grantd.tenants, uuid) IS 'Takes the row of a tenant that arrives';
REVOKE ALL ON FUNCTION grantd.take_tenant(grantd.tenants, uuid) FROM PUBLIC;

-- The end of a move, at either place: with `leaves` the old one gives the tenant up for good, without it the new one opens. Each
-- is an entry. `none`: the tenant is not where this move has to have brought it.
CREATE OR REPLACE FUNCTION grantd.end_move(tenant uuid, move uuid, actor text, entry uuid, context text, reason text,
	leaves boolean, place text) RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	t grantd.tenants;
	c record;
	at CONSTANT timestamptz := statement_timestamp();
BEGIN
	SELECT * INTO t FROM grantd.tenants x WHERE x.id = tenant FOR NO KEY UPDATE;
	IF t.id IS NULL OR t.move_id IS DISTINCT FROM move
	    OR t.hold IS DISTINCT FROM (CASE WHEN leaves THEN 'closed' ELSE 'arriving' END) THEN
		RETURN 'none';
	END IF;
	c := grantd.audit_append(tenant, entry, actor, 'system', 'MoveTenant', 'tenant', tenant, 'done',
		left(context, -1) || CASE WHEN leaves THEN '' ELSE ',"moved_from":' || to_json(place)::text END || '}',
		jsonb_build_object('version', t.version)
			|| CASE WHEN leaves THEN jsonb_build_object('state', t.state, 'moved_to', t.moved_to)
			ELSE '{}' END,
		jsonb_build_object('version', t.version + 1)
			|| CASE WHEN leaves THEN jsonb_build_object('state', 'moved', 'moved_to', place)
			ELSE '{}' END,
		reason, at, t.audit_length, t.audit_head);
	UPDATE grantd.tenants x SET version = x.version + 1, updated_at = at, audit_length = c.length,
		audit_head = c.head, hold = NULL, move_since = NULL,
		state = CASE WHEN leaves THEN 'moved' ELSE x.state END,
		moved_to = CASE WHEN leaves THEN place ELSE x.moved_to END,
		move_id = CASE WHEN leaves THEN x.move_id END
	WHERE x.id = tenant;
	RETURN 'done';
END
$$;
COMMENT ON FUNCTION grantd.end_move(uuid, uuid, text, uuid, text, text, boolean, text) IS 'Ends a move: gives a tenant up, or opens it';
REVOKE ALL ON FUNCTION grantd.end_move(uuid, uuid, text, uuid, text, text, boolean, text) FROM PUBLIC;

-- Deletes some `most` rows of a tenant that is being removed, and says how many; the tenant's own is the last. (Of a partitioned
-- table rows are found by their places in each partition, so that it may be more.)
CREATE OR REPLACE FUNCTION grantd.remove_rows(tenant uuid, most integer) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kind text;
	removed bigint;
BEGIN
	PERFORM FROM grantd.tenants t WHERE t.id = tenant AND t.hold = 'removing' FOR UPDATE;
	IF NOT FOUND THEN
		RETURN 0;
	END IF;
	-- What refers to others comes before them.
	FOREACH kind IN ARRAY ARRAY['idempotency_keys', 'refusals', 'activity_event', 'activity_count', 'audit_log',
		'audit_cuts', 'audit_archives', 'grants', 'policy_rules', 'policies', 'api_keys']
	LOOP
		EXECUTE format('DELETE FROM grantd.%1$I x WHERE x.tenant_id = $1 AND x.ctid = ANY (ARRAY('
			'SELECT y.ctid FROM grantd.%1$I y WHERE y.tenant_id = $1 LIMIT $2))', kind)
			USING tenant, most;
		GET DIAGNOSTICS removed = ROW_COUNT;
		IF removed > 0 THEN
			RETURN removed;
		END IF;
	END LOOP;
	DELETE FROM grantd.tenants t WHERE t.id = tenant;
	RETURN 1;
END
$$;
COMMENT ON FUNCTION grantd.remove_rows(uuid, integer) IS 'Deletes rows of a tenant that is being removed';
REVOKE ALL ON FUNCTION grantd.remove_rows(uuid, integer) FROM PUBLIC;

-- The one way out: row-level security shows the owner the rows of one tenant alone, and that one is being removed.
CREATE OR REPLACE FUNCTION grantd.audit_log_is_append_only() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF TG_OP = 'DELETE' AND current_user = 'grantd_owner' AND EXISTS (SELECT FROM grantd.tenants t
	    WHERE t.id = grantd.current_tenant() AND t.hold = 'removing') THEN
		RETURN NULL;
	END IF;
	RAISE EXCEPTION 'grantd.audit_log is append-only: % is not allowed', TG_OP
		USING ERRCODE = 'insufficient_privilege';
END
$$;
COMMENT ON FUNCTION grantd.audit_log_is_append_only() IS 'Trigger: refuses UPDATE, DELETE and TRUNCATE, but for the DELETE of a tenant that is being removed';

RESET ROLE;
\if :{?grantd_in_transaction}
\else
COMMIT;
\endif

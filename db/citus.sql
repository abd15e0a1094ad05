-- SPDX-License-Identifier: MIT
-- Spreads the tenants of an installed schema over the nodes of a Citus cluster:
--
--     psql -X -v shards=32 -f db/citus.sql DATABASE
--
-- On the coordinator, as a superuser, after db/install.sql, and once the nodes are there. docs/scaling.md says how to
-- prepare them. May be run again: after an upgrade it has to be, for the functions that are new, and does what was
-- not done. All or nothing.
--
-- A tenant is on one node, in the shards that its id falls into. Every change is one function whose first argument is the
-- tenant, so that the coordinator sends the whole call to that node, where it runs on local shards, in a transaction of its
-- own. What a key's hash says is its tenant: that look-up is in a small table which every node has.
--
-- Functions are replaced where the form that is best in one database is none that can be spread; each says why.

\set ON_ERROR_STOP on
\set QUIET on
\if :{?shards}
\else
\set shards 32
\endif
\pset format unaligned
\pset tuples_only on

BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL row_security = on;
SELECT pg_advisory_xact_lock(hashtextextended('grantd.install', 0)) AS locked \gset

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') THEN
		RAISE EXCEPTION 'the extension citus is not in database "%"', current_database();
	ELSIF to_regclass('grantd.schema_version') IS NULL
	    OR (SELECT version FROM grantd.schema_version) < 6 THEN
		RAISE EXCEPTION 'grantd''s schema is not installed in database "%", or is older than version 6',
			current_database() USING HINT = 'db/install.sql comes first';
	ELSIF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
		RAISE EXCEPTION 'role "%" is no superuser', current_user;
	ELSIF NOT EXISTS (SELECT FROM pg_dist_node WHERE shouldhaveshards AND isactive) THEN
		RAISE EXCEPTION 'there is no node to have shards' USING HINT = 'SELECT citus_add_node(...)';
	END IF;
END
$$;

-- Every request reads its key first: none is under way any more once this is held.
LOCK TABLE grantd.api_keys IN ACCESS EXCLUSIVE MODE;

-- Tables and functions in one transaction: one connection to each node.
SET LOCAL citus.multi_shard_modify_mode = 'sequential';
-- The triggers look at the row that they are of and at nothing else.
SET LOCAL citus.enable_unsafe_triggers = on;
SELECT set_config('citus.shard_count', :'shards', true) AS said \gset

-- ---- tables ----

-- Whose is the key with this hash? On every node, so that a caller is known before a node is asked, and a key that is shown
-- for another tenant than its own is known to be that.
CREATE TABLE IF NOT EXISTS grantd.key_places (
	hash      grantd.sha256 PRIMARY KEY,
	tenant_id uuid NOT NULL
);
ALTER TABLE grantd.key_places OWNER TO grantd_owner;
COMMENT ON TABLE grantd.key_places IS 'The tenant of each API key, for finding the node that has it';
COMMENT ON COLUMN grantd.key_places.hash IS 'As in api_keys';
COMMENT ON COLUMN grantd.key_places.tenant_id IS 'The tenant that the key opens';
GRANT SELECT, INSERT ON grantd.key_places TO grantd_auth;

DO $$
DECLARE
	t record;
BEGIN
	FOR t IN SELECT * FROM (VALUES ('tenants', 'id', 'none'), ('api_keys', 'tenant_id', 'grantd.tenants'),
		('grants', 'tenant_id', 'grantd.tenants'), ('audit_log', 'tenant_id', 'grantd.tenants'),
		('policies', 'tenant_id', 'grantd.tenants'), ('policy_rules', 'tenant_id', 'grantd.tenants'),
		('idempotency_keys', 'tenant_id', 'grantd.tenants'), ('refusals', 'tenant_id', 'grantd.tenants'),
		('audit_cuts', 'tenant_id', 'grantd.tenants'), ('audit_archives', 'tenant_id', 'grantd.tenants'),
		('activity_event', 'tenant_id', 'grantd.tenants'), ('activity_count', 'tenant_id', 'grantd.tenants'))
		AS list (name, key, beside)
		WHERE NOT EXISTS (SELECT FROM pg_dist_partition p WHERE p.logicalrelid = format('grantd.%I', name)::regclass)
	LOOP
		PERFORM create_distributed_table(format('grantd.%I', t.name), t.key, colocate_with => t.beside);
	END LOOP;
	FOR t IN SELECT name FROM (VALUES ('schema_version'), ('key_places')) AS list (name)
		WHERE NOT EXISTS (SELECT FROM pg_dist_partition p WHERE p.logicalrelid = format('grantd.%I', name)::regclass)
	LOOP
		PERFORM create_reference_table(format('grantd.%I', t.name));
	END LOOP;
END
$$;

INSERT INTO grantd.key_places (hash, tenant_id)
SELECT k.hash, k.tenant_id FROM grantd.api_keys k ON CONFLICT DO NOTHING;

-- ---- functions ----

-- set_config() would choose the tenant here and nowhere else: SET LOCAL goes to the nodes that this transaction uses. The
-- text of the statement is made of a UUID.
CREATE OR REPLACE FUNCTION grantd.choose_tenant(tenant uuid) RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET citus.propagate_set_commands = 'local'
AS $$
BEGIN
	EXECUTE format('SET LOCAL grantd.tenant = %L', coalesce(tenant::text, ''));
	RETURN tenant;
END
$$;

-- In two steps: the node is known by the tenant.
CREATE OR REPLACE FUNCTION grantd.authenticate(key_hash bytea)
	RETURNS TABLE (tenant_id uuid, id uuid, name text, roles text[],
		policy_version bigint, version bigint, stamp text)
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	place uuid;
	stands text;
	held text;
BEGIN
	SELECT p.tenant_id INTO place FROM grantd.key_places p WHERE p.hash = key_hash;
	SELECT k.tenant_id, k.id, k.name::text, k.roles::text[], t.policy_version::bigint, k.version::bigint,
		format('%s %s %s', k.id, k.version, t.policy_version), t.state, t.hold
	INTO tenant_id, id, name, roles, policy_version, version, stamp, stands, held
	FROM grantd.api_keys k
	JOIN grantd.tenants t ON t.id = k.tenant_id
	WHERE k.tenant_id = place AND k.hash = key_hash
	  AND k.revoked_at IS NULL
	  AND (k.expires_at IS NULL OR k.expires_at > statement_timestamp());
	IF stands = 'moved' OR stands = 'serving' AND held = 'arriving' THEN
		PERFORM grantd.refuse_away(tenant_id);
	ELSIF stands <> 'serving' THEN
		tenant_id := NULL;
	END IF;
	-- What an earlier statement of this transaction chose must not stay chosen when nothing is found now.
	PERFORM grantd.choose_tenant(tenant_id);
	IF tenant_id IS NOT NULL THEN
		RETURN NEXT;
	END IF;
END
$$;

CREATE OR REPLACE FUNCTION grantd.find_key(key_hash bytea)
	RETURNS TABLE (tenant_id uuid, id uuid)
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	place uuid;
BEGIN
	SELECT p.tenant_id INTO place FROM grantd.key_places p WHERE p.hash = key_hash;
	RETURN QUERY SELECT k.tenant_id, k.id FROM grantd.api_keys k
	WHERE k.tenant_id = place AND k.hash = key_hash;
END
$$;

-- The primary key says so, for all nodes.
CREATE OR REPLACE FUNCTION grantd.claim_hash(tenant uuid, new_hash bytea) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO grantd.key_places (hash, tenant_id) VALUES (new_hash, tenant);
END
$$;

-- UpdateGrant, as one database has it, is kept as update_grant_here(). place_functions() makes of it what is for the tables of one shard.
DO $$
DECLARE
	is_plain CONSTANT boolean := position('update_grant_spread' IN prosrc) = 0 FROM pg_proc
		WHERE oid = 'grantd.update_grant'::regproc;
BEGIN
	IF is_plain THEN
		EXECUTE replace(pg_get_functiondef('grantd.update_grant'::regproc), 'grantd.update_grant(', 'grantd.update_grant_here(');
		ALTER FUNCTION grantd.update_grant_here OWNER TO grantd_auth;
		REVOKE ALL ON FUNCTION grantd.update_grant_here FROM PUBLIC;
		COMMENT ON FUNCTION grantd.update_grant_here IS 'UpdateGrant for place_functions(), called by nobody';
		-- What the nodes have is of another version, and asked by nobody just now.
		PERFORM FROM run_command_on_all_nodes('DO $inner$ BEGIN IF to_regproc(''grantd.place_functions'') IS NOT NULL THEN'
			' PERFORM grantd.place_functions(false); END IF; END $inner$') r WHERE NOT r.success;
		IF FOUND THEN
			RAISE EXCEPTION 'a node keeps functions of its shards';
		END IF;
	END IF;
END
$$;

-- Citus plans each statement about a distributed table anew each time. One about a shard's own table is planned as any other, and
-- the plan kept: so there is a function for each shard at the node that has it, and this one finds it. Where there is none (yet),
-- where the shard is moving, or where this is not its node, the other form does.
CREATE OR REPLACE FUNCTION grantd.update_grant(tenant uuid, key_hash bytea, key_version bigint,
	policies_version bigint, actor text, entry uuid, context text, reason text,
	grant_id uuid, grant_version bigint, wanted boolean)
	RETURNS grantd.grant_change
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r grantd.grant_change;
	shard CONSTANT bigint := get_shard_id_for_distribution_column('grantd.tenants', tenant);
BEGIN
	IF to_regproc('grantd.update_grant_' || shard) IS NULL OR NOT grantd.hold_shard(shard) THEN
		RETURN grantd.update_grant_spread(tenant, key_hash, key_version, policies_version, actor, entry,
			context, reason, grant_id, grant_version, wanted);
	END IF;
	EXECUTE format('SELECT * FROM grantd.update_grant_%s($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)', shard)
		INTO r USING tenant, key_hash, key_version, policies_version, actor, entry, context, reason,
		grant_id, grant_version, wanted;
	RETURN r;
END
$$;

-- Is the shard here, and stays here until this transaction ends? As Citus itself has it for a change: whoever is to move or split
-- the shard waits for this lock, and where it was moved before, that is known once the lock is held.
CREATE OR REPLACE FUNCTION grantd.hold_shard(shard bigint) RETURNS boolean
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM lock_shard_metadata(5, ARRAY[shard]); -- ShareLock
	RETURN EXISTS (SELECT FROM pg_dist_placement p, pg_dist_local_group l
		WHERE p.shardid = shard AND p.groupid = l.groupid);
END
$$;
ALTER FUNCTION grantd.hold_shard(bigint) OWNER TO grantd_owner;
COMMENT ON FUNCTION grantd.hold_shard(bigint) IS 'Keeps a shard at this node until the transaction ends; false: it is not here';
REVOKE ALL ON FUNCTION grantd.hold_shard(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grantd.hold_shard(bigint) TO grantd_auth;

-- At each node: the functions for the shards that it has, and none for others (`wanted` false: for none at all). Names of tables are put in where statements
-- name one (after FROM, JOIN, UPDATE, INTO and commas), and not where a type is named.
CREATE OR REPLACE FUNCTION grantd.place_functions(wanted boolean) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET citus.enable_ddl_propagation = off
	SET citus.enable_metadata_sync = off
AS $$
DECLARE
	shards CONSTANT bigint[] := ARRAY(SELECT s.shardid FROM pg_dist_shard s JOIN pg_dist_placement p USING (shardid)
		JOIN pg_dist_local_group l USING (groupid) WHERE s.logicalrelid = 'grantd.tenants'::regclass AND wanted);
	tenants_shard bigint;
	f record;
	t record;
	body text;
	made regprocedure;
BEGIN
	FOR f IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE p.pronamespace = 'grantd'::regnamespace
		AND p.proname ~ '^(update_grant|update_grant_not|admit)_[0-9]+$'
		AND substring(p.proname FROM '[0-9]+$')::bigint <> ALL (shards)
	LOOP
		EXECUTE format('DROP FUNCTION %s', f.name);
	END LOOP;
	FOREACH tenants_shard IN ARRAY shards LOOP
		-- That which is looked for comes last.
		FOR f IN SELECT n.name || '_' || tenants_shard AS name, pg_get_function_arguments(p.oid) AS arguments,
				pg_get_function_result(p.oid) AS result, p.prosrc
			FROM (VALUES (1, 'admit', 'admit'), (2, 'update_grant_not', 'update_grant_not'),
				(3, 'update_grant_here', 'update_grant')) AS n (place, model, name)
			JOIN pg_proc p ON p.proname = n.model AND p.pronamespace = 'grantd'::regnamespace ORDER BY n.place
		LOOP
			body := regexp_replace(f.prosrc, '\mgrantd\.(update_grant_not|admit)\(',
				format('grantd.\1_%s(', tenants_shard), 'g');
			FOR t IN SELECT c.relname, shard_name(o.logicalrelid, o.shardid) AS shard
				FROM pg_dist_shard s JOIN pg_dist_shard o ON o.shardminvalue = s.shardminvalue
				JOIN pg_dist_partition d ON d.logicalrelid = o.logicalrelid
				JOIN pg_class c ON c.oid = o.logicalrelid AND c.relnamespace = 'grantd'::regnamespace
				WHERE s.shardid = tenants_shard AND d.colocationid = (SELECT x.colocationid FROM pg_dist_partition x
					WHERE x.logicalrelid = s.logicalrelid)
			LOOP
				body := regexp_replace(body, format('(\m(?:FROM|JOIN|UPDATE|INTO)\s+|,\s+)grantd\.%s\M', t.relname),
					'\1' || t.shard, 'g');
			END LOOP;
			EXECUTE format('CREATE OR REPLACE FUNCTION grantd.%I(%s) RETURNS %s LANGUAGE plpgsql'
				' SET citus.enable_manual_changes_to_shards = on SET plan_cache_mode = auto AS %L',
				f.name, f.arguments, f.result, body);
			made := format('grantd.%I', f.name)::regproc::oid::regprocedure;
			EXECUTE format('ALTER FUNCTION %s OWNER TO grantd_auth', made);
			EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', made);
		END LOOP;
	END LOOP;
END
$$;
COMMENT ON FUNCTION grantd.place_functions(boolean) IS 'Makes the functions for the shards of this node';
REVOKE ALL ON FUNCTION grantd.place_functions(boolean) FROM PUBLIC;

-- As statements each of which is about one table and one tenant, which a node plans the fastest. What an UPDATE computes of its row may use no function that depends on settings; so whatever does
-- (convert_to, format) is computed before, and a number is made bytes by decode().
CREATE OR REPLACE FUNCTION grantd.update_grant_spread(tenant uuid, key_hash bytea, key_version bigint,
	policies_version bigint, actor text, entry uuid, context text, reason text,
	grant_id uuid, grant_version bigint, wanted boolean)
	RETURNS grantd.grant_change
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r grantd.grant_change;
	caller uuid;
	holder uuid;
	at CONSTANT timestamptz := statement_timestamp();
	told text;
	told_then CONSTANT text := CASE WHEN wanted THEN '},"after":{"audit_enabled":true,"version":'
		ELSE '},"after":{"audit_enabled":false,"version":' END;
	about bytea;
	rest bytea;
	then_bytes bytea;
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
	SELECT k.id INTO caller FROM grantd.api_keys k
	WHERE k.tenant_id = tenant AND k.hash = key_hash AND k.version = key_version
	  AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > at);
	IF FOUND THEN
		SELECT t.id INTO holder FROM grantd.tenants t
		WHERE t.id = tenant AND t.policy_version = policies_version AND t.state = 'serving' AND t.hold IS NULL;
	END IF;
	IF holder IS NOT NULL THEN
		told := left(context, -1) || CASE WHEN wanted THEN ',"before":{"audit_enabled":false,"version":'
			ELSE ',"before":{"audit_enabled":true,"version":' END;
		about := uuid_send(tenant) || uuid_send(entry) || uuid_send(grant_id);
		rest := timestamptz_send(at)
			|| '\x000000056772616e7400000024'::bytea -- "grant", and the length of a UUID
			|| convert_to(caller::text, 'UTF8')
			|| '\x000000076170695f6b65790000000b5570646174654772616e7400000004646f6e65'::bytea -- "api_key", "UpdateGrant", "done"
			|| CASE WHEN reason IS NULL THEN '\xffffffff'::bytea ELSE
				int4send(octet_length(convert_to(reason, 'UTF8'))) || convert_to(reason, 'UTF8') END
			|| convert_to(told, 'UTF8');
		then_bytes := convert_to(told_then, 'UTF8');
		UPDATE grantd.grants g SET audit_enabled = wanted, version = g.version + 1,
			updated_at = at, audit_length = g.audit_length + 1, audit_previous = g.audit_head,
			audit_head = sha256('grantd-audit-2'::bytea || g.audit_head || about
				|| int8send(g.audit_length + 1) || rest || decode(g.version::text, 'escape')
				|| then_bytes || decode((g.version + 1)::text, 'escape') || '\x7d7d'::bytea)
		WHERE g.tenant_id = tenant AND g.id = grant_id AND g.audit_enabled <> wanted
		  AND (grant_version IS NULL OR g.version = grant_version)
		RETURNING 'done', g.id, g.request_id, g.grantee_id::text, g.resource_type::text,
			g.resource_id::text, g.action::text, g.status::text, g.audit_enabled,
			g.expires_at::timestamptz, g.granted_at::timestamptz, g.revoked_at, g.metadata::jsonb,
			g.created_at, g.updated_at, g.version, g.audit_length, g.audit_head, g.audit_previous, NULL::text
		INTO r;
	END IF;
	IF r.state IS NULL THEN
		RETURN grantd.update_grant_not(tenant, key_hash, key_version, policies_version, actor, entry,
			context, reason, grant_id, grant_version, wanted);
	END IF;
	r.actor := caller;
	IF r.status = 'active' AND r.expires_at <= at THEN
		r.status := 'expired';
	END IF;
	told := format('%s%s%s%s}}', told, r.version - 1, told_then, r.version);
	INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action, resource_type,
		resource_id, outcome, record, reasoning, created_at, sequence, previous_hash, hash)
	VALUES (tenant, entry, r.actor, 'api_key', 'UpdateGrant', 'grant', grant_id, 'done', told::json,
		reason, at, r.audit_length, r.audit_previous, r.audit_head);
	RETURN r;
END
$$;

ALTER FUNCTION grantd.update_grant_spread OWNER TO grantd_auth;
COMMENT ON FUNCTION grantd.update_grant_spread IS 'UpdateGrant at any node';
REVOKE ALL ON FUNCTION grantd.update_grant_spread FROM PUBLIC;

-- One WITH that writes two tables cannot be spread. The caller holds the grant's row, which keeps others from the same
-- events and counts.
CREATE OR REPLACE FUNCTION grantd.store_activity(tenant uuid, grant_id uuid, events jsonb) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	accepted bigint := 0;
	given record;
	counted record;
	known uuid[];
	wanted CONSTANT uuid[] := ARRAY(SELECT (e ->> 'id')::uuid FROM jsonb_array_elements(events) e);
	stored jsonb[] := '{}';
	this_month CONSTANT date := date_trunc('month', statement_timestamp() AT TIME ZONE 'UTC');
BEGIN
	SELECT array_agg(a.id) INTO known FROM grantd.activity_event a
	WHERE a.tenant_id = tenant AND a.grant_id = store_activity.grant_id AND a.id = ANY (wanted);
	FOR given IN SELECT DISTINCT ON (e.id) e.* FROM ROWS FROM (jsonb_to_recordset(events)
		AS (id uuid, occurred_at timestamptz, service text, name text, kind text, outcome text,
		source_ip inet, details jsonb)) WITH ORDINALITY AS e ORDER BY e.id, e.ordinality
	LOOP
		CONTINUE WHEN given.id = ANY (known);
		INSERT INTO grantd.activity_event (tenant_id, grant_id, id, recorded_at, occurred_at, service,
			name, kind, outcome, source_ip, details)
		VALUES (tenant, store_activity.grant_id, given.id, statement_timestamp(), given.occurred_at,
			given.service, given.name, given.kind, given.outcome, given.source_ip, given.details);
		stored := stored || jsonb_build_object('s', given.service, 'k', given.kind, 'o', given.outcome);
		accepted := accepted + 1;
	END LOOP;
	FOR counted IN SELECT s ->> 's' AS service, s ->> 'k' AS kind, s ->> 'o' AS outcome, count(*) AS found
		FROM unnest(stored) s GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
	LOOP
		INSERT INTO grantd.activity_count AS c (tenant_id, grant_id, month, service, kind, outcome, events)
		VALUES (tenant, store_activity.grant_id, this_month, counted.service, counted.kind, counted.outcome,
			counted.found)
		ON CONFLICT (tenant_id, grant_id, month, service, kind, outcome)
		DO UPDATE SET events = c.events + excluded.events;
	END LOOP;
	RETURN accepted;
END
$$;

-- Triggers of a shard look at what is beside it, at the same node.
ALTER FUNCTION grantd.is_removing() SET citus.allow_nested_distributed_execution = on;

-- Rows of the statement's own and rows of a distributed table cannot be joined.
CREATE OR REPLACE FUNCTION grantd.audit_log_was_archived() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET citus.allow_nested_distributed_execution = on
AS $$
DECLARE
	chain record;
BEGIN
	IF grantd.is_removing() THEN
		RETURN NULL;
	END IF;
	FOR chain IN SELECT g.tenant_id, g.resource_type, g.resource_id, max(g.sequence) AS last FROM gone g
		GROUP BY g.tenant_id, g.resource_type, g.resource_id
	LOOP
		PERFORM 1 FROM grantd.audit_cuts c WHERE c.tenant_id = chain.tenant_id
		  AND c.resource_type = chain.resource_type AND c.resource_id = chain.resource_id
		  AND c.sequence >= chain.last;
		IF NOT FOUND THEN
			RAISE EXCEPTION 'grantd.audit_log is append-only: what no archive has is not deleted'
				USING ERRCODE = 'insufficient_privilege';
		END IF;
	END LOOP;
	RETURN NULL;
END
$$;

-- grantctl tenant move asks which transactions of this database wrote what, and each node has its own.
CREATE OR REPLACE FUNCTION grantd.tenant_alone(tenant uuid, moves boolean) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF moves THEN
		RAISE EXCEPTION 'grantctl moves no tenant out of a database that is spread over nodes'
			USING ERRCODE = 'GD002';
	END IF;
	PERFORM pg_advisory_xact_lock(uuid_hash_extended(tenant, 0));
END
$$;

-- Nor into one: the keys that came with it would be known nowhere.
CREATE OR REPLACE FUNCTION grantd.take_tenant(t grantd.tenants, move uuid) RETURNS boolean
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'grantctl moves no tenant into a database that is spread over nodes'
		USING ERRCODE = 'GD002';
END
$$;

-- grantctl audit follow goes by the transactions of one database, likewise.
CREATE OR REPLACE FUNCTION grantd.audit_bound(tenant uuid, known uuid, chain text, owner uuid, place bigint,
	OUT database text, OUT bound bigint, OUT writer bigint)
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'grantctl follows no log that is spread over nodes'
		USING ERRCODE = 'GD002';
END
$$;

-- A partition is spread while it is empty, and attached then.
CREATE OR REPLACE FUNCTION grantd.activity_add_month(parent name, key name, first_day date)
	RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET citus.multi_shard_modify_mode = 'sequential'
AS $$
DECLARE
	partition CONSTANT name := parent || to_char(first_day, '_YYYY_MM');
	other     CONSTANT name := parent || '_other';
	low       CONSTANT text := first_day || ' 00:00:00+00';
	high      CONSTANT text := (first_day + interval '1 month')::date || ' 00:00:00+00';
BEGIN
	PERFORM grantd.activity_create_partition(parent, partition,
		'stored in ' || to_char(first_day, 'YYYY-MM'));
	PERFORM create_distributed_table(format('grantd.%I', partition), 'tenant_id', colocate_with => 'grantd.tenants');
	EXECUTE format('ALTER TABLE grantd.%I NO FORCE ROW LEVEL SECURITY', other);
	EXECUTE format('ALTER TABLE grantd.%I NO FORCE ROW LEVEL SECURITY', partition);
	EXECUTE format('INSERT INTO grantd.%1$I SELECT * FROM grantd.%2$I WHERE %3$I >= %4$L AND %3$I < %5$L',
		partition, other, key, low, high);
	EXECUTE format('DELETE FROM grantd.%1$I WHERE %2$I >= %3$L AND %2$I < %4$L', other, key, low, high);
	EXECUTE format('ALTER TABLE grantd.%I FORCE ROW LEVEL SECURITY', other);
	EXECUTE format('ALTER TABLE grantd.%I FORCE ROW LEVEL SECURITY', partition);
	EXECUTE format('ALTER TABLE grantd.%I ATTACH PARTITION grantd.%I FOR VALUES FROM (%L) TO (%L)',
		parent, partition, low, high);
END
$$;

-- While a shard moves, changes follow it as by logical replication, which may not write into a table whose row-level
-- security binds its owner. So it binds everybody else meanwhile: SELECT grantd.allow_moves(true), move, and
-- SELECT grantd.allow_moves(false). What binds the workers' roles stays as it is.
CREATE OR REPLACE FUNCTION grantd.allow_moves(allow boolean) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET citus.multi_shard_modify_mode = 'sequential'
AS $$
DECLARE
	t record;
BEGIN
	-- What has moved has its functions where it is now.
	IF NOT allow THEN
		FOR t IN SELECT * FROM run_command_on_all_nodes('SELECT grantd.place_functions(true)') r WHERE NOT r.success LOOP
			RAISE EXCEPTION 'node %: %', t.nodeid, t.result;
		END LOOP;
	END IF;
	FOR t IN SELECT c.oid::regclass AS name FROM pg_class c
		WHERE c.relnamespace = 'grantd'::regnamespace AND c.relkind IN ('r', 'p') AND c.relrowsecurity
		  AND c.relforcerowsecurity = allow ORDER BY c.relname
	LOOP
		EXECUTE format('ALTER TABLE %s %s ROW LEVEL SECURITY', t.name,
			CASE WHEN allow THEN 'NO FORCE' ELSE 'FORCE' END);
	END LOOP;
END
$$;
COMMENT ON FUNCTION grantd.allow_moves(boolean) IS 'Before shards are moved, and after';
REVOKE ALL ON FUNCTION grantd.allow_moves(boolean) FROM PUBLIC;

-- Types that are named in the bodies of functions alone go to the nodes as those of a function's arguments.
DO $$
BEGIN
	EXECUTE format('CREATE FUNCTION grantd.types_of_functions(%s) RETURNS void LANGUAGE sql AS %L',
		(SELECT string_agg(format_type(oid, NULL), ', ') FROM pg_type
		WHERE typnamespace = 'grantd'::regnamespace AND typtype = 'd'), '');
	PERFORM create_distributed_function(oid::regprocedure) FROM pg_proc
	WHERE pronamespace = 'grantd'::regnamespace AND proname = 'types_of_functions';
	DROP FUNCTION grantd.types_of_functions;
END
$$;

-- To the nodes. A call with a tenant (one that may be null is none: Citus would crash) goes to that one's node, also within a transaction, where what a later statement of it
-- reads there is what the call has written. Those that make a key write a table of all nodes, which such a call may not.
DO $$
DECLARE
	f record;
BEGIN
	FOR f IN SELECT p.oid::regprocedure AS name, p.proname, has_function_privilege('grantd_owner', p.oid, 'EXECUTE')
			AND (p.prosecdef AND p.proname NOT LIKE 'audit\_%' OR p.proname IN ('tenant_alone', 'remove_rows'))
			AND p.proargnames[1] = 'tenant' AS is_door
		FROM pg_proc p WHERE p.pronamespace = 'grantd'::regnamespace AND p.proname NOT LIKE 'activity\_%' AND p.proname <> 'allow_moves'
		  AND p.proname !~ '_[0-9]+$' AND p.prorettype <> 'trigger'::regtype
		ORDER BY p.proname
	LOOP
		IF f.is_door THEN
			PERFORM create_distributed_function(f.name, 'tenant', colocate_with => 'grantd.tenants',
				force_delegation => f.proname NOT IN ('create_api_key', 'rotate_api_key'));
		ELSE
			PERFORM create_distributed_function(f.name);
		END IF;
	END LOOP;
END
$$;

-- The coordinator comes to the nodes as whoever it is itself at the moment: as a worker's login, as the owner (grantctl), or
-- within functions as grantd_auth. Who may do that is for the nodes' pg_hba.conf to say.
--
-- Citus 13.2 keeps the plan of a prepared statement for a local shard anew at each execution, and finds none of them again:
-- a session would grow for as long as it lasts. So no plan is kept.
DO $$
DECLARE
	node record;
BEGIN
	FOR node IN SELECT * FROM run_command_on_workers('DO $inner$ BEGIN'
		' PERFORM set_config(''citus.enable_alter_role_propagation'', ''off'', true);'
		' PERFORM set_config(''citus.enable_ddl_propagation'', ''off'', true);'
		' ALTER ROLE grantd_owner LOGIN; ALTER ROLE grantd_auth LOGIN;'
		' EXECUTE format(''ALTER DATABASE %I SET plan_cache_mode = force_custom_plan'', current_database());'
		' END $inner$') r WHERE NOT r.success
	LOOP
		RAISE EXCEPTION 'node %:%: %', node.nodename, node.nodeport, node.result;
	END LOOP;
END
$$;
COMMIT;

DO $$
DECLARE
	node record;
BEGIN
	FOR node IN SELECT * FROM run_command_on_all_nodes('SELECT grantd.place_functions(true)') r WHERE NOT r.success LOOP
		RAISE EXCEPTION 'node %: %', node.nodeid, node.result;
	END LOOP;
END
$$;

SELECT format('grantd: the tenants of database "%s" are spread over %s nodes, in %s shards', current_database(),
	count(DISTINCT p.groupid), count(DISTINCT s.shardid))
FROM pg_dist_shard s JOIN pg_dist_placement p USING (shardid) WHERE s.logicalrelid = 'grantd.tenants'::regclass;

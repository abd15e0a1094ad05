-- SPDX-License-Identifier: MIT
-- Deploy grantd:audit_log to pg
-- requires: tenants
--
-- Entries form chains, one for each thing that is audited: a grant, a key, a
-- policy, a tenant. The thing's own row carries the chain's length and the hash
-- of its last entry, and whoever appends holds that row's lock, so a chain costs
-- no lock of its own. Appending is one statement: it updates that row and
-- inserts the entry with sequence = length + 1 and previous_hash = the old head.

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
SET LOCAL ROLE grantd_owner;

-- The hash of an entry is the SHA-256 of its canonical form: the text
-- "grantd-audit-1" and then every argument of this function in its order, each
-- as a netstring, <number of bytes in decimal>:<the bytes in UTF-8>, with the
-- comma, and a null as the two characters "-,". So no two entries that
-- differ have the same form. The values as text:
--   previous    64 lower-case hexadecimal digits
--   uuid        36 characters, lower case
--   sequence    decimal
--   metadata    as PostgreSQL prints jsonb
--   created_at  decimal microseconds since 1970-01-01 00:00:00 UTC
-- The program that verifies chains computes the same on its own; a change here
-- needs a new first text, or every chain in existence breaks.
CREATE FUNCTION grantd.audit_hash(previous bytea, tenant_id uuid, id uuid, resource_type text,
	resource_id uuid, sequence bigint, actor_id text, actor_type text, action text,
	outcome text, metadata jsonb, reasoning text, created_at timestamptz)
	RETURNS bytea
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	form text := '14:grantd-audit-1,';
	field text;
BEGIN
	FOREACH field IN ARRAY ARRAY[encode(previous, 'hex'), tenant_id::text, id::text,
		resource_type, resource_id::text, sequence::text, actor_id, actor_type, action,
		outcome, metadata::text, reasoning,
		(extract(epoch FROM created_at) * 1000000)::bigint::text]
	LOOP
		form := form || coalesce(octet_length(field) || ':' || field || ',', '-,');
	END LOOP;
	RETURN sha256(convert_to(form, 'UTF8'));
END
$$;
COMMENT ON FUNCTION grantd.audit_hash(bytea, uuid, uuid, text, uuid, bigint, text, text, text, text, jsonb, text, timestamptz) IS
	'Hash of an audit entry: SHA-256 over "grantd-audit-1" and every argument as a netstring';
REVOKE ALL ON FUNCTION grantd.audit_hash(bytea, uuid, uuid, text, uuid, bigint, text, text, text, text, jsonb, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grantd.audit_hash(bytea, uuid, uuid, text, uuid, bigint, text, text, text, text, jsonb, text, timestamptz) TO grantd_app;

-- Every index here is paid for by every PATCH, so there are two. The ids are
-- version 7 UUIDs that the writer makes from its clock, so the primary key read
-- backwards is the log newest first, as closely as the writers' clocks agree;
-- within one chain, sequence is the exact order. No foreign key to tenants: it
-- would lock the tenant's row in every transaction, and the entry's tenant is
-- the one that the same transaction changed a row of.
CREATE TABLE grantd.audit_log (
	tenant_id     uuid NOT NULL,
	id            uuid NOT NULL,
	actor_id      grantd.identifier NOT NULL,
	actor_type    grantd.actor_type NOT NULL,
	action        grantd.identifier NOT NULL,
	resource_type grantd.chain_owner NOT NULL,
	resource_id   uuid NOT NULL,
	outcome       grantd.outcome NOT NULL,
	metadata      grantd.json_object NOT NULL,
	reasoning     grantd.reason,
	created_at    timestamptz NOT NULL DEFAULT statement_timestamp(),
	sequence      grantd.revision NOT NULL,
	previous_hash grantd.sha256 NOT NULL,
	hash          grantd.sha256 NOT NULL,

	PRIMARY KEY (tenant_id, id),
	CONSTRAINT audit_log_chain UNIQUE (tenant_id, resource_type, resource_id, sequence)
);

COMMENT ON TABLE grantd.audit_log IS 'Who did or tried what, in hash chains; entries are added and never changed';
COMMENT ON COLUMN grantd.audit_log.tenant_id IS 'The tenant that the entry belongs to';
COMMENT ON COLUMN grantd.audit_log.id IS 'Version 7 UUID made by the writer before it sends the entry, so that it can ask whether a commit took place';
COMMENT ON COLUMN grantd.audit_log.actor_id IS 'Id of the API key, or the name of the part of the system';
COMMENT ON COLUMN grantd.audit_log.actor_type IS 'api_key or system';
COMMENT ON COLUMN grantd.audit_log.action IS 'Operation, such as UpdateGrant';
COMMENT ON COLUMN grantd.audit_log.resource_type IS 'grant, api_key, policy or tenant: whose chain this is';
COMMENT ON COLUMN grantd.audit_log.resource_id IS 'Id of that grant, key, policy or tenant';
COMMENT ON COLUMN grantd.audit_log.outcome IS 'done, or denied by the tenant''s policies';
COMMENT ON COLUMN grantd.audit_log.metadata IS 'before, after, request_id, source_ip, user_agent, rules';
COMMENT ON COLUMN grantd.audit_log.reasoning IS 'Why, in the caller''s words, null where none were given';
COMMENT ON COLUMN grantd.audit_log.created_at IS 'statement_timestamp() of the statement that appended it, which held the chain''s lock';
COMMENT ON COLUMN grantd.audit_log.sequence IS 'Place in the chain, from 1, without gaps';
COMMENT ON COLUMN grantd.audit_log.previous_hash IS 'hash of the entry before it in the chain; 32 zero bytes in the first';
COMMENT ON COLUMN grantd.audit_log.hash IS 'grantd.audit_hash() of all the other columns';

ALTER TABLE grantd.audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE grantd.audit_log FORCE ROW LEVEL SECURITY;

CREATE POLICY audit_log_tenant ON grantd.audit_log TO grantd_owner, grantd_app
	USING (tenant_id = grantd.current_tenant())
	WITH CHECK (tenant_id = grantd.current_tenant());
COMMENT ON POLICY audit_log_tenant ON grantd.audit_log IS 'Rows of the chosen tenant alone';

GRANT SELECT, INSERT ON grantd.audit_log TO grantd_app;

-- The worker has no privilege for these; the trigger is for the owner, whom
-- privileges do not bind. Once for a statement, so that inserts cost nothing.
CREATE FUNCTION grantd.audit_log_is_append_only() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'grantd.audit_log is append-only: % is not allowed', TG_OP
		USING ERRCODE = 'insufficient_privilege';
END
$$;
COMMENT ON FUNCTION grantd.audit_log_is_append_only() IS 'Trigger: refuses UPDATE, DELETE and TRUNCATE';
REVOKE ALL ON FUNCTION grantd.audit_log_is_append_only() FROM PUBLIC;

CREATE TRIGGER audit_log_is_append_only
	BEFORE UPDATE OR DELETE OR TRUNCATE ON grantd.audit_log
	FOR EACH STATEMENT EXECUTE FUNCTION grantd.audit_log_is_append_only();
COMMENT ON TRIGGER audit_log_is_append_only ON grantd.audit_log IS 'Entries are added and never changed, by the owner neither';

-- The first set of changes is complete.
UPDATE grantd.schema_version SET version = 1, changed_at = statement_timestamp();

RESET ROLE;
\if :{?grantd_in_transaction}
\else
COMMIT;
\endif

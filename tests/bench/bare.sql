-- SPDX-License-Identifier: MIT
-- The tables of the bare statement (bare-statement.sql), filled with the same keys and grants as grantd's, with the same values:
-- plain types, no policies, no chain, no row-level security, and no index but those that it is looked up and
-- listed by. Run by the superuser after world.sql.
\set ON_ERROR_STOP on
CREATE SCHEMA bare;

CREATE TABLE bare.api_keys (
	hash       bytea PRIMARY KEY,
	id         uuid NOT NULL,
	tenant_id  uuid NOT NULL,
	expires_at timestamptz,
	revoked_at timestamptz
);
INSERT INTO bare.api_keys SELECT hash, id, tenant_id, expires_at, revoked_at FROM grantd.api_keys;

CREATE TABLE bare.grants (
	tenant_id     uuid NOT NULL,
	id            uuid NOT NULL,
	request_id    uuid,
	grantee_id    text NOT NULL,
	resource_type text NOT NULL,
	resource_id   text NOT NULL,
	action        text NOT NULL,
	status        text NOT NULL,
	audit_enabled boolean NOT NULL,
	expires_at    timestamptz NOT NULL,
	granted_at    timestamptz NOT NULL,
	revoked_at    timestamptz,
	metadata      jsonb NOT NULL,
	created_at    timestamptz NOT NULL,
	updated_at    timestamptz NOT NULL,
	version       bigint NOT NULL,
	PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 85);
INSERT INTO bare.grants SELECT tenant_id, id, request_id, grantee_id, resource_type, resource_id, action, status, audit_enabled,
		expires_at, granted_at, revoked_at, metadata, created_at, updated_at, version
	FROM grantd.grants ORDER BY tenant_id, created_at, id;

-- What an entry of grantd's log tells, less its place in a chain.
CREATE TABLE bare.entries (
	tenant_id     uuid NOT NULL,
	id            uuid NOT NULL,
	actor_id      text NOT NULL,
	actor_type    text NOT NULL,
	action        text NOT NULL,
	resource_type text NOT NULL,
	resource_id   uuid NOT NULL,
	outcome       text NOT NULL,
	metadata      jsonb NOT NULL,
	reasoning     text,
	created_at    timestamptz NOT NULL,
	PRIMARY KEY (tenant_id, id)
);

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bench_peer') THEN
		CREATE ROLE bench_peer LOGIN;
		-- Of a hundred keys the planner would read all, as if pages had to be fetched from a disk that turns.
		ALTER ROLE bench_peer SET random_page_cost = 1.1;
	END IF;
END
$$;
GRANT USAGE ON SCHEMA bare TO bench_peer;
GRANT SELECT ON bare.api_keys TO bench_peer;
GRANT SELECT, UPDATE ON bare.grants TO bench_peer;
GRANT INSERT ON bare.entries TO bench_peer;
VACUUM ANALYZE bare.api_keys, bare.grants, bare.entries;

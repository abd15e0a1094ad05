-- SPDX-License-Identifier: MIT
-- Deploy grantd:grants to pg
-- requires: tenants

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
SET LOCAL ROLE grantd_owner;

-- UpdateGrant is the statement that everything is tuned for: it changes columns
-- that no index has, so with some room on the page the new version of the row
-- stays there and no index is touched (HOT). Hence the fillfactor, and hence no
-- index on status, audit_enabled or updated_at.
CREATE TABLE grantd.grants (
	tenant_id     uuid NOT NULL REFERENCES grantd.tenants (id),
	id            uuid NOT NULL,
	request_id    uuid,
	grantee_id    text NOT NULL,
	resource_type text NOT NULL,
	resource_id   text NOT NULL,
	action        text NOT NULL,
	status        text NOT NULL DEFAULT 'active',
	audit_enabled boolean NOT NULL DEFAULT false,
	expires_at    timestamptz NOT NULL,
	granted_at    timestamptz NOT NULL DEFAULT statement_timestamp(),
	revoked_at    timestamptz,
	metadata      jsonb NOT NULL DEFAULT '{}',
	created_at    timestamptz NOT NULL DEFAULT statement_timestamp(),
	updated_at    timestamptz NOT NULL DEFAULT statement_timestamp(),
	version       bigint NOT NULL DEFAULT 1,
	audit_length  bigint NOT NULL DEFAULT 0,
	audit_head    bytea NOT NULL DEFAULT
		'\x0000000000000000000000000000000000000000000000000000000000000000',

	PRIMARY KEY (tenant_id, id),
	CONSTRAINT grants_grantee_id_length CHECK (octet_length(grantee_id) BETWEEN 1 AND 256),
	CONSTRAINT grants_resource_type_known CHECK (resource_type IN ('aws_account',
		'aws_permission_set', 'aws_s3_bucket', 'aws_rds_instance',
		'aws_ec2_instance', 'aws_organizational_unit')),
	CONSTRAINT grants_resource_id_length CHECK (octet_length(resource_id) BETWEEN 1 AND 2048),
	CONSTRAINT grants_action_length CHECK (octet_length(action) BETWEEN 1 AND 256),
	CONSTRAINT grants_status_known CHECK (status IN ('active', 'expired', 'revoked')),
	CONSTRAINT grants_revoked_at_status CHECK ((status = 'revoked') = (revoked_at IS NOT NULL)),
	-- RFC 3339 has years of four digits.
	CONSTRAINT grants_times_in_order CHECK (granted_at >= '0001-01-01 00:00:00+00'
		AND expires_at > granted_at AND expires_at < '10000-01-01 00:00:00+00'),
	-- The limit is of the stored form, which can be several times the text;
	-- callers limit the text. It is here so that no row grows without bound.
	CONSTRAINT grants_metadata_object CHECK (jsonb_typeof(metadata) = 'object'
		AND pg_column_size(metadata) <= 131072),
	CONSTRAINT grants_version_positive CHECK (version >= 1),
	CONSTRAINT grants_audit_chain CHECK (audit_length >= 0 AND octet_length(audit_head) = 32)
) WITH (fillfactor = 85);

-- Newest first, read backwards: rows come in rising order, which keeps the
-- pages full. An id tells no time here: callers may choose it.
CREATE INDEX grants_newest ON grantd.grants (tenant_id, created_at, id);
COMMENT ON INDEX grantd.grants_newest IS 'For listing a tenant''s grants, newest first, page by page';

COMMENT ON TABLE grantd.grants IS 'Who may do what on which resource, until when, and whether sessions under it are audited';
COMMENT ON COLUMN grantd.grants.tenant_id IS 'The tenant that the grant belongs to';
COMMENT ON COLUMN grantd.grants.id IS 'Any UUID, unique within the tenant';
COMMENT ON COLUMN grantd.grants.request_id IS 'The access request that led to the grant; null where there was none';
COMMENT ON COLUMN grantd.grants.grantee_id IS 'Who holds the grant, as the tenant names people';
COMMENT ON COLUMN grantd.grants.resource_type IS 'What kind of resource resource_id names';
COMMENT ON COLUMN grantd.grants.resource_id IS 'Account number, ARN, ...: its form depends on resource_type';
COMMENT ON COLUMN grantd.grants.action IS 'What the grantee may do there';
COMMENT ON COLUMN grantd.grants.status IS 'active, expired or revoked; an active grant whose expires_at has passed counts as expired';
COMMENT ON COLUMN grantd.grants.audit_enabled IS 'Whether session activity under this grant is recorded';
COMMENT ON COLUMN grantd.grants.expires_at IS 'When the access ends';
COMMENT ON COLUMN grantd.grants.granted_at IS 'When the access began';
COMMENT ON COLUMN grantd.grants.revoked_at IS 'When it was revoked; null unless status is revoked';
COMMENT ON COLUMN grantd.grants.metadata IS 'The tenant''s own JSON object';
COMMENT ON COLUMN grantd.grants.created_at IS 'When the row was inserted';
COMMENT ON COLUMN grantd.grants.updated_at IS 'created_at of the audit entry of the last change';
COMMENT ON COLUMN grantd.grants.version IS 'Number of the present state, from 1: what the ETag tells; a refused change does not move it';
COMMENT ON COLUMN grantd.grants.audit_length IS 'Number of entries in the grant''s audit chain';
COMMENT ON COLUMN grantd.grants.audit_head IS 'Hash of the last entry of that chain; 32 zero bytes while it is empty';

ALTER TABLE grantd.grants ENABLE ROW LEVEL SECURITY;
ALTER TABLE grantd.grants FORCE ROW LEVEL SECURITY;

CREATE POLICY grants_tenant ON grantd.grants TO grantd_owner, grantd_app
	USING (tenant_id = grantd.current_tenant())
	WITH CHECK (tenant_id = grantd.current_tenant());
COMMENT ON POLICY grants_tenant ON grantd.grants IS 'Rows of the chosen tenant alone';

GRANT SELECT, INSERT ON grantd.grants TO grantd_app;
GRANT UPDATE (audit_enabled, status, revoked_at, updated_at, version, audit_length, audit_head)
	ON grantd.grants TO grantd_app;

RESET ROLE;
\if :{?grantd_in_transaction}
\else
COMMIT;
\endif

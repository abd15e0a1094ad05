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
	grantee_id    grantd.identifier NOT NULL,
	resource_type grantd.resource_type NOT NULL,
	resource_id   grantd.resource_identifier NOT NULL,
	action        grantd.identifier NOT NULL,
	status        grantd.grant_status NOT NULL DEFAULT 'active',
	audit_enabled boolean NOT NULL DEFAULT false,
	expires_at    grantd.moment NOT NULL,
	granted_at    grantd.moment NOT NULL DEFAULT statement_timestamp(),
	revoked_at    timestamptz,
	metadata      grantd.json_object NOT NULL DEFAULT '{}',
	created_at    timestamptz NOT NULL DEFAULT statement_timestamp(),
	updated_at    timestamptz NOT NULL DEFAULT statement_timestamp(),
	version       grantd.revision NOT NULL DEFAULT 1,
	audit_length  grantd.chain_length NOT NULL,
	audit_head    grantd.chain_head NOT NULL,

	PRIMARY KEY (tenant_id, id)
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

-- What has to agree within a row. A CHECK would say the same, and would be
-- compiled and tested by every UpdateGrant, which touches none of these columns
-- (an eighth of that statement's time); this runs only where one of them is set.
CREATE FUNCTION grantd.grants_row_agrees() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF (NEW.status = 'revoked') <> (NEW.revoked_at IS NOT NULL) THEN
		RAISE EXCEPTION 'a grant has revoked_at exactly when its status is revoked'
			USING ERRCODE = 'check_violation', SCHEMA = 'grantd', TABLE = 'grants',
			CONSTRAINT = 'grants_revoked_at_status';
	END IF;
	IF NEW.expires_at <= NEW.granted_at THEN
		RAISE EXCEPTION 'a grant expires after it was granted'
			USING ERRCODE = 'check_violation', SCHEMA = 'grantd', TABLE = 'grants',
			CONSTRAINT = 'grants_expires_later';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION grantd.grants_row_agrees() IS 'Trigger: refuses a grant whose status or times contradict each other';
REVOKE ALL ON FUNCTION grantd.grants_row_agrees() FROM PUBLIC;

-- After the row is written, as foreign keys are checked: a trigger that runs
-- before would lock the row again in every UPDATE.
CREATE CONSTRAINT TRIGGER grants_row_agrees
	AFTER INSERT OR UPDATE OF status, revoked_at, granted_at, expires_at ON grantd.grants
	FOR EACH ROW EXECUTE FUNCTION grantd.grants_row_agrees();
COMMENT ON TRIGGER grants_row_agrees ON grantd.grants IS 'Status and revoked_at, granted_at and expires_at agree';

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

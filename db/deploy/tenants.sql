-- SPDX-License-Identifier: MIT
-- Deploy grantd:tenants to pg
-- requires: types

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
SET LOCAL ROLE grantd_owner;

-- The row is updated when policies change and when the tenant's own audit chain
-- grows; the free space keeps a new version on the same page (HOT).
CREATE TABLE grantd.tenants (
	id             uuid PRIMARY KEY,
	name           grantd.display_name NOT NULL,
	policy_version grantd.revision NOT NULL DEFAULT 1,
	created_at     timestamptz NOT NULL DEFAULT statement_timestamp(),
	updated_at     timestamptz NOT NULL DEFAULT statement_timestamp(),
	version        grantd.revision NOT NULL DEFAULT 1,
	audit_length   grantd.chain_length NOT NULL,
	audit_head     grantd.chain_head NOT NULL
) WITH (fillfactor = 85);

COMMENT ON TABLE grantd.tenants IS 'Who shares this installation; id plays the part of tenant_id here';
COMMENT ON COLUMN grantd.tenants.id IS 'Any UUID; what X-Tenant-ID names';
COMMENT ON COLUMN grantd.tenants.name IS 'For people; need not be unique';
COMMENT ON COLUMN grantd.tenants.policy_version IS 'Moves with every change of the tenant''s policies, to the microseconds since 1970 of that change, so that a worker knows when its compiled set is old';
COMMENT ON COLUMN grantd.tenants.created_at IS 'When the row was inserted';
COMMENT ON COLUMN grantd.tenants.updated_at IS 'When the tenant itself last changed; its audit chain and policy_version do not count';
COMMENT ON COLUMN grantd.tenants.version IS 'Number of the tenant''s present state, from 1';
COMMENT ON COLUMN grantd.tenants.audit_length IS 'Number of entries in the tenant''s own audit chain';
COMMENT ON COLUMN grantd.tenants.audit_head IS 'Hash of the last entry of that chain; 32 zero bytes while it is empty';

ALTER TABLE grantd.tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE grantd.tenants FORCE ROW LEVEL SECURITY;

CREATE POLICY tenants_owner ON grantd.tenants TO grantd_owner
	USING (true) WITH CHECK (true);
COMMENT ON POLICY tenants_owner ON grantd.tenants IS 'grantctl sees and creates all tenants';

CREATE POLICY tenants_own_row ON grantd.tenants FOR SELECT TO grantd_app
	USING (id = grantd.current_tenant());
COMMENT ON POLICY tenants_own_row ON grantd.tenants IS 'A worker sees the tenant it serves at the moment';

CREATE POLICY tenants_lookup ON grantd.tenants FOR SELECT TO grantd_auth
	USING (true);
COMMENT ON POLICY tenants_lookup ON grantd.tenants IS 'grantd.authenticate() reads policy_version of the tenant a key belongs to';

GRANT SELECT ON grantd.tenants TO grantd_app;
GRANT SELECT (id, policy_version) ON grantd.tenants TO grantd_auth;

RESET ROLE;
\if :{?grantd_in_transaction}
\else
COMMIT;
\endif

-- SPDX-License-Identifier: MIT
-- Deploy grantd:idempotency to pg
-- requires: grants
--
-- What an Idempotency-Key was used for, so that a repeated CreateGrant gives the
-- first answer again. Of that answer only what the grant's row does not keep is
-- here. The worker that inserts first wins: another one meets the primary key,
-- starts anew, and finds the row.

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
SET LOCAL ROLE grantd_owner;

CREATE DOMAIN grantd.idempotency_key AS text
	CONSTRAINT idempotency_key_printable CHECK (VALUE ~ '^[!-~]{1,255}$');
COMMENT ON DOMAIN grantd.idempotency_key IS 'Idempotency-Key as a client sent it: 1 to 255 visible ASCII characters';

CREATE DOMAIN grantd.body_hash AS bytea
	CONSTRAINT body_hash_sha256 CHECK (octet_length(VALUE) = 32);
COMMENT ON DOMAIN grantd.body_hash IS 'SHA-256 of a request''s body';

CREATE TABLE grantd.idempotency_keys (
	tenant_id     uuid NOT NULL,
	key           grantd.idempotency_key NOT NULL,
	body_hash     grantd.body_hash NOT NULL,
	grant_id      uuid NOT NULL,
	audit_enabled boolean NOT NULL,
	created_at    timestamptz NOT NULL DEFAULT statement_timestamp(),

	PRIMARY KEY (tenant_id, key),
	FOREIGN KEY (tenant_id, grant_id) REFERENCES grantd.grants (tenant_id, id)
);

CREATE INDEX idempotency_keys_age ON grantd.idempotency_keys (tenant_id, created_at);
COMMENT ON INDEX grantd.idempotency_keys_age IS 'For removing the tenant''s old keys';

COMMENT ON TABLE grantd.idempotency_keys IS 'Idempotency keys of CreateGrant, kept for 24 hours';
COMMENT ON COLUMN grantd.idempotency_keys.tenant_id IS 'The tenant in which the key means something';
COMMENT ON COLUMN grantd.idempotency_keys.key IS 'Idempotency-Key as the client sent it';
COMMENT ON COLUMN grantd.idempotency_keys.body_hash IS 'SHA-256 of the body that came with it: another body with the same key is refused';
COMMENT ON COLUMN grantd.idempotency_keys.grant_id IS 'The grant that was made';
COMMENT ON COLUMN grantd.idempotency_keys.audit_enabled IS 'Whether it was audited when it was made';
COMMENT ON COLUMN grantd.idempotency_keys.created_at IS 'When; after 24 hours the key may be used for something else';

ALTER TABLE grantd.idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE grantd.idempotency_keys FORCE ROW LEVEL SECURITY;

CREATE POLICY idempotency_keys_tenant ON grantd.idempotency_keys TO grantd_owner, grantd_app
	USING (tenant_id = grantd.current_tenant())
	WITH CHECK (tenant_id = grantd.current_tenant());
COMMENT ON POLICY idempotency_keys_tenant ON grantd.idempotency_keys IS 'Rows of the chosen tenant alone';

GRANT SELECT, INSERT, DELETE ON grantd.idempotency_keys TO grantd_app;

UPDATE grantd.schema_version SET version = 3, changed_at = statement_timestamp();

RESET ROLE;
\if :{?grantd_in_transaction}
\else
COMMIT;
\endif

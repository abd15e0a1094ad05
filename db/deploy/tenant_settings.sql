-- SPDX-License-Identifier: MIT
-- Deploy grantd:tenant_settings to pg
-- requires: policies
--
-- What a tenant may choose of how its policies are asked. A worker reads it with them, so that a change of it
-- moves policy_version as theirs does.
--
-- The schema's version moves with a change after this one. Until then this one is found undone by
-- install.sql, and may run again.

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
SET LOCAL ROLE grantd_owner;
SET LOCAL client_min_messages = warning;

ALTER TABLE grantd.tenants ADD COLUMN IF NOT EXISTS failing_forbid_denies boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN grantd.tenants.failing_forbid_denies IS 'Whether a forbid that fails while it is evaluated denies; otherwise it takes no part';

RESET ROLE;
\if :{?grantd_in_transaction}
\else
COMMIT;
\endif

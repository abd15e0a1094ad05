-- SPDX-License-Identifier: MIT
-- Deploy grantd:schema_serves to pg
-- requires: schema
--
-- Which workers the schema serves: those that were built for its version, and for those before it from serves_from on. So an
-- upgrade that takes nothing away is made under running workers, and they are replaced afterwards, host by host. A change that
-- raises the version says whom it still serves.
--
-- The schema's version moves with a change after this one. Until then this one is found undone by
-- install.sql, and may run again.

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
SET LOCAL ROLE grantd_owner;
SET LOCAL client_min_messages = warning;

ALTER TABLE grantd.schema_version ADD COLUMN IF NOT EXISTS serves_from integer NOT NULL DEFAULT 6;
ALTER TABLE grantd.schema_version ALTER COLUMN serves_from DROP DEFAULT;
COMMENT ON TABLE grantd.schema_version IS
	'One row: which schema this is. The last change of each set raises the number; a worker serves the number that it was built for, and others as serves_from allows';
COMMENT ON COLUMN grantd.schema_version.serves_from IS
	'The oldest version whose workers this schema serves: it has all that they use, and that does what it did';

RESET ROLE;
\if :{?grantd_in_transaction}
\else
COMMIT;
\endif

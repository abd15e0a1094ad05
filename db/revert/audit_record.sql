-- SPDX-License-Identifier: MIT
-- Revert grantd:audit_record from pg
--
-- An entry of the second form cannot be told in the first: its hash is of other
-- bytes, and so are all that follow it. An older grantd would take its chain for
-- a forged one, and nobody may take it out of the log. So this stops where there
-- is one, and says what is left to do.
--
-- The columns get their domains back, which reads and writes both tables anew.

BEGIN;
SET LOCAL ROLE grantd_owner;

-- A row without a value is seen here whoever runs this, which row-level security
-- would hide from a query.
DO $$
BEGIN
	ALTER TABLE grantd.audit_log ALTER COLUMN metadata SET NOT NULL;
EXCEPTION WHEN not_null_violation THEN
	RAISE EXCEPTION 'there are audit entries of the second form, whose chains an older grantd cannot verify'
		USING ERRCODE = 'object_not_in_prerequisite_state',
		HINT = 'Stay with this schema ("sqitch deploy" brings back what was reverted), or restore '
			'the database as it was before the upgrade.';
END
$$;

DROP FUNCTION grantd.time_text(timestamptz);
DROP FUNCTION grantd.audit_append(uuid, uuid, text, text, text, text, uuid, text, text, jsonb, jsonb,
	text, timestamptz, bigint, bytea);
DROP FUNCTION grantd.audit_text(text);

ALTER TABLE grantd.grants
	DROP COLUMN audit_previous,
	ALTER COLUMN version TYPE grantd.revision,
	ALTER COLUMN audit_length DROP DEFAULT,
	ALTER COLUMN audit_length TYPE grantd.chain_length,
	ALTER COLUMN audit_head DROP DEFAULT,
	ALTER COLUMN audit_head TYPE grantd.chain_head;
ALTER TABLE grantd.audit_log
	DROP COLUMN record,
	ALTER COLUMN actor_id TYPE grantd.identifier,
	ALTER COLUMN actor_type TYPE grantd.actor_type,
	ALTER COLUMN action TYPE grantd.identifier,
	ALTER COLUMN resource_type TYPE grantd.chain_owner,
	ALTER COLUMN outcome TYPE grantd.outcome,
	ALTER COLUMN reasoning TYPE grantd.reason,
	ALTER COLUMN sequence TYPE grantd.revision,
	ALTER COLUMN previous_hash TYPE grantd.sha256,
	ALTER COLUMN hash TYPE grantd.sha256;
COMMENT ON COLUMN grantd.audit_log.metadata IS 'before, after, request_id, source_ip, user_agent, rules';

COMMIT;

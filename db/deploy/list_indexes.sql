-- SPDX-License-Identifier: MIT
-- Deploy grantd:list_indexes to pg
-- requires: policies activity
--
-- An index for each list that had none in its order, so that a page costs the same
-- whatever the length of the list: the beginning of a range of an index.
--
-- UpdateGrant changes no column of any of them and stays on its page (HOT). They are
-- paid for when a grant, a key, a policy, a rule or a tenant is made; and by a rule that is
-- moved. The audit log gets none: it is read by its two, and each more would be
-- paid for by every change.
--
-- Creating an index holds off whoever writes to its table, until the end of
-- the transaction: some seconds for a million grants. Where that is too long,
-- build it beforehand, which holds nobody off, with the same name:
--
--     SET ROLE grantd_owner;
--     CREATE INDEX CONCURRENTLY grants_grantee
--         ON grantd.grants (tenant_id, grantee_id, created_at, id);
--
-- One that is there is left as it is. Building it concurrently can fail and leave an index behind that is not
-- valid; such a one is refused below: drop it, and try again.

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
SET LOCAL ROLE grantd_owner;

CREATE INDEX IF NOT EXISTS grants_grantee
	ON grantd.grants (tenant_id, grantee_id, created_at, id);
COMMENT ON INDEX grantd.grants_grantee IS 'For listing the grants of one holder, newest first, page by page';

CREATE INDEX IF NOT EXISTS api_keys_newest ON grantd.api_keys (tenant_id, created_at, id);
COMMENT ON INDEX grantd.api_keys_newest IS 'For listing a tenant''s keys, newest first, page by page';

CREATE INDEX IF NOT EXISTS policies_newest ON grantd.policies (tenant_id, created_at, id)
	WHERE deleted_at IS NULL;
COMMENT ON INDEX grantd.policies_newest IS 'For listing a tenant''s policies, newest first, page by page';

CREATE INDEX IF NOT EXISTS policy_rules_order
	ON grantd.policy_rules (tenant_id, policy_id, ordinal, id);
COMMENT ON INDEX grantd.policy_rules_order IS 'For listing a policy''s rules in their order, page by page';

CREATE INDEX IF NOT EXISTS tenants_newest ON grantd.tenants (created_at, id);
COMMENT ON INDEX grantd.tenants_newest IS 'For listing the tenants, newest first, page by page';

DO $$
DECLARE
	bad text;
BEGIN
	SELECT string_agg(i.indexrelid::regclass::text, ', ') INTO bad FROM pg_index i
	WHERE i.indexrelid IN ('grantd.grants_grantee'::regclass, 'grantd.api_keys_newest'::regclass,
		'grantd.policies_newest'::regclass, 'grantd.policy_rules_order'::regclass,
		'grantd.tenants_newest'::regclass) AND NOT (i.indisvalid AND i.indisready);
	IF bad IS NOT NULL THEN
		RAISE EXCEPTION 'these indexes are there and not valid: %', bad
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = 'DROP INDEX, and then build them again or leave it to this change.';
	END IF;
END
$$;

RESET ROLE;
\if :{?grantd_in_transaction}
\else
COMMIT;
\endif

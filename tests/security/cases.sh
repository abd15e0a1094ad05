# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# The cases of tests/security/run, which says what a line is. Ids are those of world.sql.

a="tenant_id = 'aaaaaaaa-0000-7000-8000-000000000000'"
grant="$a AND id = '01aaaaaa-0000-7000-8000-000000000000'"
admin="$a AND id = 'a1aaaaaa-0000-7000-8000-000000000000'"
reader="$a AND id = 'a2aaaaaa-0000-7000-8000-000000000000'"
rule="$a AND id = 'e2aaaaaa-0000-7000-8000-000000000000'"
policy="$a AND id = 'f1aaaaaa-0000-7000-8000-000000000000'"
zero="decode(repeat('00', 32), 'hex')"
of_grant="$a AND resource_id = '01aaaaaa-0000-7000-8000-000000000000'"
key_a="'aaaaaaaa-0000-7000-8000-000000000000', sha256('key A'), 1, (SELECT policies_version FROM
	grantd.get_policies('aaaaaaaa-0000-7000-8000-000000000000', sha256('key A')) LIMIT 1)"
by="NULL, gen_random_uuid(), '{\"request_id\":\"r\"}', NULL"
choose="SET grantd.tenant = 'aaaaaaaa-0000-7000-8000-000000000000'"

# ---- grants ----
superuser verify 'switch a grant'\''s auditing off' "UPDATE grantd.grants SET audit_enabled = false WHERE $grant"
superuser verify 'let a grant last longer' "UPDATE grantd.grants SET expires_at = '2199-01-01' WHERE $grant"
superuser verify 'give a grant to somebody else' "UPDATE grantd.grants SET grantee_id = 'mallory' WHERE $grant"
superuser verify 'let a grant be for another resource' "UPDATE grantd.grants SET resource_id = '999999999999' WHERE $grant"
superuser verify 'let a grant allow another action' "UPDATE grantd.grants SET action = 'administer' WHERE $grant"
superuser verify 'take a revocation back' "UPDATE grantd.grants SET status = 'active', revoked_at = NULL WHERE status = 'revoked'"
superuser verify 'change a grant'\''s metadata' "UPDATE grantd.grants SET metadata = '{\"ticket\": \"OPS-8\"}' WHERE $grant"
superuser verify 'set a grant'\''s version back, so that an old decision is good again' "UPDATE grantd.grants SET version = 1 WHERE $grant"
superuser verify 'move the times of a grant' "UPDATE grantd.grants SET created_at = '2000-01-01', granted_at = '2000-01-01' WHERE $grant"
superuser verify 'switch auditing off, and let a client switch it on again' "UPDATE grantd.grants SET audit_enabled = false WHERE $grant;
	SET session_replication_role = origin; SELECT grantd.update_grant($key_a, $by, '01aaaaaa-0000-7000-8000-000000000000', 3, true)"
superuser verify 'add a grant' "INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id, action, expires_at)
	SELECT tenant_id, gen_random_uuid(), 'mallory', resource_type, resource_id, action, expires_at FROM grantd.grants WHERE $grant"
superuser verify 'add a grant with the end of another one'\''s chain' "INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type,
	resource_id, action, expires_at, audit_length, audit_head) SELECT tenant_id, gen_random_uuid(), 'mallory', resource_type, resource_id,
	action, expires_at, audit_length, audit_head FROM grantd.grants WHERE $grant"
superuser verify 'remove a grant' "DELETE FROM grantd.grants WHERE $grant"
superuser checkpoint 'remove a grant with all of its entries and events' "DELETE FROM grantd.grants WHERE $grant;
	DELETE FROM grantd.audit_log WHERE $of_grant; DELETE FROM grantd.activity_event; DELETE FROM grantd.activity_count"

# ---- keys ----
superuser verify 'add a key for everything' "INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash)
	SELECT tenant_id, gen_random_uuid(), 'MALLORY0', 'admin', '{admin}', sha256('mine') FROM grantd.api_keys WHERE $admin"
superuser verify 'give a key another role' "UPDATE grantd.api_keys SET roles = '{admin}' WHERE $reader"
superuser verify 'let a key last for ever' "UPDATE grantd.api_keys SET expires_at = NULL WHERE $reader"
superuser verify 'take the revocation of a key back' "UPDATE grantd.api_keys SET revoked_at = NULL WHERE revoked_at IS NOT NULL"
superuser verify 'put the hash of a key of one'\''s own in place of another' "UPDATE grantd.api_keys SET hash = sha256('mine') WHERE $admin"
superuser verify 'move a key to another tenant' "UPDATE grantd.api_keys SET tenant_id = 'bbbbbbbb-0000-7000-8000-000000000000' WHERE $admin"
superuser verify 'change when a key was revoked' "UPDATE grantd.api_keys SET revoked_at = revoked_at - interval '1 day'"
superuser verify 'set a key'\''s version back' "UPDATE grantd.api_keys SET version = 1 WHERE revoked_at IS NOT NULL"
superuser nothing 'say that a key was never used' "UPDATE grantd.api_keys SET last_used_at = NULL"

# ---- policies ----
superuser verify 'widen a rule' "UPDATE grantd.policy_rules SET policy_text = 'permit (principal, action, resource);' WHERE $rule"
superuser verify 'add a rule' "INSERT INTO grantd.policy_rules (tenant_id, policy_id, id, ordinal, policy_text)
	SELECT tenant_id, policy_id, gen_random_uuid(), 9, 'permit (principal, action, resource);' FROM grantd.policy_rules WHERE $rule"
superuser verify 'remove a rule that forbids' "DELETE FROM grantd.policy_rules WHERE policy_text LIKE 'forbid%'"
superuser verify 'move a rule to another policy' "UPDATE grantd.policy_rules SET policy_id = 'f2aaaaaa-0000-7000-8000-000000000000' WHERE $rule"
superuser verify 'let a rule start grants without auditing' "UPDATE grantd.policy_rules SET audit_session = false WHERE audit_session"
superuser verify 'change what a rule tells callers' "UPDATE grantd.policy_rules SET notice = 'call mallory' WHERE $rule"
superuser verify 'change the order of rules' "UPDATE grantd.policy_rules SET ordinal = 10 - ordinal"
superuser verify 'put a policy out of force' "UPDATE grantd.policies SET enabled = false WHERE $policy"
superuser verify 'let another policy be asked first' "UPDATE grantd.policies SET priority = 0 WHERE $policy"
superuser verify 'bring a deleted policy back' "UPDATE grantd.policies SET deleted_at = NULL"
superuser verify 'add a policy' "INSERT INTO grantd.policies (tenant_id, id, name) VALUES ('aaaaaaaa-0000-7000-8000-000000000000', gen_random_uuid(), 'mine')"
superuser verify 'set the version of the policies back, so that workers go on with old ones' \
	"UPDATE grantd.tenants SET policy_version = policy_version - 1 WHERE name = 'A'"

# ---- tenants ----
superuser verify 'give a tenant another name' "UPDATE grantd.tenants SET name = 'C' WHERE name = 'A'"
superuser verify 'choose for a tenant what forbids that fail do' "UPDATE grantd.tenants SET failing_forbid_denies = NOT failing_forbid_denies"
superuser verify 'disable a tenant' "UPDATE grantd.tenants SET state = 'disabled' WHERE name = 'A'"
superuser verify 'say that a tenant has moved' "UPDATE grantd.tenants SET state = 'moved', moved_to = 'nowhere' WHERE name = 'A'"
superuser nothing 'hold the changes of a tenant off, as a move does' "UPDATE grantd.tenants SET hold = 'closed' WHERE name = 'A'"
superuser verify 'add a tenant' "INSERT INTO grantd.tenants (id, name) VALUES (gen_random_uuid(), 'mine')"
superuser verify 'remove a tenant' "DELETE FROM grantd.tenants WHERE name = 'B'"
superuser checkpoint 'remove a tenant with all that is its own' "DELETE FROM grantd.tenants WHERE name = 'B';
	DELETE FROM grantd.api_keys WHERE NOT $a; DELETE FROM grantd.grants WHERE NOT $a; DELETE FROM grantd.audit_log WHERE NOT $a;
	DELETE FROM grantd.idempotency_keys WHERE NOT $a; DELETE FROM grantd.policies WHERE NOT $a"
superuser verify 'put rows aside in a tenant that is not there' "UPDATE grantd.activity_event SET tenant_id = 'cccccccc-0000-7000-8000-000000000000';
	DELETE FROM grantd.activity_count"

# ---- activity ----
superuser verify 'set the counts of activity to nothing' "UPDATE grantd.activity_count SET events = 0"
superuser verify 'remove events' "DELETE FROM grantd.activity_event WHERE service = 's3'"
superuser verify 'add events' "INSERT INTO grantd.activity_event SELECT tenant_id, grant_id, gen_random_uuid(), recorded_at, occurred_at, service,
	name, kind, outcome, source_ip, details FROM grantd.activity_event LIMIT 1"
superuser verify 'give events to another grant' "UPDATE grantd.activity_event SET grant_id = '02aaaaaa-0000-7000-8000-000000000000' WHERE service = 's3'"
superuser verify 'give events and their counts to a grant that is not there' \
	"UPDATE grantd.activity_event SET grant_id = '09aaaaaa-0000-7000-8000-000000000000';
	UPDATE grantd.activity_count SET grant_id = '09aaaaaa-0000-7000-8000-000000000000'"
superuser nothing 'change what an event tells, and remove events with their counts' "UPDATE grantd.activity_event SET name = 'Put';
	DELETE FROM grantd.activity_event WHERE service = 's3'; DELETE FROM grantd.activity_count WHERE service = 's3'"
superuser nothing 'change what an Idempotency-Key was used for' "UPDATE grantd.idempotency_keys SET body_hash = sha256('other')"

# ---- the log ----
superuser verify 'change an entry' "UPDATE grantd.audit_log SET actor_id = 'x' WHERE $of_grant AND sequence = 2"
superuser verify 'remove an entry' "DELETE FROM grantd.audit_log WHERE $of_grant AND sequence = 2"
superuser verify 'remove the last entry, and make the row fit it' "DELETE FROM grantd.audit_log WHERE $of_grant AND sequence = 3;
	UPDATE grantd.grants SET audit_length = 2, audit_head = (SELECT hash FROM grantd.audit_log WHERE $of_grant AND sequence = 2) WHERE $grant"
superuser checkpoint 'remove the last entry, and make all of the row fit what is left' "DELETE FROM grantd.audit_log WHERE $of_grant AND sequence = 3;
	UPDATE grantd.grants SET audit_length = 2, audit_head = e.hash, audit_enabled = false, version = 2, updated_at = e.created_at
	FROM (SELECT hash, created_at FROM grantd.audit_log WHERE $of_grant AND sequence = 2) e WHERE $grant"
superuser checkpoint 'write the last entry anew, with the hash that it must have' "DELETE FROM grantd.audit_log WHERE $of_grant AND sequence = 3;
	UPDATE grantd.grants SET audit_length = 2, audit_head = e.hash, audit_enabled = false, version = 2, updated_at = e.created_at
	FROM (SELECT hash, created_at FROM grantd.audit_log WHERE $of_grant AND sequence = 2) e WHERE $grant;
	SELECT grantd.revoke_grant($key_a, $by, '01aaaaaa-0000-7000-8000-000000000000', 2)"
superuser verify 'empty a chain' "DELETE FROM grantd.audit_log WHERE $of_grant;
	UPDATE grantd.grants SET audit_length = 0, audit_head = $zero WHERE $grant"
superuser verify 'put entries into a chain of a kind that is none' "INSERT INTO grantd.audit_log SELECT tenant_id, gen_random_uuid(), actor_id, actor_type,
	action, 'session', resource_id, outcome, metadata, reasoning, created_at, sequence, previous_hash, hash, record
	FROM grantd.audit_log WHERE $of_grant AND sequence = 1"
superuser verify 'put entries into a tenant that is not there' "UPDATE grantd.audit_log SET tenant_id = gen_random_uuid() WHERE $of_grant AND sequence = 3;
	UPDATE grantd.grants SET audit_length = 2, audit_head = e.hash, audit_enabled = false, version = 2, updated_at = e.created_at
	FROM (SELECT hash, created_at FROM grantd.audit_log WHERE $of_grant AND sequence = 2) e WHERE $grant"
superuser verify 'remove the beginning of a chain, and say with the right seal that it was archived' "DELETE FROM grantd.audit_log
	WHERE $of_grant AND sequence <= 2; INSERT INTO grantd.audit_cuts SELECT c.*, sha256('grantd-cut-1'::bytea || uuid_send(c.tenant_id)
	|| uuid_send(c.resource_id) || uuid_send(c.archive) || int8send(c.previous) || c.previous_hash || grantd.audit_text('grant')
	|| convert_to('{}', 'UTF8')) FROM (SELECT tenant_id, 'grant', resource_id, sequence - 1 AS previous, previous_hash, id AS archive, '{}'::json
	FROM grantd.audit_log WHERE $of_grant AND sequence = 3) c"
superuser entry 'call the functions, in anybody'\''s name' "SELECT grantd.update_grant('aaaaaaaa-0000-7000-8000-000000000000', NULL, NULL, NULL,
	'alice', gen_random_uuid(), '{\"request_id\":\"r\"}', NULL, '01aaaaaa-0000-7000-8000-000000000000', NULL, false)"

# ---- what everything rests on ----
definer doctor 'disable the trigger that keeps entries as they are' 'ALTER TABLE grantd.audit_log DISABLE TRIGGER audit_log_is_append_only'
definer doctor 'let workers change entries' 'GRANT UPDATE ON grantd.audit_log TO grantd_app'
definer doctor 'take row-level security off a table' 'ALTER TABLE grantd.grants NO FORCE ROW LEVEL SECURITY'
definer doctor 'give a table to another role' 'ALTER TABLE grantd.grants OWNER TO grantd_auth'
definer doctor 'let row-level security not bind workers' 'ALTER ROLE grantd_worker BYPASSRLS' 'ALTER ROLE grantd_worker NOBYPASSRLS'
definer doctor 'let workers act as the owner' 'GRANT grantd_owner TO grantd_worker' 'REVOKE grantd_owner FROM grantd_worker'
definer doctor 'give the role of the functions more rights' 'ALTER ROLE grantd_auth BYPASSRLS' 'ALTER ROLE grantd_auth NOBYPASSRLS'
definer doctor 'put another function in place of one' "CREATE OR REPLACE FUNCTION grantd.is_stranger(tenant uuid, key_hash bytea) RETURNS boolean
	LANGUAGE sql SET search_path = pg_catalog, pg_temp RETURN false"
definer doctor 'let a function look names up elsewhere' 'ALTER FUNCTION grantd.authenticate(bytea) RESET search_path'
definer doctor 'give a function to another role' "ALTER FUNCTION grantd.find_key(bytea) OWNER TO postgres"
definer doctor 'let workers call a function that is not for them' 'GRANT EXECUTE ON FUNCTION grantd.find_key(bytea) TO grantd_app'
definer doctor 'add a function that runs with rights of its own' "CREATE FUNCTION grantd.mine() RETURNS void LANGUAGE sql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp AS ''; GRANT EXECUTE ON FUNCTION grantd.mine() TO grantd_app"
definer doctor 'let a policy show all tenants' 'ALTER POLICY grants_tenant ON grantd.grants USING (true)'
definer doctor 'add a policy' 'CREATE POLICY mine ON grantd.grants FOR SELECT TO grantd_app USING (true)'
definer doctor 'let workers write a table' 'GRANT UPDATE ON grantd.grants TO grantd_app'
definer doctor 'drop the trigger that keeps keys revoked' 'DROP TRIGGER api_keys_stay_revoked ON grantd.api_keys'
definer doctor 'add a trigger' "CREATE FUNCTION public.mine() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
	CREATE TRIGGER mine BEFORE UPDATE ON grantd.grants FOR EACH ROW EXECUTE FUNCTION public.mine()"
definer doctor 'add a rewrite rule' 'CREATE RULE mine AS ON DELETE TO grantd.grants DO INSTEAD NOTHING'
definer doctor 'take a constraint away' 'ALTER DOMAIN grantd.role_names DROP CONSTRAINT role_names_form'

# ---- what a stolen worker's role can do ----
worker impossible 'switch a grant by hand' "$choose" "UPDATE grantd.grants SET audit_enabled = false"
worker impossible 'add a key' "$choose" "INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash)
	VALUES ('aaaaaaaa-0000-7000-8000-000000000000', gen_random_uuid(), 'MALLORY0', 'admin', '{admin}', sha256('mine'))"
worker impossible 'widen a rule' "$choose" "UPDATE grantd.policy_rules SET policy_text = 'permit (principal, action, resource);'"
worker impossible 'add an entry' "$choose" 'INSERT INTO grantd.audit_log SELECT * FROM grantd.audit_log LIMIT 1'
worker impossible 'remove entries' "$choose" 'DELETE FROM grantd.audit_log'
worker impossible 'remove entries as archived' "SELECT grantd.drop_archived(tenant_id, gen_random_uuid(), 'grant', resource_id, 1, 2, hash, hash, '{}')
	FROM grantd.audit_log"
worker impossible 'say of a chain that it was archived' "$choose" 'INSERT INTO grantd.audit_cuts SELECT * FROM grantd.audit_cuts'
worker impossible 'follow the log of all tenants' "SELECT * FROM grantd.audit_by_id(gen_random_uuid(), gen_random_uuid(), 1)"
worker impossible 'open or give up a tenant, as a move does' "SELECT grantd.end_move('aaaaaaaa-0000-7000-8000-000000000000', gen_random_uuid(), 'x',
	gen_random_uuid(), '{}', NULL, true, 'nowhere')"
worker impossible 'remove a tenant, as its deletion does' "SELECT grantd.remove_rows('aaaaaaaa-0000-7000-8000-000000000000', 1000)"
worker impossible 'hold the changes of a tenant off, as a move does' "$choose" "UPDATE grantd.tenants SET hold = 'closed'"
worker impossible 'empty the log' 'TRUNCATE grantd.audit_log'
worker impossible 'remove activity' "$choose" 'DELETE FROM grantd.activity_event'
worker impossible 'set the counts of activity to nothing' "$choose" 'UPDATE grantd.activity_count SET events = 0'
worker impossible 'put triggers out of the way' 'SET session_replication_role = replica'
worker impossible 'become the owner' 'SET ROLE grantd_owner'
worker impossible 'become the role of the functions' 'SET ROLE grantd_auth'
worker impossible 'put another function in place of one' "CREATE OR REPLACE FUNCTION grantd.is_stranger(tenant uuid, key_hash bytea) RETURNS boolean
	LANGUAGE sql RETURN false"
worker impossible 'make something in the schema' 'CREATE TABLE grantd.mine ()'
worker impossible 'make something that functions take for PostgreSQL'\''s' 'CREATE FUNCTION public.sha256(bytea) RETURNS bytea LANGUAGE sql RETURN $1'
worker impossible 'look past row-level security' 'SET row_security = off' 'SELECT count(*) FROM grantd.grants'
worker impossible 'read the hash of a key' "$choose" 'SELECT hash FROM grantd.api_keys'
worker impossible 'ask whose key it is' "SELECT * FROM grantd.find_key(sha256('key A'))"
worker impossible 'list the tenants' 'SELECT id FROM grantd.tenants'
worker impossible 'change something without a key' "SELECT grantd.update_grant('aaaaaaaa-0000-7000-8000-000000000000', NULL, NULL, NULL, 'x',
	gen_random_uuid(), '{\"request_id\":\"r\"}', NULL, '01aaaaaa-0000-7000-8000-000000000000', NULL, false)"
worker impossible 'hold a row' "$choose" 'SELECT id FROM grantd.grants FOR UPDATE'
worker impossible 'keep requests from a table' 'BEGIN' 'LOCK TABLE grantd.grants IN SHARE MODE'
worker impossible 'read a file of the server' "SELECT pg_read_file('/etc/passwd')"
worker impossible 'read the planner'\''s statistics' "SELECT tablename FROM pg_stats WHERE schemaname = 'grantd' AND tablename <> 'schema_version'"
worker possible 'learn how large the tables are' "SELECT relname, reltuples FROM pg_class WHERE relname = 'grants'"
worker possible 'learn from estimates how frequent a value is, in all tenants' "$choose" "EXPLAIN SELECT FROM grantd.grants WHERE grantee_id = 'dave'"
worker possible 'keep an upgrade waiting' 'BEGIN' "SELECT pg_advisory_xact_lock(hashtextextended('grantd.install', 0)), 'held'"
worker possible 'keep the changes of a tenant waiting whose id it knows' 'BEGIN' \
	"SELECT pg_advisory_xact_lock(uuid_hash_extended('aaaaaaaa-0000-7000-8000-000000000000', 0)), 'held'"
worker possible 'fill the disk with temporary tables' 'CREATE TEMPORARY TABLE full_of AS SELECT 1 AS n' 'SELECT n FROM full_of'
worker possible 'fill the disk with large objects' 'SELECT lo_create(0) > 0'
worker possible 'do without a limit of time' 'SET statement_timeout = 0' 'SHOW statement_timeout'
worker possible 'read the rows of a tenant whose id it knows, without a key' "$choose" 'SELECT id FROM grantd.grants'
worker entry 'do what a key may do that it has seen, past the policies' "SELECT (grantd.update_grant($key_a, $by,
	'01aaaaaa-0000-7000-8000-000000000000', NULL, false)).state"

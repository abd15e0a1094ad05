# shellcheck shell=bash disable=SC2154 # variables of tests/db/run, which sources this
# SPDX-License-Identifier: MIT
#
# Tests of the upgrade from versions 4 and 5 of the schema to this one, with rows in it: by install.sql and by sqitch, halfway,
# under requests, with a grantd that waits for it; and of the way back.

# Makes DATABASE with the schema of version 4, and rows.
version_four()
{
	if [ ! -d "$work/four" ]; then
		cp -r "$db" "$work/four"
		sed -i '/version_before [<=] [56] /,/^.endif/d' "$work/four/install.sql"
	fi
	sql postgres "CREATE DATABASE $1" || bail "no database \"$1\""
	psql -X -q -d "$1" -f "$work/four/install.sql" >/dev/null &&
		psql -X -q -v ON_ERROR_STOP=1 -d "$1" -f "$here/version4.sql" || bail 'no schema of version 4'
}

# Makes DATABASE what version 5 was: without the tables of later ones, with functions that this one makes anew, and one that it has not.
version_five()
{
	version_four "$1"
	if [ ! -d "$work/five" ]; then
		cp -r "$db" "$work/five"
		sed -i -e '/version_before = 5 /,/^.endif/d' \
			-e '/version_before < 6 /,/^.endif/{/ir deploy/{/changes.sql/!d}}' "$work/five/install.sql"
		sed -i 's/SET version = 6, serves_from = 6,/SET version = 5,/' "$work/five/deploy/changes.sql"
	fi
	psql -X -q -d "$1" -f "$work/five/install.sql" >/dev/null || bail 'no schema of version 5'
	sql "$1" 'CREATE FUNCTION grantd.of_five(g grantd.grant_change) RETURNS int LANGUAGE sql AS $$ SELECT 5 $$' \
		'ALTER FUNCTION grantd.of_five OWNER TO grantd_auth'
}

# Every row of DATABASE, but for what the upgrade adds to it or leaves out.
rows_of()
{
	local table

	for table in tenants api_keys grants audit_log policies policy_rules idempotency_keys activity_event activity_count; do
		sql "$1" "SELECT '$table', to_jsonb(t) - '{audit_previous,record,effect,principal_scope_type,principal_is_type,
			principal_entity_type,principal_entity_id,action_scope_type,action_ids,resource_scope_type,resource_is_type,
			resource_entity_type,resource_entity_id,conditions,failing_forbid_denies,
			written_by,state,moved_to,hold,move_id,move_since}'::text[] FROM grantd.$table t ORDER BY 2"
	done
}

# The files of tables and indexes: another name means that one was written anew.
files_of()
{
	sql "$1" "SELECT oid::regclass, relfilenode FROM pg_class WHERE relnamespace = 'grantd'::regnamespace
		AND relkind IN ('r', 'i') AND relname NOT IN ('grants_grantee', 'api_keys_newest', 'policies_newest',
			'policy_rules_order', 'tenants_newest', 'refusals', 'refusals_pkey', 'audit_log_order', 'audit_archives',
			'audit_archives_pkey', 'audit_cuts', 'audit_cuts_pkey') ORDER BY relname"
}

# Changes by the functions after entries of the first form, in every kind of chain.
changes_in()
{
	sql "$1" "SELECT f.state FROM grantd.tenants t JOIN grantd.grants g ON g.tenant_id = t.id,
		grantd.update_grant(t.id, sha256(convert_to(t.name, 'UTF8')), 3, t.policy_version, NULL,
		gen_random_uuid(), '{\"request_id\":\"é\"}', 'why', g.id, g.version, true) f" \
	"SELECT f.state FROM grantd.tenants t, grantd.update_policy(t.id, sha256(convert_to(t.name, 'UTF8')), 3,
		t.policy_version, NULL, gen_random_uuid(), '{\"request_id\":\"é\"}', NULL, t.id, 'q', 1, true) f" \
	"SELECT grantd.log_denied(id, sha256(convert_to(name, 'UTF8')), 3, policy_version, NULL, gen_random_uuid(),
		'{\"request_id\":\"é\"}', NULL, 'CreateGrant', NULL, '{}') FROM grantd.tenants" \
	"SELECT f.state FROM grantd.tenants t, grantd.revoke_api_key(t.id, sha256(convert_to(t.name, 'UTF8')), 3,
		t.policy_version, NULL, gen_random_uuid(), '{\"request_id\":\"é\"}', NULL, t.id, 3) f" | sort | uniq -c | xargs
}

# upgraded WHAT COMMAND...: the command makes DATABASE $database, which is of an older version, one of this.
upgraded()
{
	local what=$1

	shift
	rows_of "$database" >"$work/rows"
	is "there are rows ($what)" "$(grep -c . "$work/rows")" 1842
	files_of "$database" >"$work/files"
	ok "a database with rows is upgraded ($what)" "$@"
	rows_of "$database" >"$work/rows.now"
	ok 'every row is kept' diff "$work/rows" "$work/rows.now"
	files_of "$database" >"$work/files.now"
	ok 'no table and no index is written anew' diff "$work/files" "$work/files.now"
	dump "$database" >"$work/upgraded.sql"
	ok 'the schema is that of a new database' diff "$work/install.sql" "$work/upgraded.sql"
	catalogue "$database" >"$work/catalog"
	ok 'for grantctl doctor, too' diff "$db/catalog.expected" "$work/catalog"
	is 'changes follow' "$(changes_in "$database")" '309 done'
	is 'and chains of both forms hold' "$(psql -X -q -A -t -d "$database" -f "$here/../smoke/chains.sql" 2>&1)" ''
	if [ -n "$build" ]; then
		said=$(PGDATABASE=$database "$build/grantctl" audit verify 2>&1)
		is 'grantctl finds them so' "$? $said" '0 the chains hold: tenants 3, chains 309, entries 1236
the rows are as the entries tell: rows 312, differences 0, values that no entry tells 3'
	fi
}

upgrade_by_install()
{
	database=upgrade
	version_four $database
	upgraded 'install.sql' psql -X -q -d $database -f "$db/install.sql"
	is 'the planner knows the columns with another type' "$(sql $database "SELECT string_agg(a.attname, ' ')
		FROM pg_attribute a LEFT JOIN pg_statistic s ON s.starelid = a.attrelid AND s.staattnum = a.attnum
		WHERE a.attrelid IN ('grantd.grants'::regclass, 'grantd.audit_log'::regclass) AND a.attnum > 0
		AND NOT a.attisdropped AND s.starelid IS NULL")" ''
	not_back
	sql postgres "DROP DATABASE $database"
}

upgrade_from_five()
{
	database=upgrade
	version_five $database
	is 'the schema is of version 5' "$(sql $database 'SELECT version FROM grantd.schema_version')" 5
	upgraded 'from version 5' psql -X -q -d $database -f "$db/install.sql"
	sql postgres "DROP DATABASE $database"
}

# The way back ends where entries of the second form are.
not_back()
{
	local revert=(psql -X -q -d "$database" -v ON_ERROR_STOP=1 -f)

	ok 'the functions can be taken away' "${revert[@]}" "$db/revert/changes.sql"
	is 'the schema says so' "$(sql "$database" 'SELECT version FROM grantd.schema_version')" 4
	dump "$database" >"$work/before.sql"
	said=$("${revert[@]}" "$db/revert/audit_record.sql" 2>&1)
	is 'entries of the second form cannot' $? 3
	like 'with the reason' "$said" 'there are audit entries of the second form, whose chains an older grantd cannot verify'
	like 'and what is left to do' "$(hint)" 'Stay with this schema.*or restore the database as it was'
	dump "$database" >"$work/again.sql"
	ok 'and nothing is changed' diff "$work/before.sql" "$work/again.sql"
	install_as postgres "$database"
	is 'install.sql gives the functions back' $? 0
	dump "$database" >"$work/again.sql"
	ok 'and makes the same schema' diff "$work/install.sql" "$work/again.sql"
}

upgrade_by_sqitch()
{
	if ! command -v sqitch >/dev/null; then
		skip 'sqitch upgrades' 'sqitch is not installed'
		return
	fi
	database=upgrade
	version_four $database
	in_db sqitch deploy --log-only --to activity db:pg:$database >"$work/said" 2>&1 || bail "$(<"$work/said")"
	upgraded 'sqitch' in_db sqitch deploy --verify db:pg:$database
	ok 'all that sqitch verifies is so' in_db sqitch verify db:pg:$database
	sql postgres "DROP DATABASE $database"
}

# What sqitch has begun is finished by install.sql.
upgrade_halfway()
{
	if ! command -v sqitch >/dev/null; then
		skip 'half an upgrade' 'sqitch is not installed'
		return
	fi
	database=upgrade
	version_four $database
	in_db sqitch deploy --log-only --to activity db:pg:$database >"$work/said" 2>&1 &&
		in_db sqitch deploy --to audit_record db:pg:$database >"$work/said" 2>&1 || bail "$(<"$work/said")"
	upgraded 'half of it by sqitch' psql -X -q -d $database -f "$db/install.sql"
	sql postgres "DROP DATABASE $database"
}

# As they were before: the columns of rules come back behind the others, so to the change before that.
back()
{
	if ! command -v sqitch >/dev/null; then
		skip 'the way back' 'sqitch is not installed'
		return
	fi
	sql postgres 'CREATE DATABASE back' || bail 'no database "back"'
	in_db sqitch deploy --to list_indexes db:pg:back >"$work/said" 2>&1 || bail "$(<"$work/said")"
	dump back >"$work/back.sql"
	in_db sqitch deploy db:pg:back >"$work/said" 2>&1 || bail "$(<"$work/said")"
	ok 'where there are no entries, there is a way back' in_db sqitch revert -y --to list_indexes db:pg:back
	dump back >"$work/again.sql"
	ok 'to the very same schema' diff "$work/back.sql" "$work/again.sql"
	sql postgres 'DROP DATABASE back'
}

# Rules alone: their parts do not come back.
rules_become_texts()
{
	version_four upgrade
	psql -X -q -d upgrade -v ON_ERROR_STOP=1 -f "$db/deploy/rule_text.sql" || bail 'no change'
	dump upgrade >"$work/upgraded.sql"
	said=$(psql -X -q -d upgrade -v ON_ERROR_STOP=1 -f "$db/revert/rule_text.sql" 2>&1)
	is 'it is not reverted where rules would lose their parts' $? 3
	like 'with the reason' "$said" 'there are policy rules, whose parts SQL cannot read'
	like 'and the way' "$(hint)" 'grantctl policy show.*DELETE FROM grantd.policy_rules.*grantctl policy apply'
	dump upgrade >"$work/again.sql"
	ok 'and nothing is changed' diff "$work/upgraded.sql" "$work/again.sql"
	sql upgrade 'DELETE FROM grantd.policy_rules'
	ok 'without rules it is' psql -X -q -d upgrade -v ON_ERROR_STOP=1 -f "$db/revert/rule_text.sql"
	is 'and the parts are there again' "$(sql upgrade "SELECT count(*) FROM pg_attribute
		WHERE attrelid = 'grantd.policy_rules'::regclass AND attnum > 0 AND NOT attisdropped")" 22
	is 'for workers to write' "$(sql upgrade "SELECT
		has_column_privilege('grantd_app', 'grantd.policy_rules', 'conditions', 'UPDATE')")" t
	sql postgres 'DROP DATABASE upgrade'
}

install_waits()
{
	[ "$(sql upgrade "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity
		WHERE datname = 'upgrade' AND query LIKE '%LOCK%')")" -gt 0 ]
}

# A request of an older grantd that is under way when the upgrade comes: it has read its key, and has its change before it. The
# upgrade waits for it while it holds nothing that the request will want.
upgrade_under_way()
{
	local request upgrade

	version_four upgrade
	coproc REQUEST { psql -X -q -A -t -v ON_ERROR_STOP=1 -d upgrade 2>&1; }
	request=$REQUEST_PID
	printf '%s\n' 'BEGIN; SET LOCAL ROLE grantd_app;' \
		"SELECT 'key of ' || tenant_id FROM grantd.authenticate(sha256('tenant 1'));" >&"${REQUEST[1]}"
	read -r said <&"${REQUEST[0]}"
	is 'a request has read its key' "$said" 'key of 11111111-0000-7000-8000-000000000001'
	psql -X -d upgrade -f "$db/install.sql" >"$work/said" 2>&1 &
	upgrade=$!
	ok 'an upgrade waits for it' until_true install_waits
	printf '%s\n' "UPDATE grantd.grants SET audit_enabled = true WHERE resource_id = '2' RETURNING 'changed';" \
		"INSERT INTO grantd.audit_log SELECT tenant_id, gen_random_uuid(), actor_id, actor_type, action,
		resource_type, resource_id, outcome, metadata, reasoning, created_at, 4, hash, hash FROM grantd.audit_log
		WHERE sequence = 3 LIMIT 1 RETURNING 'logged';" 'COMMIT;' >&"${REQUEST[1]}"
	printf '%s\n' '\q' >&"${REQUEST[1]}"
	is 'the request does what it came for' "$(cat <&"${REQUEST[0]}")" $'changed\nlogged'
	wait "$request"
	wait $upgrade
	is 'and then the upgrade is made' "$? $(tail -n 1 "$work/said")" \
		'0 grantd: installed schema version 6 in database "upgrade", which had version 4'
	sql postgres 'DROP DATABASE upgrade'
}

# get PATH HEADER...: what grantd answers, its status first; without one it is 200.
get()
{
	local path=$1

	shift
	"$build/tests/lib/fcgi_client" "$work/socket" request GET "$path" "${@/#/param }" begin 1 0 params end read 2>/dev/null
}

answers()
{
	[[ $(get "$1") =~ $2 ]]
}

# A grantd of this version that was started first.
served_after()
{
	local grantd

	if [ -z "$build" ] || [ ! -x "$build/tests/lib/fcgi_client" ]; then
		skip 'a grantd that waits for the upgrade' 'nothing was built'
		return
	fi
	version_four upgrade
	sql postgres 'CREATE ROLE grantd_worker LOGIN IN ROLE grantd_app' || bail 'no worker'
	# The address space of a program under AddressSanitizer is many terabytes.
	GRANTD_MEMORY_LIMIT=0 \
	GRANTD_DATABASE="host=$PGHOST port=$PGPORT dbname=upgrade user=grantd_worker" \
		"$build/grantd" --listen "$work/socket" --workers 2 </dev/null >"$work/log" 2>&1 &
	grantd=$!
	ok 'a grantd of this version starts before the upgrade' until_true answers /healthz '"status":"ok"'
	ok 'and answers 503' answers /readyz '^Status: 503'
	like 'with the reason in its log' "$(<"$work/log")" 'has version 4 of the schema and this build needs 6'
	install_as postgres upgrade
	ok 'after the upgrade it serves, without a restart' until_true answers /readyz '"status":"ready"'
	is 'the same one' "$(jobs -pr | grep -cx "$grantd")" 1
	kill "$grantd"
	wait "$grantd"
	is 'and ends in order' $? 0
	sql postgres 'DROP DATABASE upgrade WITH (FORCE)' 'DROP ROLE grantd_worker'
}

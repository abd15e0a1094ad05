# shellcheck shell=bash disable=SC2034,SC2154 # for those who source it; their own variables, and lib.sh's
# SPDX-License-Identifier: MIT
#
# What the smoke cases begin with, and what they leave. Source it after lib.sh, with $cluster, $work, $build and $form set.
#
#   make_database NAME   in the cluster $work/cluster, with two tenants, and keys in every state that a key can be in
#   smoke_settings       what the cases need of grantd's settings, for web_start
#   run_cases NAME...    of tests/smoke/cases
#   logs_hold REGEX      the logs of the web server and grantd have such lines, which it prints
#   check_chains         what the cases left in the database is whole

smoke=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
web_in=() # what puts a command on the host of the web server

tenant=2489E9AD-2EE2-8E00-8EC9-32D5F69181C0
grant=$tenant
other_tenant=00000000-0000-4000-8000-00000000000b
other_grant=00000000-0000-4000-8000-0000000000b1

make_key()
{
	"$build/grantctl" key create --tenant "$1" --name "$2" --role admin --json | jq -r .raw_key
}

make_grant()
{
	"$build/grantctl" grant create --tenant "$1" --id "$2" --grantee-id alice@example.com \
	    --resource-type aws_account --resource-id 123456789012 --action administer --expires-in 8h >/dev/null
}

make_database()
{
	"$cluster" install "$work/cluster" "$1" >"$work/install.log" 2>&1 || {
		cat "$work/install.log" >&2
		return 1
	}
	eval "$("$cluster" env "$work/cluster")"
	sql "DO \$\$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'grantd_worker') THEN
	    CREATE ROLE grantd_worker LOGIN IN ROLE grantd_app; END IF; END \$\$" &&
	"$build/grantctl" tenant create --id "$tenant" --name Smoke >/dev/null &&
	"$build/grantctl" tenant create --id "$other_tenant" --name Other >/dev/null &&
	make_grant "$tenant" "$grant" &&
	make_grant "$other_tenant" "$other_grant" &&
	key=$(make_key "$tenant" admin) &&
	key_later=$(make_key "$tenant" later) &&
	key_revoked=$(make_key "$tenant" revoked) &&
	key_expired=$(make_key "$tenant" expired) &&
	other_key=$(make_key "$other_tenant" admin) &&
	sql "UPDATE grantd.api_keys SET revoked_at = statement_timestamp() WHERE name = 'revoked';
	    UPDATE grantd.api_keys SET created_at = (created_at AT TIME ZONE 'UTC' - interval '2 days') AT TIME ZONE 'UTC',
		expires_at = statement_timestamp() - interval '1 second' WHERE name = 'expired'"
}

smoke_settings()
{
	web_setting GRANTD_CORS_ORIGINS 'https://console.example.com http://localhost:3000'
	web_setting GRANTD_LOCK_TIMEOUT 4000
	web_setting GRANTD_STATEMENT_TIMEOUT 15000
	# The address space of a program under AddressSanitizer is many terabytes.
	if grep -q __asan_init "$web_state/bin/grantd"; then
		web_setting GRANTD_MEMORY_LIMIT 0
	fi
}

# The cases revoked keys and let one expire by hand, which is found; and nothing else is, once that is put back.
check_chains()
{
	is "$form: the hash chains hold" "$(psql -X -q -At -f "$smoke/chains.sql")" '' || :
	is "$form: grantctl says so, too, and finds the keys that were changed by hand" \
	    "$("$build/grantctl" audit verify --json | jq -c '[.faults, ([.differences[].table] | unique)]')" '[[],["api_keys"]]' || :
	# The first setting is for a database that is spread over nodes, and means nothing in another.
	psql -X -q -v ON_ERROR_STOP=1 <<-'EOF'
	SET citus.propagate_set_commands = local;
	BEGIN;
	SET LOCAL session_replication_role = replica;
	UPDATE grantd.api_keys SET revoked_at = NULL WHERE version = 1;
	UPDATE grantd.api_keys SET created_at = (created_at AT TIME ZONE 'UTC' + interval '2 days') AT TIME ZONE 'UTC',
		expires_at = NULL WHERE name = 'expired';
	COMMIT;
	EOF
	expect 'and nothing else' "$build/grantctl" audit verify
}

logs_hold()
{
	grep -rhE "$@" "$web_logs" /dev/null
}

run_cases()
{
	local file

	for file in "$@"; do
		# shellcheck disable=SC1090 # each of them
		. "$smoke/cases/$file.sh"
	done
}

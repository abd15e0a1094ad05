# shellcheck shell=bash disable=SC2086,SC2154 # ids and numbers hold no blanks; what ctl fills is lib.sh's
# SPDX-License-Identifier: MIT
# grantctl doctor: each thing that can be wrong is found and named, with what mends it.

# shellcheck source=tests/ctl/lib.sh
. "$(dirname "$0")/lib.sh"

worker=ctl_doctor_worker
sql "CREATE ROLE $worker LOGIN IN ROLE grantd_app"

# server SETTING VALUE: a setting of the server's, once it is in force.
server()
{
	sql "ALTER SYSTEM SET $1 = $2" 'SELECT pg_reload_conf()' >/dev/null
	until [ "$(sql "SHOW $1")" = "$2" ]; do
		sleep 0.05
	done
}
server fsync on

# problem CHECK: what doctor found and advises for that check.
problem()
{
	json ".checks[] | select(.check == \"$1\" and .ok == false) | .found + \" | \" + .mend"
}

# finds CHECK REGEX [COUNT]: there is one problem (or as many), and it is this.
finds()
{
	ctl doctor --json
	is "doctor finds one thing wrong: $1" "$status $(json '[.ok, ([.checks[] | select(.ok == false)] | length)]')" "1 [false,${3:-1}]"
	like "and says what: $2" "$(problem "$1")" "$2"
}

well()
{
	ctl doctor --json
	is 'all is well (again)' "$status $(json '[.checks[] | select(.ok | not)]')" '0 []'
}

well
does 'for people' doctor
like 'a line each' "$out" '^ok +settings .*ok +database +[a-z_0-9]+, in PostgreSQL 1[5-9].*ok +schema +version [0-9]+'

PGHOST=$PWD/none finds database 'it cannot be used: connection to server .* \| start it'
GRANTD_DATABASE='password=secret host' finds database 'GRANTD_DATABASE is not a connection string'
is 'a password is not repeated' "$(grep -c secret <<<"$out$err")" 0
GRANTD_POOLER=many finds settings 'GRANTD_POOLER must be one of none.transaction, not "many" \| correct'
PGDATABASE=postgres finds schema 'the database postgres has no schema for grantd \| psql -X -f db/install.sql'

sql 'UPDATE grantd.schema_version SET version = version - 1'
finds schema 'it has version [0-9]+ and this program needs [0-9]+ \| psql'
is 'without the version, objects are not compared, which is said' "$(json '.checks[] | select(.ok == null) | .check + ": " + .found')" \
	'objects: not checked: the schema is not known to be of version '"$(sql 'SELECT version + 1 FROM grantd.schema_version')"
sql 'UPDATE grantd.schema_version SET version = version + 2, serves_from = serves_from + 1'
finds schema 'and this program knows'
sql 'UPDATE grantd.schema_version SET serves_from = serves_from - 1'
does 'a newer schema that serves this program' doctor
like 'is said to' "$out" '^(.*)ok +schema +version [0-9]+, which serves grantd of version [0-9]+ too'
sql 'UPDATE grantd.schema_version SET version = version - 1'
well

sql 'ALTER ROLE grantd_auth BYPASSRLS'
finds roles 'rights that they must not have: grantd_auth \| ALTER ROLE'
sql 'ALTER ROLE grantd_auth NOBYPASSRLS'
sql "ALTER ROLE $worker SUPERUSER"
finds "workers' roles" "row-level security does not bind: $worker \| ALTER ROLE"
sql "ALTER ROLE $worker NOSUPERUSER" "GRANT grantd_owner TO $worker"
finds "workers' roles" "may act as their owner: $worker \| REVOKE"
sql "REVOKE grantd_owner FROM $worker" "REVOKE grantd_app FROM $worker"
finds "workers' roles" 'no role that can log in is a member of grantd_app \| CREATE ROLE'
sql "CREATE ROLE ctl_doctor_group IN ROLE grantd_app" "GRANT ctl_doctor_group TO $worker"
well
sql 'ALTER TABLE grantd.grants NO FORCE ROW LEVEL SECURITY'
finds 'row-level security' "table grantd.grants: its row-level security is not this version's .* \| ALTER TABLE"
sql 'ALTER TABLE grantd.grants FORCE ROW LEVEL SECURITY' 'ALTER TABLE grantd.tenants DISABLE ROW LEVEL SECURITY'
finds 'row-level security' "table grantd.tenants: its row-level security is not this version's"
sql 'ALTER TABLE grantd.tenants ENABLE ROW LEVEL SECURITY' 'ALTER TABLE grantd.grants OWNER TO postgres'
finds tables "table grantd.grants: its owner is not this version's .\"postgres\", not \"grantd_owner\". \| ALTER TABLE"
sql 'ALTER TABLE grantd.grants OWNER TO grantd_owner' 'ALTER TABLE grantd.audit_log DISABLE TRIGGER audit_log_is_append_only'
finds triggers "trigger audit_log_is_append_only on grantd.audit_log: its state is not this version's .* \| ALTER TABLE"
sql 'ALTER TABLE grantd.audit_log ENABLE TRIGGER audit_log_is_append_only' 'GRANT UPDATE (reasoning) ON grantd.audit_log TO grantd_app'
finds privileges "column grantd.audit_log.reasoning: its privileges of grantd_app are not this version's .\"UPDATE\", not \"none\". \| GRANT or REVOKE"
sql 'REVOKE UPDATE (reasoning) ON grantd.audit_log FROM grantd_app'
well

# tampered CHECK REGEX STATEMENT...: what the statements do to a database is all that doctor finds in it.
tampered()
{
	local check=$1 regex=$2 damaged=tampered_$((tampered += 1))

	shift 2
	PGDATABASE=postgres sql "CREATE DATABASE $damaged TEMPLATE template"
	PGDATABASE=$damaged sql "$@" || bail "$*"
	PGDATABASE=$damaged finds "$check" "$regex" "${found:-1}"
	PGDATABASE=postgres sql "DROP DATABASE $damaged"
}
tampered=0

# A side of every kind of object.
none='AS $$ BEGIN RETURN NULL; END $$'
tampered functions "^function grantd.move_policies: its body is not this version's \|" \
	"CREATE OR REPLACE FUNCTION grantd.move_policies(tenant uuid, at timestamptz, context text) RETURNS text LANGUAGE plpgsql
		SET search_path = pg_catalog, pg_temp AS \$\$ BEGIN RETURN context; END \$\$"
tampered functions "^function grantd.is_stranger: its attributes are not this version's" \
	'ALTER FUNCTION grantd.is_stranger SECURITY DEFINER'
tampered functions "^function grantd.get_grant: its attributes are not this version's" \
	'ALTER FUNCTION grantd.get_grant SECURITY INVOKER'
tampered functions "^function grantd.get_grant: its settings are not this version's" \
	'ALTER FUNCTION grantd.get_grant SET search_path = public'
tampered functions "^function grantd.current_tenant: its expression is not this version's" \
	"CREATE OR REPLACE FUNCTION grantd.current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE RETURN NULL::uuid"
tampered functions "^function grantd.api_keys_stay_revoked: its body is not" \
	"CREATE OR REPLACE FUNCTION grantd.api_keys_stay_revoked() RETURNS trigger LANGUAGE plpgsql
		SET search_path = pg_catalog, pg_temp $none"
tampered functions '^function grantd.more: is not one of this version' \
	'CREATE FUNCTION grantd.more() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$'
tampered functions "^function grantd.note_key_use: is missing" 'DROP FUNCTION grantd.note_key_use'
found=2 tampered functions "^function grantd.update_grant: its owner is not this version's .\"grantd_owner\", not \"grantd_auth\"" \
	'GRANT CREATE ON SCHEMA grantd TO grantd_owner' 'ALTER FUNCTION grantd.update_grant OWNER TO grantd_owner' \
	'GRANT EXECUTE ON FUNCTION grantd.update_grant TO grantd_owner'
tampered triggers "^trigger api_keys_stay_revoked on grantd.api_keys: is missing" \
	'DROP TRIGGER api_keys_stay_revoked ON grantd.api_keys'
tampered triggers "^table grantd.policies: its internal triggers are not this version's" \
	"UPDATE pg_trigger SET tgenabled = 'D' WHERE tgisinternal AND tgrelid = 'grantd.policies'::regclass"
tampered triggers '^trigger late on grantd.audit_log: is not one' "CREATE TRIGGER late BEFORE INSERT ON grantd.audit_log
	FOR EACH ROW EXECUTE FUNCTION grantd.api_keys_stay_revoked()"
tampered tables '^rule silent on grantd.audit_log: is not one' \
	'CREATE RULE silent AS ON INSERT TO grantd.audit_log DO INSTEAD NOTHING'
tampered 'row-level security' "^policy grants_tenant on grantd.grants: its definition is not this version's" \
	'ALTER POLICY grants_tenant ON grantd.grants USING (true)'
tampered 'row-level security' '^policy all_of_it on grantd.grants: is not one' \
	'CREATE POLICY all_of_it ON grantd.grants TO grantd_app USING (true)'
tampered 'row-level security' '^table grantd.activity_event_other: its row-level security is not' \
	'ALTER TABLE grantd.activity_event_other DISABLE ROW LEVEL SECURITY'
tampered tables '^table grantd.activity_count_other: its policies are not' \
	'DROP POLICY activity_count_other_tenant ON grantd.activity_count_other'
tampered privileges "^table grantd.grants: its privileges of public are not this version's" \
	'GRANT SELECT ON grantd.grants TO PUBLIC'
tampered privileges "^table grantd.audit_log: its privileges of grantd_auth are not this version's .\"DELETE, SELECT\", not \"DELETE, INSERT, SELECT\"" \
	'REVOKE INSERT ON grantd.audit_log FROM grantd_auth'
tampered privileges "^function grantd.update_grant: its privileges of grantd_app are not this version's .\"none\", not \"EXECUTE\"" \
	'REVOKE EXECUTE ON FUNCTION grantd.update_grant FROM grantd_app'
tampered privileges '^schema grantd: its privileges of grantd_app' 'GRANT CREATE ON SCHEMA grantd TO grantd_app'
tampered tables '^column grantd.grants.more: is not one' 'ALTER TABLE grantd.grants ADD more int'
tampered tables "^column grantd.api_keys.hash: its definition is not this version's" \
	'ALTER TABLE grantd.api_keys ALTER hash DROP NOT NULL'
tampered tables '^constraint sha256_length on grantd.sha256: is missing' \
	'ALTER DOMAIN grantd.sha256 DROP CONSTRAINT sha256_length'
tampered tables '^constraint api_keys_expires_later on grantd.api_keys: is missing' \
	'ALTER TABLE grantd.api_keys DROP CONSTRAINT api_keys_expires_later'
tampered tables "^table grantd.audit_log: its form is not this version's" 'ALTER TABLE grantd.audit_log SET UNLOGGED'
tampered tables "^table grantd.grants: its form is not this version's" 'CREATE TABLE forged () INHERITS (grantd.grants)'
tampered tables '^index grantd.grants_grantee: is missing' 'DROP INDEX grantd.grants_grantee'

# What an operator may add.
sql "CREATE INDEX mine ON grantd.grants ((metadata ->> 'ticket'))" 'ALTER TABLE grantd.grants SET (fillfactor = 50)' \
	'ALTER TABLE grantd.grants ALTER action SET STATISTICS 500' 'SET ROLE grantd_owner; SELECT grantd.activity_maintain(9, NULL, false)' >/dev/null
well

# Roles, their settings, and the server's.
sql "ALTER ROLE $worker CREATEROLE"
finds "workers' roles" "more than a worker may be: $worker has CREATEROLE \\| REVOKE"
sql "ALTER ROLE $worker NOCREATEROLE" "GRANT pg_write_all_data TO ctl_doctor_group"
finds "workers' roles" "more than a worker may be: $worker is a member of pg_write_all_data"
sql 'REVOKE pg_write_all_data FROM ctl_doctor_group' "GRANT grantd_auth TO ctl_doctor_group"
finds roles 'these may act as grantd_auth, .*: ctl_doctor_group' 2
sql 'REVOKE grantd_auth FROM ctl_doctor_group' 'GRANT pg_monitor TO grantd_app'
finds roles 'these have the rights of others: grantd_app of pg_monitor'
sql 'REVOKE pg_monitor FROM grantd_app' 'ALTER ROLE grantd_auth CREATEROLE'
finds roles 'rights that they must not have: grantd_auth'
sql 'ALTER ROLE grantd_auth NOCREATEROLE'
for weak in off local remote_write false; do
	sql "ALTER ROLE $worker SET synchronous_commit = $weak"
	finds 'settings of roles' "synchronous_commit is $weak for $worker: .*could be lost \\| ALTER ROLE .*GRANTD_ALLOW_ASYNC_COMMIT"
done
GRANTD_ALLOW_ASYNC_COMMIT=yes well
sql "ALTER ROLE $worker RESET ALL" "ALTER DATABASE $PGDATABASE SET synchronous_commit = off"
finds 'settings of roles' "synchronous_commit is off for $worker, off for postgres: "
sql "ALTER ROLE $worker IN DATABASE $PGDATABASE SET synchronous_commit = on" \
	"ALTER ROLE postgres IN DATABASE $PGDATABASE SET synchronous_commit = remote_apply"
well
sql "ALTER ROLE $worker IN DATABASE $PGDATABASE RESET ALL" "ALTER ROLE postgres IN DATABASE $PGDATABASE RESET ALL" \
	"ALTER DATABASE $PGDATABASE RESET ALL"
server synchronous_commit off
finds 'settings of roles' "synchronous_commit is off for $worker, off for postgres: "
server synchronous_commit on
sql "ALTER ROLE $worker SET session_replication_role = replica"
finds 'settings of roles' "session_replication_role is replica for $worker: triggers do not guard the audit log"
sql "ALTER ROLE $worker RESET ALL" "ALTER ROLE $worker SET default_transaction_read_only = on"
finds 'settings of roles' "default_transaction_read_only is on, so that nothing can be written, for: $worker"
sql "ALTER ROLE $worker RESET ALL"
server fsync off
finds durability 'fsync is off: a crash of the machine can damage or lose everything'
server fsync on
server full_page_writes off
finds durability 'full_page_writes is off'
server full_page_writes on
well

# Whom it is run as.
sql 'CREATE ROLE ctl_doctor_stranger LOGIN'
ctl doctor --json
PGUSER=ctl_doctor_stranger ctl doctor --json
like 'a stranger is told that he is one' "$status $(problem 'this role')" '^1 ctl_doctor_stranger is no member of grantd_owner'
like 'and that he cannot see the schema' "$(problem schema)" 'its version cannot be read: permission denied for schema grantd'
sql "GRANT grantd_app TO $worker"
PGUSER=$worker ctl doctor --json
is 'as a worker, all is well' "$status" 0
like 'and what it may not is said' "$(json '.checks[] | select(.check == "this role") | .found')" "$worker is a worker's"

# The socket.
export GRANTD_LISTEN=$PWD/s
finds socket "s: No such file or directory \| start grantd"
echo >s
finds socket 's is no socket \| move it away'
rm s
# Waits until somebody listens at the socket, which has its name some time before (proc(5): the flag of a listener).
await_listener()
{
	for _ in $(seq 100); do
		grep -q " 00010000 .* $PWD/s\$" /proc/net/unix && break
		sleep 0.1
	done
}

# listens COMMAND: something other than grantd, at the socket until hush.
listens()
{
	socat UNIX-LISTEN:"$PWD/s",fork,mode=600 SYSTEM:"$1" 2>/dev/null &
	other=$!
	await_listener
}

hush()
{
	kill $other
	wait $other 2>/dev/null
	rm -f s
}

# It reads until the other side closes, as socat may drop what was said by one that left the request unread.
listens 'echo HTTP/1.0 400 Bad Request; cat >/dev/null'
finds grantd 'what answers does not speak FastCGI \| see whether'
like 'a socket is described' "$(json '.checks[] | select(.check == "socket") | .found')" \
	'mode 0600, user .*only that user may connect'
hush
listens 'head -c 1 >/dev/null'
finds grantd 'GET /readyz: '
hush
# An answer of the right form, and not grantd's: 404 from another application, cut in two records.
cat >answer <<'EOF'
head -c 30 >/dev/null
printf '\001\006\000\001\000\007\001\000Status:x\001\006\000\001\000\010\000\000 404\r\n\r\n'
printf '\001\003\000\001\000\010\000\000\000\000\000\000\000\000\000\000'
EOF
listens 'sh answer'
finds grantd 'GET /readyz: an answer that is not grantd'
hush
# A socket that nobody listens at any more.
perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0) && bind(S, sockaddr_un("s")) or die'
finds grantd 'nobody answers at .*: Connection refused \| start grantd'
rm s
GRANTD_LISTEN=127.0.0.1 finds grantd 'neither a path nor HOST:PORT'

# grantd itself, with a database and without.
grantd=$(dirname "$GRANTCTL")/grantd
if [ -x "$grantd" ]; then
	serve()
	{
		PGUSER=$worker "$grantd" --workers 1 >grantd.log 2>&1 &
		server=$!
		await_listener
		ctl doctor --json
		kill $server
		wait $server
	}

	serve
	is 'grantd is well' "$status $(json '.checks[] | select(.check == "grantd") | .found')" \
		"0 a worker answers at $PWD/s, and its database is ready"
	worker=ctl_doctor_stranger serve
	like 'grantd without its database' "$status $(problem grantd)" '^1 a worker answers, and says that its database is not ready'
else
	skip 'grantd is well' 'grantd is not built'
fi
unset GRANTD_LISTEN
sql "DROP ROLE $worker, ctl_doctor_group, ctl_doctor_stranger"

done_testing

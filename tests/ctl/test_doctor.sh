# shellcheck shell=bash disable=SC2086,SC2154 # ids and numbers hold no blanks; what ctl fills is lib.sh's
# SPDX-License-Identifier: MIT
# grantctl doctor: each thing that can be wrong is found and named, with what mends it.

# shellcheck source=tests/ctl/lib.sh
. "$(dirname "$0")/lib.sh"

worker=ctl_doctor_worker
sql "CREATE ROLE $worker LOGIN IN ROLE grantd_app"

# problem CHECK: what doctor found and advises for that check.
problem()
{
	json ".checks[] | select(.check == \"$1\" and (.ok | not)) | .found + \" | \" + .mend"
}

# finds CHECK REGEX: there is one problem, and it is this.
finds()
{
	ctl doctor --json
	is "doctor finds one thing wrong: $1" "$status $(json '[.ok, ([.checks[] | select(.ok | not)] | length)]')" '1 [false,1]'
	like "and says what: $2" "$(problem "$1")" "$2"
}

well()
{
	ctl doctor --json
	is 'all is well (again)' "$status $(json '[.checks[] | select(.ok | not)]')" '0 []'
}

well
does 'for people' doctor
like 'a line each' "$out" '^ok +settings .*ok +database +PostgreSQL 1[5-9].*ok +schema +version [0-9]+'

PGHOST=$PWD/none finds database 'it cannot be used: connection to server .* \| start it'
GRANTD_DATABASE='password=secret host' finds database 'GRANTD_DATABASE is not a connection string'
is 'a password is not repeated' "$(grep -c secret <<<"$out$err")" 0
GRANTD_POOLER=many finds settings 'GRANTD_POOLER must be one of none.transaction, not "many" \| correct'
PGDATABASE=postgres finds schema 'there is no schema for grantd in this database \| psql -X -f db/install.sql'

sql 'UPDATE grantd.schema_version SET version = version - 1'
finds schema 'it has version [0-9]+ and this program needs [0-9]+ \| psql'
sql 'UPDATE grantd.schema_version SET version = version + 2'
finds schema 'and this program knows'
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
finds 'row-level security' 'it is not forced on: grants \| ALTER TABLE'
sql 'ALTER TABLE grantd.grants FORCE ROW LEVEL SECURITY' 'ALTER TABLE grantd.tenants DISABLE ROW LEVEL SECURITY'
finds 'row-level security' 'it is not forced on: tenants'
sql 'ALTER TABLE grantd.tenants ENABLE ROW LEVEL SECURITY' 'ALTER TABLE grantd.grants OWNER TO postgres'
finds tables 'do not belong to grantd_owner: grants'
sql 'ALTER TABLE grantd.grants OWNER TO grantd_owner' 'ALTER TABLE grantd.audit_log DISABLE TRIGGER audit_log_is_append_only'
finds 'audit log' 'trigger that refuses changes of entries is not enabled \| ALTER TABLE'
sql 'ALTER TABLE grantd.audit_log ENABLE TRIGGER audit_log_is_append_only' 'GRANT UPDATE (reasoning) ON grantd.audit_log TO grantd_app'
finds 'audit log' 'workers may change or remove entries \| REVOKE'
sql 'REVOKE UPDATE (reasoning) ON grantd.audit_log FROM grantd_app'
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

listens 'echo HTTP/1.0 400 Bad Request'
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

done_testing

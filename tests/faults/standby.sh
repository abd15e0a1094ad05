#!/bin/bash
# SPDX-License-Identifier: MIT
# A synchronous standby that is away: 200 means that the change is there, too, whatever became of the session that committed it.
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"

database_starts
trap '"$cluster" remove "$work/standby" 2>/dev/null; "$cluster" remove "$work/pg" 2>/dev/null; clean_up' EXIT

tenant=2489e9ad-2ee2-8e00-8ec9-32d5f69181c0
grant=0192f0c1-2b3a-7000-8000-00000000000a

sql()
{
	psql -XqAtc "$1"
}

# What the standby would serve if it were promoted now.
standby_sql()
{
	(eval "$("$cluster" env "$work/standby")" && sql "$1")
}

{
	sql 'CREATE ROLE grantd_worker LOGIN IN ROLE grantd_app' &&
	"$build/grantctl" tenant create --id "$tenant" --name standby &&
	"$build/grantctl" grant create --tenant "$tenant" --id "$grant" --resource-type aws_account --resource-id 123456789012 \
		--grantee-id somebody --action read --expires-in 1d &&
	"$build/grantctl" key create --tenant "$tenant" --name standby --role admin --json >"$work/key"
} >"$work/world.log" 2>&1 || bail "$(<"$work/world.log")"
key=$(jq -r .raw_key "$work/key")

begin_standby()
{
	"$cluster" standby "$work/standby" "$work/pg" || bail 'no standby'
	until_true synchronous || bail 'the standby does not follow'
}
synchronous()
{
	[ "$(sql 'SELECT sync_state FROM pg_stat_replication')" = sync ]
}
sql "ALTER SYSTEM SET synchronous_standby_names = 'standby'" && sql 'SELECT pg_reload_conf()' >/dev/null
begin_standby

base=(param "HTTP_X_API_KEY=$key" param "HTTP_X_TENANT_ID=$tenant" param CONTENT_TYPE=application/json)
call=("${base[@]}")
# send METHOD PATH BODY: status and body
send()
{
	fcgi request "$1" "$2" "${call[@]}" param "CONTENT_LENGTH=${#3}" begin 1 0 params stdin "$3" end read 2>&1 | tr -d '\r\n'
}
begin_send()
{
	send "$@" >"$work/answer" &
	asker=$!
	background+=("$asker")
}
answered()
{
	! kill -0 "$asker" 2>/dev/null
}

# Sessions of workers that have committed, and wait for the standby.
waiting()
{
	sql "SELECT pid FROM pg_stat_activity WHERE usename = 'grantd_worker' AND wait_event = 'SyncRep'"
}
one_waits()
{
	[ -n "$(waiting)" ]
}
none_waits()
{
	[ -z "$(waiting)" ]
}
# Another one than $1 does.
another_waits()
{
	local pid

	pid=$(waiting)
	[ -n "$pid" ] && [ "$pid" != "$1" ]
}

# What there is, and what of it is the entry's of a request.
state='SELECT audit_enabled, version, audit_length, (SELECT count(*) FROM grantd.audit_log WHERE resource_id = g.id) FROM grantd.grants g'
granted='SELECT count(*) FROM grantd.grants'

# One worker waits, and another reads for the same tenant, which may have both.
GRANTD_DATABASE="user=grantd_worker" GRANTD_REQUEST_TIMEOUT=20000 GRANTD_TENANT_WORKERS=2 grantd_start --workers 2
like 'with a standby: a PATCH' "$(send PATCH "/v1/grants/$grant" '{"audit_enabled":true}')" '^Status: 200'
is 'the standby has it' "$(standby_sql "$state")" 't|2|2|2'

# away WHAT METHOD PATH BODY: the session that committed is ended while it waits. The change is there, on this one machine alone:
# it is told as made only when the standby has it.
away()
{
	local what=$1 first

	"$cluster" stop "$work/standby"
	begin_send "${@:2}"
	until_true one_waits || bail "nobody waits for the standby: $(<"$work/answer")"
	first=$(waiting)
	sql "SELECT pg_terminate_backend($first)" >/dev/null
	ok "$what: a session that is terminated is followed by one that waits again" until_true another_waits "$first"
	like "$what: reads do not wait" "$(send GET "/v1/grants/$grant" '')" '^Status: 200'
	ok "$what: nothing is said to the client meanwhile" kill -0 "$asker"
	begin_standby
	ok "$what: with the standby it is answered" until_true answered
	wait "$asker"
}
away 'a PATCH' PATCH "/v1/grants/$grant" '{"audit_enabled":false}'
like 'a PATCH: with its own state' "$(<"$work/answer")" '^Status: 200.*"audit_enabled":false.*"version":3'
is 'a PATCH: which the standby has' "$(standby_sql "$state")" 'f|3|3|3'
is 'a PATCH: made once' "$(sql "$state")" 'f|3|3|3'

wanted='{"resource":{"type":"aws_account","id":"123456789012"},"grantee_id":"a","action":"read","expires_at":"2099-01-01T00:00:00Z"}'
call=("${base[@]}" param HTTP_IDEMPOTENCY_KEY=once)
away 'a creation' POST /v1/grants "$wanted"
like 'a creation' "$(<"$work/answer")" '^Status: 201'
is 'a creation: which the standby has' "$(standby_sql "$granted")" 2
is 'a creation: made once' "$(sql "$granted")" 2

# One that its key finds, on a primary that has it alone, is told when the standby has it, too.
call=("${base[@]}" param HTTP_IDEMPOTENCY_KEY=twice)
"$cluster" stop "$work/standby"
begin_send POST /v1/grants "$wanted"
until_true one_waits || bail "nobody waits for the standby: $(<"$work/answer")"
for worker in $(workers); do
	kill -KILL "$worker"
done
wait "$asker"
sql "SELECT pg_terminate_backend($(waiting))" >/dev/null
until_true none_waits
is 'a creation that nobody was told of is there' "$(sql "$granted")" 3
until_true answers
begin_send POST /v1/grants "$wanted"
ok 'asked for again it waits' until_true one_waits
ok 'and nothing is said' kill -0 "$asker"
begin_standby
ok 'until the standby has it' until_true answered
like 'and is told as made' "$(<"$work/answer")" '^Status: 201'
is 'once' "$(standby_sql "$granted")" 3

# A refusal is told when the standby has the entry that tells of it.
viewer=$("$build/grantctl" key create --tenant "$tenant" --name viewer --role auditor --json | jq -r .raw_key)
call=(param "HTTP_X_API_KEY=$viewer" "${base[@]:2}")
away 'a refusal' PATCH "/v1/grants/$grant" '{"audit_enabled":true}'
like 'a refusal' "$(<"$work/answer")" '^Status: 403.*"policy_denied"'
is 'a refusal: which the standby has' "$(standby_sql "SELECT count(*) FROM grantd.audit_log WHERE outcome = 'denied'")" 1

# A wait that is cancelled: the server says that it committed, with a warning that the standby may not have it.
call=("${base[@]}")
"$cluster" stop "$work/standby"
begin_send PATCH "/v1/grants/$grant" '{"audit_enabled":true}'
until_true one_waits || bail "nobody waits for the standby: $(<"$work/answer")"
cancelled()
{
	sql "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'grantd_worker' AND wait_event = 'SyncRep'" >/dev/null
	answered
}
ok 'a wait that is cancelled, as often as it is begun, comes to an end' until_true cancelled
like 'which nobody knows' "$(<"$work/answer")" '^Status: 50[0-9].*"commit_unknown"'
# Who repeats it finds all as he asked for, on this one machine.
begin_send PATCH "/v1/grants/$grant" '{"audit_enabled":true}'
ok 'asked for again, it waits' until_true one_waits
ok 'and nothing is said to the client' kill -0 "$asker"
begin_standby
ok 'until the standby has it' until_true answered
wait "$asker"
like 'then it is told' "$(<"$work/answer")" '^Status: 200.*"audit_enabled":true,.*"version":4'
is 'and the standby has it' "$(standby_sql "$state WHERE id = '$grant'")" 't|4|5|5'
like 'with the standby the state is told' "$(send GET "/v1/grants/$grant" '')" '^Status: 200.*"audit_enabled":true'

# Nobody comes: an answer in bounded time all the same.
grantd_stop 'with a standby'
"$cluster" stop "$work/standby"
GRANTD_DATABASE="user=grantd_worker" GRANTD_STATEMENT_TIMEOUT=500 grantd_start --workers 2
like 'without the standby a PATCH' "$(send PATCH "/v1/grants/$grant" '{"audit_enabled":false}')" '^Status: 50[0-9].*"commit_unknown"'
like 'and a GET' "$(send GET "/v1/grants/$grant" '')" '^Status: 200'
for _ in 1 2 3 4 5 6; do
	send POST /v1/grants "$wanted"
	echo
done >"$work/more"
sessions=$(waiting | wc -l)
ok "of two workers no more than one session each waits" test "$sessions" -le 2
is 'for what they were asked before: more is not begun' "$(grep -c '^Status: 503.*"unavailable"' "$work/more")" $((7 - sessions))
begin_standby
switched_on()
{
	[[ $(send PATCH "/v1/grants/$grant" '{"audit_enabled":true}') == 'Status: 200'* ]]
}
ok 'with the standby again it serves' until_true switched_on
ok 'and nothing waits' until_true none_waits
is 'what was refused was not made' "$(sql "$granted")" $((2 + sessions))

# Changes that wait take all of their tenant's workers but one, which reads.
grantd_stop 'one session each'
"$cluster" stop "$work/standby"
GRANTD_DATABASE="user=grantd_worker" GRANTD_STATEMENT_TIMEOUT=60000 GRANTD_REQUEST_TIMEOUT=600000 GRANTD_TENANT_WAIT=0 \
    grantd_start --workers 4
several_wait()
{
	[ "$(waiting | wc -l)" -eq "$1" ]
}
begin_send PATCH "/v1/grants/$grant" '{"audit_enabled":false}'
one=$asker
until_true several_wait 1 || bail 'nobody waits for the standby'
send POST /v1/grants "$wanted" >"$work/other" &
background+=("$!")
other=$!
ok 'of four workers two wait' until_true several_wait 2
like 'a third change is refused' "$(send POST /v1/grants "$wanted")" '^Status: 503.*"unavailable"'
for i in 1 2 3; do
	like "reads are answered, $i" "$(send GET "/v1/grants/$grant" '')" '^Status: 200'
done
begin_standby
wait "$one" "$other"
like 'with the standby the changes are' "$(<"$work/answer")$(<"$work/other")" '^Status: 200.*Status: 201'

# What only reads can be asked of the standby.
replayed()
{
	[ "$(standby_sql "$state")" = "$(sql "$state")" ]
}
until_true replayed
on_standby()
{
	(eval "$("$cluster" env "$work/standby")" && "$build/grantctl" "$@" >"$work/out" 2>&1) || { cat "$work/out"; return 1; }
}
ok 'grantctl audit verify on the standby' on_standby audit verify
ok 'says what it has seen' grep -q '^the chains hold: ' "$work/out"
ok 'grantctl audit export on the standby' on_standby audit export --tenant "$tenant"
like 'tells the entries' "$(<"$work/out")" '"UpdateGrant"'
ok 'grantctl audit checkpoint on the standby' on_standby audit checkpoint "$work/checkpoint"
ok 'is good for the primary' "$build/grantctl" audit verify --checkpoint "$work/checkpoint"
ok 'grantctl audit follow from the standby' on_standby audit follow --once --state "$work/state"
is 'reads all of it' "$(jq -r .id "$work/out" | sort)" "$(sql 'SELECT id FROM grantd.audit_log ORDER BY id')"
ok 'and goes on from the primary' eval '"$build/grantctl" audit follow --once --state "$work/state" >"$work/out" && [ ! -s "$work/out" ]'
grantd_stop 'after reading beside changes'

# A primary that stands still, with its sessions open, and the standby is promoted: a commit that hangs there keeps no worker from the next.
standby_host=$(eval "$("$cluster" env "$work/standby")" && echo "$PGHOST")
# shellcheck source=/dev/null
data=$(. "$work/pg/cluster.conf" && echo "$data")
postgres=
go_on()
{
	# shellcheck disable=SC2086 # one each
	[ -z "$postgres" ] || kill -CONT $postgres 2>/dev/null
}
trap 'go_on; "$cluster" remove "$work/standby" 2>/dev/null; "$cluster" remove "$work/pg" 2>/dev/null; clean_up' EXIT
GRANTD_DATABASE="host=$PGHOST,$standby_host user=grantd_worker dbname=$PGDATABASE target_session_attrs=read-write" \
    GRANTD_STATEMENT_TIMEOUT=500 GRANTD_CONNECT_TIMEOUT=1000 grantd_start --workers 1
like 'a PATCH' "$(send PATCH "/v1/grants/$grant" '{"audit_enabled":true}')" '^Status: 200'
(eval "$("$cluster" env "$work/standby")" && sql "ALTER SYSTEM SET synchronous_standby_names = ''" && sql 'SELECT pg_reload_conf()') >/dev/null
postgres=$(head -n 1 "$data/postmaster.pid")
postgres="$postgres $(pgrep -P "$postgres" | tr '\n' ' ')"
# shellcheck disable=SC2086 # one each
kill -STOP $postgres
like 'with a primary that stands still nobody knows' "$(send PATCH "/v1/grants/$grant" '{"audit_enabled":false}')" '^Status: 50[0-9].*"commit_unknown"'
standby_sql 'SELECT pg_promote()' >/dev/null
switched_off()
{
	[[ $(send PATCH "/v1/grants/$grant" '{"audit_enabled":false}') == 'Status: 200'* ]]
}
ok 'the next primary takes the change, from the same worker' until_true switched_off
is 'and has it' "$(standby_sql "SELECT audit_enabled FROM grantd.grants WHERE id = '$grant'")" f
go_on
grantd_stop 'in the end'

done_testing

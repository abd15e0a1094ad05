#!/bin/bash
# SPDX-License-Identifier: MIT
# Processes that die, stop and reload while they have a transaction in hand; and bodies that are not as announced.
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"

# shellcheck source=tests/faults/served.sh
. "$here/served.sh"

# As the superuser, in a session of its own that takes statements one after the other.
mkfifo "$work/session"
psql -XqAt <"$work/session" >"$work/session.out" 2>&1 &
session_pid=$!
background+=("$session_pid")
exec 7>"$work/session"
session()
{
	echo "$1" >&7
}
# Until the session has done everything so far.
session_done()
{
	session "\\! touch $work/session.done"
	until_true test -e "$work/session.done"
	rm -f "$work/session.done"
}

start()
{
	GRANTD_DATABASE="user=grantd_worker" grantd_start "$@"
}

# The client's words for a PATCH with the body $1 and its length.
patch_head=(request PATCH "/v1/grants/$grant" param "HTTP_X_API_KEY=$key" param "HTTP_X_TENANT_ID=$tenant"
	param CONTENT_TYPE=application/json)
patch()
{
	fcgi "${patch_head[@]}" param "CONTENT_LENGTH=${#1}" "${@:2}" begin 1 0 params stdin "$1" end read
}
patch_status()
{
	patch "$@" 2>&1 | head -c 11
}
true_body='{"audit_enabled":true}'
false_body='{"audit_enabled":false}'

state()
{
	sql "SELECT audit_enabled, version, audit_length,
		(SELECT count(*) FROM grantd.audit_log a WHERE a.resource_id = g.id)
		FROM grantd.grants g WHERE id = '$grant'"
}

# Somebody waits for a lock.
waiting()
{
	[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE usename = 'grantd_worker' AND wait_event_type = 'Lock'")" -ge 1 ]
}

no_session()
{
	[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE usename = 'grantd_worker'")" -eq 0 ]
}

hold_grant()
{
	session "BEGIN; SELECT 1 FROM grantd.grants WHERE id = '$grant' FOR UPDATE;"
	session_done
}

# A worker that writes gets as far as the audit log, with the grant's row changed, and waits there.
hold_log()
{
	session "BEGIN; LOCK TABLE grantd.audit_log IN SHARE ROW EXCLUSIVE MODE;"
	session_done
}

release()
{
	session "ROLLBACK;"
	session_done
}

# A PATCH in the background, until it waits for what was held; $work/answer and $client_status when it ended.
begin_patch()
{
	patch "$@" >"$work/answer" 2>&1 &
	client_pid=$!
	background+=("$client_pid")
	until_true waiting
}
end_patch()
{
	wait "$client_pid"
	client_status=$?
}

start_patient()
{
	export GRANTD_LOCK_TIMEOUT=60000 GRANTD_STATEMENT_TIMEOUT=60000 GRANTD_STOP_TIMEOUT=60000
	start "$@"
	unset GRANTD_LOCK_TIMEOUT GRANTD_STATEMENT_TIMEOUT GRANTD_STOP_TIMEOUT
}

# A plain one, to know that everything is there
start --workers 2
is "a PATCH" "$(patch_status "$true_body")" "Status: 200"
is "is one entry in the log" "$(state)" "t|2|1|1"
is "the same again" "$(patch_status "$true_body")" "Status: 200"
is "is none" "$(state)" "t|2|1|1"

# What the server cannot do it could not do in another session either; but a statement that was prepared for other columns is mended by one.
sql "CREATE FUNCTION public.cannot() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
	RAISE 'it cannot' USING ERRCODE = 'feature_not_supported'; END \$\$;
	CREATE TRIGGER cannot BEFORE INSERT ON grantd.audit_log FOR EACH ROW EXECUTE FUNCTION public.cannot()"
like "what the database cannot do" "$(patch "$false_body" 2>&1 | tr -d '\r\n')" '^Status: 500 .*"internal"'
is "is asked for once" "$(grep -c 'it cannot (SQLSTATE 0A000)' "$log")" 1
sql "DROP TRIGGER cannot ON grantd.audit_log"
is "and changes nothing" "$(state)" "t|2|1|1"
for _ in $(seq 20); do
	status GET /v1/policies
done >"$work/before"
sql "ALTER TABLE grantd.policies ALTER COLUMN name TYPE text"
for _ in $(seq 20); do
	status GET /v1/policies
done >"$work/after"
is "statements that were prepared for other columns are prepared anew" "$(sort -u "$work/before" "$work/after")" 200
ok "as the log tells" logged 'connection lost: cached plan must not change result type'
sql "ALTER TABLE grantd.policies ALTER COLUMN name TYPE grantd.display_name"

# Bodies
with_length()
{
	fcgi "${patch_head[@]}" param "CONTENT_LENGTH=$1" begin 1 0 params stdin "$2" end read 2>&1 | tr -d '\r\n'
}
of_size()
{
	fcgi "${patch_head[@]}" "${@:2}" begin 1 0 params fill "$1" end read 2>&1 | tr -d '\r\n'
}
like "no Content-Length" "$(fcgi "${patch_head[@]}" begin 1 0 params stdin "$true_body" end read)" '^Status: 200'
like "an empty Content-Length" "$(with_length '' "$true_body")" '^Status: 200'
like "a body in many records" "$(fcgi "${patch_head[@]}" begin 1 0 params padding 9 stdin '{"aud' stdin 'it_enabled"' \
	stdin ':true}' end read)" '^Status: 200'
for length in 21 23 0; do
	like "Content-Length $length for 22 bytes" "$(with_length $length "$true_body")" '^Status: 400'
done
for length in -1 +22 22.0 2e1 0x16 ' 22' 22x; do
	like "Content-Length \"$length\"" "$(with_length "$length" "$true_body")" '^Status: 400'
done
like "a body at the limit" "$(of_size 16384)" '^Status: 400 .*"invalid_json"'
like "a body over the limit" "$(of_size 16385)" '^Status: 413 .*"body_too_large"'
like "a body over the limit that says so" "$(of_size 16385 param CONTENT_LENGTH=16385)" '^Status: 413 .*"body_too_large"'
like "a body of 10 MB" "$(of_size 10000000 param CONTENT_LENGTH=10000000)" '^Status: 413 .*"body_too_large"'
like "a body of 10 MB that does not say so" "$(of_size 10000000)" '^Status: 413 .*"body_too_large"'
fcgi "${patch_head[@]}" param CONTENT_LENGTH=23 begin 1 0 params stdin "${false_body:0:10}" >/dev/null
fcgi "${patch_head[@]}" begin 1 0 params stdin "$false_body" >/dev/null
fcgi "${patch_head[@]}" begin 1 0 params stdin "$false_body" record 2 '' read >/dev/null
is "bodies without their end change nothing" "$(patch_status '{}') $(state)" "Status: 200 t|2|1|1"
grantd_stop "after bodies"

GRANTD_PEER_TIMEOUT=300 GRANTD_BODY_TIMEOUT=600 start --workers 1
like "a body that stops" "$(fcgi "${patch_head[@]}" begin 1 0 params stdin '{' read | tr -d '\r\n')" \
	'^Status: 408 .*"body_timeout"'
like "a body that drips" "$(fcgi "${patch_head[@]}" begin 1 0 params slow 20 split 1 fill 400 read | tr -d '\r\n')" \
	'^Status: 408 .*"body_timeout"'
is "nothing was changed" "$(state)" "t|2|1|1"
grantd_stop "after slow bodies"

# Stopping and reloading with a transaction in hand
start_patient --workers 2
hold_grant
begin_patch "$false_body"
grantd_signal TERM
until_true logged stopping
release
end_patch
is "TERM in a transaction: it is answered" "$client_status $(head -c 11 "$work/answer")" "0 Status: 200"
is "TERM in a transaction: it is committed" "$(state)" "f|3|2|2"
grantd_stop "TERM in a transaction"
ok "TERM in a transaction: no session is left" until_true no_session

start_patient --workers 2
hold_log
begin_patch "$true_body"
grantd_signal HUP
until_true logged reloaded
ok "HUP in a transaction: others are served" answers
release
end_patch
is "HUP in a transaction: it is answered" "$client_status $(head -c 11 "$work/answer")" "0 Status: 200"
is "HUP in a transaction: it is committed" "$(state)" "t|4|3|3"
grantd_stop "HUP in a transaction"

# As many entries as changes, and the row's number of them is right.
consistent()
{
	sql "SELECT g.version - 1 = g.audit_length AND g.audit_length = count(a.*) AND g.audit_length = max(a.sequence)
		FROM grantd.grants g JOIN grantd.audit_log a ON a.resource_id = g.id
		WHERE g.id = '$grant' GROUP BY g.version, g.audit_length"
}

# A worker is killed while it waits for what was held.
dies()
{
	local what=$1 hold=$2 pid

	start_patient --workers 2
	$hold
	begin_patch "$3" param HTTP_X_REQUEST_ID=in-hand
	for pid in $(workers); do
		kill -KILL "$pid"
	done
	end_patch
	is "$what: the connection is closed" "$client_status" 3
	ok "$what: the log tells of the request" until_true logged 'was killed by signal 9, with request in-hand in hand'
	# The database notices by itself, long before what it waits for is released.
	ok "$what: its session ends" until_true no_session
	release
	is "$what: log and row agree" "$(consistent)" t
	ok "$what: the next is served" until_true answers
	is "$what: and so is the next PATCH" "$(patch_status '{}')" "Status: 200"
	grantd_stop "$what"
}
before=$(state)
dies "KILL of a worker that waits for the row" hold_grant "$false_body"
is "and it leaves everything as it was" "$(state)" "$before"
# Here even its COMMIT has been sent, and waits to be read.
dies "KILL of a worker that waits for its commit" hold_log "$false_body"
is "and it, too, leaves everything as it was" "$(state)" "$before"

# So does one that takes too long.
before=$(state)
GRANTD_REQUEST_TIMEOUT=1000 start_patient --workers 1
hold_grant
begin_patch "$false_body" param HTTP_X_REQUEST_ID=too-long
end_patch
is "a request that takes too long: the connection is closed" "$client_status" 3
ok "a request that takes too long: the log tells of it" logged 'has had request too-long in hand for [0-9]+ ms and is killed'
# All of it was sent already: until the database notices, within a second, it would still be made.
ok "a request that takes too long: its session ends" until_true no_session
release
is "a request that takes too long: nothing is changed" "$(state)" "$before"
is "a request that takes too long: the next is served" "$(patch_status '{}')" "Status: 200"
grantd_stop "a request that takes too long"

# Two that switch it on and off, until $work/enough.
switch()
{
	rm -f "$work/enough"
	for body in "$true_body" "$false_body"; do
		"$client" -u "$work/enough" -c 3 "$socket" "${patch_head[@]}" begin 1 0 params stdin "$body" end read \
			>"$work/load-${#body}" 2>&1 &
		background+=("$!")
		loads+=("$!")
	done
}
switched()
{
	touch "$work/enough"
	wait "${loads[@]}"
	loads=()
}
loads=()

entries_above()
{
	[ "$(sql "SELECT audit_length FROM grantd.grants WHERE id = '$grant'")" -gt "$1" ]
}

start --workers 4
switch
for i in 1 2 3 4 5; do
	before=$(workers)
	grantd_signal HUP
	until_true all_replaced "$before"
	until_true entries_above "$((i * 20))"
done
switched
is "HUP under load of PATCH: no request is lost" "$(cat "$work"/load-* | grep -c ' bad=0$')" 2 ||
	diag "$(cat "$work"/load-*)"
is "HUP under load of PATCH: log and row agree" "$(consistent)" t

switch
for i in 1 2 3 4 5 6; do
	until_true workers >/dev/null
	victim=$(workers | sort -R | head -n 1)
	kill -KILL "$victim"
	until_true logged "worker $victim was killed"
	until_true entries_above "$((100 + i * 20))"
done
switched
is "KILL under load of PATCH: log and row agree" "$(consistent)" t
ok "KILL under load of PATCH: all workers are back" until_true worker_count 4

# A database that goes and comes back
"$cluster" stop "$work/pg" --immediate
like "without the database: a PATCH" "$(patch '{}' | tr -d '\r\n')" '^Status: 503 .*Retry-After: .*"unavailable"'
like "without the database: readyz" "$(fcgi get /readyz)" '^Status: 503'
like "without the database: healthz" "$(fcgi get /healthz)" '^Status: 200'
"$cluster" start "$work/pg" 7>&- || bail "the database cluster does not start again"
eval "$("$cluster" env "$work/pg")"
back()
{
	[ "$(patch_status '{}')" = "Status: 200" ]
}
ok "with the database again: a PATCH" until_true back
is "with the database again: log and row agree" "$(consistent)" t
grantd_stop "in the end"
ok "in the end: no session is left" until_true no_session
session "\\q"
wait "$session_pid"

done_testing

#!/bin/bash
# SPDX-License-Identifier: MIT
# One tenant takes its share of the workers, and no more.
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"

database_starts

one=2489e9ad-2ee2-8e00-8ec9-32d5f69181c0
two=2489e9ad-2ee2-8e00-8ec9-32d5f69181c1
grant=0192f0c1-2b3a-7000-8000-00000000000a
stranger=grd_Ab3dEf7h_00000000000000000000000000000000000000000003xAJ4f

make_tenant()
{
	"$build/grantctl" tenant create --id "$1" --name "$1" >/dev/null &&
	"$build/grantctl" grant create --tenant "$1" --id "$grant" --grantee-id user --resource-type aws_account \
	    --resource-id 123456789012 --action administer --expires-in 8h >/dev/null &&
	"$build/grantctl" key create --tenant "$1" --name faults --role admin 2>/dev/null
}
key_one=$(make_tenant "$one") && key_two=$(make_tenant "$two") || bail "no test data"
key_other=$("$build/grantctl" key create --tenant "$one" --name other --role admin 2>/dev/null)
psql -Xq -c 'CREATE ROLE grantd_worker LOGIN IN ROLE grantd_app' || bail "no role"

mkfifo "$work/session"
psql -XqAt <"$work/session" >"$work/session.out" 2>&1 &
background+=("$!")
exec 7>"$work/session"
session()
{
	rm -f "$work/session.done"
	printf '%s\n\\! touch %s\n' "$1" "$work/session.done" >&7
	until_true test -e "$work/session.done"
}
# What is asked for next is another state than the one that is there, so that there is something to change: a killed
# worker's change may have been made or not.
hold_grant()
{
	session "BEGIN; SELECT 1 FROM grantd.grants WHERE tenant_id = '$one' AND id = '$grant' FOR UPDATE;"
	to=$(psql -XqAtc "SELECT (NOT audit_enabled)::text FROM grantd.grants WHERE tenant_id = '$one' AND id = '$grant'")
}

waiting()
{
	[ "$(psql -XqAtc "SELECT count(*) FROM pg_stat_activity
		WHERE usename = 'grantd_worker' AND wait_event_type = 'Lock'")" -eq "$1" ]
}

start()
{
	# Longer than this test takes.
	GRANTD_DATABASE="user=grantd_worker" GRANTD_LOCK_TIMEOUT=60000 GRANTD_STATEMENT_TIMEOUT=60000 \
	    GRANTD_REQUEST_TIMEOUT=600000 grantd_start "$@"
}

get()
{
	fcgi request GET "/v1/grants/$grant" param "HTTP_X_API_KEY=$2" param "HTTP_X_TENANT_ID=$1" \
	    begin 1 0 params end read 2>&1
}
# A PATCH that finds what it asks for, and would not wait for the row.
same()
{
	local body='{"audit_enabled":true}'

	fcgi request PATCH "/v1/grants/$grant" param "HTTP_X_API_KEY=$2" param "HTTP_X_TENANT_ID=$1" \
	    param CONTENT_TYPE=application/json param "CONTENT_LENGTH=${#body}" begin 1 0 params stdin "$body" end read 2>&1
}
get_status()
{
	get "$@" | head -c 11
}
got()
{
	[ "$(get_status "$1" "$2")" = "Status: $3" ]
}

# PATCHes of tenant one in the background, and how they ended, in $ended.
patches=()
patch()
{
	local body="{\"audit_enabled\":$to}"

	fcgi request PATCH "/v1/grants/$grant" param "HTTP_X_API_KEY=$key_one" param "HTTP_X_TENANT_ID=$one" \
	    param CONTENT_TYPE=application/json param "CONTENT_LENGTH=${#body}" param HTTP_X_REQUEST_ID="patch-$1" \
	    begin 1 0 params stdin "$body" end touch "$work/patch.$1.sent" read >"$work/patch.$1" 2>&1 &
	patches+=("$!")
	background+=("$!")
}
patches_end()
{
	local pid

	for pid in "${patches[@]}"; do
		wait "$pid"
	done
	patches=()
	ended=$(grep -aho '^Status: [0-9]*' "$work"/patch.[0-9] | sort | uniq -c | tr -s ' \n' ' ')
	rm -f "$work"/patch.*
}

# At the share: half of four
GRANTD_TENANT_WAIT=0 start --workers 4
hold_grant
patch 1
until_true waiting 1
patch 2
ok "half of the workers wait for a row of one tenant's" until_true waiting 2
for i in 1 2 3 4 5 6 7 8; do
	answer=$(same "$one" "$key_one" | tr -d '\r\n')
	like "its change $i is refused" "$answer" '^Status: 503 .*Retry-After: [0-9].*"unavailable"'
done
like "with a key that no worker knows, too" "$(same "$one" "$key_other")" "^Status: 503"
for i in 1 2 3 4 5 6 7 8; do
	is "there is a place for a read, $i" "$(get_status "$one" "$key_one")" "Status: 200"
done
for i in 1 2 3 4 5 6 7 8; do
	is "another tenant's request $i is served" "$(get_status "$two" "$key_two")" "Status: 200"
done
is "who has no key is told so" "$(get_status "$one" "$stranger")" "Status: 401"
is "and who has another tenant's" "$(get_status "$one" "$key_two")" "Status: 403"
ok "/healthz is answered" answers
session "ROLLBACK;"
patches_end
is "what was in hand is done" "$ended" " 2 Status: 200 "
is "and the tenant is served again" "$(get_status "$one" "$key_one")" "Status: 200"
ok "refusing is told in the log" logged 'the tenant has its share of the workers'
grantd_stop "at the share"

# Who waits for the share
GRANTD_TENANT_WAIT=60000 start --workers 4
hold_grant
for i in 1 2 3 4 5 6; do
	patch "$i"
done
for i in 1 2 3 4 5 6; do
	until_true test -e "$work/patch.$i.sent"
done
ok "six for one row: half of the workers wait" until_true waiting 2
for i in 1 2 3 4 5 6 7 8; do
	ok "six for one row: /healthz is answered, $i" answers
	is "six for one row: and another tenant, $i" "$(get_status "$two" "$key_two")" "Status: 200"
done
ok "six for one row: still two wait" waiting 2
session "ROLLBACK;"
patches_end
is "six for one row: all are done in the end" "$ended" " 6 Status: 200 "
grantd_stop "waiting for the share"

GRANTD_TENANT_WAIT=200 start --workers 2
hold_grant
patch 1
until_true waiting 1
is "not for longer than it may" "$(get_status "$one" "$key_one")" "Status: 503"
session "ROLLBACK;"
patches_end
is "and the first is done" "$ended" " 1 Status: 200 "
like "many more than the share, with time to wait" \
    "$("$client" -n 100 -c 8 "$socket" request GET "/v1/grants/$grant" param "HTTP_X_API_KEY=$key_one" \
	param "HTTP_X_TENANT_ID=$one" begin 1 0 params end read)" '^good=800 bad=0$'
like "and on kept connections" \
    "$("$client" -k -n 100 -c 8 "$socket" request GET "/v1/grants/$grant" param "HTTP_X_API_KEY=$key_one" \
	param "HTTP_X_TENANT_ID=$one" begin 1 1 params end read)" '^good=800 bad=0$'
grantd_stop "after waiting"

# A worker that is killed gives its place back.
GRANTD_TENANT_WAIT=0 start --workers 2
hold_grant
patch 1
until_true waiting 1
is "the one place is taken" "$(get_status "$one" "$key_one")" "Status: 503"
kill_until_named()
{
	local pid

	for pid in $(workers); do
		kill -KILL "$pid"
		until_true logged "worker $pid was killed"
		logged 'with request patch-1 in hand' && return 0
	done
	return 1
}
ok "its worker is killed" kill_until_named
ok "and the place is free" until_true got "$one" "$key_one" 200
session "ROLLBACK;"
patches_end
ok "nothing of it is left" until_true waiting 0
grantd_stop "after a killed worker"

# Another number, and none
GRANTD_TENANT_WORKERS=3 GRANTD_TENANT_WAIT=60000 start --workers 4
hold_grant
for i in 1 2 3 4; do
	patch "$i"
done
ok "GRANTD_TENANT_WORKERS: so many wait" until_true waiting 3
ok "GRANTD_TENANT_WORKERS: and others are served" answers
session "ROLLBACK;"
patches_end
is "GRANTD_TENANT_WORKERS: all are done in the end" "$ended" " 4 Status: 200 "
grantd_stop "with GRANTD_TENANT_WORKERS"

done_testing

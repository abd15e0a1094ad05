# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The database goes away and comes back; a worker is killed with a transaction open.

"$cluster" stop "$work/cluster" || bail 'the cluster did not stop'
patch '{"audit_enabled":false}'
expect_error 'no database' 503 unavailable
request GET /healthz
expect_ok 'no database: healthz' 200 '.status == "ok"'
request GET /readyz
expect_error 'no database: readyz' 503 unavailable
request OPTIONS "/v1/grants/$grant"
expect_ok 'no database: OPTIONS needs none' 204
request GET /v1/nothing
expect_error 'no database: nor does an unknown path' 404 not_found
request GET "/v1/grants/$grant" --header 'X-API-Key: x' --header "X-Tenant-ID: $tenant"
expect_error 'no database: nor does a malformed key' 401 unauthenticated
"$cluster" start "$work/cluster" || bail 'the cluster did not start'
ready()
{
	request GET /readyz
	[ "$status" = 200 ]
}
expect 'the database is back: ready by itself' until_true 20 ready
# Each worker finds out for itself: nothing but a 503 until then.
changed()
{
	patch '{"audit_enabled":false}'
	[ "$status" != 503 ] || [ "$(member .code)" != unavailable ]
}
expect 'and a change is made' until_true 20 changed
expect_ok 'as if nothing had been' 200 '.audit_enabled == false and .version == 5'

# Another session holds the row, so that a request waits for it within its transaction.
hold()
{
	coproc HOLDER { psql -X -q -At; }
	printf '%s\n' 'BEGIN;' "SELECT 'held' FROM grantd.grants WHERE tenant_id = '$tenant' AND id = '$grant' FOR UPDATE;" >&"${HOLDER[1]}"
	read -r -t 20 held <&"${HOLDER[0]}"
	[ "$held" = held ]
}
release()
{
	printf 'ROLLBACK;\n\\q\n' >&"${HOLDER[1]}"
	wait "$HOLDER_PID"
}
waits()
{
	backend=$(sql "${SMOKE_WAITING:-SELECT pid FROM pg_stat_activity
	    WHERE usename = 'grantd_worker' AND datname = current_database() AND wait_event_type = 'Lock'}")
	[ -n "$backend" ]
}
# The process at the other end of the backend's socket.
client_of()
{
	local peer port

	port=$(sql "SELECT client_port FROM pg_stat_activity WHERE pid = $1")
	if [ "$port" -gt 0 ]; then
		"${web_in[@]}" ss -tpnH "sport = :$port" | sed -n 's/.*pid=\([0-9]*\).*/\1/p'
		return
	fi
	peer=$(ss -xpnH state connected | awk -v want="pid=$1," '
	    index($0, want) && index($0, "/.s.PGSQL.") { for (i = 1; i < NF; i++) if ($i ~ /^[0-9]+$/ && $(i + 1) == "*") print $(i + 2) }')
	ss -xpnH state connected | awk -v inode="$peer" '
	    { for (i = 1; i < NF; i++) if ($i == inode && $(i + 1) == "*" && match($0, /pid=[0-9]+/))
		print substr($0, RSTART + 4, RLENGTH - 4) }'
}
gone()
{
	[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE pid = $backend")" = 0 ]
}
# kill_waiting BODY: while another holds the row, its worker is killed; then the row is still held.
kill_waiting()
{
	local worker

	hold || bail 'the row could not be locked'
	(
		patch "$1"
		printf '%s\n' "$status" >"$work/killed.status"
		cp "$work/body" "$work/killed.body"
		printf '%s\n' "$head" >"$work/killed.head"
	) &
	request_pid=$!
	expect 'a request waits for the row' until_true 20 waits
	worker=$(client_of "$backend")
	expect 'its worker is one of ours' grep -qx "${worker:-none}" <(web_grantds)
	[ -z "$worker" ] || kill -KILL "$worker"
}
answer_of_killed()
{
	wait "$request_pid"
	status=$(cat "$work/killed.status") body=$(cat "$work/killed.body") head=$(cat "$work/killed.head")
	expect_server_error 'the worker was killed: the server says that it does not know' '50[023]'
	expect 'in a code of its own' same "$(member .code)" commit_unknown
}

before=$(row) before_entries=$(entries)
kill_waiting '{"audit_enabled":true}'
expect 'its transaction ends with it' until_true 20 gone
release
answer_of_killed
expect 'the row is as it was' same "$(row)" "$before"
expect 'so is the log' same "$(entries)" "$before_entries"
patch '{"audit_enabled":true}'
expect_ok 'the next request is served' 200 '.audit_enabled == true and .version == 6'
expect 'and logged' same "$(entries)" $((before_entries + 1))

# What the database was sent whole, it may still carry out once the row is free: all of it, or nothing.
before_entries=$(entries)
kill_waiting '{"audit_enabled":false}'
release
answer_of_killed
expect 'its session ends' until_true 20 gone
after=$(sql "SELECT audit_enabled, version, audit_length FROM grantd.grants WHERE id = '$grant' AND tenant_id = '$tenant'")
if [ "$(entries)" = "$before_entries" ]; then
	expect 'nothing was done' same "$after" 't|6|6'
else
	expect 'both were done' same "$after $(entries)" "f|7|7 $((before_entries + 1))"
fi
patch '{"audit_enabled":true}'
expect_ok 'and the next request is served' 200 '.audit_enabled == true'
version=$(member .version)

# Waiting for a row ends, too.
hold || bail 'the row could not be locked'
patch '{"audit_enabled":false}' --header 'X-Request-Id: waited'
expect_error 'a row that another holds for too long' 503 unavailable
release
keyed GET "/v1/grants/$grant"
expect_ok 'nothing was changed' 200 ".audit_enabled == true and .version == $version"

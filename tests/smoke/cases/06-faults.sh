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
	printf '%s\n' 'BEGIN;' "SELECT 'held' FROM grantd.grants WHERE id = '$grant' FOR UPDATE;" >&"${HOLDER[1]}"
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
	backend=$(sql "SELECT pid FROM pg_stat_activity
	    WHERE usename = 'grantd_worker' AND datname = current_database() AND wait_event_type = 'Lock'")
	[ -n "$backend" ]
}
# The process at the other end of the backend's socket.
client_of()
{
	local peer

	peer=$(ss -xpnH state connected | awk -v want="pid=$1," '
	    index($0, want) { for (i = 1; i < NF; i++) if ($i ~ /^[0-9]+$/ && $(i + 1) == "*") print $(i + 2) }')
	ss -xpnH state connected | awk -v inode="$peer" '
	    { for (i = 1; i < NF; i++) if ($i == inode && $(i + 1) == "*" && match($0, /pid=[0-9]+/))
		print substr($0, RSTART + 4, RLENGTH - 4) }'
}
before=$(row) before_entries=$(entries)
if hold; then
	(
		patch '{"audit_enabled":true}'
		printf '%s\n' "$status" >"$work/killed.status"
		cp "$work/body" "$work/killed.body"
		printf '%s\n' "$head" >"$work/killed.head"
	) &
	request_pid=$!
	expect 'a request waits for the row' until_true 20 waits
	worker=$(client_of "$backend")
	expect 'its worker is one of ours' grep -qx "${worker:-none}" <(web_grantds)
	[ -z "$worker" ] || kill -KILL "$worker"
	wait "$request_pid"
	release
	status=$(cat "$work/killed.status") body=$(cat "$work/killed.body") head=$(cat "$work/killed.head")
	expect_server_error 'the worker was killed: the server says that it does not know' '50[023]'
	expect 'in a code of its own' same "$(member .code)" commit_unknown
	gone()
	{
		[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE pid = $backend")" = 0 ]
	}
	expect 'its session ends' until_true 20 gone
	expect 'the row is as it was' same "$(row)" "$before"
	expect 'so is the log' same "$(entries)" "$before_entries"
else
	fail "$form$mounted: the row could not be locked" || :
fi
patch '{"audit_enabled":true}'
expect_ok 'the next request is served' 200 '.audit_enabled == true and .version == 6'
expect 'and logged' same "$(entries)" $((before_entries + 1))
# Waiting for a row ends, too.
if hold; then
	patch '{"audit_enabled":false}' --header 'X-Request-Id: waited'
	expect_error 'a row that another holds for too long' 503 unavailable
	release
fi
keyed GET "/v1/grants/$grant"
expect_ok 'nothing was changed' 200 '.audit_enabled == true and .version == 6'

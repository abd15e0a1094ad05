#!/bin/bash
# SPDX-License-Identifier: MIT
# An upgrade that takes nothing away, under load: the database first, then one grantd after the other; or the other way round. No
# request fails.
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/faults/served.sh
. "$here/served.sh"

next=$build/tests/faults/grantd_next
[ -x "$next" ] || bail "build tests/faults/grantd_next first"
front=$work/front
export GRANTD_DATABASE='user=grantd_worker'

# Web servers ask the one that $front leads to.
leads_to()
{
	ln -s "$1" "$front.new" && mv -T "$front.new" "$front"
}

# One client for each wanted state, so that each request is a change, and one that reads.
loads=()
load()
{
	local body

	rm -f "$work/enough"
	for body in '{"audit_enabled":true}' '{"audit_enabled":false}'; do
		"$client" -u "$work/enough" -c 2 "$front" request PATCH "/v1/grants/$grant" param "HTTP_X_API_KEY=$key" \
			param "HTTP_X_TENANT_ID=$tenant" param CONTENT_TYPE=application/json param "CONTENT_LENGTH=${#body}" \
			begin 1 0 params stdin "$body" end read >"$work/load.${#body}" 2>&1 &
		loads+=($!)
	done
	"$client" -u "$work/enough" -c 1 "$front" request GET /v1/grants param "HTTP_X_API_KEY=$key" \
		param "HTTP_X_TENANT_ID=$tenant" begin 1 0 params end read >"$work/load.list" 2>&1 &
	loads+=($!)
	background+=("${loads[@]}")
}

load_ends()
{
	touch "$work/enough"
	wait "${loads[@]}"
	loads=()
	like "$1: no request fails" "$(cat "$work"/load.* | tr '\n' ' ')" '^(good=[1-9][0-9]* bad=0 ){3}$' || diag "$(grep -hE '(PATCH|GET) [345]|warning|error' "$work"/*.log | tail -n 12)"
}

version()
{
	sql 'SELECT version FROM grantd.schema_version'
}

entries()
{
	sql 'SELECT count(*) FROM grantd.audit_log'
}

# 50 more changes were made since COUNT entries.
went_on()
{
	[ "$(entries)" -ge $(($1 + 50)) ]
}

goes_on()
{
	ok "$1: changes go on" until_true went_on "$(entries)"
}

replaced()
{
	local before

	before=$(workers)
	grantd_signal HUP
	until_true all_replaced "$before"
}

upgrade()
{
	psql -Xq -v ON_ERROR_STOP=1 -f "$here/next.sql"
}

# The next grantd takes the place of the one that serves, which then stops.
succeed()
{
	local old=$grantd_pid old_socket=$socket program=$grantd

	socket=$1
	log=$1.log
	grantd=$2
	grantd_start --workers 3
	ok "$3 is ready" is_ready
	leads_to "$socket"
	goes_on "$3"
	kill -TERM "$old"
	ok 'the one before it stops' until_true process_gone "$old"
	wait "$old"
	is 'in order' "$? $(test -e "$old_socket" && echo left)" '0 '
	grantd=$program
}

is_ready()
{
	[ "$(status GET /readyz)" = 200 ]
}

before=$(version)

# The database first.
socket=$work/one
log=$socket.log
grantd_start --workers 3
leads_to "$socket"
load
goes_on 'at first'
# It gives up where it does not have its locks at once, so that nobody waits for it, and is run again.
ok 'the schema is upgraded under load' until_true upgrade
is 'it is of the next version' "$(version)" $((before + 1))
goes_on 'workers that were connected'
ok 'new sessions of the same grantd' replaced
goes_on 'they'
ok 'and it is ready' is_ready
succeed "$work/two" "$next" 'the next grantd'
load_ends 'the database and then the program'
grantd_stop 'the next grantd'

# The program first: it serves the schema before its own.
sql "UPDATE grantd.schema_version SET version = $before"
socket=$work/three
log=$socket.log
grantd_start --workers 3
leads_to "$socket"
load
goes_on 'again'
succeed "$work/four" "$next" 'the next grantd, on the schema before'
sql "UPDATE grantd.schema_version SET version = $before + 1, changed_at = statement_timestamp()"
goes_on 'with its own schema'
load_ends 'the program and then the database'

# What takes something away says so, and whom it does not serve any more is not ready.
sql 'UPDATE grantd.schema_version SET serves_from = version'
ok 'a schema that serves its own version alone: the next grantd is ready' is_ready
grantd_stop 'after both'
socket=$work/five
log=$socket.log
grantd_start --workers 1
is 'and the one before is not' "$(status GET /readyz)" 503
ok 'which its log says' logged "has version $((before + 1)) of the schema and this build needs $before"
grantd_stop 'the one before'
sql "UPDATE grantd.schema_version SET serves_from = $before"
said=$(env -u GRANTD_DATABASE "$build/grantctl" audit verify 2>&1)
like 'the chains hold' "$said" 'the chains hold'

done_testing

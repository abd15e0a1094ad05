# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What the tests of metrics and status share, beside tests/faults/lib.sh. Source it with the folder of the build as $1.
#
#   world                   a database with a tenant of one grant, which $key may do everything to; PATCHes work from then on
#   serve [ARG...]          start grantd there; it tells its status at $told_at and http://127.0.0.1:$port
#   page PATH [ARG...]      a page of it, by HTTP on the port; with more arguments for curl
#   metric NAME             a sample's value, as in: metric 'grantd_workers{state="idle"}'
#   metric_is NAME VALUE    that is so
#   figure FILTER           what jq makes of /status as JSON
#   figure_is FILTER VALUE  that is so
#   patch TRUE|FALSE        switch the grant's auditing; prints the answer's status line
#   session SQL             in a session of its own, which goes on

# shellcheck source=tests/faults/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../faults/lib.sh"

# shellcheck disable=SC2034 # for those who source this
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tenant=2489e9ad-2ee2-8e00-8ec9-32d5f69181c0
grant=0192f0c1-2b3a-7000-8000-00000000000a
told_at=$work/status

world()
{
	database_starts
	{
		"$build/grantctl" tenant create --id "$tenant" --name metrics &&
		"$build/grantctl" grant create --tenant "$tenant" --id "$grant" --grantee-id user --resource-type aws_account \
		    --resource-id 123456789012 --action administer --expires-in 8h
	} >/dev/null 2>&1 && key=$("$build/grantctl" key create --tenant "$tenant" --name metrics --role admin 2>/dev/null) ||
		bail "no test data"
	# shellcheck disable=SC2034 # as above
	reader=$("$build/grantctl" key create --tenant "$tenant" --name reader --role auditor 2>/dev/null) || bail "no second key"
	psql -Xq -c 'CREATE ROLE grantd_worker LOGIN IN ROLE grantd_app' || bail "no role"
	worker_database="host=$PGHOST port=$PGPORT dbname=$PGDATABASE user=grantd_worker"
	mkfifo "$work/session"
	psql -XqAt <"$work/session" >"$work/session.out" 2>&1 &
	background+=("$!")
	exec 7>"$work/session"
}

session()
{
	rm -f "$work/session.done"
	printf '%s\n\\! touch %s\n' "$1" "$work/session.done" >&7
	until_true test -e "$work/session.done"
}

# Others test on this machine, too.
free_port()
{
	local p

	for _ in $(seq 100); do
		p=$((20000 + RANDOM % 10000))
		(: >"/dev/tcp/127.0.0.1/$p") 2>/dev/null || {
			echo "$p"
			return
		}
	done
}

hold_grant()
{
	session "BEGIN; SELECT 1 FROM grantd.grants WHERE tenant_id = '$tenant' AND id = '$grant' FOR UPDATE;"
}

serve()
{
	GRANTD_DATABASE=$worker_database GRANTD_STATUS_LISTEN="$told_at http://127.0.0.1:$port" grantd_start "$@"
}

page()
{
	local path=$1

	shift
	curl -sS --max-time 20 "$@" "http://127.0.0.1:$port$path"
}

metric()
{
	page /metrics | awk -v name="$1" 'index($0, name " ") == 1 { print $NF }'
}
metric_is()
{
	[ "$(metric "$1")" = "$2" ]
}

figure()
{
	page '/status?format=json' | jq -rc "$1"
}
figure_is()
{
	[ "$(figure "$1")" = "$2" ]
}

# call KEY ID METHOD PATH [BODY]
call()
{
	local key=$1 id=$2 method=$3 path=$4 body=${5-}

	fcgi request "$method" "$path" param "HTTP_X_API_KEY=$key" param "HTTP_X_TENANT_ID=$tenant" \
	    param CONTENT_TYPE=application/json param "CONTENT_LENGTH=${#body}" param "HTTP_X_REQUEST_ID=$id" \
	    begin 1 0 params stdin "$body" end read 2>&1
}

patch()
{
	call "$key" "patch-$1" PATCH "/v1/grants/$grant" "{\"audit_enabled\":$1}" | head -c 11
}

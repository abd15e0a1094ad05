# shellcheck shell=bash disable=SC2086,SC2154 # ids and numbers hold no blanks; what ctl fills is lib.sh's
# SPDX-License-Identifier: MIT
#
# What grantctl does not do on a database that is spread over nodes: it says so, and nothing else. Of db/citus.sql only the functions that refuse
# are there, for which no node is needed; tests/citus/run has all of it.

# shellcheck source=tests/ctl/lib.sh
. "$(dirname "$0")/lib.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)

# spread DATABASE FUNCTION...: as db/citus.sql has them.
spread()
{
	local name

	for name in "${@:2}"; do
		awk -v name="$name(" 'index($0, "CREATE OR REPLACE FUNCTION grantd." name) { on = 1 } on { print } /^\$\$;/ { on = 0 }' \
			"$top/db/citus.sql" >function.sql
		[ -s function.sql ] || bail "db/citus.sql has no function $name"
		PGDATABASE=$1 psql -X -q -v ON_ERROR_STOP=1 -f function.sql || bail "no function $name"
	done
}

does 'a tenant' tenant create --name A
t=$out
sql 'CREATE DATABASE spread TEMPLATE template' || bail 'no database'
spread spread tenant_alone take_tenant audit_bound

refuses 1 '^grantctl tenant move: the new place: grantctl moves no tenant into a database that is spread over nodes$' tenant move --to dbname=spread $t
does 'which can be given up' tenant move --to dbname=spread --abort $t
does 'all is as it was' tenant show $t --json
is 'and it is served' "$(json .state)" serving

export PGDATABASE=spread
does 'a tenant that is spread' tenant create --name B
refuses 1 '^grantctl tenant move: the old place: grantctl moves no tenant out of a database that is spread over nodes$' tenant move --to dbname=test_spread $out
refuses 1 '^grantctl audit follow: grantctl follows no log that is spread over nodes$' audit follow --once --state state
refuses 1 '^grantctl audit follow: grantctl follows no log that is spread over nodes$' audit follow --state state

done_testing

# shellcheck shell=bash disable=SC2034 # for the tests
# SPDX-License-Identifier: MIT
#
# What the tests of grantctl share. The folder that a test is started in is its own.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/tap.sh"

# Runs grantctl with the arguments, and fills $out, $err and $status. Standard input goes to it.
ctl()
{
	"$GRANTCTL" "$@" >out 2>err
	status=$?
	out=$(<out)
	err=$(<err)
}

# does WHAT ARGUMENT...: grantctl succeeds and has nothing to say on standard error.
does()
{
	local what=$1

	shift
	ctl "$@"
	if [ "$status" -eq 0 ] && [ -z "$err" ]; then
		pass "$what"
	else
		fail "$what"
		diag "status $status: $err"
	fi
}

# refuses STATUS REGEX ARGUMENT...: grantctl ends with the status, prints nothing, and says why.
refuses()
{
	local wanted=$1 regex=$2

	shift 2
	ctl "$@"
	if [ "$status" -eq "$wanted" ] && [ -z "$out" ] && [[ $err =~ $regex ]]; then
		pass "refused: ${*:-nothing}"
	else
		fail "refused: ${*:-nothing}"
		diag "status $status, wanted $wanted; on standard output: $out"
		diag "on standard error: $err"
		diag "        no match: $regex"
	fi
}

# sql STATEMENT...: as the superuser, with no regard to row-level security; prints the rows.
sql()
{
	local statement arguments=()

	for statement; do
		arguments+=(-c "$statement")
	done
	psql -X -q -A -t -v ON_ERROR_STOP=1 "${arguments[@]}"
}

# json FILTER: what jq makes of the last output.
json()
{
	jq -rc "$1" <<<"$out"
}

uuid_form='^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
key_form='^grd_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}$'
nobody=00000000-0000-4000-8000-000000000000

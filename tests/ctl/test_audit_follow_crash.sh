# shellcheck shell=bash disable=SC2154 # what ctl fills is lib.sh's
# SPDX-License-Identifier: MIT
#
# grantctl audit follow, and a database that crashes. That loses transactions whose end nobody waited for, and their numbers are given
# again, to entries as well: a place that is past the last entry may be past one that is yet to come. In a cluster of its own, whose
# WAL is written late.

# shellcheck source=tests/ctl/lib.sh
. "$(dirname "$0")/lib.sh"
cluster=$(dirname "$0")/../lib/cluster
late=$PWD/late
trap '"$cluster" remove "$late"' EXIT
export CLUSTER_CONF='wal_writer_delay = 10s'
"$cluster" start "$late" && "$cluster" install "$late" late >said || bail "no cluster: $(<said)"
eval "$("$cluster" env "$late")"

ctl tenant create --name A
tenant=$out
ctl grant create --tenant "$tenant" --resource-type aws_account --resource-id 123456789012 --grantee-id alice --action x --expires-in 8h
grant=$out
ids()
{
	jq -r .id out | sort
}
switch()
{
	sql "SELECT state FROM grantd.grants g, grantd.update_grant('$tenant', NULL, NULL, NULL, 'test', '$1', '{\"n\":1}', NULL, g.id, NULL,
		NOT g.audit_enabled) WHERE g.id = '$grant'"
}
# crash_after COMMAND...: with five transactions after it that write no entry, and that the crash loses. A page of WAL that is full would be written.
crash_after()
{
	sql 'SELECT pg_switch_wal()' >/dev/null
	for _ in 1 2 3 4 5; do
		lost=$(sql 'SELECT pg_current_xact_id()')
	done
	does "$@"
	"$cluster" stop "$late" --immediate
	"$cluster" start "$late" || bail 'the server does not start again'
	ok 'the crash loses what nobody waited for' [ "$(sql 'SELECT pg_snapshot_xmax(pg_current_snapshot())')" -lt "$lost" ]
}

crash_after 'from the beginning' audit follow --once --state state
is 'all is read' "$(ids)" "$(sql 'SELECT id FROM grantd.audit_log ORDER BY id')"
cp state ahead
entry=$(sql 'SELECT gen_random_uuid()')
is 'a change after it' "$(switch "$entry")" 'done'
does 'after the crash' audit follow --once --state state
is 'is read, with the number of one that was lost, and not as something that was sent before' "$(jq -r '[.id, .replayed] | @tsv' out)" "$entry	false"

crash_after 'nothing new' audit follow --once --state state
is 'is nothing' "$out" ''
entry=$(sql 'SELECT gen_random_uuid()')
is 'a change after another crash' "$(switch "$entry")" 'done'
does 'and after that' audit follow --once --state state
is 'is read, too' "$(ids)" "$entry"

# A place that the database has not reached is none.
sed -i -E 's/^(at|until) writer [0-9]+/\1 writer 999999/' ahead
ctl audit follow --once --state ahead
like 'a place that the database has not reached' "$status $err" '^0 .*the database went back'
ok 'loses nothing' grep -q "$entry" out
does 'and is left behind' audit follow --once --state ahead
is 'with nothing to come' "$out" ''

done_testing

# shellcheck shell=bash disable=SC2086,SC2154 # ids and numbers hold no blanks; what ctl fills is lib.sh's
# SPDX-License-Identifier: MIT
# grantctl activity list, summary, maintain.

# shellcheck source=tests/ctl/lib.sh
. "$(dirname "$0")/lib.sh"

ctl tenant create --name A
a=$out
ctl tenant create --name B
b=$out
ctl grant create --tenant $a --resource-type aws_account --resource-id 123456789012 --grantee-id alice \
	--action administer --expires-in 8h
g=$out

# Rows as a worker's statements leave them: n of them, from the second `from` on.
store()
{
	sql "INSERT INTO grantd.activity_event (tenant_id, grant_id, id, occurred_at, service, name, kind, outcome, source_ip, details)
		SELECT '$a', '$g', ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
			'2026-11-23 02:00:00+00'::timestamptz + n * interval '1 second', CASE WHEN n % 2 = 0 THEN 's3' ELSE 'ec2' END,
			E'Get\\tObject', 'read', CASE WHEN n % 10 = 0 THEN 'denied' ELSE 'success' END, '2001:db8::1', '{\"n\": 1.5}'
		FROM generate_series($1, $2) n" \
		"INSERT INTO grantd.activity_count SELECT tenant_id, grant_id, date_trunc('month', recorded_at AT TIME ZONE 'UTC'),
			service, kind, outcome, count(*) FROM grantd.activity_event GROUP BY 1, 2, 3, 4, 5, 6
			ON CONFLICT (tenant_id, grant_id, month, service, kind, outcome) DO UPDATE SET events = excluded.events"
}

does 'the list of nothing' activity list --tenant $a $g
does 'as JSON' activity list --tenant $a $g --json
is 'is an empty array' "$out" '[]'
does 'the summary of nothing' activity summary --tenant $a $g --json
is 'has zeros' "$(json .)" \
	'{"total_events":0,"read_events":0,"write_events":0,"denied_events":0,"error_events":0,"services":[]}'

store 1 1200
does 'a list' activity list --tenant $a $g --limit 2
is 'has headings and the latest first' "$(sed 's/  */ /g; s/ *$//' <<<"$out")" \
'OCCURRED SERVICE NAME KIND OUTCOME FROM ID
2026-11-23T02:20:00Z s3 Get?Object read denied 2001:db8::1 00000000-0000-4000-8000-000000001200
2026-11-23T02:19:59Z ec2 Get?Object read success 2001:db8::1 00000000-0000-4000-8000-000000001199'
does 'as JSON' activity list --tenant $a $g --json
is 'has all of them, in order, over pages' "$(json '[length, (map(.id) | . == (sort | reverse)), (map(.id) | unique | length)]')" \
	'[1200,true,1200]'
is 'with all that there is of them' "$(json '.[0]')" \
	'{"id":"00000000-0000-4000-8000-000000001200","occurred_at":"2026-11-23T02:20:00.000000Z","service":"s3","name":"Get\tObject","kind":"read","outcome":"denied","source_ip":"2001:db8::1","details":{"n":1.5}}'
count()
{
	ctl activity list --tenant $a $g --json "$@"
	json length
}
is '--outcome' "$(count --outcome denied)" 120
is '--service' "$(count --service ec2)" 600
is 'both' "$(count --outcome denied --service ec2)" 0
is '--since and --until' "$(count --since 2026-11-23T03:00:10+01:00 --until 2026-11-23T02:00:20Z)" 10
does 'the summary' activity summary --tenant $a $g
is 'is a table' "$(sed 's/  */ /g; s/ *$//' <<<"$out")" 'events 1200
reading 1200
writing 0
denied 120
failed 0
services ec2, s3'
does 'the summary of a time' activity summary --tenant $a $g --since 2026-11-23T03:00:10+01:00 --until 2026-11-23T02:00:20Z
like 'counts that' "$out" '^events *10[[:space:]]'
does 'the summary in stretches' activity summary --tenant $a $g --interval 600
is 'has a line for each' "$(sed '1,/^$/d; s/  */ /g; s/ *$//' <<<"$out")" 'FROM READ DENIED FAILED WRITTEN DENIED FAILED
2026-11-23T02:00:00Z 540 59 0 0 0 0
2026-11-23T02:10:00Z 540 60 0 0 0 0
2026-11-23T02:20:00Z 0 1 0 0 0 0'
does 'the same for programs' activity summary --tenant $a $g --interval 600 --json
is 'is what the interface answers' "$(json '[.total_events, (.series | length), .series[1].read.denied, .first_event_at]')" \
	'[1200,3,60,"2026-11-23T02:00:01.000000Z"]'
refuses 1 '--interval must be longer: more than 1000 stretches have events' activity summary --tenant $a $g --interval 1
refuses 2 '--interval must be' activity summary --tenant $a $g --interval 0

# Millions of events take longer to count than a worker's statement may, and than its client waits.
has_waited()
{
	! kill -0 "$1" 2>/dev/null || [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
		AND wait_event_type = 'Lock' AND clock_timestamp() - query_start > '4 s'")" = 1 ]
}
coproc LOCK { psql -X -q -A -t; }
echo 'BEGIN; LOCK TABLE grantd.activity_event; SELECT 1;' >&"${LOCK[1]}"
read -r _ <&"${LOCK[0]}"
GRANTD_STATEMENT_TIMEOUT=1000 GRANTD_LOCK_TIMEOUT=60000 "$GRANTCTL" audit verify --tenant $a >waited 2>&1 &
waits=$!
until has_waited $waits; do
	sleep 0.1
done
echo 'ROLLBACK; \q' >&"${LOCK[1]}"
wait $waits
like 'a verification has the time that counting takes' "$? $(<waited)" '^0 the chains hold: '

refuses 1 "the tenant has no grant with this id: $g" activity list --tenant $b $g
refuses 1 'the tenant has no grant with this id' activity summary --tenant $b $g
refuses 1 "there is no tenant $nobody" activity list --tenant $nobody $g
refuses 2 'GRANT is missing' activity list --tenant $a
refuses 2 'GRANT must be a UUID' activity summary --tenant $a x
refuses 2 '--outcome must be success, denied or error' activity list --tenant $a $g --outcome 'done'
refuses 2 '--since must be a time' activity list --tenant $a $g --since yesterday
refuses 2 '--until must be a time' activity list --tenant $a $g --until 2026-11-31T00:00:00Z
refuses 2 '--service must be one line of 1 to 100 bytes' activity list --tenant $a $g --service ''

# The months, counted from this one by the database's clock.
month()
{
	sql "SELECT to_char(now() AT TIME ZONE 'UTC' + interval '$1 months', 'YYYY-MM')"
}
partitions()
{
	sql "SELECT count(*) FROM pg_inherits WHERE inhparent = 'grantd.activity_event'::regclass"
}
ctl activity maintain --ahead 3
is 'a fresh installation has three months ahead' "$(partitions)" 5
does 'a dry run' activity maintain --ahead 5 --dry-run
is 'says what it would do' "$out" "would add $(month 4)
would add $(month 5)"
is 'and does nothing' "$(partitions)" 5
does 'the real one' activity maintain --ahead 5
is 'says what it did' "$out" "added $(month 4)
added $(month 5)"
is 'and did' "$(partitions)" 7
does 'again' activity maintain --ahead 5
is 'there is nothing to say' "$out" ''
does 'as JSON' activity maintain --ahead 6 --dry-run --json
is 'for programs' "$(json .)" "[{\"action\":\"add\",\"month\":\"$(month 6)\"}]"

# Half of the events become old.
old=$(month -5)
sql "SET ROLE grantd_owner; SELECT grantd.activity_add_month(t, k, '$old-01')
	FROM (VALUES ('activity_event', 'recorded_at'), ('activity_count', 'month')) v(t, k)" >/dev/null
sql "UPDATE grantd.activity_event SET recorded_at = '$old-15' WHERE service = 's3'" \
	"UPDATE grantd.activity_count SET month = '$old-01' WHERE service = 's3'"
does 'without --keep' activity maintain
is 'nothing is dropped' "$out" ''
does 'with a long one' activity maintain --keep 365d
is 'neither' "$out" ''
does 'a dry run' activity maintain --keep 90d --dry-run --json
is 'says what it would drop' "$(json .)" "[{\"action\":\"drop\",\"month\":\"$old\"}]"
is 'and keeps it' "$(count)" 1200

# Somebody is reading for too long: nothing is done, and that is said.
coproc psql -X -q -A -t
echo 'BEGIN; SELECT count(*) FROM grantd.activity_event; SELECT 1;' >&"${COPROC[1]}"
read -r -u "${COPROC[0]}" seen
is 'somebody reads' "$seen" 1200
GRANTD_LOCK_TIMEOUT=50 refuses 1 'lock timeout' activity maintain --keep 90d
is 'nothing was dropped' "$(partitions)" 8
echo 'COMMIT; \q' >&"${COPROC[1]}"
wait "$COPROC_PID"

does 'dropping' activity maintain --keep 90d
is 'says what it dropped' "$out" "dropped $old"
is 'what was old is gone' "$(count)" 600
does 'the summary' activity summary --tenant $a $g --json
is 'has no more than there is' "$(json '[.total_events, .denied_events, .services]')" '[600,0,["ec2"]]'

# Two at once: the second waits for the first, and finds nothing to do.
"$GRANTCTL" activity maintain --ahead 12 >first &
"$GRANTCTL" activity maintain --ahead 12 >second
is 'of two at once both succeed' $? 0
wait $!
is 'the other one too' $? 0
is 'each month is added once' "$(cat first second | sort | uniq -d; cat first second | wc -l)" 7

refuses 2 '--keep must be a number and a unit' activity maintain --keep 90
refuses 2 '--ahead must be a number from 0 to 24' activity maintain --ahead 25
refuses 2 'it takes options alone' activity maintain now

done_testing

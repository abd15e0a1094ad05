# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Session activity, on a grant of its own.

session=00000000-0000-4000-8000-0000000000e1
activity=/v1/grants/$session/activity
admin_key=$key

role_key()
{
	"$build/grantctl" key create --tenant "$tenant" --name "$1" --role "$1" --json | jq -r .raw_key
}
expect 'a grant' make_grant "$tenant" "$session"
collector_key=$(role_key collector)
auditor_key=$(role_key auditor)
operator_key=$(role_key operator)

# events FIRST LAST [FILTER]: a batch, of which a jq filter changes what it likes.
events()
{
	jq -nc "{events: [range($1; $2 + 1) | {id: \"00000000-0000-4000-8000-\(. + 1000000000000 | tostring | .[1:])\",
	    occurred_at: \"2026-11-23T02:\(. / 60 % 60 | floor + 100 | tostring | .[1:]):\(. % 60 + 100 | tostring | .[1:])Z\",
	    service: (if . % 2 == 0 then \"s3\" else \"ec2\" end), name: \"GetObject\", kind: \"read\",
	    outcome: (if . % 10 == 0 then \"denied\" else \"success\" end)}]} | ${3:-.}"
}
record()
{
	events "$@" >"$work/events"
	keyed POST "$activity" --header 'Content-Type: application/json' --data-binary "@$work/events"
}
switch()
{
	keyed PATCH "/v1/grants/$session" --header 'Content-Type: application/json' --data "{\"audit_enabled\":$1}"
}
stored()
{
	sql "SELECT count(*) FROM grantd.activity_event WHERE grant_id = '$session'"
}

# Off, on, off.
key=$collector_key
record 1 3
expect_error 'events while auditing is off' 409 audit_disabled
key=$operator_key
switch true
expect_ok 'auditing is switched on' 200 .audit_enabled
key=$collector_key
record 1 3
expect_ok 'events' 200 '. == {"accepted": 3, "duplicates": 0}'
record 1 5 '.events += [.events[4]]'
expect_ok 'some of them again' 200 '. == {"accepted": 2, "duplicates": 4}'
record 6 505
expect_ok '500 at once' 200 '. == {"accepted": 500, "duplicates": 0}'
record 506 1005 '.events[].name |= "x"'
expect_ok '500 more' 200 '.accepted == 500'

# Each check.
record 1 501 '.events[].name |= "x"'
expect_error '501 at once' 422 invalid_body '.details.member == "events"'
refused()
{
	record 2000 2003 "$1"
	expect_error "refused: $1" 422 invalid_body ".details.member == \"$2\""
}
refused '.events = []' events
refused '.more = 1' more
refused 'del(.events)' events
refused '.events[3].kind = "list"' 'events[3].kind'
refused '.events[0].outcome = "Success"' 'events[0].outcome'
refused '.events[1].id = "x"' 'events[1].id'
refused 'del(.events[2].id)' 'events[2].id'
refused '.events[1].occurred_at = "2026-11-23 02:00:00"' 'events[1].occurred_at'
refused '.events[1].service = ""' 'events[1].service'
refused ".events[1].service = \"$(printf 'x%.0s' {1..101})\"" 'events[1].service'
refused ".events[1].name = \"$(printf 'x%.0s' {1..201})\"" 'events[1].name'
refused '.events[1].source_ip = "10.0.0.256"' 'events[1].source_ip'
refused '.events[1].source_ip = "2001:db8::/32"' 'events[1].source_ip'
refused '.events[1].details = "x"' 'events[1].details'
refused '.events[1].tenant_id = "x"' 'events[1].tenant_id'
keyed POST "$activity" --header 'Content-Type: application/merge-patch+json' --data '{"events":[]}'
expect_error 'a merge patch' 415 unsupported_media_type
keyed POST "$activity" --header 'Content-Type: application/json' --data '{"events":[{"id":1,"id":1}]}'
expect_error 'a member twice' 400 invalid_json '.details.offset == 19'
# mod_fcgid's own limit, which a user's .htaccess cannot raise, is above this.
large()
{
	events 3000 3000 '.events[0].details = {a: "x"}' >"$work/events"
	printf '%*s' $(($1 - $(stat -c %s "$work/events"))) '' >>"$work/events"
	keyed POST "$activity" --header 'Content-Type: application/json' --header 'Expect:' --data-binary "@$work/events"
}
large 122880
expect_ok 'a body of 120 KiB' 200 '.accepted + .duplicates == 1'
large 122881
expect_error 'a byte more' 413 body_too_large '.details.limit == 122880'
expect 'what was refused is not stored' same "$(stored)" 1006

# Who may what.
key=$auditor_key
record 4000 4000
expect_error 'an auditor does not write' 403 policy_denied
key=$operator_key
record 4000 4000
expect_error 'nor does an operator' 403 policy_denied
key=$collector_key
keyed GET "$activity"
expect_error 'a collector does not read' 403 policy_denied
keyed GET "$activity/summary"
expect_error 'nor a summary' 403 policy_denied
switch false
expect_error 'and does not switch' 403 policy_denied
expect 'refused writes are in the log' same "$(sql "SELECT string_agg(action || ' ' || n, ', ' ORDER BY action) FROM
    (SELECT action, count(*) AS n FROM grantd.audit_log WHERE resource_id = '$session' AND outcome = 'denied'
    GROUP BY action) d")" 'RecordActivity 2, UpdateGrant 1'

# Reading.
key=$auditor_key
keyed GET "$activity"
expect_ok 'a list' 200 '(.data | length) == 50 and .has_more and (.next_cursor | type) == "string"'
expect_ok 'the latest first' 200 '[.data[].occurred_at] | . == (sort | reverse)'
expect_ok 'with every member' 200 '.data[0] | keys == ["details", "id", "kind", "name", "occurred_at", "outcome",
    "service", "source_ip"] and .source_ip == null'
seen=$(jq -r '.data[].id' <<<"$body")
while [ "$(jq -r .has_more <<<"$body")" = true ]; do
	keyed GET "$activity?limit=250&cursor=$(jq -r .next_cursor <<<"$body")"
	seen="$seen
$(jq -r '.data[].id' <<<"$body")"
done
expect_ok 'the last page' 200 '.next_cursor == null'
expect 'all pages hold every event once' same "$(sort -u <<<"$seen" | wc -l) $(wc -l <<<"$seen")" '1006 1006'
keyed GET "$activity?limit=250&outcome=denied&service=s3&since=2026-11-23T02:00:00Z&until=2026-11-23T03:05:00%2B01:00"
expect_ok 'filters' 200 '(.data | length) == 29 and ([.data[] | select(.outcome != "denied" or .service != "s3")] == [])'
for query in limit=0 limit=251 limit=x cursor=x since=x until=2026-11-23 outcome=done service= kind=read 'limit=1&limit=1'; do
	keyed GET "$activity?$query"
	expect_error "$query" 400 invalid_parameter ".details.parameter == \"${query%%=*}\""
done
keyed GET "$activity/summary"
expect_ok 'a summary' 200 '. == {"total_events": 1006, "read_events": 1006, "write_events": 0, "denied_events": 101,
    "error_events": 0, "services": ["ec2", "s3"]}'
keyed GET "$activity/summary?since=2026-11-23T02:00:00Z&until=2026-11-23T03:01:00%2B01:00"
expect_ok 'a summary of a minute' 200 '. == {"total_events": 59, "read_events": 59, "write_events": 0, "denied_events": 5,
    "error_events": 0, "services": ["ec2", "s3"]}'
keyed GET "$activity/summary?interval=600"
expect_ok 'a summary by ten minutes' 200 '.total_events == 1006 and .services == ["ec2", "s3"] and
    .first_event_at == "2026-11-23T02:00:01.000000Z" and .last_event_at == "2026-11-23T02:50:00.000000Z" and
    ([.series[] | .read.success + .read.denied] | add) == 1006 and
    .series[:2] == [{"from": "2026-11-23T02:00:00.000000Z", "read": {"success": 540, "denied": 59, "error": 0},
	"write": {"success": 0, "denied": 0, "error": 0}},
	{"from": "2026-11-23T02:10:00.000000Z", "read": {"success": 365, "denied": 41, "error": 0},
	"write": {"success": 0, "denied": 0, "error": 0}}] and (.series | length) == 3'
keyed GET "$activity/summary?interval=86400&until=2026-11-23T02:00:01Z"
expect_ok 'and of a time without an event' 200 '. == {"total_events": 0, "read_events": 0, "write_events": 0, "denied_events": 0,
    "error_events": 0, "services": [], "first_event_at": null, "last_event_at": null, "series": []}'
keyed GET "$activity/summary?interval=1"
expect_error 'more buckets than there may be' 400 invalid_parameter '.details.parameter == "interval" and
    (.details.expected | contains("1000"))'
for query in x=1 limit=1 since=x until=2026-11-23 interval=0 interval=31536001 interval=1h 'interval=60&interval=60'; do
	keyed GET "$activity/summary?$query"
	expect_error "summary?$query" 400 invalid_parameter ".details.parameter == \"${query%%=*}\""
done
keyed HEAD "$activity"
expect_ok 'HEAD of a list' 200
keyed HEAD "$activity/summary"
expect_ok 'HEAD of a summary' 200

# What is not there, and the methods.
key=$admin_key
for path in "/v1/grants/$other_grant/activity" "/v1/grants/$nowhere/activity" "/v1/grants/$nowhere/activity/summary"; do
	keyed GET "$path"
	expect_error "GET ${path#/v1/grants/}" 404 not_found
done
events 1 1 >"$work/events"
keyed POST "/v1/grants/$other_grant/activity" --header 'Content-Type: application/json' --data-binary "@$work/events"
expect_error "another tenant's grant" 404 not_found
for id in x "$session-"; do
	keyed GET "/v1/grants/$id/activity/summary"
	expect_error "id $id" 400 invalid_parameter '.details.parameter == "id"'
done
keyed DELETE "$activity"
expect_error 'DELETE' 405 method_not_allowed
expect 'what is offered' same "$(field allow)" 'GET, HEAD, POST, OPTIONS'
keyed POST "$activity/summary" --data ''
expect_error 'POST of a summary' 405 method_not_allowed
request POST "$activity" --header "X-Tenant-ID: $tenant" --data ''
expect_error 'no key' 401 unauthenticated

# Off again: nothing more.
switch false
expect_ok 'auditing is switched off' 200 '.audit_enabled == false'
record 5000 5000
expect_error 'an event after it' 409 audit_disabled
record 1 3
expect_error 'and one that is stored already' 409 audit_disabled
expect 'nothing more is stored' same "$(stored)" 1006

#!/bin/bash
# SPDX-License-Identifier: MIT
# A log whose reader stands still costs its lines, and nothing else: neither an answer nor the end.
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"

# More lines than a pipe holds.
ask_often()
{
	"$client" -n 500 -c 2 "$socket" get /healthz | grep -qx 'good=1000 bad=0'
}

# Start grantd with its standard error in $work/pipe.
grantd_piped()
{
	"$grantd" --listen "$socket" "$@" </dev/null >"$log" 2>"$work/pipe" &
	grantd_started $!
	until_true answers || bail "grantd does not start"
}

mkfifo "$work/pipe"

# $reader has it open and reads nothing.
exec {reader}<>"$work/pipe"
GRANTD_LOG_FILE=$work/pipe grantd_start --workers 2
ok "a FIFO that nobody reads: requests are answered" ask_often
victim=$(workers | head -n 1)
kill -KILL "$victim"
ok "the parent replaces a worker" until_true process_gone "$victim"
ok "and all is answered" ask_often
timeout 5 cat "$work/pipe" >"$work/read" &
catcher=$!
background+=("$catcher")
lost_is_said()
{
	answers && grep -Eq 'warning [0-9]+ [0-9]+ lines lost: the log took none$' "$work/read"
}
ok "when it is read again, the number of lost lines is said" until_true lost_is_said
kill "$catcher"
wait "$catcher" 2>/dev/null
ok "it is filled again" ask_often
grantd_stop "a FIFO that nobody reads"
exec {reader}<&-

# A reload does not wait for a reader either.
GRANTD_LOG_FILE=$work/pipe grantd_start --workers 2
old=$(workers)
grantd_signal HUP
ok "a FIFO without a reader: a reload goes on" until_true all_replaced "$old"
grantd_stop "a FIFO without a reader"

exec {reader}<>"$work/pipe"
grantd_piped --workers 2
ok "standard error that nobody reads: requests are answered" ask_often
grantd_signal TERM
grantd_stop "standard error that nobody reads"

grantd_piped --workers 0
ok "and in one process" ask_often
grantd_stop "one process"
exec {reader}<&-

# Lines of every kind are objects: requests that are answered, refused and slow, what comes of signals, and what repeats.
export GRANTD_LOG_FORMAT=json GRANTD_LOG_FILE=$work/json
grantd_start --workers 2
trace=4bf92f3577b34da6a3ce929d0e0e4736
for path in /healthz '/v1/grants/"\\x' "/v1/$(printf '%03000d' 0)" $'/v1/\x01\xff'; do
	fcgi request GET "$path" param "HTTP_TRACEPARENT=00-$trace-00f067aa0ba902b7-01" param 'REMOTE_ADDR=192.0.2.1" ' \
	    param 'HTTP_X_REQUEST_ID="{}' begin 1 0 params end read >/dev/null
done
"$client" -n 500 -c 2 "$socket" request GET /v1/grants param HTTP_X_API_KEY=x param REMOTE_ADDR=192.0.2.7 begin 1 0 params end read >/dev/null
grantd_signal HUP
until_true grep -q reloaded "$work/json"
kill -KILL "$(workers | head -n 1)"
until_true grep -q 'was killed by signal' "$work/json"
ask_often
grantd_stop "lines of JSON"
ok "there are more than 1,000 lines" test "$(wc -l <"$work/json")" -gt 1000
ok "all are objects" jq -e -s 'all(type == "object" and (.message | type) == "string" and (.time | test("Z$")) and (.pid | type) == "number")' "$work/json"
is "a request's line says what it was" "$(jq -rs --arg t "$trace" '[.[] | select(.trace == $t and .path == "/healthz")][0] |
	[.level, .operation, .method, .status, .exchanges, .from, (.us | type)] | map(tostring) | join(" ")' "$work/json")" \
	'info Healthz GET 200 0 192.0.2.1"  number'
ok "refusals that are many are one line, with their number" jq -e -s \
	'any((.message | test("^GET 401 .*repeated [0-9]+ times")) and .repeated > 100)' "$work/json"
unset GRANTD_LOG_FORMAT GRANTD_LOG_FILE

# What is slow is a warning, and says where the time went.
database_hangs
GRANTD_DATABASE="host=$work/database" GRANTD_CONNECT_TIMEOUT=200 GRANTD_LOG_SLOW=100 grantd_start --workers 1
fcgi "${patch_steps[@]}" begin 1 0 params "${patch_body[@]}" read >/dev/null 2>&1
ok "a slow request is a warning" until_true logged \
	' warning [0-9]+ .*PATCH 503 in [0-9]+ ms, which is slow key=- name=Ab3dEf7h .*grant=2489e9ad-.*code=unavailable us=[0-9]{6}'
database_ends
grantd_stop "a slow request"

# A base path that is not the web server's: what was asked for can be seen.
GRANTD_BASE_PATH=/api grantd_start --workers 1
fcgi request GET /v1/grants param 'REQUEST_URI=/v1/grants?secret=1' begin 1 0 params end read >/dev/null 2>&1
ok "what is not below the base path is in the log as it was asked for" until_true logged ' GET 404 .*path=/v1/grants '
not_ok "without the query" grep -q secret "$log"
grantd_stop "another base path"

# The system's log.
socat -u UNIX-RECV:"$work/syslog" OPEN:"$work/heard",creat,append &
background+=($!)
disown
until_true test -S "$work/syslog"
GRANTD_LOG_FILE=syslog:$work/syslog grantd_start --workers 1
ok "syslog is told, with severity and name" until_true grep -Eq '<30>grantd\[[0-9]+\]: .* GET 200 in ' "$work/heard"
grantd_stop "syslog"

done_testing

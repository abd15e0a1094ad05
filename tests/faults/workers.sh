#!/bin/bash
# SPDX-License-Identifier: MIT
# Workers that die, retire, or hang.
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"

replaced()
{
	worker_count "$1" && ! workers | grep -qx "$2"
}

# Killed while idle
grantd_start --workers 2
victim=$(workers | head -n 1)
kill -KILL "$victim"
ok "a killed worker is replaced" until_true replaced 2 "$victim"
ok "and its death is logged" until_true logged "error .*worker $victim was killed by signal 9\$"
ok "and grantd answers" answers

# Killed with a request in hand
database_hangs
grantd_stop "after a killed worker"
GRANTD_DATABASE=$database GRANTD_CONNECT_TIMEOUT=60000 grantd_start --workers 2
fcgi request GET /healthz param HTTP_X_REQUEST_ID=the-one-in-hand begin 1 0 params end read >/dev/null
fcgi "${patch_steps[@]}" param HTTP_X_REQUEST_ID=the-lost-one begin 1 0 params "${patch_body[@]}" read >/dev/null 2>&1 &
held=$!
until_true database_asked 1
# Whichever has it: kill them one after the other until one says so.
kill_until_named()
{
	local pid

	for pid in $(workers); do
		kill -KILL "$pid"
		until_true logged "worker $pid was killed"
		logged 'with request the-lost-one in hand' && return 0
	done
	return 1
}
ok "the request that a killed worker had is named" until_true kill_until_named
wait "$held"
is "and its client sees the connection close" "$?" 3
ok "all workers are replaced" until_true worker_count 2
grantd_stop "after killed workers"

# Retirement
GRANTD_MAX_REQUESTS=20 GRANTD_LOG_LEVEL=debug grantd_start --workers 2
like "retiring workers lose no request" "$("$client" -n 100 -c 4 "$socket" get /healthz)" '^good=400 bad=0$'
ok "workers have retired" until_true logged 'worker [0-9]+ ended after [0-9]+ requests$' 10
not_ok "retiring is no error" logged ' error '
# Between 18 and 22 requests each, so not all the same.
retired=$(sed -nE 's/.* worker [0-9]+ ended after ([0-9]+) requests$/\1/p' "$log" | sort -nu)
ok "after a number that differs" test "$(wc -l <<<"$retired")" -ge 2
ok "and is a tenth more at most" test "$(tail -n 1 <<<"$retired")" -le 22
ok "and a tenth less at least" test "$(head -n 1 <<<"$retired")" -ge 18
grantd_stop "after retirements"

# Workers that die as they start: the address space is too small for a start.
starts()
{
	grep -c 'the next worker starts in' "$log"
}
die_at_once()
{
	local pid

	for pid in $(workers); do
		kill -KILL "$pid"
	done
	[ "$(starts)" -ge 6 ]
}
grantd_start --workers 1
ok "workers that die at once are started again" until_true die_at_once
is "each time after twice as long" \
	"$(sed -nE 's/.*the next worker starts in ([0-9]+) ms$/\1/p' "$log" | head -n 6 | tr '\n' ' ')" \
	'100 200 400 800 1600 3200 '
ok "and then serve" until_true answers
grantd_stop "after deaths at once"

# A worker that does not come back from a request is killed.
GRANTD_REQUEST_TIMEOUT=1000 GRANTD_DATABASE=$database GRANTD_CONNECT_TIMEOUT=60000 grantd_start --workers 1
victim=$(workers)
fcgi "${patch_steps[@]}" begin 1 0 params "${patch_body[@]}" read >/dev/null 2>&1 &
held=$!
ok "a worker that is overdue is killed" until_true logged "worker $victim has had request .* in hand for [0-9]+ ms and is killed"
wait "$held"
is "and its client sees the connection close" "$?" 3
ok "and another takes its place" until_true replaced 1 "$victim"
ok "and answers" answers
grantd_stop "after an overdue worker"

# A worker that gets no descriptor for a connection ends instead of asking for it again and again. Its limit is set when
# it is running already, so it is only the connection that has none.
grantd_start --workers 1
victim=$(workers)
prlimit --pid "$victim" --nofile=3:3
fcgi get /healthz >"$work/answer" 2>&1 &
held=$!
ok "a worker that is out of descriptors ends" until_true replaced 1 "$victim"
ok "and says why" logged 'accepting a connection: Too many open files'
wait "$held"
is "and the next one answers the connection" "$? $(head -c 11 "$work/answer")" "0 Status: 200"
grantd_stop "after a worker without descriptors"

done_testing

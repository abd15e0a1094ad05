#!/bin/bash
# SPDX-License-Identifier: MIT
# Stopping: what was accepted is answered, and everything is gone afterwards.
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"

# A request whose body is on its way: $work/begun appears when half of it was sent, and it goes on with $work/go.
# The answer is in $work/answer, the client's status in $client_status.
begin_request()
{
	rm -f "$work/begun" "$work/go"
	fcgi request PATCH /v1/grants/2489e9ad-2ee2-8e00-8ec9-32d5f69181c0 \
		param HTTP_X_API_KEY=grd_Ab3dEf7h_00000000000000000000000000000000000000000003xAJ4f \
		param HTTP_X_TENANT_ID=2489e9ad-2ee2-8e00-8ec9-32d5f69181c0 \
		param CONTENT_TYPE=application/json param CONTENT_LENGTH=22 \
		begin 1 0 params stdin '{"audit_en' touch "$work/begun" wait "$work/go" stdin 'abled":true}' \
		end read >"$work/answer" 2>&1 &
	client_pid=$!
	background+=("$client_pid")
	until_true test -e "$work/begun"
}

end_request()
{
	touch "$work/go"
	wait "$client_pid"
	client_status=$?
}

left_are()
{
	[ "$(pgrep -f -c -- "--listen $socket")" -eq "$1" ]
}

# A request that a worker has in hand, and cannot end.
hold_request()
{
	database_hangs
	GRANTD_DATABASE=$database GRANTD_CONNECT_TIMEOUT=60000 grantd_start "$@"
	fcgi "${patch_steps[@]}" begin 1 0 params "${patch_body[@]}" read >"$work/answer" 2>&1 &
	client_pid=$!
	background+=("$client_pid")
	until_true database_asked 1
}

free_request()
{
	database_ends
	wait "$client_pid"
	client_status=$?
}

# There is no database here, so a request that is whole is answered with 503; that is an answer.
whole()
{
	is "$1: the request in hand is answered" "$client_status" 0
	like "$1: with a whole answer" "$(tr -d '\r\n' <"$work/answer")" '^Status: 503 .*"unavailable".*\}$'
}

for signal in TERM INT QUIT; do
	grantd_start --workers 3
	grantd_signal "$signal"
	grantd_stop "$signal while idle"
done

grantd_start --workers 3
begin_request
grantd_signal TERM
ok "TERM in the middle of a body: the path goes first" until_true test ! -e "$socket"
end_request
whole "TERM in the middle of a body"
grantd_stop "TERM in the middle of a body"

hold_request --workers 3
grantd_signal TERM
ok "TERM with a request in hand: the path goes first" until_true test ! -e "$socket"
ok "and idle workers end" until_true worker_count 1
free_request
whole "TERM with a request in hand"
grantd_stop "TERM with a request in hand"

# A worker that is told by itself ends in the same way, and is replaced.
grantd_start --workers 1
begin_request
worker=$(workers)
kill -TERM "$worker"
end_request
whole "TERM to a worker"
ok "TERM to a worker: it ends" until_true process_gone "$worker"
ok "and another takes its place" until_true answers
grantd_stop "TERM to a worker"

# What waits in the queue was accepted by the system in our name.
grantd_start --workers 1
begin_request
for i in 1 2 3 4 5; do
	fcgi request GET /healthz begin 1 0 params end touch "$work/queued$i" read >"$work/queue$i" 2>&1 &
	queue[i]=$!
	until_true test -e "$work/queued$i"
done
grantd_signal TERM
until_true test ! -e "$socket"
end_request
whole "TERM with a queue"
for i in 1 2 3 4 5; do
	wait "${queue[i]}"
	is "TERM with a queue: waiting request $i is answered" "$? $(head -c 11 "$work/queue$i")" "0 Status: 200"
done
grantd_stop "TERM with a queue"

# Enough is enough.
grantd_start --workers 2
begin_request
grantd_signal TERM
until_true logged stopping
grantd_signal TERM
grantd_ended
is "a second TERM: status" "$grantd_status" 1
ok "a second TERM: it is said" logged 'told to stop again'
ok "a second TERM: no worker is left" until_true nothing_left
end_request
is "a second TERM: the connection is closed" "$client_status" 3

GRANTD_STOP_TIMEOUT=300 hold_request --workers 2
grantd_signal TERM
grantd_ended
is "GRANTD_STOP_TIMEOUT: status" "$grantd_status" 1
ok "GRANTD_STOP_TIMEOUT: it is said" logged 'the time to stop in is over'
ok "GRANTD_STOP_TIMEOUT: no worker is left" until_true nothing_left
free_request

# A body that never ends holds no worker, and so the end is in order.
GRANTD_STOP_TIMEOUT=3000 GRANTD_BODY_TIMEOUT=60000 GRANTD_PEER_TIMEOUT=60000 grantd_start --workers 2
begin_request
grantd_stop "TERM with a body that never ends"
end_request
is "and its connection is closed" "$client_status" 3

grantd_start --workers 4
for i in $(seq 20); do
	kill -TERM "$grantd_pid" 2>/dev/null
done
grantd_ended
ok "20 TERM in a row: it ends" until_true nothing_left
ok "20 TERM in a row: no sanitizer has complained" no_report

# The parent's death is noticed by idle workers, and by busy ones when they are done.
hold_request --workers 3
all=$(workers)
grantd_signal KILL
grantd_ended
ok "KILL of the parent: idle workers end" until_true left_are 1
free_request
whole "KILL of the parent"
for worker in $all; do
	ok "KILL of the parent: worker $worker ends" until_true process_gone "$worker"
done
ok "KILL of the parent: it is said" logged 'parent process is gone'
rm -f "$socket"

# It can be started again at once, though a worker still has the old socket and a request in hand.
hold_request --workers 3
grantd_signal KILL
grantd_ended
grantd_start --workers 2
ok "KILL of the parent: another starts at once" answers
is "KILL of the parent: and is alone at the path" "$("$client" -n 20 "$socket" get /healthz)" "good=20 bad=0"
free_request
whole "KILL of the parent, and another's start"
grantd_stop "after a start beside a busy orphan"

# Over TCP, once an idle worker has seen it: from then on all connections are refused.
port=$(port_of)
path=$socket socket=127.0.0.1:$port
hold_request --workers 3
grantd_signal KILL
grantd_ended
ok "KILL of the parent, TCP: idle workers end" until_true left_are 1
not_ok "KILL of the parent, TCP: connections are refused" answers
grantd_start --workers 2
ok "KILL of the parent, TCP: another starts at once" answers
free_request
whole "KILL of the parent, TCP"
grantd_stop "after a start beside a busy orphan, TCP"
socket=$path

# One process
grantd_start --workers 0
not_ok "--workers 0: there are none" workers
grantd_signal TERM
grantd_stop "--workers 0: TERM while idle"
grantd_start --workers 0
begin_request
grantd_signal TERM
grantd_signal TERM
end_request
whole "--workers 0: two TERM in the middle of a body"
grantd_stop "--workers 0: two TERM in the middle of a body"

done_testing

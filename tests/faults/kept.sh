#!/bin/bash
# SPDX-License-Identifier: MIT
# Connections that are kept: no request on them is lost when workers go, and none waits while another worker is idle.
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"

# In the background, a client that has a kept connection and has used it: $work/$1.ready. It goes on with the other
# steps when $work/$1.go is there; what comes is in $work/$1.
declare -A kept_pid=()
keep()
{
	local name=$1

	shift
	rm -f "$work/$name.ready" "$work/$name.go"
	fcgi kept /healthz touch "$work/$name.ready" wait "$work/$name.go" "$@" >"$work/$name" 2>&1 &
	kept_pid[$name]=$!
	background+=("$!")
	until_true test -e "$work/$name.ready"
}

# How many answers have this status.
answered()
{
	grep -ao "Status: $1 " "$2" | wc -l
}

# kept_ended NAME WHAT WANTED [STATUS]: it ends with this status, and was answered so often with 200; and so often
# with another status, where one is given.
kept_ended()
{
	local name=$1 got

	wait "${kept_pid[$name]}"
	got="$? $(answered 200 "$work/$name")"
	[ $# -lt 4 ] || got="$got $(answered "$4" "$work/$name")"
	is "$2" "$got" "$3"
}

# What one connection is told, and then how it ends.
told()
{
	fcgi "$@" >"$work/told"
	echo "$? $(answered 200 "$work/told")"
}

# One may retire by itself before it is told.
stop_one()
{
	local worker

	worker=$(workers | head -n 1)
	[ -n "$worker" ] && kill -TERM "$worker" && until_true process_gone "$worker"
}

# Workers that come and go under load: 12 connections for 4 workers.
disturb()
{
	local i before

	for i in 1 2 3 4 5; do
		before=$(workers)
		grantd_signal HUP
		ok "reload $i under load" until_true all_replaced "$before"
		ok "and a worker that stops" until_true stop_one
	done
}

GRANTD_MAX_REQUESTS=200 GRANTD_LOG_LEVEL=debug grantd_start --workers 4
"$client" -k -u "$work/enough" -c 12 "$socket" kept /healthz >"$work/load" 2>&1 &
load=$!
background+=("$load")
disturb
ok "workers have retired" until_true logged 'worker [0-9]+ ended after [0-9]+ requests$' 30
touch "$work/enough"
wait "$load"
like "no request is lost to workers that go" "$(cat "$work/load")" '^good=[1-9][0-9]{2,} bad=0$'
diag "$(cat "$work/load")"
not_ok "and nothing went wrong" logged ' (error|warning) '
grantd_stop "after kept connections under load"

# With one of two workers busy, whatever connection the next request comes on is served by the other.
database_hangs
GRANTD_DATABASE=$database GRANTD_CONNECT_TIMEOUT=60000 grantd_start --workers 2
for i in 1 2 3 4 5 6; do
	keep "idle$i" kept /healthz
done
keep busy "${patch_steps[@]}" begin 1 1 params "${patch_body[@]}" read kept /healthz
touch "$work/busy.go"
until_true database_asked 1
for i in 1 2 3 4 5 6; do
	touch "$work/idle$i.go"
	kept_ended "idle$i" "a busy worker: connection $i is served by the idle one" "0 2"
done
ok "as are new ones" answers
database_ends
kept_ended busy "and then it has another request" "0 2"
grantd_stop "after a busy worker"

# A worker that is killed takes along what it had in hand, and nothing else.
database_hangs
GRANTD_DATABASE=$database GRANTD_CONNECT_TIMEOUT=60000 grantd_start --workers 1
keep idle kept /healthz
keep part request PUT /healthz param CONTENT_LENGTH=4 begin 1 1 params touch "$work/held2" wait "$work/free2" \
	stdin body end read kept /healthz
keep busy "${patch_steps[@]}" begin 1 1 params "${patch_body[@]}" read
touch "$work/part.go"
until_true test -e "$work/held2"
touch "$work/busy.go"
until_true database_asked 1
kill -KILL "$(workers)"
kept_ended busy "a killed worker: what it had in hand is closed" "3 1"
touch "$work/idle.go"
kept_ended idle "and what was idle is served by the next" "0 2"
touch "$work/free2"
kept_ended part "and so is what was in the middle of its body" "0 2"
grantd_stop "after a killed worker"
database_ends

# Stopping: what was sent is answered, and then all are closed.
GRANTD_PEER_TIMEOUT=60000 GRANTD_BODY_TIMEOUT=60000 GRANTD_STOP_TIMEOUT=60000 grantd_start --workers 1
keep idle read
keep queued request GET /healthz begin 1 1 params end touch "$work/sent" read read
keep busy request PUT /healthz param CONTENT_LENGTH=4 begin 1 1 params touch "$work/held3" wait "$work/free3" \
	stdin body end read read
touch "$work/idle.go" "$work/busy.go"
until_true test -e "$work/held3"
touch "$work/queued.go"
until_true test -e "$work/sent"
grantd_signal TERM
until_true logged stopping
touch "$work/free3"
kept_ended queued "stopping: a request that waits is answered" "3 2"
kept_ended busy "and one in the middle of its body" "3 1 1" 405
kept_ended idle "and an idle connection is closed" "3 1"
grantd_stop "with kept connections"

# More than there are places
GRANTD_KEPT_CONNECTIONS=1 grantd_start --workers 1
keep first kept /healthz
is "one too many is answered, and closed" "$(told kept /healthz read)" "3 1"
touch "$work/first.go"
kept_ended first "the first is kept" "0 2"
ok "and it is said" logged 'web servers keep more than 1 connections'
grantd_stop "with one place"
GRANTD_KEPT_CONNECTIONS=0 grantd_start --workers 1
is "none is kept where none is to be" "$(told kept /healthz read)" "3 1"
not_ok "which is no reason to warn" logged ' warning '
grantd_stop "with no place"

# One process has them all itself, through a reload, too.
grantd_start --workers 0
keep one kept /healthz
keep two kept /healthz
grantd_signal HUP
until_true logged reloaded
touch "$work/one.go" "$work/two.go"
kept_ended one "one process: kept through a reload" "0 2"
kept_ended two "and so is another" "0 2"
keep three read
touch "$work/three.go"
grantd_signal TERM
kept_ended three "one process: closed in the end" "3 1"
grantd_stop "one process with kept connections"

done_testing

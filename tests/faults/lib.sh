#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What the fault tests share. Source it with the folder of the build as $1:
#
#   grantd_start [ARG...]   start grantd on $socket with these arguments, and wait until it answers;
#                           its pid is $grantd_pid, its log $log
#   grantd_signal SIGNAL    send it a signal
#   grantd_ended            wait until it ended; its exit status is $grantd_status
#   grantd_stop WHAT        end it with TERM, if that was not done, and test that everything about it was in
#                           order: status 0, no worker left, no socket left, no sanitizer's report
#   workers                 the pids of its workers, one a line
#   database_starts         a cluster of PostgreSQL's own with the schema, in $work/pg, which psql and grantctl find from then on
#   database_hangs          a database at $database that takes connections and never says a word, so that a worker has a
#                           request in hand for as long as the test wants
#   database_asked COUNT    so many connections to it were made
#   database_ends           it closes them
#   fcgi STEP...            the client of tests/lib/fcgi_client.c on $socket
#   begin_request, end_request      a request whose body comes by half, and by the other half; the answer is then in
#                           $work/answer, and the client's status in $client_status
#   hold_request, free_request      one that is whole, for as long as the database hangs
#   until_true COMMAND...   wait until the command succeeds; fails when it does not in time
#   port_of                 a TCP port that nobody serves on
#   logged REGEX [COUNT]    the log holds at least COUNT (1) such lines
#
# Everything lies below $work, which goes at the end, as do all processes that were started here.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/lib/tap.sh
. "$here/../lib/tap.sh"

build=${1:?the folder of the build}
grantd=$build/grantd
client=$build/tests/lib/fcgi_client
[ -x "$grantd" ] && [ -x "$client" ] || bail "build grantd and tests/lib/fcgi_client first"

# Nothing from outside: no settings, and no database.
for name in $(compgen -e | grep -E '^(GRANTD_|PG|LISTEN_)'); do
	unset "$name"
done
export PGHOST=/nonexistent

work=$(mktemp -d /tmp/grantd-faults.XXXXXX) || exit 1
socket=$work/s
log=$work/log
grantd_pid=
grantd_told=
background=()

clean_up()
{
	local pid

	for pid in ${grantd_pid:-} ${background[@]+"${background[@]}"}; do
		kill -KILL "$pid" 2>/dev/null
	done
	rm -rf "$work"
}
trap clean_up EXIT

cluster=$here/../lib/cluster
database_starts()
{
	trap '"$cluster" remove "$work/pg" 2>/dev/null; clean_up' EXIT
	"$cluster" start "$work/pg" || bail "the database cluster does not start"
	"$cluster" install "$work/pg" grantd >"$work/install.log" 2>&1 || bail "$(tail -n 5 "$work/install.log")"
	eval "$("$cluster" env "$work/pg")"
}

# Any program that listens will do: it is stopped before it can accept.
database_hangs()
{
	mkdir -p "$work/database"
	# shellcheck disable=SC2034 # for those who source this
	database="host=$work/database connect_timeout=60"
	"$grantd" --workers 0 --listen "$work/database/.s.PGSQL.5432" </dev/null >"$work/database/log" 2>&1 &
	database_pid=$!
	background+=("$database_pid")
	until_true database_listens
	kill -STOP "$database_pid"
}

# Its path is there before that (the flag is __SO_ACCEPTCON).
database_listens()
{
	grep -F "$work/database/.s.PGSQL.5432" /proc/net/unix | grep -q ' 00010000 '
}

# The listening socket has a line there, and each connection to it.
database_asked()
{
	[ "$(grep -c -F "$work/database/.s.PGSQL.5432" /proc/net/unix)" -gt "$1" ]
}

# What was said to it is not what it takes, so that it closes each connection at once.
database_ends()
{
	kill -CONT "$database_pid"
	kill -TERM "$database_pid"
	wait "$database_pid"
}

# A whole PATCH, with more steps before its end.
# shellcheck disable=SC2034 # as above
patch_steps=(request PATCH /v1/grants/2489e9ad-2ee2-8e00-8ec9-32d5f69181c0
	param HTTP_X_API_KEY=grd_Ab3dEf7h_00000000000000000000000000000000000000000003xAJ4f
	param HTTP_X_TENANT_ID=2489e9ad-2ee2-8e00-8ec9-32d5f69181c0
	param CONTENT_TYPE=application/json param CONTENT_LENGTH=22)
# shellcheck disable=SC2034 # as above
patch_body=(stdin '{"audit_enabled":true}' end)

# A request whose body is on its way: $work/begun appears when half of it was sent, and it goes on with $work/go.
begin_request()
{
	rm -f "$work/begun" "$work/go"
	fcgi "${patch_steps[@]}" begin 1 0 params stdin '{"audit_en' touch "$work/begun" wait "$work/go" \
		stdin 'abled":true}' end read >"$work/answer" 2>&1 &
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

hold_request()
{
	fcgi "${patch_steps[@]}" begin 1 0 params "${patch_body[@]}" read >"$work/answer" 2>&1 &
	client_pid=$!
	background+=("$client_pid")
	until_true database_asked 1
}

free_request()
{
	database_ends
	wait "$client_pid"
	# shellcheck disable=SC2034 # as above
	client_status=$?
}

until_true()
{
	local until=$((SECONDS + 30))

	until "$@"; do
		[ "$SECONDS" -lt "$until" ] || return 1
		sleep 0.01
	done
}

# A port that nobody serves on.
port_of()
{
	local port

	for port in $(seq 23100 23199); do
		(: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null || {
			echo "$port"
			return
		}
	done
}

# The search for leaks takes as long as all else that the client does.
fcgi()
{
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 "$client" "$socket" "$@"
}

answers()
{
	fcgi get /healthz >/dev/null 2>&1
}

# For those that are not started by grantd_start.
grantd_started()
{
	grantd_pid=$1
	grantd_status=
	grantd_told=
}

grantd_launch()
{
	: >"$log"
	"$grantd" --listen "$socket" "$@" </dev/null >>"$log" 2>&1 &
	grantd_started $!
}

grantd_start()
{
	grantd_launch "$@"
	until_true answers || {
		diag "$(cat "$log")"
		bail "grantd does not start"
	}
}

grantd_signal()
{
	case $1 in
	TERM | INT | QUIT)
		grantd_told=yes ;;
	KILL)
		# The shell tells of it on standard error.
		{ kill -KILL "$grantd_pid"; wait "$grantd_pid"; grantd_status=$?; } 2>/dev/null
		return ;;
	esac
	kill -"$1" "$grantd_pid"
}

process_gone()
{
	! kill -0 "$1" 2>/dev/null
}

grantd_ended()
{
	[ -z "$grantd_status" ] || return 0
	until_true process_gone "$grantd_pid" || {
		diag "grantd $grantd_pid does not end"
		return 1
	}
	wait "$grantd_pid"
	grantd_status=$?
}

workers()
{
	pgrep -P "$grantd_pid"
}

worker_count()
{
	[ "$(workers | wc -l)" -eq "$1" ]
}

# None of the workers with these pids is left.
all_replaced()
{
	local pid

	for pid in $1; do
		process_gone "$pid" || return 1
	done
}

logged()
{
	[ "$(grep -Ec -- "$1" "$log")" -ge "${2:-1}" ]
}

no_report()
{
	! grep -E 'ERROR: (Address|Leak)Sanitizer|runtime error:|Assert' "$log"
}

# No process has our socket's folder in its command line any more.
nothing_left()
{
	! pgrep -f -- "--listen $socket"
}

grantd_stop()
{
	local what=$1

	[ -n "$grantd_told" ] || grantd_signal TERM
	grantd_ended
	is "$what: it ends with status 0" "$grantd_status" 0 || diag "$(tail -n 20 "$log")"
	ok "$what: no worker is left" until_true nothing_left
	not_ok "$what: no socket is left" test -e "$socket"
	ok "$what: no sanitizer has complained" no_report
	grantd_pid=
}

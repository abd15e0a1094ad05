#!/bin/bash
# SPDX-License-Identifier: MIT
# How grantd starts, and how it does not.
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"

refused()
{
	local what=$1 status=$2 regex=$3 output got

	shift 3
	output=$("$@" </dev/null 2>&1)
	got=$?
	is "$what: status" "$got" "$status"
	like "$what: sentence" "$output" "$regex"
	is "$what: one line of it" "$(grep -vc 'see grantd --help' <<<"$output")" 1
}

# Command line
ok "--help" "$grantd" --help
ok "--version" "$grantd" --version
refused "an argument" 2 '"x" is no option' "$grantd" x
refused "an unknown option" 2 'nrecognized option' "$grantd" --frobnicate
refused "an option without its value" 2 'requires an argument' "$grantd" --workers
refused "workers that are no number" 2 'GRANTD_WORKERS.*0 to 1024' "$grantd" --workers many
refused "no socket" 1 'no socket to serve on.*--listen' "$grantd"
refused "a file of settings that is not there" 1 'nothing.conf' "$grantd" --config "$work/nothing.conf"
refused "a base path with a slash at its end" 1 'GRANTD_BASE_PATH' \
	env GRANTD_BASE_PATH=/api/ "$grantd" --listen "$socket"
refused "a folder that is not there" 1 'cannot make a socket' "$grantd" --listen "$work/none/s"
refused "no address" 1 'neither a path' "$grantd" --listen grantd.sock
refused "a log file in no folder" 1 'GRANTD_LOG_FILE' \
	env GRANTD_LOG_FILE="$work/none/log" "$grantd" --listen "$socket"

# --check-config
ok "--check-config" "$grantd" --check-config --listen "$socket"
not_ok "--check-config leaves no socket" test -e "$socket"
ok "--check-config with no socket to name" "$grantd" --check-config
refused "--check-config: group" 1 'GRANTD_LISTEN_GROUP.*no such group' \
	env GRANTD_LISTEN_GROUP='no such group' "$grantd" --check-config --listen "$socket"
refused "--check-config: mode" 1 'GRANTD_LISTEN_MODE' \
	env GRANTD_LISTEN_MODE=rw "$grantd" --check-config --listen "$socket"
refused "--check-config: folder" 1 'cannot make a socket' "$grantd" --check-config --listen "$work/none/s"
output=$(GRANTD_LOG_FILE=$work/none/log "$grantd" --check-config --listen "$work/none/s" 2>&1)
is "--check-config says each problem in a line" "$(wc -l <<<"$output")" 2

# A socket file that is there already
echo >"$socket"
refused "a file that is no socket" 1 'is no socket' "$grantd" --listen "$socket"
ok "and it is left alone" test -f "$socket"
rm "$socket"
grantd_start --workers 1
refused "a live socket" 1 'another process is serving' "$grantd" --listen "$socket"
ok "and its owner serves on" answers
ok "--check-config beside a running grantd" "$grantd" --check-config --listen "$socket"
grantd_signal KILL
grantd_ended
ok "the socket of a killed grantd is left" test -S "$socket"
ok "workers of a killed parent end" until_true nothing_left
grantd_start --workers 1
pass "a dead socket is replaced"
is "mode of the socket" "$(stat -c %a "$socket")" 660
grantd_stop "after a dead socket"
GRANTD_LISTEN_MODE=0600 grantd_start --workers 1
is "mode of the socket as set" "$(stat -c %a "$socket")" 600
grantd_stop "another mode"

# Closed standard descriptors must not turn up as sockets
(exec "$grantd" --listen "$socket" --workers 1 <&- >&- 2>&-) &
grantd_started $!
ok "it serves without standard descriptors" until_true answers
grantd_stop "without standard descriptors"

# TCP
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
tcp_answers()
{
	"$client" "127.0.0.1:$port" get /healthz >/dev/null 2>&1
}
port=$(port_of)
"$grantd" --listen "127.0.0.1:$port" --workers 2 </dev/null >"$log" 2>&1 &
grantd_started $!
ok "it serves over TCP" until_true tcp_answers
like "requests over TCP" "$("$client" -n 50 -c 4 "127.0.0.1:$port" get /healthz)" '^good=200 bad=0$'
grantd_stop "TCP"
FCGI_WEB_SERVER_ADDRS=192.0.2.1 "$grantd" --listen "127.0.0.1:$port" --workers 1 </dev/null >"$log" 2>&1 &
grantd_started $!
refused_by_address()
{
	tcp_answers
	logged 'not in FCGI_WEB_SERVER_ADDRS'
}
ok "it refuses addresses that are not in FCGI_WEB_SERVER_ADDRS" until_true refused_by_address
not_ok "and answers them nothing" tcp_answers
grantd_stop "TCP with addresses"

# The socket on descriptor 0
if command -v spawn-fcgi >/dev/null; then
	grantd_pid=$(spawn-fcgi -s "$socket" -M 0600 -- "$grantd" --workers 0 | grep -o '[0-9]*$')
	ok "it serves the socket of spawn-fcgi" until_true answers
	kill "$grantd_pid"
	ok "and ends" until_true process_gone "$grantd_pid"
	rm -f "$socket"
	grantd_pid=
else
	skip "it serves the socket of spawn-fcgi" "spawn-fcgi is not installed"
fi

# systemd's sockets: LISTEN_PID has to be grantd's own, so the shell that becomes grantd sets it. The socket is made
# by spawn-fcgi and moved to descriptor 3.
activate()
{
	# shellcheck disable=SC2016 # for the inner shell
	env - PATH="$PATH" PGHOST=/nonexistent ASAN_OPTIONS="${ASAN_OPTIONS-}" \
		spawn-fcgi -s "$socket" -M 0600 -- /bin/bash -c '
		exec 3<&0 4<&0 0</dev/null 2>"$3"
		LISTEN_PID=${4:-$$} LISTEN_FDS=$2 LISTEN_FDNAMES=grantd exec "$1" --workers 2
	' activate "$grantd" "$1" "$log" "${2-}" | grep -o '[0-9]*$'
}
if command -v spawn-fcgi >/dev/null; then
	grantd_pid=$(activate 1)
	ok "it serves systemd's socket" until_true answers
	kill "$grantd_pid"
	ok "and ends" until_true process_gone "$grantd_pid"
	ok "and leaves the path, which is systemd's" test -S "$socket"
	ok "with its name for it" logged "systemd's socket"
	rm -f "$socket"
	activate 2 >/dev/null
	ok "two of systemd's sockets are refused" until_true logged 'passed 2 sockets'
	rm -f "$socket"
	activate 1 1 >/dev/null
	ok "systemd's variables of another process are not meant for us" until_true logged 'no socket to serve on'
	rm -f "$socket"
	grantd_pid=
else
	skip "it serves systemd's socket" "spawn-fcgi is not installed"
fi

# With too few descriptors workers would end over and over.
for n in 0 2; do
	(ulimit -n 16 && exec "$grantd" --workers "$n" --listen "$socket") </dev/null >"$work/said" 2>&1
	is "$n workers, and 16 open files: status" "$?" 1
	like "$n workers, and 16 open files: it says why" "$(<"$work/said")" 'with a limit of 16 open files there is no serving: it takes 32'
done
(ulimit -S -n 16 && exec timeout -s TERM 20 "$grantd" --workers 1 --listen "$socket") </dev/null >"$work/said" 2>&1 &
background+=("$!")
ok "a limit that may be raised is raised" until_true answers
kill "$!"
wait "$!"

# The manual knows every setting, its default, and every option.
manual=$here/../../docs/grantd.8
missing=
while read -r name initial; do
	entry=$(grep -A 8 "^\.It Ev $name\$" "$manual")
	grep -Eq "(default|Cm) ${initial:-.*}([ ,.]|$)" <<<"$entry" || missing="$missing $name=$initial"
done < <("$grantd" --help | sed -nE 's/^(GRANTD_[A-Z_]+) +\(([^)]*)\).*/\1 \2/p')
is "settings that the manual lacks" "$missing" ""
missing=
for option in $("$grantd" --help | sed -nE 's/^  --([a-z-]+).*/\1/p'); do
	grep -q "^\.It Fl -$option" "$manual" || missing="$missing $option"
done
is "options that the manual lacks" "$missing" ""
if command -v mandoc >/dev/null; then
	is "the manual has no fault" "$(mandoc -T lint -W warning "$manual" 2>&1)" ""
else
	skip "the manual has no fault" "mandoc is not installed"
fi

done_testing

#!/bin/bash
# SPDX-License-Identifier: MIT
# grantd that a web server spawned: it is back when any process of it was killed, and leaves when the web server does, but
# not when another one has met it.
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"

PATH=$PATH:/usr/sbin
command -v lighttpd >/dev/null || skip_all 'lighttpd is not installed'
clients=6
rounds=8
: >"$work/spawned.conf"

# web_start WORKERS: a lighttpd that spawns grantd; requests can also be sent to its socket itself.
web_start()
{
	local port

	port=$(port_of)
	url=http://127.0.0.1:$port
	: >"$log"
	cat >"$work/lighttpd.conf" <<-CONF
	server.modules = ( "mod_fastcgi" )
	server.bind = "127.0.0.1"
	server.port = $port
	server.document-root = "$work"
	server.errorlog = "$work/lighttpd.log"
	fastcgi.server = ( "/" => ((
		"socket" => "$work/spawned", "bin-path" => "$grantd --workers $1",
		"bin-environment" => ( "GRANTD_CONFIG" => "$work/spawned.conf", "GRANTD_LOG_FILE" => "$log", "GRANTD_LOG_LEVEL" => "debug",
		    "GRANTD_DATABASE" => "host=$work/database connect_timeout=60",
		    "GRANTD_CONNECT_TIMEOUT" => "60000", "GRANTD_BODY_TIMEOUT" => "60000", "GRANTD_PEER_TIMEOUT" => "60000", "GRANTD_STOP_TIMEOUT" => "60000" ),
		"max-procs" => 1, "check-local" => "disable", "fix-root-scriptname" => "enable"
	)) )
	CONF
	web_run
	socket=$work/spawned-0
	until_true web_serves || bail "lighttpd does not start: $(cat "$work/lighttpd.log")"
}

web_run()
{
	lighttpd -D -f "$work/${1:-lighttpd.conf}" </dev/null >>"$work/lighttpd.out" 2>&1 &
	web_pid=$!
	background+=("$web_pid")
}

# grantd of a supervisor that is killed as soon as a lighttpd has connected.
supervised_start()
{
	: >"$log"
	GRANTD_CONFIG=$work/spawned.conf GRANTD_LOG_FILE=$log bash -c 'spawn-fcgi -n -s "$1" -- "$2" --workers 1 & wait' - \
		"$socket" "$grantd" </dev/null >>"$work/supervised.out" 2>&1 &
	supervisor=$!
	background+=("$supervisor")
	until_true answers || bail "grantd does not start: $(cat "$work/supervised.out")"
	sed '/bin-path/d; /GRANTD_/d; /max-procs/s/"max-procs" => 1,/"socket" => "'"${socket//\//\\/}"'",/' "$work/lighttpd.conf" >"$work/connect.conf"
	web_run connect.conf
	until_true web_serves || bail "lighttpd does not connect: $(cat "$work/lighttpd.log")"
	{ kill -KILL "$supervisor"; wait "$supervisor"; } 2>/dev/null
}

web_serves()
{
	[ "$(curl -s --max-time 10 -o "$work/curl" -w '%{http_code}' "$url/healthz")" = 200 ]
}

# All of grantd, by the environment that lighttpd gave it.
grantds()
{
	local pid

	for pid in $(pgrep -x grantd); do
		grep -qzFx "GRANTD_LOG_FILE=$log" "/proc/$pid/environ" 2>/dev/null && echo "$pid"
	done
}

not_answers()
{
	! answers
}

# A process that nobody has waited for counts as ended.
ended()
{
	! grep -q '^State:[[:space:]]*[^Z]' "/proc/$1/status" 2>/dev/null
}

none_left()
{
	[ -z "$(grantds)" ]
}

porter()
{
	pgrep -P "$web_pid" -x grantd
}

parent()
{
	pgrep -P "$(porter)" -x grantd
}

# Whoever serves now is not of those that were there.
serves_anew()
{
	web_serves && [ -n "$(porter)" ] && [ "$(porter)" != "$1" ]
}

# serves_on PARENT: the porter has another parent than this one.
serves_on()
{
	web_serves && [ -n "$(parent)" ] && [ "$(parent)" != "$1" ]
}

# Somebody has connected whom nobody has accepted (SS_CONNECTING).
is_met()
{
	grep -F "$socket" /proc/net/unix | grep -q ' 0001 02 '
}

# lighttpd is killed and another one started before grantd, or what is left of it, can do anything: they are met.
web_replaced()
{
	local met=$1

	kill -STOP "$met"
	{ kill -KILL "$web_pid"; wait "$web_pid"; } 2>/dev/null
	web_run
	ok "another lighttpd looks for grantd" until_true is_met
}

# Kill the porter, the parent, and so on, with clients who ask all the time.
kill_rounds()
{
	local back=0 same=0 i before killed
	local -a asking=()

	for ((i = 0; i < clients; i++)); do
		while :; do
			curl -s -o /dev/null --max-time 10 "$url/healthz"
		done &
		asking+=("$!")
		background+=("$!")
	done
	for ((i = 0; i < rounds; i++)); do
		before=$(porter)
		kill -KILL "$before"
		until_true serves_anew "$before" || break
		back=$((back + 1))
		before=$(porter) killed=$(parent)
		kill -KILL "$killed"
		until_true serves_on "$killed" || break
		[ "$(porter)" != "$before" ] || same=$((same + 1))
	done
	{ kill "${asking[@]}"; wait "${asking[@]}"; } 2>/dev/null
	is "with $clients clients, porter and parent are killed $rounds times, and it is back" "$back" "$rounds" ||
		diag "$(tail -n 5 "$work/lighttpd.log")"
	is "where the parent was killed, by the same porter" "$same" "$rounds"
}

answered()
{
	is "$1: the request in hand is answered" "$client_status $(head -c 11 "$work/answer")" "0 Status: 503"
}

web_stop()
{
	{ kill -"$1" "$web_pid"; wait "$web_pid"; } 2>/dev/null
	ok "$2: nothing of grantd is left" until_true none_left || diag "$(ps -f -p "$(grantds | tr '\n' ' ')")"
	ok "$2: no sanitizer has complained" no_report
}

web_start 3
kill_rounds
web_stop TERM "TERM of lighttpd"

# With a busy worker
web_start 3
database_hangs
hold_request
before=$(porter)
kill -KILL "$before"
ok "the porter is killed while a worker is busy: it is back" until_true serves_anew "$before"
free_request
answered "a killed porter"
database_hangs
hold_request
killed=$(parent)
kill -KILL "$killed"
before=$(porter)
ok "the parent is killed while a worker is busy: it is back" until_true serves_on "$killed"
is "with the same porter" "$(porter)" "$before"
free_request
answered "a killed parent"

# What waits is for the workers of the parent that takes the place of one that was killed, and not for those that end.
web_stop TERM "after a killed parent"
web_start 1
killed=$(parent)
old=$(pgrep -P "$killed" -x grantd)
kill -STOP "$old"
kill -KILL "$killed"
ok "another parent has taken a killed one's place" until_true serves_on "$killed"
new=$(pgrep -P "$(parent)" -x grantd)
kill -STOP "$new"
begin_request
kill -CONT "$old"
ok "and a worker of the killed one ends" until_true ended "$old"
kill -CONT "$new"
end_request
answered "a killed parent and one that waits"
web_stop TERM "after a killed parent's worker"
web_start 3

# All of it, in the order of their ages, as pkill does
before=$(porter)
# shellcheck disable=SC2046 # one each
kill -KILL $(grantds | sort -n) 2>/dev/null
ok "everything is killed: it is back" until_true serves_anew "$before"

# A worker alone, which is the parent's to replace
before=$(parent)
worker=$(pgrep -P "$before" | head -n 1)
kill -KILL "$worker"
ok "a worker is killed: it is replaced" until_true logged "worker $worker was killed by signal 9"
is "by the same parent" "$(parent)" "$before"

# lighttpd is killed, and never tells anybody to stop.
begin_request
{ kill -KILL "$web_pid"; wait "$web_pid"; } 2>/dev/null
ok "KILL of lighttpd: nobody can connect any more" until_true not_answers
end_request
answered "KILL of lighttpd"
ok "KILL of lighttpd: nothing of grantd is left" until_true none_left
ok "and why is logged" logged 'the process that spawned grantd is gone$'

# A lighttpd that was killed and started at once meets the grantd of the one before. It never starts another then.
web_start 2
before=$(porter)
web_replaced "$before"
kill -CONT "$before"
ok "which is served" until_true web_serves
ok "by what it met" until_true logged "the process that spawned grantd is gone, and lighttpd $web_pid goes on with it"
killed=$(pgrep -P "$before" -x grantd)
web_replaced "$before"
kill -KILL "$killed"
kill -CONT "$before"
ok "and is served where the parent was killed, too" until_true web_serves
ok "by the same porter" until_true logged "lighttpd $web_pid goes on with it"
web_stop KILL "a lighttpd that met grantd is killed"

# One that was killed before its grantd had looked who that is
cat >"$work/late" <<-SCRIPT
#!/bin/sh
echo \$\$ >"$work/late.pid"
kill -STOP \$\$
exec "$grantd" "\$@"
SCRIPT
chmod +x "$work/late"
late_start()
{
	rm -f "$work/late.pid"
	: >"$log"
	sed -i "s|\"bin-path\" => \"[^ ]*|\"bin-path\" => \"$work/late|" "$work/lighttpd.conf"
	web_run
	until_true test -s "$work/late.pid" || bail "lighttpd does not start: $(cat "$work/lighttpd.log")"
	late=$(cat "$work/late.pid")
	until_true grep -q '^State:.T' "/proc/$late/status"
	{ kill -KILL "$web_pid"; wait "$web_pid"; } 2>/dev/null
}
late_start
kill -CONT "$late"
ok "lighttpd is killed while grantd starts: that ends" until_true ended "$late"
ok "and says why" logged 'the process that spawned grantd is gone$'
late_start
web_run
ok "another lighttpd looks for it" until_true is_met
kill -CONT "$late"
ok "and is served" until_true web_serves
ok "by that one" until_true logged "lighttpd $web_pid goes on with it"
web_stop KILL "a lighttpd that met one that was starting is killed"

# A lighttpd that only connects is no reason to stay where a supervisor spawned grantd, and is gone.
supervised_start
ok "a supervisor is killed, and a lighttpd is there: nobody can connect any more" until_true not_answers
ok "and nothing of grantd is left" until_true none_left
web_stop TERM "a lighttpd that only connects"

# What is on its way when grantd is told to stop
web_start 1
begin_request
for i in 1 2 3 4 5; do
	fcgi request GET /healthz begin 1 0 params end touch "$work/queued$i" read >"$work/queue$i" 2>&1 &
	queue[i]=$!
	until_true test -e "$work/queued$i"
done
kill -TERM "$(porter)"
until_true logged stopping
end_request
answered "TERM with a queue"
for i in 1 2 3 4 5; do
	wait "${queue[i]}"
	is "TERM with a queue: waiting request $i is answered" "$? $(head -c 11 "$work/queue$i")" "0 Status: 200"
done
web_stop TERM "after a queue"

# Settings are read again, by the porter, too: what it says of the parent's end has the new form.
echo 'GRANTD_LOG_FORMAT=text' >"$work/spawned.conf"
web_start 2
kill -HUP "$(porter)"
ok "HUP reaches the parent" until_true logged 'info [0-9]+ reloaded'
ok "and it serves on" web_serves
echo 'GRANTD_LOG_FORMAT=json' >"$work/spawned.conf"
kill -HUP "$(porter)"
ok "HUP with another form of the log" until_true logged '"message":"reloaded"'
killed=$(parent)
kill -KILL "$killed"
ok "the porter has it, too" until_true logged '"level":"error",.*"message":"the parent of the workers was killed by signal 9, and another takes its place"'
ok "and it is back" until_true serves_on "$killed"
echo "GRANTD_STATUS_LISTEN=$work/status" >"$work/spawned.conf"
kill -HUP "$(porter)"
ok "HUP with what takes a restart" until_true logged '"message":"reload: GRANTD_STATUS_LISTEN has changed, which takes a restart'
killed=$(parent)
kill -KILL "$killed"
ok "and its parent is killed: it is back" until_true serves_on "$killed"
ok "which is no restart" test ! -e "$work/status"
web_stop TERM "after HUP"

# One process
web_start 0
before=$(porter)
kill -KILL "$before"
ok "one process is killed: it is back" until_true serves_anew "$before"
web_stop KILL "one process, and KILL of lighttpd"

done_testing

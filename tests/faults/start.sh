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
refused "an origin that no browser sends" 1 'GRANTD_CORS_ORIGINS has "https://a.example/"' \
	env GRANTD_CORS_ORIGINS='https://b.example https://a.example/' "$grantd" --listen "$socket"
refused "a folder that is not there" 1 'cannot make a socket' "$grantd" --listen "$work/none/s"
refused "no address" 1 'neither a path' "$grantd" --listen grantd.sock
refused "a log file in no folder" 1 'GRANTD_LOG_FILE' \
	env GRANTD_LOG_FILE="$work/none/log" "$grantd" --listen "$socket"

# Few descriptors: said at the start, and not by workers that cannot accept
with_files()
{
	(ulimit -n "$1" && exec "${@:2}")
}
refused "7 open files" 1 'no more than 7 files may be open.*GRANTD_KEPT_CONNECTIONS=0' \
	with_files 7 "$grantd" --listen "$socket"
refused "80 open files" 1 'no more than 80 files' with_files 80 "$grantd" --listen "$socket"
refused "--check-config with 7" 1 'no more than 7 files' with_files 7 "$grantd" --check-config --listen "$socket"
refused "7 open files, and no kept connections" 1 'no more than 7 files' \
	with_files 7 env GRANTD_KEPT_CONNECTIONS=0 GRANTD_WAITING_REQUESTS=0 "$grantd" --listen "$socket"
# As few as it says: requests are answered, one of which looks for the database.
few_are_enough()
{
	local answer

	(ulimit -n "$1" && GRANTD_KEPT_CONNECTIONS=$2 GRANTD_WAITING_REQUESTS=$2 exec "$grantd" --listen "$socket" --workers 2) </dev/null >"$log" 2>&1 &
	grantd_started $!
	until_true answers
	answer=$(fcgi get /readyz 2>&1)
	like "with $1 open files it serves" "$answer" '^Status: 503'
	not_ok "and lacks none" logged 'Too many open files'
	grantd_stop "with $1 open files"
}
few_are_enough 81 1024
few_are_enough 32 0

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

# A file that is not there would be made; a socket is there, or nobody listens.
like "--check-config: a system's log that is not there" "$(GRANTD_LOG_FILE=syslog:$work/nosuch "$grantd" --check-config --listen "$socket" 2>&1)" \
	'GRANTD_LOG_FILE: syslog:.*/nosuch: No such file'
output=$(GRANTD_LISTEN_MODE=rw GRANTD_LISTEN_GROUP='no such group' GRANTD_DATABASE='host=a port=s3cr3t' GRANTD_LOG_FILE=$work/none/log \
	GRANTD_BASE_PATH=/api/ GRANTD_CORS_ORIGINS=a.example GRANTD_WORKERS=many GRANTD_POOLER=many "$grantd" --check-config --listen "$work/none/s" 2>&1)
is "--check-config: those of the environment, of a path, and of the database, too" "$(wc -l <<<"$output")" 9 || diag "$output"
printf '%s\n' 'GRANTD_WORKERS=x' 'nonsense' 'GRANTD_WORKRS=1' 'GRANTD_LOG_LEVEL=info' 'GRANTD_LOG_LEVEL=info' >"$work/bad.conf"
output=$("$grantd" --check-config --config "$work/bad.conf" 2>&1)
is "--check-config: each line of a file" "$(sed 's/: GRANTD.*//; s/.*conf:/line /; s/:.*//' <<<"$output" | xargs)" 'line 1 line 2 line 3 line 5'

output=$(GRANTD_DATABSE=s3cr3t "$grantd" --check-config 2>&1)
is "--check-config: a name in the environment that is nearly a setting" "$? $(head -n 1 <<<"$output")" \
	'0 grantd: environment: there is no setting "GRANTD_DATABSE"; is GRANTD_DATABASE meant?'
GRANTD_DATABSE=s3cr3t grantd_start --workers 1
ok "and at a start: it is logged" logged 'environment: there is no setting "GRANTD_DATABSE"; is GRANTD_DATABASE meant'
is "without its value" "$(grep -c s3cr3t "$log")" 0
grantd_stop "with such a name"

# Connection strings: what libpq cannot use is refused, and no piece of it is repeated, here and by a worker that tries.
for string in '"host=/tmp dbname=grantd"' 'host=/tmp dbname=grantd sslmod=require' 'postgresql://x@localhost/grantd?pgbouncer=true' \
	'postgres://x:50%off@localhost/grantd' 'password=s3cr3t pw9' 'postgres://grantd_worker:s3cr3t/pw9@localhost:5432/grantd' \
	'postgres://grantd_worker:Tr0ub@dour:s3cr3t@localhost:5432/grantd' 'postgres://grantd_worker:Tr0ub@dour-s3cr3t@127.0.0.1/grantd'; do
	refused "--check-config: $string" 1 'GRANTD_DATABASE is not a connection string: .+' \
		env GRANTD_DATABASE="$string" "$grantd" --check-config
	GRANTD_DATABASE=$string grantd_start --workers 1
	fcgi get /readyz >/dev/null 2>&1
	ok "a worker with it: the log says so" until_true logged 'no database: GRANTD_DATABASE is not a connection string: .+'
	is "a worker with it: no piece is logged" "$(grep -cE 's3cr3t|pw9|dour|50%off' "$log")" 0
	grantd_stop "a worker with it"
done
GRANTD_DATABASE="host=$work/s3cr3t password=pw9s3cr3t" grantd_start --workers 1
fcgi get /readyz >/dev/null 2>&1
ok "a string with a password: libpq's reason is logged" until_true logged 'no database: connection to server .* failed: No such file'
is "a string with a password: but nothing that it quotes" "$(grep -c s3cr3t "$log")" 0
grantd_stop "a string with a password"
ok "--check-config: a string that libpq takes" env GRANTD_DATABASE='host=/tmp user=grantd_worker' "$grantd" --check-config

# A name server that says nothing: asked once for each record, not until 10 seconds are over. In a network of its own.
silent_server()
{
	# shellcheck disable=SC2016 # for the inner shells
	unshare -n -m bash -c 'ip link set lo up && mount --bind "$1/resolv.conf" /etc/resolv.conf &&
		mount --bind "$1/nsswitch.conf" /etc/nsswitch.conf && exec bash "$1/inside" "$@"' silent "$work" "$grantd" "$client"
}
echo 'nameserver 127.0.0.1' >"$work/resolv.conf"
echo 'hosts: dns' >"$work/nsswitch.conf"
cat >"$work/inside" <<'END'
perl -MSocket -e 'socket(S, PF_INET, SOCK_DGRAM, 0) && bind(S, sockaddr_in(53, inet_aton("127.0.0.1"))) or die;
	open(O, ">>", $ARGV[0]); O->autoflush(1); while (recv(S, $m, 512, 0)) { print O "asked\n" }' "$1/queries" &
server=$!
for _ in $(seq 1000); do
	grep -q ':0035 ' /proc/net/udp && break
	sleep 0.01
done
GRANTD_DATABASE='host=database.example.test user=u' "$2" --listen "$1/dns" --workers 1 </dev/null >"$1/dns.log" 2>&1 &
grantd=$!
for _ in $(seq 1000); do
	"$3" "$1/dns" get /healthz >/dev/null 2>&1 && break
	sleep 0.01
done
"$3" "$1/dns" get /readyz
kill "$grantd" "$server"
wait "$grantd"
END
if [ "$(id -u)" -eq 0 ] && unshare -n -m true 2>/dev/null && command -v perl ip >/dev/null; then
	like "a silent name server: a request ends" "$(silent_server 2>/dev/null | tr -d '\r')" '^Status: 503'
	ok "a silent name server: the log says what" grep -q 'could not translate host name' "$work/dns.log"
	is "a silent name server: it was asked once for each kind of address" "$(wc -l <"$work/queries")" 2
else
	skip "a silent name server" "no network of our own can be made"
fi

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
# So does the file that is installed, and those that are no examples stand there with their defaults.
sample=$here/../../deploy/grantd.conf.in
missing=
while read -r name initial; do
	grep -Eq "^#?$name=" "$sample" || missing="$missing $name"
	case $name in GRANTD_DATABASE | GRANTD_BASE_PATH | GRANTD_WORKERS | GRANTD_CORS_ORIGINS | GRANTD_LOG_FILE | GRANTD_LISTEN | \
	    GRANTD_LISTEN_GROUP | GRANTD_STATUS_LISTEN) continue ;; esac
	grep -qxF "#$name=$initial" "$sample" || missing="$missing $name=$initial"
done < <("$grantd" --help | sed -nE 's/^(GRANTD_[A-Z_]+) +\(([^)]*)\).*/\1 \2/p')
is "settings that grantd.conf lacks" "$missing" ""
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

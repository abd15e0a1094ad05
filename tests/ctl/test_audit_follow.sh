# shellcheck shell=bash disable=SC2086,SC2154 # ids and numbers hold no blanks; what ctl fills is lib.sh's
# SPDX-License-Identifier: MIT
#
# grantctl audit follow: nothing is skipped, whatever is committed when; what comes again says so; an entry is one message whatever is in
# it. With rsyslog over TCP, TLS and a local socket, while both ends are killed and begin again.

# shellcheck source=tests/ctl/lib.sh
. "$(dirname "$0")/lib.sh"

ctl tenant create --name A
a=$out
ctl tenant create --name B
b=$out
make_grant()
{
	ctl grant create --tenant $1 --resource-type aws_account --resource-id 123456789012 --grantee-id alice --action x --expires-in 8h
	echo "$out"
}
g=$(make_grant $a)
h=$(make_grant $a)
i=$(make_grant $b)

# The SQL of an id whose time is N milliseconds after 1970, as a writer whose clock is wrong makes it.
old_id()
{
	printf "overlay(gen_random_uuid()::text placing '%08x-%04x-7' from 1)::uuid" $(($1 >> 16)) $(($1 & 65535))
}
# switch TENANT GRANT ENTRY [CONTEXT [REASON]]: the SQL that switches a grant's auditing, as grantctl does.
switch()
{
	local context=${4:-'{"request_id":null,"user_agent":"test"}'}

	echo "SELECT state FROM grantd.grants g, grantd.update_grant('$1', NULL, NULL, NULL, 'test', $3, \$c\$$context\$c\$,
		${5:-NULL}, g.id, NULL, NOT g.audit_enabled) WHERE g.id = '$2'"
}
ids_there()
{
	sql 'SELECT id FROM grantd.audit_log ORDER BY id'
}
ids_read()
{
	jq -r .id "$@" | sort -u
}
# wait_for WHAT COMMAND...: within half a minute.
wait_for()
{
	local what=$1 end=$((SECONDS + 30))

	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || bail "in vain: $what"
		perl -e 'select undef, undef, undef, 0.1'
	done
}

# The export, in an order that goes on.
does 'all there is' audit follow --once --state state
cp out all
is 'is all read' "$(ids_read all)" "$(ids_there)"
is 'each once, and not as something that was sent before' "$(jq -r .replayed all | sort | uniq -c | xargs)" "$(sql 'SELECT count(*) FROM grantd.audit_log') false"
ctl audit export
is 'as the export has it' "$(jq -Sc 'del(.replayed)' all | sort)" "$(grep -v complete <<<"$out" | jq -Sc . | sort)"
does 'again' audit follow --once --state state
is 'is nothing' "$out" ''
is 'nobody else may read the state' "$(stat -c %a state)" 600
does 'one tenant alone' audit follow --once --state one --tenant $b
is 'has its entries' "$(ids_read out)" "$(sql "SELECT id FROM grantd.audit_log WHERE tenant_id = '$b' ORDER BY id")"
refuses 1 'state is about other tenants' audit follow --once --state state --tenant $b
refuses 1 'one is about other tenants' audit follow --once --state one
sed '$d' state >half
refuses 1 'does not say how far' audit follow --once --state half
refuses 1 'No such file' audit follow --once --state /nowhere/state
refuses 2 'usage' audit follow --once
refuses 2 '--to must be tcp://HOST:PORT' audit follow --once --state x --to udp://h:1
refuses 2 '--to must be tcp://HOST:PORT' audit follow --once --state x --to tcp://h
refuses 2 '--to must be tcp://HOST:PORT' audit follow --once --state x --to tcp://::1:514
refuses 2 'certificates are for' audit follow --once --state x --ca-file y
refuses 2 'come together' audit follow --once --state x --to tls://h:1 --cert-file y
rm -f x x.lock

# Transactions that end late, with ids that are early: each is read once it ends, and what came after it not before.
coproc late { psql -X -q -A -t -v ON_ERROR_STOP=1 2>&1; }
early=$(old_id 1000)
echo "BEGIN; $(switch $a $g "$early");" >&"${late[1]}"
read -r -t 30 said <&"${late[0]}"
is 'a change that is not committed' "$said" 'done'
is 'and others after it, which are' "$(sql "$(switch $a $h "$(old_id 2000)")" "$(switch $b $i "$(old_id 3000)")" | xargs)" 'done done'
does 'meanwhile' audit follow --once --state state
is 'nothing is read: what comes later waits, too' "$out" ''
echo 'COMMIT; SELECT 1;' >&"${late[1]}"
read -r -t 30 said <&"${late[0]}"
does 'when it is committed' audit follow --once --state state
is 'all of it is read' "$(jq -r '[.id, .replayed] | @tsv' out | cut -c 1-8,37- | sort | xargs)" '00000000 false 00000000 false 00000000 false'
cat out >>all
is 'and nothing is missing' "$(ids_read all)" "$(ids_there)"

# One transaction with more entries than are read in one go, and others around it.
sql "DO \$\$
	BEGIN
		FOR n IN 1 .. 700 LOOP
			PERFORM grantd.log_denied('$a', NULL, NULL, NULL, 'test', gen_random_uuid(), '{\"n\":1}', NULL, 'CreateGrant', NULL, '{}');
		END LOOP;
	END
	\$\$"
sql "$(switch $a $h "$(old_id 4000)")" >/dev/null
does 'a large transaction' audit follow --once --state state
is 'is read, and what comes after it' "$(jq -r .replayed out | sort | uniq -c | xargs)" '701 false'
cat out >>all
is 'with nothing missing' "$(ids_read all)" "$(ids_there)"

# What may have been sent before says so. The state is what a crash leaves between a batch and its confirmation.
cp state kept
for n in 1 2 3; do
	sql "$(switch $a $g "$(old_id ${n}0000)")" >/dev/null
done
does 'three entries' audit follow --once --state state
until=$(grep '^until' state)
sed "s/^until .*/$until/" kept >state
sql "$(switch $a $g "$(old_id 50000)")" >/dev/null
does 'after a crash' audit follow --once --state state
is 'those that may have been sent say so, and the new one does not' "$(jq -r .replayed out | xargs)" 'true true true false'

# An entry that was sent is not there: the server is another one, or was set back.
cp state kept
sql "SET session_replication_role = replica; DELETE FROM grantd.audit_log WHERE id = (SELECT id FROM grantd.audit_log ORDER BY written_by DESC LIMIT 1)"
ctl audit follow --once --state state
is 'a database that was set back' "$status $err" '0 grantctl audit follow: the database went back to an earlier state: what was sent since comes again'
like 'is read again from where it fits, and marked' "$(jq -r .replayed out | sort | uniq -c | xargs)" '^[0-9]+ true$'
sed 's/^database .*/database 1-1/' kept >state
ctl audit follow --once --state state
like 'another database' "$status $err" '^0 .*this is another database'
is 'is read from its beginning, and marked' "$(ids_read out) $(jq -r .replayed out | sort -u)" "$(ids_there) true"
exec {lock}>state.lock
flock $lock
refuses 1 'another process follows with state' audit follow --once --state state
exec {lock}>&-

# Nothing that an entry has makes it two, or puts words into another field.
evil='x\\]\"|=y\nCEF:0|forged|\r<13>1 - - forged\u001b[31m\u009b31m'
sql "$(switch $b $i "$(old_id 60000)" "{\"request_id\":\"a=b|c]d\",\"source_ip\":\"2001:db8::1\",\"user_agent\":\"$evil\"}" "E'why]\"|=\\\\ \\n<1>1 forged'")" >/dev/null
cp one two
cp one three
has()
{
	is "$1" "$(tail -n 1 out | grep -oF -- "$2")" "$2"
}
does 'an entry with everything in it, as ndjson' audit follow --once --state one --tenant $b
is 'is one line' "$(tail -n 1 out | jq -c '[.metadata.request_id, .metadata.source_ip, .reasoning, .replayed]')" \
	'["a=b|c]d","2001:db8::1","why]\"|=\\ \n<1>1 forged",false]'
cp out lines
does 'as syslog' audit follow --once --state two --tenant $b --format syslog
is 'is as many' "$(wc -l <out)" "$(wc -l <lines)"
like 'with the header of RFC 5424' "$(tail -n 1 out)" '^<110>1 20[0-9T:.-]+Z [!-~]+ grantd - UpdateGrant \[grantd@32473 id="[0-9a-f-]+" tenant='
has 'and its data escaped' \
	'request="a=b|c\]d" source="2001:db8::1" user_agent="x\\\]\"|=y?CEF:0|forged|?<13>1 - - forged?[31m?31m" reason="why\]\"|=\\ ?<1>1 forged" replayed="0"] {'
is 'and the object as its message' "$(tail -n 1 out | sed 's/^.*" replayed="0"\] {/{/' | jq -Sc .)" "$(tail -n 1 lines | jq -Sc .)"
does 'as CEF' audit follow --once --state three --tenant $b --format cef
is 'is as many, too' "$(wc -l <out)" "$(wc -l <lines)"
like 'with its header' "$(tail -n 1 out)" '^CEF:0\|grantd\|grantd\|[^|]+\|UpdateGrant\|UpdateGrant done\|3\|externalId=[0-9a-f-]+ rt=[0-9]+ '
has 'and values escaped' 'reason=why]"|\=\\ \n<1>1 forged c6a2Label=Source IPv6 Address c6a2=2001:db8::1 requestClientApplication=x\\]"|\=y\nCEF:0|forged|\r<13>1 - - forged?[31m?31m cs5Label=request_id cs5=a\=b|c]d '

# JSON may have line ends between its words; whoever has a worker's role can put them into an entry, and makes no line of his own with them.
sql "$(switch $b $i "$(old_id 62000)" $'{"request_id":null,"x":[\n{"id":"forged"}\r\n]}')" >/dev/null
does 'an entry with line ends in it' audit follow --once --state one --tenant $b
is 'is one line' "$(wc -l <out) $(jq -c .metadata.x out)" '1 [{"id":"forged"}]'
does 'and of an export' audit export --tenant $b
is 'none is forged' "$(jq -r .id out | grep -c forged)" 0
does 'and of a list, for programs' audit list --tenant $b --limit 1 --json
is 'which is on one line as well' "$(wc -l <out)" 2

# A receiver that talks, and never ends, holds nobody for ever.
talks=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport')
socat "tcp-listen:$talks,bind=127.0.0.1,reuseaddr" SYSTEM:yes 2>/dev/null &
talker=$!
trap 'kill $talker 2>/dev/null' EXIT
listens()
{
	ss -Hltn "sport = $talks" | grep -q .
}
wait_for 'the receiver listens' listens
sql "$(switch $b $i "$(old_id 65000)")" >/dev/null
timeout 40 "$GRANTCTL" audit follow --once --state two --tenant $b --to tcp://127.0.0.1:$talks >out 2>err
is 'it is given up' "$? $(<err)" "1 grantctl audit follow: --to tcp://127.0.0.1:$talks: the receiver talks, and does not end: Connection timed out"

# ---- rsyslog ----

if ! command -v rsyslogd >/dev/null || [ ! -e /usr/lib/"$(gcc -print-multiarch)"/rsyslog/lmnsd_ossl.so ]; then
	skip 'with rsyslog' 'rsyslog and rsyslog-openssl are not installed'
	done_testing
	exit
fi
here=$PWD
port()
{
	perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'
}
tcp=$(port) tls=$(port)
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
	-keyout key.pem -out cert.pem 2>/dev/null
# What it was sent is written before it reads on: nothing waits in its memory.
cat >rsyslog.conf <<CONF
global(workDirectory="$here" maxMessageSize="1m" defaultNetstreamDriverCAFile="$here/cert.pem" defaultNetstreamDriverCertFile="$here/cert.pem"
	defaultNetstreamDriverKeyFile="$here/key.pem")
main_queue(queue.type="Direct")
module(load="imtcp")
module(load="imuxsock" sysSock.use="off")
template(name="raw" type="string" string="%rawmsg%\n")
input(type="imtcp" address="127.0.0.1" port="$tcp")
input(type="imtcp" address="127.0.0.1" port="$tls" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="anon")
input(type="imuxsock" socket="$here/log" createPath="off" useSpecialParser="off" rateLimit.interval="0")
action(type="omfile" file="$here/received" template="raw" asyncWriting="off")
CONF
collector_begin()
{
	rm -f pid
	rsyslogd -n -f "$here/rsyslog.conf" -i "$here/pid" 2>>rsyslog.err &
	collector=$!
	disown $collector
}
collector_up()
{
	[ -S log ] && bash -c "exec 3<>/dev/tcp/127.0.0.1/$tcp" 2>/dev/null
}
collector_kill()
{
	kill -KILL $collector
	while kill -0 $collector 2>/dev/null; do :; done
	rm -f log
}
# ids and marks of what was received; a line that was cut by a crash is not one.
received()
{
	sed -nE 's/.*\[grantd@32473 id="([0-9a-f-]{36})".* replayed="([01])"\] \{.*\}$/\1 \2/p' received
}
trap 'kill $collector $follower $load 2>/dev/null' EXIT
follower='' load=''

follow_begin()
{
	"$GRANTCTL" audit follow --state syslog --format syslog --interval 1s "$@" 2>>follow.err &
	follower=$!
}
has_all()
{
	[ "$(received | cut -d ' ' -f 1 | sort -u)" = "$(ids_there)" ]
}
collector_begin
wait_for 'the collector begins' collector_up
# Changes by several at once, each held open for a while, so that they end in another order than they begin.
cat >load.sql <<SQL
\\set time random(1, 1000000)
\\set which random(1, 3)
\\set wait random(0, 60)
BEGIN;
SELECT grantd.update_grant(g.tenant_id, NULL, NULL, NULL, 'test',
	overlay(gen_random_uuid()::text placing lpad(to_hex(:time), 8, '0') from 1 for 8)::uuid,
	'{"request_id":null}', NULL, g.id, NULL, NOT g.audit_enabled)
FROM grantd.grants g WHERE g.id = ('{$g,$h,$i}'::uuid[])[:which];
\\sleep :wait ms
COMMIT;
SQL
pgbench=$(command -v pgbench /usr/lib/postgresql/15/bin/pgbench | head -n 1)
"$pgbench" -n -c 4 -R 100 -T 100 -f load.sql >load.out 2>&1 &
load=$!
follow_begin --to tcp://127.0.0.1:$tcp
grown()
{
	[ "$(received | wc -l)" -gt "$1" ]
}
for n in 1 2; do
	wait_for 'entries come' grown "$(received | wc -l)"
	collector_kill
	sql "$(switch $a $h "$(old_id 70000)")" >/dev/null
	collector_begin
	wait_for 'the collector begins again' collector_up
	wait_for 'entries come again' grown "$(received | wc -l)"
	kill -KILL $follower
	wait $follower 2>/dev/null
	follow_begin --to tcp://localhost:$tcp
done
kill -TERM $load
wait $load
load=''
ok 'over TCP, with both ends killed under load, everything is received' wait_for 'all is received' has_all
kill -TERM $follower
wait $follower
is 'ended in order' $? 0
is 'what came more than once is marked all but once' "$(received | awk '$2 == 0' | cut -d ' ' -f 1 | sort | uniq -d)" ''
like 'some of it did' "$(received | awk '$2 == 1' | wc -l)" '^[1-9]'
diag "received $(received | wc -l), of which again $(received | awk '$2 == 1' | wc -l), entries $(ids_there | wc -l)"

for n in 1 2 3; do
	sql "$(switch $b $i "$(old_id $((n * 80000)))")" >/dev/null
done
does 'over TLS, with a certificate that is verified' audit follow --state syslog --format syslog --to tls://localhost:$tls --ca-file cert.pem --once
ok 'everything is received' has_all
sql "$(switch $b $i "$(old_id 90000)")" >/dev/null
refuses 1 'certificate' audit follow --state syslog --format syslog --to tls://localhost:$tls --once
refuses 1 'certificate' audit follow --state syslog --format syslog --to tls://127.0.0.1:$tls --ca-file cert.pem --once
not_ok 'nothing was sent to whom the certificate is not of' has_all
does 'to a local socket' audit follow --state syslog --format syslog --to unix:$here/log --once
ok 'everything is received' wait_for 'all is received' has_all
collector_kill
sql "$(switch $b $i "$(old_id 100000)")" >/dev/null
refuses 1 'log: ' audit follow --state syslog --format syslog --to unix:$here/log --once
refuses 1 "--to tcp://127.0.0.1:$tcp: .*Connection refused" audit follow --state syslog --format syslog --to tcp://127.0.0.1:$tcp --once
collector_begin
wait_for 'the collector begins' collector_up
does 'when it is there again' audit follow --state syslog --format syslog --to tcp://127.0.0.1:$tcp --once
ok 'nothing is missing' has_all
collector_kill

done_testing

# shellcheck shell=bash disable=SC2086,SC2154 # ids and numbers hold no blanks; what ctl and web_start fill is others'
# SPDX-License-Identifier: MIT
# The same commands over HTTP: --url.

top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/ctl/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=deploy/lib/web.sh
. "$top/deploy/lib/web.sh"
# shellcheck source=tests/lib/site.sh
. "$top/tests/lib/site.sh"

helpers=()
finish()
{
	[ ${#helpers[@]} -eq 0 ] || kill "${helpers[@]}"
	web_end
	sql 'DROP ROLE IF EXISTS http_worker'
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

ctl tenant create --name A
t=$out
ctl key create --tenant $t --name admin --role admin
printf '%s\n' "$out" >key
chmod 600 key
ctl key create --tenant $t --name auditor --role auditor
printf '%s\n' "$out" >auditor
ctl grant create --tenant $t --resource-type aws_account --resource-id 123456789012 --grantee-id alice --action administer --expires-in 8h
g=$out
sql 'CREATE ROLE http_worker LOGIN IN ROLE grantd_app'

web_begin "$PWD/site" "$(dirname "$GRANTCTL")/grantd" || bail 'no site'
web_setting GRANTD_DATABASE "host=$PGHOST port=$PGPORT dbname=$PGDATABASE user=http_worker"
! grep -q __asan_init "$web_state/bin/grantd" || web_setting GRANTD_MEMORY_LIMIT 0
web_start nginx "$(free_port)" /api || bail 'no web server'

with=(--tenant "$t" --url "$web_url" --api-key-file key)
# over WHAT ARGUMENT...: it is done over HTTP.
over()
{
	local what=$1

	shift
	does "$what" "$@" "${with[@]}"
}

# same ARGUMENT...: over HTTP it prints what it does on the database, for people and for programs. Of objects and what is not there
# the form may be another.
same()
{
	does "$*: on the database" "$@" --tenant $t
	grep -v '^request  *-$' out | tr -d '[:blank:]\134' >database
	does "$*: over HTTP" "$@" "${with[@]}"
	is "$*: the same" "$(grep -v '^request  *-$' out | tr -d '[:blank:]')" "$(<database)"
	does "$* --json: on the database" "$@" --json --tenant $t
	jq -Sc . out >database
	does "$* --json: over HTTP" "$@" --json "${with[@]}"
	is "$* --json: the same" "$(jq -Sc . out)" "$(<database)"
}

over 'auditing is switched on' grant audit on $g --reason 'on call'
like 'and shown' "$out" $'\nauditing +on\n'
is 'the entry tells who and why' "$(sql "SELECT actor_type, reasoning FROM grantd.audit_log WHERE action = 'UpdateGrant'")" 'api_key|on call'
over 'a grant is made' grant create --resource-type aws_s3_bucket --resource-id logs.example.com --grantee-id bob --action 'read & write' \
	--expires-at 2099-12-31T00:00:00Z --metadata '{"ticket": 12345678901234567890}'
like 'its id is printed' "$out" "$uuid_form"
plain=$out
over 'and revoked' grant revoke $plain
like 'which is shown' "$out" $'\nstatus +revoked\n'
over 'auditing is switched off' grant audit off $g
same grant list
same grant list --status revoked --limit 1
same grant show $g
same grant show $plain
same grant list --grantee-id 'alice'

ctl key create --name made --role operator --expires-in 1d "${with[@]}"
like 'a key is made' "$status $out" "^0 grd_"
like 'with what it is' "$err" 'Key [0-9a-f-]{36} .* with the roles: operator\. It is shown only this once'
ctl key check <<<"$out"
like 'and works' "$out" $'\nname +made\n'
id=$(sql "SELECT id FROM grantd.api_keys WHERE name = 'made'")
ctl key rotate $id --overlap 0s --json "${with[@]}"
is 'it is rotated' "$status $(json .name)" '0 made'
ctl key check <<<"$(json .raw_key)"
is 'into one that works' "$status" 0
over 'and the new one revoked' key revoke "$(sql "SELECT id FROM grantd.api_keys WHERE name = 'made' ORDER BY created_at DESC LIMIT 1")"
same key list --status revoked
same policy list
same policy show

does 'policies as a file' policy show --tenant $t
cp out rules
printf '%s\n' '@policy("extra") @notice("Not on whole accounts.")' \
	'forbid (principal in Role::"auditor", action == Action::"GetGrant", resource) when { resource.resource_type == "aws_account" };' \
	'@policy("extra") permit (principal in Role::"second", action, resource);' >>rules
over 'what would change' policy apply rules --dry-run
like 'is shown' "$out" '\+ policy "extra".*3 changes, none of them made'
over 'and is changed' policy apply rules
like 'all of it' "$out" '3 changes$'
over 'again' policy apply rules
is 'it is nothing' "$out" 'nothing to change'
same policy show
grep -v '"second"' rules | sed 's/Not on whole accounts/Whole accounts: no/' >others
over 'another file' policy apply others
like 'changes a rule and takes one away' "$out" '2 changes$'
over 'again' policy apply others
is 'it is nothing' "$out" 'nothing to change'

sql "INSERT INTO grantd.activity_event (tenant_id, grant_id, id, occurred_at, service, name, kind, outcome)
	SELECT '$t', '$g', gen_random_uuid(), '2026-11-23 02:00:00+00'::timestamptz + n * interval '1 day', 's3', 'GetObject', 'read', 'success'
	FROM generate_series(1, 3) n"
same activity list $g
same activity summary $g
same activity summary $g --since 2026-01-01T00:00:00Z --interval 86400
same audit list
same audit list --action UpdateGrant --limit 2
same audit show "$(sql "SELECT id FROM grantd.audit_log WHERE reasoning = 'on call'")"
over 'an export' audit export
like 'is complete' "$(tail -n 1 out)" '^\{"complete":true,"entries":[0-9]+\}$'
is 'and has all entries' "$(wc -l <out)" "$(sql "SELECT count(*) + 1 FROM grantd.audit_log")"
over 'in CSV, too' audit export --format csv
like 'as the last line says' "$(tail -n 1 out)" '^complete,[0-9]+'

# Refusals
with=(--tenant "$t" --url "$web_url" --api-key-file auditor)
refuses 1 'grant show: 403 policy_denied: .* \(request [0-9a-f-]{36}\)
  notice: Whole accounts: no' grant show $g "${with[@]}"
refuses 1 '403 policy_denied' grant audit on $g "${with[@]}"
with=(--tenant "$t" --url "$web_url" --api-key-file key)
refuses 1 '404 not_found: ' grant show $nobody "${with[@]}"
refuses 1 '403 tenant_mismatch: ' grant list --tenant $nobody --url "$web_url" --api-key-file key
refuses 1 ': 404 not_found|no answer of grantd' grant list --tenant $t --url "${web_url%/api}/elsewhere" --api-key-file key
refuses 1 'Failed to connect|Could.?n.t connect' grant list --tenant $t --url "http://127.0.0.1:$(free_port)" --api-key-file key
refuses 1 'none: No such file' grant list --tenant $t --url "$web_url" --api-key-file none
tr A-Za-z B-ZAb-za <key >other
refuses 1 'other holds no key' grant list --tenant $t --url "$web_url" --api-key-file other
is 'which is not repeated' "$(grep -cF "$(<other)" <<<"$err")" 0
refuses 2 '--url needs --api-key-file' grant list --tenant $t --url "$web_url"
refuses 2 'go with --url' grant list --tenant $t --api-key-file key
refuses 2 'as anybody on the way could read the key' grant list --tenant $t --url http://example.com --api-key-file key
refuses 2 'must be a URL such as https://' grant list --tenant $t --url 127.0.0.1:8080 --api-key-file key
refuses 2 'must begin with https' grant list --tenant $t --url ftp://127.0.0.1 --api-key-file key
refuses 2 'nor a fragment' grant list --tenant $t --url https://127.0.0.1/#x --api-key-file key
refuses 2 'works on the database alone' audit verify --url "$web_url"
refuses 2 'works on the database alone' tenant list --url "$web_url"
refuses 2 '--id and --audit are for the database alone' grant create --resource-type aws_account --resource-id 123456789012 --grantee-id a \
	--action b --expires-in 1h --audit "${with[@]}"
does 'a key from standard input' grant show $g --tenant $t --url "$web_url" --api-key-file - <key
PGHOST=$PWD/none GRANTD_WORKERS=many does 'and no database is asked for' grant show $g "${with[@]}"

# TLS
openssl req -x509 -newkey rsa:2048 -nodes -keyout tls.key -out tls.crt -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
cat tls.key tls.crt >tls.pem
port=$(free_port)
socat "openssl-listen:$port,bind=127.0.0.1,cert=tls.pem,verify=0,fork,reuseaddr" "tcp:127.0.0.1:$web_port" 2>/dev/null &
helpers+=($!)
reachable()
{
	(: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}
until_true()
{
	local end=$((SECONDS + 20))

	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}
until_true reachable
https=https://localhost:$port/api
does 'over TLS' grant show $g --tenant $t --url $https --api-key-file key --ca-file tls.crt
refuses 1 'certificate' grant show $g --tenant $t --url $https --api-key-file key
refuses 1 'certificate|subject name' grant show $g --tenant $t --url https://127.0.0.1:$port/api --api-key-file key --ca-file tls.crt

# What nobody knows has a status of its own.
printf '%s\r\n' 'HTTP/1.1 503 Service Unavailable' 'Content-Type: application/json' 'X-Request-Id: lost-1' 'Connection: close' '' \
	'{"code":"commit_unknown","message":"It is not known.","details":{"request_id":"lost-1"}}' >lost
port=$(free_port)
socat "tcp-listen:$port,bind=127.0.0.1,fork,reuseaddr" SYSTEM:'head -c 20 >/dev/null; cat lost' 2>/dev/null &
helpers+=($!)
until_true reachable
with=(--tenant "$t" --url "http://127.0.0.1:$port" --api-key-file key)
refuses 3 '503 commit_unknown: It is not known\. \(request lost-1\).*whether it was done is not known' grant audit on $g "${with[@]}"
: >lost
refuses 3 'whether it was done is not known' grant audit on $g "${with[@]}"
refuses 1 'grant show: ' grant show $g "${with[@]}"
printf '%s\r\n' 'HTTP/1.1 200 OK' 'Content-Type: application/json' 'Connection: close' '' '{"id":"' >lost
refuses 3 'whether it was done is not known' grant audit on $g "${with[@]}"
refuses 1 'no answer of grantd' grant show $g "${with[@]}"
printf '%s\r\n' 'HTTP/1.1 301 Moved Permanently' 'Location: https://127.0.0.1/' 'Content-Type: text/html' 'Connection: close' '' '<html>' >lost
refuses 1 'status 301, and no answer of grantd' grant audit on $g "${with[@]}"

# A server's words are shown, and obeyed by no terminal.
printf '%s\r\n' 'HTTP/1.1 403 Forbidden' 'Content-Type: application/json' 'Connection: close' '' \
	'{"code":"policy_denied","message":"\u001b[2Jno\u009b31m","notices":["\u001b]0;x\u0007ask\u009b1m"],"details":{"w\u001b[1m":"\u007fh\u001b[1my"}}' >lost
refuses 1 '403 policy_denied: \?\[2Jno\?31m .*notice: \?\]0;x\?ask\?1m.*w\?\[1m: \?h\?\[1my' grant audit on $g "${with[@]}"
is 'nothing of it is a control' "$(LC_ALL=C tr -d '\n -~' <err)" ''
printf '%s\r\n' 'HTTP/1.1 201 Created' 'Content-Type: application/json' 'Connection: close' '' '{"raw_key":"\u001b[2J"}' >lost
refuses 1 'the answer has no key in it' key create --name x --role admin "${with[@]}"

done_testing

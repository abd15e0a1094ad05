#!/bin/bash
# SPDX-License-Identifier: MIT
# Web servers that are slow, silent, or do not keep to FastCGI; and the oddities of those that do.
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"

key=grd_Ab3dEf7h_00000000000000000000000000000000000000000003xAJ4f
id=2489e9ad-2ee2-8e00-8ec9-32d5f69181c0

# The client's steps end with this status, its answer begins with this (both may be patterns), and grantd still serves,
# with the same worker.
steps()
{
	local what=$1 status=$2 begins=$3 before answer got

	shift 3
	before=$(workers)
	answer=$(fcgi "$@" 2>&1 | tr -d '\r\0'; exit "${PIPESTATUS[0]}")
	got=$?
	like "$what: how it ends" "$got" "^$status\$"
	like "$what: the answer" "${answer//$'\n'/ }" "^$begins"
	ok "$what: the next is served" answers
	is "$what: by the same worker" "$(workers)" "$before"
}

# In the background, one that only holds its connection until $work/go is there.
hold()
{
	rm -f "$work/held" "$work/go"
	fcgi "$@" touch "$work/held" wait "$work/go" >/dev/null 2>&1 &
	held=$!
	background+=("$held")
	until_true test -e "$work/held"
}

# Somebody holds a connection and sends nothing more; the one worker serves others nonetheless.
held()
{
	local what=$1

	shift
	hold "$@"
	ok "$what: others are served" answers
	ok "$what: while it is there still" kill -0 "$held"
	touch "$work/go"
	wait "$held"
}

GRANTD_PEER_TIMEOUT=300 GRANTD_BODY_TIMEOUT=500 grantd_start --workers 1

# Silent and slow
held "a silent connection"
held "a connection with one byte" raw 01
held "a head that stops" begin 1 0
held "variables that stop" request GET /healthz begin 1 0 record 4 0e03
held "an answer whose connection stays" get /healthz
held "a body that never comes" request PATCH "/v1/grants/$id" param "HTTP_X_API_KEY=$key" \
	param "HTTP_X_TENANT_ID=$id" param CONTENT_TYPE=application/json begin 1 0 params
steps "a head that drips" 3 '' slow 20 split 1 request GET /healthz begin 1 0 params read
steps "a body that never ends" 0 'Status: [0-9]+' request PATCH "/v1/grants/$id" param "HTTP_X_API_KEY=$key" \
	param "HTTP_X_TENANT_ID=$id" param CONTENT_TYPE=application/json begin 1 0 params stdin '{' read

# Gone
steps "closed at once" 0 ''  touch "$work/x"
steps "closed in the head" 0 '' begin 1 0
steps "closed in the body" 0 '' request PATCH "/v1/grants/$id" param "HTTP_X_API_KEY=$key" \
	param "HTTP_X_TENANT_ID=$id" param CONTENT_LENGTH=22 begin 1 0 params stdin '{"a'
steps "half closed after the request" 0 'Status: 200' request GET /healthz begin 1 0 params end shut read
steps "half closed in the body" '(0|3)' '' request PATCH "/v1/grants/$id" begin 1 0 params stdin '{' shut read
steps "closed before the answer" 0 '' request GET /healthz begin 1 0 params end
like "200 that close at once" "$("$client" -n 50 -c 4 "$socket" touch "$work/x")" 'bad=200'
ok "200 that close at once: the next is served" answers

# Records
steps "padding of 255" 0 'Status: 200' request GET /healthz begin 1 0 padding 255 params end read
steps "padding of every record" 0 'Status: 200' padding 255 get /healthz
steps "one byte at a time" 0 'Status: 200' split 1 request GET /healthz begin 1 0 padding 3 params end read
steps "seven bytes at a time" 0 'Status: 200' split 7 get /healthz
steps "request id 65535" 0 'Status: 200' id 65535 get /healthz
steps "no variables" 0 'Status: 404 ' begin 1 0 params end read
steps "no body record" 0 'Status: 200' request GET /healthz begin 1 0 params read
steps "version 2" 3 '' version 2 get /healthz
steps "garbage" 3 '' raw 474554202f20485454502f312e300d0a0d0a read
steps "request id 0" 3 '' id 0 begin 1 0 id 1 read
steps "a record of another request" 0 'Status: 200' request GET /healthz begin 1 0 id 7 stdin lost id 1 params end read
steps "a second request on the same connection" 0 'Status: 200' request GET /healthz begin 1 0 id 2 begin 1 0 \
	id 1 params end read
steps "an unknown record of the request" 3 '' request GET /healthz begin 1 0 record 77 00 params end read
steps "closed between two variables" 3 '' begin 1 0 \
	record 4 0e03524551554553545f4d4554484f44474554090850415448\
5f494e464f2f6865616c74687a shut read
steps "a question about multiplexing" 0 'Status: 200' id 0 \
	record 9 0f00464347495f4d5058535f434f4e4e53 id 1 get /healthz
steps "an unknown record of the connection" 0 'Status: 200' id 0 record 77 '' id 1 get /healthz
steps "an unknown record of the connection, with content" 0 'Status: 200' id 0 record 77 00 id 1 get /healthz
steps "a name longer than its record" 3 '' begin 1 0 record 4 7f0041 id 1 record 4 '' read
steps "ABORT before the body" 3 '' request GET /healthz begin 1 0 record 2 '' read
steps "ABORT in the body" '(0|3)' '' request PATCH "/v1/grants/$id" param "HTTP_X_API_KEY=$key" \
	param "HTTP_X_TENANT_ID=$id" param CONTENT_TYPE=application/json begin 1 0 params stdin '{' record 2 '' read

# Roles: an authorizer's 200 would be a permission.
steps "authorizer" 0 'Status: 500 ' request GET /healthz begin 2 0 params end read
steps "filter" 0 'Status: 500 ' request GET /healthz begin 3 0 params end read
# FCGI_UNKNOWN_ROLE
steps "an unknown role" 4 '' request GET /healthz begin 9 0 params end read

# A connection is kept where the web server asks for it, idle for as long as it likes.
steps "a connection to be kept" 0 'Status: 200.*Status: 200.*Status: 404' kept /healthz kept /healthz kept /nothing
steps "one that is not to be kept any more" 3 'Status: 200.*Status: 200' kept /healthz get /healthz read
held "a kept connection" kept /healthz
steps "a second request behind the first" 0 'Status: 200.*Status: 503' request GET /healthz begin 1 1 params end \
	request GET /readyz begin 1 1 params end read read
steps "a second request behind a padded first" 0 'Status: 200.*Status: 503' padding 9 request GET /healthz begin 1 1 \
	params end request GET /readyz begin 1 1 params end read read
steps "many requests, a byte at a time" 0 'Status: 200.*Status: 200.*Status: 200' split 1 padding 1 \
	kept /healthz kept /healthz kept /healthz
steps "a second request with another id" 0 'Status: 200.*Status: 200' kept /healthz id 9 kept /healthz
steps "a second request that stops in its head" 3 'Status: 200' kept /healthz request GET /healthz begin 1 1 read
steps "a second request that is garbage" 3 'Status: 200' kept /healthz raw 474554202f20485454502f312e300d0a0d0a read
steps "a kept connection that is half closed" 3 'Status: 200' kept /healthz shut read
steps "an unread body does not become the next request" 0 'Status: 405.*Status: 200' request PUT /healthz \
	param CONTENT_LENGTH=100000 begin 1 1 params fill 100000 end read kept /healthz
steps "an unread body that stops on a kept connection" 3 'Status: 405' request PUT /healthz \
	param CONTENT_LENGTH=100000 begin 1 1 params fill 10 read kept /healthz

# A length that cannot be, and a value that is cut short for whoever reads it as a text
steps "a name of two gigabytes" 3 '' begin 1 0 record 4 ffffffff0041 read
steps "a name and a value of two gigabytes" 3 '' begin 1 0 record 4 ffffffffffffffff41 record 4 '' read
steps "a value longer than its record" 3 '' begin 1 0 record 4 017f4142 record 4 '' read
steps "half of a length" 3 '' begin 1 0 record 4 80 record 4 '' read
# PATH_INFO=/healthz, a NUL, x; then HTTP_X_API_KEY=x, a NUL, y
steps "a NUL in the path" 0 'Status: 400 .*"invalid_parameter"' begin 1 0 \
	record 4 090a504154485f494e464f2f6865616c74687a0078 record 4 '' end read
steps "a NUL in the key" 0 'Status: 400 .*"invalid_parameter"' begin 1 0 \
	record 4 0e03485454505f585f4150495f4b4559780079 record 4 '' end read
steps "a NUL in what nobody reads" 0 'Status: 404' begin 1 0 record 4 04034241523d780079 record 4 '' end read

# A body that nobody reads does not spoil the answer.
steps "an unread body of 1 MB" 0 'Status: 405 .*"method_not_allowed"' request PUT /healthz \
	param CONTENT_LENGTH=1000000 begin 1 0 params fill 1000000 end read
steps "an unread body that stops" 0 'Status: 405 ' request PUT /healthz \
	param CONTENT_LENGTH=1000000 begin 1 0 params fill 10 read

# What a request is made of
steps "HEAD has no body" 0 'Status: 200 OK .*[^}] *$' request HEAD /healthz begin 1 0 params end read
steps "a whole path as SCRIPT_NAME" 0 'Status: 200' param REQUEST_METHOD=GET param SCRIPT_NAME=/healthz \
	begin 1 0 params end read
steps "a mount that there is not" 0 'Status: 404 ' request GET /x/healthz begin 1 0 params end read
steps "one that is said to be the script" 0 'Status: 404 ' param REQUEST_METHOD=GET param SCRIPT_NAME=/x \
	param PATH_INFO=/healthz begin 1 0 params end read
for header in HTTP_X_API_KEY HTTP_X_TENANT_ID HTTP_X_REQUEST_ID; do
	steps "$header twice" 0 'Status: 400 .*"duplicate_header"' request PATCH "/v1/grants/$id" \
		param "$header=a" param "$header=b" begin 1 0 params end read
done
steps "X-Tenant-ID joined" 0 'Status: 400 .*"duplicate_header"' request PATCH "/v1/grants/$id" \
	param "HTTP_X_TENANT_ID=$id, $id" begin 1 0 params end read
steps "a key in the wrong form" 0 'Status: 401 .*"unauthenticated"' request PATCH "/v1/grants/$id" \
	param HTTP_X_API_KEY=x param "HTTP_X_TENANT_ID=$id" begin 1 0 params end read

not_ok "no worker has died" logged 'worker [0-9]+ (was killed|ended)'
grantd_stop "after all that"

# With a base path, the rest of the path is what counts.
GRANTD_BASE_PATH=/api grantd_launch --workers 1
based()
{
	fcgi get /api/healthz >/dev/null 2>&1
}
ok "GRANTD_BASE_PATH is cut off" until_true based
other=$(fcgi get /other/healthz | head -c 11)
is "and nothing else is" "$other" "Status: 404"
steps "with a base path: a path without it" 0 'Status: 404 ' get /healthz
steps "with a base path: another script's" 0 'Status: 404 ' param REQUEST_METHOD=GET param SCRIPT_NAME=/other \
	param PATH_INFO=/healthz begin 1 0 params end read
steps "with a base path: its script's" 0 'Status: 200 ' param REQUEST_METHOD=GET param SCRIPT_NAME=/api \
	param PATH_INFO=/healthz begin 1 0 params end read
grantd_stop "with a base path"

done_testing

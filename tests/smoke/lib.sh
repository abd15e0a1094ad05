# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Requests and what is expected of their answers. Sourced by run, after tests/lib/tap.sh and deploy/lib/web.sh.
#
#   request METHOD PATH CURL-ARGUMENTS...
#                              fills status, head (lower-case names) and body; never fails
#   keyed METHOD PATH ...      the same with the tenant's key and X-Tenant-ID
#   patch BODY ...             PATCH of the tenant's grant with a JSON body
#   patch_file FILE ...        the same with the bytes of a file
#   field NAME                 a header of the answer
#   member FILTER              a value of the answer's body, by a jq filter
#   expect_ok WHAT STATUS [JQ-CONDITION]
#                              the last answer is whole and right for a success
#   expect_error WHAT STATUS CODE [JQ-CONDITION]
#                              the last answer is grantd's own error of that kind, in the one shape
#   expect_server_error WHAT STATUS-REGEX
#                              the last answer is the web server's own error, in JSON
#   sql QUERY                  as the database's superuser

status='' head='' body=''
declare -A fields	# of the head; where one comes in several lines, a line each
root=''	# of what is asked: http://127.0.0.1:PORT and the path that the API is mounted at

# Take in what curl wrote.
read_answer()
{
	local line name

	head='' fields=()
	while IFS= read -r line; do
		case $line in
		# Of a "100 Continue" and the answer, the answer.
		HTTP/*)	head='' fields=() ;;
		*:*)	name=${line%%:*} line=${line#*:} line=${line# }
			name=${name,,} line=${line%$'\r'}
			head+="$name: $line"$'\n'
			fields[$name]+=${fields[$name]+$'\n'}$line ;;
		esac
	done <"$work/head"
	IFS= read -r -d '' body <"$work/body" || :
}

request()
{
	local method=$1 path=$2

	shift 2
	case $method in
	HEAD)	set -- --head "$@" ;;
	*)	set -- --request "$method" "$@" ;;
	esac
	: >"$work/head"
	: >"$work/body"
	status=$(curl --silent --path-as-is --globoff --max-time 30 --dump-header "$work/head" --output "$work/body" \
	    --write-out '%{http_code}' "$@" "$root$path" 2>"$work/curl") || status="$status (curl: $?)"
	# curl takes the headers for the body of an answer to HEAD.
	[ "$method" != HEAD ] || : >"$work/body"
	read_answer
	[ -z "${GRANTD_RECORD-}" ] || record_answer "$method" "$path"
}

# For tests/contract/check, which holds every answer against docs/openapi.yaml.
recorded=0
record_answer()
{
	local file="$GRANTD_RECORD/$form.$$.$((recorded += 1))"

	printf '%s %s %s\n' "$1" "$2" "$status" >"$file.request"
	cp "$work/head" "$file.head"
	cp "$work/body" "$file.body"
}

keyed()
{
	request "$@" --header "X-API-Key: $key" --header "X-Tenant-ID: $tenant"
}

patch()
{
	local data=$1

	shift
	keyed PATCH "/v1/grants/$grant" --header 'Content-Type: application/json' --data-binary "$data" "$@"
}

patch_file()
{
	local file=$1

	shift
	patch "@$file" "$@"
}

field()
{
	[ -z "${fields[$1]+there}" ] || printf '%s\n' "${fields[$1]}"
}

member()
{
	jq -r "$1" <<<"$body" 2>/dev/null
}

# judge WHAT: one test, passed where "wrong" is empty.
judge()
{
	if [ -z "$wrong" ]; then
		pass "$form$mounted: $1"
		return
	fi
	fail "$form$mounted: $1" || :
	diag "wrong:$wrong"
	diag "$status $(cat "$work/curl")"
	diag "$head"
	diag "$body"
}

note_unless()
{
	local what=$1

	shift
	"$@" || wrong="$wrong $what;"
}

same()
{
	[ "$1" = "$2" ]
}

matches()
{
	[[ $1 =~ $2 ]]
}

# What every answer of grantd's carries.
note_common()
{
	note_unless 'no X-Request-Id' matches "${fields[x-request-id]-}" '^[A-Za-z0-9._-]{1,128}$'
	note_unless 'Cache-Control is not no-store' same "${fields[cache-control]-}" no-store
	note_unless 'no nosniff' same "${fields[x-content-type-options]-}" nosniff
}

# gojq starts in half of jq's time, which counts here; but it keeps no order of members.
json_holds()
{
	local jq=gojq

	[[ $1 != *keys_unsorted* ]] || jq=jq
	"$jq" -e --arg rid "${fields[x-request-id]-}" "$1" <<<"$body" >/dev/null 2>&1
}

# A body of one JSON value, where there is one: not with 204 and 304, and not to HEAD.
expect_ok()
{
	wrong=
	note_unless "status $status, not $2" same "$status" "$2"
	note_common
	if [ $# -ge 3 ]; then
		note_unless 'not application/json' same "${fields[content-type]-}" application/json
		note_unless "not so: $3" json_holds "$3"
	elif [ "$2" = 204 ] || [ "$2" = 304 ]; then
		note_unless 'a body' test ! -s "$work/body"
	fi
	judge "$1"
}

# shellcheck disable=SC2016 # jq's own variable
error_shape='type == "object" and (keys - ["code", "details", "message", "notices"] == [])
	and (.message | type == "string" and length > 0) and .details.request_id == $rid'

expect_error()
{
	wrong=
	note_unless "status $status, not $2" same "$status" "$2"
	note_common
	note_unless 'not application/json' same "${fields[content-type]-}" application/json
	note_unless "not an error $3 in the one shape" \
	    json_holds "$error_shape and .code == \"$3\" and (${4:-true})"
	case $2 in
	401)	note_unless 'WWW-Authenticate' same "${fields[www-authenticate]-}" 'ApiKey realm="grantd"' ;;
	405)	note_unless 'no Allow' test -n "${fields[allow]-}" ;;
	503)	note_unless 'no Retry-After' matches "${fields[retry-after]-}" '^[0-9]+$' ;;
	esac
	judge "$1"
}

expect_server_error()
{
	wrong=
	note_unless "status $status, not $2" matches "$status" "^($2)\$"
	note_unless 'not application/json' same "${fields[content-type]-}" application/json
	note_unless 'not an error in the one shape' json_holds 'type == "object"
	    and (.code | type == "string") and (.message | type == "string")'
	judge "$1"
}

# expect WHAT COMMAND...: for what is no answer. In this shell, so that the command may set variables.
expect()
{
	local what=$1 result

	shift
	if "$@" >"$work/output" 2>&1; then
		pass "$form$mounted: $what"
		return
	else
		result=$?
	fi
	fail "$form$mounted: $what" || :
	diag "status $result from: $*"
	diag "$(cat "$work/output")"
}

sql()
{
	psql -X -q -At -v ON_ERROR_STOP=1 -c "$1"
}

# How many entries the whole audit log gained since the cases began.
entries()
{
	sql "SELECT count(*) - $entries_before FROM grantd.audit_log"
}

row()
{
	sql "SELECT audit_enabled, version, audit_length, encode(audit_head, 'hex')
	    FROM grantd.grants WHERE tenant_id = '$tenant' AND id = '$grant'"
}

# until_true SECONDS COMMAND...: 1 when it did not come true in time.
until_true()
{
	local end=$((SECONDS + $1))

	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

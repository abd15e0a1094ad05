# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Sizes of bodies, the ways they come, and what is JSON.

limit=16384

# sized N: a file with a patch of N bytes that changes nothing.
sized()
{
	printf '{"audit_enabled":true%*s}' $(($1 - 22)) '' >"$work/sized"
}

in_pieces()
{
	local data=$1 at

	for ((at = 0; at < ${#data}; at += 10)); do
		printf '%s' "${data:at:10}"
		sleep 0.05
	done
}

for size in 22 $((limit - 1)) "$limit" $((limit + 1)) 100000 250000; do
	sized "$size"
	[ "$(stat -c %s "$work/sized")" = "$size" ] || bail "a body of $size bytes could not be made"
	for way in length chunked; do
		with=()
		[ "$way" = length ] || with=(--header 'Transfer-Encoding: chunked')
		patch_file "$work/sized" --header 'Expect:' ${with[@]+"${with[@]}"}
		case $form:$size in
		# mod_fcgid's own limit of 128 KiB, which a user's .htaccess cannot raise.
		shared-hosting:250000)
			expect_server_error "$size bytes, $way: mod_fcgid's limit" 500
			continue ;;
		esac
		if [ "$size" -le "$limit" ]; then
			expect_ok "$size bytes, $way" 200 '.version == 4'
		else
			expect_error "$size bytes, $way" 413 body_too_large ".details.limit == $limit"
		fi
	done
done

keyed PATCH "/v1/grants/$grant" --header 'Content-Type: application/json' --header 'Transfer-Encoding: chunked' \
    --header 'Expect:' --upload-file - < <(in_pieces '{ "audit_enabled" : true }')
expect_ok 'a body that comes slowly, in pieces' 200 '.version == 4'
keyed PATCH "/v1/grants/$grant" --header 'Content-Type: application/json' --header 'Transfer-Encoding: chunked' \
    --header 'Expect:' --upload-file - < <(in_pieces '{ "audit_enabled" : tru }')
expect_error 'a slow body that is no JSON' 400 invalid_json '.details.offset == 20'
patch '{}' --header 'Expect: 100-continue'
expect_ok 'Expect: 100-continue' 200 .id
keyed PATCH "/v1/grants/$grant" --header 'Content-Type: application/json'
expect_error 'no body' 400 invalid_json '.details.offset == 0'
patch '' --header 'Content-Length: 0'
expect_error 'an empty body' 400 invalid_json '.details.offset == 0'

# What only looks like JSON. A NUL and other bytes are written as printf's escapes.
# shellcheck disable=SC2059 # they are meant
not_json()
{
	printf "$1" >"$work/json"
	patch_file "$work/json"
	expect_error "not JSON: ${1:0:40}" 400 invalid_json \
	    ".details.offset | type == \"number\" and . >= 0 and . <= $(stat -c %s "$work/json")"
}
for text in ' ' '{' '}' '{"audit_enabled":true' '{"audit_enabled":true}x' '{"audit_enabled":true}{}' \
    '{"audit_enabled":true} null' '{"audit_enabled":true,}' '{,"audit_enabled":true}' '{"audit_enabled",true}' \
    '{"audit_enabled" true}' '{audit_enabled:true}' "{'audit_enabled':true}" '{"audit_enabled":True}' \
    '{"audit_enabled":TRUE}' '{"audit_enabled":tru}' '{"audit_enabled":truex}' '{"audit_enabled":NaN}' \
    '{"audit_enabled":Infinity}' '{"audit_enabled":-Infinity}' '{"audit_enabled":undefined}' \
    '{"audit_enabled":01}' '{"audit_enabled":+1}' '{"audit_enabled":.5}' '{"audit_enabled":1.}' \
    '{"audit_enabled":1e}' '{"audit_enabled":0x1}' '{"audit_enabled":-}' '{"audit_enabled":-01}' \
    '/* x */{"audit_enabled":true}' '{"audit_enabled":true}// x' '{"audit_enabled":/**/true}' \
    '# x\n{"audit_enabled":true}' '\xef\xbb\xbf{"audit_enabled":true}' '\xff\xfe{\x00}\x00' '{"audit_enabled":true}\x00' \
    '\x00{"audit_enabled":true}' '{"audit_enabled":true}\x0c' '\x0b{}' '\xc2\xa0{}' \
    '{"audit_enabled":true,"audit_enabled":true}' '{"audit_enabled":false,"audit_enabled":true}' \
    '{"audit_enabled":true,"audit\\u005fenabled":false}' '{"a":{"b":1,"b":1}}' \
    '{"a":"\\ud800"}' '{"a":"\\udc00\\ud800"}' '{"\\ud800":1}' '{"a":"\\ud800\\u0041"}' '{"a":"\\u12"}' '{"audit_enabled\\u0000":true}' '{"a":"\\x41"}' \
    "{\"a\":\"\\\\'\"}" '{"a":"\x01"}' '{"a":"\n"}' '{"a":"\t"}' '{"a":"\x00"}' '{"a":"\x80"}' '{"a":"\xc0\xaf"}' \
    '{"a":"\xed\xa0\x80"}' '{"a":"\xf4\x90\x80\x80"}' '{"a":"\xf0\x9f\x98"}' '{"a":"x}' '[1,]' '[,1]' '[1 2]' '[1' '"x' ; do
	not_json "$text"
done
nested()
{
	printf '%*s' "$1" '' | tr ' ' "$2"
}
not_json "{\"a\":$(nested 32 '[')$(nested 32 ']')}"
not_json "$(nested 8000 '[')"
not_json "$(nested 8000 '[')$(nested 8000 ']')"

# JSON, but no patch.
# shellcheck disable=SC2059
no_patch()
{
	printf "$1" >"$work/json"
	patch_file "$work/json"
	expect_error "no patch: ${1:0:40}" 422 invalid_body ".details.member == \"$2\""
}
for value in null 0 1 '"true"' '""' '[]' '{}' '[true]' 1e999 -0 0.0 "$(nested 3000 1)"; do
	no_patch "{\"audit_enabled\":$value}" audit_enabled
done
for text in null true 1 '"x"' '[]' '[{"audit_enabled":true}]'; do
	no_patch "$text" '(body)'
done
for member in status tenant_id id version Audit_enabled audit_enable 'audit_enabled '; do
	no_patch "{\"audit_enabled\":false,\"$member\":\"x\"}" "$member"
done
no_patch "{\"a\":$(nested 31 '[')$(nested 31 ']')}" a

# JSON that is a patch.
# shellcheck disable=SC2059
for text in '{}' ' \t\r\n{ } \n' '{"audit_enabled":true}' '{"audit\\u005fenabled":true}'; do
	printf "$text" >"$work/json"
	patch_file "$work/json"
	expect_ok "a patch: $text" 200 '.audit_enabled == true and .version == 4'
done
expect 'nothing here appended an entry' same "$(entries)" 3

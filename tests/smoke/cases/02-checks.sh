# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The order of checks, and each check by itself.

nowhere=11111111-2222-4333-8444-555555555555

# 1: the path, the method.
request GET /v1/nothing
expect_error 'an unknown path is called so' 404 not_found '.message | startswith("There is no such path")'
request PATCH /v1/nothing
expect_error 'an unknown path, whatever the method' 404 not_found
keyed GET "/v1/grants/$grant/"
expect_error 'a slash at the end is another path' 404 not_found
keyed GET "/V1/grants/$grant"
expect_error 'paths have letter case' 404 not_found
for method in POST PUT DELETE; do
	request "$method" /healthz --data ''
	expect_error "$method of healthz" 405 method_not_allowed
	expect "$method of healthz: Allow" same "$(field allow)" 'GET, HEAD, OPTIONS'
done
keyed PUT "/v1/grants/$grant" --header 'X-HTTP-Method-Override: PATCH' --data '{"audit_enabled":true}' \
    --header 'Content-Type: application/json'
expect_error 'no other header makes a PUT a PATCH' 405 method_not_allowed
expect 'a grant offers PATCH' matches "$(field allow)" '(^|, )PATCH(,|$)'
request PUT "/v1/grants/$grant"
expect_error 'the method is refused before the key' 405 method_not_allowed

# 2: the credential.
refused_as=
refuse_key()
{
	local what=$1

	shift
	request PATCH "/v1/grants/$grant" --header "X-Tenant-ID: $tenant" --header 'Content-Type: application/json' \
	    --header 'X-Request-Id: same' --data '{"audit_enabled":true}' "$@"
	expect_error "$what" 401 unauthenticated
	# All headers and the body, but for the time of day and the framing.
	answer=$(grep -v -e ^date: -e ^keep-alive: -e ^connection: <<<"$head" | sort)$body
	refused_as=${refused_as:-$answer}
	expect "$what: the same answer as to no key" same "$answer" "$refused_as"
}
refuse_key 'no key'
refuse_key 'an empty key' --header 'X-API-Key;'
refuse_key 'a word for a key' --header 'X-API-Key: secret'
refuse_key 'a key with a wrong check sum' --header "X-API-Key: ${key%?}$([ "${key: -1}" = 0 ] && echo 1 || echo 0)"
refuse_key 'a key cut short' --header "X-API-Key: ${key%?}"
refuse_key 'a key with more behind it' --header "X-API-Key: ${key}0"
refuse_key 'a well-formed key that nobody has' \
    --header 'X-API-Key: grd_unknown0_77777777777777777777777777777777777777777771zUN4D'
refuse_key 'a revoked key' --header "X-API-Key: $key_revoked"
refuse_key 'an expired key' --header "X-API-Key: $key_expired"
refuse_key 'SQL for a key' --header "X-API-Key: ' OR 1=1 --"
request PATCH '/v1/grants/x?y=%zz' --header 'X-Tenant-ID: x' --data '{'
expect_error 'the key is asked for before all else is looked at' 401 unauthenticated

# Revocation holds from the next request on.
keyed GET "/v1/grants/$grant" --header "X-Request-Id: before"
expect_ok 'a key that is good' 200 .id
request GET "/v1/grants/$grant" --header "X-API-Key: $key_later" --header "X-Tenant-ID: $tenant"
expect_ok 'another key of the tenant' 200 .id
sql "UPDATE grantd.api_keys SET revoked_at = statement_timestamp() WHERE name = 'later'"
request GET "/v1/grants/$grant" --header "X-API-Key: $key_later" --header "X-Tenant-ID: $tenant"
expect_error 'the same right after it was revoked' 401 unauthenticated

# 3: X-Tenant-ID.
for value in '' x "$tenant-" "{$tenant}" "urn:uuid:$tenant" "${tenant//-/}" "0$tenant" "${tenant%?}g"; do
	request PATCH "/v1/grants/x" --header "X-API-Key: $key" ${value:+--header "X-Tenant-ID: $value"} --data '{'
	expect_error "X-Tenant-ID: ${value:-absent}, before the parameters and the body" 400 invalid_tenant_id
done
request GET "/v1/grants/${grant,,}" --header "X-API-Key: $key" --header "X-Tenant-ID: ${tenant,,}"
expect_ok 'UUIDs in lower case' 200 '.id == "2489e9ad-2ee2-8e00-8ec9-32d5f69181c0"'

# 4: another tenant's.
request PATCH "/v1/grants/x" --header "X-API-Key: $key" --header "X-Tenant-ID: $other_tenant" --data '{'
expect_error "another tenant's id, before the parameters and the body" 403 tenant_mismatch
request PATCH "/v1/grants/$grant" --header "X-API-Key: $other_key" --header "X-Tenant-ID: $tenant" \
    --header 'Content-Type: application/json' --data '{"audit_enabled":true}'
expect_error "another tenant's key" 403 tenant_mismatch
request GET "/v1/grants/$grant" --header "X-API-Key: $key" --header "X-Tenant-ID: $nowhere"
expect_error 'a tenant that is not there' 403 tenant_mismatch

# 5: parameters.
for id in x "$nowhere-" "%7B$nowhere%7D" "${nowhere//-/}" "${nowhere%?}g" '%20' "$nowhere%20" '%C3%A4' "'--" \
    'a%3Fb' "${nowhere}0" '..%5c..'; do
	keyed PATCH "/v1/grants/$id" --header 'Content-Type: text/plain' --data '{'
	expect_error "id $id, before the body" 400 invalid_parameter '.details.parameter == "id"'
done
patch '{}' --header "X-Audit-Reason: $(printf 'x%.0s' {1..513})"
expect_error 'a reason of 513 bytes' 400 invalid_parameter '.details.parameter == "X-Audit-Reason"'
patch '{}' --header "X-Audit-Reason: $(printf 'x%.0s' {1..512})"
expect_ok 'a reason of 512 bytes' 200 .id
keyed GET "/v1/grants/$grant?limit=1"
expect_error 'a query parameter that the operation has not' 400 invalid_parameter '.details.parameter == "limit"'

# A slash in a name is no separator, whether the web server decodes it or not.
keyed GET "/v1/grants/$grant%2Factivity"
expect 'an encoded slash makes no other path' matches "$status" '^40[04]$'
keyed GET "/v1/grants%2f$grant?limit=1"
expect 'nor in small letters' matches "$status" '^40[04]$'

# 6: the body. More in bodies and json.
for type in text/json application/xml 'application/json; charset=latin1' application/x-www-form-urlencoded x \
    application/json-patch+json 'multipart/form-data; boundary=x'; do
	keyed PATCH "/v1/grants/$nowhere" --header "Content-Type: $type" --data '{'
	expect_error "Content-Type $type" 415 unsupported_media_type
	expect "Content-Type $type: what is taken" same "$(field accept-patch)" 'application/json, application/merge-patch+json'
done
keyed POST /v1/grants --header 'Content-Type: text/plain' --data '{}'
expect_error 'a POST of another type' 415 unsupported_media_type '.details.accepted == "application/json"'
expect 'is told of POST' same "$(field accept-post)" application/json
expect 'and not of PATCH' same "$(field accept-patch)$(grep -ci patch <<<"$body")" 0
printf '{"audit_enabled":true}' | gzip -c >"$work/body.gz"
for coding in gzip 'GZIP' 'identity, gzip' br; do
	patch_file "$work/body.gz" --header "Content-Encoding: $coding"
	expect_error "Content-Encoding $coding" 415 unsupported_media_type '.details.accepted == "identity"'
	expect "Content-Encoding $coding: what is taken" same "$(field accept-encoding)" identity
done
patch '{}' --header 'Content-Encoding: identity'
expect_ok 'Content-Encoding identity' 200 .id
keyed PATCH "/v1/grants/$grant" --header 'Content-Type:' --data '{}'
expect_error 'no Content-Type' 415 unsupported_media_type
for type in application/json APPLICATION/JSON 'application/json; charset=utf-8' 'application/json;charset="UTF-8"' \
    application/merge-patch+json 'application/merge-patch+json; charset=utf-8'; do
	keyed PATCH "/v1/grants/$grant" --header "Content-Type: $type" --data '{}'
	expect_ok "Content-Type $type" 200 .id
done

# 7: what is not there, and what is another tenant's.
body_of_unknown()
{
	keyed "$1" "/v1/grants/$2" --header 'Content-Type: application/json' --header 'X-Request-Id: same' \
	    --header 'If-Match: "x"' ${3:+--data "$3"}
	expect_error "$1 of $4" 404 not_found '.message | startswith("There is no such path") | not'
	answer=$(grep -v -e ^date: -e ^keep-alive: -e ^connection: <<<"$head" | sort)$body
}
body_of_unknown PATCH "$nowhere" '{"audit_enabled":true}' 'a grant that is not there, before If-Match'
first=$answer
body_of_unknown PATCH "$other_grant" '{"audit_enabled":true}' "another tenant's grant"
expect "PATCH of another tenant's grant is answered as one that is not there" same "$answer" "$first"
body_of_unknown GET "$nowhere" '' 'a grant that is not there'
first=$answer
body_of_unknown GET "$other_grant" '' "another tenant's grant"
expect "GET of another tenant's grant is answered as one that is not there" same "$answer" "$first"
expect "another tenant's grant is as it was" same "$(sql "SELECT audit_enabled, version, audit_length
    FROM grantd.grants WHERE id = '$other_grant'")" 'f|1|1'

# Nothing was changed by anything here.
request GET "/v1/grants/$grant" --header "X-API-Key: $key" --header "X-Tenant-ID: $tenant"
expect_ok 'refusals changed nothing' 200 '.audit_enabled == false and .version == 3'
expect 'and appended nothing' same "$(entries)" 2

# Request ids.
for id in x abc.DEF-1_2 "$(printf 'x%.0s' {1..128})"; do
	request GET /healthz --header "X-Request-Id: $id"
	expect "X-Request-Id ${id:0:20} comes back" same "$(field x-request-id)" "$id"
done
v7='^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
for id in "$(printf 'x%.0s' {1..129})" 'a b' 'a/b' 'a"b' ''; do
	request GET /healthz --header "X-Request-Id: $id"
	expect "X-Request-Id '${id:0:20}' is replaced by a UUIDv7" matches "$(field x-request-id)" "$v7"
done

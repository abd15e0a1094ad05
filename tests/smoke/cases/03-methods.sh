# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# HEAD, OPTIONS, browsers; conditional requests; Prefer.

# HEAD is GET without the body.
keyed GET "/v1/grants/$grant"
of_get=$(grep -e ^content-type: -e ^etag: -e ^cache-control: <<<"$head" | sort)
keyed HEAD "/v1/grants/$grant"
expect_ok 'HEAD of a grant' 200
expect 'HEAD has the headers of GET' same "$(grep -e ^content-type: -e ^etag: -e ^cache-control: <<<"$head" | sort)" \
    "$of_get"
request HEAD "/v1/grants/$grant"
expect 'HEAD needs a key' same "$status" 401

# OPTIONS needs no key.
request OPTIONS "/v1/grants/$grant"
expect_ok 'OPTIONS' 204
expect 'OPTIONS: Allow has PATCH' matches "$(field allow)" '(^|, )PATCH(,|$)'
expect 'OPTIONS: Accept-Patch' same "$(field accept-patch)" 'application/json, application/merge-patch+json'
request OPTIONS /healthz
expect_ok 'OPTIONS of healthz' 204
expect 'OPTIONS of healthz: Allow' same "$(field allow)" 'GET, HEAD, OPTIONS'
expect 'OPTIONS of healthz: no Accept-Patch' same "$(field accept-patch)" ''
request OPTIONS /v1/nothing
expect_error 'OPTIONS of an unknown path' 404 not_found

# Browsers.
preflight()
{
	request OPTIONS "/v1/grants/$grant" --header "Origin: $1" --header "Access-Control-Request-Method: $2" \
	    --header 'Access-Control-Request-Headers: content-type,x-api-key,x-tenant-id'
}
lists()
{
	local word

	for word in $2; do
		grep -qiE "(^|[, ])$word(,|\$)" <<<"$1" || return 1
	done
}
for origin in https://console.example.com http://localhost:3000; do
	preflight "$origin" PATCH
	expect_ok "preflight of $origin" 204
	expect 'its origin' same "$(field access-control-allow-origin)" "$origin"
	expect 'its method' lists "$(field access-control-allow-methods)" 'PATCH'
	expect 'its headers' lists "$(field access-control-allow-headers)" 'Content-Type X-API-Key X-Tenant-ID If-Match'
	expect 'no credentials mode' same "$(field access-control-allow-credentials)" ''
	expect 'Vary' lists "$(field vary)" Origin
	patch '{}' --header "Origin: $origin"
	expect_ok "the request itself" 200 .id
	expect 'its origin again' same "$(field access-control-allow-origin)" "$origin"
	expect 'what a page may read' lists "$(field access-control-expose-headers)" 'ETag X-Request-Id'
	request GET "/v1/grants/$grant" --header "Origin: $origin"
	expect_error 'an error' 401 unauthenticated
	expect 'may be read, too' same "$(field access-control-allow-origin)" "$origin"
done
for origin in https://evil.example https://console.example.com.evil.example http://console.example.com null \
    https://console.example.com:444; do
	preflight "$origin" PATCH
	expect "preflight of $origin: not allowed" same "$(field access-control-allow-origin)" ''
	patch '{}' --header "Origin: $origin"
	expect_ok "$origin: answered, as by any client" 200 .id
	expect "$origin: but no page may read it" same "$(field access-control-allow-origin)" ''
done

# Conditional requests.
keyed GET "/v1/grants/$grant"
etag=$(field etag)
expect 'a strong ETag' matches "$etag" '^"[^"]+"$'
bare=${etag#\"}
bare=${bare%\"}
for tag in "$etag" "W/$etag" "\"$bare-gzip\"" "W/\"$bare-gzip\"" '*' "\"x\", $etag" "\"a,b\" , W/\"y\",$etag, \"z\""; do
	patch '{}' --header "If-Match: $tag"
	expect_ok "If-Match: $tag" 200 .id
	keyed GET "/v1/grants/$grant" --header "If-None-Match: $tag"
	expect_ok "If-None-Match: $tag" 304
	expect "If-None-Match: $tag: ETag" matches "$(field etag)" "^(W/)?\"$bare"
done
keyed HEAD "/v1/grants/$grant" --header "If-None-Match: $etag"
expect_ok 'HEAD with If-None-Match' 304
for tag in '"x"' "\"$bare-gzip-gzip\"" '"x", W/"y"'; do
	patch '{"audit_enabled":true}' --header "If-Match: $tag"
	expect_error "If-Match: $tag" 412 precondition_failed
	keyed GET "/v1/grants/$grant" --header "If-None-Match: $tag"
	expect_ok "If-None-Match: $tag" 200 .id
done
for tag in "$bare" "\"$bare" "$etag \"x\"" "w/$etag" "* , $etag" "\"$bare \""; do
	patch '{"audit_enabled":true}' --header "If-Match: $tag"
	expect_error "If-Match: $tag" 400 invalid_parameter '.details.parameter == "If-Match"'
done
keyed GET "/v1/grants/$grant"
expect_ok 'refused preconditions changed nothing' 200 '.audit_enabled == false and .version == 3'
patch '{"audit_enabled":true}' --header "If-Match: $etag"
expect_ok 'a change with If-Match' 200 '.audit_enabled == true and .version == 4'
changed=$(field etag)
expect 'the ETag moved' test "$changed" != "$etag"
patch '{"audit_enabled":false}' --header "If-Match: $etag"
expect_error 'the old ETag no longer holds' 412 precondition_failed
patch '{"audit_enabled":true}' --header "If-Match: $changed"
expect_ok 'the new one does' 200 '.version == 4'

# Prefer.
for prefer in return=minimal 'Return=Minimal' 'respond-async, return=minimal' 'return="minimal"; x=y'; do
	patch '{}' --header "Prefer: $prefer"
	expect_ok "Prefer: $prefer" 204
	expect "Prefer: $prefer: Preference-Applied" same "$(field preference-applied)" return=minimal
	expect "Prefer: $prefer: ETag" same "$(field etag)" "$changed"
done
for prefer in return=representation 'x="return=minimal"' ''; do
	patch '{}' --header "Prefer: $prefer"
	expect_ok "Prefer: $prefer" 200 .id
done

# A list on several lines is one, whether the web server joins them or not.
patch '{}' --header 'Prefer: handling=lenient' --header 'Prefer: return=minimal'
expect_ok 'Prefer on two lines' 204
# nginx takes these two once, and lighttpd keeps the first If-None-Match alone.
patch '{}' --header 'If-Match: "x"' --header "If-Match: $changed"
case $form in
nginx | pgbouncer)	expect_server_error 'If-Match on two lines' 400 ;;
*)			expect_ok 'If-Match on two lines' 200 .id ;;
esac
keyed GET "/v1/grants/$grant" --header 'If-None-Match: "x"' --header "If-None-Match: $changed"
case $form in
nginx | pgbouncer)	expect_server_error 'If-None-Match on two lines' 400 ;;
lighttpd*)		expect_ok 'If-None-Match on two lines' 200 .id ;;
*)			expect_ok 'If-None-Match on two lines' 304 ;;
esac
request OPTIONS "/v1/grants/$grant" --header 'Origin: http://localhost:3000' --header 'Access-Control-Request-Method: PATCH' \
    --header 'Access-Control-Request-Headers: if-match' --header 'Access-Control-Request-Headers: x-api-key'
expect_ok 'Access-Control-Request-Headers on two lines' 204
# lighttpd drops what is empty.
patch '{}' --header 'If-Match;'
case $form in
lighttpd*)		expect_ok 'an empty If-Match is none' 200 .id ;;
*)			expect_error 'an empty If-Match names no version' 412 precondition_failed ;;
esac

# Unknown methods: grantd's 405, or the web server's own word.
for method in FOO patch; do
	keyed "$method" "/v1/grants/$grant" --header 'Content-Type: application/json' --data '{"audit_enabled":false}'
	case $form:$method in
	lighttpd*)		expect_server_error "method $method" 501 ;;
	nginx:patch | pgbouncer:patch)		expect_server_error "method $method" 400 ;;
	*)			expect_error "method $method" 405 method_not_allowed ;;
	esac
done
request TRACE "/v1/grants/$grant"
case $form in
lighttpd*)		expect_error 'method TRACE' 405 method_not_allowed ;;
shared-hosting)		expect 'method TRACE is the host'\''s affair' test "$status" -ge 200 ;;
*)			expect_server_error 'method TRACE' 405 ;;
esac

# Headers that are given twice.
twice()
{
	local what=$1

	shift
	request PATCH "/v1/grants/$grant" --header 'Content-Type: application/json' \
	    --data '{"audit_enabled":false}' "$@"
	expect_error "$what" 400 duplicate_header "(.details.header | ascii_downcase) == \"${duplicate,,}\""
}
duplicate=X-Tenant-ID
with=(--header "X-API-Key: $key")
twice 'X-Tenant-ID twice' "${with[@]}" --header "X-Tenant-ID: $tenant" --header "X-Tenant-ID: $other_tenant"
twice 'X-Tenant-ID twice, the other way round' "${with[@]}" --header "X-Tenant-ID: $other_tenant" \
    --header "X-Tenant-ID: $tenant"
twice 'X-Tenant-ID twice the same' "${with[@]}" --header "X-Tenant-ID: $tenant" --header "X-Tenant-ID: $tenant"
twice 'X-Tenant-ID with a comma' "${with[@]}" --header "X-Tenant-ID: $tenant, $other_tenant"
duplicate=X-API-Key
with=(--header "X-Tenant-ID: $tenant")
twice 'X-API-Key twice' "${with[@]}" --header "X-API-Key: $key" --header "X-API-Key: $other_key"
twice 'X-API-Key twice, the other way round' "${with[@]}" --header "X-API-Key: $other_key" --header "X-API-Key: $key"
twice 'X-API-Key with a comma' "${with[@]}" --header "X-API-Key: $key, $other_key"
duplicate=X-Request-Id
twice 'X-Request-Id twice' "${with[@]}" --header "X-API-Key: $key" --header 'X-Request-Id: a' --header 'X-Request-Id: b'
# lighttpd makes one variable of X-Tenant-ID and X_Tenant_ID; the others drop the second.
for order in 1 2; do
	underscore=(--header "X_Tenant_ID: $other_tenant" --header "X_API_Key: $other_key")
	proper=(--header "X-Tenant-ID: $tenant" --header "X-API-Key: $key")
	[ "$order" = 1 ] && with=("${underscore[@]}" "${proper[@]}") || with=("${proper[@]}" "${underscore[@]}")
	request GET "/v1/grants/$grant" "${with[@]}"
	case $form in
	lighttpd*)	expect_error "X_Tenant_ID, order $order" 400 duplicate_header ;;
	*)		expect_ok "X_Tenant_ID, order $order: dropped" 200 '.version == 4' ;;
	esac
	request GET "/v1/grants/$grant" "${underscore[@]}"
	case $form in
	# It is the only X-Tenant-ID there: the key decides.
	lighttpd*)	expect_error "X_Tenant_ID alone, order $order" 404 not_found ;;
	*)		expect_error "X_Tenant_ID alone, order $order" 401 unauthenticated ;;
	esac
done
keyed GET "/v1/grants/$grant"
expect_ok 'no duplicate changed anything' 200 '.audit_enabled == true and .version == 4'

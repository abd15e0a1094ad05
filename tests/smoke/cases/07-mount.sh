# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The API under a path of its own: run with the server started again, mounted at /api.

request GET /healthz
expect_ok 'healthz' 200 '.status == "ok"'
keyed GET "/v1/grants/$grant"
expect_ok 'a grant, as the first thing that a worker reads' 200 ".version == $version"
patch '{"audit_enabled":false}'
expect_ok 'a change' 200 ".audit_enabled == false and .version == $((version + 1))"
request GET /v1/nothing
expect_error 'an unknown path' 404 not_found
request GET /healthz/
expect_error 'a slash at the end is another path' 404 not_found
request OPTIONS "/v1/grants/$grant"
expect_ok 'OPTIONS' 204
keyed GET "/v1/grants/%7Bx%7D"
expect_error 'a malformed id' 400 invalid_parameter '.details.parameter == "id"'
api=$root
root=${root%/api}
for path in "/v1/grants/$grant" /healthz /apiv1/healthz /; do
	keyed GET "$path"
	case $form in
	shared-hosting)	expect "$path is not ours" matches "$status" '^40[34]$' ;;
	*)		expect_server_error "$path is not ours" '40[34]' ;;
	esac
done
root=$api

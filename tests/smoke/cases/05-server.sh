# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The errors that web servers make themselves are JSON, and they leave grantd's own alone (all other cases show that).

long=$(printf 'x%.0s' {1..9000})
request GET /healthz --header "X-Long: $long$long"
case $form in
# Apache reads the headers before any .htaccess: the answer is the host's.
shared-hosting)	expect 'headers of 18 kB' same "$status" 400 ;;
*)		expect_server_error 'headers of 18 kB' '400|431' ;;
esac
request GET "/v1/$long$long"
case $form in
shared-hosting)	expect 'an address of 18 kB' same "$status" 414 ;;
*)		expect_server_error 'an address of 18 kB' '414|431' ;;
esac

printf '{%*s}' 1100000 '' >"$work/large"
patch_file "$work/large" --header 'Expect:'
case $form in
# It has no limit of its own here: grantd's answer, before it is read.
apache-proxy)	expect_error 'a body of 1.1 MB' 413 body_too_large ;;
apache-fcgid | shared-hosting)
		expect_server_error 'a body of 1.1 MB' 500 ;;
*)		expect_server_error 'a body of 1.1 MB' 413 ;;
esac

# An encoded slash: decoded by some, refused by Apache.
keyed GET "/v1/grants/$tenant%2F"
case $form in
shared-hosting)	expect 'an encoded slash' same "$status" 404 ;;
apache*)	expect_server_error 'an encoded slash' 404 ;;
*)		expect_error 'an encoded slash' 404 not_found ;;
esac
keyed GET "/v1/grants/x/../$tenant"
expect_ok 'a path with dots' 200 .id
keyed GET "//v1//grants/$tenant"
expect_ok 'a path with slashes twice' 200 .id
keyed GET "/v1/%67rants/$tenant"
expect_ok 'a path with an encoded letter' 200 .id
keyed GET "/v1/grants/$tenant%00"
case $form in
shared-hosting)	expect 'an encoded NUL' matches "$status" '^4..$' ;;
*)		expect_server_error 'an encoded NUL' '400|404' ;;
esac

# The access log names requests as grantd does.
request_logged()
{
	local end=$((SECONDS + 20))

	until grep -q "GET .*/v1/grants/$grant HTTP.* 200 .* logged-$form\$" "$web_logs/grantd-access.log"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}
if [ "$form" != shared-hosting ]; then
	keyed GET "/v1/grants/$grant" --header "X-Request-Id: logged-$form"
	expect 'the access log has the request'\''s id' request_logged
fi

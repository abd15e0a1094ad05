# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The console beside the API: every file of it, with the headers that keep it to itself, and no file besides.

# Not for the comparison with the interface's description, which says nothing of files.
file_request()
{
	GRANTD_RECORD='' request "$@"
}

console_policy="default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

file_type()
{
	case $1 in
	*.html)	echo 'text/html; charset=utf-8' ;;
	*.css)	echo 'text/css; charset=utf-8' ;;
	*.js)	echo 'text/javascript; charset=utf-8' ;;
	*.svg)	echo 'image/svg+xml; charset=utf-8' ;;
	*)	echo "no type is known for $1" ;;
	esac
}

note_file_headers()
{
	note_unless "$1: Content-Security-Policy" same "$(field content-security-policy)" "$console_policy"
	note_unless "$1: Cache-Control" same "$(field cache-control)" no-cache
	note_unless "$1: Cross-Origin-Opener-Policy" same "$(field cross-origin-opener-policy)" same-origin
	note_unless "$1: Referrer-Policy" same "$(field referrer-policy)" no-referrer
	note_unless "$1: X-Content-Type-Options" same "$(field x-content-type-options)" nosniff
}

# The last answer is FILE, whole.
note_file()
{
	note_unless "$1: status $status" same "$status" 200
	note_unless "$1: Content-Type is $(field content-type)" same "$(field content-type)" "$(file_type "$1")"
	note_unless "$1: another text" cmp -s "$work/body" "$web_console/$1"
	note_file_headers "$1"
}

# And is not sent a second time; nor is a compressed one.
note_again()
{
	local tag

	tag=$(field etag)
	note_unless "$1: no ETag" test -n "$tag"
	file_request GET "/console/$1" --header "If-None-Match: $tag"
	note_unless "$1: status $status for what did not change" same "$status" 304
	file_request GET "/console/$1" --compressed
	note_unless "$1: compressed, another text" cmp -s "$work/body" "$web_console/$1"
	tag=$(field etag)
	file_request GET "/console/$1" --compressed --header "If-None-Match: $tag"
	note_unless "$1: status $status for what did not change, compressed" same "$status" 304
}

# All of them once; elsewhere than at the root some will do.
console_files()
{
	if [ -z "$mounted" ]; then
		(cd "$web_console" && find . -type f -printf '%P\n' | sort)
	else
		printf '%s\n' index.html js/pages/signin.js
	fi
}

wrong=
while IFS= read -r file; do
	file_request GET "/console/$file"
	note_file "$file"
done < <(console_files)
judge 'every file of the console, with its headers'

wrong=
for file in index.html first.css icon.svg js/pages/signin.js; do
	file_request GET "/console/$file"
	note_again "$file"
done
judge 'what did not change is not sent again'

wrong=
file_request GET /console/
note_file index.html
judge 'the console at its address'

wrong=
file_request GET /console
note_unless "status $status" same "$status" 308
note_unless "to $(field location)" matches "$(field location)" "^(http://127\.0\.0\.1:[0-9]+)?${mounted# at }/console/\$"
judge 'its address without the slash'

for path in /console/js/ /console/js /console/nothing.js /console/index.html/more /console/js/../../grantd.conf \
    /console/.htaccess /console/js/pages/signin.js.gz; do
	file_request GET "$path"
	wrong=
	note_unless "status $status" matches "$status" '^(40[034]|30[18])$'
	note_unless 'a listing, or a file' matches "$body" '^(\{.*|)$|<title>30|<title>40'
	judge "$path is no file"
done
file_request GET /consoles
expect_error 'another path that begins so is the API'\''s' 404 not_found

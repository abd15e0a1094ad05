# shellcheck shell=bash disable=SC2086,SC2154 # ids and numbers hold no blanks; what ctl fills is lib.sh's
# SPDX-License-Identifier: MIT
# grantctl tenant create, list, show.

# shellcheck source=tests/ctl/lib.sh
. "$(dirname "$0")/lib.sh"

does 'create' tenant create --name 'Ümläut & Co' --reason 'a new customer'
like 'prints the id alone' "$out" "$uuid_form"
t=$out
does 'create with an id, in upper case' tenant create --name Second --id AAAAAAAA-BBBB-8CCC-8DDD-EEEEEEEEEEEE --json
is 'prints JSON with the id in lower case' "$(json .id)" aaaaaaaa-bbbb-8ccc-8ddd-eeeeeeeeeeee
is 'and what was made' "$(json '[.name, .version]')" '["Second",1]'
refuses 1 'there is a tenant with this id already' tenant create --name Again --id aaaaaaaa-bbbb-8ccc-8ddd-eeeeeeeeeeee

is 'an entry tells of it, in the first place of the chain' \
	"$(sql "SELECT sequence, actor_type, actor_id, action, outcome, reasoning, record->'after'->>'name',
		record->>'before' FROM grantd.audit_log WHERE tenant_id = '$t' AND resource_type = 'tenant'
		AND resource_id = '$t'")" \
	"1|system|grantctl:$(id -un)|CreateTenant|done|a new customer|Ümläut & Co|"
is 'the entry has every member that entries have' \
	"$(sql "SELECT array_agg(k ORDER BY k) FROM (SELECT json_object_keys(record) k FROM grantd.audit_log
		WHERE tenant_id = '$t' AND resource_type = 'tenant') m")" \
	'{after,before,request_id,rules,source_ip,user_agent}'
is 'what was refused left nothing behind' \
	"$(sql "SELECT count(*) FROM grantd.audit_log WHERE action = 'CreateTenant'")" 2

does 'show' tenant show $t
like 'shows the name' "$out" 'name +Ümläut & Co'
does 'show, for programs' tenant show $t --json
is 'the same' "$(json '[.id, .name]')" "[\"$t\",\"Ümläut & Co\"]"
refuses 1 "there is no tenant $nobody" tenant show $nobody

does 'list' tenant list
is 'newest first, under headings' "$(awk '{ print $1 }' <<<"$out" | tr '\n' ' ')" \
	"TENANT aaaaaaaa-bbbb-8ccc-8ddd-eeeeeeeeeeee $t "
does 'list one' tenant list --limit 1 --json
is 'the newest' "$(json '[length, .[0].name]')" '[1,"Second"]'

# More than a page, several of them of one moment: none is left out, none comes twice.
sql "INSERT INTO grantd.tenants (id, name, created_at)
	SELECT gen_random_uuid(), 'T' || n, '2020-01-01 00:00:00Z'::timestamptz + n / 700 * interval '1 s'
	FROM generate_series(1, 2500) n"
does 'list many' tenant list --json
is 'each of them once' "$(json '[length, ([.[].id] | unique | length)]')" '[2502,2502]'
is 'newest first' "$(json '[.[] | [.created_at, .id]] | . == (sort | reverse)')" true
does 'list many, as a table' tenant list
is 'with headings once' "$(wc -l <<<"$out") $(grep -c ^TENANT <<<"$out")" '2503 1'
does 'list across a page' tenant list --limit 1500 --json
is 'as many as asked for' "$(json length)" 1500

# Nothing that a row holds moves the cursor: what is no text is a question mark.
sql "ALTER DOMAIN grantd.display_name DROP CONSTRAINT display_name_one_line" \
	"INSERT INTO grantd.tenants (id, name) VALUES ('$nobody', E'\\x1b[2Jx\\u009by\\nz')"
does 'a name with control characters' tenant show $nobody
is 'has none on the terminal' "$(sed -n 's/^name *//p' <<<"$out")" '?[2Jx?y?z'

done_testing

# shellcheck shell=bash disable=SC2086,SC2154 # ids and numbers hold no blanks; what ctl fills is lib.sh's
# SPDX-License-Identifier: MIT
# grantctl tenant create, list, show, rename, disable, enable, delete; what the others say of a tenant that is not there.

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

does 'rename' tenant rename $t --name 'Another name' --reason 'as they wish'
is 'says what was done' "$out" "tenant $t: renamed to Another name"
does 'it is shown' tenant show $t --json
is 'with the new name, and as the next version' "$(json '[.name, .version, .state]')" '["Another name",2,"serving"]'
does 'rename to the same' tenant rename $t --name 'Another name'
is 'changes nothing' "$out" 'nothing to change'
is 'an entry tells what it was' "$(sql "SELECT action, reasoning, record->'before', record->'after' FROM grantd.audit_log
	WHERE tenant_id = '$t' AND resource_type = 'tenant' AND sequence = 2")" \
	'UpdateTenant|as they wish|{"name": "Ümläut & Co", "version": 1}|{"name": "Another name", "version": 2}'
ctl key create --tenant $t --name k --role admin
like 'a key' "$out" "$key_form"
k=$out
refuses 1 'the tenant is served: first grantctl tenant disable' tenant delete $t --yes $t
does 'disable' tenant disable $t
is 'says so' "$out" "tenant $t: now disabled"
does 'it is listed so' tenant list
like 'with its state' "$out" "$t  +Another name +disabled"
does 'its keys are shown' key list --tenant $t
ctl key create --tenant $t --name second --role auditor
like 'and made' "$out" "$key_form"
is 'but open nothing' "$(sql "SELECT count(*) FROM grantd.authenticate(sha256('$k'))")" 0
does 'disabled twice' tenant disable $t
is 'changes nothing' "$out" 'nothing to change'
does 'enable' tenant enable $t
is 'says so, too' "$out" "tenant $t: now serving"
does 'set' tenant set --failing-forbid denies $t
is 'says what holds now' "$out" "tenant $t: failing forbid denies"
does 'set, for programs' tenant set --failing-forbid passes $t --json
is 'has the row' "$(json .id)" "$t"
does 'disable, for programs' tenant disable $t --json
is 'has the row, too' "$(json .state)" disabled
does 'enable' tenant enable $t --json
is 'it serves' "$(json '[.state, .version]')" '["serving",8]'
is 'its keys open it again' "$(sql "SELECT tenant_id FROM grantd.authenticate(sha256('$k'))")" $t
does 'the entries tell all of it' audit verify

# What is not there has no lists.
for words in 'tenant rename --name x' 'tenant disable' 'tenant enable' 'tenant delete'; do
	refuses 1 "there is no tenant $nobody" $words $nobody
done
for words in 'key list' 'grant list' 'policy list' 'audit list' 'audit export' 'audit verify' "activity list $nobody" "activity summary $nobody" \
    "grant show $nobody" "audit show $nobody"; do
	refuses 1 "there is no tenant $nobody" $words --tenant $nobody
done

refuses 1 "there is no tenant $nobody" key list --tenant $nobody --json

# Deleted with all that it has, while others stay.
does 'a grant' grant create --tenant $t --resource-type aws_account --resource-id 123456789012 --grantee-id g --action a --expires-in 1d
sql "INSERT INTO grantd.activity_event (tenant_id, grant_id, id, occurred_at, service, name, kind, outcome)
	SELECT '$t', '$out', gen_random_uuid(), now(), 's3', 'GetObject', 'read', 'success' FROM generate_series(1, 12000)" \
	"INSERT INTO grantd.activity_count SELECT tenant_id, grant_id, date_trunc('month', now() AT TIME ZONE 'UTC'), service, kind, outcome,
	count(*) FROM grantd.activity_event GROUP BY 1, 2, 3, 4, 5, 6"
others=$(sql "SELECT md5(string_agg(a::text, '' ORDER BY a.id)) FROM grantd.audit_log a WHERE tenant_id <> '$t'")
does 'disabled' tenant disable $t
ctl tenant delete $t
is 'without --yes it is not deleted' "$status" 1
like 'but it is said what would go' "$out" "tenant $t: keys 2, grants 1, policies 1, rules 5, audit entries [0-9]+, events 12000"
like 'and what is to be kept' "$err" 'Keep an audit checkpoint'
ctl tenant delete $t --yes aaaaaaaa-bbbb-8ccc-8ddd-eeeeeeeeeeee
like 'nor with another one'\''s id' "$err" '--yes names another tenant'
does 'delete' tenant delete $t --yes $t
refuses 1 "there is no tenant $t" tenant show $t
does 'nothing is left of it' audit verify
is 'and all of the others is' "$(sql "SELECT md5(string_agg(a::text, '' ORDER BY a.id)) FROM grantd.audit_log a")" "$others"
does 'list' tenant list --json
is 'the other one is listed' "$(json '[.[].id]')" '["aaaaaaaa-bbbb-8ccc-8ddd-eeeeeeeeeeee"]'

# More than a page, several of them of one moment: none is left out, none comes twice.
sql "INSERT INTO grantd.tenants (id, name, created_at)
	SELECT gen_random_uuid(), 'T' || n, '2020-01-01 00:00:00Z'::timestamptz + n / 700 * interval '1 s'
	FROM generate_series(1, 2500) n"
does 'list many' tenant list --json
is 'each of them once' "$(json '[length, ([.[].id] | unique | length)]')" '[2501,2501]'
is 'newest first' "$(json '[.[] | [.created_at, .id]] | . == (sort | reverse)')" true
does 'list many, as a table' tenant list
is 'with headings once' "$(wc -l <<<"$out") $(grep -c ^TENANT <<<"$out")" '2502 1'
does 'list across a page' tenant list --limit 1500 --json
is 'as many as asked for' "$(json length)" 1500

# Nothing that a row holds moves the cursor: what is no text is a question mark.
sql "ALTER DOMAIN grantd.display_name DROP CONSTRAINT display_name_one_line" \
	"INSERT INTO grantd.tenants (id, name) VALUES ('$nobody', E'\\x1b[2Jx\\u009by\\nz')"
does 'a name with control characters' tenant show $nobody
is 'has none on the terminal' "$(sed -n 's/^name *//p' <<<"$out")" '?[2Jx?y?z'

done_testing

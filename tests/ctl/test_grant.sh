# shellcheck shell=bash disable=SC2086,SC2154 # ids and numbers hold no blanks; what ctl fills is lib.sh's
# SPDX-License-Identifier: MIT
# grantctl grant create, list, show.

# shellcheck source=tests/ctl/lib.sh
. "$(dirname "$0")/lib.sh"

ctl tenant create --name A
a=$out
ctl tenant create --name B
b=$out
account=(--resource-type aws_account --resource-id 123456789012)
who=(--grantee-id alice@example.com --action administer)

does 'create' grant create --tenant $a "${account[@]}" "${who[@]}" --expires-in 8h
like 'prints the id alone' "$out" "$uuid_form"
g=$out
does 'create with everything' grant create --tenant $a --resource-type aws_s3_bucket --resource-id logs.example.com \
	--grantee-id bob --action read --expires-at 2099-12-31T23:59:59.5+01:00 --id AAAAAAAA-0000-8000-8000-000000000001 \
	--request-id BBBBBBBB-0000-8000-8000-000000000001 --metadata '{"ticket": "T-1", "n": 12345678901234567890}' --audit \
	--reason 'on call' --json
is 'prints the grant' "$(json '[.id, .request_id, .grantee_id, .resource.type, .resource.id, .action, .status,
	.audit_enabled, .expires_at, .revoked_at, .metadata.ticket, .version]')" \
	'["aaaaaaaa-0000-8000-8000-000000000001","bbbbbbbb-0000-8000-8000-000000000001","bob","aws_s3_bucket","logs.example.com","read","active",true,"2099-12-31T22:59:59.500000Z",null,"T-1",1]'
like 'numbers keep their digits' "$out" '"n": ?12345678901234567890'
is 'times agree' "$(json '[.granted_at == .created_at, .created_at == .updated_at]')" '[true,true]'
is 'the entry tells of it' \
	"$(sql "SELECT sequence, actor_type, action, reasoning, record->>'before', record->'after'->>'resource_id',
		record->'after'->>'expires_at', record->'after'->>'audit_enabled', record->'after'->'metadata'->>'ticket'
		FROM grantd.audit_log WHERE resource_id = 'aaaaaaaa-0000-8000-8000-000000000001'")" \
	'1|system|CreateGrant|on call||logs.example.com|2099-12-31T22:59:59.500000Z|true|T-1'

# Refusals
create=(grant create --tenant "$a" "${who[@]}" --expires-in 1h)
refuses 1 'there is a grant with this id|has a grant with this id already' \
	"${create[@]}" "${account[@]}" --id aaaaaaaa-0000-8000-8000-000000000001
refuses 1 "there is no tenant $nobody" grant create --tenant $nobody "${account[@]}" "${who[@]}" --expires-in 1h
refuses 1 'its expiry has passed already' \
	grant create --tenant $a "${account[@]}" "${who[@]}" --expires-at 2020-01-01T00:00:00Z
refuses 2 '--expires-in or --expires-at is missing' grant create --tenant $a "${account[@]}" "${who[@]}"
refuses 2 '--resource-type must be aws_account, ' "${create[@]}" --resource-type account --resource-id 1
refuses 2 '--resource-id must be an account.s number of 12 digits' "${create[@]}" --resource-type aws_account --resource-id 123
refuses 2 '--metadata must be a JSON object' "${create[@]}" "${account[@]}" --metadata '[]'
refuses 2 '--metadata must be a JSON object' "${create[@]}" "${account[@]}" --metadata "{'a': 1}"
refuses 2 '--metadata must be a JSON object' "${create[@]}" "${account[@]}" --metadata '{"a": "\u0000"}'
refuses 2 '--metadata must be a JSON object' "${create[@]}" "${account[@]}" --metadata "{\"a\": \"$(printf '%016384d' 0)\"}"
refuses 2 '--grantee-id must be one line of 1 to 256' grant create --tenant $a "${account[@]}" --action x --expires-in 1h --grantee-id ''
is 'what was refused left nothing behind' \
	"$(sql "SELECT (SELECT count(*) FROM grantd.grants), (SELECT count(*) FROM grantd.audit_log
		WHERE resource_type = 'grant')")" '2|2'
does 'the same id in another tenant is another grant' grant create --tenant $b "${account[@]}" "${who[@]}" --expires-in 1h \
	--id aaaaaaaa-0000-8000-8000-000000000001

# Show
does 'show' grant show --tenant $a $g
like 'shows it' "$out" 'grantee +alice@example.com.*status +active.*auditing +off'
does 'show, for programs' grant show --tenant $a $g --json
is 'the same' "$(json '[.id, .metadata]')" "[\"$g\",{}]"
refuses 1 "the tenant has no grant with this id: $g" grant show --tenant $b $g
refuses 1 "there is no tenant $nobody" grant show --tenant $nobody $g

# List
does 'list' grant list --tenant $a --json
is 'newest first' "$(json '[.[].grantee_id]')" '["bob","alice@example.com"]'
does 'list of one holder' grant list --tenant $a --grantee-id bob --json
is 'his' "$(json '[.[].grantee_id]')" '["bob"]'
does 'list, as a table' grant list --tenant $a
like 'shows it' "$out" "$g +active +off +20[0-9-]+T[0-9:]+Z +alice@example.com +administer +aws_account +123456789012"

# Changes
entries()
{
	sql "SELECT sequence, actor_type, action, reasoning, record->'before'->>'audit_enabled', record->'after'->>'audit_enabled'
		FROM grantd.audit_log WHERE resource_id = '$g' ORDER BY sequence DESC LIMIT 1"
}
does 'auditing on' grant audit on --tenant $a $g --reason 'on call' --json
is 'it is' "$(json '[.audit_enabled, .version]')" '[true,2]'
is 'with an entry' "$(entries)" '2|system|UpdateGrant|on call|false|true'
does 'once more' grant audit on --tenant $a $g
like 'shows it' "$out" 'auditing +on'
is 'and is no entry' "$(entries)" '2|system|UpdateGrant|on call|false|true'
does 'auditing off' grant audit off --tenant $a $g --json
is 'it is, too' "$(json '[.audit_enabled, .version]')" '[false,3]'
is 'with its entry' "$(entries)" '3|system|UpdateGrant||true|false'
does 'revoke' grant revoke --tenant $a $g --json
is 'revokes it' "$(json '[.status, .revoked_at != null, .version]')" '["revoked",true,4]'
like 'with an entry, too' "$(entries)" '^4\|system\|RevokeGrant\|'
does 'once more, too' grant revoke --tenant $a $g --json
is 'changes nothing' "$(json '[.status, .version]')" '["revoked",4]'
for verb in 'audit on' 'audit off' revoke; do
	refuses 1 "the tenant has no grant with this id: $g" grant $verb --tenant $b $g
	refuses 1 "there is no tenant $nobody" grant $verb --tenant $nobody $g
	refuses 2 'GRANT is missing' grant $verb --tenant $a
done
does 'all of it in chains that hold' audit verify

# 3,000 grants, many of one moment, a third of them past their time.
sql "INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id, action, granted_at, created_at, expires_at)
	SELECT '$b', gen_random_uuid(), 'g' || n % 7, 'aws_account', '123456789012', 'x', '2020-01-01', '2020-01-01'::timestamptz
		+ n / 600 * interval '1 s', CASE WHEN n % 3 = 0 THEN '2021-01-01'::timestamptz ELSE '2099-01-01' END
	FROM generate_series(1, 3000) n"
does 'list many' grant list --tenant $b --json
is 'each of them once' "$(json '[length, ([.[].id] | unique | length)]')" '[3001,3001]'
is 'newest first' "$(json '[.[] | [.created_at, .id]] | . == (sort | reverse)')" true
does 'list the expired ones' grant list --tenant $b --status expired --json
is 'they read as expired' "$(json '[length, ([.[].status] | unique)]')" '[1000,["expired"]]'
does 'list the active ones' grant list --tenant $b --status active --grantee-id g1 --json
is 'none of which has expired' "$(json '[length, ([.[].status] | unique), ([.[].grantee_id] | unique)]')" \
	"[$(sql "SELECT count(*) FROM grantd.grants WHERE tenant_id = '$b' AND grantee_id = 'g1' AND expires_at > now()"),[\"active\"],[\"g1\"]]"
does 'list few of them' grant list --tenant $b --limit 5 --json
is 'as many as asked for' "$(json length)" 5
ctl tenant create --name empty
does 'list of a tenant without grants' grant list --tenant $out --json
is 'is empty' "$out" "$(printf '[]')"

# What is asked for lies behind more rows than a page looks at: the first page of it has no row.
sql "INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id, action, granted_at, created_at, expires_at)
	SELECT '$b', gen_random_uuid(), 'new', 'aws_account', '123456789012', 'x', '2022-01-01', '2022-01-01', '2099-01-01'
	FROM generate_series(1, 12000) n"
does 'list what is far behind' grant list --tenant $b --status expired --json
is 'all of it' "$(json length)" 1000
does 'list some of what is far behind' grant list --tenant $b --status expired --limit 5
is 'as a table' "$(wc -l <<<"$out") $(grep -c ' expired ' <<<"$out")" '6 5'
does 'list what is nowhere' grant list --tenant $b --status revoked --json
is 'is empty' "$out" "$(printf '[]')"

done_testing
